"""An engine behind the port that is none of ours: it gives ids of its own, unless told otherwise, and tells no lists. A
test says what it does next."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from io import BytesIO
from typing import Any, BinaryIO

from PIL import Image

from oelala_desktop.domain.engine import (
    Abilities,
    Absent,
    Ceased,
    Ended,
    EngineEvent,
    FolderFile,
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
from oelala_desktop.domain.errors import EngineAnswer, EngineUnreachable
from oelala_desktop.domain.job import JobInput, Progress
from oelala_desktop.domain.template import Template, TemplateList


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
        self.calls: list[str] = []  # what was asked of it, by the names of the port
        self.fails: dict[str, Exception] = {}  # what comes of such a call instead
        self.holds: dict[str, asyncio.Event] = {}  # such a call waits for it first
        self.listed: Lists = Unlisted()
        self.newer: Lists | None = None  # than those that it said last
        self.words = Words("Theirs", "Theirs 1", no_line="It tells nothing by itself.")
        self.models: dict[str, tuple[str, ...]] = {}  # files by folder
        self.lora_facts: dict[str, dict[str, Any]] = {}  # of a LoRA, by its name
        self.folders: tuple[str, ...] = ()  # of LoRAs, on its machine
        self.shelf = TemplateList()
        self.workflows: dict[str, dict[str, Any]] = {}  # of templates, by their name
        self.saved: dict[str, dict[str, Any]] = {}  # by users, by their path
        self.left: tuple[ServerFile, ...] = ()  # what lies there of a job that it has forgotten
        self.contents: dict[str, bytes] = {}  # of a file, by its name; a picture where there is none
        self.fetched: list[tuple[str, float | None]] = []  # names, and how old they may be
        self.sent: list[JobInput] = []
        self.followed: list[Order] = []
        self.left_alone: list[str] = []
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

    async def called(self, name: str, count: int = 1) -> None:
        """Returns once that was asked of it so often."""
        async with asyncio.timeout(20):
            while self.calls.count(name) < count:
                self._changed.clear()
                await self._changed.wait()

    # The port

    def _note(self, name: str) -> None:
        self.calls.append(name)
        self._changed.set()

    async def _come(self, name: str) -> None:
        self._note(name)
        if name in self.holds:
            await self.holds[name].wait()
        if name in self.fails:
            raise self.fails[name]
        if self.is_down:
            raise EngineUnreachable("It is down.")

    async def reach(self) -> Reach:
        await self._come("reach")
        return Reach("theirs", "http://theirs", "1", ("A100",), self.abilities, self.words)

    async def is_well(self) -> bool:
        self._note("is_well")
        return not self.is_down

    async def lists(self) -> Lists:
        await self._come("lists")
        return self.listed

    async def new_lists(self) -> Lists | None:
        await self._come("new_lists")
        return self.newer

    async def model_files(self) -> Mapping[str, tuple[str, ...]]:
        return self.models

    async def lora_metadata(self, name: str) -> Mapping[str, Any]:
        await self._come("lora_metadata")
        return self.lora_facts.get(name, {})

    async def templates(self) -> TemplateList:
        await self._come("templates")
        return self.shelf

    async def template(self, name: str) -> dict[str, Any]:
        await self._come("template")
        self.fetched.append((name, None))
        if name not in self.workflows:
            raise EngineAnswer(f"The template {name} is not there any more.", status=404)
        return self.workflows[name]

    async def template_picture(self, template: Template, number: int) -> bytes:
        await self._come("template_picture")
        return self.contents.get(template.name) or picture()

    async def saved_workflows(self) -> tuple[str, ...]:
        return tuple(sorted(self.saved))

    async def saved_workflow(self, path: str) -> dict[str, Any]:
        return self.saved[path]

    async def save_workflow(self, name: str, content: Mapping[str, Any]) -> str:
        path = f"{name}.json"
        self.saved[path] = dict(content)
        return path

    async def events(self) -> AsyncGenerator[EngineEvent]:
        await self._come("events")
        yield Listening()
        while (event := await self._events.get()) is not None:
            yield event
        raise EngineUnreachable("The line broke.", kind="closed")

    async def renew_line(self) -> None:
        self._note("renew_line")
        self.cut_line()

    async def send(self, given: JobInput) -> str:
        await self._come("send")
        self.sent.append(given)
        return f"there/{given.upload_name}"

    async def send_folder(self, name: str, files: Sequence[FolderFile]) -> str:
        await self._come("send_folder")
        return name

    async def model_folders(self, kind: str) -> tuple[str, ...]:
        return self.folders

    def handle_for(self, job_id: str) -> str:
        return job_id if self.abilities.takes_our_ids else ""

    async def submit(self, order: Order) -> Submitted:
        if "submit" in self.holds or "submit" in self.fails:
            await self._come("submit")
        self.submitted.append(order)
        return self.answer(order)

    async def find(self, order: Order) -> Taken | Absent:
        await self._come("find")
        self.searched.append(order.id)
        return next((Taken(handle) for handle, one in self.orders.items() if one.id == order.id), Absent())

    def follow(self, order: Order) -> None:
        self.followed.append(order)

    def leave(self, handle: str) -> None:
        self.left_alone.append(handle)

    async def ask(self, orders: Sequence[Order]) -> AsyncGenerator[tuple[Order, Standing]]:
        await self._come("ask")
        for order in orders:
            self.asked.append(order.handle)
            yield order, self.stands(order.handle)

    async def leftovers(self, order: Order) -> tuple[ServerFile, ...]:
        await self._come("leftovers")
        return self.left

    async def fetch(self, file: ServerFile, sink: BinaryIO, folder: str, *, oldest: float | None = None) -> int:
        await self._come("fetch")
        self.fetched.append((file.filename, oldest))
        return sink.write(self.contents.get(file.filename) or picture())

    async def cancel(self, handle: str) -> None:
        await self._come("cancel")
        self.cancelled.append(handle)
        self.standings.pop(handle, None)

    async def release(self, handle: str) -> None:
        await self._come("release")
        self.released.append(handle)
        self.is_released.set()

    async def free(self) -> None:
        await self._come("free")

    async def close(self) -> None:
        self._note("close")
