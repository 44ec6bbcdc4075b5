"""BMP, TIFF and AVIF: their sizes, and the texts of the latter two."""

from __future__ import annotations

import struct

from oelala_desktop.domain.errors import Unreadable
from oelala_desktop.metadata import limits
from oelala_desktop.metadata.containers import exif, heif, xmp
from oelala_desktop.metadata.containers.boxes import children, find, top_level
from oelala_desktop.metadata.contents import Contents
from oelala_desktop.metadata.source import Source

_WIDTH_TAG, _HEIGHT_TAG = 256, 257


def walk(source: Source, format_: str) -> Contents:
    """`format_` is bmp, tiff or avif. Raises Unreadable when the header is cut off."""
    contents = Contents(format_)
    contents.frames = 1
    {"bmp": _bmp, "tiff": _tiff, "avif": _avif}[format_](contents, source)
    if not contents.width or not contents.height:
        raise Unreadable(f"{source.name} is a damaged picture: its size cannot be read.")
    return contents


def _bmp(contents: Contents, source: Source) -> None:
    # BITMAPFILEHEADER and BITMAPINFOHEADER; a negative height means rows from the top.
    declared = int.from_bytes(source.head[2:6], "little")
    if int.from_bytes(source.head[14:18], "little") == 12:
        contents.width, contents.height = struct.unpack_from("<HH", source.head, 18)
    else:
        width, height = struct.unpack_from("<ii", source.head, 18)
        contents.width, contents.height = width, abs(height)
    if declared > source.size:
        contents.damage = "ends inside its pixels"


def _tiff(contents: Contents, source: Source) -> None:
    if source.head[2:3] not in (b"*", b"\0") or b"+" in source.head[2:4]:
        raise Unreadable(f"{source.name} is a BigTIFF, which cannot be read.")
    order = "<" if source.head[:2] == b"II" else ">"
    data = source.at(0, min(source.size, limits.INDEX))
    start = struct.unpack_from(order + "I", data, 4)[0] if len(data) >= 8 else 0
    if not 8 <= start < source.size - 2:
        contents.damage = "ends before its directory"
        return
    count = struct.unpack_from(order + "H", data, start)[0] if start + 2 <= len(data) else 0
    for index in range(min(count, 512, (len(data) - start - 2) // 12)):
        tag, kind, _ = struct.unpack_from(order + "HHI", data, start + 2 + 12 * index)
        if tag in (_WIDTH_TAG, _HEIGHT_TAG):
            value = struct.unpack_from(order + ("H" if kind == 3 else "I"), data, start + 10 + 12 * index)[0]
            if tag == _WIDTH_TAG:
                contents.width = value
            else:
                contents.height = value
    exif.take(contents, data)


def _avif(contents: Contents, source: Source) -> None:
    for kind, _, body, end in top_level(source):
        if end > source.size:
            contents.damage = "ends inside its pixels"
            break
        if kind == b"meta" and contents.width is None and end - body <= limits.INDEX:
            meta = source.at(body, end - body)
            _avif_size(contents, meta)
            _avif_texts(contents, source, meta)


def _avif_size(contents: Contents, meta: bytes) -> None:
    # The largest `ispe` of the item properties is the picture (ISO/IEC 23008-12 §6.5.3).
    found = find(meta, 4, len(meta), (b"iprp", b"ipco"))
    for kind, body, end in children(meta, *found) if found else ():
        if kind == b"ispe" and end - body >= 12:
            width, height = struct.unpack_from(">II", meta, body + 4)
            if width * height > (contents.width or 0) * (contents.height or 0):
                contents.width, contents.height = width, height
        elif kind == b"irot" and end > body:
            contents.turned = meta[body] & 1 == 1  # quarters of a turn (ISO/IEC 23008-12 §6.5.10)


def _avif_texts(contents: Contents, source: Source, meta: bytes) -> None:
    for kind, offset, length in heif.texts(meta):
        if length > contents.room or offset + length > source.size:
            continue
        contents.room -= length // 8
        data = source.at(offset, length)
        if kind == heif.EXIF:
            # four bytes tell where the TIFF header begins (ISO/IEC 23008-12 §A.2.1)
            skipped = 4 + int.from_bytes(data[:4], "big")
            turned = contents.turned
            exif.take(contents, data[skipped:])
            contents.turned = turned  # how it is to be turned is `irot`'s to say alone
        else:
            xmp.take(contents, data)
