"""Several steps in one go, from a tool's page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from oelala_desktop.domain.events import JobFinished
from oelala_desktop.domain.job import JobState
from oelala_desktop.domain.tool import TOOLS
from oelala_desktop.services.settings.known import form_of
from oelala_desktop.ui.main_window import MainWindow
from oelala_desktop.ui.tool.steps_sheet import Chosen, StepsSheet, made_by, tools_behind
from tests.gui.living import live, page_of, ready, stop_sketch, until
from tests.gui.reach import button, choose, press, words


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("steps")
    yield folder
    stop_sketch(folder)


async def opened(window: MainWindow) -> StepsSheet:
    page = page_of(window, "text-to-image")
    page.form.commands["steps"].trigger()
    await until(lambda: page.steps.sheet is not None, "the sheet")
    sheet = page.steps.sheet
    assert sheet is not None
    return sheet


def test_what_goes_on_from_what() -> None:
    behind = [tool.id for tool in tools_behind("image")]
    assert {"image-to-video", "image-to-image", "reframe", "upscaler"} <= set(behind)
    assert not {"text-to-image", "text-to-video", "train-lora", "improve", "video-to-video"} & set(behind)
    assert "video-to-video" in [tool.id for tool in tools_behind("video")]
    assert made_by(TOOLS["upscaler"], "video") == "video" and made_by(TOOLS["upscaler"], "image") == "image"
    assert made_by(TOOLS["image-to-video"], "image") == "video"


def test_each_step_is_offered_what_takes_the_one_before_it(qapp: QApplication, home: Path) -> None:
    async def act(window: MainWindow) -> None:
        await ready(window)
        page = page_of(window, "text-to-image")
        page.form.set_values({"prompt": "a harbour"})
        sheet = await opened(window)
        assert not button(sheet, "Generate").isEnabled() and not sheet.tools[1].isEnabled()
        choose(sheet, "Step 2", "Image to Video")
        assert sheet.tools[1].isEnabled() and not sheet.tools[2].isEnabled()
        choose(sheet, "Step 3", "Video to Video")
        choose(sheet, "Step 2", "Upscaler")  # of a picture comes a picture, which that does not take
        assert sheet.chosen() == (Chosen("upscaler", ""),)
        assert button(sheet, "Generate 2 steps").isEnabled()
        press(sheet, "Cancel")

    live(qapp, home, act)


def test_what_stands_in_the_way_of_the_first_step_is_said_first(qapp: QApplication, home: Path) -> None:
    async def act(window: MainWindow) -> None:
        await ready(window)
        page = page_of(window, "image-to-video")
        page.form.commands["steps"].trigger()
        assert page.steps.sheet is None
        assert "Choose a picture first." in words(page.form)

    live(qapp, home, act)


def test_a_chain_is_made_with_the_settings_of_each_page(qapp: QApplication, home: Path) -> None:
    async def act(window: MainWindow) -> None:
        await ready(window)
        services = window.studio.services
        services.settings.set(form_of("upscaler"), {"factor": 3.0, "image": "/gone/a.png"})
        page = page_of(window, "text-to-image")
        page.form.set_values({"prompt": "a harbour", "aspect_ratio": "1:1"})
        sheet = await opened(window)
        choose(sheet, "Step 2", "Image to Image")
        sheet.prompts[0].setText("black and white")
        choose(sheet, "Step 3", "Upscaler")
        finished: list[JobFinished] = []
        services.bus.subscribe(JobFinished, finished.append)
        press(sheet, "Generate 3 steps")
        await until(lambda: len(finished) == 3, "all three")
        assert [event.job.state for event in finished] == [JobState.DONE] * 3, [event.job.error for event in finished]
        jobs = [event.job for event in finished]
        assert [job.tool for job in jobs] == ["text-to-image", "image-to-image", "upscaler"]
        assert jobs[1].values["prompt"] == "black and white" and jobs[2].values["factor"] == 3.0
        assert [job.link.number for job in jobs if job.link] == [1, 2, 3]
        assert jobs[2].width == 3 * jobs[0].width

    live(qapp, home, act)
