"""The table of commands in a real window: every row is in the palette where it holds, and its keys press it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QListView, QWidget
from pytestqt.qtbot import QtBot

from oelala_desktop.domain.events import JobChanged
from oelala_desktop.domain.job import JobState, Output
from oelala_desktop.ui.commands import keys
from oelala_desktop.ui.commands.carrier import Commands
from oelala_desktop.ui.commands.offered import offered
from oelala_desktop.ui.commands.rows import PLACES, ROWS
from oelala_desktop.ui.gallery.compare import Comparer
from oelala_desktop.ui.gallery.overlay import Overlay
from oelala_desktop.ui.gallery.viewer import Viewer
from oelala_desktop.ui.main_window import MainWindow
from oelala_desktop.ui.playing.full_screen import FullScreen
from oelala_desktop.ui.templates.page import TemplatesPage
from oelala_desktop.ui.widgets.command_palette import CommandPalette
from oelala_desktop.ui.widgets.mask_painter import MaskPainter
from oelala_desktop.ui.widgets.shortcut_sheet import ShortcutSheet
from tests.gui.living import live, page_of, until
from tests.gui.media_rig import NO_ENGINE, Gallery, dozen, gallery, show
from tests.gui.seeded import make_job
from tests.gui.templates_rig import OfferedTemplates

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def pressed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every command holds, and is told here instead of being carried out."""
    done: list[str] = []
    monkeypatch.setattr(Commands, "holds", lambda self, row_id: True)
    monkeypatch.setattr(Commands, "_carry_out", lambda self, row_id, checked=False: done.append(row_id))
    yield done


def press_all(focused: QWidget, place: str, pressed: list[str]) -> None:
    for row in ROWS.values():
        if place in row.places:
            for sequence in keys.sequences(row.id):
                focused.setFocus()
                pressed.clear()
                QTest.keySequence(focused, sequence)
                assert pressed == [row.id], f"{sequence.toString()} in {place}"


async def in_front(window: MainWindow) -> None:
    window.shell.activateWindow()
    await until(lambda: QApplication.activeWindow() is window.shell, "the window in front")


def ids(actions: list[QAction]) -> set[str]:
    return {action.objectName() for action in actions}


def of_place(place: str) -> set[str]:
    return {row.id for row in ROWS.values() if place in row.places}


def test_every_command_is_in_the_palette_and_answers_its_keys(
    qapp: QApplication, tmp_path: Path, pressed: list[str]
) -> None:
    dozen(tmp_path / "output")

    async def scenario(window: MainWindow) -> None:
        shell, seen = window.shell, set()
        await in_front(window)
        page = page_of(window)
        page.output.show_image(QImage(64, 48, QImage.Format.Format_RGB32), "")
        player = page.output.player
        assert player is not None
        seen |= ids(offered(shell))
        assert seen >= of_place("window") | of_place("tool") | of_place("player")
        press_all(page.form.generate, "window", pressed)
        press_all(page.form.generate, "tool", pressed)
        press_all(player, "player", pressed)

        async def act(g: Gallery) -> None:
            nonlocal seen
            g.click("l.mp4")
            assert ids(offered(shell)) >= of_place("window") | of_place("media")
            seen |= ids(offered(shell))
            press_all(g.grid, "media", pressed)
            viewer = Viewer(window.studio, g.feed.provider, g.page.acts, shell)
            viewer.open_at(g.key("l.mp4"))
            assert ids(offered(shell)) >= of_place("window") | of_place("viewer")
            assert not ids(offered(shell)) & (of_place("media") - of_place("viewer"))
            seen |= ids(offered(shell))
            press_all(viewer, "viewer", pressed)
            viewer.close()
            items = [g.feed.provider.media(g.key(name)) for name in ("k.mp4", "l.mp4")]
            assert items[0] and items[1]
            comparer = Comparer(window.studio, (items[0], items[1]), shell)
            comparer.open()
            assert ids(offered(shell)) >= of_place("window") | of_place("compare")
            press_all(comparer, "compare", pressed)
            comparer.close()

        await show(window, "media-all", 12, act)
        services = window.studio.services
        services.templates = OfferedTemplates(services.bus, tmp_path)  # type: ignore[assignment]
        shell.show_page("templates")
        templates = shell.page("templates")
        assert isinstance(templates, TemplatesPage)
        templates.open_template("harbour")
        assert ids(offered(shell)) >= of_place("window") | of_place("templates")
        seen |= ids(offered(shell))
        press_all(templates.catalogue.grid, "templates", pressed)
        templates.show_tab("presets")
        seen |= ids(offered(shell))
        press_all(templates.presets.list, "presets", pressed)
        assert seen == {row.id for row in ROWS.values() if any(PLACES[place].has_palette for place in row.places)}

    live(qapp, tmp_path, scenario, engine=NO_ENGINE)


def test_keys_of_the_mask_and_of_the_full_screen(qtbot: QtBot, tmp_path: Path, pressed: list[str]) -> None:
    painter = MaskPainter()
    qtbot.addWidget(painter)
    painter.show()
    painter.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is painter)
    press_all(painter.canvas, "mask", pressed)
    full = FullScreen(tmp_path / "nothing.mp4", fps=16, length=1, parent=painter)
    full.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is full)
    press_all(full.player, "full-screen", pressed)
    full.close()


def test_the_sheet_lists_every_key_once(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    sheet = ShortcutSheet(window)
    said = [label.text() for label in sheet.findChildren(QLabel)]
    with_keys = [row for row in ROWS.values() if row.keys]
    lines = [row.help or row.text for row in with_keys]
    assert all(said.count(line) == lines.count(line) for line in lines)
    assert all(part in said for row in with_keys for part in keys.parts(row.id))
    assert [PLACES[place].title for place in PLACES if any(row.places[0] == place for row in with_keys)] == [
        text for text in said if text in {place.title for place in PLACES.values()}
    ]


def test_keys_as_they_are_written() -> None:
    assert keys.words("find") == "Ctrl+K" and keys.parts("larger") == ["+"] and keys.words("quit") == ""
    assert keys.cap("generate") == "Ctrl ↵" and keys.hint("delete") == "Move to the trash (Del)"
    assert keys.hint("previous") == "Previous (←)" and keys.hint("quit") == "Quit"


def test_the_palette_offers_what_holds_for_the_selection(qapp: QApplication, tmp_path: Path) -> None:
    async def act(g: Gallery) -> None:
        several = {"export-files", "favorite", "delete"}
        assert not ids(offered(g.shell)) & (several | {"compare", "open", "rename"})
        g.click("l.mp4")
        assert ids(offered(g.shell)) >= several | {"open", "rename"} and "compare" not in ids(offered(g.shell))
        g.click("k.mp4", CTRL)
        assert ids(offered(g.shell)) >= several | {"compare"}
        await by_palette(g.shell, "compare")
        await until(lambda: g.shell.findChildren(Overlay), "the two side by side")
        g.shell.findChildren(Overlay)[0].close()

    gallery(qapp, tmp_path / "home", act)


async def by_palette(shell: QWidget, typed: str) -> None:
    QTest.keySequence(shell, keys.sequences("find")[0])
    palette = shell.findChild(CommandPalette)
    assert palette is not None and palette.isVisible()
    focused = QApplication.focusWidget()
    assert focused is not None and focused.accessibleName() == "Command"
    QTest.keyClicks(focused, typed)
    QTest.keyClick(focused, Qt.Key.Key_Return)
    assert not palette.isVisible()


def test_what_was_made_is_found_by_its_prompt(qapp: QApplication, tmp_path: Path) -> None:
    picture = tmp_path / "harbour.png"
    QImage(64, 48, QImage.Format.Format_RGB32).save(str(picture))

    async def scenario(window: MainWindow) -> None:
        await in_front(window)
        job = make_job(
            "1", JobState.DONE, "gulls over the pier", outputs=(Output(str(picture), "image", 64, 48, None, None),)
        )
        await window.studio.services.jobs._store.append(job)
        window.studio.services.bus.publish(JobChanged(job))
        await until(lambda: window.queue.over, "the job in the book")
        window.shell.show_page("settings")
        await by_palette(window.shell, "pier gulls")
        await until(lambda: window.shell.page_id == job.tool, "the job's page")
        view = page_of(window)
        await until(lambda: view.stage.job is not None and view.stage.job.id == job.id, "the job")
        offers = ids(offered(window.shell))
        assert {"result.save", "result.reuse", "generate", "reset", "history"} <= offers
        assert not {"result.cancel", "result.retry", "cancel-waiting"} & offers
        window.shell.open_palette()
        palette = window.shell.findChild(CommandPalette)
        assert palette is not None
        found = palette.findChild(QListView)
        assert found is not None
        titles = [found.model().data(found.model().index(row, 0)) for row in range(found.model().rowCount())]
        assert titles[0] == "Generate" and len(titles) == len(set(titles))

    live(qapp, tmp_path / "home", scenario, engine=NO_ENGINE)
