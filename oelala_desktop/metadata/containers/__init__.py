"""One walker a container: facts and raw texts, bounded in count, depth and size; pixels are never decoded."""

from __future__ import annotations

from oelala_desktop.domain.errors import Unreadable
from oelala_desktop.metadata.containers import gif, isobmff, jpeg, matroska, pictures, png, webp
from oelala_desktop.metadata.contents import Contents
from oelala_desktop.metadata.sniff import sniff
from oelala_desktop.metadata.source import Source


def walk(source: Source) -> Contents:
    """What the file says about itself; its size is the one it is shown in. Raises Unreadable when it is of no known
    kind or damaged beyond use."""
    contents = _walk(source)
    if contents.turned:
        contents.width, contents.height = contents.height, contents.width
    return contents


def _walk(source: Source) -> Contents:
    if source.head[:4] == b"\x89PNG":
        return png.walk(source)
    format_ = sniff(source.head)
    if format_ is None:
        raise Unreadable(f"{source.name} is no picture or video that can be read.")
    if format_ in ("mp4", "mov"):
        return isobmff.walk(source, format_)
    if format_ in ("webm", "mkv"):
        return matroska.walk(source, format_)
    walker = {"jpeg": jpeg.walk, "webp": webp.walk, "gif": gif.walk}.get(format_)
    return walker(source) if walker else pictures.walk(source, format_)
