"""Frames of the socket, decoded; no frame whatsoever raises."""

from __future__ import annotations

import json
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oelala_desktop.comfy import messages as m
from oelala_desktop.comfy.messages import decode

JPEG, PNG = b"\xff\xd8\xff\xe0jpeg", b"\x89PNG\r\n\x1a\npng"
P = "p1"


def text(kind: str, **data: Any) -> str:
    return json.dumps({"type": kind, "data": data})


def binary(kind: int, number: int, rest: bytes) -> bytes:
    return struct.pack(">II", kind, number) + rest


def described(about: Any, image: bytes) -> bytes:
    head = about if isinstance(about, bytes) else json.dumps(about).encode()
    return binary(4, len(head), head + image)


TEXTS: list[tuple[str, m.Message]] = [
    (text("status", status={"exec_info": {"queue_remaining": 2}}, sid="s"), m.Status(2, "s")),
    (text("status", status={"exec_info": {"queue_remaining": 0}}), m.Status(0)),
    (text("status", status={"exec_info": {"queue_remaining": 1}}, sid=5), m.Status(1)),
    (text("feature_flags", supports_preview_metadata=True), m.Features({"supports_preview_metadata": True})),
    (text("execution_start", prompt_id=P, timestamp=1), m.Started(P)),
    (text("execution_cached", prompt_id=P, nodes=["1", "2"]), m.Cached(P, ("1", "2"))),
    (text("execution_cached", prompt_id=P, nodes=None), m.Cached(P, ())),
    (text("executing", node="3", display_node="3", prompt_id=P), m.Executing(P, "3")),
    (text("executing", node=None, prompt_id=P), m.Executing(P, None)),
    (text("executing", node="3"), m.Executing(None, "3")),
    (text("progress", value=1, max=4, prompt_id=P, node="3"), m.NodeProgress(P, "3", 1.0, 4.0)),
    (text("progress", value=1, max=4, prompt_id=P, node=None), m.NodeProgress(P, "", 1.0, 4.0)),
    (
        text("progress_state", prompt_id=P, nodes={"3": {"value": 1, "max": 4, "state": "running", "node_id": "3"}}),
        m.NodeStates(P, {"3": (1.0, 4.0, "running")}),
    ),
    (text("executed", node="9", output={"images": []}, prompt_id=P), m.Executed(P, "9", {"images": []})),
    (text("executed", node="9", output=None, prompt_id=P), m.Executed(P, "9", None)),
    (text("executed", node="9", output=[1], prompt_id=P), m.Executed(P, "9", None)),
    (text("execution_success", prompt_id=P, timestamp=1), m.Succeeded(P)),
    (text("execution_interrupted", prompt_id=P, node_id="3", executed=[]), m.Interrupted(P, "3")),
    (text("execution_interrupted", prompt_id=P, node_id=None), m.Interrupted(P, "")),
    (
        text(
            "execution_error",
            prompt_id=P,
            node_id="3",
            node_type="KSampler",
            exception_type="ValueError",
            exception_message=" boom\n",
            traceback=["a\n", "b\n"],
        ),
        m.Failed(P, "3", "KSampler", "ValueError", "boom", "a\nb\n"),
    ),
    (text("execution_error", prompt_id=P, traceback="t"), m.Failed(P, "", "", "", "", "t")),
    (text("execution_error", prompt_id=P, traceback={"at": 5}), m.Failed(P, "", "", "", "", "{'at': 5}")),
    (text("execution_error", prompt_id=P), m.Failed(P, "", "", "", "", "")),
]
IGNORED: list[tuple[str | bytes, str]] = [
    (text("log", entries=[]), "unknown type log"),
    (text("logs", entries=[{"t": "then"}]), "malformed logs"),
    (text("logs", entries=7), "malformed logs"),
    (text("VHS_latentpreview", length=8), "unknown type VHS_latentpreview"),
    ("{", "not JSON"),
    ("\ud800", "not JSON"),
    ("[]", "not a message"),
    ('{"type": "status"}', "not a message"),
    ('{"type": "status", "data": null}', "not a message"),
    ('{"data": {}}', "without a type"),
    ('{"type": 3, "data": {}}', "without a type"),
    ('{"type": ' + "[" * 1000 + "]" * 1000 + ', "data": {}}', "without a type"),
    (
        '{"type": "progress", "data": {"prompt_id": "p", "value": 1, "max": 1, "node": ' + "[" * 999 + "]" * 999 + "}}",
        "malformed",
    ),
    (text("status", status={}), "malformed status"),
    (text("status", status={"exec_info": {"queue_remaining": "many"}}), "malformed"),
    (text("status", status=None), "malformed"),
    (text("execution_start"), "malformed"),
    (text("execution_start", prompt_id=7), "malformed"),
    (text("execution_cached", prompt_id=P, nodes=[1]), "malformed"),
    (text("executing", prompt_id=P), "malformed"),
    (text("progress", value="x", max=4, prompt_id=P), "malformed"),
    (text("progress", value="nan", max=4, prompt_id=P), "malformed"),
    (text("progress", value=1, max="-inf", prompt_id=P), "malformed"),
    (text("progress", value=10**400, max=1, prompt_id=P), "not JSON"),
    (text("progress_state", prompt_id=P, nodes={"3": {"value": 1}}), "malformed"),
    (text("progress_state", prompt_id=P, nodes=[1]), "malformed"),
    (text("x" * 500, a=1), "unknown type xxxx"),
    (" " * (m.MAX_JSON + 1), "too long"),
    (b"", "too short"),
    (b"\0\0\0\1\0\0\0", "too short"),
    (binary(2, 0, b""), "unknown binary type 2"),
    (binary(1, 1, b"no picture"), "no JPEG or PNG"),
    (binary(1, 1, b""), "no JPEG or PNG"),
    (binary(3, 50, b"short"), "cut short"),
    (binary(3, 3, b"12"), "cut short"),
    (binary(4, m.MAX_JSON + 1, b"x" * 100), "cut short"),
    (described(b"{", JPEG), "is not JSON"),
    (described([1], JPEG), "not an object"),
    (described({}, b"no picture"), "no JPEG or PNG"),
]


@pytest.mark.parametrize(("frame", "message"), TEXTS, ids=[type(row[1]).__name__ for row in TEXTS])
def test_text_frames(frame: str, message: m.Message) -> None:
    assert decode(frame) == message


@pytest.mark.parametrize(("frame", "why"), IGNORED, ids=[f"{i}-{why[:24]}" for i, (_, why) in enumerate(IGNORED)])
def test_what_is_ignored_says_why(frame: str | bytes, why: str) -> None:
    found = decode(frame)
    assert isinstance(found, m.Ignored)
    assert why in found.why
    assert len(found.why) <= 200


MOST = 16 * 2**20  # bytes of a text, which ComfyUI's own never come near


def test_the_longest_text_that_is_read() -> None:
    start, end = '{"type": "execution_start", "data": {"prompt_id": "p1"', "}}"
    assert decode(start + " " * (MOST - len(start + end)) + end) == m.Started(P)
    assert decode(start + " " * (MOST - len(start + end) + 1) + end) == m.Ignored("text frame too long")


@pytest.mark.parametrize("more", [0, 1])
def test_the_longest_text_within_a_binary_frame(more: int) -> None:
    found = decode(binary(3, MOST + more, b"x" * (MOST + more)))
    assert isinstance(found, m.Ignored if more else m.NodeText)


def test_what_is_said_of_it_in_the_log_is_short() -> None:
    assert decode(text("x" * 500)) == m.Ignored("unknown type " + "x" * 40)
    found = decode(text("progress", value="x" * 500, max=4, prompt_id=P))
    assert isinstance(found, m.Ignored) and len(found.why) == 200
    endless = decode(text("progress", value="inf", max=4, prompt_id=P))
    assert endless == m.Ignored("malformed progress: ValueError('not finite')")
    assert decode(text("execution_start", prompt_id=7)) == m.Ignored("malformed execution_start: TypeError('id')")


def test_an_event_need_not_come_from_json() -> None:
    endless = {"status": {"exec_info": {"queue_remaining": float("inf")}}}
    assert isinstance(m.decode_event("status", endless), m.Ignored)


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (binary(1, 1, JPEG), m.Preview(JPEG, "image/jpeg")),
        (binary(1, 2, PNG), m.Preview(PNG, "image/png")),
        (binary(1, 1, b"\0" * 24 + JPEG), m.Preview(JPEG, "image/jpeg")),
        (described({"prompt_id": P, "node_id": "3"}, PNG), m.Preview(PNG, "image/png", P, "3")),
        (described({"prompt_id": 1, "node_id": None}, JPEG), m.Preview(JPEG, "image/jpeg")),
        (described({"prompt_id": None, "node_id": 3}, JPEG), m.Preview(JPEG, "image/jpeg")),
        (binary(3, 2, b"12words"), m.NodeText("12", "words")),
        (binary(3, 2, b"12"), m.NodeText("12", "")),
        (binary(3, 1, b"\xff\xff"), m.NodeText("\ufffd", "\ufffd")),
    ],
)
def test_binary_frames(frame: bytes, message: m.Message) -> None:
    assert decode(frame) == message


def test_a_preview_does_not_print_its_bytes() -> None:
    assert "xff" not in repr(m.Preview(JPEG))


@given(st.binary(max_size=200))
def test_no_bytes_raise(frame: bytes) -> None:
    assert isinstance(decode(frame), m.Message)


@given(st.sampled_from([1, 2, 3, 4]), st.integers(0, 2**32 - 1), st.binary(max_size=80))
def test_no_binary_frame_raises(kind: int, number: int, rest: bytes) -> None:
    assert isinstance(decode(binary(kind, number, rest)), m.Message)
    assert isinstance(decode(binary(kind, number % 60, rest)), m.Message)


@given(st.text(max_size=200))
def test_no_text_raises(frame: str) -> None:
    assert isinstance(decode(frame), m.Message)


LEAF = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
JSON = st.recursive(LEAF, lambda x: st.lists(x, max_size=3) | st.dictionaries(st.text(max_size=4), x, max_size=3))
KEYS = ["status", "prompt_id", "node", "node_id", "nodes", "value", "max", "output", "traceback", "sid", "exec_info"]
KINDS = [
    *("status", "feature_flags", "execution_start", "execution_cached", "executing", "progress", "progress_state"),
    *("executed", "execution_success", "execution_error", "execution_interrupted", "other"),
]


@given(st.sampled_from(KINDS), st.dictionaries(st.sampled_from(KEYS), JSON))
def test_no_event_of_any_form_raises(kind: str, data: dict[str, Any]) -> None:
    assert isinstance(decode(json.dumps({"type": kind, "data": data})), m.Message)
