"""What ended a job on the server, in words."""

from __future__ import annotations

from typing import Any

import pytest

from oelala_desktop.comfy import failures
from oelala_desktop.comfy.answers import HistoryEntry
from oelala_desktop.comfy.messages import Failed, Interrupted

GRAPH: dict[str, Any] = {"3": {"class_type": "KSampler", "inputs": {}, "_meta": {"title": "Low noise pass"}}}


@pytest.mark.parametrize(
    ("kind", "words", "memory"),
    [
        ("torch.OutOfMemoryError", "CUDA out of memory. Tried to allocate 2 GiB", True),
        ("RuntimeError", "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling cublasCreate(handle)", True),
        ("RuntimeError", "DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes.", True),
        ("MemoryError", "", True),
        ("numpy._core._exceptions._ArrayMemoryError", "Unable to allocate 9 GiB for an array", True),
        ("ValueError", "the memory of a goldfish", False),
        ("RuntimeError", "allocator was configured twice", False),
    ],
)
def test_a_failure_of_memory_comes_with_advice(kind: str, words: str, memory: bool) -> None:
    error = failures.failed_node(Failed("j1", "3", "KSampler", kind, words, "trace"), GRAPH)
    assert (error.kind == "memory") is memory
    assert ("lower resolution" in error.message) is memory
    assert error.node == "Low noise pass"
    assert kind in error.detail and words in error.detail and error.detail.endswith("trace")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("boom.\nmore", "“Low noise pass” failed: boom."),
        ("", "“Low noise pass” failed: ValueError."),
        (
            "Error(s) in loading state_dict for Wan:\n\n\tsize mismatch for x: 5 not 4.\n\tand y",
            "“Low noise pass” failed: Error(s) in loading state_dict for Wan: size mismatch for x: 5 not 4.",
        ),
    ],
)
def test_a_failure_says_the_first_line(words: str, sentence: str) -> None:
    assert failures.failed_node(Failed("j1", "3", "KSampler", "ValueError", words, ""), GRAPH).message == sentence
    assert "“KSampler”" in failures.failed_node(Failed("j1", "9", "KSampler", "E", "x", ""), GRAPH).message


def test_bad_endings() -> None:
    interrupted = HistoryEntry("interrupted", (), interrupted=Interrupted("j1", "3"))
    error = failures.failure_of(interrupted, GRAPH).error
    assert (error.kind, error.node) == ("interrupted", "Low noise pass")
    assert "while it was in “Low noise pass”, not from here" in error.message
    assert "while" not in failures.failure_of(HistoryEntry("interrupted", ()), GRAPH).error.message
    assert failures.failure_of(HistoryEntry("error", ()), GRAPH).error.kind == "unknown"
    failed = HistoryEntry("error", (), failure=Failed("j1", "3", "K", "E", "boom", ""))
    failure = failures.failure_of(failed, GRAPH)
    assert (failure.error.kind, failure.node, failure.reason) == ("node", "3", "boom")
    stranger = HistoryEntry("error", (), failure=Failed("j1", "9", "K", "E", "boom.", ""))
    assert failures.failure_of(stranger, GRAPH).node == ""
