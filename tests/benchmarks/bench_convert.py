"""Workflows of the editor to graphs, against `json.loads` and `json.dumps` of the same files: workflows of the size of
the official templates, three of four of their nodes inside of a subgraph."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from statistics import median
from typing import Any

from oelala_desktop.domain.catalog import Catalog, NodeClass, NodeInput
from oelala_desktop.domain.editor.converter import convert
from oelala_desktop.domain.editor.document import read_document

GOAL = 0.2
FILES, INNER, OUTER = 60, 24, 8
_TEXT = "A small boat drifts over a calm lake at dawn while the camera follows it slowly. " * 6

_NUMBER = NodeInput("INT", True, default=0, is_widget=True)
CATALOG = Catalog(
    {
        "Step": NodeClass(
            "Step",
            {
                "image": NodeInput("IMAGE", False),
                "text": NodeInput(
                    "STRING", True, default="", is_widget=True, is_multiline=True, is_dynamic_prompt=True
                ),
                "seed": NodeInput("INT", True, default=0, is_widget=True, has_control=True),
                **{name: _NUMBER for name in ("width", "height", "steps", "offset")},
            },
            ("IMAGE",),
        ),
        "Save": NodeClass(
            "Save",
            {
                "image": NodeInput("IMAGE", True),
                "filename_prefix": NodeInput("STRING", True, default="", is_widget=True),
            },
            (),
            True,
        ),
    }
)


def run(full: bool = False) -> Iterator[dict[str, Any]]:
    texts = [json.dumps(_workflow(number)) for number in range(FILES)]
    contents = [json.loads(text) for text in texts]

    def ours() -> None:
        for content in contents:
            convert(read_document(content), CATALOG)

    def bare() -> None:
        for text in texts:
            json.dumps(json.loads(text))

    mine, yard = [], []
    for _ in range(25 if full else 9):
        mine.append(_timed(ours))
        yard.append(_timed(bare))
    value, ratio = median(mine), median(yard) / median(mine)
    yield {
        "name": "convert",
        "value": value / FILES * 1000,
        "unit": "ms a workflow",
        "yardstick": f"json.loads and dumps of the same: {median(yard) / FILES * 1000:.3g} ms",
        "ratio": ratio,
        "goal": GOAL,
        "met": ratio >= GOAL,
    }


def _timed(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _workflow(number: int) -> dict[str, Any]:
    inner = [_step(n, None if n == 1 else n - 1) for n in range(1, INNER + 1)]
    links = [{"id": n, "origin_id": n, "origin_slot": 0, "target_id": n + 1, "target_slot": 0} for n in range(1, INNER)]
    links.append({"id": 900, "origin_id": INNER, "origin_slot": 0, "target_id": -20, "target_slot": 0})
    links.append({"id": 901, "origin_id": -10, "origin_slot": 0, "target_id": 1, "target_slot": 1})
    inner[0]["inputs"][1]["link"] = 901
    subgraph = {
        "id": "inner",
        "nodes": inner,
        "links": links,
        "inputs": [{"name": "text", "type": "STRING", "linkIds": [901]}],
        "outputs": [{"name": "IMAGE", "type": "IMAGE", "linkIds": [900]}],
    }
    outer = [_step(n, None if n == 1 else n - 1) for n in range(1, OUTER + 1)]
    host = {"id": 50, "type": "inner", "mode": 0, "inputs": [], "outputs": [{"type": "IMAGE"}]}
    host |= {"widgets_values": [f"{_TEXT}{number}"], "properties": {}}
    saver = {"id": 51, "type": "Save", "mode": 0, "inputs": [{"name": "image", "type": "IMAGE", "link": 99}]}
    saver |= {"outputs": [], "widgets_values": ["video/x"], "properties": {}}
    chain = [[n, n, 0, n + 1, 0, "IMAGE"] for n in range(1, OUTER)] + [[99, 50, 0, 51, 0, "IMAGE"]]
    return {"nodes": [*outer, host, saver], "links": chain, "definitions": {"subgraphs": [subgraph]}, "extra": {}}


def _step(number: int, link: int | None) -> dict[str, Any]:
    return {
        "id": number,
        "type": "Step",
        "pos": [number * 300, 40],
        "size": [270, 130],
        "flags": {},
        "order": number,
        "mode": 0,
        "inputs": [
            {"name": "image", "type": "IMAGE", "link": link},
            {"name": "text", "type": "STRING", "widget": {"name": "text"}, "link": None},
        ],
        "outputs": [{"name": "IMAGE", "type": "IMAGE", "links": [number]}],
        "properties": {"Node name for S&R": "Step"},
        "widgets_values": [_TEXT, 7, "randomize", 640, 480, 20, 1],
    }
