"""EXIF: the TIFF directory inside JPEG, WebP, PNG and AVIF, and a TIFF itself (TIFF 6.0 §2; Exif 2.32 §4.6).

Three habits of writers are known here: ComfyUI's animated WebP puts `prompt:{…}` into tag 0x0110 and `key:{…}` into the
tags from 0x010F downwards (others write `Prompt:` and `Workflow:`); A1111 puts its text into UserComment (0x9286); a
few put JSON there. ImageDescription may hold words of its own.
"""

from __future__ import annotations

import re
import struct

from oelala_desktop.metadata import limits
from oelala_desktop.metadata.contents import Contents

USER_COMMENT = 0x9286
_DESCRIPTION = 0x010E
_EXIF_DIRECTORY = 0x8769
_ORIENTATION = 0x0112
#: orientations of pictures that lie on their side
_ON_THE_SIDE = range(5, 9)
#: SHORT, LONG and IFD: numbers
_NUMBER_KINDS = frozenset({3, 4, 13})
#: BYTE, ASCII, UNDEFINED: one byte each
_TEXT_KINDS = frozenset({1, 2, 7})
#: keys that some write with a capital
_KEYS = frozenset({"prompt", "workflow"})
_KEYED = re.compile(rb"\s*([A-Za-z_][\w .-]{0,78}):\s*(?=[\[{\"])")
#: entries of one directory that we look at
_ENTRIES = 512


def take(contents: Contents, data: bytes) -> None:
    """Keep the texts of an EXIF block (with or without its `Exif` mark), and whether the picture lies on its side.
    Damage is passed over in silence."""
    if data[:6] in (b"Exif\0\0", b"Exif\0\xff"):
        data = data[6:]
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(data[:4])
    if order is None or len(data) < 8:
        return
    start = struct.unpack_from(order + "I", data, 4)[0]
    pending: list[int] = [start]
    seen: set[int] = set()
    while pending and len(seen) < 4:
        offset = pending.pop()
        if offset in seen:
            continue
        seen.add(offset)
        for tag, value in entries(data, offset, order):
            if isinstance(value, int):
                if tag == _EXIF_DIRECTORY:
                    pending.append(value)
                elif tag == _ORIENTATION and offset == start:
                    contents.turned = value in _ON_THE_SIDE
            elif value[1] - value[0] <= contents.room:
                _take_text(contents, tag, data, *value, order)


def _take_text(contents: Contents, tag: int, data: bytes, start: int, end: int, order: str) -> None:
    if tag == USER_COMMENT:
        # Spent even if little is left of it: many entries may point at one large text.
        contents.room -= end - start
        contents.keep("parameters", user_comment(data[start:end], order))
    elif is_keyed(data[start : min(end, start + 100)]):
        contents.room -= end - start
        take_keyed(contents, data[start:end])
    elif tag == _DESCRIPTION:
        contents.room -= end - start
        contents.keep("description", data[start:end].rstrip(b"\0 "))


def is_keyed(value: bytes) -> bool:
    """Whether a text begins like `key:{json}`."""
    return _KEYED.match(value) is not None


def take_keyed(contents: Contents, value: bytes) -> None:
    """Keep a `key:{json}` text under its key; anything else is not ours to read."""
    match = _KEYED.match(value)
    if match:
        key = match[1].decode("ascii", "replace")
        contents.keep(key.lower() if key.lower() in _KEYS else key, value[match.end() :].rstrip(b"\0 "))


def entries(data: bytes, offset: int, order: str) -> list[tuple[int, tuple[int, int] | int]]:
    """(tag, range of a text or a number) of each entry of one directory; those that point outside are left
    out."""
    found: list[tuple[int, tuple[int, int] | int]] = []
    size = len(data)
    if offset + 2 > size:
        return found
    count = min(struct.unpack_from(order + "H", data, offset)[0], _ENTRIES, (size - offset - 2) // 12)
    for index in range(count):
        at = offset + 2 + 12 * index
        tag, kind, number, value = struct.unpack_from(order + "HHII", data, at)
        if kind in _NUMBER_KINDS and number == 1:
            found.append((tag, struct.unpack_from(order + "H", data, at + 8)[0] if kind == 3 else value))
        elif kind in _TEXT_KINDS and 0 < number <= limits.TEXT:
            start = at + 8 if number <= 4 else value
            if start + number <= size:
                found.append((tag, (start, start + number)))
    return found


def user_comment(value: bytes, order: str) -> str:
    """The text of a UserComment: eight bytes name the charset (Exif 2.32 §4.6.5, tag 0x9286)."""
    charset, text = value[:8], value[8:]
    if charset[:3] == b"JIS":
        return text.decode("iso2022_jp", "replace").rstrip("\0 ")
    wide = charset[:7].upper() == b"UNICODE"
    if not wide and charset[:5] != b"ASCII" and charset.strip(b"\0"):
        text = value
    return _decoded(text, order, wide=wide).rstrip("\0 ")


def _decoded(text: bytes, order: str, *, wide: bool) -> str:
    """UTF-8 or UTF-16, by the bytes rather than by what is said: writers of both say the other. `wide` is what is
    said."""
    if text[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return text.decode("utf-16", "replace")
    narrow = text.rstrip(b"\0 ")
    # Every prompt has spaces or commas, so UTF-16 has zero bytes.
    zeros = narrow.count(0)
    if not zeros or not (wide or zeros * 4 > len(narrow)):
        try:
            return narrow.decode("utf-8-sig")
        except UnicodeDecodeError:
            if not wide:
                return narrow.decode("latin-1")
    return _utf16(text, order)


def _utf16(text: bytes, order: str) -> str:
    # Writers disagree whether the TIFF's byte order counts here (A1111 always writes the big end first), so the
    # spaces and commas that every prompt has decide; the file's own order only where there are none.
    even = text[: len(text) & ~1]
    low, high = even[::2].count(0), even[1::2].count(0)
    if low == high:
        codec = "utf-16-le" if order == "<" else "utf-16-be"
    else:
        codec = "utf-16-be" if low > high else "utf-16-le"
    return even.decode(codec, "replace")
