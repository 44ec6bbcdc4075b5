"""A walk over everything that can be seen: names, keyboard, sizes of type."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QApplication,
    QLineEdit,
    QScrollBar,
    QSlider,
    QWidget,
)
from pytestqt.qtbot import QtBot

from oelala_desktop.ui.style.appearance import Theme
from tests.gui.reach import button
from tests.gui.seeded import Seeded


def unfolded(seeded: Seeded) -> None:
    seeded.running()
    form = seeded.page.form
    form.open_folds(form.cards.foldable())


STATES: dict[str, Callable[[Seeded], object]] = {
    "idle": Seeded.idle,
    "unfolded": unfolded,
    "done": Seeded.done,
    "failed": Seeded.failed,
    "queue": Seeded.open_queue,
    "engine": lambda seeded: seeded.shell.open_panel("engine"),
    "activity": lambda seeded: seeded.shell.open_panel("activity"),
    "popup": Seeded.popup,
    "settings": lambda seeded: seeded.shell.show_page("settings"),
    "soon": lambda seeded: seeded.shell.show_page("train-lora"),
    "shortcuts": lambda seeded: seeded.shell.open_shortcuts(),
    "palette": lambda seeded: seeded.shell.open_palette(),
}
CONTROLS = (QAbstractButton, QLineEdit, QSlider, QAbstractItemView)


def controls(root: QWidget) -> list[QWidget]:
    found = [widget for widget in root.findChildren(QWidget) if isinstance(widget, CONTROLS)]
    edits = [w for w in root.findChildren(QAbstractScrollArea) if w.focusPolicy() != Qt.FocusPolicy.NoFocus]
    return [w for w in {*found, *edits} if w.isVisible() and not isinstance(w, QScrollBar)]


@pytest.mark.parametrize("state", STATES)
def test_everything_has_a_name_and_a_key(qtbot: QtBot, qapp: QApplication, theme: Theme, state: str) -> None:
    seeded = Seeded()
    qtbot.addWidget(seeded.shell)
    seeded.shell.show()
    STATES[state](seeded)
    qapp.processEvents()
    seen = controls(seeded.shell)
    assert len(seen) > 10
    assert [w for w in seen if not w.accessibleName()] == []
    mute = [
        w
        for w in seen
        if w.focusPolicy() == Qt.FocusPolicy.NoFocus and not w.accessibleName().startswith(("Less ", "More "))
    ]
    assert [w.accessibleName() for w in mute if w.accessibleName() != "Commands"] == []
    for mode in ("light", "dark"):
        theme.set_mode(mode)  # type: ignore[arg-type]
        small = [w for w in seeded.shell.findChildren(QWidget) if w.isVisible() and w.fontInfo().pixelSize() < 12]
        assert small == []
        assert not seeded.shell.grab().isNull()


def test_tab_goes_through_the_form(qtbot: QtBot, qapp: QApplication) -> None:
    seeded = Seeded()
    qtbot.addWidget(seeded.shell)
    seeded.shell.show()
    seeded.shell.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is seeded.shell)
    seeded.page.form.editor("prompt").setFocus()
    names = []
    for _ in range(19):
        focus = qapp.focusWidget()
        names.append(focus.accessibleName() if focus else "")
        seeded.shell.focusNextChild()
    wanted = ["Prompt", "Tips", "Improve the prompt", "Negative prompt", "480p", "Aspect", "Duration", "16", "Model"]
    assert names[: len(wanted)] == wanted
    at = names.index("Preset")
    assert names[at + 1 : at + 4] == ["More", "Generate", "Variations: 1"]


def test_tab_goes_into_what_was_opened_later(qtbot: QtBot, qapp: QApplication) -> None:
    seeded = Seeded()
    qtbot.addWidget(seeded.shell)
    seeded.shell.show()
    seeded.shell.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is seeded.shell)
    sampling = button(seeded.page.form, "Sampling")
    sampling.click()
    sampling.setFocus()
    names = []
    for _ in range(12):
        focus = qapp.focusWidget()
        names.append(focus.accessibleName() if focus else "")
        seeded.shell.focusNextChild()
    assert names[:4] == ["Sampling", "Steps", "Switch step", "CFG"]
    assert "Preset" in names
