"""PNG and animated PNG: W3C PNG (Third Edition) §5.3 (chunks), §11.3.3 (texts), §11.3.6 (animation).

ComfyUI's animated PNGs carry a private chunk `comf` (`key NUL json`) after the pixels.
"""

from __future__ import annotations

import struct
import zlib

from oelala_desktop.domain.errors import Unreadable
from oelala_desktop.metadata import limits
from oelala_desktop.metadata.containers import exif, xmp
from oelala_desktop.metadata.contents import Contents
from oelala_desktop.metadata.source import Source

_CHUNK = struct.Struct(">I4s").unpack_from
#: the name under which an XMP packet lies (XMP part 3 §1.1.5)
_XMP = b"XML:com.adobe.xmp"
_FRAME_DELAY = struct.Struct(">HH").unpack_from
_OF_INTEREST = frozenset({b"tEXt", b"zTXt", b"iTXt", b"comf", b"eXIf", b"acTL", b"fcTL"})


def walk(source: Source) -> Contents:
    """Facts and texts. Pixel chunks are stepped over by their length. Raises Unreadable without an IHDR."""
    contents = Contents("png")
    head = source.head
    if len(head) < 33 or head[12:16] != b"IHDR":
        raise Unreadable(f"{source.name} is a damaged PNG: its header is missing.")
    contents.width = int.from_bytes(head[16:20], "big")
    contents.height = int.from_bytes(head[20:24], "big")
    contents.frames = 1
    contents.damage = "ends before its last chunk"
    _walk_chunks(contents, source)
    if contents.duration is not None:
        _finish_animation(contents)
    return contents


def _walk_chunks(contents: Contents, source: Source) -> None:
    head, size, offset = source.head, source.size, 33
    at_hand = len(head) - 8
    for _ in range(limits.PARTS):
        if offset <= at_hand:
            length, kind = _CHUNK(head, offset)
        else:
            mark = source.at(offset, 8)
            if len(mark) < 8:
                return
            length, kind = _CHUNK(mark)
        end = offset + 12 + length
        if end > size:
            contents.damage = "ends inside its pixels" if kind == b"IDAT" else "ends inside a chunk"
            return
        if kind in _OF_INTEREST and length <= contents.room:
            if kind == b"tEXt" and end <= len(head):
                # The usual case without a copy in between: the whole chunk is at hand.
                zero = head.find(0, offset + 8, end - 4)
                if zero > 0:
                    contents.keep(head[offset + 8 : zero].decode("latin-1"), head[zero + 1 : end - 4])
            else:
                _take(contents, kind, source.at(offset + 8, length))
        elif kind == b"IEND":
            contents.damage = None
            return
        offset = end


def _finish_animation(contents: Contents) -> None:
    if contents.duration and contents.frames and contents.frames > 1:
        contents.fps = round(contents.frames / contents.duration, 3)
    else:
        contents.duration = None


def _take(contents: Contents, kind: bytes, data: bytes) -> None:
    if kind == b"tEXt" or kind == b"comf":
        key, _, text = data.partition(b"\0")
        contents.keep(key.decode("latin-1"), text)
    elif kind == b"iTXt":
        _take_international(contents, data)
    elif kind == b"zTXt":
        key, _, rest = data.partition(b"\0")
        contents.keep(key.decode("latin-1"), inflate(rest[1:], contents))
    elif kind == b"eXIf":
        exif.take(contents, data)
    elif kind == b"acTL":
        contents.frames = int.from_bytes(data[:4], "big") or 1
    elif len(data) >= 26:
        above, below = _FRAME_DELAY(data, 20)
        contents.duration = (contents.duration or 0.0) + above / (below or 100)


def _take_international(contents: Contents, data: bytes) -> None:
    # key NUL, compression flag, method, language NUL, translated key NUL, text
    key, _, rest = data.partition(b"\0")
    parts = rest[2:].split(b"\0", 2)
    if len(parts) < 3:
        return
    text = inflate(parts[2], contents) if rest[0] == 1 else parts[2]
    contents.keep(key.decode("latin-1"), text)
    if key == _XMP and text is not None:
        xmp.take(contents, text)


def inflate(packed: bytes, contents: Contents) -> bytes | None:
    """The text of a zlib stream, None if it is damaged or larger than a text may be. What was inflated in vain
    counts as read: a file full of bombs must not be inflated one after the other."""
    inflater = zlib.decompressobj()
    try:
        text = inflater.decompress(packed, min(limits.TEXT, contents.room))
    except zlib.error:
        contents.room -= len(packed)
        return None
    if inflater.unconsumed_tail:
        contents.room -= len(text)
        return None
    return text
