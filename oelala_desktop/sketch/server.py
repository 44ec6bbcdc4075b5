"""The server: its application, and its life from the first request to the last."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Mount, Router

from oelala_desktop.domain.callers import LOOPBACK_NAMES, OwnNames, bracketed
from oelala_desktop.sketch.engine import Engine
from oelala_desktop.sketch.folders import open_folders
from oelala_desktop.sketch.gate import Activity, App, Gate, TooLargeError
from oelala_desktop.sketch.nodes import CATALOG
from oelala_desktop.sketch.protocol import Protocol
from oelala_desktop.sketch.routes import catalog, jobs, prompts, shelf, uploads, view
from oelala_desktop.sketch.routes import socket as websocket
from oelala_desktop.sketch.routes.replies import too_large
from oelala_desktop.sketch.trouble import Trouble

#: seconds that open requests and sockets get at the end
GRACE = 2


@dataclass(frozen=True)
class Settings:
    """How to serve: where to listen (port 0 picks one), when to give up (0 never), where files lie, as which release of
    ComfyUI to behave."""

    host: str = "127.0.0.1"
    port: int = 0
    idle_exit: float = 60.0
    base: Path | None = None
    protocol: Protocol = field(default_factory=Protocol)


def application(engine: Engine) -> Starlette:
    """Every route, each also under `/api`; starts and stops the engine's worker."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        engine.hub.attach(asyncio.get_running_loop())
        engine.start()
        yield
        await asyncio.to_thread(engine.stop)

    listed = jobs.ROUTES if engine.protocol.has_jobs else []
    common = [*prompts.ROUTES, *catalog.ROUTES, *uploads.ROUTES, *view.ROUTES, *shelf.ROUTES, *websocket.ROUTES]
    app = Starlette(
        routes=[*listed, *common, Mount("/api", app=Router(common, redirect_slashes=False))],
        lifespan=lifespan,
        middleware=[Middleware(Trouble)],
        exception_handlers={TooLargeError: too_large},
    )
    app.router.redirect_slashes = False
    app.state.engine = engine
    return app


class _Server(uvicorn.Server):
    """uvicorn without its own signal handling, saying where it listens once it does."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to us: uvicorn would raise SIGTERM again at the end, and the exit code would be −15."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()


def serve(settings: Settings, announce: Callable[[str], None]) -> None:
    """Serve until SIGTERM, SIGINT or idleness; `announce` is given the address when requests can come.

    Raises OSError when the address cannot be bound.
    """
    with _listen(settings) as listener, open_folders(settings.base) as folders:
        engine = Engine(folders, CATALOG, settings.protocol)
        activity = Activity()
        host, port = listener.getsockname()[:2]

        @cache
        def names(address: str) -> OwnNames:
            reached = {bracketed(name) for name in (settings.host, address.removeprefix("::ffff:"))}
            return OwnNames(LOOPBACK_NAMES | reached, port)

        gate: App = Gate(application(engine), activity, catalog.UPLOAD_LIMIT, names)
        config = uvicorn.Config(
            gate,
            log_config=None,
            log_level="warning",
            access_log=False,
            lifespan="on",
            ws="websockets-sansio",
            ws_ping_interval=None,
            ws_max_size=32 * 1024 * 1024,
            ws_per_message_deflate=False,
            timeout_graceful_shutdown=GRACE,
            server_header=False,
        )
        logging.getLogger("uvicorn.error").addFilter(_of_interest)
        server = _Server(config, lambda: announce(f"http://{bracketed(host)}:{port}"))
        asyncio.run(_run(server, listener, engine, activity, settings.idle_exit))


def _of_interest(record: logging.LogRecord) -> bool:
    """Not that a refused socket was not opened, which uvicorn takes for a mistake of ours."""
    return not str(record.msg).startswith("ASGI callable returned without completing handshake")


async def _run(server: _Server, listener: socket.socket, engine: Engine, activity: Activity, idle_exit: float) -> None:
    def stop() -> None:
        server.should_exit = True

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(number, stop)
        except NotImplementedError:
            # Windows' loop has no signal handlers; the plain kind works there.
            signal.signal(number, lambda *_: stop())
    async with asyncio.TaskGroup() as tasks:
        watch = tasks.create_task(_watch_idleness(engine, activity, idle_exit, stop))
        await server.serve(sockets=[listener])
        watch.cancel()


async def _watch_idleness(engine: Engine, activity: Activity, idle_exit: float, stop: Callable[[], None]) -> None:
    """Stop the server when nobody has used it for `idle_exit` seconds and no job is left."""
    if idle_exit <= 0:
        return
    while True:
        await asyncio.sleep(min(1.0, idle_exit / 4))
        if engine.queue.remaining():
            activity.touch()
        elif activity.idle_for() >= idle_exit:
            stop()
            return


@contextmanager
def _listen(settings: Settings) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # with the protocol named: only then does asyncio send small packets at once, without waiting 40 ms for an ACK
    with contextlib.closing(socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((settings.host, settings.port))
        yield listener
