"""The open sockets, and the way of a message to them."""

from __future__ import annotations

import asyncio
import json
import struct
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

Frame = str | bytes
#: messages that may wait for one socket before it is given up as dead
BACKLOG = 4096


class Socket:
    """One client's socket: what waits to be sent, and the flags it came with."""

    def __init__(self, websocket: WebSocket) -> None:
        self._websocket = websocket
        self._waiting: asyncio.Queue[Frame | None] = asyncio.Queue()
        self.flags: dict[str, Any] = {}

    def put(self, frame: Frame) -> None:
        """Queue a frame. A reader that has stopped reading holds up nobody else and is cut off in the end."""
        if self._waiting.qsize() > BACKLOG:
            self._waiting.put_nowait(None)
        else:
            self._waiting.put_nowait(frame)

    async def pump(self) -> None:
        """Send what is queued until the socket closes."""
        while (frame := await self._waiting.get()) is not None:
            try:
                if isinstance(frame, str):
                    await self._websocket.send_text(frame)
                else:
                    await self._websocket.send_bytes(frame)
            except (WebSocketDisconnect, RuntimeError):
                return
        await self._websocket.close(1013)


class Hub:
    """Sockets by client id (the `Outlet` of `progress`). `send` may be called from any thread.

    As on a real server there is one socket for an id: a second one takes the place of the first, and when the
    first then closes, the entry goes with it and the second hears nothing more. Clients must close first.
    """

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._sockets: dict[str, Socket] = {}

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """Name the loop on which the sockets live."""
        self._loop = loop

    def add(self, client: str, socket: Socket) -> None:
        self._sockets[client] = socket

    def remove(self, client: str) -> None:
        """Forget the id, whichever socket holds it now."""
        self._sockets.pop(client, None)

    def __len__(self) -> int:
        return len(self._sockets)

    def send(self, event: str, content: dict[str, Any], client: str | None) -> None:
        self._post(json.dumps({"type": event, "data": content}), client)

    def send_preview(self, jpeg: bytes, metadata: dict[str, Any] | None, client: str | None) -> None:
        if metadata is None:
            self._post(struct.pack(">II", 1, 1) + jpeg, client)
        else:
            head = json.dumps(metadata).encode()
            self._post(struct.pack(">II", 4, len(head)) + head + jpeg, client)

    def wants_metadata(self, client: str | None) -> bool:
        socket = self._sockets.get(client or "")
        return socket is not None and socket.flags.get("supports_preview_metadata") is True

    def _post(self, frame: Frame, client: str | None) -> None:
        if self._loop is None or self._loop.is_closed():
            return
        self._loop.call_soon_threadsafe(self._deliver, frame, client)

    def _deliver(self, frame: Frame, client: str | None) -> None:
        if client is None:
            for socket in list(self._sockets.values()):
                socket.put(frame)
        elif client in self._sockets:
            self._sockets[client].put(frame)
