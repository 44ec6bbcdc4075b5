"""The lock that keeps two processes of one home from starting two Sketches."""

import asyncio
import threading
from pathlib import Path

import pytest

from oelala_desktop.comfy.process import _Lock
from oelala_desktop.services.loop.tasks import TaskScope


async def test_one_that_nobody_waits_for_any_more_is_let_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on, over = threading.Event(), threading.Event(), threading.Event()
    taking = _Lock._take

    def slowly(self: _Lock) -> bool:
        begun.set()
        assert go_on.wait(30)
        taken = taking(self)
        over.set()
        return taken

    async def hold(lock: _Lock) -> None:
        async with lock:
            raise AssertionError("it was cancelled before")

    monkeypatch.setattr(_Lock, "_take", slowly)
    scope = TaskScope("start")
    lock = _Lock(tmp_path / "sketch.lock")
    scope.start(hold(lock), "hold")
    assert await asyncio.to_thread(begun.wait, 30)
    await scope.close()
    go_on.set()
    assert await asyncio.to_thread(over.wait, 30)
    assert lock._file is None
    async with asyncio.timeout(40), _Lock(tmp_path / "sketch.lock"):
        pass
