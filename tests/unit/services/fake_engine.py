"""An engine behind the port that is none of ours: it gives ids of its own, unless told otherwise, and tells no lists. A
test says what it does next."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from io import BytesIO
from typing import BinaryIO

from PIL import Image

from oelala_desktop.domain.engine import (
    Abilities,
    Absent,
    Ceased,
    Ended,
    EngineEvent,
    Listening,
    Lists,
    Order,
    Progressed,
    Reach,
    Running,
    ServerFile,
    Standing,
    Submitted,
    Taken,
    Unlisted,
    Waiting,
    Words,
)
from oelala_desktop.domain.errors import EngineUnreachable
from oelala_desktop.domain.job import JobInput, Progress


def picture() -> bytes:
    out = BytesIO()
    Image.effect_noise((16, 16), 40).save(out, "PNG")
    return out.getvalue()


class FakeEngine:
    def __init__(self, *, takes_our_ids: bool = False, is_ours: bool = False) -> None:
        self.abilities = Abilities(is_ours=is_ours, takes_our_ids=takes_our_ids, has_lists=False)
        self.submitted: list[Order] = []
        self.standings: dict[str, Standing] = {}  # of what it has, by its handle
        self.orders: dict[str, Order] = {}
        self.asked: list[str] = []  # handles
        self.searched: list[str] = []  # ids of jobs whose handle was not known
        self.cancelled: list[str] = []
        self.released: list[str] = []
        self.is_released = asyncio.Event()
        self.is_down = False
        self.answer: Callable[[Order], Submitted] = self.take
        self.stands: Callable[[str], Standing] = lambda handle: self.standings.get(handle, Absent())
        self._events: asyncio.Queue[EngineEvent | None] = asyncio.Queue()
        self._changed = asyncio.Event()

    # What a test does with it

    def take(self, order: Order) -> Taken:
        handle = order.handle or f"theirs-{len(self.orders) + 1}"
        assert handle not in self.standings, "it has that already"
        self.orders[handle], self.standings[handle] = order, Waiting(0)
        self._changed.set()
        return Taken(handle)

    def say(self, *events: EngineEvent) -> None:
        for event in events:
            self._events.put_nowait(event)

    def run(self, handle: str, fraction: float = 0.5) -> None:
        self.standings[handle] = Running()
        self.say(Progressed(handle, Progress(fraction)))

    def end(self, handle: str, *, silently: bool = False) -> None:
        self.standings[handle] = Ended((ServerFile(f"{handle}.png", "", "output"),), None, 1.0)
        if not silently:
            self.say(Ceased(handle, Progress(0.99), True))

    def cut_line(self) -> None:
        self._events.put_nowait(None)

    async def has(self, count: int) -> list[str]:
        """Its handles, once it has so many jobs."""
        async with asyncio.timeout(20):
            while len(self.orders) < count:
                self._changed.clear()
                await self._changed.wait()
        return list(self.orders)

    # The port

    def _check(self) -> None:
        if self.is_down:
            raise EngineUnreachable("It is down.")

    async def reach(self) -> Reach:
        self._check()
        return Reach("theirs", "http://theirs", "1", ("A100",), self.abilities, Words("Theirs", "Theirs 1"))

    async def is_well(self) -> bool:
        return not self.is_down

    async def lists(self) -> Lists:
        return Unlisted()

    async def new_lists(self) -> Lists | None:
        return None

    async def model_files(self) -> Mapping[str, tuple[str, ...]]:
        return {}

    async def events(self) -> AsyncGenerator[EngineEvent]:
        self._check()
        yield Listening()
        while (event := await self._events.get()) is not None:
            yield event
        raise EngineUnreachable("The line broke.", kind="closed")

    async def renew_line(self) -> None:
        self.cut_line()

    async def send(self, given: JobInput) -> str:
        self._check()
        return f"there/{given.upload_name}"

    def handle_for(self, job_id: str) -> str:
        return job_id if self.abilities.takes_our_ids else ""

    async def submit(self, order: Order) -> Submitted:
        self.submitted.append(order)
        return self.answer(order)

    async def find(self, order: Order) -> Taken | Absent:
        self._check()
        self.searched.append(order.id)
        return next((Taken(handle) for handle, one in self.orders.items() if one.id == order.id), Absent())

    def follow(self, order: Order) -> None:
        pass

    def leave(self, handle: str) -> None:
        pass

    async def ask(self, orders: Sequence[Order]) -> AsyncGenerator[tuple[Order, Standing]]:
        self._check()
        for order in orders:
            self.asked.append(order.handle)
            yield order, self.stands(order.handle)

    async def leftovers(self, order: Order) -> tuple[ServerFile, ...]:
        return ()

    async def fetch(self, file: ServerFile, sink: BinaryIO, folder: str, *, oldest: float | None = None) -> int:
        self._check()
        return sink.write(picture())

    async def cancel(self, handle: str) -> None:
        self._check()
        self.cancelled.append(handle)
        self.standings.pop(handle, None)

    async def release(self, handle: str) -> None:
        self.released.append(handle)
        self.is_released.set()

    async def free(self) -> None:
        pass

    async def close(self) -> None:
        pass
