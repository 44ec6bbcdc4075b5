"""JPEG: ITU-T T.81 Annex B (markers), Exif 2.32 §4.5.4 (APP1), Adobe XMP part 3 §1.1.3."""

from __future__ import annotations

from oelala_desktop.domain.errors import Unreadable
from oelala_desktop.metadata import limits
from oelala_desktop.metadata.containers import exif, xmp
from oelala_desktop.metadata.contents import Contents
from oelala_desktop.metadata.source import Source

_FRAME_HEADERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_SCAN, _END, _APP1, _COMMENT = 0xDA, 0xD9, 0xE1, 0xFE
#: comments that are read, 64 KiB each at most
_COMMENTS = limits.TEXTS // (64 * limits.KIB)
#: how much of a file's end is searched for the end mark; programs append small things after it
_TAIL = 64 * limits.KIB


def walk(source: Source) -> Contents:
    """Facts and texts, from the segments before the first scan. Raises Unreadable if there is none."""
    contents = Contents("jpeg")
    contents.frames = 1
    comments: list[bytes] = []
    offset = 2
    for _ in range(limits.PARTS):
        mark = source.at(offset, 4)
        if len(mark) < 4 or mark[0] != 0xFF:
            raise Unreadable(f"{source.name} is a damaged JPEG: it ends before its pixels.")
        marker = mark[1]
        if marker == 0xFF:
            offset += 1
            continue
        if marker in _STANDALONE:
            offset += 2
            continue
        if marker in (_SCAN, _END):
            break
        length = int.from_bytes(mark[2:4], "big")
        if length < 2:
            raise Unreadable(f"{source.name} is a damaged JPEG: a segment has no length.")
        _take(contents, comments, source, marker, offset + 4, length - 2)
        offset += 2 + length
    _join_comments(contents, comments)
    start = max(offset, source.size - _TAIL)
    if b"\xff\xd9" not in source.at(start, source.size - start):
        contents.damage = "ends inside its pixels"
    return contents


def _take(contents: Contents, comments: list[bytes], source: Source, marker: int, offset: int, length: int) -> None:
    if marker == _APP1:
        if length > contents.room:
            return
        contents.room -= length // 8
        data = source.at(offset, length)
        if data[:4] == b"Exif":
            exif.take(contents, data)
        else:
            xmp.take_segment(contents, data)
    elif marker == _COMMENT:
        if len(comments) < _COMMENTS:
            comments.append(source.at(offset, length))
    elif marker in _FRAME_HEADERS and contents.width is None:
        data = source.at(offset, 5)
        contents.height = int.from_bytes(data[1:3], "big")
        contents.width = int.from_bytes(data[3:5], "big")


def _join_comments(contents: Contents, comments: list[bytes]) -> None:
    """A comment holds at most 64 KiB: a longer `key:{…}` goes on in the ones behind it until a zero byte ends it."""
    text: list[bytes] = []
    for comment in comments:
        if not text and not exif.is_keyed(comment):
            contents.keep("comment", comment.rstrip(b"\0"))
            continue
        text.append(comment)
        if comment.endswith(b"\0"):
            exif.take_keyed(contents, b"".join(text))
            text = []
    if text:
        exif.take_keyed(contents, b"".join(text))
