"""Text into WebP: an EXIF chunk (RFC 9649 §2.7.1.5), for which the file must be of the extended kind (VP8X)."""

from __future__ import annotations

import struct
from typing import BinaryIO

from oelala_desktop.domain.errors import Unreadable
from oelala_desktop.metadata import limits
from oelala_desktop.metadata.containers.webp import canvas_size
from oelala_desktop.metadata.source import Source
from oelala_desktop.metadata.writer import tiff
from oelala_desktop.metadata.writer.replacing import copy

_EXIF_FLAG, _ALPHA_FLAG = 0x08, 0x10

Chunk = tuple[bytes, int, int]


def write(source: Source, texts: dict[str, bytes], out: BinaryIO) -> None:
    """Raises Unreadable when the chunks do not fill the file."""
    chunks, end = _chunks(source)
    exif = next((source.at(start, length) for kind, start, length in chunks if kind == b"EXIF"), b"")
    block = tiff.with_texts(exif, texts)
    head = _extended_head(source, chunks[0])
    rest = [chunk for chunk in chunks if chunk[0] not in (b"EXIF", b"VP8X")]
    size = 4 + 8 + len(head) + 8 + _even(len(block)) + sum(8 + _even(length) for _, _, length in rest)
    out.write(struct.pack("<4sI4s", b"RIFF", size, b"WEBP"))
    out.write(struct.pack("<4sI", b"VP8X", len(head)) + head)
    put = False
    for kind, start, length in [*rest, (b"", 0, 0)]:
        # XMP comes last.
        if not put and kind in (b"XMP ", b""):
            out.write(struct.pack("<4sI", b"EXIF", len(block)) + block + bytes(len(block) & 1))
            put = True
        if kind:
            out.write(struct.pack("<4sI", kind, length))
            copy(source, start, start + length, out)
            out.write(bytes(length & 1))
    copy(source, end, source.size, out)


def _even(length: int) -> int:
    return length + (length & 1)


def _chunks(source: Source) -> tuple[list[Chunk], int]:
    """(letters, start of the data, length) of each chunk, and where the last one ends."""
    declared = int.from_bytes(source.head[4:8], "little") + 8
    found: list[Chunk] = []
    offset = 12
    for _ in range(limits.PARTS):
        if offset + 8 > min(declared, source.size):
            break
        mark = source.at(offset, 8)
        length = int.from_bytes(mark[4:], "little")
        if offset + 8 + length > source.size:
            raise Unreadable(f"{source.name} is incomplete: it ends inside its pixels.")
        found.append((mark[:4], offset + 8, length))
        offset += 8 + _even(length)
    if not found or found[0][0] not in (b"VP8X", b"VP8 ", b"VP8L"):
        raise Unreadable(f"{source.name} is a damaged WebP: its picture is missing.")
    return found, min(offset, source.size)


def _extended_head(source: Source, first: Chunk) -> bytes:
    """The data of the VP8X chunk: the file's own with the EXIF flag set, or one for a plain picture."""
    kind, start, length = first
    data = source.at(start, max(min(length, 64), 10))
    if kind == b"VP8X":
        return bytes([data[0] | _EXIF_FLAG]) + data[1:length]
    width, height = canvas_size(kind, data)
    if not width or not height:
        raise Unreadable(f"{source.name} is a damaged WebP: its size cannot be read.")
    # VP8L: signature, 14 bits of width, 14 of height, one bit that says whether alpha is used (RFC 9649 §3.4).
    alpha = _ALPHA_FLAG if kind == b"VP8L" and data[4] & 0x10 else 0
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return bytes([_EXIF_FLAG | alpha, 0, 0, 0]) + size
