"""The body of an answer, counted as it comes and never unpacked: what is a few bytes on the wire could be any number of
them here, and an encoding may be named twice."""

from __future__ import annotations

from collections.abc import Mapping

from .errors import EngineAnswer

#: what every request says; an answer that is compressed all the same is refused
IDENTITY: Mapping[str, str] = {"Accept-Encoding": "identity"}


def refuse_encoding(encoding: str | None) -> None:
    """Raises EngineAnswer for a body that is compressed; `encoding` as its header names it."""
    if (encoding or "identity").strip().casefold() not in ("", "identity"):
        raise EngineAnswer("The server sent compressed bytes that were not asked for; they were not unpacked.")


class Body:
    """At most `limit` bytes, and the sentence for more."""

    def __init__(self, limit: int, too_large: str) -> None:
        self._limit, self._too_large = limit, too_large
        self._taken = bytearray()

    def take(self, chunk: bytes) -> None:
        """Raises EngineAnswer as soon as more than the limit has come."""
        self._taken += chunk
        if len(self._taken) > self._limit:
            raise EngineAnswer(self._too_large)

    def whole(self) -> bytes:
        return bytes(self._taken)
