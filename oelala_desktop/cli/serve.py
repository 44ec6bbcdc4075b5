"""`oelala serve`: services and the local interface without a window."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import stat
from collections.abc import Callable
from pathlib import Path

from oelala_desktop.api.server import ApiServer
from oelala_desktop.bootstrap import Services
from oelala_desktop.domain.address import is_loopback
from oelala_desktop.domain.engine_kinds import SKETCH
from oelala_desktop.domain.errors import InvalidInput, OelalaError
from oelala_desktop.domain.events import EngineChanged, EngineSelected, EngineState, NoticePosted
from oelala_desktop.services.settings.known import API_PORT

from .saying import say

_READY_TIME = 45.0  # seconds after which it serves without having heard from its engine


async def serve(options: argparse.Namespace) -> int:
    """Until SIGTERM or SIGINT, then 0. Jobs that run stay on their server; the next start takes them up.

    Raises OelalaError when it cannot listen, InvalidInput for options that make no sense."""
    token = await asyncio.to_thread(_read_token, options.token_file, options.host) if options.token_file else None
    stop = asyncio.Event()
    restore = _on_signals(stop.set)
    try:
        async with Services() as services:
            services.log.write("serve")
            port = services.settings.get(API_PORT) if options.port is None else options.port
            token = token or await services.api_token()
            server = ApiServer(services, options.host, int(port), token, names=options.name)
            if options.engine not in ("auto", SKETCH):
                services.engines.named(options.engine)  # a wrong address is said before anything starts
            await services.library.start()
            if not await server.start():
                raise OelalaError(server.reason)
            try:
                await _run(services, server, options.engine, stop)
            finally:
                await server.stop()
    finally:
        restore()
    return 0


async def _run(services: Services, server: ApiServer, engine: str, stop: asyncio.Event) -> None:
    services.bus.subscribe(NoticePosted, lambda event: say(event.text))
    ready = _Ready(services, engine)
    services.current.start(engine)
    await services.begin()
    stopping = services.scope.start(stop.wait(), "stop")
    readying = services.scope.start(ready.wait(_READY_TIME), "ready")
    await asyncio.wait({stopping, readying}, return_when=asyncio.FIRST_COMPLETED)
    if stop.is_set():
        return
    if services.jobs.is_paused:
        say("The queue is paused: jobs are taken and none begins. The window goes on with it, or POST /queue does.")
    print(f"listening on {server.url}", flush=True)
    await stop.wait()


class _Ready:
    """Waits until the engine for new jobs has answered, or has been tried and does not; says which."""

    def __init__(self, services: Services, choice: str) -> None:
        self._services = services
        self._choice = choice
        self._done = asyncio.Event()
        self._said = ""
        services.bus.subscribe(EngineChanged, self._changed)
        services.bus.subscribe(EngineSelected, self._selected)

    async def wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._done.wait()
        except TimeoutError:
            self._say("No engine has answered yet; the attempts go on.")

    def _selected(self, event: EngineSelected) -> None:
        self._look()
        if not event.engine.is_ai and self._choice == "auto":
            self._say("Using the built-in Sketch engine until ComfyUI answers: no AI model.")

    def _changed(self, event: EngineChanged) -> None:
        self._look()
        state = event.engine
        if state.state == "offline" and self._is_current(state):
            self._say(state.reason)
            if self._choice != "auto":
                self._done.set()
        elif state.state == "online" and self._said and self._is_current(state):
            self._say(f"{state.name} answers.")

    def _is_current(self, state: EngineState) -> bool:
        return state is self._services.current.engine.state

    def _look(self) -> None:
        engine = self._services.current.engine
        if engine.is_online and engine.catalog is not None:
            self._done.set()

    def _say(self, text: str) -> None:
        if text and text != self._said:
            self._said = text
            say(text)


def _on_signals(stop: Callable[[], None]) -> Callable[[], None]:
    """Calls `stop` on SIGTERM and Ctrl-C; returns what undoes that."""
    loop = asyncio.get_running_loop()
    kinds = (signal.SIGTERM, signal.SIGINT)
    previous = {kind: signal.getsignal(kind) for kind in kinds}
    for kind in kinds:
        signal.signal(kind, lambda *_: loop.call_soon_threadsafe(stop))

    def restore() -> None:
        for kind, handler in previous.items():
            signal.signal(kind, handler)

    return restore


def _read_token(name: str, host: str) -> str:
    """Raises InvalidInput for a file that holds no token, and for one that others can read when others can connect."""
    path = Path(name).expanduser()
    try:
        text = path.read_text("ascii")
        mode = path.stat().st_mode
    except UnicodeDecodeError as error:
        raise InvalidInput(f"The token in {path} is not ASCII text.") from error
    except OSError as error:
        raise InvalidInput(f"The token file {path} cannot be read: {error.strerror}.") from error
    if os.name == "posix" and mode & (stat.S_IRGRP | stat.S_IROTH):
        advice = f"Others can read {path}; “chmod 600 {path}” keeps the token yours."
        if not is_loopback(host):
            raise InvalidInput(advice)
        say(advice)
    return text
