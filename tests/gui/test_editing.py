"""A waiting job goes back to its page and is saved in its place: the window with a Sketch whose jobs can be held."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from oelala_desktop.domain.chain import Step
from oelala_desktop.domain.job import Awaited, JobState
from oelala_desktop.domain.wording import TYPED
from oelala_desktop.services.queue.jobs import Wish
from oelala_desktop.ui.form.input_editors import PictureEditor
from oelala_desktop.ui.jobs.words import title_of
from oelala_desktop.ui.main_window import MainWindow
from oelala_desktop.ui.studio import GoOn
from oelala_desktop.ui.tool.editing import settings_of
from tests.gui.living import has_picture, live, page_of, ready, until
from tests.gui.reach import has_button
from tests.gui.seeded_queue import make_job
from tests.gui.test_going_on import badge, told, with_result
from tests.gui.test_living_queue import SHORT, button, kinds, queued
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


def waiting(window: MainWindow) -> list[str]:
    return [job.id for job in window.studio.queue.book.waiting]


def test_a_waiting_job_is_edited_in_its_place(qapp: QApplication, home: Path, picture: Path, brake: Brake) -> None:
    brake.hold()

    async def scenario(window: MainWindow) -> None:
        page = await queued(window, picture, 4)
        jobs = window.studio.services.jobs
        order = waiting(window)
        page.form.set_values(page.form.values() | {"prompt": "what I write meanwhile"})
        job = window.studio.queue.book.find(order[1])
        assert job is not None
        window.studio.edit_requested.emit(job)
        assert button(page.page, "Save the waiting job").isVisible()
        assert page.form.values().get("prompt", "") == job.values["prompt"]
        await until(lambda: has_picture(page, picture), "its picture")
        page.form.set_values(page.form.values() | {"prompt": "turn right", "duration": 1.0})
        button(page.page, "Save the waiting job").click()
        await until(lambda: told(window, "Saved in its place"), "that it is saved")
        saved = await jobs.find(job.id)
        assert (saved.values["prompt"], saved.state, waiting(window)) == ("turn right", JobState.QUEUED, order)
        assert page.form.values()["prompt"] == "what I write meanwhile"
        assert page.chosen == "", "its preset was chosen for it alone"
        assert page.editing.job is None and not page.editing.bar.isVisible()  # type: ignore[union-attr]

        window.studio.edit_requested.emit(saved)
        page.form.set_values(page.form.values() | {"prompt": "nothing of this"})
        button(page.page, "Leave the waiting job as it was").click()
        assert (await jobs.find(job.id)).values["prompt"] == "turn right"

        window.studio.edit_requested.emit(saved)
        await jobs.cancel(job.id)
        await until(lambda: page.editing.job is None, "the end of what was cancelled")
        brake.release()
        await until(lambda: kinds(page).count("finished") == 3, "the others")

    live(qapp, home, scenario)


@pytest.mark.parametrize("tool", ["text-to-video", "image-to-video"])
def test_choices_come_back_as_they_were_typed(
    qapp: QApplication, home: Path, picture: Path, brake: Brake, tool: str
) -> None:
    typed = "a {red|blue} boat with __list__ sail"
    (home / "wildcards").mkdir()
    (home / "wildcards" / "list.txt").write_text("one\ntwo\nthree\n")
    brake.hold()

    async def scenario(window: MainWindow) -> None:
        await queued(window, picture, 2)
        page = page_of(window, tool)
        page.form.set_values({**SHORT, **({"image": str(picture)} if tool == "image-to-video" else {})})
        page.intake.look()
        await until(lambda: tool == "text-to-video" or has_picture(page, picture), "its picture")
        page.form.edit("prompt", typed)
        page.generate()
        await until(lambda: len(waiting(window)) == 2, "the job")
        job_id = waiting(window)[-1]
        job = await window.studio.services.jobs.find(job_id)
        page.queue.look_at(job)
        page.form.edit("prompt", "meanwhile")

        window.studio.edit_requested.emit(job)
        assert page.form.values()["prompt"] == typed
        await until(lambda: page.form.row("prompt").note == f"Next: {job.values['prompt']}", "the same draw")
        page.commands["job.save"].trigger()
        await until(lambda: page.editing.job is None, "that it is saved")
        saved = await window.studio.services.jobs.find(job_id)
        assert (saved.values, saved.seed) == (job.values, job.seed)
        assert saved.params["prompt_choices"] == typed

        window.studio.edit_requested.emit(saved)
        page.form.edit("prompt", "a \\{plain\\} {boat|boat}")
        page.form.edit("seed", 77)
        page.commands["job.save"].trigger()
        await until(lambda: page.editing.job is None, "that it is saved again")
        again = window.studio.queue.book.find(job_id)
        assert again is not None and title_of(again) == "a {plain} boat"
        assert "seed 77" in page.output.head.facts

    live(qapp, home, scenario)


def test_what_is_edited_is_what_was_typed() -> None:
    params = {f"prompt{TYPED}": "a {red|blue} boat"}
    job = make_job("a", JobState.QUEUED, "a red boat", params=params)
    assert settings_of(job).values["prompt"] == "a {red|blue} boat" and settings_of(job).values["choices"] is True
    awaits = Awaited("image", "@last", {"prompt": "on", "preset": job.preset})
    step = replace(job, params={}, awaits=awaits, values={**job.values, "image": "@last", "aspect_ratio": "3:2"})
    assert settings_of(step).values == {"prompt": "on", "seed": None, "preset": "wan22-14b-distorch2"}


def test_what_a_video_goes_on_from_is_told_as_long_as_it_does(
    qapp: QApplication, home: Path, picture: Path, brake: Brake
) -> None:
    async def scenario(window: MainWindow) -> None:
        page = await with_result(window, picture)
        assert page.stage.job is not None
        made = Path(page.stage.job.outputs[0].path)
        words = f"Goes on from {made.name}; the two are joined"
        page.commands["result.continue"].trigger()
        await until(lambda: badge(page) == words, "what it goes on from")
        before = page.form.row("image")
        page.form.set_fields(list(page.form.fields.values()))
        page.offer()
        assert page.form.row("image") is not before and badge(page) == words, "on a form that was made anew"
        assert page.wish().continues == made

        brake.hold()
        for _ in range(3):
            page.generate()
        await until(lambda: kinds(page)[-3:] == ["running", "waiting", "waiting"], "those that wait")
        job = await window.studio.services.jobs.find(waiting(window)[-1])
        page.intake.take("image", picture)
        await until(lambda: has_picture(page, picture) and not badge(page), "another picture")
        window.studio.edit_requested.emit(job)
        assert badge(page) == words, "as the job that is edited does"
        page.generate()
        await until(lambda: page.editing.job is None, "that it is saved")
        assert not badge(page)
        saved = await window.studio.services.jobs.find(job.id)
        assert saved.continues == job.continues and saved.continues is not None

        page.going.take(GoOn("continue", made, "video"))
        await until(lambda: badge(page) == words, "what it goes on from again")
        other = await window.studio.services.jobs.find(waiting(window)[-1])
        window.studio.edit_requested.emit(other)
        page.intake.take("image", picture)
        await until(lambda: has_picture(page, picture) and not badge(page), "another picture in that job")
        assert page.wish().continues is None
        page.commands["job.let-go"].trigger()
        assert badge(page) == words and page.wish().continues == made, "the page has what it had"

    live(qapp, home, scenario)


def test_generate_saves_what_is_edited(qapp: QApplication, home: Path, picture: Path, brake: Brake) -> None:
    brake.hold()

    async def scenario(window: MainWindow) -> None:
        page = await queued(window, picture, 3)
        order, large = waiting(window), page.form.generate
        find = window.studio.services.jobs.find
        window.studio.edit_requested.emit(await find(order[-1]))
        assert large.text() == "Save" and not has_button(page.page, "Variations: 1")
        page.form.edit("prompt", "pan left")
        for _ in range(2):
            QTest.mouseClick(large, Qt.MouseButton.LeftButton)
        await until(lambda: page.editing.job is None, "that it is saved")
        assert (await find(order[-1])).values["prompt"] == "pan left"
        assert large.text() == "Generate" and has_button(page.page, "Variations: 1")

        window.studio.edit_requested.emit(await find(order[-1]))
        page.form.edit("prompt", "pan right")
        page.form.commands["generate"].trigger()
        page.form.commands["generate"].trigger()
        await until(lambda: page.editing.job is None, "that it is saved by the key")
        assert (await find(order[-1])).values["prompt"] == "pan right" and waiting(window) == order

        window.studio.edit_requested.emit(await find(order[-1]))
        page.commands["job.let-go"].trigger()
        assert large.text() == "Generate"
        page.form.commands["generate"].trigger()
        await until(lambda: len(waiting(window)) == 3, "a job of its own")

    live(qapp, home, scenario)


def test_what_is_wrong_with_it_is_said_and_it_stays(
    qapp: QApplication, home: Path, picture: Path, brake: Brake
) -> None:
    brake.hold()

    async def scenario(window: MainWindow) -> None:
        page = await queued(window, picture, 3)
        job = window.studio.queue.book.find(waiting(window)[-1])
        assert job is not None
        window.studio.edit_requested.emit(job)
        page.form.set_values({key: value for key, value in page.form.values().items() if key != "image"})
        page.commands["job.save"].trigger()
        editor = page.form.row("image").editor
        assert isinstance(editor, PictureEditor)
        await until(lambda: editor.source.zone.error, "what it lacks")
        assert page.editing.job is job
        page.commands["job.let-go"].trigger()
        running = page.stage.job
        assert running is not None
        window.studio.edit_requested.emit(running)
        await until(lambda: told(window, "Only a job that waits here can be edited"), "that it has begun")

    live(qapp, home, scenario)


def test_a_step_that_waits_keeps_what_it_waits_for(qapp: QApplication, home: Path, picture: Path, brake: Brake) -> None:
    brake.hold()

    async def scenario(window: MainWindow) -> None:
        await ready(window)
        services = window.studio.services
        values = {"image": str(picture), "preset": "sketch", **SHORT}
        steps = (Step("image-to-video", {"preset": "sketch", "prompt": "on", **SHORT}),)
        wish = Wish("image-to-video", values, services.paths.output, then=steps)
        first, second = await services.jobs.submit(wish, services.current.engine)
        page = page_of(window)
        await until(lambda: kinds(page) == ["running", "waiting"], "the chain")
        window.studio.edit_requested.emit(second)
        assert page.editing.bar is not None
        assert "step 2 of 2; what it goes by comes from the step before it" in page.editing.bar.words.text()
        values = page.form.values()
        assert (values["prompt"], values.get("image"), values.get("aspect_ratio")) == ("on", None, None)
        page.form.edit("prompt", "and on")
        page.form.generate.click()
        await until(lambda: told(window, "Saved in its place"), "that it is saved")
        brake.release()
        (ended,) = await services.jobs.wait_for([second.id])
        assert (ended.state, ended.after, ended.values["prompt"]) == (JobState.DONE, first.id, "and on")

    live(qapp, home, scenario)
