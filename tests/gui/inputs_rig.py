"""A tool's page with a preset of a user's own that takes every kind of input, and how a person gives them."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from oelala_desktop.domain.job import Job, JobState
from oelala_desktop.ui.form.input_editors import InputEditor
from oelala_desktop.ui.main_window import MainWindow
from oelala_desktop.ui.tool.view import ToolView
from oelala_desktop.ui.widgets.drop_target import DropTarget
from tests import own_preset
from tests.gui.living import page_of, ready, until

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
FIELDS = {"video": "Scene", "images": "Inlays", "mask": "Where", "sound": "Music"}


def files_of(made: dict[str, str | list[str]]) -> dict[str, list[Path]]:
    """The values of a wish as files, by settings key."""
    return {key: [Path(p) for p in ([value] if isinstance(value, str) else value)] for key, value in made.items()}


def named(root: QWidget, name: str, kind: type[QWidget] = QWidget) -> QWidget:
    """What is seen and called so."""
    found = [
        widget for widget in root.findChildren(kind) if widget.accessibleName() == name and widget.isVisibleTo(root)
    ]
    assert found, f"{name} is not there"
    return found[0]


def press(page: ToolView, name: str) -> None:
    QTest.mouseClick(named(page.form, name), LEFT)


def mime_of(*paths: Path) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return mime


def drop(target: QWidget, *paths: Path) -> None:
    mime = mime_of(*paths)
    actions = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
    where = QPoint(target.rect().center())
    QApplication.sendEvent(target, QDragEnterEvent(where, actions, mime, LEFT, NONE))
    QApplication.sendEvent(target, QDropEvent(QPointF(where), actions, mime, LEFT, NONE))


def editor(page: ToolView, key: str) -> InputEditor:
    found = page.form.given.editor(key)
    assert found is not None
    return found


def names(page: ToolView, key: str) -> list[str]:
    return [given.name for given in page.form.given.facts().get(key, ())]


async def open_page(window: MainWindow) -> ToolView:
    await ready(window)
    page = page_of(window, own_preset.TOOL)
    await until(lambda: "images" in page.form.fields, "the preset of one's own")
    page.form.set_values({})
    page.intake.look()
    return page


async def give(page: ToolView, files: dict[str, list[Path]], *keys: str) -> None:
    for key in keys or FIELDS:
        drop(named(page.form, FIELDS[key], DropTarget), *files[key])
        await until(lambda key=key: names(page, key) == [path.name for path in files[key]], f"the {key}")


async def made_by(page: ToolView) -> Job:
    before = page.stage.job
    await until(page.form.generate.isEnabled, "Generate")
    QTest.mouseClick(page.form.generate, LEFT)
    await until(lambda: page.stage.job is not before, "the job")
    await until(lambda: page.stage.job and page.stage.job.state.is_final, "its end")
    job = page.stage.job
    assert job is not None and job.state is JobState.DONE, job and job.error
    return job


def frames_of(path: str) -> list[np.ndarray]:
    with av.open(path) as source:
        return [frame.to_ndarray(format="rgb24") for frame in source.decode(video=0)]
