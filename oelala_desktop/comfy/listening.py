"""The one socket to a server, and the messages that come over it."""

from __future__ import annotations

import asyncio
import logging
import ssl
import time
from collections.abc import AsyncGenerator

import websockets
from websockets.asyncio.client import ClientConnection

from oelala_desktop.domain.address import Address

from .messages import Message, decode

FRAME_LIMIT = 32 * 2**20  # bytes of one WebSocket frame
_SLICE = 0.001  # seconds of messages after which others have their turn
_LOG = logging.getLogger(__name__)
_LOG.setLevel(logging.INFO)  # its debug lines hold the headers, secret ones too


class _Connect(websockets.connect):
    """A socket where it was asked for and nowhere else: the headers that let us in are not for others."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


async def open_socket(address: Address, client_id: str, context: ssl.SSLContext | None) -> ClientConnection:
    """Raises OSError, TimeoutError or a WebSocketException."""
    return await _Connect(
        f"{address.socket_url}?clientId={client_id}",
        additional_headers=dict(address.headers),
        ssl=context,
        origin=None,
        max_size=FRAME_LIMIT,
        proxy=None,
        compression=None,
        open_timeout=10,
        ping_timeout=60,
        close_timeout=2,
        logger=_LOG,
    )


async def greet(socket: ClientConnection) -> None:
    """Asks for previews that say whose they are; it must be the first frame on each socket."""
    await socket.send('{"type":"feature_flags","data":{"supports_preview_metadata":true}}')


async def messages_of(socket: ClientConnection) -> AsyncGenerator[Message]:
    """Until it is closed. Raises OSError or a WebSocketException."""
    since = time.perf_counter()
    async for frame in socket:
        yield decode(frame)
        # frames that are here already come without a wait: a flood of them must not keep others waiting
        if time.perf_counter() - since > _SLICE:
            await asyncio.sleep(0)
            since = time.perf_counter()
