"""Oelala Desktop: a native studio that turns pictures and prompts into video with ComfyUI."""

__version__ = "0.1.0"
