"""A prompt with choices on a page: what it draws to next is told, sent, and had back as drawn or as typed. A prompt a
line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox

from oelala_desktop.domain.events import JobChanged
from oelala_desktop.domain.job import Job
from oelala_desktop.ui.main_window import MainWindow
from oelala_desktop.ui.studio import reuse_of
from oelala_desktop.ui.tool.view import ToolView
from oelala_desktop.ui.widgets.button import Button
from tests.gui.living import live, page_of, ready, stop_sketch, until

MANY = "a boat {" + "|".join(map(str, range(400))) + "}"
TINY = {"duration": 1.0, "fps": 8}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("next")
    yield folder
    stop_sketch(folder)


async def page_with(window: MainWindow, prompt: str) -> ToolView:
    await ready(window)
    page = page_of(window, "text-to-video")
    page.form.set_values(TINY)
    page.form.edit("prompt", prompt)
    return page


def note(page: ToolView) -> str:
    return page.form.row("prompt").note


def test_what_is_told_is_sent_and_another_is_next(qapp: QApplication, home: Path) -> None:
    async def scenario(window: MainWindow) -> None:
        page = await page_with(window, MANY)
        await until(lambda: note(page).startswith("Next: a boat "), "the next draw")
        told = note(page)
        page.generate()
        await until(lambda: page.stage.job is not None, "the job")
        job = page.stage.job
        assert job is not None and told == f"Next: {job.values['prompt']}"
        assert job.params["prompt_choices"] == MANY
        await until(lambda: note(page) not in (told, ""), "another draw")
        page.reuse(reuse_of(job))
        assert page.form.values()["prompt"] == job.values["prompt"]
        await until(lambda: note(page) == "", "no draw")
        next(button for button in window.shell.findChildren(Button) if button.text() == "Use the choices").click()
        assert page.form.values()["prompt"] == MANY
        await until(lambda: note(page) == told, "the draw of the same seed")

    live(qapp, home, scenario)


def test_what_stands_in_its_way_is_told_in_its_place(qapp: QApplication, home: Path) -> None:
    (home / "wildcards").mkdir()
    (home / "wildcards" / "birds.txt").write_text("heron\n")

    async def scenario(window: MainWindow) -> None:
        page = await page_with(window, "a __bird__")
        await until(lambda: "Did you mean birds?" in note(page), "the sentence")
        page.form.edit("prompt", "a __birds__")
        await until(lambda: note(page) == "Next: a heron", "the draw")
        page.form.edit("prompt", "plain")
        await until(lambda: note(page) == "", "no draw")
        page.form.edit("seed", 5)
        page.form.edit("prompt", MANY)
        await until(lambda: note(page).startswith("Next: "), "the draw of the seed")
        assert page.next.fixed(page.wish()).values["seed"] == "5"

    live(qapp, home, scenario)


def test_a_prompt_that_was_sent_as_it_stands_stays_so(qapp: QApplication, home: Path) -> None:
    async def scenario(window: MainWindow) -> None:
        page = await page_with(window, "x")
        page.settings.take("a.json", {"prompt": "{a|b}"})
        assert page.form.values()["prompt"] == r"\{a\|b\}"
        page.settings.take("b.json", {"prompt": "{a|b}", "choices": True})
        assert page.form.values()["prompt"] == "{a|b}"
        assert page.wish().values["choices"] is True
        page.form.edit("prompt", "plain")
        assert "choices" not in page.wish().values

    live(qapp, home, scenario)


def test_a_job_for_each_line(qapp: QApplication, home: Path) -> None:
    async def scenario(window: MainWindow) -> None:
        page = await page_with(window, "one")
        button = next(one for one in page.form.findChildren(Button) if one.text() == "Each line")
        assert not button.isVisible() and not page.form.commands.holds("each-line")
        page.form.edit("prompt", "one {a|a}\n\n# no\n two")
        assert button.isVisible()
        submitted: dict[str, Job] = {}
        window.studio.services.bus.subscribe(JobChanged, lambda event: submitted.setdefault(event.job.id, event.job))
        button.click()
        await until(lambda: window.shell.findChild(QMessageBox), "the question")
        box = window.shell.findChild(QMessageBox)
        assert isinstance(box, QMessageBox) and "Make 2 jobs, one for each line" in box.text()
        QTest.mouseClick(box.defaultButton(), Qt.MouseButton.LeftButton)
        await until(lambda: len(submitted) >= 2, "two jobs")
        jobs = await window.studio.services.jobs.wait_for([*submitted])
        assert sorted(str(job.values["prompt"]) for job in jobs) == ["one a", "two"]
        assert page.form.values()["prompt"].startswith("one {a|a}")

    live(qapp, home, scenario)
