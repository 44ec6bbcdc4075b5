"""What is written is read back by us and by others, and nothing but the metadata changes."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import struct
from pathlib import Path
from typing import Any

import av
import pytest
from PIL import Image

from oelala_desktop.domain.errors import CannotSave, Unreadable
from oelala_desktop.metadata import check_complete, probe, read
from oelala_desktop.metadata.writer import embed
from tests.metadata import corpus, files, graphs

PARAMS = {"prompt": 'a pier — « quai »\n\\ "quoted" 港 ⛵', "seed": str(2**64 - 1), "steps": 6, "cfg": 0.0}
TURNED = [files.picture().rotate(90)]
FILES: dict[str, bytes] = {
    "png": corpus.png_with({"parameters": b"kept"}),
    "apng": files.animated_png({"workflow": {"nodes": []}}),
    "jpeg": files.jpeg(files.segment(0xE1, b"Exif\0\0" + files.exif({0x010F: b"Camera maker"}))),
    "jpeg-comment": files.jpeg(files.segment(0xFE, b"taken at noon")),
    "webp": files.webp(),
    "webp-lossless": files.saved("WEBP", lossless=True),
    "webp-alpha": files.saved("WEBP", files.picture().convert("RGBA").rotate(30), lossless=True),
    "webp-animated": files.webp(files.riff(b"EXIF", files.exif({0x0110: b'prompt:{"1": {}}'})), animated=True),
    "webp-exif": files.webp(files.riff(b"EXIF", files.exif({0x010F: b"Camera maker"}, b"ASCII\0\0\0noon"))),
    "gif": files.saved("GIF", save_all=True, append_images=TURNED, duration=100, comment=b"kept"),
    "mp4": files.video("mp4"),
    "mp4-tagged": files.video("mp4", {"workflow": '{"nodes": []}', "other": "kept"}),
    "mp4-faststart": files.video("mp4", {"other": "kept"}, movflags="faststart"),
    "mp4-itunes": files.video("mp4", {"comment": "kept"}, keyed=False, movflags="faststart"),
    "mp4-fragmented": files.video("mp4", movflags="frag_keyframe+empty_moov"),
    "mov": files.video("mov", {"other": "kept"}),
    "mov-plain": files.video("mov", {"comment": "kept"}, keyed=False),
    "webm": files.video("webm", {"other": "kept"}),
    "mkv": files.video("mkv"),
    "mp4-sound": files.video("mp4", tone=440),
    "mp4-sound-faststart": files.video("mp4", movflags="faststart", tone=440),
    "mp4-sound-fragmented": files.video("mp4", movflags="frag_keyframe+empty_moov", tone=440),
    "mov-sound": files.video("mov", tone=440),
    "webm-sound": files.video("webm", tone=440),
    "mkv-sound": files.video("mkv", tone=440),
}  # fmt: skip
VIDEOS = ("mp4", "mov", "web", "mkv")


def is_video(kind: str) -> bool:
    return kind.startswith(("mp4", "mov", "webm", "mkv"))


def substance(path: Path, kind: str) -> Any:
    """What must not change: packets with their times, or pixels."""
    if is_video(kind):
        with av.open(path) as container:
            stream = container.streams.video[0]
            packets = [(hashlib.sha256(bytes(p)).hexdigest(), p.pts, p.dts, p.duration, p.is_keyframe)
                       for p in container.demux() if p.size]  # fmt: skip
            return packets, stream.frames, stream.average_rate, stream.duration, stream.codec_context.extradata
    with Image.open(path) as image:
        frames = []
        for index in range(getattr(image, "n_frames", 1)):
            image.seek(index)
            frames.append(
                (image.mode, image.size, image.info.get("duration"), hashlib.sha256(image.tobytes()).hexdigest())
            )
        return frames


@pytest.fixture(params=sorted(FILES))
def case(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Path]:
    path = tmp_path / f"boat.{request.param}"
    path.write_bytes(FILES[request.param])
    return request.param, path


def test_round_trip_leaves_the_substance(case: tuple[str, Path]) -> None:
    kind, path = case
    before, facts, blocks = substance(path, kind), probe(path), dict(read(path).blocks)
    embed(path, PARAMS, graphs.two_pass(), {"nodes": [], "note": "é"})
    assert substance(path, kind) == before
    assert probe(path) == facts
    check_complete(path)
    found = read(path)
    assert found.oelala_params == PARAMS
    assert found.graph == graphs.two_pass()
    assert found.workflow == {"nodes": [], "note": "é"}
    assert (found.info.source, found.info.prompt, found.info.seed) == ("oelala", PARAMS["prompt"], 2**64 - 1)
    for key, value in blocks.items():
        if key not in ("oelala_params", "prompt", "workflow"):
            assert found.blocks[key] == value


@pytest.mark.parametrize("kind", [kind for kind in FILES if "sound" in kind])
def test_sound_stays_packet_by_packet(tmp_path: Path, kind: str) -> None:
    path = tmp_path / kind
    path.write_bytes(FILES[kind])
    before = files.sound_packets(path)
    for steps in (6, 7):
        embed(path, {**PARAMS, "steps": steps}, graphs.two_pass())
        assert files.sound_packets(path) == before
    assert len(before) > 20 and read(path).has_sound


def test_writing_again_replaces(case: tuple[str, Path]) -> None:
    kind, path = case
    before = substance(path, kind)
    embed(path, {**PARAMS, "big": "x" * 150_000}, graphs.two_pass())
    embed(path, {**PARAMS, "steps": 7}, graphs.one_pass())
    found = read(path)
    assert (found.info.steps, found.graph) == (7, graphs.one_pass())
    assert path.read_bytes().count(b"x" * 1000) == 0 or kind.startswith(("webm", "mkv", "webp-exif"))
    assert substance(path, kind) == before
    check_complete(path)


def test_compressed_pixels_are_bit_identical(tmp_path: Path) -> None:
    def pixels(data: bytes) -> bytes:
        found, offset = b"", 8
        while offset < len(data):
            length, kind = struct.unpack_from(">I4s", data, offset)
            if kind in (b"IHDR", b"IDAT", b"fdAT", b"fcTL", b"acTL"):
                found += data[offset : offset + 12 + length]
            offset += 12 + length
        return found

    for kind in ("png", "apng"):
        path = tmp_path / kind
        path.write_bytes(FILES[kind])
        embed(path, PARAMS)
        assert pixels(path.read_bytes()) == pixels(FILES[kind])
    path = tmp_path / "jpeg"
    path.write_bytes(FILES["jpeg"])
    embed(path, PARAMS)
    scan = FILES["jpeg"].index(b"\xff\xda")
    assert path.read_bytes().endswith(FILES["jpeg"][scan:])
    for kind in ("mp4", "mp4-faststart", "mov"):
        data = FILES[kind]
        at = data.index(b"mdat")
        frames = data[at : at - 4 + int.from_bytes(data[at - 4 : at], "big")]
        path = tmp_path / kind
        path.write_bytes(data)
        embed(path, PARAMS)
        assert frames in path.read_bytes()
    path = tmp_path / "webm"
    path.write_bytes(FILES["webm"])
    embed(path, PARAMS)
    cluster = FILES["webm"].index(b"\x1f\x43\xb6\x75")
    assert FILES["webm"][cluster:] in path.read_bytes()
    assert path.read_bytes().index(b"\x1f\x43\xb6\x75") == cluster


@pytest.mark.parametrize("kind", [k for k in FILES if is_video(k) and "fragmented" not in k])
def test_ffmpeg_reads_the_tags(kind: str, tmp_path: Path) -> None:
    path = tmp_path / kind
    path.write_bytes(FILES[kind])
    with av.open(path) as container:
        kept = {key.lower(): value for key, value in container.metadata.items()}
    embed(path, PARAMS, graphs.two_pass())
    with av.open(path) as container:
        tags = {key.lower(): value for key, value in container.metadata.items()}
    assert json.loads(tags["oelala_params"]) == PARAMS
    assert json.loads(tags["prompt"]) == graphs.two_pass()
    assert {key: tags.get(key) for key in kept} == kept


def test_other_programs_read_the_pictures(tmp_path: Path) -> None:
    for kind in ("png", "webp", "webp-exif", "jpeg", "gif"):
        path = tmp_path / kind
        path.write_bytes(FILES[kind])
        embed(path, PARAMS, graphs.two_pass())
        with Image.open(path) as image:
            image.load()
            if kind == "png":
                assert json.loads(image.text["prompt"]) == graphs.two_pass()
                assert image.text["parameters"] == "kept"
            if kind.startswith("webp"):
                exif = image.getexif()
                assert json.loads(exif[0x0110].removeprefix("prompt:")) == graphs.two_pass()
                assert exif.get(0x010F, "")[:6] == ("Camera" if kind == "webp-exif" else "oelala")
            if kind == "jpeg":
                assert image.getexif()[0x010F] == "Camera maker"


def test_a_graph_larger_than_a_jpeg_segment(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(files.jpeg())
    large = {**graphs.two_pass(), "99": graphs.node("Note", text="x" * 300_000)}
    embed(path, PARAMS, large)
    assert read(path).graph == large and read(path).oelala_params == PARAMS


def test_the_index_of_a_large_faststart_file_goes_to_the_end(tmp_path: Path) -> None:
    # Chunk offsets near 4 GiB cannot move up; the file itself is never that large here.
    path = tmp_path / "a.mp4"
    data = bytearray(files.video("mp4", movflags="faststart"))
    at = data.index(b"stco") + 12
    data[at : at + 4] = (2**32 - 10).to_bytes(4, "big")
    path.write_bytes(data)
    embed(path, PARAMS)
    written = path.read_bytes()
    assert written[data.index(b"moov") :][:4] == b"free"
    assert written.rindex(b"moov") > written.index(b"mdat")
    assert read(path).oelala_params == PARAMS


def test_no_seek_entry_without_room(tmp_path: Path) -> None:
    path = tmp_path / "a.webm"
    data = bytearray(files.video("webm", {"prompt": json.dumps(graphs.one_pass())}))
    head = data.index(b"\x11\x4d\x9b\x74")
    gap = data.index(b"\xec\x01", head)
    # The gap behind the index becomes something that must stay.
    data[gap] = 0xBF
    path.write_bytes(data)
    embed(path, PARAMS)
    assert read(path).oelala_params == PARAMS
    assert read(path).graph == graphs.one_pass()


@pytest.mark.parametrize("kind", ["png", "jpeg", "mp4", "webm", "webp"])
def test_damaged_files_are_left_alone(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "cut"
    data = FILES[kind][: len(FILES[kind]) // (2 if kind != "jpeg" else 8)]
    path.write_bytes(data)
    with pytest.raises(Unreadable):
        embed(path, PARAMS)
    assert path.read_bytes() == data
    assert os.listdir(tmp_path) == ["cut"]


def test_formats_without_metadata_and_missing_files(tmp_path: Path) -> None:
    path = tmp_path / "a.bmp"
    path.write_bytes(files.saved("BMP"))
    with pytest.raises(Unreadable, match="takes no metadata"):
        embed(path, PARAMS)
    with pytest.raises(Unreadable, match="does not exist"):
        embed(tmp_path / "gone.png", PARAMS)


@pytest.mark.parametrize("step", ["open", "write", "fsync", "replace"])
def test_a_full_disk_leaves_the_old_file(step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(FILES["png"])

    def full(*args: Any, **options: Any) -> Any:
        raise OSError(28, "No space left on device")

    if step == "open":
        real = Path.open
        monkeypatch.setattr(
            Path, "open", lambda self, *a, **k: full() if self.suffix == ".part" else real(self, *a, **k)
        )
    elif step == "write":
        monkeypatch.setattr("oelala_desktop.metadata.writer.png.copy", full)
    elif step == "fsync":
        monkeypatch.setattr(os, "fsync", full)
    else:
        monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(CannotSave, match=r"a\.png cannot be saved: No space left"):
        embed(path, PARAMS)
    assert path.read_bytes() == FILES["png"]
    assert os.listdir(tmp_path) == ["a.png"]


def test_mode_and_odd_values(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(FILES["png"])
    path.chmod(0o640)
    embed(path, {"prompt": "\ud800", "cfg": float("nan"), "path": Path("x"), "nested": {"a": [1, None]}})
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert read(path).info.source == "oelala" and read(path).info.cfg is None
    with pytest.raises(CannotSave, match="larger than"):
        embed(path, {"prompt": "x" * 9_000_000})
