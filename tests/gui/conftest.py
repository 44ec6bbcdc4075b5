"""GUI tests run offscreen and unheard; any Qt warning fails them; nothing moves unless a test is about motion."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("PULSE_SERVER", "unix:/nowhere")  # nobody at the machine shall hear the tests
os.environ.setdefault("PIPEWIRE_REMOTE", "/nowhere")

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from oelala_desktop.ui.process.garbage import GarbageCollector
from oelala_desktop.ui.style import access, motion
from oelala_desktop.ui.style.appearance import Theme
from tests.gui.living import PATIENCE
from tests.sketch.holdable import Brake, started

PATIENCE_MS = round(PATIENCE * 1000)
_HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if _HERE in item.path.parents:
            item.add_marker(pytest.mark.qt_log_level_fail("WARNING"))
            offscreen = ("plugin does not support", "No RHI backend")
            item.add_marker(pytest.mark.qt_log_ignore(*offscreen))


@pytest.fixture(scope="session")
def theme(qapp: QApplication) -> Theme:
    GarbageCollector(qapp)
    access.install()
    return Theme(qapp, "dark")


class PatientBot(QtBot):
    """Waits as long as anything may take on a busy machine."""

    def waitUntil(self, callback: Callable[[], object], *, timeout: int = PATIENCE_MS) -> None:
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(self, signal: Any, *, timeout: int = PATIENCE_MS, **more: Any) -> Any:
        return super().waitSignal(signal, timeout=timeout, **more)

    def waitSignals(self, signals: Any, *, timeout: int = PATIENCE_MS, **more: Any) -> Any:
        return super().waitSignals(signals, timeout=timeout, **more)


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    return PatientBot(request)


@pytest.fixture(autouse=True)
def still(qapp: QApplication, theme: Theme) -> Iterator[None]:
    """No motion, the dark palette, and no window left over."""
    qapp.setProperty(motion.REDUCED, True)
    theme.set_mode("dark")
    yield
    for widget in qapp.topLevelWidgets():
        widget.close()
        widget.deleteLater()
    qapp.processEvents()


@pytest.fixture(scope="module")
def brake(tmp_path_factory: pytest.TempPathFactory) -> Brake:
    """What holds the jobs of `one_sketch`."""
    return Brake(tmp_path_factory.mktemp("sketch") / "hold")


@pytest.fixture(scope="module")
def one_sketch(brake: Brake) -> Iterator[dict[str, object]]:
    """One Sketch for the module, as a home's own record of it; no test waits for another to start."""
    with started(brake, "--idle-exit", "0") as (process, record):
        yield record
        process.kill()
