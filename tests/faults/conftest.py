"""What the fault tests share: a Sketch process, a proxy before it, and a server that misbehaves on command."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from oelala_desktop.sketch.executor import NodeWork
from tests.sketch.holdable import Brake

from .hostile import Hostile, hostile_server
from .proxy import Proxy
from .rig import Server


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "exhaustive: runs with --all only")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--all"):
        return
    left = [item for item in items if "exhaustive" in item.keywords]
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if "exhaustive" not in item.keywords]


@pytest.fixture(scope="session")
def one_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    made = Server(tmp_path_factory.mktemp("one") / "server")
    yield made
    made.kill()


@pytest.fixture
def server(one_server: Server) -> Iterator[Server]:
    """With nothing of an earlier test; a test may kill it."""
    one_server.clear()
    yield one_server
    one_server.brake.release()


@pytest.fixture
async def proxy(server: Server) -> AsyncIterator[Proxy]:
    made = Proxy(server.url)
    await made.start()
    yield made
    await made.close()


@pytest.fixture
async def hostile(tmp_path: Path) -> AsyncIterator[Hostile]:
    async with hostile_server(tmp_path / "hostile") as made:
        yield made


@pytest.fixture
def held(tmp_path: Path, hostile: Hostile, monkeypatch: pytest.MonkeyPatch) -> Hostile:
    """Its jobs stand still at their first step, until its brake is released."""
    hostile.brake = Brake(tmp_path / "hold")
    hostile.brake.hold()
    monkeypatch.setattr(NodeWork, "progress", hostile.brake.step)
    return hostile
