"""The body of an answer, counted as it comes and never unpacked: what is a few bytes on the wire could be any number of
them here, and an encoding may be named twice."""

from __future__ import annotations

import httpx

from oelala_desktop.domain.errors import EngineAnswer

#: what every request says; an answer that is compressed all the same is refused
IDENTITY = {"Accept-Encoding": "identity"}


def refuse_compression(response: httpx.Response) -> None:
    """Raises EngineAnswer before a byte of a compressed body is read."""
    if response.headers.get("content-encoding", "identity").strip().casefold() not in ("", "identity"):
        raise EngineAnswer("The server sent compressed bytes that were not asked for; they were not unpacked.")


async def read_body(response: httpx.Response, limit: int, too_large: str) -> bytes:
    """The bytes as they were sent, at most `limit` of them. Raises EngineAnswer for a compressed body, and with the
    sentence `too_large` as soon as more have come."""
    refuse_compression(response)
    parts, size = [], 0
    async for chunk in response.aiter_raw():
        size += len(chunk)
        if size > limit:
            raise EngineAnswer(too_large)
        parts.append(chunk)
    return b"".join(parts)
