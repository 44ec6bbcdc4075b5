"""A result goes on from where it is looked at: the window with a Sketch whose jobs can be held."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from PIL import Image
from PySide6.QtWidgets import QApplication

from oelala_desktop.domain.job import JobState
from oelala_desktop.domain.preset import Missing, Preset
from oelala_desktop.ui.form.input_editors import PictureEditor
from oelala_desktop.ui.gallery.viewer import Viewer
from oelala_desktop.ui.jobs.words import title_of
from oelala_desktop.ui.main_window import MainWindow
from oelala_desktop.ui.studio import GoOn
from oelala_desktop.ui.tool.view import ToolView
from tests import own_preset
from tests.gui.living import has_picture, live, page_of, ready, until
from tests.gui.media_rig import Gallery, gallery
from tests.gui.test_living_queue import SHORT
from tests.sketch.holdable import Brake


@pytest.fixture
def home(tmp_path: Path, one_sketch: dict[str, object], brake: Brake) -> Iterator[Path]:
    folder = tmp_path / "home"
    folder.mkdir()
    (folder / "sketch.json").write_text(json.dumps(one_sketch))
    yield folder
    httpx.post(f"{one_sketch['url']}/queue", json={"clear": True})
    httpx.post(f"{one_sketch['url']}/interrupt")
    brake.release()


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "harbour.png"
    Image.linear_gradient("L").resize((480, 320)).save(path)
    return path


async def with_result(window: MainWindow, picture: Path) -> ToolView:
    await ready(window)
    page = page_of(window)
    page.start_with(picture, SHORT)
    await until(lambda: page.stage.job and page.stage.job.state is JobState.DONE, "the result")
    await until(lambda: page.output.player and not page.output.player.current_image().isNull(), "its first frame")
    return page


def notices(window: MainWindow) -> list[str]:
    model = window.studio.notices
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def badge(page: ToolView) -> str:
    """What is said beside the start picture."""
    editor = page.form.row("image").editor
    assert isinstance(editor, PictureEditor)
    return editor.source.zone.note


def told(window: MainWindow, words: str) -> bool:
    return any(words in text for text in notices(window))


def test_a_video_is_continued_from_the_bar_under_it(qapp: QApplication, home: Path, picture: Path) -> None:
    async def scenario(window: MainWindow) -> None:
        page = await with_result(window, picture)
        first = page.stage.job
        assert first is not None
        made = Path(first.outputs[0].path)
        page.form.set_values(page.form.values() | {"fps": 24, "resolution": "720p"})
        page.commands["result.continue"].trigger()
        await until(lambda: has_picture(page, Path(f"{made.stem}.png")), "its last frame as start picture")
        wish = page.wish()
        assert wish.continues == made and "image" not in wish.values
        assert (wish.values["fps"], wish.values.get("resolution", "480p")) == (8, "480p"), "as the video has them"
        page.form.set_values(page.form.values() | {"prompt": "pan left"})
        page.generate()
        await until(lambda: page.stage.job and page.stage.job.retry_of is None and page.stage.job.id != first.id, "it")
        await until(lambda: page.stage.job and page.stage.job.state is JobState.DONE, "the next clip")
        job = page.stage.job
        assert job is not None and job.main_output is not None
        assert (job.main_output.role, job.values["prompt"]) == ("joined", "pan left")
        assert job.main_output.frames == 2 * (first.outputs[0].frames or 0) - 1
        page.intake.take("image", picture)
        await until(lambda: has_picture(page, picture), "another picture")
        assert page.wish().continues is None, "another picture continues nothing"
        assert "Goes on from" not in badge(page)

    live(qapp, home, scenario)


def test_each_frame_of_a_video_can_be_the_start_picture(qapp: QApplication, home: Path, picture: Path) -> None:
    async def scenario(window: MainWindow) -> None:
        page = await with_result(window, picture)
        for act in ("use_first_frame", "use_last_frame", "use_shown"):
            page.form.set_values({key: value for key, value in page.form.values().items() if key != "image"})
            page.commands[f"result.{act}"].trigger()
            await until(lambda: has_picture(page, Path("pasted.png")), act)

    live(qapp, home, scenario)


def test_what_no_preset_takes_is_told_on_the_page(
    qapp: QApplication, home: Path, picture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario(window: MainWindow) -> None:
        page = await with_result(window, picture)
        lacking = (Missing("model", "a.safetensors", "models", "Put it there."),)
        for act, tool, name in (("reframe", "reframe", "Reframe"), ("edit", "video-to-video", "Video to Video")):
            window.shell.show_page("image-to-video")
            with monkeypatch.context() as without:
                without.setattr(Preset, "missing", lambda *_given: lacking)
                page.commands[f"result.{act}"].trigger()
            assert window.shell.page_id == tool
            await until(lambda name=name: told(window, f"{name} has no preset here that takes a video"), name)

    live(qapp, home, scenario)


def test_smoother_motion_is_the_upscaler_with_two_frames_for_one(qapp: QApplication, home: Path, picture: Path) -> None:
    async def scenario(window: MainWindow) -> None:
        page = await with_result(window, picture)
        job = page.stage.job
        assert job is not None
        page.commands["result.smoother"].trigger()
        assert window.shell.page_id == "upscaler"
        upscaler = page_of(window, "upscaler")
        await until(lambda: has_picture(upscaler, Path(job.outputs[0].path), "video"), "the video in its field")
        assert upscaler.preset is not None and upscaler.preset.sketch
        values = upscaler.form.effective()
        assert (int(values["smooth"]), float(values["factor"])) == (2, 1.0)
        upscaler.generate()
        await until(lambda: upscaler.stage.job and upscaler.stage.job.state is JobState.DONE, "the smoother video")
        made = upscaler.stage.job
        assert made is not None and made.outputs[0].frames == 2 * (job.outputs[0].frames or 0) - 1
        assert title_of(made) == f"Upscaler · {Path(job.outputs[0].path).name}"

    live(qapp, home, scenario)


def test_a_file_of_my_media_goes_to_the_tool_that_takes_it(qapp: QApplication, tmp_path: Path) -> None:
    home = tmp_path / "home"
    own_preset.write_preset(home)

    async def act(g: Gallery) -> None:
        asked: list[GoOn] = []
        g.window.studio.going_on_requested.connect(asked.append)
        offered = {}
        for name in ("c.png", "k.mp4"):
            g.click(name)
            offered[name] = [action.text().partition("\t")[0] for action in g.page.menu().actions()]
        assert "Continue…" in offered["k.mp4"] and "Use last frame as start picture" in offered["k.mp4"]
        assert "Smoother motion…" in offered["k.mp4"] and "Edit…" in offered["c.png"]
        assert not {"Continue…", "Smoother motion…", "Use last frame as start picture"} & set(offered["c.png"])
        g.grid.commands["edit"].trigger()
        assert [(wish.act, wish.kind, wish.path.name) for wish in asked] == [("edit", "video", "k.mp4")]
        await until(lambda: g.shell.page_id == "video-to-video", "the tool's page")
        page = page_of(g.window, "video-to-video")
        await until(lambda: has_picture(page, g.folder / "k.mp4", "video"), "the video in its field")
        g.shell.show_page("media-all")
        g.click("k.mp4")
        g.grid.commands["start-last"].trigger()
        await until(lambda: g.shell.page_id == "image-to-video", "the page of what begins with a picture")
        await until(lambda: has_picture(page_of(g.window), Path("k.png")), "its last frame")

    gallery(qapp, home, act)


def test_the_viewer_gives_the_frame_that_it_shows_and_closes(qapp: QApplication, tmp_path: Path) -> None:
    async def act(g: Gallery) -> None:
        g.double_click("k.mp4")
        await until(lambda: g.shell.findChildren(Viewer), "the viewer")
        viewer = g.shell.findChildren(Viewer)[0]
        await until(lambda: not viewer.player.current_image().isNull(), "its picture")
        offered = {action.text() for action in viewer.commands.listed()}
        assert {"Use shown frame as start picture", "Use last frame as start picture", "Continue…"} <= offered
        viewer.commands["start-shown"].trigger()
        await until(lambda: g.shell.page_id == "image-to-video", "the page of what begins with a picture")
        await until(lambda: has_picture(page_of(g.window), Path("frame.png")), "the frame")
        await until(lambda: not g.shell.findChildren(Viewer), "the viewer to close")

    gallery(qapp, tmp_path / "home", act)
