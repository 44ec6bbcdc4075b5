"""The body of an answer, counted as it comes and never unpacked: what is a few bytes on the wire could be any number of
them here, and an encoding may be named twice."""

from __future__ import annotations

import asyncio

import httpx

from oelala_desktop.domain.errors import EngineAnswer

#: what every request says; an answer that is compressed all the same is refused
IDENTITY = {"Accept-Encoding": "identity"}

_AT_ONCE = 64  # chunks between two turns of the loop


def refuse_compression(response: httpx.Response) -> None:
    """Raises EngineAnswer before a byte of a compressed body is read."""
    if response.headers.get("content-encoding", "identity").strip().casefold() not in ("", "identity"):
        raise EngineAnswer("The server sent compressed bytes that were not asked for; they were not unpacked.")


async def read_body(response: httpx.Response, limit: int, too_large: str) -> bytes:
    """The bytes as they were sent, at most `limit` of them. Raises EngineAnswer for a compressed body, and with the
    sentence `too_large` as soon as more have come."""
    refuse_compression(response)
    body, count = bytearray(), 0
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > limit:
            raise EngineAnswer(too_large)
        count += 1
        if count % _AT_ONCE == 0:
            await asyncio.sleep(0)  # one read may hold thousands of them, and none of those waits for anything
    return bytes(body)
