"""What was written about a file is taken out of it, byte by byte; pixels and packets stay."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import pytest
from PIL import Image

from oelala_desktop.domain.errors import Unreadable
from oelala_desktop.services.files.stripping import CONTAINERS, in_time, strip_metadata, without_texts
from tests.metadata import files

HEAD = b"\x89PNG\r\n\x1a\n"


def chunk(kind: bytes, content: bytes = b"", crc: int | None = None) -> bytes:
    told = zlib.crc32(kind + content) if crc is None else crc
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", told)


def stripped(tmp_path: Path, kind: str, content: bytes) -> bytes:
    path = tmp_path / "a"
    path.write_bytes(content)
    assert strip_metadata(path, kind) is True
    return path.read_bytes()


# PNG

IHDR, IDAT, IEND, GAMA = chunk(b"IHDR", bytes(13)), chunk(b"IDAT", b"pixels"), chunk(b"IEND"), chunk(b"gAMA", b"\0\1")


@pytest.mark.parametrize("kind", [b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME", b"comf"])
def test_chunks_of_a_png_that_tell_of_it(tmp_path: Path, kind: bytes) -> None:
    told = chunk(kind, b"prompt\0boats")
    for content in (HEAD + IHDR + told + GAMA + IDAT + IEND, HEAD + told + IHDR + GAMA + IDAT + told + IEND):
        assert stripped(tmp_path, "png", content) == HEAD + IHDR + GAMA + IDAT + IEND


def test_what_follows_the_end_of_a_png_goes_too(tmp_path: Path) -> None:
    assert stripped(tmp_path, "png", HEAD + IHDR + IDAT + IEND + b"behind" * 9) == HEAD + IHDR + IDAT + IEND
    cut = HEAD + IHDR + IDAT + IEND[:11]
    assert stripped(tmp_path, "png", cut) == HEAD + IHDR + IDAT


@pytest.mark.parametrize("kind", [b"tEXt", b"zTXt", b"iTXt"])
def test_texts_of_a_png_are_left_out_before_it_is_decoded(kind: bytes) -> None:
    text = chunk(kind, b"prompt\0boats")
    assert without_texts(HEAD + IHDR + text + text + IDAT + text + IEND) == HEAD + IHDR + IDAT + IEND


def test_what_a_png_can_do_without_goes_where_its_checksum_is_wrong() -> None:
    bad = chunk(b"gAMA", b"\0\1", crc=7)
    assert without_texts(HEAD + IHDR + bad + GAMA + IDAT + IEND) == HEAD + IHDR + GAMA + IDAT + IEND
    needed = HEAD + IHDR + chunk(b"IDAT", b"pixels", crc=7) + IEND
    assert without_texts(needed) is needed, "what it cannot do without is the decoder's to judge"


@pytest.mark.parametrize("content", [HEAD + IHDR + IDAT + IEND, HEAD, b"no picture", files.jpeg(), b""])
def test_nothing_to_leave_out_copies_nothing(content: bytes) -> None:
    assert without_texts(content) is content


def test_a_png_that_is_cut_short_is_left_to_the_decoder() -> None:
    text = chunk(b"tEXt", b"a")
    cut = HEAD + IHDR + text + IDAT[:-1]
    assert without_texts(cut) == HEAD + IHDR + IDAT[:-1]
    assert without_texts(HEAD + IHDR + text[:-1]) == HEAD + IHDR + text[:-1]
    empty = chunk(b"tEXt")
    assert without_texts(HEAD + empty) == HEAD


# JPEG


def segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


def exif(*entries: tuple[int, int], order: str = ">") -> bytes:
    mark = b"MM\0*" if order == ">" else b"II*\0"
    rows = b"".join(struct.pack(order + "HHIH", tag, 3, 1, value) + bytes(2) for tag, value in entries)
    return b"Exif\0\0" + mark + struct.pack(order + "IH", 8, len(entries)) + rows + bytes(4)


JFIF, ICC, TABLE = segment(0xE0, b"JFIF\0"), segment(0xE2, b"ICC_PROFILE\0"), segment(0xDB, bytes(3))
SCAN = b"\xff\xda\0\4\1\2pixels\xff\xd9"


@pytest.mark.parametrize(
    "told", [segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x/>"), segment(0xED, b"Photoshop"), segment(0xFE, b"words"),
             segment(0xE1, exif((0x010E, 5))), segment(0xE1, exif((0x0112, 1)))],
)  # fmt: skip
def test_segments_of_a_jpeg_that_tell_of_it(tmp_path: Path, told: bytes) -> None:
    content = b"\xff\xd8" + JFIF + told + ICC + told + TABLE + SCAN
    assert stripped(tmp_path, "jpeg", content) == b"\xff\xd8" + JFIF + ICC + TABLE + SCAN


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("value", [2, 6, 8])
def test_how_a_jpeg_is_to_be_turned_stays(tmp_path: Path, order: str, value: int) -> None:
    told = segment(0xE1, exif((0x010E, 7), (0x0112, value), (0x0131, 9), order=order))
    left = segment(0xE1, b"Exif\0\0MM\0*\0\0\0\x08\0\1\x01\x12\0\3\0\0\0\1" + struct.pack(">HHI", value, 0, 0))
    assert stripped(tmp_path, "jpeg", b"\xff\xd8" + told + TABLE + SCAN) == b"\xff\xd8" + left + TABLE + SCAN


def test_fill_bytes_between_segments(tmp_path: Path) -> None:
    content = b"\xff\xd8" + b"\xff\xff" + TABLE + b"\xff" + segment(0xFE, b"words") + SCAN
    assert stripped(tmp_path, "jpeg", content) == b"\xff\xd8" + TABLE + SCAN


def test_a_real_jpeg_keeps_its_pixels(tmp_path: Path) -> None:
    stored = Image.Exif()
    stored[0x0112], stored[0x010E] = 6, "boats"
    (tmp_path / "b").write_bytes(files.saved("JPEG", exif=stored, comment=b"words"))
    (tmp_path / "a").write_bytes(stripped(tmp_path, "jpeg", (tmp_path / "b").read_bytes()))
    with Image.open(tmp_path / "a") as made, Image.open(tmp_path / "b") as before:
        assert made.tobytes() == before.tobytes()
        assert dict(made.getexif()) == {0x0112: 6} and "comment" not in made.info


# WebP


def riff(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"WEBP" + b"".join(k + struct.pack("<I", len(c)) + c + bytes(len(c) & 1) for k, c in chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def test_chunks_of_a_webp(tmp_path: Path) -> None:
    flags, size, pixels = 0x08 | 0x04 | 0x10, b"\1\2\3\4\5\6\7\x08\x09", (b"VP8 ", b"odd")
    content = riff((b"VP8X", bytes([flags]) + size), pixels, (b"EXIF", b"told"), (b"XMP ", b"<x"), (b"ANIM", b"even"))
    made = riff((b"VP8X", bytes([0x10]) + size), pixels, (b"ANIM", b"even"))
    assert stripped(tmp_path, "webp", content) == made
    assert stripped(tmp_path, "webp", riff(pixels)) == riff(pixels)


def test_the_last_chunk_of_a_webp_and_what_lies_behind_it(tmp_path: Path) -> None:
    pixels, empty = (b"VP8 ", b"odd"), (b"ANIM", b"")
    content = riff(pixels, empty)
    assert stripped(tmp_path, "webp", content) == content
    assert stripped(tmp_path, "webp", content + b"behind!") == content, "seven bytes are no chunk"
    with_texts = riff(pixels, (b"EXIF", b""), empty, (b"XMP ", b""))
    assert stripped(tmp_path, "webp", with_texts) == content


# GIF

SCREEN, FRAME = b"GIF89a" + bytes([2, 0, 1, 0, 0, 0, 0]), b"\x2c" + bytes(9) + b"\x02\x03abc\0"
LOOP, CONTROL = b"\x21\xff\x0bNETSCAPE2.0\3\1\0\0\0", b"\x21\xf9\4\0\0\0\0\0"


@pytest.mark.parametrize(
    "told", [b"\x21\xfe\5words\0", b"\x21\xfe\1a\2bc\0", b"\x21\x01\x0c" + bytes(12) + b"\3abc\0",
             b"\x21\xff\x0bXMP DataXMP\4<x/>\0"],
)  # fmt: skip
def test_blocks_of_a_gif_that_tell_of_it(tmp_path: Path, told: bytes) -> None:
    content = SCREEN + told + LOOP + CONTROL + FRAME + told + FRAME + b"\x3b" + b"behind"
    assert stripped(tmp_path, "gif", content) == SCREEN + LOOP + CONTROL + FRAME + FRAME + b"\x3b"


def test_a_gif_with_colour_tables_and_another_loop(tmp_path: Path) -> None:
    screen = b"GIF89a" + bytes([2, 0, 1, 0, 0x81, 0, 0]) + b"\x3b" * 12  # four colours, like so many ends
    frame = b"\x2c" + bytes(8) + b"\x80" + b"\x3b" * 6 + b"\x02\x01a\0"  # two of its own
    loop = b"\x21\xff\x0bANIMEXTS1.0\3\1\0\0\0"
    content = screen + loop + b"\x21\xfe\1a\0" + frame + b"\x3b"
    assert stripped(tmp_path, "gif", content) == screen + loop + frame + b"\x3b"


@pytest.mark.parametrize("bits", range(8))
@pytest.mark.parametrize("label", [b"\xfe", b"\x01"])
def test_colour_tables_of_any_size(tmp_path: Path, bits: int, label: bytes) -> None:
    table = b"\x3b" * 3 * 2 ** (bits + 1)
    screen = b"GIF89a" + bytes([2, 0, 1, 0, 0x80 | bits, 0, 0]) + table
    frame = b"\x2c" + bytes(8) + bytes([0x80 | bits]) + table + b"\x08\x05abcde\x02fg\0"
    plain = b"\x2c" + bytes(8) + bytes([bits]) + b"\x08\x05abcde\0"
    told = b"\x21" + label + b"\x05words\0"
    content = screen + told + frame + told + plain + b"\x3b"
    assert stripped(tmp_path, "gif", content) == screen + frame + plain + b"\x3b"


# any of them


@pytest.mark.parametrize(
    ("kind", "content"),
    [("jpeg", b"\xff\xd8\xff\xe1"), ("jpeg", b"\xff\xd8" + segment(0xE1, b"Exif\0\0MM")), ("gif", b"GIF89a"),
     ("gif", SCREEN + b"\x21\xfe\5wo")],
)  # fmt: skip
def test_a_damaged_file_is_left_as_it_was(tmp_path: Path, kind: str, content: bytes) -> None:
    path = tmp_path / "a"
    path.write_bytes(content)
    with pytest.raises(Unreadable, match=r"^the file is damaged$"):
        strip_metadata(path, kind)
    assert path.read_bytes() == content


def test_kinds_that_have_no_room_for_it_and_those_that_cannot_be_stripped(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"as it was")
    assert [strip_metadata(path, kind) for kind in ("bmp", "tiff", "avif", "")] == [True, False, False, False]
    assert path.read_bytes() == b"as it was"


# videos


@pytest.mark.parametrize("kind", CONTAINERS)
def test_a_video_keeps_its_packets_and_loses_its_tags(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a"
    path.write_bytes(files.video(kind, {"comment": "boats", "title": "boats"}, tone=440))
    before = packets(path)
    assert strip_metadata(path, kind)
    assert packets(path) == before and len(before) == 2 and b"boats" not in path.read_bytes()
    assert [p.name for p in tmp_path.iterdir()] == ["a"]
    if kind in ("mp4", "mov"):
        assert path.read_bytes().index(b"moov") < path.read_bytes().index(b"mdat"), "it can be shown as it comes"


def packets(path: Path) -> list[list[bytes]]:
    with av.open(str(path)) as opened:
        streams = [s for s in opened.streams if s.type in ("video", "audio")]
        found: dict[int, list[bytes]] = {stream.index: [] for stream in streams}
        for packet in opened.demux(streams):
            if packet.size:
                found[packet.stream.index].append(bytes(packet))
        return list(found.values())


@pytest.mark.parametrize("content", [b"no video", files.video("mp4")[:600]])
def test_a_video_whose_packets_cannot_be_had(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a"
    path.write_bytes(content)
    with pytest.raises(Unreadable, match=r"^its streams cannot be copied "):
        strip_metadata(path, "mp4")
    assert path.read_bytes() == content and [p.name for p in tmp_path.iterdir()] == ["a"]


def test_containers_in_the_words_of_muxers() -> None:
    assert CONTAINERS == {"mp4": "mp4", "mov": "mov", "webm": "webm", "mkv": "matroska"}


def packet(dts: int | None, stream: int = 0, duration: int | None = 2, size: int = 1) -> Any:
    return SimpleNamespace(dts=dts, duration=duration, size=size, stream=SimpleNamespace(index=stream))


def test_packets_without_a_time_come_at_even_distance_before_those_that_follow() -> None:
    given = [packet(None), packet(7, 1), packet(None, duration=4), packet(None, size=0), packet(20), packet(22)]
    assert [(p.dts, p.stream.index) for p in in_time(given)] == [(7, 1), (12, 0), (16, 0), (20, 0), (22, 0)]


def test_packets_of_which_none_has_a_time() -> None:
    given = [packet(None, duration=None), packet(None, duration=0), packet(None, 1, duration=3)]
    assert [(p.dts, p.stream.index) for p in in_time(given)] == [(0, 0), (1, 0), (-2, 1)]
