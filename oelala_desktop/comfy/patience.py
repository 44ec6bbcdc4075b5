"""Asking a server that may be slow, or gone without a word.

A connection that a router has forgotten swallows what is sent on it, and an answer that takes long looks just the
same. So a question stays open for as long as it may, and is asked anew on a fresh connection every few seconds:
the one answer that comes first counts. Only for questions that change nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from oelala_desktop.domain.errors import EngineError

T = TypeVar("T")
_AGAIN = 2.0  # seconds until the question is asked anew


async def ask_patiently(first: Callable[[], Awaitable[T]], fresh: Callable[[], Awaitable[T]]) -> T:
    """The answer to `first`, or to `fresh` if one of those comes sooner. Raises what `first` raises."""

    async def outcome(ask: Callable[[], Awaitable[T]]) -> tuple[list[T], EngineError | None]:
        try:
            return [await ask()], None
        except EngineError as error:
            return [], error

    async with asyncio.TaskGroup() as group:
        patient = group.create_task(outcome(first))
        await asyncio.wait({patient}, timeout=_AGAIN)
        while not patient.done():
            quick = group.create_task(outcome(fresh))
            await asyncio.wait({patient, quick}, timeout=_AGAIN, return_when=asyncio.FIRST_COMPLETED)
            if quick.done() and quick.result()[0]:
                patient.cancel()
                return quick.result()[0][0]
            if quick.done():
                await asyncio.wait({patient}, timeout=_AGAIN)
            quick.cancel()
        answers, error = patient.result()
    if error is not None:
        raise error
    return answers[0]
