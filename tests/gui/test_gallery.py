"""The virtual grid: layout, selection by identity, what stays in view, what is asked for."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from oelala_desktop.ui.gallery import row
from oelala_desktop.ui.gallery.grid import MediaGrid
from oelala_desktop.ui.gallery.items import GridItem, ListProvider, Section
from oelala_desktop.ui.gallery.layout import GridLayout
from oelala_desktop.ui.gallery.media_shelf import MediaShelf
from oelala_desktop.ui.gallery.toolbar import SearchBox
from tests.gui.scenery import mountains

LEFT = Qt.MouseButton.LeftButton
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def items(count: int, start: int = 0) -> list[GridItem]:
    return [GridItem(f"k{n}", f"{n}.mp4", badge="5.1 s", has_prompt=True) for n in range(start, start + count)]


@pytest.fixture
def grid(qtbot: QtBot) -> MediaGrid:
    provider = ListProvider(items(100), (Section("Today", 6), Section("Yesterday", 94)))
    made = MediaGrid(provider)
    qtbot.addWidget(made)
    made.resize(840, 600)
    made.set_density(4)
    made.show()
    made.setFocus()
    return made


def middle(grid: MediaGrid, index: int) -> QPoint:
    return grid.cell_rect(index).center().toPoint()


@given(
    st.lists(st.integers(0, 50), min_size=1, max_size=8),
    st.integers(2, 9),
    st.integers(300, 2000),
    st.integers(0, 9999),
)
def test_layout_agrees_with_itself(counts: list[int], columns: int, width: int, y: int) -> None:
    layout = GridLayout(width, columns, [Section(f"s{n}" if n % 2 else "", count) for n, count in enumerate(counts)])
    boxes = [layout.box(index) for index in range(layout.count)]
    assert layout.count == sum(counts)
    first, end = layout.visible(y, y + 400)
    touching = [at for at, box in enumerate(boxes) if box.y < y + 400 and box.y + box.height > y]
    assert set(touching) <= set(range(first, end))
    assert end - first <= len(touching) + 2 * columns
    for index, box in enumerate(boxes):
        assert layout.hit(box.x, box.y) == index
        assert box.x + box.width <= width and box.y + box.height <= layout.height
        assert layout.step(layout.step(index, 1), -1) <= index + columns


def test_click_ctrl_shift(grid: MediaGrid) -> None:
    view = grid.viewport()
    QTest.mouseClick(view, LEFT, pos=middle(grid, 1))
    assert grid.selection.keys == ("k1",)
    QTest.mouseClick(view, LEFT, CTRL, middle(grid, 3))
    assert set(grid.selection.keys) == {"k1", "k3"}
    QTest.mouseClick(view, LEFT, SHIFT, middle(grid, 5))
    assert set(grid.selection.keys) == {"k3", "k4", "k5"}
    QTest.mouseClick(view, LEFT, pos=middle(grid, 4))
    assert grid.selection.keys == ("k4",)


def test_keyboard(qtbot: QtBot, grid: MediaGrid) -> None:
    QTest.keyClick(grid, Qt.Key.Key_Right)
    assert grid.selection.current == "k0"
    QTest.keyClick(grid, Qt.Key.Key_Down)
    assert grid.selection.current == "k4"
    QTest.keyClick(grid, Qt.Key.Key_Down)
    assert grid.selection.current == "k6"
    QTest.keyClick(grid, Qt.Key.Key_End, SHIFT)
    assert len(grid.selection) == 94 and grid.verticalScrollBar().value() > 0
    for key, signal in (
        (Qt.Key.Key_Return, grid.opened),
        (Qt.Key.Key_P, grid.prompt_requested),
    ):
        with qtbot.waitSignal(signal):
            QTest.keyClick(grid, key)
    with qtbot.waitSignal(grid.select_all_requested):
        QTest.keyClick(grid, Qt.Key.Key_A, CTRL)
    QTest.keyClick(grid, Qt.Key.Key_Escape)
    assert len(grid.selection) == 0


def test_new_items_move_neither_view_nor_selection(grid: MediaGrid) -> None:
    provider = grid.provider
    assert isinstance(provider, ListProvider)
    QTest.mouseClick(grid.viewport(), LEFT, pos=middle(grid, 2))
    grid.verticalScrollBar().setValue(1500)
    index = grid.layout_.visible(1500, 2100)[0]
    key, before = provider.key(index), grid.cell_rect(index).y()
    provider.set_items(items(7, 500) + items(100), (Section("Today", 13), Section("Yesterday", 94)))
    grid.items_changed()
    assert key is not None
    assert grid.cell_rect(provider.index_of(key)).y() == before
    assert grid.selection.keys == ("k2",)


def test_new_items_show_at_the_very_top(grid: MediaGrid) -> None:
    provider = grid.provider
    assert isinstance(provider, ListProvider)
    provider.set_items(items(1, 900) + items(100))
    grid.items_changed()
    assert grid.verticalScrollBar().value() == 0 and provider.key(0) == "k900"


def test_gone_items_leave_the_selection(grid: MediaGrid) -> None:
    grid.set_selection(["k1", "k2"])
    grid.items_changed(gone=["k1"])
    assert grid.selection.keys == ("k2",)


def test_asks_for_what_is_on_screen_first(qtbot: QtBot, grid: MediaGrid) -> None:
    with qtbot.waitSignal(grid.pixmaps_wanted) as heard:
        grid.verticalScrollBar().setValue(2000)
    assert heard.args is not None
    first, end = grid.layout_.visible(2000, 2600)
    assert heard.args[0][: end - first] == [f"k{n}" for n in range(first, end)]
    for key in heard.args[0]:
        grid.set_image(key, mountains(64, 64))
    grid.viewport().grab()
    assert len(grid.pixmaps) == len(heard.args[0])


def test_pictures_are_bounded(grid: MediaGrid) -> None:
    tiny = QImage(2, 2, QImage.Format.Format_RGB32)
    for number in range(1000):
        grid.set_image(f"k{number}", tiny)
    assert len(grid.pixmaps) == 256


def test_density(qtbot: QtBot, grid: MediaGrid) -> None:
    grid.verticalScrollBar().setValue(1500)
    key = grid.provider.key(grid.layout_.visible(1500, 1501)[0])
    with qtbot.waitSignal(grid.density_changed) as heard:
        QTest.keyClick(grid, Qt.Key.Key_Minus)
    assert heard.args == [5] and grid.layout_.columns == 5
    assert key is not None and grid.viewport().rect().intersects(grid.rect_of(key))
    QTest.keyClick(grid, Qt.Key.Key_Plus)
    assert grid.layout_.columns == 4
    grid.set_density(0)
    assert grid.layout_.columns == 4


def test_buttons_on_cells(qtbot: QtBot, grid: MediaGrid) -> None:
    box = grid.cell_rect(2)
    with qtbot.waitSignal(grid.prompt_requested) as heard:
        QTest.mouseClick(grid.viewport(), LEFT, pos=QPoint(int(box.right()) - 14, int(box.top()) + 14))
    assert heard.args == ["k2"]
    with qtbot.waitSignal(grid.favorite_requested) as heard:
        QTest.mouseClick(grid.viewport(), LEFT, pos=QPoint(int(box.left()) + 12, int(box.bottom()) - 12))
    assert heard.args == [["k2"]]
    with qtbot.waitSignal(grid.opened):
        QTest.mouseDClick(grid.viewport(), LEFT, pos=middle(grid, 2))


def test_hover_and_its_frames(qtbot: QtBot, grid: MediaGrid) -> None:
    with qtbot.waitSignal(grid.hovered) as heard:
        QTest.mouseMove(grid.viewport(), middle(grid, 1))
    assert heard.args == ["k1"]
    grid.set_hover_frame(mountains(64, 32))
    grid.viewport().grab()
    with qtbot.waitSignal(grid.hovered) as heard:
        grid.set_hovered("")
    assert heard.args == [""]


def test_items_that_are_not_loaded(qtbot: QtBot) -> None:
    class Loading(ListProvider):
        def item(self, index: int) -> GridItem | None:
            return None

        def key(self, index: int) -> str | None:
            return None

        def path(self, key: str) -> Path | None:
            return None

    grid = MediaGrid(Loading(items(50)))
    qtbot.addWidget(grid)
    grid.resize(800, 600)
    with qtbot.waitSignal(grid.range_shown):
        grid.show()
    grid.viewport().grab()
    QTest.mouseClick(grid.viewport(), LEFT, pos=middle(grid, 0))
    QTest.keyClick(grid, Qt.Key.Key_Down)
    assert len(grid.selection) == 0


def test_empty(qtbot: QtBot) -> None:
    grid = MediaGrid()
    qtbot.addWidget(grid)
    grid.resize(1000, 600)
    grid.show()
    grid.viewport().grab()
    QTest.keyClick(grid, Qt.Key.Key_Down)
    assert grid.selection.current is None


def test_search_follows_typing(qtbot: QtBot) -> None:
    search = SearchBox("Search prompts")
    qtbot.addWidget(search)
    with qtbot.waitSignal(search.searched) as heard:
        QTest.keyClicks(search, "heron")
    assert heard.args == ["heron"]


def test_the_tick_covers_the_kind_and_never_the_sketch_badge(qapp: QApplication) -> None:
    from oelala_desktop.ui.gallery import cell

    plain, sketch = (
        cell.render(GridItem("1", "a.mp4", sketch=made), None, 160, 180, 1.0).toImage() for made in (False, True)
    )
    changed = [(x, y) for x in range(160) for y in range(180) if plain.pixel(x, y) != sketch.pixel(x, y)]
    tick = cell.check_box(QRectF(0, 0, 160, 180))
    assert changed and min(x for x, _ in changed) >= tick.right()
    assert tick.contains(cell.kind_box(QRectF(0, 0, 160, 180)))
    picture = cell.render(GridItem("2", "a.png", "image"), None, 160, 180, 1.0).toImage()
    video = cell.render(GridItem("2", "a.png", "video"), None, 160, 180, 1.0).toImage()
    kind = cell.kind_box(QRectF(0, 0, 160, 180)).toRect()
    assert picture.copy(kind) != video.copy(kind)


def test_heads_of_the_list_sort(qtbot: QtBot) -> None:
    view = MediaShelf()
    qtbot.addWidget(view)
    view.resize(1000, 600)
    view.grid.set_provider(ListProvider(items(5)))
    view.show()
    view.show_items()
    assert view.head.isHidden()
    QTest.mouseClick(view.toolbar.view.button("list"), Qt.MouseButton.LeftButton)
    assert view.head.isVisible()
    chosen: list[str] = []
    view.toolbar.sort.value_changed.connect(chosen.append)
    QTest.mouseClick(view.head.head("name"), Qt.MouseButton.LeftButton)
    QTest.mouseClick(view.head.head("name"), Qt.MouseButton.LeftButton)
    QTest.mouseClick(view.head.head("date"), Qt.MouseButton.LeftButton)
    assert chosen == ["name_asc", "name_desc", "date_desc"]
    assert view.toolbar.sort.value() == "date_desc"
    assert view.head.head("date").accessibleDescription() == "descending"
    places = [view.head.head(key).geometry() for key in ("name", "duration", "size", "date")]
    assert all(left.right() < right.left() for left, right in pairwise(places))
    box = view.grid.layout_.box(0)
    assert row.columns(QRectF(*box))["date"].x() == places[3].x()  # over the texts of the rows


def test_larger_cells_ask_again_and_show_what_there_is_meanwhile(qtbot: QtBot, grid: MediaGrid) -> None:
    with qtbot.waitSignal(grid.pixmaps_wanted) as heard:
        grid.set_density(8)
    keys, small = heard.args
    assert small >= grid.layout_.cell_height
    for key in keys:
        grid.set_image(key, mountains(64, 64), small)
    with qtbot.waitSignal(grid.pixmaps_wanted) as again:
        grid.set_density(4)
    keys, large = again.args
    assert large > small and large >= grid.layout_.cell_height and keys[0] == "k0"
    assert grid.pixmaps.raw("k0") is not None
    grid.set_image("k0", mountains(128, 128), large)
    grid.set_image("k0", mountains(64, 64), small)  # late
    shown = grid.pixmaps.raw("k0")
    assert shown is not None and shown.width() == 128


def test_large_pictures_are_bounded_by_what_they_take(grid: MediaGrid) -> None:
    grid.pixmaps.needed = 3
    for number in range(20):
        grid.set_image(f"k{number}", QImage(4000, 1500, QImage.Format.Format_RGB32))
    assert len(grid.pixmaps) == 4 and "k19" in grid.pixmaps


@pytest.mark.parametrize("scale", [1, 2])
def test_thumbnails_are_as_sharp_as_the_screen(scale: int) -> None:
    code = (
        "from PySide6.QtWidgets import QApplication\n"
        "app = QApplication([])\n"
        "from oelala_desktop.ui.gallery.grid import MediaGrid\n"
        "from oelala_desktop.ui.gallery.items import GridItem, ListProvider\n"
        "from oelala_desktop.ui.style.appearance import Theme\n"
        "theme = Theme(app, 'dark')\n"
        "grid = MediaGrid(ListProvider([GridItem(f'k{n}', 'a.png') for n in range(30)]))\n"
        "grid.set_density(4)\n"
        "grid.resize(1600, 900)\n"
        "told = []\n"
        "grid.pixmaps_wanted.connect(lambda keys, size: (told.append(size), app.quit()))\n"
        "grid.show()\n"
        "app.exec()\n"
        "print(grid.layout_.cell_width, grid.layout_.cell_height, told[-1])\n"
    )
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": str(scale)}
    ran = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    width, height, size = map(int, ran.stdout.split())
    assert width > 300 and size >= height * scale
