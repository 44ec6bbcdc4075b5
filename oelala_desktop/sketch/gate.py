"""What stands before every request: callers that are not ours, oversized bodies, and the clock of idleness."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from oelala_desktop.domain.callers import OwnNames

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


class Activity:
    """When this server was last in use."""

    def __init__(self) -> None:
        self._open = 0
        self._last = time.monotonic()

    def begin(self) -> None:
        self._open += 1

    def end(self) -> None:
        self._open -= 1
        self._last = time.monotonic()

    def touch(self) -> None:
        self._last = time.monotonic()

    def idle_for(self) -> float:
        """Seconds since the last request or socket ended; 0 while one is open."""
        return 0.0 if self._open else time.monotonic() - self._last


#: how many times the limit of an oversized body is still read so that its sender can hear the refusal
DRAIN = 4


class TooLargeError(Exception):
    """A body grew past the limit, in bytes, while it was read."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"The request's body is larger than {limit} bytes.")
        self.limit = limit


class Gate:
    """ASGI middleware round the whole app: who may ask, as `domain.callers` has it, sockets too, and how much.

    `names` gives our names for the address of this machine that a request came to. Bodies past the limit get 413,
    announced or not.
    """

    def __init__(self, app: App, activity: Activity, body_limit: int, names: Callable[[str], OwnNames]) -> None:
        self._app = app
        self._activity = activity
        self._limit = body_limit
        self._names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        self._activity.begin()
        try:
            await self._admit(scope, receive, send)
        finally:
            self._activity.end()

    async def _admit(self, scope: Scope, receive: Receive, send: Send) -> None:
        refused = self._names(scope["server"][0]).refuse(scope["headers"])
        if refused is not None:
            kind = "websocket.http.response" if scope["type"] == "websocket" else "http.response"
            await _answer(send, refused[0], refused[1].encode(), kind)
        elif scope["type"] == "http" and scope["method"] == "OPTIONS":
            await _answer(send, 200)
        elif scope["type"] == "http":
            await self._limited(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _limited(self, scope: Scope, receive: Receive, send: Send) -> None:
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        if announced.isdigit() and int(announced) > self._limit:
            await _drain(receive, DRAIN * self._limit)
            await _answer(send, 413, too_large_text(self._limit))
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self._limit:
                await _drain(receive, DRAIN * self._limit)
                raise TooLargeError(self._limit)
            return message

        await self._app(scope, counted, send)


def too_large_text(limit: int) -> bytes:
    return f"Maximum request body size {limit} exceeded.".encode()


async def _drain(receive: Receive, most: int) -> None:
    """Read the rest of a body and drop it: a client that is cut off while it sends never sees the answer."""
    seen = 0
    more = True
    while more and seen < most:
        message = await receive()
        seen += len(message.get("body", b""))
        more = message["type"] == "http.request" and message.get("more_body", False)


async def _answer(send: Send, status: int, body: bytes = b"", kind: str = "http.response") -> None:
    headers = [(b"content-length", str(len(body)).encode()), (b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": f"{kind}.start", "status": status, "headers": headers})
    await send({"type": f"{kind}.body", "body": body})
