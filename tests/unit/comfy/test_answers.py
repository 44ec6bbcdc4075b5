"""What a server answers, as values; hostile and odd answers end in one of ours or in EngineAnswer."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oelala_desktop.comfy.answers import (
    QueueState,
    ServerFile,
    output_files,
    parse_facts,
    parse_history,
    parse_queue,
)
from oelala_desktop.domain.errors import EngineAnswer

LEAF = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6)
JSON = st.recursive(LEAF, lambda x: st.lists(x, max_size=3) | st.dictionaries(st.text(max_size=6), x, max_size=3))


def system(version: Any, *devices: Any, **more: Any) -> dict[str, Any]:
    return {"system": {"comfyui_version": version, **more}, "devices": [{"name": d} for d in devices]}


@pytest.mark.parametrize(
    ("answer", "version", "device", "old"),
    [
        (system("0.8.0", "cpu"), "0.8.0", "cpu", False),
        (system("0.3.45", "cuda:0 NVIDIA GeForce RTX 4090 : cudaMallocAsync"), "0.3.45", "RTX 4090", False),
        (system("0.3.44", "cuda:0 AMD Radeon RX 7900 : native"), "0.3.44", "AMD Radeon RX 7900", True),
        (system("v0.10"), "v0.10", "", False),
        (system(None), "", "", True),
        (system("0.1", sketch=True), "0.1", "", False),
        (system("1.0", "NVIDIA "), "1.0", "NVIDIA ", False),
    ],
)
def test_facts(answer: Any, version: str, device: str, old: bool) -> None:
    facts = parse_facts(answer)
    assert (facts.version, facts.device, facts.is_too_old) == (version, device, old)


@pytest.mark.parametrize(
    ("device", "memory"),
    [
        ({"type": "cuda", "vram_total": 25_757_220_864}, 25_757_220_864),
        ({"type": "cpu", "vram_total": 68_000_000_000}, 0),
        ({"vram_total": "much"}, 0),
        ({"vram_total": -1}, 0),
        ({}, 0),
    ],
)
def test_the_memory_of_a_gpu(device: Any, memory: int) -> None:
    assert parse_facts({"system": {}, "devices": [device, {"vram_total": 5}]}).memory == memory


@pytest.mark.parametrize("answer", [None, [], {}, {"system": None}, "ok"])
def test_what_is_no_comfyui(answer: Any) -> None:
    with pytest.raises(EngineAnswer):
        parse_facts(answer)


def test_the_queue_is_ordered_by_number() -> None:
    answer = {"queue_running": [[3, "run", {}, {}, []]], "queue_pending": [[9, "last"], [-1.5, "first"], [7, "mid"]]}
    state = parse_queue(answer)
    assert state == QueueState(("run",), ("first", "mid", "last"))
    assert state.ahead_of("last", frozenset({"last", "mid"})) == 2
    assert state.ahead_of("first", frozenset({"run"})) == 0
    assert state.ahead_of("run", frozenset()) is None
    assert QueueState(("a",), ("b", "a")).copies("a") == 2


def test_rows_of_other_forms_are_passed_over() -> None:
    answer = {"queue_running": None, "queue_pending": [5, ["x"], ["no number", "a"], [1, "b"]]}
    assert parse_queue(answer) == QueueState((), ("a", "b"))
    assert parse_queue({"queue_running": 5, "queue_pending": {"a": 1}}) == QueueState((), ())


def entry(status: Any, outputs: Any = None) -> dict[str, Any]:
    return {"p": {"outputs": outputs or {}, "status": status}}


def test_a_success() -> None:
    messages = [
        ["execution_start", {"prompt_id": "p", "timestamp": 1000}],
        ["execution_success", {"prompt_id": "p", "timestamp": 3500}],
    ]
    rows = {"9": {"images": [{"filename": "a.png", "subfolder": "s", "type": "output"}]}}
    found = parse_history(entry({"status_str": "success", "completed": True, "messages": messages}, rows), "p")
    assert found is not None
    assert (found.ending, found.seconds, found.failure) == ("success", 2.5, None)
    assert found.files == (ServerFile("a.png", "s", "output", "9"),)


def test_a_failure() -> None:
    failure = {"prompt_id": "p", "node_id": "3", "node_type": "K", "exception_type": "E", "exception_message": "boom"}
    found = parse_history(entry({"status_str": "error", "messages": [["execution_error", failure]]}), "p")
    assert found is not None
    assert found.ending == "error"
    assert found.failure is not None
    assert found.failure.message == "boom"


def test_an_interruption_is_told_by_the_messages_alone() -> None:
    messages = [["execution_interrupted", {"prompt_id": "p", "node_id": "3"}]]
    found = parse_history(entry({"status_str": "error", "messages": messages}), "p")
    assert found is not None
    assert found.ending == "interrupted"
    assert found.interrupted is not None
    assert found.interrupted.node == "3"


@pytest.mark.parametrize(
    "status",
    [None, "x", {"messages": 5}, {"messages": [["execution_start", None], 7, ["a"]]}, {"status_str": "new word"}],
)
def test_odd_states_are_errors_without_a_reason(status: Any) -> None:
    found = parse_history(entry(status), "p")
    assert found is not None
    assert (found.ending, found.failure, found.interrupted, found.seconds) == ("error", None, None, None)


def test_no_entry() -> None:
    assert parse_history({}, "p") is None
    assert parse_history({"p": None}, "p") is None
    assert parse_history({"q": {}}, "p") is None
    with pytest.raises(EngineAnswer):
        parse_history([], "p")
    with pytest.raises(EngineAnswer):
        parse_queue([])


def test_files_under_any_key_and_each_once() -> None:
    file = {"filename": "a.mp4", "subfolder": "", "type": "output"}
    outputs = {"1": {"gifs": [file], "images": [file, {"filename": ""}, {"filename": 3}, "x"], "animated": [True]}}
    assert output_files(outputs) == (ServerFile("a.mp4", "", "output", "1"),)


def test_what_was_given_to_a_job_is_none_of_its_files() -> None:
    given = {"filename": "start.png", "subfolder": "", "type": "input"}
    assert output_files({"1": {"images": [given]}}) == ()


def test_a_file_knows_when_its_job_began_and_whether_it_is_an_old_one() -> None:
    messages = [["execution_start", {"timestamp": 2500}], ["execution_cached", {"prompt_id": "p", "nodes": ["9"]}]]
    rows = {"9": {"images": [{"filename": "a.png", "subfolder": "s\\t"}]}, "8": {"audio": [{"filename": "b.flac"}]}}
    found = parse_history(entry({"status_str": "success", "messages": messages}, rows), "p")
    assert found is not None
    assert [(f.path, f.since, f.repeated) for f in found.files] == [
        ("s/t/a.png", 2.5, True),
        ("b.flac", 2.5, False),
    ]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a.flac", "a.flac"),
        ("line\nend \u202ecalf.exe", "line?end ?calf.exe"),
        ("n" * 60, "n" * 60),
        ("n" * 61, "n" * 59 + "…"),
    ],
)
def test_a_name_in_a_sentence(name: str, shown: str) -> None:
    assert ServerFile(name, "sub", "output").shown == shown


def test_previews_count_only_where_nothing_was_saved() -> None:
    temp = {"filename": "t.png", "subfolder": "", "type": "temp"}
    kept = {"filename": "o.png"}
    assert [f.filename for f in output_files({"1": {"images": [temp]}, "2": {"images": [kept]}})] == ["o.png"]
    assert [f.filename for f in output_files({"1": {"images": [temp]}})] == ["t.png"]
    assert output_files(None) == ()
    assert output_files({"1": None}) == ()


KEYS = st.sampled_from(["system", "devices", "queue_running", "queue_pending", "p", "status", "messages", "outputs"])


@given(st.dictionaries(KEYS, st.recursive(JSON, lambda x: st.dictionaries(KEYS, x, max_size=3), max_leaves=6)))
def test_no_answer_of_any_form_raises_anything_else(answer: dict[str, Any]) -> None:
    for parse in (parse_facts, parse_queue, lambda a: parse_history(a, "p"), output_files):
        with contextlib.suppress(EngineAnswer):
            parse(answer)
