"""Jobs that wait, the one that runs, and those that have ended."""

from __future__ import annotations

import copy
import heapq
import itertools
import threading
from collections.abc import Callable
from typing import Any

from oelala_desktop.sketch.executor import Job, Outcome, files_of

HISTORY_LIMIT = 10_000


class JobQueue:
    """The queue of a server with one worker. Every method may be called from any thread.

    `changed` is called with the number of jobs that wait or run after each change of it, in the order of the
    changes.
    """

    def __init__(self, changed: Callable[[int], None]) -> None:
        self._changed = changed
        self._lock = threading.RLock()
        self._more = threading.Condition(self._lock)
        # Jobs of one number keep the order in which they came; ComfyUI would compare their ids.
        self._arrival = itertools.count()
        self._waiting: list[tuple[float, int, Job]] = []
        self._running: Job | None = None
        self._history: dict[str, dict[str, Any]] = {}
        self._closed = False

    def put(self, job: Job) -> None:
        with self._lock:
            heapq.heappush(self._waiting, (job.number, next(self._arrival), job))
            self._tell()
            self._more.notify()

    def take(self) -> Job | None:
        """Wait for the next job and mark it as running; None once the queue is closed."""
        with self._lock:
            while not self._waiting and not self._closed:
                self._more.wait()
            if self._closed:
                return None
            self._running = heapq.heappop(self._waiting)[2]
            self._tell()
            return self._running

    def close(self) -> None:
        """Let `take` return None, now and from now on."""
        with self._lock:
            self._closed = True
            self._more.notify_all()

    def finish(self, job: Job, outcome: Outcome) -> None:
        """Move the running job into the history."""
        with self._lock:
            self._running = None
            if len(self._history) > HISTORY_LIMIT:
                self._history.pop(next(iter(self._history)))
            self._history[job.prompt_id] = {
                "prompt": job.as_list(),
                "outputs": outcome.outputs,
                "status": outcome.status(),
                "meta": outcome.meta,
            }
            self._tell()

    def while_running(self, prompt_id: str, act: Callable[[], None]) -> bool:
        """Call `act` if this job runs, before another can."""
        with self._lock:
            runs = self._running is not None and self._running.prompt_id == prompt_id
            if runs:
                act()
            return runs

    def delete(self, prompt_id: str) -> bool:
        """Take one waiting job out. A running or unknown one is left alone."""
        with self._lock:
            kept = list(self._waiting)
            for index, (_, _, job) in enumerate(kept):
                if job.prompt_id == prompt_id:
                    del kept[index]
                    heapq.heapify(kept)
                    self._waiting = kept
                    self._tell()
                    return True
            return False

    def clear(self) -> None:
        with self._lock:
            self._waiting = []
            self._tell()

    def remaining(self) -> int:
        """How many jobs wait or run."""
        with self._lock:
            return len(self._waiting) + (self._running is not None)

    def running(self) -> list[Job]:
        with self._lock:
            return [] if self._running is None else [self._running]

    def waiting(self) -> list[Job]:
        """The waiting jobs in the heap's order, which is how ComfyUI lists them."""
        with self._lock:
            return [job for _, _, job in self._waiting]

    def history(self, max_items: int | None = None, offset: int = -1) -> dict[str, Any]:
        """Entries by prompt id, oldest first: all, the last `max_items`, or that many from `offset` on."""
        with self._lock:
            if offset < 0 and max_items is not None:
                offset = len(self._history) - max_items
            start = max(0, offset)
            stop = None if max_items is None else start + max(1, max_items)
            keys = list(self._history)[start:stop]
            return {key: self._history[key] for key in keys}

    def history_of(self, prompt_id: str) -> dict[str, Any]:
        """One entry by its id, or an empty mapping."""
        with self._lock:
            entry = self._history.get(prompt_id)
            return {} if entry is None else {prompt_id: copy.deepcopy(entry)}

    def forget(self, prompt_id: str) -> list[dict[str, Any]]:
        """Drop one entry; gives the files that it named."""
        with self._lock:
            entry = self._history.pop(prompt_id, None)
            return [] if entry is None else files_of(entry["outputs"])

    def forget_all(self) -> list[dict[str, Any]]:
        """Drop every entry; gives the files that they named."""
        with self._lock:
            files = self.outputs()
            self._history.clear()
            return files

    def outputs(self) -> list[dict[str, Any]]:
        """Every file that an entry names."""
        with self._lock:
            return [file for entry in self._history.values() for file in files_of(entry["outputs"])]

    def _tell(self) -> None:
        self._changed(self.remaining())
