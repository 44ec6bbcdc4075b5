"""Takes what was written about a file out of it and leaves pixels and streams as they are. Blocking."""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from oelala_desktop.domain.errors import Unreadable

if TYPE_CHECKING:
    from av.packet import Packet

_TEXTS = frozenset({b"tEXt", b"zTXt", b"iTXt"})
_PNG_TEXTS = _TEXTS | frozenset({b"eXIf", b"tIME", b"comf"})
#: VP8X flags (WebP container, "Extended File Format"): EXIF and XMP are present
_WEBP_FLAGS = 0x08 | 0x04
#: the reader's names of containers in the muxers' words
CONTAINERS = {"mp4": "mp4", "mov": "mov", "webm": "webm", "mkv": "matroska"}


def strip_metadata(path: Path, kind: str) -> bool:
    """Rewrites a file of our own without its texts. False if that cannot be done without loss for this kind of file;
    it is left as it was then. Raises Unreadable when it is damaged, OSError when the disk refuses."""
    if kind in CONTAINERS:
        return _strip_video(path, CONTAINERS[kind])
    strip = _PICTURES.get(kind)
    if strip is None:
        return kind == "bmp"  # which has no room for any
    try:
        data = strip(path.read_bytes())
    except (struct.error, IndexError) as error:
        raise Unreadable("the file is damaged") from error
    path.write_bytes(data)
    return True


def without_texts(data: bytes) -> bytes:
    """The bytes of a picture; of a PNG without its texts, and without whatever it could do without whose checksum is
    wrong."""
    if not data.startswith(b"\x89PNG\r\n\x1a\n"):
        return data
    out, start, at = [], 0, 8
    while at + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        end = at + 12 + length
        if end > len(data):
            break  # cut short: left to the decoder
        if kind in _TEXTS or (kind[:1].islower() and zlib.crc32(data[at + 4 : end - 4]) != _checksum(data, end)):
            out.append(data[start:at])
            start = end
        at = end
    return b"".join([*out, data[start:]]) if out else data


def _checksum(data: bytes, end: int) -> int:
    return int.from_bytes(data[end - 4 : end], "big")


def _png(data: bytes) -> bytes:
    out = [data[:8]]
    at = 8
    while at + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        end = at + 12 + length
        if kind not in _PNG_TEXTS:
            out.append(data[at:end])
        if kind == b"IEND":
            break
        at = end
    return b"".join(out)


def _jpeg(data: bytes) -> bytes:
    """Without EXIF, XMP, IPTC and comments; colour profiles stay, and how the picture is to be turned."""
    out = [data[:2]]
    at = 2
    while data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker == 0xDA:
            break
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        segment = data[at:end]
        if marker == 0xE1 and segment[4:10] == b"Exif\0\0":
            out.append(_turning(segment[10:]))
        elif marker not in (0xE1, 0xED, 0xFE):
            out.append(segment)
        at = end
    return b"".join(out) + data[at:]


def _turning(exif: bytes) -> bytes:
    """An EXIF segment that says nothing but the orientation; empty if that is the plain one."""
    order = "<" if exif[:2] == b"II" else ">"
    start = struct.unpack_from(order + "I", exif, 4)[0]
    for index in range(struct.unpack_from(order + "H", exif, start)[0]):
        tag, _, _, value = struct.unpack_from(order + "HHIH", exif, start + 2 + 12 * index)
        if tag == 0x0112 and value != 1:
            body = b"Exif\0\0MM\0*" + struct.pack(">IHHHIHHI", 8, 1, 0x0112, 3, 1, value, 0, 0)
            return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body
    return b""


def _webp(data: bytes) -> bytes:
    out = []
    at = 12
    while at + 8 <= len(data):
        kind, length = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        end = at + 8 + length + (length & 1)
        chunk = data[at:end]
        if kind == b"VP8X":
            chunk = chunk[:8] + bytes([chunk[8] & ~_WEBP_FLAGS]) + chunk[9:]
        if kind not in (b"EXIF", b"XMP "):
            out.append(chunk)
        at = end
    body = b"WEBP" + b"".join(out)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _gif(data: bytes) -> bytes:
    """Without comments, plain text and XMP; how often it repeats stays."""
    at = 13 + (3 << ((data[10] & 7) + 1) if data[10] & 0x80 else 0)
    out = [data[:at]]
    while data[at] != 0x3B:
        start = at
        if data[at] == 0x2C:
            at += 10 + (3 << ((data[at + 9] & 7) + 1) if data[at + 9] & 0x80 else 0) + 1
            label = b""
        else:
            label = data[at + 1 : at + 2]
            at += 2
        name = data[at + 1 : at + 12]
        while data[at]:
            at += data[at] + 1
        at += 1
        if label not in (b"\xfe", b"\x01") and not (label == b"\xff" and name not in (b"NETSCAPE2.0", b"ANIMEXTS1.0")):
            out.append(data[start:at])
    return b"".join(out) + b"\x3b"


_PICTURES: dict[str, Callable[[bytes], bytes]] = {"png": _png, "jpeg": _jpeg, "webp": _webp, "gif": _gif}


def in_time(packets: Iterable[Packet[Any]]) -> Iterator[Packet[Any]]:
    """Matroska does not say when its first packets are to be decoded: before those that follow, at even distance."""
    early: dict[int, list[Packet[Any]]] = {}
    for packet in packets:
        if packet.size == 0:
            continue
        if packet.dts is None:
            early.setdefault(packet.stream.index, []).append(packet)
            continue
        yield from _dated(early.pop(packet.stream.index, []), packet.dts)
        yield packet
    for left in early.values():
        yield from _dated(left, len(left))


def _dated(packets: list[Packet[Any]], end: int) -> list[Packet[Any]]:
    step = max([packet.duration or 1 for packet in packets], default=1)
    for number, packet in enumerate(reversed(packets), 1):
        packet.dts = end - number * step
    return packets


def _strip_video(path: Path, container: str) -> bool:
    """The same packets in a new container."""
    import av
    import av.error

    bare = path.with_name(f"{path.name}.{os.getpid()}.bare.part")
    try:
        options = {"movflags": "+faststart"} if container in ("mp4", "mov") else {}
        with av.open(str(path)) as source, av.open(str(bare), "w", format=container, options=options) as target:
            streams = {}
            for stream in source.streams:
                if stream.type in ("video", "audio"):
                    streams[stream.index] = target.add_stream_from_template(stream)
            chosen = [source.streams[index] for index in streams]
            for packet in in_time(source.demux(chosen)):
                packet.stream = streams[packet.stream.index]
                target.mux(packet)
        bare.replace(path)
    except (av.error.FFmpegError, ValueError) as error:
        raise Unreadable(f"its streams cannot be copied ({error})") from error
    finally:
        bare.unlink(missing_ok=True)
    return True
