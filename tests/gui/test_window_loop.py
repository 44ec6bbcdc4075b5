"""The loop that the tests of the window run on."""

from __future__ import annotations

import asyncio

from PySide6.QtWidgets import QApplication

from tests.gui.living import WindowLoop


def test_a_task_is_not_lost_where_another_turns_the_loop(qapp: QApplication) -> None:
    went_on: list[str] = []

    async def other(woken: asyncio.Event) -> None:
        await woken.wait()
        went_on.append("other")

    async def scenario() -> None:
        woken = asyncio.Event()
        task = asyncio.get_running_loop().create_task(other(woken))
        await asyncio.sleep(0)  # it waits now
        woken.set()
        for _ in range(3):
            QApplication.processEvents()  # the wake-up comes while this task runs
        assert not went_on
        await task
        assert went_on == ["other"]

    qapp.setQuitOnLastWindowClosed(False)
    with asyncio.Runner(loop_factory=lambda: WindowLoop(qapp)) as runner:
        runner.run(asyncio.wait_for(scenario(), 30))
