"""Bodies of answers as they come, in whatever pieces."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx

from oelala_desktop.comfy.body import read_body
from oelala_desktop.services.loop.tasks import TaskScope
from tests.waiting import turn


class Crumbs(httpx.AsyncByteStream):
    """Pieces that are all there at once, as after one read of thousands of chunks."""

    def __init__(self, count: int) -> None:
        self._count = count

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for _ in range(self._count):
            yield b"ab"


async def test_others_have_their_turns_while_thousands_of_chunks_are_read() -> None:
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await turn()

    scope = TaskScope("test")
    scope.start(others(), "others")
    response = httpx.Response(200, stream=Crumbs(20_000))
    assert await read_body(response, 10**6, "Too large.") == b"ab" * 20_000
    await scope.close()
    assert turns > 100
