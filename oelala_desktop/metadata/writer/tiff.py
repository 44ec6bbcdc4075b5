"""Text into an EXIF block, as ComfyUI puts it there: `prompt:{…}` in tag 0x0110, `key:{…}` from 0x010F downwards."""

from __future__ import annotations

import struct

_PROMPT_TAG, _FIRST_TAG, _LAST_TAG = 0x0110, 0x010F, 0x0107
#: for when cameras and other programs have taken those: tags that TIFF 6.0 leaves to private use
_PRIVATE_TAGS = range(0xFDE8, 0xFE28)
_ASCII = 2
_MARK = b"Exif\0\0"

Entry = tuple[int, bytes]


def with_texts(old: bytes, texts: dict[str, bytes]) -> bytes:
    """An EXIF block with the texts in its first directory. What `old` holds stays where it is: the new directory and
    the texts are appended, and the header points there. `old` may be empty."""
    block = old.removeprefix(_MARK)
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(block[:4])
    kept: list[Entry] = []
    following = b"\0\0\0\0"
    if order is not None and len(block) >= 8:
        kept, following = _directory(block, order)
    kept = [entry for entry in kept if not _is_ours(block, entry[1], order or "<", texts)]
    if order is None or (not kept and following == b"\0\0\0\0"):
        block, order = b"II*\0\x08\0\0\0", "<"
    return (old[:6] if old[:6] == _MARK else b"") + _appended(block, order, kept, following, texts)


def _directory(block: bytes, order: str) -> tuple[list[Entry], bytes]:
    """Entries (tag, all 12 bytes) of the first directory and the pointer to the next one."""
    start = struct.unpack_from(order + "I", block, 4)[0]
    if start + 2 > len(block):
        return [], b"\0\0\0\0"
    count = min(struct.unpack_from(order + "H", block, start)[0], (len(block) - start - 2) // 12)
    ends = start + 2 + 12 * count
    rows = [block[at : at + 12] for at in range(start + 2, ends, 12)]
    return [(struct.unpack(order + "H", row[:2])[0], row) for row in rows], block[ends : ends + 4].ljust(4, b"\0")


def _is_ours(block: bytes, row: bytes, order: str, texts: dict[str, bytes]) -> bool:
    kind, count, at = struct.unpack(order + "HII", row[2:])
    start = block[at : at + 80] if kind == _ASCII and count > 4 else b""
    return any(start.startswith(f"{key}:".encode()) for key in texts)


def _appended(block: bytes, order: str, kept: list[Entry], following: bytes, texts: dict[str, bytes]) -> bytes:
    data = bytearray(block)
    taken: set[int] = {tag for tag, _ in kept}
    entries = list(kept)
    for key, text in texts.items():
        tag = _free_tag(key, taken)
        taken.add(tag)
        value = f"{key}:".encode() + text + b"\0"
        entries.append((tag, struct.pack(order + "HHII", tag, _ASCII, len(value), len(data))))
        data += value + bytes(len(value) & 1)
    struct.pack_into(order + "I", data, 4, len(data))
    entries.sort()
    data += struct.pack(order + "H", len(entries)) + b"".join(row for _, row in entries) + following
    return bytes(data)


def _free_tag(key: str, taken: set[int]) -> int:
    if key == "prompt" and _PROMPT_TAG not in taken:
        return _PROMPT_TAG
    free: list[int] = [t for t in (*range(_FIRST_TAG, _LAST_TAG, -1), *_PRIVATE_TAGS) if t not in taken]
    return free[0]
