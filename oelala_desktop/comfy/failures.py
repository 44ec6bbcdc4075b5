"""What ended a job badly on the server, as a sentence to act on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from oelala_desktop.domain.engine import Failure
from oelala_desktop.domain.graph import title_of
from oelala_desktop.domain.job import JobError

from .answers import HistoryEntry
from .messages import Failed

Graph = Mapping[str, Mapping[str, Any]]
#: as torch on a GPU and on the processor, cuBLAS, NumPy and Python itself say it
_MEMORY_WORDS = (
    *("outofmemory", "out of memory", "not enough memory", "memoryerror", "alloc_failed"),
    *("allocate memory", "unable to allocate"),
)


def failed_node(failure: Failed, graph: Graph) -> JobError:
    """A node that raised: which one, what it said, and advice where the cause is a known one."""
    node = title_of(graph, failure.node) if failure.node in graph else failure.node_type
    detail = f"{failure.exception_type}: {failure.message}\n{failure.traceback}".strip()[:20_000]
    words = f"{failure.exception_type} {failure.message}".casefold()
    if any(word in words for word in _MEMORY_WORDS):
        message = (
            f"The server ran out of memory in “{node}”. Choose a lower resolution, a shorter duration or a smaller "
            "model, or give more of the model to another device."
        )
        return JobError(message, "memory", node, detail)
    return JobError(f"“{node}” failed: {reason_of(failure)}.", "node", node, detail)


def reason_of(failure: Failed) -> str:
    """What the node said, without a full stop."""
    return (_first_words(failure.message) or failure.exception_type).rstrip(".")


def _first_words(message: str) -> str:
    """The first line, and the second where the first only says that something follows; the details have them all."""
    lines = [" ".join(line.split())[:300] for line in message.splitlines() if line.strip()]
    announces = len(lines) > 1 and lines[0].endswith((":", ","))
    return " ".join(lines[: 2 if announces else 1])


def failure_of(entry: HistoryEntry, graph: Graph) -> Failure:
    """For a history entry that is no success."""
    if entry.failure is not None:
        node = entry.failure.node if entry.failure.node in graph else ""
        return Failure(failed_node(entry.failure, graph), node, reason_of(entry.failure))
    if entry.ending == "interrupted":
        stopped = entry.interrupted.node if entry.interrupted else ""
        node = title_of(graph, stopped) if stopped else ""
        where = f" while it was in “{node}”" if node else ""
        message = f"This job was stopped on the server{where}, not from here. It can be sent again."
        return Failure(JobError(message, "interrupted", node))
    return Failure(JobError("The server says that this job failed, but not why. Its own log tells more.", "unknown"))
