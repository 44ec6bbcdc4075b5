"""SaveImage and PreviewImage: PNG files with the job's graph in their text chunks."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from oelala_desktop.sketch.folders import save_target
from oelala_desktop.sketch.frames import Frames
from oelala_desktop.sketch.nodes.definition import Input, NodeClass, Result, Values, Work


def png_info(work: Work) -> PngInfo:
    """The job's graph and every `extra_pnginfo` key as text chunks, the graph first."""
    info = PngInfo()
    for key, value in work.metadata.items():
        info.add_text(key, json.dumps(value))
    return info


def _save(work: Work, frames: Frames, root: Path, kind: str, prefix: str, compress: int) -> Result:
    target = save_target(root, prefix, frames.shape[2], frames.shape[1])
    info = png_info(work)
    images = []
    for number, picture in enumerate(frames):
        work.check()
        stem = target.stem.replace("%batch_num%", str(number))
        name = f"{stem}_{target.counter + number:05}_.png"
        Image.fromarray(picture).save(target.folder / name, pnginfo=info, compress_level=compress)
        images.append({"filename": name, "subfolder": target.subfolder, "type": kind})
    return Result(ui={"images": images})


def save_image(work: Work, inputs: Values) -> Result:
    return _save(work, inputs["images"], work.folders.output, "output", inputs["filename_prefix"], 4)


def preview_image(work: Work, inputs: Values) -> Result:
    # A random part in the name: previews of one session must not be served from a client's cache.
    prefix = f"ComfyUI_temp_{secrets.token_hex(3)}"
    return _save(work, inputs["images"], work.folders.temp, "temp", prefix, 1)


NODES = (
    NodeClass(
        "SaveImage",
        save_image,
        required={
            "images": Input("IMAGE", {"tooltip": "The images to save."}),
            "filename_prefix": Input("STRING", {"default": "ComfyUI", "tooltip": "The prefix for the file name."}),
        },
        display_name="Save Image",
        description="Saves the images to the output folder.",
        outputs=("IMAGE",),
        output_names=("images",),
        passes="images",
        output_node=True,
        takes_metadata=True,
    ),
    NodeClass(
        "PreviewImage",
        preview_image,
        required={"images": Input("IMAGE")},
        display_name="Preview Image",
        description="Saves the images to the temporary folder.",
        outputs=("IMAGE",),
        output_names=("images",),
        passes="images",
        output_node=True,
        takes_metadata=True,
    ),
)
