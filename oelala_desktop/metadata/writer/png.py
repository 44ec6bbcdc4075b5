"""Text into PNG: tEXt chunks in front of the pixels, as ComfyUI writes them."""

from __future__ import annotations

import struct
import zlib
from typing import BinaryIO

from oelala_desktop.domain.errors import Unreadable
from oelala_desktop.metadata import limits
from oelala_desktop.metadata.source import Source
from oelala_desktop.metadata.writer.replacing import copy

_TEXTS = (b"tEXt", b"zTXt", b"iTXt", b"comf")
#: signature and IHDR, which must come first
_START = 33


def write(source: Source, texts: dict[str, bytes], out: BinaryIO) -> None:
    """Raises Unreadable when the chunks do not lead to the last one."""
    ours = {key.encode("latin-1") for key in texts}
    copy(source, 0, _START, out)
    for key, text in texts.items():
        out.write(chunk(b"tEXt", key.encode("latin-1") + b"\0" + text))
    start = offset = _START
    for _ in range(limits.PARTS):
        mark = source.at(offset, 8)
        length, kind = struct.unpack(">I4s", mark) if len(mark) == 8 else (0, b"")
        end = offset + 12 + length
        if not kind or end > source.size:
            raise Unreadable(f"{source.name} is incomplete: it ends inside a chunk.")
        if kind in _TEXTS and source.at(offset + 8, min(length, 80)).partition(b"\0")[0] in ours:
            copy(source, start, offset, out)
            start = end
        offset = end
        if kind == b"IEND":
            break
    copy(source, start, source.size, out)


def chunk(kind: bytes, data: bytes) -> bytes:
    """Length, kind, data and CRC (W3C PNG §5.3)."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(data, zlib.crc32(kind)))
