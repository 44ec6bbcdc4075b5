"""Gate: what every request and every upgrade must pass before a route sees it, and what every answer carries:

- Names, origins and sites as `domain.callers` has them.
- No CORS header is ever sent, so no other site reads an answer; CORP keeps our pictures out of its pages.
- A token, where there is one, is compared in constant time.
- A body is counted while it comes in, whatever its header promised.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass
from typing import Any

from oelala_desktop.domain.callers import Headers, OwnNames

from .errors import TooLarge
from .pace import Pace

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

CONTENT_POLICY = b"default-src 'none'; sandbox"
_ALWAYS = (
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
)
_POLICY = (b"content-security-policy", CONTENT_POLICY)
_ALWAYS_AND_POLICY = (*_ALWAYS, _POLICY)
#: on every refusal
REFUSED = ((b"content-type", b"application/json"), (b"cache-control", b"no-store"), *_ALWAYS_AND_POLICY)
_MOST_AT_A_TIME = 512  # requests
_LINGER = 2.0  # seconds that a refused body is still heard


@dataclass(frozen=True, slots=True)
class Refusal:
    status: int
    detail: str
    headers: tuple[tuple[bytes, bytes], ...] = ()


_BUSY = Refusal(503, "Too many requests are under way; ask again in a moment.", ((b"retry-after", b"1"),))
_NO_UPGRADE = Refusal(403, "There are no web sockets here; GET /events streams what happens.")
_NO_TOKEN = Refusal(
    401,
    "A token is needed: send it as “Authorization: Bearer TOKEN”, or as the password when a browser asks.",
    ((b"www-authenticate", b'Bearer realm="Oelala"'), (b"www-authenticate", b'Basic realm="Oelala"')),
)


class Policy:
    """`names` are the hosts (without port, IPv6 in brackets) under which this port is ours."""

    def __init__(self, names: Iterable[str], port: int, token: str | None) -> None:
        self._names = OwnNames(names, port)
        self._token = _digest(token.encode()) if token is not None else None

    def judge(self, headers: Headers) -> Refusal | None:
        """None for a request that may pass."""
        refused = self._names.refuse(headers)
        if refused is not None:
            return Refusal(*refused)
        return _NO_TOKEN if self._token is not None and not self._is_let_in(headers) else None

    def _is_let_in(self, headers: Headers) -> bool:
        given = [value for name, value in headers if name == b"authorization"]
        return hmac.compare_digest(_digest(_credential(given[-1] if given else b"")), self._token or b"")


def _digest(token: bytes) -> bytes:
    # of one length, so that the comparison does not tell the token's
    return hashlib.sha256(token).digest()


def _credential(value: bytes) -> bytes:
    """The token in an Authorization header: Bearer, or the password of Basic, which is what browsers can send."""
    scheme, _, rest = value.partition(b" ")
    if scheme.lower() == b"bearer":
        return rest.strip()
    if scheme.lower() == b"basic":
        try:
            return b64decode(rest.strip(), validate=True).partition(b":")[2]
        except (Base64Error, ValueError):
            return b""
    return b""


class Gate:
    """Wraps the whole application. `max_body` gives the largest body that a path takes, in bytes."""

    def __init__(self, app: App, policy: Policy, max_body: Callable[[str], int]) -> None:
        self._app = app
        self._policy = policy
        self._max_body = max_body
        self._pace = Pace()
        self._under_way = 0

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        headers = scope["headers"]
        refusal = self._policy.judge(headers)
        if scope["type"] == "websocket":
            await _refuse_upgrade(scope, receive, send, refusal or _NO_UPGRADE)
            return
        limit = self._max_body(str(scope.get("path", "")))
        refusal = refusal or _judge_body(headers, limit)
        if self._under_way >= _MOST_AT_A_TIME:
            refusal = refusal or _BUSY
        body = _Body(receive, limit) if _has_body(headers) else None
        if refusal is not None:
            await _refuse(body.lingering(send) if body else send, refusal)
            return
        await self._pace.turn()
        self._under_way += 1
        try:
            if body is None:
                await self._app(scope, receive, _with_headers(send))
            else:
                await self._app(scope, body.receive, _with_headers(body.lingering(send)))
        finally:
            self._under_way -= 1


def _judge_body(headers: Headers, limit: int) -> Refusal | None:
    """By what the headers promise; a body without a length is counted as it comes."""
    for name, value in headers:
        if name == b"upgrade" and value.lower() == b"websocket":
            return _NO_UPGRADE
        if name == b"content-length" and (not value.isdigit() or int(value[:20]) > limit):
            return Refusal(413, _too_large(limit))
    return None


def _too_large(limit: int) -> str:
    return f"The request is too large: at most {limit / 10**6:.0f} MB are taken."


def _has_body(headers: Headers) -> bool:
    return any((name == b"content-length" and value != b"0") or name == b"transfer-encoding" for name, value in headers)


class _Body:
    """A request's body on its way in: counted, and heard out for a moment when it is refused, since a connection that
    is closed on unread bytes takes the answer with it."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._limit = limit
        self._seen = 0
        self._over = False

    async def receive(self) -> Message:
        """Raises TooLarge as soon as more than the limit has come in."""
        message = await self._receive()
        self._over = message["type"] != "http.request" or not message.get("more_body", False)
        self._seen += len(message.get("body", b""))
        if self._seen > self._limit:
            raise TooLarge(_too_large(self._limit))
        return message

    def lingering(self, send: Send) -> Send:
        async def sending(message: Message) -> None:
            if message["type"] != "http.response.body" or message.get("more_body", False) or self._over:
                await send(message)
                return
            await send({**message, "more_body": True})
            await self._hear_out()
            await send({"type": "http.response.body", "body": b""})

        return sending

    async def _hear_out(self) -> None:
        try:
            async with asyncio.timeout(_LINGER):
                while not self._over:
                    message = await self._receive()
                    self._over = message["type"] != "http.request" or not message.get("more_body", False)
        except TimeoutError:
            pass


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = message.get("headers", ())
            own_policy = any(name == b"content-security-policy" for name, _ in headers)
            message["headers"] = [*headers, *(_ALWAYS if own_policy else _ALWAYS_AND_POLICY)]
        await send(message)

    return sending


async def _refuse(send: Send, refusal: Refusal, kind: str = "http.response") -> None:
    body = json.dumps({"detail": refusal.detail}, ensure_ascii=False).encode()
    headers = [*REFUSED, (b"content-length", str(len(body)).encode()), *refusal.headers]
    await send({"type": f"{kind}.start", "status": refusal.status, "headers": headers})
    await send({"type": f"{kind}.body", "body": body})


async def _refuse_upgrade(scope: Message, receive: Receive, send: Send, refusal: Refusal) -> None:
    await receive()  # websocket.connect
    if "websocket.http.response" in scope.get("extensions", {}):
        await _refuse(send, refusal, "websocket.http.response")
    else:
        await send({"type": "websocket.close", "code": 1008})
