"""The body of an answer as httpx brings it, counted as it comes."""

from __future__ import annotations

import asyncio

import httpx

from oelala_desktop.domain.bodies import Body, refuse_encoding

_AT_ONCE = 64  # chunks between two turns of the loop


def refuse_compression(response: httpx.Response) -> None:
    """Raises EngineAnswer before a byte of a compressed body is read."""
    refuse_encoding(response.headers.get("content-encoding"))


async def read_body(response: httpx.Response, limit: int, too_large: str) -> bytes:
    """The bytes as they were sent, at most `limit` of them. Raises EngineAnswer for a compressed body, and with the
    sentence `too_large` as soon as more have come."""
    refuse_compression(response)
    body, count = Body(limit, too_large), 0
    async for chunk in response.aiter_raw():
        body.take(chunk)
        count += 1
        if count % _AT_ONCE == 0:
            await asyncio.sleep(0)  # one read may hold thousands of them, and none of those waits for anything
    return body.whole()
