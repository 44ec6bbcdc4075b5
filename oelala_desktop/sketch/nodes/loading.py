"""LoadImage and LoadVideo: files from the input folder."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, ImageSequence

from oelala_desktop.sketch.encode import of_file
from oelala_desktop.sketch.folders import Folders
from oelala_desktop.sketch.frames import Frames, Mask, gather
from oelala_desktop.sketch.nodes.definition import Input, NodeClass, Result, Values, Work

PICTURES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif"})
VIDEOS = frozenset({".mp4", ".webm", ".mkv", ".mov", ".avi", ".m4v"})
WANTED = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "MPO")
MAX_PIXELS = 50_000_000


def readable_formats() -> list[str]:
    """Those of the wanted formats that this build of Pillow reads; naming another makes it raise KeyError."""
    Image.init()
    return [name for name in WANTED if name in Image.OPEN]


def _find(folders: Folders, name: str) -> Path:
    path = folders.source(name)
    if path is None:
        raise FileNotFoundError(f"There is no file {name} in the input folder.")
    return path


def load_image(work: Work, inputs: Values) -> Result:
    """The picture, every frame of it, upright; and its transparency as a mask (1 = transparent)."""
    path = _find(work.folders, inputs["image"])
    masks: list[Mask] = []
    with Image.open(path, formats=readable_formats()) as image:
        if image.width * image.height > MAX_PIXELS:
            raise ValueError(f"{path.name} has more than {MAX_PIXELS // 10**6} megapixels.")
        frames = gather(_alike(work, image, masks))
    return Result((frames, np.stack(masks)))


def _alike(work: Work, image: Image.Image, masks: list[Mask]) -> Iterator[Frames]:
    """Pictures as large as the first, as ComfyUI keeps them (a batch has one size), and beside each its mask."""
    shape: tuple[int, ...] = ()
    for frame in ImageSequence.Iterator(image):
        work.check()
        picture, mask = _picture(frame)
        shape = shape or picture.shape
        if picture.shape == shape:
            masks.append(mask)
            yield picture
        if image.format == "MPO":
            return


def _picture(frame: Image.Image) -> tuple[Frames, Mask]:
    upright = ImageOps.exif_transpose(frame) or frame
    if upright.mode.startswith("I"):
        # 16-bit grey: Pillow's own conversion would clip everything above 255 to white.
        upright = Image.fromarray((np.asarray(upright, np.float64) / 257).clip(0, 255).astype(np.uint8))
    if "A" in upright.getbands() or "transparency" in upright.info:
        alpha = np.asarray(upright.convert("RGBA").getchannel("A"), np.float32) / 255
        mask = (1 - alpha).astype(np.float32)
    else:
        mask = np.zeros((64, 64), np.float32)
    return np.asarray(upright.convert("RGB")), mask


def _missing_image(folders: Folders, inputs: Values) -> str | None:
    name = inputs["image"]  # a name that is no text fails here, and is answered as a failed check
    return None if folders.source(name) else f"Invalid image file: {name}"


def _image_digest(folders: Folders, inputs: Values) -> str:
    return hashlib.sha256(_find(folders, inputs["image"]).read_bytes()).hexdigest()


def load_video(work: Work, inputs: Values) -> Result:
    return Result((of_file(_find(work.folders, inputs["file"])),))


def _missing_video(folders: Folders, inputs: Values) -> str | None:
    name = inputs["file"]
    return None if folders.source(name) else f"Invalid video file: {name}"


def _video_stamp(folders: Folders, inputs: Values) -> str:
    # A film is too large to hash for every job; its time and size tell a new one.
    stat = _find(folders, inputs["file"]).stat()
    return f"{stat.st_mtime_ns}-{stat.st_size}"


NODES = (
    NodeClass(
        "LoadImage",
        load_image,
        required={"image": Input([], {"image_upload": True}, lambda folders: folders.listing(PICTURES))},
        outputs=("IMAGE", "MASK"),
        display_name="Load Image",
        checked=("image",),
        check=_missing_image,
        fingerprint=_image_digest,
    ),
    NodeClass(
        "LoadVideo",
        load_video,
        required={
            "file": Input(
                "COMBO", {"multiselect": False, "video_upload": True}, lambda folders: folders.listing(VIDEOS)
            )
        },
        outputs=("VIDEO",),
        display_name="Load Video",
        category="image/video",
        module="comfy_extras.nodes_video",
        modern=True,
        checked=("file",),
        check=_missing_video,
        fingerprint=_video_stamp,
    ),
)
