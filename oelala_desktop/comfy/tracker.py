"""Tracker: from the messages about one job to how far it is. Pure: no clock, no socket.

Messages may come twice, late, out of order or not at all; the fraction never falls, and an end is an end. What the
tracker says of the end is a hint to go and read the history, which is the truth.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from oelala_desktop.domain.graph import title_of
from oelala_desktop.domain.job import Progress
from oelala_desktop.domain.passes import node_weight, pass_of

from .messages import (
    Cached,
    Executed,
    Executing,
    Failed,
    Interrupted,
    Message,
    NodeProgress,
    NodeStates,
    Succeeded,
)

#: the most that a bar may show before the files are here
CEILING = 0.99


class Phase(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    ENDED = "ended"  # over, but how is not known: the history says

    @property
    def is_over(self) -> bool:
        return self in _OVER


_OVER = frozenset({Phase.SUCCEEDED, Phase.FAILED, Phase.INTERRUPTED, Phase.ENDED})


@dataclass(frozen=True, slots=True)
class Failure:
    """What the server said of a failed node; `node` is its title."""

    node: str
    node_type: str
    exception_type: str
    message: str
    traceback: str


class Tracker:
    """Follows one prompt. Feed it every message of the socket; it takes only its own."""

    def __init__(self, prompt_id: str, graph: Mapping[str, Mapping[str, Any]]) -> None:
        self.prompt_id = prompt_id
        self.phase = Phase.WAITING
        self.failure: Failure | None = None
        self.outputs: dict[str, Mapping[str, Any]] = {}
        self._graph = graph
        self._weights = {node: node_weight(row) for node, row in graph.items()}
        self._total = sum(self._weights.values()) or 1.0
        self._done: dict[str, float] = {}
        self._current: str | None = None
        self._step: tuple[int, int] | None = None
        self._fraction = 0.0

    @property
    def progress(self) -> Progress:
        """How far the whole graph is, and the node that runs now."""
        title = title_of(self._graph, self._current) if self._current else None
        step, steps = self._step or (None, None)
        return Progress(self._fraction, title, pass_of(title) if title else None, step, steps)

    def apply(self, message: Message) -> bool:
        """Takes in one message; True if anything a person could see has changed. Foreign ones change nothing."""
        if getattr(message, "prompt_id", None) != self.prompt_id or self.phase.is_over:
            return False
        before = (self.phase, self._fraction, self._current, self._step)
        self._take(message)
        return before != (self.phase, self._fraction, self._current, self._step)

    def _take(self, message: Message) -> None:  # noqa: C901 - one case a message, nothing else
        match message:
            case Cached(nodes=nodes):
                self._run()
                for node in nodes:
                    self._finish(node)
            case Executing(node=None):
                self.phase = Phase.ENDED
            case Executing(node=str(node)):
                self._enter(node)
            case NodeProgress(node=node, value=value, maximum=maximum):
                self._advance(node, value, maximum)
            case NodeStates(nodes=nodes):
                self._states(nodes)
            case Executed(node=node, output=output):
                self._run()
                if output is not None:
                    self.outputs[node] = output
                self._finish(node)
            case Succeeded():
                self.phase = Phase.SUCCEEDED
                self._fraction = CEILING
            case Interrupted():
                self.phase = Phase.INTERRUPTED
            case Failed():
                self._fail(message)
            case _:  # it has started, or shows a picture
                self._run()

    def _fail(self, message: Failed) -> None:
        self.phase = Phase.FAILED
        title = title_of(self._graph, message.node) if message.node in self._graph else message.node_type
        self.failure = Failure(title, message.node_type, message.exception_type, message.message, message.traceback)

    def _run(self) -> None:
        self.phase = Phase.RUNNING

    def _enter(self, node: str) -> None:
        """A node starts. A late repeat of one that is done is not taken for news."""
        self._run()
        if node in self._weights and self._done.get(node, 0.0) < 1.0 and node != self._current:
            self._current, self._step = node, None

    def _advance(self, node: str, value: float, maximum: float) -> None:
        if maximum <= 0 or node not in self._weights:
            return
        share = min(1.0, max(0.0, value / maximum))
        if share < self._done.get(node, 0.0):
            return
        self._enter(node)
        self._done[node] = share
        if node == self._current and maximum > 1:
            self._step = (int(max(0.0, min(value, maximum))), int(maximum))
        self._recount()

    def _states(self, nodes: Mapping[str, tuple[float, float, str]]) -> None:
        for node, (value, maximum, state) in nodes.items():
            if state == "finished":
                self._finish(node)
            elif state == "running":
                self._enter(node)
                self._advance(node, value, maximum)

    def _finish(self, node: str) -> None:
        self._run()
        if node in self._weights and self._done.get(node) != 1.0:
            self._done[node] = 1.0
            self._recount()

    def _recount(self) -> None:
        done = sum(self._weights[node] * share for node, share in self._done.items())
        self._fraction = min(CEILING, max(self._fraction, done / self._total))
