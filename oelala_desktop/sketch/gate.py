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


DRAIN = 4
"""How many times the limit of an oversized body is still read so that its sender can hear the refusal."""


class TooLargeError(Exception):
    """A body grew past the limit, in bytes, while it was read."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"The request's body is larger than {limit} bytes.")
        self.limit = limit


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
