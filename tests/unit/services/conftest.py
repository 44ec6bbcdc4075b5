"""What the services of queue and engines are tested on: a real store and bus, a clock that stands, and an engine that
does what a test says."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from oelala_desktop.domain.catalog import Catalog
from oelala_desktop.services.loop.bus import Bus
from tests.clock import SetClock

from .disk import Disk
from .fake_engine import FakeEngine
from .shelf import Shelf
from .telling import NotedScope, Told
from .templating import Room, catalog_of_sketch, offering


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Disk]:
    store = Disk(tmp_path / "jobs.sqlite3")
    await store.open()
    yield store
    await store.close()


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def bus() -> Bus:
    return Bus()


@pytest.fixture
def told(bus: Bus) -> Told:
    return Told(bus)


@pytest.fixture
async def scope() -> AsyncIterator[NotedScope]:
    async with NotedScope() as scope:
        yield scope


@pytest.fixture
def port() -> FakeEngine:
    return FakeEngine()


@pytest.fixture(scope="session")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    return catalog_of_sketch(tmp_path_factory.mktemp("sketch"))


@pytest.fixture
def offerer(catalog: Catalog) -> FakeEngine:
    """An engine with templates."""
    return offering(catalog)


@pytest.fixture
def room(tmp_path: Path, bus: Bus, scope: NotedScope, clock: SetClock) -> Room:
    return Room(tmp_path / "templates", bus, scope, clock)


@pytest.fixture
def own_trash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In `share/Trash` of the test's folder."""
    for name in [name for name in sys.modules if name.split(".")[0] == "send2trash"]:
        monkeypatch.delitem(sys.modules, name)  # it looks for the trash when it is imported
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))


@pytest.fixture
async def shelf(own_trash: None, tmp_path: Path) -> AsyncIterator[Shelf]:
    made = Shelf(tmp_path.resolve())
    yield made
    await made.library.close()
