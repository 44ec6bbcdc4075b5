"""Every container gives up its texts and its facts."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import av
import numpy as np
import pytest

from oelala_desktop.metadata import check_complete, limits, probe, read, read_bytes, sniff
from tests.metadata import corpus, files, graphs

PROMPT = json.dumps(graphs.two_pass())
VIDEOS = ("mp4", "mov", "webm", "mkv")


def prompt_of(data: bytes) -> str | None:
    return read_bytes(data, "harbour").info.prompt


@pytest.mark.parametrize("wrap", [corpus.png_text, corpus.png_packed_text, corpus.png_utf8_text])
@pytest.mark.parametrize("place", ["before", "after"])
def test_png_texts_before_and_after_the_pixels(wrap, place) -> None:
    data = corpus.png(**{place: wrap("prompt", PROMPT.encode())})
    assert prompt_of(data) == graphs.POSITIVE


def test_png_packed_international_text() -> None:
    text = json.dumps({**graphs.one_pass()}, ensure_ascii=False).encode()
    assert prompt_of(corpus.png(corpus.png_utf8_text("prompt", text, packed=True))) == "a mountain lake, morning light"


def test_png_far_after_the_head(tmp_path: Path) -> None:
    path = tmp_path / "far.png"
    filler = corpus.png_chunk(b"IDAT", bytes(200_000))
    path.write_bytes(corpus.png(before=filler, after=corpus.png_text("prompt", PROMPT.encode())))
    assert read(path).info.prompt == graphs.POSITIVE


def test_animated_png() -> None:
    found = read_bytes(files.animated_png({"prompt": graphs.two_pass(), "workflow": {"nodes": []}}), "a.png")
    assert found.info.prompt == graphs.POSITIVE
    assert (found.frames, found.fps, found.duration) == (3, 8.0, 0.375)
    assert found.workflow == {"nodes": []}


@pytest.mark.parametrize("order", ["<", ">"])
def test_jpeg_and_webp_exif_keys(order: str) -> None:
    block = files.exif({0x0110: b"prompt:" + PROMPT.encode(), 0x010F: b'workflow:{"nodes": []}'}, order=order)
    assert prompt_of(files.jpeg(files.segment(0xE1, b"Exif\0\0" + block))) == graphs.POSITIVE
    for animated in (False, True):
        found = read_bytes(files.webp(files.riff(b"EXIF", block), animated=animated), "a.webp")
        assert found.info.prompt == graphs.POSITIVE
        assert found.workflow == {"nodes": []}


def test_animated_webp_facts() -> None:
    found = read_bytes(files.webp(animated=True), "a.webp")
    assert (found.frames, found.fps, found.duration) == (4, 8.0, 0.5)
    assert (found.width, found.height) == (files.WIDTH, files.HEIGHT)


@pytest.mark.parametrize("style", ["element", "attribute"])
def test_xmp(style: str) -> None:
    text = PROMPT.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    head = '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description '
    if style == "element":
        packet = f"{head}><c:prompt>{text}</c:prompt></rdf:Description></rdf:RDF></x:xmpmeta>"
    else:
        packet = f'{head}c:prompt="{text}"/></rdf:RDF></x:xmpmeta>'
    mark = b"http://ns.adobe.com/xap/1.0/\0"
    assert prompt_of(files.jpeg(files.segment(0xE1, mark + packet.encode()))) == graphs.POSITIVE
    assert prompt_of(files.webp(files.riff(b"XMP ", packet.encode()))) == graphs.POSITIVE


@pytest.mark.parametrize("kind", VIDEOS)
def test_videos_with_tags_of_their_own_names(kind: str) -> None:
    found = read_bytes(files.video(kind, {"prompt": PROMPT, "workflow": '{"nodes": []}'}), "boat")
    assert found.info.prompt == graphs.POSITIVE
    assert found.workflow == {"nodes": []}
    assert found.format == kind and found.kind == "video"
    assert (found.width, found.height, found.frames, found.fps) == (64, 48, 9, 16.0)
    assert found.duration == pytest.approx(9 / 16, abs=0.002)


@pytest.mark.parametrize("kind", VIDEOS)
def test_one_comment_that_holds_all(kind: str) -> None:
    comment = json.dumps({"prompt": PROMPT, "workflow": {"nodes": []}, "CreationTime": "now"})
    found = read_bytes(files.video(kind, {"comment": comment}, keyed=False), "boat")
    assert found.info.prompt == graphs.POSITIVE
    assert found.workflow == {"nodes": []}


def test_our_block_inside_one_comment() -> None:
    comment = json.dumps({"prompt": PROMPT, "workflow": {"nodes": []}, "oelala_params": {"prompt": "a ferry"}})
    found = read_bytes(files.video("mp4", {"comment": comment}, keyed=False), "boat").info
    assert (found.source, found.prompt, found.seed) == ("oelala", "a ferry", 42)


@pytest.mark.parametrize("rest", ['"', "", '"}', '\\ud800"}', '", "workflow": {"nodes": []}}'])
def test_a_comment_whose_prompt_is_broken(rest: str) -> None:
    data = files.video("mp4", {"comment": '{"prompt": "{}' + rest}, keyed=False)
    found = read_bytes(data, "boat").info
    assert (found.source, found.prompt) == ("workflow" if "nodes" in rest else None, None)


@pytest.mark.parametrize("movflags", ["faststart", "frag_keyframe+empty_moov"])
def test_mp4_layouts(movflags: str) -> None:
    found = read_bytes(files.video("mp4", {"prompt": PROMPT}, movflags=movflags), "boat.mp4")
    assert found.info.prompt == graphs.POSITIVE
    assert (found.width, found.height) == (64, 48)


@pytest.mark.parametrize("kind", ["mp4", "mov"])
@pytest.mark.parametrize(
    "movflags", ["frag_keyframe+empty_moov", "frag_every_frame", "frag_every_frame+empty_moov", "dash+empty_moov"]
)
def test_fragments_tell_of_their_frames_and_length(kind: str, movflags: str) -> None:
    """The graph asks for 81 frames; the file has nine of them."""
    found = read_bytes(files.video(kind, {"prompt": PROMPT}, movflags=movflags), "boat")
    assert (found.frames, found.fps, found.duration) == (9, 16.0, 0.5625)
    assert (found.info.duration, found.info.sources["duration"], found.info.num_frames) == (0.5625, "file", 81)


def fragmented(run: bytes, head: bytes = b"", filler: bytes = b"") -> bytes:
    """A fragmented video whose only run of frames is the given one."""
    plain = files.video("mp4", {}, movflags="frag_keyframe+empty_moov")
    start = plain.index(b"moof") - 4
    track = box(b"tfhd", head or struct.pack(">II", 0, 1)) + box(b"trun", run)
    return plain[:start] + box(b"moof", filler + box(b"traf", track)) + box(b"mdat", bytes(8))


def box(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I4s", len(data) + 8, kind) + data


@pytest.mark.parametrize(
    ("run", "head", "expected"),
    [
        (struct.pack(">II", 0, 4), struct.pack(">III", 0x08, 1, 2048), 4),
        (struct.pack(">IIIII", 0x100, 2, 1024, 1024, 7), b"", 2),
        (struct.pack(">IIiIIIII", 0x305, 2, -1, 0, 512, 99, 1024, 99), b"", 2),
        (struct.pack(">IIII", 0x100, 2**32 - 1, 1024, 1024), b"", 2),
        (struct.pack(">II", 0, 4), struct.pack(">III", 0x08, 2, 2048), None),
        (struct.pack(">II", 0, 4), b"1", None),
        (b"1", b"", None),
    ],
)  # fmt: skip
def test_runs_of_frames(run: bytes, head: bytes, expected: int | None) -> None:
    assert read_bytes(fragmented(run, head), "boat").frames == expected


def test_fragments_with_more_index_than_can_be_read_tell_no_length() -> None:
    run, head = struct.pack(">II", 0, 4), struct.pack(">III", 0x08, 1, 2048)
    found = read_bytes(fragmented(run, head, box(b"free", bytes(limits.FRAGMENTS))), "boat")
    assert (found.frames, found.duration, found.width) == (None, None, 64)


def test_gif() -> None:
    turned = [files.picture().rotate(90)]
    data = files.saved("GIF", save_all=True, append_images=turned, duration=100, comment=b"prompt:" + PROMPT.encode())
    found = read_bytes(data, "a.gif")
    assert found.info.prompt == graphs.POSITIVE
    assert (found.frames, found.fps, found.duration) == (2, 10.0, 0.2)


@pytest.mark.parametrize(
    ("format_", "options"),
    [("BMP", {}), ("TIFF", {}), ("AVIF", {}), ("GIF", {}), ("JPEG", {}), ("WEBP", {"lossless": True})],
)
def test_size_of_plain_pictures(format_: str, options: dict, tmp_path: Path) -> None:
    path = tmp_path / "lake"
    path.write_bytes(files.saved(format_, **options))
    facts = probe(path)
    assert (facts.kind, facts.format) == ("image", format_.lower())
    assert (facts.width, facts.height, facts.frames) == (64, 48, 1)
    assert read(path).info.source is None
    check_complete(path)


@pytest.mark.parametrize("kind", VIDEOS)
def test_probe_of_videos(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "boat"
    path.write_bytes(files.video(kind))
    facts = probe(path)
    assert (facts.kind, facts.format, facts.width, facts.height, facts.frames, facts.fps) == (
        "video", kind, 64, 48, 9, 16.0,
    )  # fmt: skip
    check_complete(path)


def test_companion_of_a_video_without_texts(tmp_path: Path) -> None:
    for name in ("VHS_00001.mp4", "VHS_00002-audio.mp4", "VHS_00003.mov"):
        (tmp_path / name).write_bytes(files.video(name[-3:]))
        stem = name[:-4].removesuffix("-audio")
        (tmp_path / f"{stem}.png").write_bytes(corpus.png_with({"prompt": graphs.two_pass(), "CreationTime": b"now"}))
        found = read(tmp_path / name)
        assert found.companion == f"{stem}.png"
        assert found.info.prompt == graphs.POSITIVE
        assert found.info.sources["duration"] == "file"
        assert found.graph == graphs.two_pass()


def test_a_video_with_texts_asks_no_companion(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(files.video("mp4", {"prompt": json.dumps(graphs.one_pass())}))
    (tmp_path / "a.png").write_bytes(corpus.png_with({"prompt": graphs.two_pass()}))
    found = read(tmp_path / "a.mp4")
    assert (found.companion, found.info.prompt) == (None, "a mountain lake, morning light")


@pytest.mark.parametrize(
    "data",
    [b"", b"<!DOCTYPE html><html>", b"BM looks like a text", b"hello",
     b"RIFF1234WAVE", b"\0\0\0\x18ftypheic", b"%PDF-1.7",
     b'{"error": 1}', b"\x1a\x45\xdf\xa3"],
)  # fmt: skip
def test_sniff_refuses(data: bytes) -> None:
    assert sniff(data) is None


def test_sniff_knows_every_kind() -> None:
    assert sniff(corpus.png()[:64]) == "png"
    for kind in VIDEOS:
        assert sniff(files.video(kind)[:64]) == kind
    for format_ in ("BMP", "TIFF", "AVIF", "GIF", "JPEG", "WEBP"):
        assert sniff(files.saved(format_)[:64]) == format_.lower()


@pytest.mark.parametrize("flags", ["", "faststart", "frag_keyframe+empty_moov"])
@pytest.mark.parametrize("kind", VIDEOS)
def test_whether_a_video_has_sound(kind: str, flags: str) -> None:
    silent, sounding = (files.video(kind, movflags=flags, tone=tone) for tone in (0, 440))
    assert [read_bytes(data, "a").has_sound for data in (silent, sounding)] == [False, True]
    facts, loud = read_bytes(silent, "a"), read_bytes(sounding, "a")
    assert (loud.width, loud.height, loud.frames) == (facts.width, facts.height, facts.frames)


def test_a_sound_track_without_a_sample_is_silence(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    data = bytearray(files.video("mp4", tone=440))
    counts = [at for at in range(len(data)) if data[at : at + 4] == b"stsz"]
    assert len(counts) == 2
    data[counts[1] + 12 : counts[1] + 16] = bytes(4)
    path.write_bytes(data)
    assert not probe(path).has_sound and probe(path).frames == files.FRAMES


def test_pictures_have_no_sound() -> None:
    assert not any(read_bytes(files.saved(kind), "a").has_sound for kind in ("PNG", "GIF", "WEBP", "AVIF"))


def test_mp4_with_b_frames_tells_its_true_rate(tmp_path: Path) -> None:
    """A track with B-frames has a header that counts the shift of its first shown frame too."""
    path = tmp_path / "b.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=16)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        stream.options = {"bf": "3"}
        for shade in range(5):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), shade * 40, np.uint8), "rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    facts = probe(path)
    assert (facts.frames, facts.fps) == (5, 16.0)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("orientation", [1, 3, 5, 6, 8])
def test_the_size_is_that_of_the_upright_picture(kind: str, order: str, orientation: int) -> None:
    head = b"II*\0" if order == "<" else b"MM\0*"
    block = head + struct.pack(order + "IHHHIHHI", 8, 1, 0x0112, 3, 1, orientation, 0, 0)
    if kind == "TIFF":
        data = files.saved(kind, tiffinfo={0x0112: orientation})
    else:
        data = files.saved(kind, exif=b"Exif\0\0" + block)
    found = read_bytes(data, "a")
    turned = orientation >= 5
    assert (found.width, found.height) == ((files.HEIGHT, files.WIDTH) if turned else (files.WIDTH, files.HEIGHT))
