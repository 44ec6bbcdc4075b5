"""Texts in the odd places that programs put them, and what a video tells of itself."""

from __future__ import annotations

import contextlib
import json
import struct
from typing import Any

import pytest

from oelala_desktop.domain.errors import Unreadable
from oelala_desktop.metadata import read_bytes
from tests.metadata import corpus, files, graphs
from tests.metadata.graphs import node
from tests.metadata.test_blocks import A1111

GRAPH = json.dumps(graphs.one_pass())
LAKE = "a mountain lake, morning light"


def in_jpeg(block: bytes) -> bytes:
    return files.jpeg(files.segment(0xE1, b"Exif\0\0" + block))


def in_webp(block: bytes) -> bytes:
    return files.webp(files.riff(b"EXIF", block))


def in_avif(block: bytes) -> bytes:
    return files.saved("AVIF", exif=block)


@pytest.mark.parametrize("wrap", [in_jpeg, in_webp, in_avif])
def test_keys_with_a_capital(wrap: Any) -> None:
    block = files.exif({0x010F: b"Prompt:" + GRAPH.encode(), 0x010E: b'Workflow:{"nodes": []}'})
    found = read_bytes(wrap(block), "a")
    assert (found.info.source, found.info.prompt) == ("prompt", LAKE)
    assert found.workflow == {"nodes": []}


@pytest.mark.parametrize("wrap", [in_jpeg, in_webp, in_avif])
def test_a_user_comment_with_all_blocks(wrap: Any) -> None:
    text = json.dumps({"prompt": graphs.one_pass(), "workflow": {"nodes": []}})
    for comment in (b"ASCII\0\0\0" + text.encode(), b"UNICODE\0" + text.encode("utf-16-le"), text.encode()):
        found = read_bytes(wrap(files.exif({}, comment)), "a")
        assert (found.info.source, found.info.prompt, found.info.seed) == ("prompt", LAKE, 7)


WORDS = "鷺と朝霧 🐦, a heron"
TEXT = f"{WORDS}\nNegative prompt: 霧\nSteps: 20, Sampler: Euler a, CFG scale: 4.5, Seed: 42, Size: 64x48"


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize(
    "comment",
    [
        b"UNICODE\0" + TEXT.encode("utf-16-le"), b"UNICODE\0" + TEXT.encode("utf-16-be"),
        b"UNICODE\0" + TEXT.encode("utf-16"), b"UNICODE\0" + TEXT.encode("utf-8"),
        b"UNICODE\0" + TEXT.encode("utf-8-sig"), b"Unicode\0" + TEXT.encode("utf-16-be"),
        b"ASCII\0\0\0" + TEXT.encode("utf-8"), bytes(8) + TEXT.encode("utf-8"), bytes(8) + TEXT.encode("utf-16-le"),
        b"ASCII\0\0\0" + TEXT.encode("utf-16-be"), TEXT.encode("utf-8"),
    ],
)  # fmt: skip
def test_user_comments_in_any_encoding(comment: bytes, order: str) -> None:
    found = read_bytes(in_jpeg(files.exif({}, comment, order)), "a.jpg").info
    assert (found.prompt, found.negative_prompt, found.seed) == (WORDS, "霧", 42)


def test_a_user_comment_in_latin_letters() -> None:
    text = TEXT.replace(WORDS, "une mare à midi").replace("霧", "flou")
    found = read_bytes(in_jpeg(files.exif({}, b"ASCII\0\0\0" + text.encode("latin-1"))), "a.jpg").info
    assert found.prompt == "une mare à midi"


def test_avif_with_exif_and_with_xmp() -> None:
    block = files.exif({}, b"UNICODE\0" + A1111.encode("utf-16-be"))
    found = read_bytes(in_avif(block), "a.avif")
    assert (found.info.source, found.info.seed, found.width) == ("a1111", 123456789, files.WIDTH)
    packet = '<x:xmpmeta><rdf:RDF><rdf:Description c:prompt="{}"/></rdf:RDF></x:xmpmeta>'
    data = files.saved("AVIF", xmp=packet.replace("{}", GRAPH.replace('"', "&quot;")).encode())
    assert read_bytes(data, "a.avif").info.prompt == LAKE


def test_items_of_an_avif_that_lie() -> None:
    data = bytearray(in_avif(files.exif({0x010F: b"Prompt:" + GRAPH.encode()})))
    at = data.find(b"iloc")
    for offset in range(at + 4, at + 60):
        for value in (0, 0x44, 0xFF):
            changed = data.copy()
            changed[offset] = value
            with contextlib.suppress(Unreadable):
                read_bytes(bytes(changed), "a.avif")
    many = struct.pack(">I4s", 8 + 8, b"iloc") + b"\0\0\0\0\x44\0\xff\xff"
    with contextlib.suppress(Unreadable):
        read_bytes(bytes(data[: at - 4] + many + data[at - 4 :]), "a.avif")


def bare() -> dict[str, Any]:
    """A graph that samples a picture whose size it does not tell."""
    graph = graphs.one_pass()
    graph["5"] = node("VAEEncode", pixels=["p", 0], vae=["4", 2])
    graph["p"] = node("LoadImage", image="lake.png")
    return graph


@pytest.mark.parametrize("kind", ["mp4", "webm", "mkv"])
def test_what_the_graph_does_not_say_the_video_does(kind: str) -> None:
    found = read_bytes(files.video(kind, {"prompt": json.dumps(bare())}), "a").info
    assert (found.width, found.height, found.num_frames, found.fps) == (64, 48, 9, 16.0)
    assert {found.sources[key] for key in ("width", "height", "num_frames", "fps", "duration")} == {"file"}
    assert (found.source, found.sources["prompt"]) == ("prompt", "prompt")


def test_what_the_graph_says_counts() -> None:
    found = read_bytes(files.video("mp4", {"prompt": json.dumps(graphs.two_pass())}), "a").info
    assert (found.width, found.height, found.num_frames, found.sources["width"]) == (832, 480, 81, "prompt")


def test_a_still_has_no_size_of_its_own_making_and_a_video_without_texts_nothing() -> None:
    assert read_bytes(corpus.png_with({"prompt": bare()}), "a.png").info.width is None
    assert read_bytes(files.video("mp4"), "a.mp4").info.as_dict()["width"] is None


def test_words_under_a_graphs_name_are_none() -> None:
    text = json.dumps({"prompt": "a heron", "workflow": "none", "title": "x"})
    read = read_bytes(files.video("mp4", {"comment": text}, keyed=False), "a.mp4")
    assert (read.info.source, read.graph, read.workflow) == (None, None, None)
    assert "prompt" not in read.blocks


DRAWN = {"id": "x", **corpus.editor_graph(graphs.one_pass())}


@pytest.mark.parametrize(
    ("text", "source"),
    [(json.dumps(DRAWN), "workflow"), (f"Prompt:{GRAPH}", "prompt"), (f"workflow: {json.dumps(DRAWN)}", "workflow")],
    ids=["drawn", "named", "drawn and named"],
)
def test_a_text_that_is_a_graph_and_nothing_else(text: str, source: str) -> None:
    made = [
        files.video("mp4", {"comment": text}, keyed=False),
        files.video("mkv", {"description": text}),
        files.jpeg(files.segment(0xFE, text.encode())),
        in_jpeg(files.exif({}, b"UNICODE\0" + text.encode("utf-16-le"))),
        corpus.png_with({"Comment": text.encode()}),
    ]
    for data in made:
        found = read_bytes(data, "a").info
        assert (found.source, found.prompt, found.seed) == (source, LAKE, 7)


@pytest.mark.parametrize("key", ["Prompt", "PROMPT"])
def test_names_of_blocks_in_capitals(key: str) -> None:
    for data in (corpus.png_with({key: GRAPH.encode()}), files.video("mp4", {key: GRAPH})):
        assert read_bytes(data, "a").info.prompt == LAKE
    assert "prompt" not in read_bytes(corpus.png_with({key: b"a heron"}), "a").blocks
