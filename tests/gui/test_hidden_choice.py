"""Files that are chosen but hidden by a search: nothing happens to them that was not asked for by name."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMessageBox

from oelala_desktop.ui.gallery.hidden_choice import words
from tests.gui import reach
from tests.gui.living import until
from tests.gui.media_rig import Gallery, gallery, letters, names_in

Key, Modifier = Qt.Key, Qt.KeyboardModifier


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What goes to the trash is gone: no test touches the trash of the machine."""
    monkeypatch.setattr("send2trash.send2trash", lambda path: Path(path).unlink())
    return tmp_path / "home"


async def choose_then_search(g: Gallery, names: str, text: str, shown: str) -> None:
    for name in letters(names):
        g.click(name, Modifier.ControlModifier)
    assert g.selected() == letters("".join(sorted(names)))
    await g.search(text)
    await g.shows(*letters(shown))
    g.grid.setFocus()


async def question(g: Gallery) -> QMessageBox:
    await until(lambda: g.shell.findChildren(QMessageBox), "the question")
    return g.shell.findChildren(QMessageBox)[-1]


def marked(g: Gallery) -> list[str]:
    items = (g.feed.provider.media(str(item_id)) for item_id in g.feed.provider.ids)
    return sorted(item.name for item in items if item and item.favorite)


def test_a_file_that_nobody_sees_is_not_deleted(qapp: QApplication, home: Path) -> None:
    async def act(g: Gallery) -> None:
        await choose_then_search(g, "l", "heron", "hgfedcba")
        assert "1 selected, 1 not shown" in reach.words(g.page.toolbar)
        g.press(Key.Key_Delete)
        box = await question(g)
        assert box.text() == "1 file is selected but not shown: l.mp4."
        await g.press_button("Cancel")
        await g.front()
        assert g.grid.selection.keys

    gallery(qapp, home, act)
    assert names_in(home) == letters("abcdefghijkl")


@pytest.mark.parametrize(("button", "left"), [("Only the 2 shown", "cdefghijkl"), ("All 4", "cdefghkl")])
def test_hidden_ones_are_named_and_asked_for(qapp: QApplication, home: Path, button: str, left: str) -> None:
    async def act(g: Gallery) -> None:
        taken: list[list[int]] = []
        g.page.acts.taken_out.connect(taken.append)
        await choose_then_search(g, "abij", "heron", "hgfedcba")
        g.press(Key.Key_Delete)
        box = await question(g)
        assert box.windowTitle() == "Move to the trash"
        assert (
            box.text() == ("2 files are selected and shown. 2 more are selected but not shown: i.mp4, j.mp4.")
            and not taken
        )
        await g.press_button(button)
        await until(lambda: taken, "the files on their way to the trash")

    gallery(qapp, home, act)
    assert names_in(home) == letters(left)


def test_what_the_keyboard_was_on_is_no_target_once_it_is_hidden(qapp: QApplication, home: Path) -> None:
    async def act(g: Gallery) -> None:
        done: list[object] = []
        g.page.acts.taken_out.connect(done.append)
        g.grid.opened.connect(done.append)
        g.click("l.mp4")
        g.press(Key.Key_Escape)
        assert not len(g.grid.selection) and g.grid.selection.current
        await g.search("heron")
        await g.shows(*letters("hgfedcba"))
        g.grid.setFocus()
        for key in (Key.Key_Delete, Key.Key_F, Key.Key_Return, Key.Key_P, Key.Key_C, Key.Key_Space):
            g.press(key)
        assert not done and not len(g.grid.selection)
        assert not any(g.grid.commands.holds(row_id) for row_id in ("delete", "favorite", "prompt", "copy-prompt"))

    gallery(qapp, home, act)


def test_the_menu_and_the_mark_ask_too_and_a_heart_does_not(qapp: QApplication, home: Path) -> None:
    async def act(g: Gallery) -> None:
        await choose_then_search(g, "cl", "heron", "hgfedcba")
        menu = g.page.menu()
        texts = [action.text() for action in menu.actions()]
        assert "Compare" not in texts and "Rename…" in texts  # one is shown
        next(a for a in menu.actions() if a.text().startswith("Favorite")).trigger()
        menu.deleteLater()
        assert (await question(g)).windowTitle() == "Favorite"
        await g.press_button("Only the 1 shown")
        await until(lambda: marked(g) == ["c.png"], "the mark")
        g.grid.favorite_requested.emit([g.key("d.png")])  # as a press on its heart does
        await until(lambda: marked(g) == ["c.png", "d.png"], "the other mark")

    gallery(qapp, home, act)


def test_words() -> None:
    assert words(0, list("abcd")) == "4 files are selected but not shown: a, b, c and 1 more."
    assert words(1, ["a"]) == "1 file is selected and shown. 1 more is selected but not shown: a."
