"""Engine: one server, kept connected. Says how it stands, what it can run, and passes its messages on.

HTTP is what counts: an engine is online when it answers there. The socket only makes things quicker; where it is cut,
silenced or refused, those who wait for a job ask by HTTP.
"""

from __future__ import annotations

import asyncio
import logging
import math
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Protocol

from oelala_desktop.domain.catalog import Catalog
from oelala_desktop.domain.engine import Counted, EngineEvent, EnginePort, Listening, Lists, ListsChanged, Reach
from oelala_desktop.domain.errors import EngineError, EngineUnreachable, OelalaError
from oelala_desktop.domain.events import EngineChanged, EngineState, NoticePosted
from oelala_desktop.domain.job import EngineRef
from oelala_desktop.services.loop.bus import Bus
from oelala_desktop.services.loop.clock import CLOCK, Clock
from oelala_desktop.services.loop.tasks import Supervisor, TaskScope

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Waits:
    """In seconds."""

    first: float = 0.5  # between two attempts, with jitter, doubled each time
    longest: float = 15.0
    needed: float = 1.5  # the longest while a job of ours is out: its result is to be here soon after the network is
    steady: float = 5.0  # that a line must hold before the waits begin anew
    lists_hold: float = 3.0  # in which the engine's lists are not read again


WAITS = Waits()
_FIRST_ANSWER = 20.0  # seconds that who needs to know what an engine has waits for it at most


class Listener(Protocol):
    """Who wants to hear what an engine tells. What it raises is noted, and no more."""

    @property
    def is_waiting(self) -> bool:
        """Whether it waits for something of the engine's: a line that breaks is then opened anew sooner."""

    def reached(self) -> None:
        """The engine answers, or its line is open again: what was told meanwhile was missed."""

    def hear(self, event: EngineEvent) -> None: ...


class Engine:
    """`port` is the adapter that speaks to it."""

    def __init__(
        self,
        ref: EngineRef,
        port: EnginePort,
        bus: Bus,
        scope: TaskScope,
        clock: Clock = CLOCK,
    ) -> None:
        self.ref = ref
        self.port = port
        self.state = EngineState(ref.kind, ref.url, ref.name, "offline")
        self.lists: Lists | None = None  # what it has; None until that was read once
        self.about: Reach | None = None  # who answered last
        self._listeners: list[Listener] = []
        self._bus = bus
        self._scope = scope
        self._clock = clock
        self.waits = WAITS
        self._faults = Supervisor(bus, f"Listening to {ref.name}", clock=clock)
        self._loop_task: asyncio.Task[None] | None = None
        self._hurry = asyncio.Event()
        self._online = asyncio.Event()
        self._learnt = -math.inf  # when the lists were read, or found unchanged, in monotonic seconds
        self._began = 0.0  # when the last attempt to connect, or the connection made by it, began
        self._reached = 0.0  # when the server last said who it is
        self._listening = asyncio.Event()
        self.socket_trouble = ""  # why there is no socket, as a sentence
        self._socket_tried = asyncio.Event()
        self._asked = asyncio.Event()  # once it has told what it has, or an attempt to learn that has failed
        self._told_of_socket = False
        self._deaf = False  # the last attempt to open a socket failed

    @property
    def is_online(self) -> bool:
        return self.state.state == "online"

    @property
    def catalog(self) -> Catalog | None:
        """What it can run; None while that is not known, and for an engine that does not tell."""
        return self.lists if isinstance(self.lists, Catalog) else None

    @property
    def is_ai(self) -> bool:
        """Whether models run there, whatever way led to it: Sketch answers at an address of its own too."""
        return self.ref.is_ai and (self.about is None or self.about.abilities.is_ai)

    @property
    def name(self) -> str:
        """What a person is told: an address that turns out to be another engine's is called by that."""
        family = self.about.words.family if self.about else ""
        return self.ref.name.replace("ComfyUI at", f"{family} at") if family else self.ref.name

    @property
    def made_by(self) -> str:
        """What results tell of their making."""
        return self.about.words.made_by if self.about else self.name

    def attach(self, listener: Listener) -> None:
        """It hears what the engine tells from now on."""
        self._listeners.append(listener)

    async def connect(self) -> None:
        """One attempt, now; then stays connected. Raises EngineUnreachable with the reason."""
        await self._reach()
        await self._learn()
        self.start()

    def start(self) -> None:
        """Keeps the engine connected from now on."""
        if self._loop_task is None or self._loop_task.done():
            self._loop_task = self._scope.start(self._keep_connected(), f"engine {self.ref.name}")

    def retry_now(self) -> None:
        """Cuts the wait for the next attempt short (the user asked, the network came back)."""
        if self._loop_task is not None and not self.is_online:
            self._set(state="connecting")
        self._hurry.set()

    async def wait_online(self) -> None:
        await self._online.wait()

    async def catalog_soon(self, seconds: float = _FIRST_ANSWER) -> Catalog | None:
        """The catalog; while the very first attempt to learn it is under way, it is waited for, `seconds` at most."""
        if self._loop_task is not None or self.state.state != "offline":
            await self._clock.wait(self._asked, seconds)
        return self.catalog

    async def wait_listening(self, seconds: float) -> None:
        """Returns once a socket is open: what is submitted then is heard of from its very beginning. Where there is
        none to be had, or none within `seconds`, it returns all the same."""
        if not self._deaf and not await self._clock.wait(self._listening, seconds):
            log.info("%s: no socket yet", self.ref.name)

    async def is_well(self) -> bool:
        """Whether the server answers a plain question now."""
        return await self.port.is_well()

    def renew_socket(self) -> None:
        """The socket seems to be dead without knowing it: closed fully, then opened anew."""
        if self.about is not None:
            self._scope.start(self.port.renew_line(), f"renew the socket of {self.ref.name}")

    async def free_memory(self) -> None:
        """Raises EngineError."""
        await self.port.free()

    async def relearn(self) -> None:
        """Reads its lists anew, now: something was put there."""
        await self._relearn()

    async def close(self) -> None:
        if self._loop_task is not None:
            self._loop_task.cancel()
            await asyncio.gather(self._loop_task, return_exceptions=True)
        await self.port.close()

    def _set(self, **changes: object) -> None:
        state = replace(self.state, **changes)  # type: ignore[arg-type]
        if state.state == "online":
            self._online.set()
        else:
            self._online.clear()
        if state != self.state:
            self.state = state
            self._bus.publish(EngineChanged(state))

    async def _reach(self) -> None:
        """Finds the server and asks who it is."""
        if not self.is_online and not self.state.reason:
            # later attempts are made without a word: what is shown stays “offline”, with its reason
            self._set(state="connecting")
        try:
            about = self.about = await self.port.reach()
        except OelalaError as error:
            kind = error.kind if isinstance(error, EngineUnreachable) else ""
            self._set(state="offline", reason=error.message, reason_kind=kind)
            self._asked.set()
            if self._listening.is_set():
                self.renew_socket()  # else nobody would try again before it breaks by itself
            if isinstance(error, EngineUnreachable):
                raise
            raise EngineUnreachable(error.message, detail=error.detail) from error
        was_online = self.is_online
        self._reached = self._clock.monotonic()
        self._set(
            state="online",
            kind=about.kind,
            name=self.name,
            url=about.url,
            reason="",
            reason_kind="",
            version=about.version,
            device=next(iter(about.devices), ""),
            memory=about.memory,
        )
        if not was_online:
            self._tell_reached()

    def _tell_reached(self) -> None:
        for listener in self._listeners:
            self._faults.call(listener.reached)

    async def _learn(self) -> None:
        """Reads the node and model lists."""
        try:
            self._take(await self.port.lists())
        finally:
            self._asked.set()

    def _take(self, lists: Lists) -> None:
        self.lists = lists
        self._learnt = self._clock.monotonic()
        self._bus.publish(EngineChanged(self.state))

    async def _keep_connected(self) -> None:
        wait = self.waits.first
        while True:
            self._began = self._clock.monotonic()
            await self._faults.attempt(self._listen())
            if self.is_online and self._clock.monotonic() - self._began > self.waits.steady:
                wait = self.waits.first
            is_needed = any(listener.is_waiting for listener in self._listeners)
            await self._pause(min(wait, self.waits.needed) if is_needed else wait)
            wait = min(self.waits.longest, wait * 2)

    async def _listen(self) -> None:
        """One connection, to its end."""
        opening = False
        try:
            if not self.is_online or self._began - self._reached > self.waits.first:
                await self._reach()
            self._began, self._deaf, opening = self._clock.monotonic(), True, True
            async with aclosing(self.port.events()) as events:
                async for event in events:
                    self._heard(event)
        except EngineError as error:
            log.info("%s: %s", self.ref.name, error)
            if opening and self._deaf:
                await self._tell_no_socket(error)
                if self.is_online:  # a socket may never open, and the lists are read with one else
                    self._look_again()
        finally:
            self._listening.clear()

    def _heard(self, event: EngineEvent) -> None:
        match event:
            case Listening():
                self._opened()
            case Counted(jobs=jobs):
                self._set(queue_remaining=jobs)
            case ListsChanged():
                self._scope.start(self._relearn(), f"catalog of {self.ref.name}")
            case _:
                pass
        for listener in self._listeners:
            self._faults.call(listener.hear, event)

    async def _tell_no_socket(self, error: EngineError) -> None:
        """Once, if the server is well but for its socket: everything works without, only later and without pictures."""
        if isinstance(error, EngineUnreachable) and error.kind == "no_socket":
            self.socket_trouble = error.message
            if not self._told_of_socket and await self.is_well():
                self._told_of_socket = True
                self._bus.publish(NoticePosted("warning", self.socket_trouble))
        self._socket_tried.set()

    async def socket_of(self, seconds: float) -> str:
        """A sentence if the server opens no socket within that time, else empty."""
        if await self._clock.wait(self._socket_tried, seconds):
            return self.socket_trouble
        return self.about.words.no_line if self.about else ""

    def _opened(self) -> None:
        """A new socket has missed whatever came before it: what runs is asked anew, and the lists may differ."""
        self._deaf = False
        self.socket_trouble = ""
        self._listening.set()
        self._socket_tried.set()
        self._tell_reached()
        self._look_again()

    def _look_again(self) -> None:
        if self._clock.monotonic() - self._learnt > self.waits.lists_hold:
            self._scope.start(self._relearn(), f"catalog of {self.ref.name}")

    async def _relearn(self) -> None:
        """Reads the lists if they may have changed: a socket that was cut is no new start of the server."""
        try:
            lists = await self.port.new_lists()
            if lists is None:
                self._learnt = self._clock.monotonic()
            else:
                self._take(lists)
        except EngineError as error:
            log.info("no lists from %s: %s", self.ref.name, error)
        finally:
            self._asked.set()

    async def _pause(self, seconds: float) -> None:
        self._hurry.clear()
        await self._clock.wait(self._hurry, self._clock.jittered(seconds))
