"""How the work of a graph is shared out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from oelala_desktop.domain.passes import WHOLE, Part, node_weight, parts_of, pass_of, sampling_steps
from oelala_desktop.storage.paths import shipped


def sampler(**inputs: Any) -> dict[str, Any]:
    return {"class_type": "KSamplerAdvanced", "inputs": inputs}


def titled(title: str, node: dict[str, Any]) -> dict[str, Any]:
    return node | {"_meta": {"title": title}}


@pytest.mark.parametrize(
    ("node", "steps"),
    [
        (sampler(steps=6, start_at_step=0, end_at_step=3), 3),
        (sampler(steps=6, start_at_step=3, end_at_step=10000), 3),
        (sampler(steps=6, start_at_step=9, end_at_step=10000), 1),
        (sampler(steps=6), 6),
        (sampler(steps=6, start_at_step=["9", 0]), 6),
        (sampler(steps=6, end_at_step="x"), 6),
        (sampler(steps=["9", 0]), None),
        (sampler(steps=True), None),
        ({"class_type": "KSampler", "inputs": {"steps": 20}}, 20),
        ({"class_type": "VAEDecode", "inputs": {"steps": 20}}, None),
        ({"class_type": "KSampler"}, None),
    ],
)
def test_steps_of_a_node(node: dict[str, Any], steps: int | None) -> None:
    assert sampling_steps(node) == steps


def test_weights() -> None:
    assert node_weight(sampler(steps=4)) == 40
    assert node_weight({"class_type": "VAEDecode"}) == 8
    assert node_weight({"class_type": "Anything"}) == 1


@pytest.mark.parametrize(
    ("class_type", "steps"),
    [
        ("VAEDecode", 0.8), ("SaveVideo", 1.0), ("VHS_VideoCombine", 1.0), ("UNETLoader", 0.4),
        ("CheckpointLoaderSimple", 0.4), ("CLIPTextEncode", 0.2), ("SketchCameraMove", 3.0), ("SketchTitleCard", 0.3),
    ],
)  # fmt: skip
def test_what_takes_long_beside_sampling_weighs_as_so_many_of_its_steps(class_type: str, steps: float) -> None:
    assert node_weight({"class_type": class_type}) == pytest.approx(steps * node_weight(sampler(steps=1)))


@pytest.mark.parametrize(
    ("title", "which"),
    [("High noise pass", "high"), ("low noise pass (clip 2)", "low"), ("Highlights", None), ("", None)],
)
def test_pass_of_a_title(title: str, which: str | None) -> None:
    assert pass_of(title) == which


def shares(graph: dict[str, Any]) -> list[tuple[str, float]]:
    return [(part.kind, round(part.share, 3)) for part in parts_of(graph)]


def test_a_pass_has_what_it_needs_and_the_rest_is_what_comes_after() -> None:
    graph = {
        "9": titled("Save video", {"class_type": "SaveVideo", "inputs": {"video": ["8", 0]}}),
        "8": titled("Decode", {"class_type": "VAEDecode", "inputs": {"samples": ["6", 0], "vae": ["7", 0]}}),
        "7": titled("VAE", {"class_type": "VAELoader", "inputs": {}}),
        "6": titled("Low noise pass", sampler(steps=6, start_at_step=3, latent=["5", 0], model=["4", 0])),
        "5": titled("High noise pass", sampler(steps=6, end_at_step=3, model=["3", 0])),
        "4": titled("Low noise model", {"class_type": "UNETLoader", "inputs": {}}),
        "3": titled("High noise model", {"class_type": "UNETLoader", "inputs": {}}),
    }
    total = 34 + 34 + 8 + 1 + 10
    assert shares(graph) == [
        ("high", round(34 / total, 3)),
        ("low", round(34 / total, 3)),
        ("rest", round(19 / total, 3)),
    ]
    assert sum(part.share for part in parts_of(graph)) == pytest.approx(1.0)


def test_samplers_of_one_kind_are_one_part() -> None:
    first = {"1": sampler(steps=4), "2": sampler(steps=2, latent=["1", 0])}
    assert parts_of(first) == (Part("main", 1.0),)
    assert parts_of({"1": {"class_type": "LoadImage"}}) == WHOLE
    assert parts_of({}) == WHOLE


def test_a_graph_that_goes_round_comes_to_an_end() -> None:
    assert shares({"1": sampler(steps=1, a=["2", 0]), "2": {"class_type": "X", "inputs": {"b": ["1", 0]}}}) == [
        ("main", 1.0)
    ]


@pytest.mark.parametrize(
    "path", sorted(shipped("workflows").glob("*/*.json")), ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_shipped_graphs_have_their_passes_in_order(path: Path) -> None:
    parts = parts_of(orjson.loads(path.read_bytes()))
    kinds = [part.kind for part in parts]
    assert kinds in (["high", "low", "rest"], ["main", "rest"], ["main"], ["train", "rest"])
    assert sum(part.share for part in parts) == pytest.approx(1.0)
    assert all(part.share > 0 for part in parts)
