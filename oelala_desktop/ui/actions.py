"""ActionRunner: how a click starts work. The work runs in a TaskScope; what goes wrong comes back as a sentence."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from PySide6.QtCore import QObject

from oelala_desktop.domain.errors import OelalaError
from oelala_desktop.services.loop.tasks import TaskScope

T = TypeVar("T")


class ActionRunner:
    """`present` shows an error for which the caller has no place of its own."""

    def __init__(self, scope: TaskScope, present: Callable[[OelalaError], None]) -> None:
        self._scope = scope
        self._present = present

    def start(
        self,
        work: Coroutine[Any, Any, T],
        *,
        done: Callable[[T], None] | None = None,
        failed: Callable[[OelalaError], bool] | None = None,
        owner: QObject | None = None,
    ) -> asyncio.Task[None] | None:
        """`failed` returns True when it has shown the error itself. What is done for the sight of `owner` alone ends
        with it. The task is for those who may cancel it; None while the window is closing, when a timer may still fire
        but nothing new begins."""
        if self._scope.is_closed:
            work.close()
            return None

        async def run() -> None:
            try:
                result = await work
            except OelalaError as error:
                if failed is None or not failed(error):
                    self._present(error)
            else:
                if done is not None:
                    done(result)

        task = self._scope.start(run(), getattr(work, "__qualname__", "action"))
        if owner is not None:
            owner.destroyed.connect(lambda: task.cancel())
        task.add_done_callback(lambda _task: work.close())  # one that was cancelled before its first step
        return task
