"""The page Templates: found, filtered, looked at by mouse and keyboard; whatever the server does."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from oelala_desktop.domain.template import Template
from oelala_desktop.services.presets.shelf import ADOPTED
from oelala_desktop.ui.main_window import MainWindow
from oelala_desktop.ui.presets.workflow_sheet import WorkflowSheet
from oelala_desktop.ui.templates.grid import columns_for
from oelala_desktop.ui.templates.moving import moving_frames
from oelala_desktop.ui.templates.page import TemplatesPage
from oelala_desktop.ui.templates.pictures import cut
from tests.gui.living import live, ready, stop_sketch, turned, until
from tests.gui.reach import button, choose, close_menu, field, has_button, menu, press, seen, words
from tests.gui.templates_rig import (
    CLOUD,
    FACTS,
    GONE,
    HARBOUR,
    LAKE,
    SONG,
    OfferedTemplates,
    Shown,
    moving_picture,
    templates,
)

ALL = [HARBOUR.title, LAKE.title, SONG.title]


def key(name: Qt.Key) -> None:
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, name)


def test_what_there_is_and_how_it_stands(qapp: QApplication, tmp_path: Path) -> None:
    async def act(shown: Shown) -> None:
        assert shown.titles() == ALL and "3 of 4" in words(shown.page)
        assert shown.window.shell.topbar.title == "Templates"
        assert button(shown.window.shell.sidebar, "Templates").accessibleDescription() == "4"
        assert shown.spoken(HARBOUR.title) == (
            "Harbour 2: Image to Video, Video, with sound, 13.5 GB, used 21,648×, 2 files missing · 12.5 GB"
        )
        assert shown.spoken(LAKE.title) == "Lake, Image, 6.0 GB, used 900×, Ready"
        assert shown.spoken(SONG.title).endswith("Needs 2 nodes more")
        press(shown.page, "Paid services")
        assert shown.titles() == [HARBOUR.title, LAKE.title, CLOUD.title, SONG.title]
        assert shown.spoken(CLOUD.title).endswith("Paid service, needs an account")

    templates(qapp, tmp_path, act)


def test_search_filters_and_order(qapp: QApplication, tmp_path: Path) -> None:
    async def act(shown: Shown) -> None:
        page = shown.page
        field(page, "Search templates").setText("dawn boats")
        await until(lambda: shown.titles() == [HARBOUR.title], "what fits the words")
        assert "1 of 4" in words(page)
        field(page, "Search templates").clear()
        await until(lambda: shown.titles() == ALL, "all")
        for chip, found in (("With sound", [HARBOUR.title, SONG.title]), ("Ready to run", [LAKE.title])):
            press(page, chip)
            assert shown.titles() == found
            press(page, chip)
        choose(page, "Tool", "Text to Image")
        assert shown.titles() == [LAKE.title]
        choose(page, "Tool", "Any tool")
        choose(page, "Order", "Newest")
        assert shown.titles() == [LAKE.title, HARBOUR.title, SONG.title]
        choose(page, "Order", "Smallest")
        assert shown.titles() == [LAKE.title, HARBOUR.title, SONG.title]
        press(page, "With sound")
        press(page, "Ready to run")
        assert seen(page, "Nothing fits")
        press(page, "Clear the filters")
        assert sorted(shown.titles()) == sorted(ALL)

    templates(qapp, tmp_path, act)


def test_what_a_server_has_room_for(qapp: QApplication, tmp_path: Path) -> None:
    async def act(shown: Shown) -> None:
        bar = shown.page.catalogue.bar
        assert not seen(shown.page, "Fits in…")
        bar.set_memory(8 * 2**30)
        press(shown.page, "Fits in 8 GB")
        assert shown.titles() == [LAKE.title, SONG.title]
        bar.set_memory(0)
        assert bar.wanted().memory == 0

    templates(qapp, tmp_path, act)


def test_the_panel_says_what_it_takes_and_what_is_missing(qapp: QApplication, tmp_path: Path) -> None:
    async def act(shown: Shown) -> None:
        shown.click(HARBOUR.title)
        page, panel = shown.page, shown.page.panel
        assert panel.isVisible() and page.details.picture.close_button.isVisible()
        said = words(panel)
        for line in (HARBOUR.description, "Picture", "1–20 s", "3 files · 13.5 GB", "there", "12.0 GB"):
            assert line in said
        assert "in checkpoints, belongs in loras" in said and "ComfyUI 0.3 or newer." in said
        press(panel, f"Copy the address of {GONE.file}")
        assert QGuiApplication.clipboard().text() == GONE.url
        await until(lambda: not page.details.picture._pixmap.isNull(), "its picture")
        shown.click(SONG.title)
        assert "SingAlong" in words(panel) and "No preset can be made of it" in words(panel)
        assert not button(panel, "Use as preset").isEnabled()
        assert "No tool has a page for sounds." in button(panel, "Use as preset").toolTip()
        press(page, "Paid services")
        shown.click(CLOUD.title)
        assert "paid service (Cloud 9)" in words(panel) and not button(panel, "Use as preset").isEnabled()

    templates(qapp, tmp_path, act)


def test_by_keyboard_alone(qapp: QApplication, tmp_path: Path) -> None:
    async def act(shown: Shown) -> None:
        shown.window.shell.activateWindow()
        await until(lambda: QApplication.activeWindow() is shown.window.shell, "the window in front")
        search = field(shown.page, "Search templates")
        search.setFocus()
        key(Qt.Key.Key_Down)
        assert QApplication.focusWidget() is shown.grid
        key(Qt.Key.Key_Right)
        assert shown.grid.currentIndex().data() == LAKE.title and not shown.page.panel.is_open
        key(Qt.Key.Key_Return)
        assert shown.page.panel.is_open and QApplication.focusWidget() is button(shown.page, "Use as preset")
        key(Qt.Key.Key_Escape)
        assert not shown.page.panel.is_open and QApplication.focusWidget() is shown.grid
        shown.click(HARBOUR.title)
        assert QApplication.focusWidget() is shown.grid
        key(Qt.Key.Key_Right)
        assert LAKE.description in words(shown.page.panel)
        key(Qt.Key.Key_Escape)
        assert not shown.page.panel.is_open and shown.grid.chosen == ""

    templates(qapp, tmp_path, act)


def test_a_panel_pushes_a_wide_page_and_dims_a_narrow_one(qapp: QApplication, tmp_path: Path) -> None:
    async def act(shown: Shown) -> None:
        shown.click(HARBOUR.title)
        await turned()
        panel, grid = shown.page.panel, shown.grid
        assert not panel.dims and grid.mapTo(shown.page, QPoint(grid.width(), 0)).x() <= panel.x()
        shown.window.shell.resize(1024, 700)
        await turned()
        assert panel.dims and grid.width() == shown.page.width()
        press(panel, "Close the template")
        assert not panel.is_open

    templates(qapp, tmp_path, act)


@pytest.mark.parametrize(("width", "columns"), [(200, 1), (480, 2), (752, 3), (1148, 4), (1870, 6), (2268, 7)])
def test_cards_beside_each_other(width: int, columns: int) -> None:
    assert columns_for(width) == columns


def test_a_list_that_is_old_says_so(qapp: QApplication, tmp_path: Path) -> None:
    async def act(shown: Shown) -> None:
        assert "studio-pc does not answer. This is the list as it was last." in words(shown.page)
        assert shown.titles() == ALL
        press(shown.page, "Try again")
        await until(lambda: shown.offered.refreshed == 1, "the question")
        shown.offered.is_offline, shown.offered.reason = False, ""
        shown.offered.tell()
        assert "as it was last" not in words(shown.page)

    def away(offered: OfferedTemplates) -> None:
        offered.is_offline, offered.reason = True, "studio-pc does not answer."

    templates(qapp, tmp_path, act, away)


def test_a_server_without_a_list_says_why(qapp: QApplication, tmp_path: Path) -> None:
    async def act(shown: Shown) -> None:
        assert "The templates cannot be shown" in words(shown.page) and "It is too old." in words(shown.page)
        shown.offered.templates, shown.offered.reason = (HARBOUR,), ""
        shown.offered.tell()
        assert shown.titles() == [HARBOUR.title] and shown.grid.isVisible()

    def old(offered: OfferedTemplates) -> None:
        offered.templates, offered.reason = (), "It is too old."

    templates(qapp, tmp_path, act, old)


def test_what_is_read_meanwhile_shows_and_moves_nothing(qapp: QApplication, tmp_path: Path) -> None:
    async def act(shown: Shown) -> None:
        assert shown.spoken(LAKE.title).endswith("Not looked at yet")
        press(shown.page, "Ready to run")
        assert shown.titles() == []
        shown.offered.known["lake"] = FACTS["lake"]
        shown.offered.tell("lake")
        await until(lambda: shown.titles() == [LAKE.title], "what is ready now")
        press(shown.page, "Ready to run")
        assert shown.spoken(LAKE.title).endswith("Ready")

    templates(qapp, tmp_path, act, lambda offered: offered.known.pop("lake"))


def many(offered: OfferedTemplates) -> None:
    offered.templates = tuple(
        Template(f"t{at:03}", f"Template {at:03}", "Boats.", "video", uses=1000 - at) for at in range(500)
    )


def test_five_hundred_are_only_drawn_where_they_are_seen(qapp: QApplication, tmp_path: Path) -> None:
    async def act(shown: Shown) -> None:
        grid = shown.grid
        await until(lambda: all(f"t{at:03}" in grid.pictures for at in grid.on_screen()), "the first pictures")
        assert len(grid.on_screen()) < 30 and set(shown.offered.asked) <= {f"t{at:03}" for at in grid.on_screen(1)}
        grid.verticalScrollBar().setValue(grid.verticalScrollBar().maximum())
        await until(lambda: all(f"t{at:03}" in grid.pictures for at in grid.on_screen()), "the last pictures")
        assert grid.on_screen().stop == 500 and len(shown.offered.asked) < 120
        shown.offered.tell()
        assert grid.verticalScrollBar().value() == grid.verticalScrollBar().maximum()

    templates(qapp, tmp_path, act, many)


def test_what_the_pointer_rests_on_moves(qapp: QApplication, tmp_path: Path) -> None:
    async def act(shown: Shown) -> None:
        grid = shown.grid
        place = grid.card_rect(grid.visualRect(grid.model().index(0, 0))).center()
        QTest.mouseMove(grid.viewport(), place)
        assert grid.hover == HARBOUR.name
        await until(lambda: not grid._moving.isNull(), "a frame")
        assert grid._moving.size() == grid.picture_size()
        grid.set_hovered("")
        assert grid._moving.isNull() and not shown.page.catalogue.mover.is_moving

    templates(qapp, tmp_path, act)


def test_a_picture_that_did_not_come_is_asked_for_again(qapp: QApplication, tmp_path: Path) -> None:
    async def act(shown: Shown) -> None:
        await until(lambda: shown.grid.pictures.raw("lake") is not None, "that there is none")
        assert shown.grid.picture_of("lake").isNull()  # type: ignore[union-attr]
        shown.offered.is_broken = False
        shown.offered.tell()
        await until(lambda: shown.grid.pictures.raw("lake") is not None, "the picture")
        assert not shown.grid.picture_of("lake").isNull()  # type: ignore[union-attr]

    def broken(offered: OfferedTemplates) -> None:
        offered.is_broken = True

    templates(qapp, tmp_path, act, broken)


def test_frames_of_an_animation(tmp_path: Path) -> None:
    path = tmp_path / "a.webp"
    path.write_bytes(moving_picture(4))
    frames = list(moving_frames(path, QSize(32, 32)))
    assert [round(at, 2) for _, at in frames] == [0.0, 0.04, 0.08, 0.12]
    assert all(image.size() == QSize(32, 32) for image, _ in frames)
    assert frames[0][0].pixelColor(5, 5).red() < frames[3][0].pixelColor(5, 5).red()
    still = tmp_path / "b.png"
    QImage(8, 8, QImage.Format.Format_RGB32).save(str(still))
    assert list(moving_frames(still, QSize(8, 8))) == []
    assert list(moving_frames(tmp_path / "nothing.webp", QSize(8, 8))) == []


def test_the_middle_of_a_picture_is_taken() -> None:
    image = QImage(300, 100, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.black)
    for x in range(100, 200):
        for y in range(100):
            image.setPixelColor(x, y, Qt.GlobalColor.white)
    made = cut(image, QSize(50, 50))
    assert made.size() == QSize(50, 50) and made.pixelColor(25, 25).red() > 250
    assert cut(image, QSize(50, 200)).size() == QSize(50, 200)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("templates")
    yield folder
    stop_sketch(folder)


async def sketchs(window: MainWindow) -> Shown:
    """The page over the templates that Sketch has, with the one that makes a video of a picture open."""
    services = window.studio.services
    await ready(window)
    await until(lambda: services.templates.find("sketch_image_to_video") is not None, "Sketch's templates")
    window.shell.show_page("templates")
    page = window.shell.page("templates")
    assert isinstance(page, TemplatesPage)
    shown = Shown(window, services.templates, page)  # type: ignore[arg-type]
    await until(lambda: services.templates.facts("sketch_image_to_video") is not None, "what it takes")
    page.open_template("sketch_image_to_video")
    return shown


def test_a_template_becomes_a_preset_on_its_tools_page(qapp: QApplication, home: Path) -> None:
    async def act(window: MainWindow) -> None:
        shown = await sketchs(window)
        await until(lambda: button(shown.page.panel, "Use as preset").isEnabled(), "that it can be used")
        title = shown.page.details._shown[0].title  # type: ignore[attr-defined]
        press(shown.page.panel, "Use as preset")
        await until(lambda: window.shell.page_id == "image-to-video", "the page of its tool")
        assert window.tool_view is not None and window.tool_view.preset is not None
        made = window.tool_view.preset
        assert made.name == title and window.studio.services.shelf.origin(made) == ADOPTED

    live(qapp, home, act)


def test_its_settings_can_be_chosen_and_its_workflow_copied(qapp: QApplication, home: Path) -> None:
    async def act(window: MainWindow) -> None:
        shown = await sketchs(window)
        press(shown.page.panel, "More for this template")
        entries = menu()
        assert list(entries) == ["Choose its settings…", "Copy workflow"]
        entries["Copy workflow"].trigger()
        close_menu()
        await until(lambda: "Workflow copied." in words(window.shell), "that it was copied")
        assert "nodes" in json.loads(QGuiApplication.clipboard().text())
        press(shown.page.panel, "More for this template")
        menu()["Choose its settings…"].trigger()
        close_menu()
        await until(lambda: window.shell.findChildren(WorkflowSheet), "the sheet")
        press(window.json_drops.sheet, "Cancel")  # type: ignore[arg-type]

    live(qapp, home, act)


def test_comfyui_opens_with_it_saved_there(qapp: QApplication, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(
        "oelala_desktop.ui.templates.using.QDesktopServices.openUrl", lambda url: opened.append(url.toString())
    )
    monkeypatch.setattr("oelala_desktop.domain.events.runs_ai", lambda _kind: True)

    async def act(window: MainWindow) -> None:
        shown = await sketchs(window)
        press(shown.page.panel, "Open in ComfyUI")
        await until(lambda: opened, "the browser")
        engine = window.studio.services.current.engine
        assert opened == [engine.state.url]
        assert any("oelala_sketch_image_to_video" in name for name in await window.studio.services.templates.saved())

    live(qapp, home, act)


def test_nothing_of_the_page_is_loaded_before_it_is_opened(qapp: QApplication, tmp_path: Path) -> None:
    """Start-up pays for nothing of it: no module of the window's start names it."""
    code = (
        "import sys, oelala_desktop.ui.main_window;"
        "print([name for name in sys.modules if name.startswith('oelala_desktop.ui.templates')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_tabs(qapp: QApplication, tmp_path: Path) -> None:
    async def act(shown: Shown) -> None:
        shown.click(HARBOUR.title)
        press(shown.page, "My presets")
        assert seen(shown.page, "Presets") and not shown.page.panel.is_open
        press(shown.page, "Saved workflows")
        assert seen(shown.page, "Search saved workflows")
        press(shown.page, "Catalogue")
        assert seen(shown.page, "Templates") and has_button(shown.page, "With sound")

    templates(qapp, tmp_path, act)


def test_one_that_is_gone_closes_its_panel(qapp: QApplication, tmp_path: Path) -> None:
    async def act(shown: Shown) -> None:
        shown.click(LAKE.title)
        shown.offered.templates = (replace(HARBOUR, uses=5), SONG)
        shown.offered.tell()
        assert not shown.page.panel.is_open and shown.titles() == [SONG.title, HARBOUR.title]
        assert "used 5×" in shown.spoken(HARBOUR.title)

    templates(qapp, tmp_path, act)
