"""What stands before every request: foreign origins, oversized bodies, and the clock of idleness."""

import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

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


class TooLarge(Exception):
    """A body grew past the limit while it was read."""


class Gate:
    """ASGI middleware round the whole app.

    A page on some website can make a browser post to this machine; its `Origin` then differs from our `Host`
    and it is refused with 403, sockets too. Bodies past the limit get 413, announced or not.
    """

    def __init__(self, app: App, activity: Activity, body_limit: int) -> None:
        self._app = app
        self._activity = activity
        self._limit = body_limit

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
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        if not same_origin(headers.get(b"host"), headers.get(b"origin")):
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})
            else:
                await _answer(send, 403)
        elif scope["type"] == "http" and scope["method"] == "OPTIONS":
            await _answer(send, 200)
        elif scope["type"] == "http":
            await self._limited(scope, receive, send, headers.get(b"content-length", "0"))
        else:
            await self._app(scope, receive, send)

    async def _limited(self, scope: Scope, receive: Receive, send: Send, announced: str) -> None:
        text = f"Maximum request body size {self._limit} exceeded.".encode()
        if announced.isdigit() and int(announced) > self._limit:
            await _answer(send, 413, text)
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self._limit:
                raise TooLarge
            return message

        try:
            await self._app(scope, counted, send)
        except TooLarge:
            await _answer(send, 413, text)


def same_origin(host: str | None, origin: str | None) -> bool:
    """Whether a request's `Origin`, if any, is this server itself.

    A port that only one of the two names is left out of the comparison, for browsers that drop it.
    """
    if host is None or origin is None:
        return True
    try:
        ours, theirs = urlsplit(f"//{host.lower()}"), urlsplit(origin.lower())
        our_name: str | None = ours.netloc
        their_name: str | None = theirs.netloc
        if theirs.port is None:
            our_name = ours.hostname
        if ours.port is None:
            their_name = theirs.hostname
    except ValueError:
        return False
    return bool(their_name) and our_name == their_name


async def _answer(send: Send, status: int, body: bytes = b"") -> None:
    headers = [(b"content-length", str(len(body)).encode()), (b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
