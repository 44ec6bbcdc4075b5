"""Sketch: the built-in engine, which needs no model, no GPU and no download.

It is a server of its own in a process of its own that speaks ComfyUI's HTTP and WebSocket protocol and runs
the picture and video nodes that need no model. It is no AI and never pretends to be: what it makes is a camera
move over the still that was given, and it says so wherever it names itself.
"""

from __future__ import annotations

#: what every face of the engine (its stats, its badge, its title cards) calls it
LABEL = "Sketch – no AI model"

#: the ComfyUI release whose wire this engine speaks
PROTOCOL_VERSION = "0.8.0"
