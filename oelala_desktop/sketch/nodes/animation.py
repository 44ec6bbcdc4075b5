"""SaveWEBM and SaveAnimatedWEBP: ComfyUI's savers for the web's own formats."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from oelala_desktop.sketch.encode import Recipe, evenly, tags, write_film
from oelala_desktop.sketch.folders import SaveTarget, save_target
from oelala_desktop.sketch.frames import Frames, rgb
from oelala_desktop.sketch.nodes.definition import Input, NodeClass, Result, Values, Work, combo, integer, number
from oelala_desktop.sketch.nodes.video import watched

#: the EXIF tag (Model) that holds `prompt:{…}`; every other key takes the next tag below it
EXIF_PROMPT = 0x0110
#: encoder, pixel format and options for each codec of a webm
WEBM: dict[str, tuple[str, str, dict[str, str]]] = {
    "vp9": ("libvpx-vp9", "yuv420p", {"deadline": "good", "cpu-used": "5", "row-mt": "1"}),
    "av1": ("libsvtav1", "yuv420p10le", {"preset": "8"}),
}
METHODS = {"default": 4, "fastest": 0, "slowest": 6}


def save_webm(work: Work, inputs: Values) -> Result:
    frames: Frames = inputs["images"]
    target, path = _target(work, inputs, "webm")
    encoder, pix_fmt, options = WEBM[inputs["codec"]]
    recipe = Recipe("webm", encoder, pix_fmt, {**options, "crf": str(round(inputs["crf"]))}, tagged=False)
    rate = Fraction(round(inputs["fps"] * 1000), 1000)
    part = path.with_name(path.name + ".part")
    try:
        write_film(part, evenly(watched(work, frames, len(frames)), rate), rate, tags(work.metadata), recipe)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return _shown(target, path)


def save_animated_webp(work: Work, inputs: Values) -> Result:
    frames: Frames = inputs["images"]
    target, path = _target(work, inputs, "webp")
    pictures = [Image.fromarray(np.ascontiguousarray(rgb(frame))) for frame in watched(work, frames, len(frames))]
    exif = Image.Exif()
    written = tags(work.metadata)
    exif[EXIF_PROMPT] = f"prompt:{written.pop('prompt')}"
    for tag, (key, value) in enumerate(written.items(), 1):
        exif[EXIF_PROMPT - tag] = f"{key}:{value}"
    options: dict[str, Any] = {"lossless": inputs["lossless"], "quality": inputs["quality"]}
    pictures[0].save(
        path,
        save_all=True,
        append_images=pictures[1:],
        duration=int(1000 / inputs["fps"]),
        exif=exif,
        method=METHODS[inputs["method"]],
        **options,
    )
    return _shown(target, path)


def _target(work: Work, inputs: Values, suffix: str) -> tuple[SaveTarget, Path]:
    height, width = inputs["images"].shape[1:3]
    target = save_target(work.folders.output, inputs["filename_prefix"], width, height)
    return target, target.folder / f"{target.stem}_{target.counter:05}_.{suffix}"


def _shown(target: SaveTarget, path: Path) -> Result:
    saved = {"filename": path.name, "subfolder": target.subfolder, "type": "output"}
    return Result(ui={"images": [saved], "animated": [True]})


_PREFIX = Input("STRING", {"default": "ComfyUI", "multiline": False})

NODES = (
    NodeClass(
        "SaveWEBM",
        save_webm,
        required={
            "images": Input("IMAGE", {}),
            "filename_prefix": _PREFIX,
            "codec": combo("vp9", "av1"),
            "fps": number(24.0, 0.01, 1000.0, step=0.01),
            "crf": number(32.0, 0, 63.0, step=1),
        },
        category="image/video",
        module="comfy_extras.nodes_video",
        outputs=("IMAGE",),
        output_names=("images",),
        passes="images",
        output_node=True,
        takes_metadata=True,
        modern=True,
    ),
    NodeClass(
        "SaveAnimatedWEBP",
        save_animated_webp,
        required={
            "images": Input("IMAGE", {}),
            "filename_prefix": _PREFIX,
            "fps": number(6.0, 0.01, 1000.0, step=0.01),
            "lossless": Input("BOOLEAN", {"default": True}),
            "quality": integer(80, 0, 100),
            "method": combo(*METHODS),
        },
        category="image/animation",
        module="comfy_extras.nodes_images",
        outputs=("IMAGE",),
        output_names=("images",),
        passes="images",
        output_node=True,
        takes_metadata=True,
        modern=True,
    ),
)
