"""What happens in the media folders while we run. Each folder is watched by itself, so that no link is followed and a
folder that cannot be read does no harm to the others."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

from oelala_desktop.services.loop.clock import CLOCK, Clock
from oelala_desktop.services.loop.tasks import Supervisor

log = logging.getLogger(__name__)

#: milliseconds: how long changes are gathered, and how soon the end of the watch is noticed
_DEBOUNCE, _STEP, _RUST_TIMEOUT = 400, 50, 500
_PAUSE_AFTER_FAILURE = 1.0


class Watcher:
    """`paths` collects what changed; `woken` is set when there is something in it. `began` is True once a watch has
    begun: what happened before it was not seen, so look at everything again. `watching` is set while the folders named
    last are being watched."""

    def __init__(self, woken: asyncio.Event, faults: Supervisor, clock: Clock = CLOCK) -> None:
        self._woken = woken
        self._faults = faults
        self._clock = clock
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="media-watch")
        self._folders: frozenset[str] = frozenset()
        self._renewed = asyncio.Event()
        self._stop = threading.Event()
        self.watching = asyncio.Event()
        self.paths: set[str] = set()
        self.began = False

    def watch(self, folders: Iterable[str], *, again: bool = False) -> None:
        """Names the folders; missing ones are passed over. `again`: also if they are the same ones by name, since a
        folder that was made anew is another."""
        wanted = frozenset(folders)
        if again or wanted != self._folders:
            self._folders = wanted
            self._stop.set()
            self.watching.clear()
            self._renewed.set()

    def take(self) -> set[str]:
        taken, self.paths = self.paths, set()
        return taken

    def hear(self, paths: set[str], *, began: bool = False) -> None:
        """These have changed, or a watch has begun."""
        self.paths |= paths
        self.began = self.began or began
        self._woken.set()

    def take_began(self) -> bool:
        began, self.began = self.began, False
        return began

    async def run(self) -> None:
        """Until cancelled."""
        await self._faults.keep(self._turn)

    async def _turn(self) -> None:
        self._renewed.clear()
        self._stop = threading.Event()
        if not self._folders:
            await self._renewed.wait()
            return
        async with self._ended_on_leaving() as stop:
            try:
                await self._watch(self._folders, stop)
            except (OSError, RuntimeError) as error:
                # Out of watches, a folder that went away meanwhile, or a name that is no text.
                log.info("the media folders cannot be watched: %s", error)
                await self._clock.sleep(_PAUSE_AFTER_FAILURE)

    @asynccontextmanager
    async def _ended_on_leaving(self) -> AsyncIterator[threading.Event]:
        stop = self._stop
        try:
            yield stop
        finally:
            stop.set()

    async def _watch(self, folders: frozenset[str], stop: threading.Event) -> None:
        loop = asyncio.get_running_loop()

        def changed(paths: set[str], began: bool) -> None:
            if began and not stop.is_set():
                self.watching.set()
            self.hear(paths, began=began)

        def work() -> None:
            from watchfiles import watch  # costs 30 ms that only a window or a server has to spend

            # A folder whose name is no text cannot be named to the watch; the next scan looks into it.
            there = [folder for folder in folders if Path(folder).is_dir() and _is_text(folder)]
            if not there:
                stop.wait()
                return
            changes = watch(
                *there, watch_filter=None, debounce=_DEBOUNCE, step=_STEP, stop_event=stop, rust_timeout=_RUST_TIMEOUT,
                raise_interrupt=False, recursive=False, ignore_permission_denied=True, yield_on_timeout=True,
            )  # fmt: skip
            began = True
            for batch in changes:
                if began or batch:
                    loop.call_soon_threadsafe(changed, {path for _, path in batch}, began)
                began = False

        await loop.run_in_executor(self._thread, work)

    def close(self) -> None:
        self._stop.set()
        self._thread.shutdown()


def _is_text(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True
