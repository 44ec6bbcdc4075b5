"""A library that is closed while it opens, as when a window goes right after it came."""

import asyncio
import threading

import pytest

from oelala_desktop.services.loop.tasks import TaskScope
from oelala_desktop.storage.database import Database
from oelala_desktop.storage.locks import FileLock
from tests.library.conftest import Shelf


async def test_an_opening_that_was_broken_off_leaves_nothing_open(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()
    opening = Database._open

    def held(self: Database) -> None:
        begun.set()
        assert go_on.wait(30)
        opening(self)

    monkeypatch.setattr(Database, "_open", held)
    scope = TaskScope("opening")
    scope.start(shelf.library.start(), "open")
    await asyncio.to_thread(begun.wait, 30)
    await scope.close()
    go_on.set()
    await shelf.library.close()
    lock = FileLock(shelf.paths.data / "favorites.lock")
    assert lock.take(), "nobody holds it"
    lock.release()
