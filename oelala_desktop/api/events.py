"""What happens, as a stream of server-sent events that can be resumed.

Format: https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import deque
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson

from oelala_desktop.domain.events import (
    EngineChanged,
    EngineSelected,
    EngineState,
    JobChanged,
    JobProgressed,
    JobRemoved,
    LibraryChanged,
    MediaAdded,
    NoticePosted,
    QueuePaused,
)
from oelala_desktop.services.loop.bus import Bus
from oelala_desktop.services.queue.jobs import JobService
from oelala_desktop.storage.paths import Paths

from .errors import TooManyListeners
from .job_view import job_row, output_url, progress_row

EVENTS = ("job", "progress", "job_removed", "queue", "engine", "media", "library", "notice", "reset")
KEPT = 1000  # events that can be asked for again
LISTENERS = 64  # streams at a time
_BACKLOG = 256  # events that a slow reader may fall behind
_NAMED = 100  # files that one event names; after a long scan the listing tells more
_PROGRESS_PAUSE = 0.25  # seconds between two progress events of one job


class Listener:
    """One open stream. `lost` once it fell too far behind: it ends then, and its client resumes from what it has."""

    def __init__(self, replay: Iterable[bytes]) -> None:
        self._pending = deque(replay)
        self._more = asyncio.Event()
        self.lost = False

    def put(self, event: bytes) -> None:
        if len(self._pending) >= _BACKLOG + KEPT:
            self.lost = True
            self._pending.clear()
        if not self.lost:
            self._pending.append(event)
        self._more.set()

    def wake(self) -> None:
        self._more.set()

    async def take(self, seconds: float) -> bytes:
        """All that is pending, at once; nothing after `seconds` without an event."""
        if not self._pending:
            self._more.clear()
            try:
                async with asyncio.timeout(seconds):
                    await self._more.wait()
            except TimeoutError:
                return b""
        out = b"".join(self._pending)
        self._pending.clear()
        return out


class EventLog:
    """Hears the bus, numbers what it hears, keeps the last 1,000 and passes each on to all listeners.

    An id is this run's mark and a number: one that a client kept from an earlier run, or that is too old, is answered
    with a `reset` event, upon which the client should read /jobs anew."""

    def __init__(self, bus: Bus, jobs: JobService, paths: Paths) -> None:
        self._run = secrets.token_hex(4)
        self._count = 0
        self._kept: deque[tuple[int, bytes]] = deque(maxlen=KEPT)
        self._listeners: set[Listener] = set()
        self._jobs = jobs
        self._paths = paths
        self._shown: dict[str, float] = {}
        self._late: dict[str, tuple[JobProgressed, asyncio.TimerHandle]] = {}
        self._ends = [
            bus.subscribe(JobChanged, self._job),
            bus.subscribe(JobProgressed, self._progress),
            bus.subscribe(JobRemoved, lambda e: self._add("job_removed", {"job_id": e.job_id})),
            bus.subscribe(QueuePaused, lambda e: self._add("queue", {"paused": e.paused})),
            bus.subscribe(EngineChanged, lambda e: self._add("engine", engine_row(e.engine))),
            bus.subscribe(EngineSelected, lambda e: self._add("engine", engine_row(e.engine) | {"selected": True})),
            bus.subscribe(MediaAdded, self._media),
            bus.subscribe(LibraryChanged, self._library),
            bus.subscribe(NoticePosted, self._notice),
        ]

    def close(self) -> None:
        for end in self._ends:
            end()
        for _, timer in self._late.values():
            timer.cancel()
        for listener in self._listeners:
            listener.wake()

    def listen(self, last_id: str | None) -> Listener:
        """Raises TooManyListeners."""
        if len(self._listeners) >= LISTENERS:
            raise TooManyListeners(f"{LISTENERS} streams are open already; close one of them.")
        listener = Listener(self._since(last_id))
        self._listeners.add(listener)
        return listener

    def leave(self, listener: Listener) -> None:
        self._listeners.discard(listener)

    def _since(self, last_id: str | None) -> list[bytes]:
        if last_id is None:
            return []
        run, _, number = last_id.partition("-")
        seen = int(number) if number.isascii() and number.isdigit() and len(number) < 20 else -1
        oldest = self._kept[0][0] if self._kept else self._count + 1
        if run != self._run or not oldest - 1 <= seen <= self._count:
            return [self._format("reset", self._count, {})]
        return [event for count, event in self._kept if count > seen]

    def _add(self, name: str, content: dict[str, Any]) -> None:
        self._count += 1
        event = self._format(name, self._count, content)
        self._kept.append((self._count, event))
        for listener in tuple(self._listeners):
            listener.put(event)

    def _format(self, name: str, count: int, content: dict[str, Any]) -> bytes:
        head = f"id: {self._run}-{count}\nevent: {name}\ndata: ".encode()
        return head + orjson.dumps(content, default=str) + b"\n\n"

    # What the bus tells

    def _job(self, event: JobChanged) -> None:
        job = event.job
        if job.state.is_final:
            self._forget(job.id)
        self._add("job", job_row(job, self._jobs.progress_of(job.id), self._paths.output))

    def _progress(self, event: JobProgressed) -> None:
        """At most four a second for a job; the last one before a pause is told all the same."""
        now = time.monotonic()
        late = self._late.pop(event.job_id, None)
        if late:
            late[1].cancel()
        wait = self._shown.get(event.job_id, 0.0) + _PROGRESS_PAUSE - now
        if wait > 0:
            timer = asyncio.get_running_loop().call_later(wait, self._progress, event)
            self._late[event.job_id] = (event, timer)
            return
        self._shown[event.job_id] = now
        self._add("progress", {"job_id": event.job_id, **progress_row(event.progress)})

    def _forget(self, job_id: str) -> None:
        self._shown.pop(job_id, None)
        late = self._late.pop(job_id, None)
        if late:
            late[1].cancel()

    def _media(self, event: MediaAdded) -> None:
        path = Path(event.path)
        row = {"filename": path.name, "url": output_url(path, self._paths.output), "job_id": event.job_id}
        self._add("media", row)

    def _library(self, event: LibraryChanged) -> None:
        ids = {"added": event.added, "changed": event.changed, "removed": event.removed}
        row: dict[str, Any] = {key: [f"/media/{number}" for number in some[:_NAMED]] for key, some in ids.items()}
        self._add("library", row | {"more": any(len(some) > _NAMED for some in ids.values())})

    def _notice(self, event: NoticePosted) -> None:
        self._add("notice", {"level": event.level, "text": event.text, "job_id": event.job_id})


def engine_row(state: EngineState) -> dict[str, Any]:
    row = {"name": state.name, "kind": state.kind, "state": state.state, "queue": state.queue_remaining}
    return row | {"reason": state.reason or None, "version": state.version or None}
