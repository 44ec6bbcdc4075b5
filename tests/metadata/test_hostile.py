"""Graphs and blocks that nobody meant to be read: no exception, no loop, no lie."""

from __future__ import annotations

import contextlib
import json
import struct
import time
import zlib
from collections.abc import Callable
from typing import Any

import pytest

from oelala_desktop.domain.errors import Unreadable
from oelala_desktop.metadata import limits, read_bytes, sniff
from tests.metadata import corpus, files, graphs
from tests.metadata.graphs import node


def of_block(text: bytes, key: str = "prompt") -> Any:
    return read_bytes(corpus.png(corpus.png_text(key, text)), "a.png").info


def test_bare_nan_and_is_changed() -> None:
    graph = graphs.two_pass()
    graph["11"]["is_changed"] = [float("nan")]
    graph["16"]["is_changed"] = float("nan")
    text = json.dumps(graph).encode()
    assert b"NaN" in text
    assert of_block(text).prompt == graphs.POSITIVE


@pytest.mark.parametrize("layers", [1, 2, 3])
def test_encoded_several_times(layers: int) -> None:
    text: Any = graphs.two_pass()
    for _ in range(layers):
        text = json.dumps(text)
    assert of_block(text.encode()).seed == 42


def test_latin_1_and_utf_8_texts() -> None:
    graph = graphs.one_pass()
    graph["6"]["inputs"]["text"] = "café à la mer"
    text = json.dumps(graph, ensure_ascii=False)
    assert of_block(text.encode("latin-1")).prompt == "café à la mer"
    assert of_block(text.encode("utf-8")).prompt == "café à la mer"


def test_lone_surrogates_become_something_that_can_be_stored() -> None:
    graph = graphs.one_pass()
    graph["6"]["inputs"]["text"] = "boat \ud800 pier"
    prompt = of_block(json.dumps(graph).encode()).prompt
    assert prompt is not None and prompt.encode("utf-8").startswith(b"boat ")


@pytest.mark.parametrize(
    "written",
    ["18446744073709551616", str(-(2**70)), "1e400", "9" * 5000, '"x"', '"' + "9" * 5000 + '"', "null", "true", "[]",
     "{}", "1.5", "NaN", "-Infinity"],
    ids=lambda written: written[:12],
)  # fmt: skip
def test_impossible_numbers_are_absent(written: str) -> None:
    graph = graphs.one_pass()
    graph["3"]["inputs"]["seed"] = 0
    found = of_block(json.dumps(graph).replace('"seed": 0', f'"seed": {written}').encode())
    assert (found.seed, found.steps) == (None, 30)


def test_numbers_at_the_edge_are_exact() -> None:
    for seed in (0, 2**53 + 1, 2**63, 2**64 - 1):
        assert of_block(corpus.dumps(graphs.two_pass(seed))).seed == seed


def test_cycles() -> None:
    graph = graphs.two_pass()
    graph["9"]["inputs"]["text"] = ["x", 0]
    graph["x"] = node("StringConcatenate", string_a=["y", 0], string_b="pier")
    graph["y"] = node("Reroute", **{"": ["x", 0]})
    graph["17"]["inputs"]["model"] = ["5", 0]
    graph["12"]["inputs"] |= {"positive": ["12", 0], "width": ["12", 0], "samples": ["14", 0]}
    graph["13"]["inputs"]["latent_image"] = ["14", 0]
    assert of_block(corpus.dumps(graph)).source == "prompt"


def test_missing_nodes_and_broken_links() -> None:
    graph = graphs.two_pass()
    for key in ("12", "5", "9"):
        broken = {k: v for k, v in graph.items() if k != key}
        assert of_block(corpus.dumps(broken)).steps == 20
    for value in (None, [], ["9"], ["9", 0, 1], [["9"], 0], [{}, {}], {"a": 1}, ["9", "x"], [None, None]):
        changed = json.loads(json.dumps(graph))
        for entry in changed.values():
            for name in entry["inputs"]:
                if isinstance(entry["inputs"][name], list):
                    entry["inputs"][name] = value
        assert of_block(corpus.dumps(changed)).seed == 42


@pytest.mark.parametrize(
    "junk", [None, 1, "x", [], {}, {"class_type": 1}, {"class_type": "KSampler", "inputs": []}, [1, 2]]
)
def test_nodes_that_are_none(junk: Any) -> None:
    graph = {"junk": junk, **graphs.two_pass()}
    assert of_block(corpus.dumps(graph)).prompt == graphs.POSITIVE


@pytest.mark.parametrize(
    "text",
    [b"", b"{", b"null", b"[]", b"[1]", b"1", b'"x"', b"{}", b'{"1": 2}', b"\xff\xfe",
     b"[" * 100_000, b'{"a":' * 50_000],
    ids=lambda text: repr(text[:9]),
)  # fmt: skip
@pytest.mark.parametrize("key", ["prompt", "workflow", "oelala_params", "parameters", "comment"])
def test_blocks_that_are_none(text: bytes, key: str) -> None:
    found = of_block(text, key)
    assert found.prompt is None and found.seed is None


def timed(data: bytes) -> float:
    """Seconds of work; what a busy machine makes it wait does not count."""
    start = time.thread_time()
    with contextlib.suppress(Unreadable):
        read_bytes(data, "bomb")
    return time.thread_time() - start


def test_a_long_chain_and_a_wide_fan_stop() -> None:
    chain = {str(i): node("Reroute", **{"": [str(i + 1), 0]}) for i in range(30_000)}
    chain["s"] = node(
        "KSampler", seed=1, steps=2, positive=["0", 0], negative=["0", 0], model=["0", 0], latent_image=["0", 0]
    )
    assert timed(corpus.png_with({"prompt": chain})) < 1
    doubled = {
        str(i): node("StringConcatenate", string_a=[str(i + 1), 0], string_b=[str(i + 1), 0]) for i in range(2000)
    }
    doubled["2000"] = node("S", value="pier" * 100)
    doubled["s"] = node("KSampler", seed=1, steps=2, positive=["e", 0], negative=["e", 0])
    doubled["e"] = node("CLIPTextEncode", text=["0", 0])
    assert timed(corpus.png_with({"prompt": doubled})) < 1
    fan = {
        str(i): node("ConditioningCombine", **{f"conditioning_{j}": [str((i * j) % 500), 0] for j in range(100)})
        for i in range(500)
    }
    fan["s"] = node("KSampler", seed=1, steps=2, positive=["1", 0], negative=["2", 0])
    assert timed(corpus.png_with({"prompt": fan})) < 1


def test_inflated_texts_are_bounded() -> None:
    bomb = zlib.compress(b" " * (limits.TEXT + 1))
    data = corpus.png(corpus.png_chunk(b"zTXt", b"prompt\0\0" + bomb))
    assert read_bytes(data, "a.png").blocks == {}
    most = corpus.png_packed_text("a", b" " * (limits.TEXT - 10))
    found = read_bytes(corpus.png(most + corpus.png_packed_text("b", b" " * (limits.TEXT - 10))
                                  + corpus.png_packed_text("c", b" " * 1000)), "a.png")  # fmt: skip
    assert sorted(found.blocks) == ["a", "b"]


def test_a_text_chunk_without_a_text() -> None:
    data = corpus.png(
        corpus.png_chunk(b"tEXt", b"prompt") + corpus.png_chunk(b"tEXt", b"") + corpus.png_text("a", b"b")
    )
    assert read_bytes(data, "a.png").blocks == {"a": b"b"}


MILLIONS: dict[str, Callable[[], bytes]] = {
    "lists": lambda: b'{"1": [' + b"[]," * 2_000_000 + b"[]]}",
    "numbers": lambda: b'{"1": [' + b"1.5," * 2_000_000 + b"1]}",
    "keys": lambda: b"{" + b",".join(b'"%06d":1' % i for i in range(700_000)) + b',"a":NaN}',
    "nodes": lambda: b"{" + b",".join(b'"%06d":{"class_type":"KSampler"}' % i for i in range(150_000)) + b"}",
    "links": lambda: b'{"nodes":[{"id":1}],"links":[' + b'[1,1,0,1,0,"X"],' * 400_000 + b"[]]}",
}


@pytest.mark.parametrize("name", MILLIONS)
def test_json_of_millions_of_values_is_left_alone(name: str) -> None:
    text = MILLIONS[name]()
    assert len(text) < limits.JSON
    for key in ("prompt", "workflow", "oelala_params"):
        assert of_block(text, key).source is None


def linked(kind: str, count: int, **inputs: Any) -> dict[str, Any]:
    """A chain in which each node leads to the next by every input given."""
    return {
        str(i): node(kind, **{k: [str(i + 1), 0] if v is None else v for k, v in inputs.items()}) for i in range(count)
    }


AT_THE_LIMITS: dict[str, tuple[str, Callable[[], Any]]] = {
    "samplers": ("prompt", lambda: linked("KSampler", 9_000, positive=None, latent_image=None, steps=2)),
    "outputs": ("prompt", lambda: linked("SaveImage", 12_000, images=None)
                | linked("KSampler", 20, positive=["9", 0], steps=1)),
    "encoders": ("prompt", lambda: {str(i): node("CLIPTextEncode", text=f"boat {i}") for i in range(15_000)}),
    "loras": ("prompt", lambda: linked("KSampler", 1, positive=[], model=["l", 0], steps=1)
              | {"l": node("Power Lora Loader", **{f"lora_{i}": {"lora": f"{i}", "on": True} for i in range(40_000)})}),
    "models": ("prompt", lambda: linked("KSampler", 1, positive=[], model=["1", 0], steps=1)
               | {str(i): node("M", model1=[str(i + 1), 0], ckpt_name=f"{i}") for i in range(1, 12_000)}),
    "wide": ("prompt", lambda: linked("KSampler", 8, positive=None, latent_image=None, model=["m", 0], steps=1)
             | {"m": node("M", **{f"model{i}": [str(i % 9), 0] for i in range(40_000)})}),
    "nodes": ("workflow", lambda: {
        "nodes": [{"id": i, "type": "KSampler", "widgets_values": [1, 2]} for i in range(20_000)]}),
    "channels": ("workflow", lambda: {
        "nodes": [{"id": i, "type": "GetNode", "widgets_values": ["x"] * 30, "inputs": [{"name": "a", "link": i}]}
                  for i in range(3_000)],
        "links": [[i, i - 1, 0, i, 0, "X"] for i in range(3_000)]}),
    "unfolding": ("workflow", lambda: {
        "nodes": [{"id": 1, "type": "s0"}],
        "definitions": {"subgraphs": [{"id": f"s{i}", "nodes": [{"id": j, "type": f"s{i + 1}"} for j in range(90)]}
                                      for i in range(12)]}}),
    "itself": ("workflow", lambda: {
        "nodes": [{"id": 1, "type": "s"}, {"id": 2, "type": "KSampler", "inputs": [{"name": "positive", "link": 1}]}],
        "links": [[1, 1, 0, 2, 0, "X"]],
        "definitions": {"subgraphs": [{"id": "s", "nodes": [{"id": j, "type": "s"} for j in range(900)],
                        "links": [[1, 5, 0, -20, 0, "X"]]}]}}),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(AT_THE_LIMITS))
def test_the_worst_that_is_read_takes_less_than_a_second(name: str) -> None:
    key, made = AT_THE_LIMITS[name]
    data = corpus.png_with({key: made()})
    assert timed(data) < 1
    assert read_bytes(data, "a.png").info.source == key


def test_long_texts_take_less_than_a_second() -> None:
    text = "a" * 900_000 + "\nSteps: 2, Seed: 1, Size: 2x2, " + "a: b, " * 60_000
    assert timed(corpus.png_with({"parameters": text.encode()})) < 1
    assert timed(corpus.png_with({"parameters": b"a" * 8_000_000})) < 1
    assert timed(corpus.png_with({"parameters": b"<lora:" * 150_000 + b"\nSteps: 2, Seed: 1, Size: 2x2"})) < 1


def test_bombs_one_after_the_other() -> None:
    bomb = corpus.png_chunk(b"zTXt", b"prompt\0\0" + zlib.compress(b" " * (limits.TEXT + 1)))
    assert timed(corpus.png(bomb * 400)) < 1
    assert timed(corpus.png(corpus.png_packed_text("a", b" " * limits.TEXT) * 400)) < 1


def test_directories_that_point_at_the_same_text_many_times() -> None:
    text = b"prompt:{" + b" " * 7_000_000
    rows = b"".join(struct.pack("<HHII", 0x9286 if i % 2 else 0x0110, 2, 7_000_000, 8) for i in range(500))
    block = b"II*\0" + struct.pack("<I", 8 + len(text)) + text + struct.pack("<H", 500) + rows + bytes(4)
    assert timed(files.webp(files.riff(b"EXIF", block))) < 1
    assert timed(corpus.png(corpus.png_chunk(b"eXIf", block))) < 1


def test_properties_that_are_never_closed() -> None:
    for packet in (b"<c:prompt>" * 200_000, b" c:prompt=" * 200_000, b" c:prompt='" * 180_000, b"<" * 2_000_000,
                   b"<c:prompt>" + b"<a" * 900_000 + b"</c:prompt>"):  # fmt: skip
        assert timed(files.webp(files.riff(b"XMP ", packet))) < 1


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", len(body) + 8, kind) + body


def test_boxes_in_boxes() -> None:
    nested = b"".join(struct.pack(">I4s", (200_000 - i) * 8, b"mdia") for i in range(200_000))
    tracks = box(b"trak", box(b"mdia", b"\0\0\0\x08minf" * 2_000)) * 200
    lists = box(b"ilst", box(b"\0\0\0\1", b"") * 50_000) * 10
    for inside in (
        box(b"trak", nested),
        tracks,
        box(b"udta", box(b"meta", bytes(4) + lists)),
        box(b"meta", bytes(4) + lists) * 5,
    ):
        assert timed(box(b"ftyp", b"isom" + bytes(4)) + box(b"mdat", b"x") + box(b"moov", inside)) < 1


def element(kind: bytes, body: bytes) -> bytes:
    return kind + (len(body) | 1 << 56).to_bytes(8, "big") + body


def test_elements_in_elements() -> None:
    head = files.video("webm")[:36]
    assert sniff(head) == "webm"
    tags = element(b"\x12\x54\xc3\x67", element(b"\x73\x73", element(b"\x67\xc8", b"\xec\x80" * 2_000) * 60) * 60)
    tracks = element(b"\x16\x54\xae\x6b", element(b"\xae", b"\xec\x80" * 2_000) * 500)
    live = b"\x1f\x43\xb6\x75\x01" + b"\xff" * 7 + b"\xec\x80" * 3_000
    for inside in (tags, tags * 4, tracks * 4, live * 200, element(b"\x1f\x43\xb6\x75", b"\xa3\x80" * 300_000)):
        assert timed(head + element(b"\x18\x53\x80\x67", inside)) < 1


def test_many_tiny_chunks_boxes_and_elements_are_bounded() -> None:
    assert timed(corpus.png(corpus.png_chunk(b"abCD", b"") * 300_000)) < 1
    assert timed(files.video("mp4") + b"\0\0\0\x08free" * 300_000) < 1
    assert timed(files.video("webm") + b"\xec\x80" * 300_000) < 1
    assert timed(files.jpeg(b"\xff\xd0" * 300_000)) < 1
    assert timed(files.webp(b"abcd\0\0\0\0" * 300_000)) < 1
    gif = files.saved("GIF")
    assert timed(gif[:-1] + b"\x21\xfe\0" * 300_000 + b";") < 1


def test_sizes_beyond_the_file() -> None:
    for size in (b"\0\0\0\x01" + b"moov" + b"\xff" * 8, b"\xff\xff\xff\xffmoov", b"\0\0\0\x07moov"):
        with pytest.raises(Unreadable):
            read_bytes(b"\0\0\0\x14ftypisom\0\0\0\0isom" + size + bytes(50), "a.mp4")


def test_meaningless_names_stay_texts() -> None:
    graph = graphs.one_pass()
    graph["4"]["inputs"]["ckpt_name"] = "../../<b>x</b>\0.safetensors"
    assert of_block(corpus.dumps(graph)).models[0].name == "../../<b>x</b>\0.safetensors"
