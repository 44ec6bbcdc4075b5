"""Texts, patterns and names that are there to take for ever: less than a second of the processor's time each."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from oelala_desktop.metadata import read_bytes
from tests.metadata import corpus, files, graphs
from tests.metadata.graphs import node

DEEP: Any = "x"
for _ in range(900):
    DEEP = {"a": DEEP}
LONG = "a" * 200_000


def timed(data: bytes) -> float:
    start = time.thread_time()
    read_bytes(data, "a.png")
    return time.thread_time() - start


def into_the_encoder(**nodes: Any) -> Any:
    graph = graphs.one_pass() | nodes
    graph["6"]["inputs"]["text"] = ["t0", 0]
    return graph


def chain(kind: str, count: int, given: str, **inputs: Any) -> Any:
    """Nodes that hand a text on from one to the next."""
    nodes = {f"t{i}": node(kind, **inputs, **{given: [f"t{i + 1}", 0]}) for i in range(count)}
    return into_the_encoder(**nodes, **{f"t{count}": node("Text Multiline", text="ab " * 1400)})


def taggers() -> Any:
    nodes = {f"l{i}": node("LoraTagLoader", model=[f"l{i + 1}", 0], text=["t0", 0]) for i in range(3_000)}
    graph = chain("StringConcatenate", 60, "string_a", string_b=LONG[:90_000], delimiter=" ") | nodes
    graph["3"]["inputs"]["model"] = ["l0", 0]
    return graph


def savers() -> Any:
    nodes = {f"s{i}": node("SaveImage", images=["8", 0], filename_prefix=["x", 0]) for i in range(3_000)}
    second = {"k": node("KSampler", **graphs.one_pass()["3"]["inputs"])}
    return graphs.one_pass() | nodes | second | {"x": node("Text", text="/\\" * 500_000)}


GRAPHS: dict[str, Callable[[], Any]] = {
    "patterns": lambda: chain("RegexReplace", 60, "string", regex_pattern="a+b? ", replace="ab "),
    "extracts": lambda: chain("RegexExtract", 60, "string", regex_pattern="(?:a|b|.)+", mode="All Matches"),
    "replacing": lambda: chain("StringReplace", 60, "string", find="a", replace="aa"),
    "formats": lambda: chain("StringFormat", 60, "values.a", f_string="{a}" * 600),
    "templates": lambda: into_the_encoder(
        t0=node("JoinStrings", **{f"string_{i}": [f"w{i}", 0] for i in range(99)}),
        **{f"w{i}": node("Text", text="{" + "|" * 9_000 + "_" * 9_000) for i in range(99)}),
    "shows": lambda: into_the_encoder(
        **{f"t{i}": node("ShowText", text=[f"t{i + 1}", 0], text_0=LONG) for i in range(40)}),
    "taggers": taggers,
    "savers": savers,
    "deep": lambda: {key: {**value, "inputs": value["inputs"] | {name: DEEP for name in (
        "mode", "case", "find", "filename_prefix", "keep_proportion", "sampler", "scheduler", "noise", "lora_name",
        "ckpt_name", "text_0", "populated_text", "upscale_model", "steps_to_run")}}
        for key, value in graphs.one_pass().items()},
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(GRAPHS))
def test_graphs(name: str) -> None:
    data = corpus.png_with({"prompt": GRAPHS[name]()})
    assert read_bytes(data, "a.png").info.source == "prompt"
    assert timed(data) < 1


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"sui_image_params": {"loras": LONG + ",", "loraweights": DEEP, "prompt": DEEP}}),
        json.dumps({"software": DEEP, "metadata_scheme": DEEP, "base_model": DEEP, "performance": 1, "loras": DEEP}),
        json.dumps({"type": DEEP, "num_inference_steps": 1, "model_type": 1, "loras_multipliers": "1 " * 100_000,
                    "activated_loras": LONG}),
        json.dumps({"c": LONG, "uc": DEEP, "v2": DEEP, "lora": [DEEP]}),
        json.dumps({f"k{i}": i for i in range(40_000)}),
        "Job ID: " * 100_000, "[" * 500_000, " --no x" * 100_000, "Steps: 1" * 100_000,
        "Steps: 2, Seed: 1, Civitai resources: " + "[" * 19_000,
        "Steps: 2, Seed: 1, " + "a: [" * 4_900,
    ],
    ids=range(11),
)  # fmt: skip
def test_texts(text: str) -> None:
    for key in ("parameters", "Comment", "Description", "Dream", "invokeai_metadata"):
        assert timed(corpus.png_with({key: text.encode()})) < 1


def test_undrawn_links() -> None:
    senders = [{"id": i, "type": "Anything Everywhere?", "widgets_values": [".*", "x"],
                "inputs": [{"name": "a", "type": "X", "link": 1}]} for i in range(1_500)]  # fmt: skip
    takers = [{"id": 9_000 + i, "type": "N", "inputs": [{"name": "b", "type": "X"}] * 20} for i in range(1_500)]
    odd = [{"id": 99_999, "type": DEEP, "inputs": [{"name": DEEP, "type": DEEP, "link": DEEP}]}]
    drawn = {"nodes": senders + takers + odd, "links": [[1, 9_000, 0, 0, 0, "X"]], "extra": {"ue_links": []}}
    assert timed(corpus.png_with({"workflow": drawn})) < 1
    drawn["extra"] = {"ue_links": [{"downstream": DEEP, "downstream_slot": 1, "upstream": DEEP}] * 90}
    assert timed(corpus.png_with({"workflow": drawn})) < 1


def test_packets_and_items() -> None:
    assert timed(corpus.png(corpus.png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + b"<c:prompt>" * 90_000) * 9)) < 1
    assert timed(files.webp(files.riff(b"XMP ", b"<dc:description>" * 100_000))) < 1
