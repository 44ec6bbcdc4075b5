"""What a drag or the clipboard holds that a picture field can take."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QImage

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif")
KINDS = "JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF"


class Dropped(NamedTuple):
    """Files, a picture's pixels or an address; `refusal` is a sentence when there is none of them."""

    files: tuple[Path, ...] = ()
    image: QImage | None = None
    url: str = ""
    refusal: str = ""


def looks_like_picture(path: Path) -> bool:
    """By name alone: a file without an ending may be one, its reader will say."""
    return path.suffix.casefold() in SUFFIXES or not path.suffix


def refusal(files: Sequence[Path]) -> str:
    """A sentence on files that are no pictures."""
    if len(files) == 1:
        return f"{files[0].name} is not a picture. {KINDS} can be used."
    return f"{files[0].name} and {len(files) - 1} more are not pictures. {KINDS} can be used."


def read(mime: QMimeData, *, pixels: bool = True) -> Dropped | None:
    """What `mime` offers, files first, then pixels, then an address; None if nothing in it concerns pictures.

    `pixels` False leaves picture data undecoded, for use while a drag only hovers."""
    urls = mime.urls()
    files = [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]
    if files:
        if any(looks_like_picture(path) for path in files):
            return Dropped(files=tuple(files))  # the others among them are named by whoever takes the files
        return Dropped(refusal=refusal(files))
    if mime.hasImage():
        image = mime.imageData() if pixels else QImage()
        return Dropped(image=image if isinstance(image, QImage) else QImage())
    for url in urls:
        if url.scheme() in ("http", "https"):
            return Dropped(url=url.toString())
    text = mime.text().strip()
    if text.startswith(("http://", "https://")) and len(text.split()) == 1:
        return Dropped(url=text)
    return None


def is_text(mime: QMimeData) -> bool:
    """Whether a field for text may take it. Files and pixels are no text, though a path or a name comes with them."""
    if any(url.isLocalFile() for url in mime.urls()):
        return False
    return mime.hasText() or not mime.hasImage()


def only_json(mime: QMimeData) -> bool:
    """Whether the drag holds nothing but JSON files: workflows and settings belong to the window, not to a picture
    field."""
    urls = mime.urls()
    return bool(urls) and all(url.isLocalFile() and url.toLocalFile().casefold().endswith(".json") for url in urls)
