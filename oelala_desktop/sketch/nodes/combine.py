"""VHS_VideoCombine: the saver of ComfyUI-VideoHelperSuite, for graphs that end in it."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from oelala_desktop.sketch.encode import Recipe, evenly, tags, write_film
from oelala_desktop.sketch.folders import save_target
from oelala_desktop.sketch.frames import Frames, rgb
from oelala_desktop.sketch.nodes.definition import Input, NodeClass, Result, Values, Work
from oelala_desktop.sketch.nodes.saving import png_info

MP4 = "video/h264-mp4"
WIDGETS = {
    MP4: [
        ["pix_fmt", ["yuv420p", "yuv420p10le"]],
        ["crf", "INT", {"default": 19, "min": 0, "max": 100, "step": 1}],
        ["save_metadata", "BOOLEAN", {"default": True}],
        ["trim_to_audio", "BOOLEAN", {"default": False}],
    ]
}


def video_combine(work: Work, inputs: Values) -> Result:
    """Write the frames as a film, and its first frame as a PNG of the same stem that carries the metadata."""
    frames: Frames = inputs["images"]
    kind = "output" if inputs["save_output"] else "temp"
    root = work.folders.output if kind == "output" else work.folders.temp
    target = save_target(root, inputs["filename_prefix"], frames.shape[2], frames.shape[1], bare=True)
    stem = f"{target.stem}_{target.counter:05}"
    Image.fromarray(frames[0]).save(target.folder / f"{stem}.png", pnginfo=png_info(work), compress_level=4)
    if inputs["format"] == MP4:
        path = target.folder / f"{stem}.mp4"
        _write_mp4(work, inputs, frames, path)
    else:
        path = target.folder / f"{stem}.{inputs['format'].removeprefix('image/')}"
        _write_animation(work, inputs, frames, path)
    gif = {
        "filename": path.name,
        "subfolder": target.subfolder,
        "type": kind,
        "format": inputs["format"],
        "frame_rate": inputs["frame_rate"],
        "workflow": f"{stem}.png",
        "fullpath": str(path),
    }
    files = [str(target.folder / f"{stem}.png"), str(path)]
    return Result(((kind == "output", files),), {"gifs": [gif]})


def _write_mp4(work: Work, inputs: Values, frames: Frames, path: Path) -> None:
    even = _even(frames)
    metadata: dict[str, str] = {}
    if inputs.get("save_metadata", True):
        metadata = tags(work.metadata) | {"creation_time": "now"}
    options = {"preset": "veryfast", "crf": str(int(inputs.get("crf", 19)))}
    recipe = Recipe("mp4", "libx264", str(inputs.get("pix_fmt", "yuv420p")), options)
    rate = Fraction(round(inputs["frame_rate"] * 1000), 1000)
    part = path.with_name(path.name + ".part")
    try:
        write_film(part, evenly(_played(work, inputs, even), rate), rate, metadata, recipe)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _write_animation(work: Work, inputs: Values, frames: Frames, path: Path) -> None:
    pictures = [Image.fromarray(np.ascontiguousarray(rgb(frame))) for frame in _played(work, inputs, frames)]
    options: dict[str, Any] = {"lossless": True} if path.suffix == ".webp" else {}
    pictures[0].save(
        path,
        save_all=True,
        append_images=pictures[1:],
        duration=round(1000 / inputs["frame_rate"]),
        loop=inputs["loop_count"],
        **options,
    )


def _even(frames: Frames) -> Frames:
    """The frames with their last row or column doubled where a side is odd, as VHS pads them."""
    bottom, right = frames.shape[1] % 2, frames.shape[2] % 2
    if not bottom and not right:
        return frames
    return np.pad(frames, ((0, 0), (0, bottom), (0, right), (0, 0)), mode="edge")


def _played(work: Work, inputs: Values, frames: Frames) -> Iterator[Frames]:
    """The frames in the order they are shown, with a progress message for each."""
    order = list(range(len(frames)))
    if inputs["pingpong"]:
        order += order[-2:0:-1]
    for done, index in enumerate(order, 1):
        work.progress(done, len(order))
        yield frames[index]


NODES = (
    NodeClass(
        "VHS_VideoCombine",
        video_combine,
        required={
            "images": Input("IMAGE"),
            "frame_rate": Input("FLOAT", {"default": 8, "min": 1, "step": 1}),
            "loop_count": Input("INT", {"default": 0, "min": 0, "max": 100, "step": 1}),
            "filename_prefix": Input("STRING", {"default": "AnimateDiff"}),
            "format": Input(["image/gif", "image/webp", MP4], {"formats": WIDGETS}),
            "pingpong": Input("BOOLEAN", {"default": False}),
            "save_output": Input("BOOLEAN", {"default": True}),
        },
        optional={"audio": Input("AUDIO")},
        outputs=("VHS_FILENAMES",),
        output_names=("Filenames",),
        display_name="Video Combine",
        category="Video Helper Suite",
        description="Combines images into a video.",
        module="custom_nodes.ComfyUI-VideoHelperSuite",
        output_node=True,
        takes_metadata=True,
    ),
)
