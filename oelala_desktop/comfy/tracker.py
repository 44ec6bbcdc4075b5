"""Tracker: from the messages about one job to how far it is. Pure: no clock, no socket.

Messages may come twice, late, out of order or not at all; the fraction never falls, and an end is an end. What the
tracker says of the end is a hint to go and read the history, which is the truth.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto
from typing import Any

from oelala_desktop.domain.graph import title_of
from oelala_desktop.domain.job import Progress
from oelala_desktop.domain.passes import node_weight, pass_of
from oelala_desktop.domain.training import TRAINERS, Losses, loss_in, with_loss

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


class Phase(Enum):
    WAITING = auto()
    RUNNING = auto()
    SUCCEEDED = auto()
    FAILED = auto()
    INTERRUPTED = auto()
    ENDED = auto()  # over, but how is not known: the history says

    @property
    def is_over(self) -> bool:
        return self in _OVER


_OVER = frozenset({Phase.SUCCEEDED, Phase.FAILED, Phase.INTERRUPTED, Phase.ENDED})


def phase_after(message: Message) -> Phase:
    """What a message about a job says of it all."""
    match message:
        case Executing(node=None):
            return Phase.ENDED
        case Succeeded():
            return Phase.SUCCEEDED
        case Interrupted():
            return Phase.INTERRUPTED
        case Failed():
            return Phase.FAILED
        case _:  # it has started, is at work, or shows a picture
            return Phase.RUNNING


class Tracker:
    """Follows one prompt. Feed it every message of the socket; it takes only its own."""

    def __init__(self, prompt_id: str, graph: Mapping[str, Mapping[str, Any]]) -> None:
        self.prompt_id = prompt_id
        self.phase = Phase.WAITING
        self._graph = graph
        self._weights = {node: node_weight(row) for node, row in graph.items()}
        self._done = dict.fromkeys(graph, 0.0)
        self._current: str | None = None
        self._step: tuple[int, int] | None = None
        self._fraction = 0.0
        self._losses: Losses = ()

    @property
    def progress(self) -> Progress:
        """How far the whole graph is, and the node that runs now."""
        title = title_of(self._graph, self._current) if self._current else None
        step, steps = self._step or (None, None)
        pass_ = pass_of(title) if title else None
        return Progress(self._fraction, title, pass_, step, steps, losses=self._losses)

    @property
    def is_training(self) -> bool:
        if self._current is None or self.phase.is_over:
            return False
        return self._graph[self._current].get("class_type") in TRAINERS

    def learn(self, line: str) -> bool:
        """Takes in a line of the server's log, which does not say whose it is; True if it tells a loss of this job."""
        point = loss_in(line) if self.is_training else None
        if point is None:
            return False
        before, self._losses = self._losses, with_loss(self._losses, point)
        return self._losses is not before

    def apply(self, message: Message) -> bool:
        """Takes in one message; True if anything a person could see has changed. Foreign ones change nothing."""
        if getattr(message, "prompt_id", None) != self.prompt_id or self.phase.is_over:
            return False
        before = (self.phase, self._fraction, self._current, self._step)
        self._take(message)
        return before != (self.phase, self._fraction, self._current, self._step)

    def _take(self, message: Message) -> None:
        self.phase = phase_after(message)
        match message:
            case Cached(nodes=nodes):
                for node in nodes:
                    self._finish(node)
            case Executing(node=str(node)):
                self._enter(node)
            case NodeProgress(node=node, value=value, maximum=maximum):
                self._advance(node, value, maximum)
            case NodeStates(nodes=nodes):
                self._states(nodes)
            case Executed(node=node):
                self._finish(node)
            case Succeeded():
                self._fraction = CEILING

    def _enter(self, node: str) -> None:
        """A node starts. A late repeat of one that is done is not taken for news."""
        if node in self._done and self._done[node] < 1.0 and node != self._current:
            self._current, self._step = node, None

    def _advance(self, node: str, value: float, maximum: float) -> None:
        if maximum <= 0 or node not in self._done:
            return
        share = min(1.0, max(0.0, value / maximum))
        if share < self._done[node]:
            return
        self._enter(node)
        if node == self._current and maximum > 1:
            self._step = (int(max(0.0, min(value, maximum))), int(maximum))
        self._reach(node, share)

    def _states(self, nodes: Mapping[str, tuple[float, float, str]]) -> None:
        for node, (value, maximum, state) in nodes.items():
            if state == "finished":
                self._finish(node)
            elif state == "running":
                self._enter(node)
                self._advance(node, value, maximum)

    def _finish(self, node: str) -> None:
        if node in self._done:
            self._reach(node, 1.0)

    def _reach(self, node: str, share: float) -> None:
        self._done[node] = share
        done = sum(self._weights[node] * share for node, share in self._done.items())
        self._fraction = min(CEILING, done / sum(self._weights.values()))
