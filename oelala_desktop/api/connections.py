"""Connections of the interface, kept from filling up: one that sends half a request and waits costs a descriptor, and
results are fetched with descriptors too. On loopback every peer is the same, so there is no limit for each.

- Past 256 connections whose requests are not wholly in, the one that has been silent longest is closed.
- A head must be there within ten seconds, and no body may pause for longer than thirty.
- Past 512 connections, the one whose client has not taken what it was sent for longest is closed.
- The last descriptors of the process are never taken by a client.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from .security import REFUSED

MOST_UNFINISHED = 256
MOST = 512
HEAD_TIME, QUIET_TIME = 10.0, 30.0  # seconds
RESERVE = 128  # descriptors
_UNFINISHED = (h11.IDLE, h11.SEND_BODY)


def descriptors() -> int | None:
    """How many this process may have; None where there is no such limit."""
    try:
        import resource
    except ImportError:
        return None
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return None if soft == resource.RLIM_INFINITY else soft


class Crowd:
    """All connections of one server."""

    def __init__(self) -> None:
        self._unfinished: dict[Connection, None] = {}
        self._stuck: dict[Connection, None] = {}
        self._count = 0

    def joined(self, connection: Connection, number: int) -> bool:
        """False if it may not stay; `number` is its descriptor, the lowest that was free."""
        self._count += 1
        limit = descriptors()
        if limit is not None and number >= limit - min(RESERVE, limit // 2):
            self._close_one(self._unfinished)
            return False
        if self._count > MOST:
            self._close_one(self._stuck)
        return True

    def left(self, connection: Connection) -> None:
        self._count -= 1
        self._unfinished.pop(connection, None)
        self._stuck.pop(connection, None)

    def heard(self, connection: Connection, is_unfinished: bool) -> None:
        """Something came of it, or it may send its next request."""
        self._unfinished.pop(connection, None)
        if is_unfinished:
            self._unfinished[connection] = None
            if len(self._unfinished) > MOST_UNFINISHED:
                self._close_one(self._unfinished)

    def stuck(self, connection: Connection, is_stuck: bool) -> None:
        """Whether it takes nothing more of what it is sent."""
        self._stuck.pop(connection, None)
        if is_stuck:
            self._stuck[connection] = None

    def _close_one(self, among: dict[Connection, None]) -> None:
        oldest = next(iter(among), None)
        if oldest is not None:
            among.pop(oldest)
            oldest.transport.abort()


class Connection(H11Protocol):
    """uvicorn's own, among others."""

    def __init__(self, crowd: Crowd, **options: Any) -> None:
        super().__init__(**options)
        self._crowd = crowd
        self._heard = 0.0
        self._watch: asyncio.TimerHandle | None = None

    @property
    def _is_unfinished(self) -> bool:
        return self.conn.their_state in _UNFINISHED

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if self._crowd.joined(self, transport.get_extra_info("socket").fileno()):
            self._begin()
        else:
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._crowd.left(self)
        self._unwatch()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        before = self.conn.their_state
        self._heard = self.loop.time()
        super().data_received(data)
        self._crowd.heard(self, self._is_unfinished)
        if before is h11.IDLE and self.conn.their_state is h11.SEND_BODY:
            self._watch_for(QUIET_TIME)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._is_unfinished and not self.transport.is_closing():
            self._begin()

    def pause_writing(self) -> None:
        self._crowd.stuck(self, True)
        super().pause_writing()

    def resume_writing(self) -> None:
        self._crowd.stuck(self, False)
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:
        """A request that is no HTTP. If its answer has begun already, there is nothing more to say."""
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
            self.transport.abort()
            return
        body = json.dumps({"detail": msg}).encode()
        headers = [*REFUSED, (b"content-length", str(len(body)).encode()), (b"connection", b"close")]
        for event in (h11.Response(status_code=400, headers=headers), h11.Data(data=body), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()

    def _begin(self) -> None:
        """From here on a head is waited for."""
        self._crowd.heard(self, True)
        self._watch_for(HEAD_TIME)

    def _watch_for(self, seconds: float) -> None:
        self._unwatch()
        self._watch = self.loop.call_later(seconds, self._look)

    def _unwatch(self) -> None:
        if self._watch is not None:
            self._watch.cancel()

    def _look(self) -> None:
        quiet = self.loop.time() - self._heard
        if not self._is_unfinished:
            return
        if self.conn.their_state is h11.IDLE or (quiet >= QUIET_TIME and not self.flow.read_paused):
            self.transport.abort()
        else:
            self._watch_for(max(QUIET_TIME - quiet, 1.0))
