"""The items of a HEIF file, as AVIF is one: which there are (`iinf`) and where they lie (`iloc`), ISO/IEC 14496-12
§8.11."""

from __future__ import annotations

from oelala_desktop.metadata import limits
from oelala_desktop.metadata.containers.boxes import children, find

EXIF, XMP = b"Exif", b"mime"
_XMP_TYPE = b"application/rdf+xml"
#: items of one file that are looked at
_ITEMS = 512


def texts(meta: bytes) -> list[tuple[bytes, int, int]]:
    """(EXIF or XMP, offset in the file, length) of the items that carry texts, given the body of the file's `meta`;
    those in several pieces or inside `meta` itself are left out."""
    kinds = _kinds(meta)
    return [(kinds[number], offset, length) for number, offset, length in _places(meta) if number in kinds]


def _kinds(meta: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    listed = find(meta, 4, len(meta), (b"iinf",))
    if listed is None:
        return found
    start = listed[0] + (6 if meta[listed[0] : listed[0] + 1] == b"\0" else 8)
    for name, body, end in children(meta, start, listed[1], _ITEMS):
        version = meta[body] if body < end else 0
        if name != b"infe" or version not in (2, 3):
            continue
        wide = 4 if version == 3 else 2
        kind = meta[body + 6 + wide : body + 10 + wide]
        if kind == EXIF or (kind == XMP and _XMP_TYPE in meta[body:end]):
            found[int.from_bytes(meta[body + 4 : body + 4 + wide], "big")] = kind
    return found


class _Reader:
    def __init__(self, data: bytes, at: int, end: int) -> None:
        self._data, self._at, self._end = data, at, end

    def take(self, size: int) -> int:
        """The next number of so many bytes. Raises EOFError at the end of the box."""
        if self._at + size > self._end:
            raise EOFError
        self._at += size
        return int.from_bytes(self._data[self._at - size : self._at], "big")


def _places(meta: bytes) -> list[tuple[int, int, int]]:
    """(item, offset, length)."""
    found: list[tuple[int, int, int]] = []
    box = find(meta, 4, len(meta), (b"iloc",))
    if box is None:
        return found
    reader = _Reader(meta, *box)
    try:
        version = reader.take(1)
        reader.take(3)
        sizes, more = reader.take(1), reader.take(1)
        for _ in range(min(reader.take(4 if version == 2 else 2), _ITEMS)):
            number = reader.take(4 if version == 2 else 2)
            method = reader.take(2) & 15 if version in (1, 2) else 0
            reader.take(2)
            base = reader.take(more >> 4)
            pieces = []
            for _ in range(min(reader.take(2), limits.ENTRIES)):
                reader.take(more & 15 if version in (1, 2) else 0)
                pieces.append((reader.take(sizes >> 4), reader.take(sizes & 15)))
            if method == 0 and len(pieces) == 1:
                found.append((number, base + pieces[0][0], pieces[0][1]))
    except EOFError:
        pass
    return found
