"""A page whose tool goes by a picture or a video takes the preset that fits what is given, however it is given."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox

from oelala_desktop.ui.gallery.picker import MediaPicker
from oelala_desktop.ui.main_window import MainWindow
from oelala_desktop.ui.presets.card import PresetCard
from oelala_desktop.ui.studio import Reuse
from oelala_desktop.ui.tool.view import ToolView
from oelala_desktop.ui.widgets.drop_target import DropTarget
from tests.gui.inputs_rig import drop, editor, made_by, mime_of, named, names, press
from tests.gui.living import live, page_of, ready, stop_sketch, until
from tests.gui.page_presets import make_files, write_presets
from tests.gui.reach import has_button, tabbed, words

PLACE = "Picture or video"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    write_presets(tmp_path / "home")
    yield tmp_path / "home"
    stop_sketch(tmp_path / "home")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return make_files(tmp_path_factory.mktemp("given"))


async def opened(window: MainWindow) -> ToolView:
    await ready(window)
    page = page_of(window, "upscaler")
    await until(lambda: page.preset and page.preset.short_id == "still", "the first preset")
    return page


def listed(page: ToolView) -> list[str]:
    page.form.show_preset()
    card = page.form.findChild(PresetCard)
    assert card is not None
    ids = [card.combo.itemData(at) for at in range(card.combo.count())]
    return [name for name in ids if name in ("film", "still")]


async def has(page: ToolView, key: str, path: Path) -> None:
    await until(lambda: names(page, key) == [path.name], f"{path.name} as the {key}")


def test_a_video_makes_the_page_take_the_preset_for_it_and_a_picture_back(
    qapp: QApplication, home: Path, files: tuple[Path, Path]
) -> None:
    picture, video = files

    async def scenario(window: MainWindow) -> None:
        page = await opened(window)
        page.form.edit("factor", 3.0)
        assert "Choose a picture or video" in page.output.empty.accessibleDescription() + words(page.output)
        drop(named(page.form, PLACE, DropTarget), video)
        await has(page, "video", video)
        assert page.preset is not None and page.preset.short_id == "film" and not page.chosen
        assert page.form.values() == {"factor": 3.0, "video": page.form.values()["video"]}
        assert listed(page) == ["film", "still"]
        assert page.form.tips == ("Leave it empty.",) and page.form.output == "video"
        job = await made_by(page)
        assert job.outputs[0].kind == "video" and (job.width, job.height) == (288, 192)
        drop(named(page.form, PLACE, DropTarget), picture)
        await has(page, "image", picture)
        assert "video" not in page.form.values() and page.form.values()["factor"] == 3.0
        assert listed(page) == ["still", "film"] and page.form.output == "image"
        job = await made_by(page)
        assert job.outputs[0].kind == "image" and (job.width, job.height) == (288, 384)

    live(qapp, home, scenario)


def test_every_way_in_leads_there(qapp: QApplication, home: Path, files: tuple[Path, Path]) -> None:
    picture, video = files

    async def scenario(window: MainWindow) -> None:
        page = await opened(window)
        QGuiApplication.clipboard().setMimeData(mime_of(video))
        named(page.form, PLACE, DropTarget).setFocus()
        assert editor(page, "image").paste()
        await has(page, "video", video)
        focused = window.shell.focusWidget()
        assert focused is not None and editor(page, "video").isAncestorOf(focused)  # where it was
        pixels = QMimeData()
        image = QImage(80, 80, QImage.Format.Format_RGB32)
        image.fill(0x336699)
        pixels.setImageData(image)
        QGuiApplication.clipboard().setMimeData(pixels)
        assert editor(page, "video").paste()
        await until(lambda: names(page, "image") == ["pasted.png"], "the pixels")
        window.open_files([str(video)])  # "Open with", a second start, My Media
        await has(page, "video", video)
        window.open_files([str(picture)])
        await has(page, "image", picture)
        page.reuse(Reuse("upscaler", {"preset": "film", "video": str(video), "factor": 4.0}))
        await has(page, "video", video)
        assert page.chosen == "film" and page.form.values()["factor"] == 4.0

    live(qapp, home, scenario)


def test_a_reused_video_is_taken_though_its_preset_is_gone(
    qapp: QApplication, home: Path, files: tuple[Path, Path]
) -> None:
    async def scenario(window: MainWindow) -> None:
        page = await opened(window)
        page.reuse(Reuse("upscaler", {"preset": "gone", "video": str(files[1])}))
        await has(page, "video", files[1])
        assert page.preset is not None and page.preset.short_id == "film" and not page.chosen

    live(qapp, home, scenario)


def test_the_next_start_shows_the_video_again(qapp: QApplication, home: Path, files: tuple[Path, Path]) -> None:
    async def first(window: MainWindow) -> None:
        page = await opened(window)
        drop(named(page.form, PLACE, DropTarget), files[1])
        await has(page, "video", files[1])

    async def second(window: MainWindow) -> None:
        await ready(window)
        page = page_of(window, "upscaler")
        await has(page, "video", files[1])
        assert page.preset is not None and page.preset.short_id == "film"

    live(qapp, home, first)
    live(qapp, home, second)


def test_a_preset_chosen_by_hand_stays_and_another_is_offered(
    qapp: QApplication, home: Path, files: tuple[Path, Path]
) -> None:
    picture, video = files

    async def scenario(window: MainWindow) -> None:
        page = await opened(window)
        page.choose_preset("still")
        drop(named(page.form, PLACE, DropTarget), picture)
        await has(page, "image", picture)
        drop(named(page.form, PLACE, DropTarget), video)
        zone = named(page.form, PLACE, DropTarget)
        assert zone.accessibleDescription() == "The preset Large stills takes no video."
        assert names(page, "image") == [picture.name]
        browse = f"Remove {PLACE.lower()}"
        order = ("Use Large films instead", "Generate")
        assert tabbed(page.form, browse, *order) == [browse, *order]
        press(page, "Use Large films instead")
        await has(page, "video", video)
        assert page.chosen == "film"
        drop(named(page.form, PLACE, DropTarget), picture)
        assert has_button(page.form, "Use Large stills instead")
        page.choose_preset("still")  # the same by the card of presets
        assert not has_button(page.form, "Use Large stills instead")

    live(qapp, home, scenario)


def test_pictures_and_videos_in_one_drop_are_a_job_each(
    qapp: QApplication, home: Path, files: tuple[Path, Path]
) -> None:
    async def scenario(window: MainWindow) -> None:
        page = await opened(window)
        drop(named(page.form, PLACE, DropTarget), *files)
        await until(lambda: window.shell.findChild(QMessageBox), "the question")
        box = window.shell.findChild(QMessageBox)
        assert box is not None and "one for each picture or video" in box.text() + box.informativeText()
        box.buttons()[0].click()
        await until(lambda: len(window.queue.over) == 2, "both jobs")
        assert {job.outputs[0].kind for job in window.queue.over if job.outputs} == {"image", "video"}

    live(qapp, home, scenario)


def test_my_media_offers_both_kinds(qapp: QApplication, home: Path, files: tuple[Path, Path]) -> None:
    output = home / "output"
    output.mkdir(parents=True)
    for path in files:
        shutil.copy(path, output / path.name)

    async def scenario(window: MainWindow) -> None:
        page = await opened(window)
        press(page, "My media")
        await until(lambda: window.shell.findChild(MediaPicker), "the sheet")
        picker = window.shell.findChild(MediaPicker)
        assert picker is not None

        def shown() -> dict[str, str]:
            provider = picker.feed.provider
            keys = [key for at in range(provider.count()) if (key := provider.key(at))]
            return {path.name: key for key in keys if (path := provider.path(key))}

        await until(lambda: set(shown()) == {"tower.png", "walk.mp4"}, "a picture and a video")
        picker.grid.select_only(shown()["walk.mp4"])
        QTest.mouseClick(named(picker, "Use picture or video"), Qt.MouseButton.LeftButton)
        await has(page, "video", files[1])
        assert page.preset is not None and page.preset.short_id == "film"

    live(qapp, home, scenario)
