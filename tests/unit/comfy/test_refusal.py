"""Every reason that ComfyUI has for refusing a graph, as a sentence, at its setting where it has one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oelala_desktop.comfy.refusal import explain_refusal, names_a_file

GRAPH = {
    "1": {"class_type": "UNETLoader", "inputs": {}, "_meta": {"title": "High noise model"}},
    "2": {"class_type": "KSampler", "inputs": {}, "_meta": {"title": "Sampler (clip 2)"}},
    "3": {"class_type": "CreateVideo", "inputs": {}, "_meta": {"title": "Video (joined)"}},
}
KEYS = {"High noise model.unet_name": "unet_high_noise", "Sampler.steps": "steps", "Video.fps": "fps"}


def answer(node: str, kind: str, details: str = "", message: str = "", **info: Any) -> dict[str, Any]:
    item = {"type": kind, "message": message, "details": details, "extra_info": info}
    error = {"type": "prompt_outputs_failed_validation", "message": "Prompt outputs failed validation", "details": ""}
    return {"error": error, "node_errors": {node: {"class_type": "X", "errors": [item], "dependent_outputs": []}}}


CASES: list[tuple[dict[str, Any], str, str | None]] = [
    (
        answer("1", "value_not_in_list", input_name="unet_name", received_value="wan.gguf", input_config=None),
        "This server has no unet_name named wan.gguf (“High noise model”).",
        "unet_high_noise",
    ),
    (
        answer(
            "1", "value_not_in_list", input_name="unet_name", received_value="wan_hihg", input_config=[["wan_high"], {}]
        ),
        "This server has no unet_name named wan_hihg (“High noise model”). The nearest is wan_high.",
        "unet_high_noise",
    ),
    (
        answer(
            "1",
            "value_not_in_list",
            input_name="unet_name",
            received_value="zz",
            input_config=["COMBO", {"options": ["aa", "bb", "cc", "dd", "ee", "ff"]}],
        ),
        "This server has no unet_name named zz (“High noise model”). It has: aa, bb, cc, dd, ee ….",
        "unet_high_noise",
    ),
    (
        answer("1", "value_not_in_list", input_name="x", received_value=3, input_config=["COMBO"]),
        "This server has no x named 3 (“High noise model”).",
        None,
    ),
    (
        answer("2", "value_bigger_than_max", input_name="steps", received_value=99999),
        "steps of “Sampler (clip 2)” is too large: 99999.",
        "steps",
    ),
    (
        answer("2", "value_smaller_than_min", input_name="steps", received_value=0),
        "steps of “Sampler (clip 2)” is too small: 0.",
        "steps",
    ),
    (
        answer("3", "invalid_input_type", input_name="fps", received_value="x"),
        "fps of “Video (joined)” cannot be x.",
        "fps",
    ),
    (answer("2", "required_input_missing", input_name="model"), "“Sampler (clip 2)” lacks its input model.", None),
    (
        answer("2", "custom_validation_failed", "image - Invalid image file: x.png", input_name="image"),
        "“Sampler (clip 2)” refused its input: image - Invalid image file: x.png.",
        None,
    ),
    (
        answer("2", "return_type_mismatch", "model, received_type(CLIP)", input_name="model"),
        "“Sampler (clip 2)” is wired wrongly at model: model, received_type(CLIP).",
        None,
    ),
    (answer("2", "bad_linked_input", input_name="model"), "“Sampler (clip 2)” is wired wrongly at model.", None),
    (
        answer("2", "exception_during_validation", "oh", "Exception when validating node"),
        "“Sampler (clip 2)”: Exception when validating node oh",
        None,
    ),
    (answer("9", "bad_linked_input", input_name="m"), "“X” is wired wrongly at m.", None),
    (
        {"error": {"type": "invalid_prompt", "message": "Cannot execute because node X does not exist."}},
        "This server lacks a node that the preset needs: Cannot execute because node X does not exist. "
        "Run “oelala doctor” to see what to install.",
        None,
    ),
    (
        {"error": {"type": "missing_node_type", "message": "Node 'X' not found."}, "node_errors": {}},
        "This server lacks a node that the preset needs: Node 'X' not found. "
        "Run “oelala doctor” to see what to install.",
        None,
    ),
    (
        {"error": {"type": "prompt_no_outputs", "message": "Prompt has no outputs"}},
        "This server found nothing in the graph that saves a result.",
        None,
    ),
    (
        {"error": {"type": "no_prompt", "message": "No prompt provided"}},
        "This server refused the job: No prompt provided.",
        None,
    ),
    ({}, "This server refused the job: it gave no reason.", None),
    ({"error": "no"}, "This server refused the job: it gave no reason.", None),
    ({"node_errors": {"9": None, "1": {"errors": 5}}}, "This server refused the job: it gave no reason.", None),
]


@pytest.mark.parametrize(("body", "sentence", "key"), CASES, ids=[row[1][:40] for row in CASES])
def test_sentences(body: dict[str, Any], sentence: str, key: str | None) -> None:
    refusal = explain_refusal(body, GRAPH, KEYS)
    assert refusal.message == sentence
    assert refusal.fields == ({key: sentence} if key else {})


def test_the_same_fault_in_every_clip_is_said_once_and_many_are_cut() -> None:
    errors = [
        {"type": "required_input_missing", "extra_info": {"input_name": name}}
        for name in ("a", "b", "a", "c", "d", "e")
    ]
    refusal = explain_refusal({"node_errors": {"1": {"errors": errors}}}, GRAPH, {})
    assert refusal.message.count("lacks its input") == 3
    assert refusal.message.endswith("(2 more faults are in the details.)")
    assert "'e'" in refusal.detail


LEAF = st.none() | st.booleans() | st.integers() | st.text(max_size=6)
NAMES = st.sampled_from(["error", "type", "message", "node_errors", "1", "errors", "extra_info", "input_config"])
JSON = st.recursive(LEAF, lambda x: st.lists(x, max_size=3) | st.dictionaries(NAMES, x, max_size=4), max_leaves=12)


@given(JSON)
def test_any_answer_gives_a_sentence(body: Any) -> None:
    refusal = explain_refusal(body, GRAPH, KEYS)
    assert refusal.message
    assert len(refusal.detail) <= 4000


def test_a_file_that_the_server_took_and_has_lost() -> None:
    graph = {"1": {"class_type": "LoadImage", "inputs": {"image": "a.png"}}}
    lost = {"node_errors": {"1": {"errors": [{"details": "image - Invalid image file: a.png"}]}}}
    assert names_a_file(lost, graph, ["a.png"])
    assert not names_a_file(lost, graph, ["b.png"])
    assert not names_a_file(lost, {}, ["a.png"])  # of a node that is not ours
    assert not names_a_file({"node_errors": []}, graph, ["a.png"])
