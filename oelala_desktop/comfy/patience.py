"""Asking a server that may be slow, or gone without a word.

A connection that a router has forgotten swallows what is sent on it, and an answer that takes long looks just the
same. So a question stays open for as long as it may, and is asked anew on a fresh connection every few seconds:
the one answer that comes first counts. Only for questions that change nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from oelala_desktop.domain.errors import EngineError, OelalaError

T = TypeVar("T")
_AGAIN = 2.0  # seconds until the question is asked anew


async def _outcome(work: Awaitable[T]) -> tuple[list[T], OelalaError | None]:
    """One value and no error, or the other way round: a task that never fails."""
    try:
        return [await work], None
    except OelalaError as error:
        return [], error


def _value(outcome: tuple[list[T], OelalaError | None]) -> T:
    answers, error = outcome
    if error is not None:
        raise error
    return answers[0]


async def ask_patiently(
    first: Callable[[], Awaitable[T]], fresh: Callable[[], Awaitable[T]], outrun: Callable[[], None]
) -> T:
    """The answer to `first`, or to `fresh` if one of those comes sooner; then `outrun` is called. Raises what `first`
    raises."""
    async with asyncio.TaskGroup() as group:
        patient = group.create_task(_outcome(first()))
        await asyncio.wait({patient}, timeout=_AGAIN)
        while not patient.done():
            quick = group.create_task(_outcome(fresh()))
            await asyncio.wait({patient, quick}, timeout=_AGAIN, return_when=asyncio.FIRST_COMPLETED)
            if quick.done() and quick.result()[0]:
                patient.cancel()
                outrun()
                return _value(quick.result())
            if quick.done():
                await asyncio.wait({patient}, timeout=_AGAIN)
            quick.cancel()
        outcome = patient.result()
    return _value(outcome)


async def attended(work: Awaitable[T], trouble: Awaitable[EngineError]) -> T:
    """What `work` comes to; if `trouble` is found first, `work` ends and that is raised."""
    async with asyncio.TaskGroup() as group:
        working = group.create_task(_outcome(work))
        watching = group.create_task(_outcome(trouble))
        await asyncio.wait({working, watching}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            outcome = working.result()
            watching.cancel()
        else:
            working.cancel()
            found, error = watching.result()
            outcome = [], error or found[0]
    return _value(outcome)
