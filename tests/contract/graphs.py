"""Graphs that need no model, so that any ComfyUI runs them, and a slow one for each kind of server."""

from __future__ import annotations

from typing import Any

Graph = dict[str, dict[str, Any]]


def node(class_type: str, title: str, **inputs: Any) -> dict[str, Any]:
    return {"class_type": class_type, "inputs": inputs, "_meta": {"title": title}}


def _scaled(image: str, width: int, height: int) -> Graph:
    return {
        "1": node("LoadImage", "Start picture", image=image),
        "2": node(
            "ImageScale",
            "Scale",
            image=["1", 0],
            upscale_method="lanczos",
            width=width,
            height=height,
            crop="center",
        ),
    }


def still(prefix: str, image: str = "start.png", *, width: int = 96, height: int = 64) -> Graph:
    """A picture, scaled and saved as PNG."""
    saver = node("SaveImage", "Save picture", images=["2", 0], filename_prefix=prefix)
    return _scaled(image, width, height) | {"3": saver}


def clip(prefix: str, image: str = "start.png", *, frames: int = 9, width: int = 96, height: int = 64) -> Graph:
    """A picture that stands still for some frames, saved as video."""
    return _scaled(image, width, height) | {
        "3": node("RepeatImageBatch", "Repeat", image=["2", 0], amount=frames),
        "4": node("CreateVideo", "Video", images=["3", 0], fps=16.0),
        "5": node("SaveVideo", "Save video", video=["4", 0], filename_prefix=prefix, format="auto", codec="auto"),
    }


def slow(prefix: str, seed: int, *, rig: bool, image: str = "start.png", seconds: float = 20.0) -> Graph:
    """A job of some seconds with progress and previews: to be cancelled, interrupted or looked at. `rig` says whether
    the server has the test node for that; Sketch has camera moves, and can be held at one (fixture `brake`)."""
    graph = _scaled(image, 320, 192)
    last = "2"
    if rig:
        graph["10"] = node(
            "RigSlow", "Slow", image=["2", 0], steps=int(seconds * 10), seconds=seconds, preview="JPEG", tag=str(seed)
        )
        last = "10"
    else:
        is_long = seconds > 5
        for number in range(40 if is_long else 1):
            graph[str(10 + number)] = node(
                "SketchCameraMove",
                "Slow" if number == 0 else f"Slow {number + 1}",
                image=[last, 0],
                prompt="orbit left",
                seed=seed + number,
                frames=150 if is_long else 20,
                width=320,
                height=192,
                strength=1.0,
            )
            last = str(10 + number)
    return graph | {"99": node("SaveImage", "Save picture", images=[last, 0], filename_prefix=prefix)}
