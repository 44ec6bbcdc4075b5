"""The few edits that are made to a graph."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from oelala_desktop.domain import graph as edits
from oelala_desktop.domain.errors import InvalidPreset


def node(class_type: str, title: str, **inputs: Any) -> dict[str, Any]:
    return {"class_type": class_type, "inputs": inputs, "_meta": {"title": title}}


@pytest.fixture
def line() -> edits.Graph:
    """Checkpoint → patch → sampler, with two prompts."""
    return {
        "1": node("CheckpointLoaderSimple", "Checkpoint", ckpt_name="x"),
        "2": node("Patch", "Patch", model=["1", 0]),
        "3": node("CLIPTextEncode", "Positive", clip=["1", 1], text="p"),
        "4": node("CLIPTextEncode", "Negative", clip=["1", 1], text="n"),
        "5": node("KSampler", "Sampler", model=["2", 0], positive=["3", 0], negative=["4", 0], seed=1),
    }


def test_a_copy_is_deep_and_loses_what_savers_leave() -> None:
    given = {"1": {"class_type": "A", "inputs": {"x": [1]}, "is_changed": [float("nan")]}}
    made = edits.copy_graph(given)
    made["1"]["inputs"]["x"].append(2)
    assert made["1"] == {"class_type": "A", "inputs": {"x": [1, 2]}}
    assert given["1"]["inputs"] == {"x": [1]}


@pytest.mark.parametrize(
    ("row", "title"),
    [
        ({"class_type": "A", "_meta": {"title": "T"}}, "T"),
        ({"class_type": "A", "_meta": {}}, "A"),
        ({"class_type": "A", "_meta": None}, "A"),
        ({}, "7"),
    ],
)
def test_what_a_node_is_called(row: dict[str, Any], title: str) -> None:
    assert edits.title_of({"7": row}, "7") == title


def test_a_title_must_be_there_once(line: edits.Graph) -> None:
    assert edits.find_node(line, "Patch") == "2"
    with pytest.raises(InvalidPreset, match="no nodes titled “Ptach”"):
        edits.find_node(line, "Ptach")
    line["6"] = node("Patch", "Patch")
    with pytest.raises(InvalidPreset, match="2 nodes titled “Patch”"):
        edits.find_node(line, "Patch")


def test_targets() -> None:
    assert edits.split_target("A title. With dots.input") == ("A title. With dots", "input")
    for wrong in ("Title", ".input", "Title.", ""):
        with pytest.raises(InvalidPreset, match="not of the form"):
            edits.split_target(wrong)


def test_setting_an_input(line: edits.Graph) -> None:
    edits.set_input(line, "Sampler.seed", 9)
    assert line["5"]["inputs"]["seed"] == 9


@pytest.mark.parametrize(
    ("value", "link"),
    [(["1", 0], True), (["1", "0"], False), ([1, 0], False), (["1"], False), (["1", 0, 0], False), ("1", False)],
)
def test_what_is_a_link(value: object, link: bool) -> None:
    assert edits.is_link(value) is link


def test_new_nodes_get_the_next_number() -> None:
    graph = {"7": node("A", "A"), "group:3": node("B", "B")}
    assert edits.add_node(graph, "C", "C", {}) == "8"
    assert edits.add_node({}, "C", "C", {}) == "1"
    long = dict.fromkeys(("9" * 9, "1" + "0" * 9, "1" + "0" * 8 + "1", "9" * 10), node("A", "A"))
    assert edits.add_node(long, "C", "C", {}) == "1000000002"  # a longer number is not counted on from, nor used again


def test_a_bypassed_node_is_gone_and_its_users_are_joined(line: edits.Graph) -> None:
    edits.bypass(line, "Patch", "model")
    assert "2" not in line
    assert line["5"]["inputs"]["model"] == ["1", 0]


def test_loras_chain_in_their_order(line: edits.Graph) -> None:
    edits.splice_loras(line, "Sampler.model", [("a", 0.5), ("b", 1.0)])
    assert line["6"]["class_type"] == line["7"]["class_type"] == "LoraLoaderModelOnly"
    assert line["6"]["inputs"] == {"model": ["2", 0], "lora_name": "a", "strength_model": 0.5}
    assert line["7"]["inputs"] == {"model": ["6", 0], "lora_name": "b", "strength_model": 1.0}
    assert line["5"]["inputs"]["model"] == ["7", 0]
    assert line["3"]["inputs"]["clip"] == ["1", 1]


def test_loras_with_the_text_encoder(line: edits.Graph) -> None:
    loras = [("a", 0.5), ("b", 1.0)]
    edits.splice_loras(line, "Sampler.model", loras, clip_targets=("Positive.clip", "Negative.clip"))
    assert [line[i]["class_type"] for i in ("6", "7")] == ["LoraLoader", "LoraLoader"]
    assert line["6"]["inputs"]["clip"] == ["1", 1]
    assert line["7"]["inputs"] == {
        "model": ["6", 0],
        "clip": ["6", 1],
        "lora_name": "b",
        "strength_model": 1.0,
        "strength_clip": 1.0,
    }
    assert line["5"]["inputs"]["model"] == ["7", 0]
    assert line["3"]["inputs"]["clip"] == line["4"]["inputs"]["clip"] == ["7", 1]


def test_loras_begin_with_the_text_encoder_of_the_first_that_wants_it(line: edits.Graph) -> None:
    line["4"]["inputs"]["clip"] = ["9", 1]
    edits.splice_loras(line, "Sampler.model", [("a", 1.0)], clip_targets=("Positive.clip", "Negative.clip"))
    (loader,) = [row for row in line.values() if row["class_type"] == "LoraLoader"]
    assert loader["inputs"]["clip"] == ["1", 1]


def test_no_loras_change_nothing(line: edits.Graph) -> None:
    before = copy.deepcopy(line)
    edits.splice_loras(line, "Sampler.model", [], clip_targets=("Positive.clip",))
    assert line == before


def test_what_depends_on_a_node(line: edits.Graph) -> None:
    assert edits.downstream(line, "1") == {"2", "3", "4", "5"}
    assert edits.downstream(line, "2") == {"5"}
    assert edits.downstream(line, "5") == set()


@pytest.mark.parametrize("name", ["a", "a.b", "a:b", "a\\b", "a\\:b", ".a.", "::", "\\.", "a\\\\.b:c"])
def test_an_input_of_any_name_is_found_again(name: str) -> None:
    assert edits.split_target(edits.join_target("A. b:c\\", name)) == ("A. b:c\\", name)


def test_an_input_that_came_with_a_choice_is_written_with_a_colon() -> None:
    assert edits.join_target("Resize", "resize_type.width") == "Resize.resize_type:width"
    assert edits.split_target("Resize.resize_type:width") == ("Resize", "resize_type.width")
