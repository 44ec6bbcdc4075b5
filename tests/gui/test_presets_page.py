"""My presets: switched off and on, put in order, copied, exported, deleted; the tools' pages follow."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from oelala_desktop.domain.tool import TOOLS
from oelala_desktop.storage.paths import shipped
from oelala_desktop.ui.main_window import MainWindow
from oelala_desktop.ui.templates.page import TemplatesPage
from oelala_desktop.ui.templates.presets_list import PresetList, boxes
from tests.gui.living import live, page_of, turned, until
from tests.gui.media_rig import NO_ENGINE
from tests.gui.reach import close_menu, field, find, menu, press, seen, words
from tests.gui.test_json_drops import drop
from tests.own_preset import NAME, TOOL, write_preset
from tests.unit.domain.samples import SHIPPED

I2V = TOOLS["image-to-video"]
NONE, ALT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.AltModifier


class Shelf:
    def __init__(self, window: MainWindow, page: TemplatesPage) -> None:
        self.window, self.page = window, page
        self.list: PresetList = find(page, "Presets")

    def names(self, tool: str = "image-to-video") -> list[str]:
        return [line.preset.short_id for line in self.list.presets.lines_of(TOOLS[tool])]

    def offered(self, tool: str = "image-to-video") -> list[str]:
        return [preset.short_id for preset in self.window.studio.services.registry.presets(TOOLS[tool])]

    def spoken(self) -> str:
        """What a screen reader says of where the keyboard is."""
        return str(self.list.currentIndex().data(Qt.ItemDataRole.AccessibleTextRole)).replace("\u00a0", " ")

    def go(self, name: str, tool: str = "image-to-video") -> None:
        self.list.setFocus()
        self.list.go_to(f"{tool}.{name}")

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        QTest.keyClick(self.list, key, modifiers)

    def click(self, part: int) -> None:
        """The switch (0) or the button of the menu (1) of the row that the keyboard is on."""
        box = boxes(self.list.visualRect(self.list.currentIndex()))[part]
        QTest.mouseClick(self.list.viewport(), Qt.MouseButton.LeftButton, pos=box.center().toPoint())

    def by_menu(self, entry: str) -> None:
        self.click(1)
        menu()[entry].trigger()
        close_menu()

    def said(self) -> list[str]:
        return [notice.text for notice in self.window.studio.notices]


def presets(qapp: QApplication, home: Path, act: Callable[[Shelf], Awaitable[None]]) -> None:
    async def scenario(window: MainWindow) -> None:
        window.shell.resize(1440, 900)
        press(window.shell, "Templates")
        page = window.shell.page("templates")
        assert isinstance(page, TemplatesPage)
        press(page, "My presets")
        await turned()
        await act(Shelf(window, page))

    live(qapp, home, scenario, engine=NO_ENGINE)


def test_all_there_are_by_tool(qapp: QApplication, tmp_path: Path) -> None:
    write_preset(tmp_path)

    async def act(shelf: Shelf) -> None:
        assert shelf.names()[0] == "wan22-14b-distorch2" and NAME in shelf.names(TOOL)
        shelf.go("wan22-5b")
        assert shelf.spoken().startswith("Wan 2.2 5B, Image to Video, Comes with Oelala, takes Picture, Prompt, Size")
        assert Qt.CheckState(shelf.list.currentIndex().data(Qt.ItemDataRole.CheckStateRole)) is Qt.CheckState.Checked
        shelf.go(NAME, TOOL)
        assert "Written by hand, takes Scene, Up to 2 pictures" in shelf.spoken()
        field(shelf.page, "Search presets").setText("inlay")
        await until(lambda: shelf.names() == [] and shelf.names(TOOL) == [NAME], "what fits")
        assert f"1 of {len(SHIPPED) + 1}" in words(shelf.page)
        field(shelf.page, "Search presets").setText("zzz")
        await until(lambda: seen(shelf.page, "Nothing fits"), "nothing")
        press(shelf.page, "Clear the search")

    presets(qapp, tmp_path, act)


def test_one_that_is_off_is_on_no_page(qapp: QApplication, tmp_path: Path) -> None:
    async def act(shelf: Shelf) -> None:
        view = page_of(shelf.window)
        view.choose_preset("wan22-5b")
        assert view.preset is not None and view.preset.short_id == "wan22-5b"
        shelf.window.shell.show_page("templates")
        shelf.go("wan22-5b")
        shelf.key(Qt.Key.Key_Space)
        assert "wan22-5b" not in shelf.offered() and "wan22-5b" in shelf.names()
        assert view.preset.short_id != "wan22-5b"
        shelf.click(0)
        assert "wan22-5b" in shelf.offered()
        for name in shelf.names("text-to-image"):
            shelf.go(name, "text-to-image")
            shelf.key(Qt.Key.Key_Space)
        assert shelf.said() == ["Text to Image needs at least one preset."]
        assert len(shelf.offered("text-to-image")) == 1

    presets(qapp, tmp_path, act)


def test_their_order_by_keyboard(qapp: QApplication, tmp_path: Path) -> None:
    async def act(shelf: Shelf) -> None:
        before = shelf.names()
        shelf.go(before[1])
        shelf.key(Qt.Key.Key_Up, ALT)
        assert shelf.offered() == shelf.names() == [before[1], before[0], *before[2:]]
        shelf.key(Qt.Key.Key_Up, ALT)  # there is nothing above it
        assert shelf.spoken().startswith("Wan 2.2 14B, Image to Video") and shelf.names()[0] == before[1]
        shelf.key(Qt.Key.Key_Down, ALT)
        assert shelf.names() == before
        shelf.go(before[-2])
        shelf.key(Qt.Key.Key_Down, ALT)
        assert shelf.names()[-1] == before[-2]
        shelf.go(before[0])
        shelf.key(Qt.Key.Key_Up)  # over the heading
        assert shelf.spoken().startswith("Sketch, Text to Video")
        shelf.key(Qt.Key.Key_Down)
        assert shelf.list.current() is not None and "Image to Video" in shelf.spoken()

    presets(qapp, tmp_path, act)


def test_their_order_by_dragging(qapp: QApplication, tmp_path: Path) -> None:
    async def act(shelf: Shelf) -> None:
        before, view = shelf.names(), shelf.list
        view.scrollTo(view.presets.index_of(f"image-to-video.{before[0]}"), view.ScrollHint.PositionAtTop)
        rects = [view.visualRect(view.presets.index_of(f"image-to-video.{name}")) for name in before[:3]]
        start, end = rects[2].topLeft() + QPoint(120, 30), rects[0].topLeft() + QPoint(120, 4)
        port, left = view.viewport(), Qt.MouseButton.LeftButton
        QTest.mousePress(port, left, pos=start)
        for share in (0.3, 0.7, 1.0):
            QTest.mouseMove(port, start + (end - start) * share)
            await turned()
        QTest.mouseRelease(port, left, pos=end)
        assert shelf.names() == [before[2], before[0], before[1], *before[3:]]
        assert shelf.offered() == shelf.names()

    presets(qapp, tmp_path, act)


def test_copied_and_deleted_and_back(qapp: QApplication, tmp_path: Path) -> None:
    async def act(shelf: Shelf) -> None:
        shelf.go("sketch")
        shelf.click(1)
        assert "Delete" not in menu() and "Edit…" not in menu()
        close_menu()
        shelf.by_menu("Duplicate")
        await until(lambda: "sketch-copy" in shelf.names(), "the copy")
        await until(lambda: shelf.spoken().startswith("Sketch copy, "), "the keyboard on it")
        shelf.key(Qt.Key.Key_Delete)
        await until(lambda: "sketch-copy" not in shelf.names(), "its end")
        press(shelf.window.shell, "Undo")
        await until(lambda: "sketch-copy" in shelf.offered(), "its return")

    presets(qapp, tmp_path, act)


def test_exported_and_dropped_again(qapp: QApplication, tmp_path: Path) -> None:
    async def act(shelf: Shelf) -> None:
        target = tmp_path / "moves.json"
        preset = shelf.window.studio.services.registry.find("sketch", I2V)
        shelf.page.presets.export_to(preset, target)
        await until(target.exists, "the file")
        assert set(json.loads(target.read_text("utf-8"))) == {"oelala_preset", "tool", "table", "graph"}
        drop(shelf.window, target)
        await until(lambda: shelf.window.shell.page_id == "image-to-video", "its page")
        assert "sketch-2" in shelf.offered()
        await until(lambda: "“Sketch” is a preset of Image to Video now." in shelf.said(), "what is said of it")
        refused = tmp_path / "odd.json"
        refused.write_text('{"oelala_preset": 1, "tool": "image-to-video"}', "utf-8")
        drop(shelf.window, refused)
        await until(lambda: "odd.json is not a whole preset." in shelf.said(), "why not")

    presets(qapp, tmp_path, act)


def test_a_page_goes_on_with_another_preset_when_its_own_is_deleted(qapp: QApplication, tmp_path: Path) -> None:
    write_preset(tmp_path)

    async def act(shelf: Shelf) -> None:
        shell = shelf.window.shell
        view = page_of(shelf.window, TOOL)
        view.choose_preset(NAME)
        assert view.preset is not None and view.preset.short_id == NAME
        shell.show_page("templates")
        shelf.go(NAME, TOOL)
        shelf.key(Qt.Key.Key_Delete)
        await until(lambda: NAME not in shelf.names(TOOL), "its end")
        assert view.preset.short_id in shelf.offered(TOOL)
        press(shell, "Undo")
        await until(lambda: NAME in shelf.offered(TOOL), "its return")

    presets(qapp, tmp_path, act)


@pytest.fixture
def workflow(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "my_moves.json"
    path.write_text((shipped("workflows") / "image-to-video" / "sketch.json").read_text("utf-8"), "utf-8")
    yield path


def test_an_adopted_one_is_edited_on_its_sheet(qapp: QApplication, tmp_path: Path, workflow: Path) -> None:
    async def act(shelf: Shelf) -> None:
        drops = shelf.window.json_drops
        drop(shelf.window, workflow)
        await until(lambda: drops.sheet is not None, "the sheet")
        assert drops.sheet is not None
        press(drops.sheet, "Add preset")
        await until(lambda: "my-moves" in shelf.names(), "the preset in the list")
        shelf.window.shell.show_page("templates")
        shelf.go("my-moves")
        assert "From a workflow" in shelf.spoken()
        shelf.by_menu("Edit…")
        await until(lambda: drops.sheet is not None, "the sheet again")
        assert field(drops.sheet, "Name of the preset").text() == "my moves"
        press(drops.sheet, "Cancel")

    presets(qapp, tmp_path, act)
