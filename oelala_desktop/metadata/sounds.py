"""Sounds, told by their first bytes and checked as far as their own structure goes. Nothing is decoded."""

from __future__ import annotations

from pathlib import Path

from oelala_desktop.domain.errors import Unreadable

_M4A_BRANDS = (b"M4A ", b"M4B ")
_MP3_SYNC = 0xFFE0  # eleven set bits open every frame


def sniff_sound(head: bytes) -> str | None:
    """`flac`, `mp3`, `opus`, `ogg`, `wav`, `m4a`, or None for anything else. 64 bytes are enough."""
    if head[:4] == b"fLaC":
        return "flac"
    if head[:4] == b"OggS":
        return "opus" if head[28:36] == b"OpusHead" else "ogg"
    if head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE":
        return "wav"
    if head[4:8] == b"ftyp" and head[8:12] in _M4A_BRANDS:
        return "m4a"
    return "mp3" if head[:3] == b"ID3" or _is_mp3_frame(head) else None


def _is_mp3_frame(head: bytes) -> bool:
    """MPEG 1, 2 or 2.5, layer III, with a bit rate and a sample rate that exist."""
    if len(head) < 4 or int.from_bytes(head[:2]) & _MP3_SYNC != _MP3_SYNC:
        return False
    version, layer = head[1] >> 3 & 3, head[1] >> 1 & 3
    return version != 1 and layer == 1 and head[2] >> 4 not in (0, 15) and head[2] >> 2 & 3 != 3


def check_sound(path: Path) -> None:
    """Raises Unreadable if the file's own structure says that bytes are missing."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(64)
        file.seek(max(0, size - 65_536))
        tail = file.read()
    kind = sniff_sound(head)
    if kind == "wav" and head[:4] == b"RIFF":
        declared = int.from_bytes(head[4:8], "little")
        # 0 and all ones are what writers leave that could not go back to fill it in
        whole = declared in (0, 0xFFFFFFFF) or size >= declared + 8
    elif kind in ("ogg", "opus"):
        whole = _ends_with_last_page(tail)
    elif kind == "flac":
        whole = size > 42 and head[4] & 0x7F == 0  # what describes the stream comes first, then frames
    else:
        whole = kind is not None and size > 64
    if not whole:
        raise Unreadable(f"{path.name} is incomplete: it ends inside its sound.")


def _ends_with_last_page(tail: bytes) -> bool:
    """Whether the last page of an Ogg stream is there whole and says that it is the last (RFC 3533, section 6)."""
    page = tail[max(0, tail.rfind(b"OggS")) :]
    if len(page) < 27 or not page[5] & 4:
        return False
    count = page[26]
    return len(page) >= 27 + count + sum(page[27 : 27 + count])
