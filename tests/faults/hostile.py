"""Sketch behind a layer that misbehaves on command: statuses, bodies, frames, a door with a token, a path prefix,
TLS."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, MutableMapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount

from oelala_desktop.sketch.engine import Engine
from oelala_desktop.sketch.folders import open_folders
from oelala_desktop.sketch.nodes import CATALOG
from oelala_desktop.sketch.nodes.definition import NodeClass
from oelala_desktop.sketch.server import application
from tests.sketch.holdable import Brake
from tests.waiting import Signal

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Frame = str | bytes
Answer = Callable[[Request], Awaitable[Response | None]]


class Hostile:
    """`answers` maps a path's beginning to what answers in Sketch's place; one that returns None lets Sketch answer.
    `frames` turns each frame into those that are sent instead. `news` tells of everything that is `seen`."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.ill = 0  # a status for everything, sockets too
        self.no_socket = 0  # a status for every attempt to open a WebSocket
        self.token = ""
        self.frames: Callable[[Frame], list[Frame]] = lambda frame: [frame]
        self.seen: list[str] = []
        self.news = Signal()
        self.url = ""
        self.engine: Engine
        self.brake: Brake  # of the fixture `held` alone

    def say(self, path: str, content: bytes | str, status: int = 200, kind: str = "application/json") -> None:
        async def answer(request: Request) -> Response:
            return Response(content, status, media_type=kind)

        self.answers[path] = answer

    def wrap(self, app: Callable[[Scope, Receive, Send], Awaitable[None]]) -> Any:
        async def layer(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http":
                answer = await self._answer(Request(scope, receive))
                if answer is not None:
                    await answer(scope, receive, send)
                    return
            elif scope["type"] == "websocket" and (self.ill or not self._admitted(scope)):
                await send({"type": "websocket.close"})
                return
            if scope["type"] == "websocket" and self.no_socket:
                await receive()
                head = {"status": self.no_socket, "headers": [(b"content-length", b"0")]}
                await send({"type": "websocket.http.response.start", **head})
                await send({"type": "websocket.http.response.body", "body": b""})
                return
            await app(scope, receive, self._hearing(send) if scope["type"] == "websocket" else send)

        return layer

    def _admitted(self, scope: Scope) -> bool:
        given = dict(scope["headers"]).get(b"authorization", b"").decode()
        return not self.token or given == f"Bearer {self.token}"

    async def _answer(self, request: Request) -> Response | None:
        path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
        self.seen.append(f"{request.method} {path}")
        self.news.tell()
        if not self._admitted(request.scope):
            return PlainTextResponse("who are you?", 401)
        if self.ill:
            return PlainTextResponse("not now", self.ill)
        for beginning, answer in self.answers.items():
            if path.startswith(beginning) or f"{request.method} {path}".startswith(beginning):
                return await answer(request)
        return None

    def _hearing(self, send: Send) -> Send:
        async def hear(message: Message) -> None:
            if message["type"] != "websocket.send":
                await send(message)
                return
            frame = message.get("text") if message.get("text") is not None else message["bytes"]
            for one in self.frames(frame):
                await send({"type": "websocket.send", "text" if isinstance(one, str) else "bytes": one})

        return hear


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        self.up.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def hostile_server(
    base: Path, *, prefix: str = "", nodes: Iterable[NodeClass] = (), **tls: str
) -> AsyncIterator[Hostile]:
    """`nodes` are there beside Sketch's own; `tls`: ssl_certfile and ssl_keyfile."""
    hostile = Hostile()
    with open_folders(base) as folders:
        hostile.engine = Engine(folders, {**CATALOG, **{node.name: node for node in nodes}})
        inner = application(hostile.engine)
        app: Any = Starlette(routes=[Mount(prefix or "/", hostile.wrap(inner))], lifespan=_lifespan_of(inner))
        config = uvicorn.Config(
            app, host="127.0.0.1", port=0, log_config=None, lifespan="on", ws="websockets-sansio",
            ws_max_size=2**26, ws_per_message_deflate=False, timeout_graceful_shutdown=1, **tls,
        )  # fmt: skip
        server = _Server(config)
        async with asyncio.TaskGroup() as group:
            serving = group.create_task(server.serve())
            await server.up.wait()
            port = server.servers[0].sockets[0].getsockname()[1]
            hostile.url = f"{'https' if tls else 'http'}://127.0.0.1:{port}{prefix}"
            try:
                yield hostile
            finally:
                server.should_exit = True
                with contextlib.suppress(asyncio.CancelledError):
                    await serving


def _lifespan_of(app: Starlette) -> Any:
    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with app.router.lifespan_context(app):
            yield

    return lifespan
