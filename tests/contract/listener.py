"""Keeps what a client hears, and waits for what it is to hear."""

from __future__ import annotations

import asyncio
import contextlib
from types import TracebackType
from typing import Self

from oelala_desktop.comfy import messages as m
from oelala_desktop.comfy.client import ComfyClient
from oelala_desktop.domain.errors import EngineUnreachable


class Listener:
    """Listens from entering, once the socket is open, to leaving."""

    def __init__(self, client: ComfyClient) -> None:
        self.heard: list[m.Message] = []
        self._client = client
        self._open = asyncio.Event()
        self._news = asyncio.Condition()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.get_running_loop().create_task(self._listen())
        async with asyncio.timeout(20):
            await self._open.wait()
            await self.until(lambda: any(isinstance(x, m.Status) for x in self.heard))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._task is not None
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    async def _listen(self) -> None:
        messages = self._client.messages(self._open.set)
        try:
            async for message in messages:
                async with self._news:
                    self.heard.append(message)
                    self._news.notify_all()
        except EngineUnreachable:
            pass
        finally:
            await messages.aclose()  # type: ignore[attr-defined]

    def of(self, prompt_id: str) -> list[m.Message]:
        """What was said of that prompt, in order."""
        return [x for x in self.heard if getattr(x, "prompt_id", None) == prompt_id]

    async def until(self, check: object, seconds: float = 60.0) -> None:
        async with asyncio.timeout(seconds), self._news:
            await self._news.wait_for(check)  # type: ignore[arg-type]

    async def end_of(self, prompt_id: str) -> list[m.Message]:
        """All that was said of the prompt, up to the one signal that follows every end."""
        await self.until(lambda: m.Executing(prompt_id, None) in self.heard)
        return self.of(prompt_id)

    async def start_of(self, prompt_id: str) -> None:
        await self.until(lambda: any(isinstance(x, m.NodeProgress) for x in self.of(prompt_id)))
