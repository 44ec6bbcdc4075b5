"""Following: what a server's messages say of the jobs that we want to hear of, in the port's words. Pure."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from oelala_desktop.domain.engine import Ceased, Counted, EngineEvent, Previewed, Progressed, Started
from oelala_desktop.domain.job import Progress

from .messages import Logged, Message, Preview, Status
from .tracker import Phase, Tracker


@dataclass(slots=True)
class _Followed:
    tracker: Tracker
    told: Progress = field(default_factory=Progress)  # the same object until something has changed
    seen: asyncio.Event = field(default_factory=asyncio.Event)  # the server has spoken of it


class Following:
    def __init__(self) -> None:
        self._followed: dict[str, _Followed] = {}

    @property
    def handles(self) -> frozenset[str]:
        return frozenset(self._followed)

    def follow(self, handle: str, graph: Mapping[str, Any]) -> asyncio.Event:
        """From its beginning; returns what is set as soon as the server speaks of it."""
        followed = self._followed[handle] = _Followed(Tracker(handle, graph))
        return followed.seen

    def leave(self, handle: str) -> None:
        self._followed.pop(handle, None)

    def see(self, handle: str) -> None:
        """An answer of the server's says that it has the job."""
        if handle in self._followed:
            self._followed[handle].seen.set()

    def runs(self, handle: str) -> bool:
        """Whether its messages say that it is being made."""
        return handle in self._followed and self._followed[handle].tracker.phase is Phase.RUNNING

    @property
    def trains(self) -> bool:
        """Whether something is being trained."""
        return any(followed.tracker.is_training for followed in self._followed.values())

    def take(self, message: Message) -> Iterator[EngineEvent]:
        """What follows from one message."""
        if isinstance(message, Status):
            yield Counted(message.remaining)
        if isinstance(message, Preview):
            yield Previewed(message.prompt_id, message.image, message.mime)
        if isinstance(message, Logged):
            yield from self._learnt(message)
        handle = getattr(message, "prompt_id", None)
        followed = self._followed.get(handle) if handle else None
        if followed is not None and handle is not None:
            yield self._said(handle, followed, message)

    def _learnt(self, log: Logged) -> Iterator[EngineEvent]:
        for handle, followed in self._followed.items():
            if any([followed.tracker.learn(piece) for piece in log.pieces]):
                followed.told = followed.tracker.progress
                yield Progressed(handle, followed.told)

    @staticmethod
    def _said(handle: str, followed: _Followed, message: Message) -> EngineEvent:
        followed.seen.set()
        tracker = followed.tracker
        before = tracker.phase
        if tracker.apply(message):
            followed.told = tracker.progress
        if tracker.phase is before:
            return Progressed(handle, followed.told)
        if tracker.phase.is_over:
            return Ceased(handle, followed.told, tracker.phase is Phase.SUCCEEDED)
        return Started(handle, followed.told)
