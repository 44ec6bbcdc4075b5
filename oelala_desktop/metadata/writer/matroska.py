"""Text into webm and mkv: a new list of tags at the end of the segment (RFC 9559 §5.1.8).

Nothing else moves: the old list becomes a gap of the same size (Void), and the index in front (SeekHead) is rewritten
within its own room, which writers leave for that.
"""

from __future__ import annotations

from typing import BinaryIO, NamedTuple

from oelala_desktop.domain.errors import Unreadable
from oelala_desktop.metadata import limits
from oelala_desktop.metadata.containers import matroska as reader
from oelala_desktop.metadata.source import Source
from oelala_desktop.metadata.writer.replacing import copy

_VOID, _SEEK, _SEEK_ID, _SEEK_POSITION = 0xEC, 0x4DBB, 0x53AB, 0x53AC
_LANGUAGE = 0x447A


class _Part(NamedTuple):
    """An element of the segment: where it starts, its body, its end."""

    kind: int
    start: int
    body: int
    end: int


def write(source: Source, texts: dict[str, bytes], out: BinaryIO) -> None:
    """Raises Unreadable when the file ends before its segment does."""
    body, end = reader.segment(source)
    if end > source.size:
        raise Unreadable(f"{source.name} is incomplete: it ends before its last part.")
    parts = _parts(source, body, end)
    if any(part.end > end for part in parts):
        raise Unreadable(f"{source.name} is damaged: its parts reach beyond its end.")
    if any(part.end - part.start > limits.INDEX for part in parts if part.kind in (reader.TAGS, reader.SEEK_HEAD)):
        raise Unreadable(f"{source.name} has an index or tags beyond any use.")
    kept = b"".join(
        _without(source.at(part.body, part.end - part.body), texts) for part in parts if part.kind == reader.TAGS
    )
    tags = element(reader.TAGS, kept + _tag(texts))
    # (start, end, what stands there from now on), in the order of the file
    changes = [_segment_size(source, body, end, len(tags))]
    for index, part in enumerate(parts):
        if part.kind == reader.TAGS:
            changes.append((part.start, part.end, void(part.end - part.start)))
        elif part.kind == reader.SEEK_HEAD:
            behind = parts[index + 1] if index + 1 < len(parts) else part
            spare = behind.kind == _VOID and behind.end - part.start <= limits.INDEX
            room = behind.end if spare else part.end
            changes.append((part.start, room, _seek_head(source, part, room - part.start, end - body)))
    at = 0
    for start, stop, new in changes:
        copy(source, at, start, out)
        out.write(new)
        at = stop
    copy(source, at, end, out)
    out.write(tags)
    copy(source, end, source.size, out)


def _parts(source: Source, body: int, end: int) -> list[_Part]:
    parts, start = [], body
    for kind, inner, stop in reader.elements(source, body, end):
        parts.append(_Part(kind, start, inner, stop))
        start = stop
    return parts


def _segment_size(source: Source, body: int, end: int, added: int) -> tuple[int, int, bytes]:
    """The size field of the segment with `added` bytes more. A field too narrow for it says "unknown", which every
    reader takes as "to the end of the file"."""
    # The field lies between the segment's 4-byte id and its body.
    head = source.at(max(body - 12, 0), min(body, 12))
    width = len(head) - head.rindex(reader.SEGMENT.to_bytes(4, "big")) - 4
    field = head[len(head) - width :]
    unknown = (1 << (7 * width)) - 1
    size = end - body + added
    if int.from_bytes(field, "big") & unknown == unknown or size >= unknown:
        size = unknown
    return body - width, body, ((1 << (7 * width)) | size).to_bytes(width, "big")


def _without(tags: bytes, texts: dict[str, bytes]) -> bytes:
    """The Tag elements of an old list, without the texts that are written anew."""
    kept = b""
    for kind, body, stop in reader.children(tags, 0, len(tags), limits.PARTS):
        if kind != reader.TAG:
            continue
        inner, simple = b"", 0
        for name, at, end in reader.children(tags, body, stop, limits.PARTS):
            if name == reader.SIMPLE_TAG and reader.tag_name(tags, at, end) in texts:
                continue
            simple += name == reader.SIMPLE_TAG
            inner += element(name, tags[at:end])
        if simple:
            kept += element(reader.TAG, inner)
    return kept


def _tag(texts: dict[str, bytes]) -> bytes:
    simple = b"".join(
        element(
            reader.SIMPLE_TAG,
            element(reader.TAG_NAME, key.upper().encode())
            + element(_LANGUAGE, b"und")
            + element(reader.TAG_STRING, text),
        )
        for key, text in texts.items()
    )
    return element(reader.TAG, element(reader.TARGETS, b"") + simple)


def _seek_head(source: Source, part: _Part, room: int, position: int) -> bytes:
    """The index with the tags' new place in it, filled up to `room`. Without room for the entry it is left out: the
    tags are then found by walking."""
    data = source.at(part.body, part.end - part.body)
    others = b""
    for kind, body, stop in reader.children(data, 0, min(len(data), limits.MIB)):
        fields = {name: data[at:end] for name, at, end in reader.children(data, body, stop)}
        if kind == _SEEK and fields.get(_SEEK_ID) != reader.TAGS.to_bytes(4, "big"):
            others += element(_SEEK, data[body:stop])
    width = max(1, (position.bit_length() + 7) // 8)
    entry = element(_SEEK_ID, reader.TAGS.to_bytes(4, "big")) + element(_SEEK_POSITION, position.to_bytes(width, "big"))
    for seeks in (others + element(_SEEK, entry), others):
        head = element(reader.SEEK_HEAD, seeks)
        if len(head) == room or len(head) <= room - 2:
            return head + void(room - len(head))
    return source.at(part.start, room)


def element(kind: int, body: bytes) -> bytes:
    """Id, size and body (RFC 8794 §5, §6)."""
    size = len(body)
    width = 1
    while size >= (1 << (7 * width)) - 1:
        width += 1
    return (
        kind.to_bytes((kind.bit_length() + 7) // 8, "big") + ((1 << (7 * width)) | size).to_bytes(width, "big") + body
    )


def void(length: int) -> bytes:
    """A gap of `length` bytes in all: 0, or at least 2."""
    if not length:
        return b""
    if length < 9:
        return b"\xec" + bytes([0x80 | (length - 2)]) + bytes(length - 2)
    return b"\xec\x01" + (length - 9).to_bytes(7, "big") + bytes(length - 9)
