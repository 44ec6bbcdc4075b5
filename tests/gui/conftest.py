"""GUI tests run offscreen and unheard; any Qt warning fails them; nothing moves unless a test is about motion."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("PULSE_SERVER", "unix:/nowhere")  # nobody at the machine shall hear the tests
os.environ.setdefault("PIPEWIRE_REMOTE", "/nowhere")

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from oelala_desktop.ui import access, motion
from oelala_desktop.ui.appearance import Theme
from oelala_desktop.ui.garbage import GarbageCollector

_HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if _HERE in item.path.parents:
            item.add_marker(pytest.mark.qt_log_level_fail("WARNING"))
            offscreen = ("plugin does not support propagateSizeHints", "No RHI backend")
            item.add_marker(pytest.mark.qt_log_ignore(*offscreen))


@pytest.fixture(scope="session")
def theme(qapp: QApplication) -> Theme:
    GarbageCollector(qapp)
    access.install()
    return Theme(qapp, "dark")


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
