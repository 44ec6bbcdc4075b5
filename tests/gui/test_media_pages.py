"""The pages of My Media and the ways from them to the tools: viewer, reuse, start picture, picker, prompts, states."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from oelala_desktop.domain.errors import CannotSave
from oelala_desktop.sketch.encode import open_encoder
from oelala_desktop.ui.gallery.picker import MediaPicker
from oelala_desktop.ui.gallery.viewer import Viewer
from tests.gui.living import has_picture, page_of, ready, stop_sketch, until
from tests.gui.media_rig import Gallery, gallery, letters, picture, video
from tests.gui.reach import choose, find, press, seen, words

Key, Modifier = Qt.Key, Qt.KeyboardModifier


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What goes to the trash is gone: no test touches the trash of the machine."""
    monkeypatch.setattr("send2trash.send2trash", lambda path: Path(path).unlink())
    return tmp_path / "home"


async def opened(g: Gallery, name: str) -> Viewer:
    g.double_click(name)
    await until(lambda: g.shell.findChildren(Viewer), "the viewer")
    viewer = g.shell.findChildren(Viewer)[0]
    await until(lambda: not viewer.player.current_image().isNull(), "its picture")
    return viewer


def test_viewer_keys(qapp: QApplication, home: Path) -> None:
    async def act(g: Gallery) -> None:
        viewer = await opened(g, "f.png")
        assert viewer.geometry() == g.shell.rect()
        g.press(Key.Key_Right)
        await until(lambda: viewer.accessibleName() == "e.png", "the next one")
        g.press(Key.Key_Left)
        g.press(Key.Key_Left)
        await until(lambda: viewer.accessibleName() == "g.png", "the one before")
        g.press(Key.Key_F)
        await until(lambda: g.feed.provider.media(g.key("g.png")).favorite, "the mark")
        g.press(Key.Key_P)
        assert viewer.panel.isVisible()
        g.press(Key.Key_C)
        clipboard = QGuiApplication.clipboard()
        await until(lambda: clipboard.text() == "heron number g on a lake", "the prompt")
        g.press(Key.Key_Right)
        await until(lambda: viewer.accessibleName() == "f.png", "the next one")
        g.press(Key.Key_Delete)
        await until(lambda: viewer.accessibleName() == "e.png", "the one after the deleted")
        assert g.selected() == ["e.png"]
        g.press(Key.Key_Escape)
        await until(lambda: not g.shell.findChildren(Viewer), "the viewer to close")
        assert g.grid.hasFocus()
        await until(lambda: g.names() == letters("lkjihgedcba"), "the grid without the deleted one")

    gallery(qapp, home, act)


def test_viewer_plays_a_video_and_gives_its_frame(qapp: QApplication, home: Path) -> None:
    async def act(g: Gallery) -> None:
        viewer = await opened(g, "k.mp4")
        await until(lambda: viewer.player.frames > 0, "a frame of the video")
        viewer.panel.start_picture_requested.emit()
        await until(lambda: g.shell.page_id == "image-to-video", "the tool's page")
        page = page_of(g.window)
        await until(lambda: has_picture(page, Path("frame.png")), "the frame as picture")

    gallery(qapp, home, act)


def test_a_video_that_the_system_cannot_play_is_decoded_here(qapp: QApplication, home: Path) -> None:
    async def act(g: Gallery) -> None:
        viewer = await opened(g, "k.mp4")
        await until(lambda: viewer.player.frames > 0, "a frame of the video")
        times: list[float] = []
        viewer.player.position_changed.connect(times.append)
        viewer.player.failed.emit("no frame came")
        await until(lambda: len(set(times)) > 2, "frames at several times")
        g.press(Key.Key_Escape)

    gallery(qapp, home, act)


def test_reuse_settings_fills_the_page_with_every_value(qapp: QApplication, home: Path) -> None:
    async def act(g: Gallery) -> None:
        g.click("l.mp4")
        g.press(Key.Key_P)
        await g.press_button("Reuse settings")
        await until(lambda: g.shell.page_id == "image-to-video", "the tool's page")
        page = page_of(g.window)
        page.choose_preset("wan22-14b")  # the one that made it shows fewer
        values = page.form.effective()
        assert values["prompt"] == "boat number l at dusk"
        assert (values["fps"], values["duration"], values["resolution"]) == (16, 5.0, "480p")
        assert values["steps"] == 8 and values["seed"] == 11
        assert values["lora_configs"] == [{"high": "orbit.safetensors", "strength": 1.5, "enabled": True}]

    gallery(qapp, home, act)


def test_use_as_start_picture(qapp: QApplication, home: Path) -> None:
    async def act(g: Gallery) -> None:
        g.page.acts.use_as_start_picture(g.feed.provider.media(g.key("c.png")))
        await until(lambda: g.shell.page_id == "image-to-video", "the tool's page")
        form = page_of(g.window).form
        await until(lambda: has_picture(page_of(g.window), g.folder / "c.png"), "the picture in its field")
        await until(lambda: form.values().get("prompt") == "heron number c on a lake", "its prompt")

    gallery(qapp, home, act)


def test_a_picture_for_a_tool_is_picked_by_keyboard(qapp: QApplication, home: Path) -> None:
    async def act(g: Gallery) -> None:
        page = page_of(g.window)
        page.form.editor("image").source.tabs.button("media").click()
        await until(lambda: g.shell.findChildren(MediaPicker), "the picker")
        picker = g.shell.findChildren(MediaPicker)[0]
        await until(lambda: picker.feed.provider.count() == 8, "the eight pictures")
        await until(lambda: picker.feed.provider.path(picker.grid.provider.key(0)), "their items")
        assert picker.grid.hasFocus()
        g.press(Key.Key_Right)
        g.press(Key.Key_Right)
        g.press(Key.Key_Return)
        await until(lambda: has_picture(page, g.folder / "g.png"), "the second picture")
        await until(lambda: not g.shell.findChildren(MediaPicker), "the picker to go")

    gallery(qapp, home, act)


def test_prompts_are_listed_once_and_lead_to_their_results(qapp: QApplication, home: Path) -> None:
    def make(folder: Path) -> None:
        for at in range(5):
            picture(folder, f"{at}.png", "the same heron", at)
        for at in range(70):
            picture(folder, f"other_{at}.png", f"boat {at} of many", -at)

    async def act(g: Gallery) -> None:
        g.shell.show_page("media-prompts")
        page = g.shell.page("media-prompts")
        await until(lambda: page.rows, "the prompts")
        assert page.rows[0].prompt.count == 5
        assert len(page.rows) == 40
        bar = page.list.verticalScrollBar()
        await until(lambda: bar.maximum() > 1000, "their rows in place")
        bar.setValue(bar.maximum())
        await until(lambda: len(page.rows) == 71, "the next page")
        page.rows[0].copied.emit(page.rows[0].prompt.prompt)
        assert QGuiApplication.clipboard().text() == "the same heron"
        page.search.setText("boat 69")
        await until(lambda: len(page.rows) == 1, "what was searched")
        page.search.setText("heron")
        await until(lambda: [r.prompt.prompt for r in page.rows] == ["the same heron"], "what was searched")
        page.rows[0].results_requested.emit()
        assert g.shell.page_id == "media-all"
        await until(lambda: g.feed.provider.count() == 5, "its results")

    gallery(qapp, home, act, make=make, ready=75)


def test_filters_by_model_favorite_and_date(qapp: QApplication, home: Path) -> None:
    def make(folder: Path) -> None:
        picture(folder, "old.png", "one", -90 * 86400, unet_high_noise="special_high.gguf", unet_low_noise="")
        picture(folder, "new.png", "two")

    async def act(g: Gallery) -> None:
        bar = g.page.toolbar
        await until(lambda: len(bar.model.choices) > 2, "the models")
        choose(bar, "Model", next(c.label for c in bar.model.choices if c.value == "special_high.gguf"))
        await g.shows("old.png")
        bar.clear()
        await g.shows("new.png", "old.png")
        press(bar, "More filters and size")
        choose(find(g.shell, "Filters"), "Date", "Today")
        await until(lambda: g.feed.provider.count() == 0, "nothing of today")
        assert bar.filters.isChecked()
        press(find(g.shell, "Filters"), "Clear the filters")
        await g.shows("new.png", "old.png")
        bar.favorites.click()
        await until(lambda: g.feed.provider.count() == 0, "no favorite")

    gallery(qapp, home, act, make=make, ready=2)


def test_list_keeps_selection_and_is_remembered(qapp: QApplication, home: Path) -> None:
    async def act(g: Gallery) -> None:
        g.click("d.png")
        g.page.toolbar.view.button("list").click()
        assert g.grid.listed and g.selected() == ["d.png"]
        g.click("b.png")
        assert g.selected() == ["b.png"]

    gallery(qapp, home, act)

    async def again(g: Gallery) -> None:
        assert g.grid.listed

    gallery(qapp, home, again, make=lambda _folder: None)


def test_hover_plays_after_a_rest_and_ends_with_the_pointer(qapp: QApplication, home: Path) -> None:
    async def act(g: Gallery) -> None:
        place = g.place("l.mp4")
        hover(g, place)
        assert not g.page.hover.playing
        await until(lambda: g.page.hover.playing == g.key("l.mp4"), "the video to play")
        await until(lambda: not g.grid.hover_frame.isNull(), "a frame in its cell")
        hover(g, g.place("a.png"))
        assert not g.page.hover.playing
        assert g.grid.hover_frame.isNull()

    gallery(qapp, home, act)


def hover(g: Gallery, place: QPoint) -> None:
    at = QPointF(place)
    glob = QPointF(g.grid.viewport().mapToGlobal(place))
    none = Qt.MouseButton.NoButton
    event = QMouseEvent(QEvent.Type.MouseMove, at, glob, none, none, Modifier.NoModifier)
    QApplication.sendEvent(g.grid.viewport(), event)


def test_a_result_is_shown_selected_wherever_one_was(qapp: QApplication, home: Path) -> None:
    async def act(g: Gallery) -> None:
        await g.search("heron")
        await g.shows_count(8)
        g.window.studio.show_media_requested.emit(str(g.folder / "j.mp4"))
        await until(lambda: g.selected() == ["j.mp4"], "the file chosen")
        assert g.feed.provider.count() == 12

    gallery(qapp, home, act)


def test_start_pictures_are_hidden_until_asked_for(qapp: QApplication, home: Path) -> None:
    async def act(g: Gallery) -> None:
        page = page_of(g.window)
        await ready(g.window)
        page.start_with(g.folder / "first.png", {"prompt": "pan left", "duration": 1.0})
        g.shell.show_page("media-all")
        await until(lambda: g.feed.provider.count() == 1 and g.names()[0].endswith(".mp4"), "the video alone")
        g.page.toolbar.starts.click()
        await until(lambda: g.feed.provider.count() == 2, "the picture it began with")
        item = g.feed.provider.media(next(k for k in map(str, g.feed.provider.ids) if "mp4" in g.names()[0]))
        assert item is not None

    try:
        gallery(qapp, home, act, make=lambda f: picture(f, "first.png", "a pier"), ready=1, engine="sketch")
    finally:
        stop_sketch(home)


def test_empty_and_error_states(qapp: QApplication, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def act(g: Gallery) -> None:
        view = g.page.shelf
        await until(lambda: seen(view, "Nothing here yet"), "the empty state")

        async def refuse(_query: object) -> list[int]:
            raise CannotSave("The disk is full.")

        monkeypatch.setattr(g.library, "ids", refuse)
        press(view, "Favorites")
        await until(lambda: "disk is full" in words(view), "the error")
        press(view, "Favorites")
        await until(lambda: "disk is full" in words(view), "the error again")
        monkeypatch.undo()
        picture(g.folder, "a.png", "heron")
        press(view, "Try again")
        await g.shows("a.png")

    gallery(qapp, home, act, make=lambda _folder: None, ready=None)


def test_a_new_file_shows_by_itself_at_the_top(qapp: QApplication, home: Path) -> None:
    async def act(g: Gallery) -> None:
        g.click("f.png")
        video(g.folder, "new.mp4", "a new boat", 9000)
        await until(lambda: g.names()[0] == "new.mp4", "the new file")
        assert g.selected() == ["f.png"]
        (g.folder / "new.mp4").unlink()
        await g.shows(*letters("lkjihgfedcba"))

    gallery(qapp, home, act)


def test_av1_has_a_thumbnail_and_plays(qapp: QApplication, home: Path) -> None:
    if "libsvtav1" not in av.codecs_available and "libaom-av1" not in av.codecs_available:
        pytest.skip("no AV1 encoder here")

    def make(folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        codec = "libsvtav1" if "libsvtav1" in av.codecs_available else "libaom-av1"
        with av.open(str(folder / "new.mp4"), "w") as container:
            stream = container.add_stream(codec, rate=16)
            stream.width, stream.height, stream.pix_fmt = 128, 96, "yuv420p"
            open_encoder(stream)
            for at in range(16):
                frame = av.VideoFrame.from_ndarray(np.full((96, 128, 3), at * 12, np.uint8), format="rgb24")
                container.mux(stream.encode(frame))
            container.mux(stream.encode())

    async def act(g: Gallery) -> None:
        await until(lambda: g.grid.provider.key(0) in g.grid.pixmaps, "its thumbnail")
        viewer = await opened(g, "new.mp4")
        times: list[float] = []
        viewer.player.position_changed.connect(times.append)
        await until(lambda: len(set(times)) > 2, "frames at several times, one way or the other")
        QTest.keyClick(viewer, Key.Key_Escape)

    gallery(qapp, home, act, make=make, ready=1)
