"""Text into GIF: comment extensions (GIF89a §24) in front of the first frame, `key:{…}` each."""

from __future__ import annotations

from typing import BinaryIO

from oelala_desktop.domain.errors import Unreadable
from oelala_desktop.metadata import limits
from oelala_desktop.metadata.source import Source
from oelala_desktop.metadata.writer.replacing import copy

_COMMENT = b"\x21\xfe"


def write(source: Source, texts: dict[str, bytes], out: BinaryIO) -> None:
    """Raises Unreadable when the header is cut off."""
    head = source.head
    if len(head) < 14:
        raise Unreadable(f"{source.name} is a damaged GIF: it ends inside its header.")
    start = 13 + (3 << ((head[10] & 7) + 1) if head[10] & 0x80 else 0)
    # Extensions came with the second version of the format.
    out.write(b"GIF89a")
    copy(source, 6, start, out)
    for key, text in texts.items():
        data = f"{key}:".encode() + text
        pieces = [data[at : at + 255] for at in range(0, len(data), 255)]
        out.write(_COMMENT + b"".join(bytes([len(piece)]) + piece for piece in pieces) + b"\0")
    ours = tuple(f"{key}:".encode() for key in texts)
    for _ in range(limits.PARTS):
        # Ours always lie here, so those of an earlier writing are found here.
        if source.at(start, 2) != _COMMENT:
            break
        end = _end(source, start + 2)
        if not source.at(start + 3, 80).startswith(ours):
            copy(source, start, end, out)
        start = end
    copy(source, start, source.size, out)


def _end(source: Source, offset: int) -> int:
    while (size := source.at(offset, 1)) and size[0]:
        offset += 1 + size[0]
    return offset + 1
