"""Thumbnails on demand: what is on screen first, what has left it not at all."""

from __future__ import annotations

import asyncio
import heapq
import logging
import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from oelala_desktop.domain.errors import CannotSave, Unreadable
from oelala_desktop.services.loop.clock import CLOCK, Clock
from oelala_desktop.services.loop.tasks import TaskScope
from oelala_desktop.storage.media_writing import Stamp
from oelala_desktop.storage.thumbnails import ThumbnailStore, key_of

from .sizes import nearest_size

#: thumbnails written down at once, and how long (seconds) the first of them waits for the others
_BATCH, _PAUSE = 24, 0.05
#: the size under which a file is remembered of which none can be made, at any size
_NONE = 0

log = logging.getLogger(__name__)


def _number(size: int, covering: bool) -> int:
    """A size as files are known by it: that of the shorter side is negative."""
    return -nearest_size(size, covering=True) if covering else nearest_size(size)


def _make_in_thread(path: Path, number: int) -> bytes:
    from .making import make_thumbnail  # decoders are a tenth of a second to import

    return make_thumbnail(path, abs(number), number < 0)


@dataclass(slots=True)
class _Order:
    path: str
    size: int
    none: int  # the key that says that the file cannot be decoded
    waiting: list[asyncio.Future[bytes | None]] = field(default_factory=list)
    running: bool = False

    @property
    def is_wanted(self) -> bool:
        return any(not future.done() for future in self.waiting)


class Thumbnails:
    """One order for each file and size, however many ask for it. Cancelling the question cancels the order, unless
    somebody else waits for it or it is being made."""

    def __init__(self, store: ThumbnailStore, scope: TaskScope, clock: Clock = CLOCK) -> None:
        self._store = store
        self._scope = scope
        self._clock = clock
        threads = max(2, min(4, os.cpu_count() or 2))
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="thumbnail")
        self._makers = threads
        self._orders: dict[int, _Order] = {}
        self._queue: list[tuple[int, int, int]] = []
        self._numbers = count()
        self._running = 0
        self._made: dict[int, bytes] = {}
        self._turn = asyncio.Lock()
        self._saving: asyncio.Task[None] | None = None

    async def close(self) -> None:
        """Writes down what was made; what was not begun is dropped."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        for order in self._orders.values():
            for future in order.waiting:
                future.cancel()
        await self._save()

    async def cached(self, stamps: Mapping[int, Stamp], size: int, covering: bool = False) -> dict[int, bytes]:
        """By id, those that need not be made."""
        keys = {item_id: key_of(stamp, _number(size, covering)) for item_id, stamp in stamps.items()}
        found = await self._store.get(keys.values())
        return {item_id: jpeg for item_id, key in keys.items() if (jpeg := self._made.get(key) or found.get(key))}

    async def get(self, path: str, stamp: Stamp, size: int, priority: int, covering: bool = False) -> bytes | None:
        """None if none can be made: such a file is decoded once, whatever sizes are asked for. The lowest `priority` is
        served first; among equals the one asked for last, since that is where the eye is now."""
        size = _number(size, covering)
        key, none = key_of(stamp, size), key_of(stamp, _NONE)
        found = self._made if key in self._made or none in self._made else await self._store.get([key, none])
        if key in found or none in found:
            return found.get(key) or None
        order = self._orders.setdefault(key, _Order(path, size, none))
        future: asyncio.Future[bytes | None] = asyncio.get_running_loop().create_future()
        order.waiting.append(future)
        if not order.running:
            heapq.heappush(self._queue, (priority, -next(self._numbers), key))
            self._serve()
        return await future

    def _serve(self) -> None:
        while self._queue and self._running < self._makers:
            _, _, key = heapq.heappop(self._queue)
            order = self._orders.get(key)
            if order is None or order.running:
                continue  # an order is in the queue once for each question
            if not order.is_wanted:
                del self._orders[key]
                continue
            order.running = True
            self._running += 1
            self._scope.start(self._make(key, order), "thumbnail")

    async def _make(self, key: int, order: _Order) -> None:
        try:
            loop = asyncio.get_running_loop()
            jpeg = None
            try:
                jpeg = await loop.run_in_executor(self._threads, _make_in_thread, Path(order.path), order.size)
                self._made[key] = jpeg
            except Unreadable as error:
                log.info("no thumbnail: %s", error)
                self._made[order.none] = b""
            except OSError as error:  # of the disk, which may be well again when it is asked for next
                log.info("no thumbnail of %s: %s", order.path, error)
            for future in order.waiting:
                if not future.done():
                    future.set_result(jpeg)
            if self._saving is None or self._saving.done():
                self._saving = self._scope.start(self._save_soon(), "save thumbnails")
        finally:
            self._running -= 1
            self._orders.pop(key, None)
            for future in order.waiting:
                future.cancel()
            self._serve()

    async def flush(self) -> None:
        """Returns when all that was made until now is written down."""
        await self._save()

    async def _save_soon(self) -> None:
        while self._made:
            if len(self._made) < _BATCH:
                await self._clock.sleep(_PAUSE)
            await self._save()

    async def _save(self) -> None:
        async with self._turn:  # what is being written is not written a second time
            made = dict(self._made)
            if not made:
                return
            with suppress(CannotSave):  # they can be made again
                await self._store.put(made)
            for key in made:
                self._made.pop(key, None)
