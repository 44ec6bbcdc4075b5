"""Inputs of every kind that come by other ways than their own field: a restart, a job, a settings file, the window, an
address."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from oelala_desktop.domain.job import JobInput, JobState
from oelala_desktop.ui.form.input_editors import MediaEditor
from oelala_desktop.ui.main_window import MainWindow
from oelala_desktop.ui.studio import reuse_of
from oelala_desktop.ui.widgets.trim_strip import Handle
from tests import own_preset
from tests.gui.inputs_rig import (
    LEFT,
    editor,
    files_of,
    give,
    made_by,
    mime_of,
    named,
    names,
    open_page,
)
from tests.gui.living import has_picture, live, page_of, ready, stop_sketch, until
from tests.gui.seeded_queue import make_job


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("inputs")
    own_preset.write_preset(folder)
    yield folder
    stop_sketch(folder)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Path]]:
    return files_of(own_preset.make_inputs(tmp_path_factory.mktemp("given")))


def test_a_restart_brings_all_of_it_back(
    qapp: QApplication, home: Path, files: dict[str, list[Path]], tmp_path: Path
) -> None:
    gone = tmp_path / "gone.png"
    Image.new("RGB", (128, 96), (20, 200, 20)).save(gone)

    async def first(window: MainWindow) -> None:
        page = await open_page(window)
        await give(page, {**files, "images": [gone, files["images"][1]]})
        found = editor(page, "video")
        assert isinstance(found, MediaEditor)
        QTest.keyClick(named(found, "Start of the part", Handle), Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
        assert page.form.values()["video_start"] == pytest.approx(1.0)

    async def second(window: MainWindow) -> None:
        await ready(window)
        page = page_of(window, own_preset.TOOL)
        for key, paths in {**files, "images": [gone, files["images"][1]]}.items():
            await until(
                lambda key=key, paths=paths: names(page, key) == [path.name for path in paths], f"the {key} again"
            )
        found = editor(page, "video")
        assert isinstance(found, MediaEditor)
        assert found.source.strip.range() == (1.0, None)
        await until(lambda: page.form.given.shown("video")[str(files["video"][0])].strip, "the frames")
        await until(lambda: page.form.given.shown("sound")[str(files["sound"][0])].peaks, "the peaks")

    live(qapp, home, first)
    gone.unlink()
    live(qapp, home, second)


def test_a_video_that_is_not_there_at_the_start_is_told(
    qapp: QApplication, tmp_path_factory: pytest.TempPathFactory, files: dict[str, list[Path]], tmp_path: Path
) -> None:
    home = tmp_path_factory.mktemp("drive")
    own_preset.write_preset(home)
    video = tmp_path / "on a drive.mp4"
    video.write_bytes(files["video"][0].read_bytes())

    async def first(window: MainWindow) -> None:
        await give(await open_page(window), {"video": [video]}, "video")

    async def second(window: MainWindow) -> None:
        await ready(window)
        page = page_of(window, own_preset.TOOL)
        found = editor(page, "video")
        assert isinstance(found, MediaEditor)
        await until(lambda: "on a drive.mp4 is not there" in found.source.zone.error, "the sentence at its field")

    live(qapp, home, first)
    video.unlink()
    live(qapp, home, second)
    stop_sketch(home)


def test_a_job_gives_back_its_inputs(
    qapp: QApplication, home: Path, files: dict[str, list[Path]], tmp_path: Path
) -> None:
    video = tmp_path / "moved away.mp4"
    video.write_bytes(files["video"][0].read_bytes())

    async def scenario(window: MainWindow) -> None:
        page = await open_page(window)
        await give(page, {**files, "video": [video]})
        page.form.edit("duration", 1.0)
        page.form.edit("video_start", 0.5)
        page.form.edit("sound_length", 1.5)
        before = page.form.values()
        job = await made_by(page)
        page.form.set_values({})
        window.studio.reuse_requested.emit(reuse_of(job))
        await until(lambda: names(page, "video") == ["moved away.mp4"], "the video")
        await until(lambda: len(page.form.given.facts()) == 4, "all of it")
        after = page.form.values()
        assert {key: after[key] for key in ("video", "video_start", "sound", "sound_length", "images")} == {
            key: before[key] for key in ("video", "video_start", "sound", "sound_length", "images")
        }
        video.unlink()
        page.form.set_values({})
        page.intake.look()
        window.studio.reuse_requested.emit(reuse_of(job))
        await until(lambda: len(page.form.given.facts()) == 4, "all of it again")
        kept = next(row for row in job.inputs if row.key == "video")
        assert page.form.values()["video"] == kept.path

    live(qapp, home, scenario)


def test_settings_name_the_originals(
    qapp: QApplication, home: Path, files: dict[str, list[Path]], tmp_path: Path
) -> None:
    gone = tmp_path / "gone.png"
    Image.new("RGB", (128, 96), (20, 100, 20)).save(gone)
    file = tmp_path / "settings.json"

    async def scenario(window: MainWindow) -> None:
        page = await open_page(window)
        await give(page, {**files, "images": [files["images"][0], gone]})
        gone.unlink()
        page.settings.file("export", str(file))
        await until(file.exists, "the file")
        saved = json.loads(file.read_text("utf-8"))
        assert saved["images"] == [str(files["images"][0]), page.form.values()["images"][1]]
        assert saved["video"] == str(files["video"][0]) and saved["mask"] == str(files["mask"][0])
        page.form.set_values({})
        page.intake.look()
        page.settings.file("import", str(file))
        await until(lambda: len(page.form.given.facts()) == 4, "all of it")
        assert names(page, "images") == ["red.png", "gone.png"]

    live(qapp, home, scenario)


def test_what_is_dropped_on_the_window_goes_to_the_input_of_its_kind(
    qapp: QApplication, home: Path, files: dict[str, list[Path]]
) -> None:
    async def scenario(window: MainWindow) -> None:
        page = await open_page(window)
        window.shell.dropped.emit(mime_of(*files["video"], *files["images"], *files["sound"]))
        await until(lambda: sum(map(len, page.form.given.facts().values())) == 4, "all four")
        assert names(page, "images") == ["red.png", "blue.png"] and set(page.form.given.facts()) == {
            "video",
            "images",
            "sound",
        }
        assert window.shell.page_id == own_preset.TOOL
        page.form.set_values({})
        QGuiApplication.clipboard().setMimeData(mime_of(*files["video"]))
        window.shell.paste_requested.emit(QGuiApplication.clipboard().mimeData())
        await until(lambda: names(page, "video"), "the pasted video")
        QGuiApplication.clipboard().clear()
        page_of(window)  # a page of pictures
        window.shell.dropped.emit(mime_of(*files["video"]))
        assert "scene.mp4 is a video, which this page does not take." in window.studio.notices[0].text

    live(qapp, home, scenario)


def test_a_video_is_fetched_from_an_address(qapp: QApplication, home: Path, files: dict[str, list[Path]]) -> None:
    async def scenario(window: MainWindow) -> None:
        page = await open_page(window)
        await give(page, files, "video", "images")
        page.form.edit("duration", 1.0)
        job = await made_by(page)
        page.form.edit("video", None)
        engine = window.studio.services.current.engine.state.url
        sent = next(row.upload_name for row in job.inputs if row.kind == "video")
        found = editor(page, "video")
        assert isinstance(found, MediaEditor)
        QTest.mouseClick(found.source.tabs.button("url"), LEFT)
        address = named(found, "Scene address")
        QTest.keyClicks(address, f"{engine}/view?filename={sent}&type=input")
        QTest.keyClick(address, Qt.Key.Key_Return)
        await until(lambda: names(page, "video"), "the video")
        assert page.form.given.facts()["video"][0].frames == own_preset.VIDEO_FRAMES
        assert Path(page.form.values()["video"]).parent == home / "inputs"
        address.setText(f"{engine}/view?filename=nothing.mp4&type=input")  # type: ignore[attr-defined]
        QTest.keyClick(address, Qt.Key.Key_Return)
        await until(lambda: found.source.error, "the sentence")
        assert "status 404" in found.source.error and names(page, "video")

    live(qapp, home, scenario)


@pytest.mark.parametrize("is_gone", [False, True])
def test_a_job_gives_back_the_whole_picture_or_the_parts_that_were_sent(
    qapp: QApplication, tmp_path: Path, is_gone: bool
) -> None:
    whole, part, crop = tmp_path / "whole.png", tmp_path / "part.png", {"x": 0.2, "y": 0.5}
    Image.new("RGB", (640, 320)).save(whole)
    Image.new("RGB", (180, 320)).save(part)
    if is_gone:
        whole.unlink()
    values = {"image": str(whole), "crop": crop, "aspect_ratio": "9:16"}
    job = make_job("cut", JobState.DONE, values=values, inputs=(JobInput("image", str(part), "p", str(whole)),))

    async def act(window: MainWindow) -> None:
        page = page_of(window)
        window.studio.reuse_requested.emit(reuse_of(job))
        expected = part if is_gone else whole
        await until(lambda: has_picture(page, expected), "the picture")
        assert page.form.values().get("crop") == (None if is_gone else crop)

    live(qapp, tmp_path / "home", act, engine="http://127.0.0.1:9")
