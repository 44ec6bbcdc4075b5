"""My Media by keys and mouse: choosing, deleting, marking, renaming. Files are those of media_rig.dozen."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QInputDialog, QLineEdit, QMessageBox, QPlainTextEdit

from oelala_desktop.services.library import trash
from oelala_desktop.ui.widgets.sheet import Sheet
from tests.gui.living import turned, until
from tests.gui.media_rig import Gallery, dozen, gallery, letters, names_in, picture
from tests.gui.reach import described, words

Key, Modifier = Qt.Key, Qt.KeyboardModifier


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What goes to the trash is gone: no test touches the trash of the machine."""
    monkeypatch.setattr("send2trash.send2trash", lambda path: Path(path).unlink())
    return tmp_path / "home"


def test_newest_first_and_every_order_both_ways(qapp: QApplication, home: Path) -> None:
    async def act(g: Gallery) -> None:
        assert g.names() == letters("lkjihgfedcba")
        for order, first in (("date_asc", "a.png"), ("name_asc", "a.png"), ("name_desc", "l.mp4")):
            g.page.toolbar.sort.set_value(order)
            g.page.toolbar.sort.value_changed.emit(order)
            await until(lambda first=first: g.names()[0] == first, f"{order} begins with {first}")

    gallery(qapp, home, act)


def test_delete_after_a_new_order_deletes_what_is_chosen(qapp: QApplication, home: Path) -> None:
    async def act(g: Gallery) -> None:
        g.click("c.png")
        g.page.toolbar.sort.set_value("name_asc")
        g.page.toolbar.sort.value_changed.emit("name_asc")
        await g.shows(*letters("abcdefghijkl"))
        assert g.selected() == ["c.png"]
        g.press(Key.Key_Delete)
        await g.shows(*letters("abdefghijkl"))

    gallery(qapp, home, act)
    assert names_in(home) == letters("abdefghijkl")


def test_delete_is_undone_by_its_notice(qapp: QApplication, home: Path) -> None:
    async def act(g: Gallery) -> None:
        g.click("l.mp4")
        g.click("j.mp4", Modifier.ShiftModifier)
        assert g.selected() == letters("jkl")
        g.press(Key.Key_Delete)
        await g.shows(*letters("ihgfedcba"))
        assert g.grid.selection.current == g.key("i.mp4")  # the keyboard goes on with the next file
        await g.press_button("Undo")
        await g.shows(*letters("lkjihgfedcba"))
        assert all((g.folder / name).exists() for name in letters("jkl"))

    gallery(qapp, home, act)


def test_deleted_files_go_when_the_window_quits(qapp: QApplication, home: Path) -> None:
    async def act(g: Gallery) -> None:
        g.click("a.png")
        g.press(Key.Key_Delete)
        await g.shows(*letters("lkjihgfedcb"))
        assert (g.folder / "a.png").exists()

    gallery(qapp, home, act)
    assert not (home / "output" / "a.png").exists()
    assert trash.DELAY == 10


def test_favorites_are_named_before_they_go(qapp: QApplication, home: Path) -> None:
    async def act(g: Gallery) -> None:
        g.click("b.png")
        g.press(Key.Key_F)
        await until(lambda: g.feed.provider.media(g.key("b.png")).favorite, "the mark")
        g.click("c.png", Modifier.ControlModifier)
        g.press(Key.Key_Delete)
        await until(lambda: g.shell.findChildren(QMessageBox), "the question")
        box = g.shell.findChildren(QMessageBox)[0]
        assert "b.png is a favorite" in box.text() and "c.png" not in box.text()
        await g.shows(*letters("lkjihgfedba"))
        QTest.keyClick(box, Key.Key_Escape)
        await until(lambda: not g.shell.findChildren(QMessageBox), "the answer")
        await g.front()
        assert "b.png" in g.names()
        g.click("b.png")
        g.press(Key.Key_Delete)
        await g.press_button("Move to the trash")
        await g.shows(*letters("lkjihgfeda"))

    gallery(qapp, home, act)


def test_select_all_takes_what_the_filter_shows(qapp: QApplication, home: Path) -> None:
    async def act(g: Gallery) -> None:
        await g.search("boat")
        await g.shows(*letters("lkji"))
        g.press(Key.Key_Return)  # on to the results
        assert g.grid.hasFocus()
        g.press(Key.Key_A, Modifier.ControlModifier)
        assert g.selected() == letters("ijkl")
        assert "4 selected · 4 of 12" in words(g.page.toolbar)
        g.press(Key.Key_Delete)
        await until(lambda: g.feed.provider.count() == 0, "none of them")
        assert g.page.shelf.empty.isVisible()
        g.page.shelf.empty.button.click()
        await g.shows(*letters("hgfedcba"))

    gallery(qapp, home, act)


def test_search_finds_while_typing_and_escape_clears(qapp: QApplication, home: Path) -> None:
    async def act(g: Gallery) -> None:
        await g.search("hero")
        await g.shows(*letters("hgfedcba"))
        g.type("n number c")
        await g.shows("c.png")
        g.press(Key.Key_Escape)
        assert g.page.toolbar.search.text() == ""
        await g.shows_count(12)

    gallery(qapp, home, act)


def test_signs_are_typed_into_boxes_and_act_on_the_grid(qapp: QApplication, home: Path) -> None:
    async def act(g: Gallery) -> None:
        columns = g.grid.layout_.columns
        g.page.toolbar.search.setFocus()
        g.type("?+-fpc ")
        assert g.page.toolbar.search.text() == "?+-fpc "
        assert g.grid.layout_.columns == columns
        assert not g.shell.findChildren(Sheet)
        g.page.toolbar.search.clear()
        g.shell.show_page("text-to-video")
        prompt = g.shell.page("text-to-video").findChild(QPlainTextEdit)
        prompt.setFocus()
        g.type("?+- f")
        assert prompt.toPlainText() == "?+- f"
        g.shell.show_page("media-all")
        await until(lambda: g.grid.hasFocus(), "the grid in focus")
        g.press(Key.Key_Minus)
        assert g.grid.layout_.columns > columns
        g.press(Key.Key_Plus)
        assert g.grid.layout_.columns == columns

    gallery(qapp, home, act)


def test_arrows_space_and_ranges(qapp: QApplication, home: Path) -> None:
    async def act(g: Gallery) -> None:
        g.press(Key.Key_Home)
        assert g.selected() == ["l.mp4"]
        g.press(Key.Key_Right, Modifier.ShiftModifier)
        g.press(Key.Key_Right, Modifier.ShiftModifier)
        assert g.selected() == letters("jkl")
        g.press(Key.Key_Right, Modifier.ControlModifier)
        g.press(Key.Key_Space)
        assert g.selected() == letters("ijkl")
        g.press(Key.Key_Space)
        assert g.selected() == letters("jkl")
        g.press(Key.Key_Escape)
        assert g.selected() == []
        g.click("d.png")
        g.click("f.png", Modifier.ControlModifier)
        assert g.selected() == letters("df")

    gallery(qapp, home, act)


def test_heart_and_speech_buttons_of_a_cell(qapp: QApplication, home: Path) -> None:
    async def act(g: Gallery) -> None:
        speech, heart = g.grid.button_boxes(g.grid.cell_rect(g.names().index("e.png")))
        QTest.mouseClick(g.grid.viewport(), Qt.MouseButton.LeftButton, pos=heart.center().toPoint())
        await until(lambda: g.feed.provider.media(g.key("e.png")).favorite, "the mark")
        QTest.mouseClick(g.grid.viewport(), Qt.MouseButton.LeftButton, pos=speech.center().toPoint())
        await until(lambda: g.page.shelf.popup.isVisible(), "the popup")
        g.shell.show_page("media-favorites")
        page = g.shell.page("media-favorites")
        await until(lambda: page.feed.provider.count() == 1, "the favourite on its page")

    gallery(qapp, home, act)


def test_popup_shows_zero_both_models_and_percent(qapp: QApplication, home: Path) -> None:
    async def act(g: Gallery) -> None:
        g.click("l.mp4")
        g.press(Key.Key_P)
        await until(lambda: g.page.shelf.popup.isVisible(), "the popup")
        popup = g.page.shelf.popup
        assert "shift 0" in described(popup, "Steps") and "8" in described(popup, "Steps")
        assert described(popup, "Model") == "wan2.2 i2v 14B Q6_K (high + low)"
        assert "150 %" in described(popup, "LoRA")
        assert described(popup, "Made by") == "ComfyUI on studio-pc"
        assert described(popup, "Seed") == "11"
        g.press_from_outside(Key.Key_Escape)
        assert not g.page.shelf.popup.isVisible()
        assert g.selected() == ["l.mp4"]

    gallery(qapp, home, act)


def test_rename_keeps_the_ending_and_the_mark(qapp: QApplication, home: Path) -> None:
    async def act(g: Gallery) -> None:
        g.click("a.png")
        g.press(Key.Key_F)
        await until(lambda: g.feed.provider.media(g.key("a.png")).favorite, "the mark")
        g.page.acts.rename(g.feed.provider.media(g.key("a.png")))
        dialog = g.shell.findChild(QInputDialog)
        box = dialog.findChild(QLineEdit)
        assert box.text() == "a"
        box.setText("zebra")
        QTest.keyClick(box, Key.Key_Return)
        await until(lambda: "zebra.png" in g.names(), "the new name")
        await g.front()
        assert (g.folder / "zebra.png").exists() and not (g.folder / "a.png").exists()
        assert g.feed.provider.media(g.key("zebra.png")).favorite
        assert g.selected() == ["zebra.png"]

    gallery(qapp, home, act)


def test_replaced_by_another_of_the_same_name_it_is_no_favorite(qapp: QApplication, home: Path) -> None:
    async def act(g: Gallery) -> None:
        g.click("a.png")
        g.press(Key.Key_F)
        await until(lambda: g.feed.provider.media(g.key("a.png")).favorite, "the mark")
        picture(g.folder, "a.png", "something else altogether", 5000)
        await until(lambda: g.names()[0] == "a.png", "the other file, now the newest")
        assert not g.feed.provider.media(g.key("a.png")).favorite

    gallery(qapp, home, act)


def test_context_menu_copies_the_prompt(qapp: QApplication, home: Path) -> None:
    async def act(g: Gallery) -> None:
        g.click("k.mp4")
        menu = g.page.menu()
        texts = [action.text().split("\t")[0] for action in menu.actions() if action.text()]
        for wanted in ("Reuse settings", "Copy prompt", "Copy workflow", "Open in ComfyUI", "Show in folder", "Rename…",
                       "Export…", "Export without metadata…"):  # fmt: skip
            assert wanted in texts
        next(a for a in menu.actions() if a.text().startswith("Copy prompt")).trigger()
        clipboard = QGuiApplication.clipboard()
        await until(lambda: clipboard.text() == "boat number k at dusk", "the prompt on the clipboard")
        menu.close()
        picture(g.folder, "z.png", at=5000)
        await until(lambda: g.names()[0] == "z.png", "a file without a prompt")
        g.click("z.png")
        menu = g.page.menu()
        usable = {action.text().split("\t")[0]: action.isEnabled() for action in menu.actions()}
        assert (usable["Reuse settings"], usable["Copy prompt"]) == (True, False)
        menu.close()

    gallery(qapp, home, act)


def test_export_with_and_without_metadata(qapp: QApplication, home: Path, tmp_path: Path) -> None:
    from oelala_desktop.metadata import read

    async def act(g: Gallery) -> None:
        ids = [int(g.key(name)) for name in ("a.png", "i.mp4")]
        for kind in (True, False):
            folder = tmp_path / f"export-{kind}"
            folder.mkdir()
            g.page.acts.export_to(ids, folder, with_metadata=kind)
            told = f"2 files exported to {folder}."
            await until(lambda told=told: told in [notice.text for notice in g.window.studio.notices], "two copies")
            assert [bool(read(p).info.prompt) for p in sorted(folder.iterdir())] == [kind, kind]

    gallery(qapp, home, act)


def test_two_thousand_files_arrive_while_one_looks(qapp: QApplication, home: Path) -> None:
    def make(folder: Path) -> None:
        dozen(folder)
        for at in range(400):
            picture(folder, f"old_{at:04}.png", "", -100 - at)

    async def act(g: Gallery) -> None:
        g.grid.verticalScrollBar().setValue(1200)
        at = next(i for y in range(400) if (i := g.grid.item_at(QPoint(60, y))) >= 0)
        g.grid.select_only(g.grid.provider.key(at))
        chosen = g.grid.selection.current
        height = g.grid.rect_of(chosen).top()  # its column is another as its day fills
        data = (g.folder / "old_0000.png").read_bytes()
        from tests.gui.media_rig import put

        for at in range(2000):
            put(g.folder / "new" / f"new_{at:04}.png", data + bytes(at % 7), 1000 + at)
            if at % 50 == 0:
                await turned()
                assert g.grid.rect_of(chosen).top() == height
        await until(lambda: g.feed.provider.count() == 2412, "2,412 files")
        assert g.grid.rect_of(chosen).top() == height
        assert g.grid.selection.keys == (chosen,)

    gallery(qapp, home, act, make=make, ready=412)
