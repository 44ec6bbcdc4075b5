"""Work on a thread whose waiter is cancelled."""

from __future__ import annotations

import asyncio
import threading

import pytest

from oelala_desktop.services.loop.tasks import TaskScope
from oelala_desktop.services.loop.threads import to_the_end


@pytest.mark.parametrize("fails", [False, True])
async def test_a_cancellation_waits_for_the_work_and_undoes_it(fails: bool) -> None:
    began, go_on = threading.Event(), threading.Event()
    undone: list[int] = []

    def work(number: int) -> int:
        began.set()
        go_on.wait(30)
        if fails:
            raise OSError
        return number

    scope = TaskScope("test")
    task = scope.start(to_the_end(work, 3, undo=undone.append), "work")
    await asyncio.to_thread(began.wait, 30)
    task.cancel()
    for _ in range(5):
        await asyncio.sleep(0)
    assert not task.done() and not undone
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    await scope.close()
    assert undone == ([] if fails else [3])


async def test_what_is_waited_for_is_not_undone() -> None:
    undone: list[int] = []
    assert await to_the_end(int, "3", undo=undone.append) == 3
    with pytest.raises(ValueError, match="three"):
        await to_the_end(int, "three", undo=undone.append)
    assert undone == []
