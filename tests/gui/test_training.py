"""The page that trains: pictures with captions that are edited and saved, the curve while it goes, and the LoRA."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from oelala_desktop.domain.job import JobState
from oelala_desktop.ui.form.dataset_editor import DatasetEditor
from oelala_desktop.ui.jobs.words import title_of
from oelala_desktop.ui.main_window import MainWindow
from oelala_desktop.ui.studio import Reuse
from oelala_desktop.ui.tool.page import ToolPage
from oelala_desktop.ui.tool.training import LoraBar
from oelala_desktop.ui.train.curve import curve_image, smooth
from oelala_desktop.ui.train.source import DatasetSource
from tests.faults.hostile import Hostile
from tests.faults.trainer import Trainer, pictures, with_log
from tests.gui.living import live, until
from tests.gui.trainer_rig import training_server


@pytest.fixture
def trainer() -> Trainer:
    return Trainer()


@pytest.fixture
def server(tmp_path: Path, trainer: Trainer) -> Iterator[Hostile]:
    with training_server(tmp_path / "server", trainer) as hostile:
        yield hostile


async def page_of(window: MainWindow) -> ToolPage:
    window.shell.show_page("train-lora")
    page = window.shell.page("train-lora")
    assert isinstance(page, ToolPage)
    view = window.tool_view
    assert view is not None
    await until(lambda: window.studio.services.current.engine.catalog is not None, "the lists")
    await until(lambda: view.preset is not None, "a preset")
    view.choose_preset("sd15")
    return page


def editor_of(page: ToolPage) -> DatasetEditor:
    editor = page.form.given.editor("dataset")
    assert isinstance(editor, DatasetEditor)
    return editor


async def given(page: ToolPage, folder: Path) -> DatasetSource:
    editor = editor_of(page)
    editor.files_dropped.emit([folder])
    await until(lambda: editor.source.list.captions.pictures, "the pictures")
    return editor.source


def test_captions_are_edited_and_saved_beside_the_pictures(qapp: QApplication, tmp_path: Path, server: Hostile) -> None:
    folder = pictures(tmp_path / "harbour")
    typed = "a harbour at noon"

    async def first(window: MainWindow) -> None:
        page = await page_of(window)
        assert page.form.generate.text() == "Train"
        source = await given(page, folder)
        assert (source.title.text(), source.facts.text()) == ("harbour", "3 pictures · 1 without caption")
        assert page.form.values()["dataset"] == str(folder)
        captions = source.list.captions
        await until(lambda: not any(map(captions.lacks_small, range(3))), "the small pictures")
        assert source.box.text() == "a harbour, view 0"
        source.list.setCurrentIndex(captions.index(2))
        assert source.box.text() == "" and not source.save.isEnabled()
        source.box.setPlainText(typed)
        assert source.facts.text() == "3 pictures" and source.save.isEnabled()
        assert not (folder / "harbour 2.txt").exists(), "nothing is written until that is asked for"
        drafts = window.studio.services.paths.data / "captions.json"
        await until(drafts.exists, "the draft")

    async def second(window: MainWindow) -> None:
        page = await page_of(window)
        source = editor_of(page).source
        await until(lambda: source.list.captions.edits, "what was typed before")
        assert source.list.captions.caption(2) == typed
        source.save.click()
        await until(lambda: not source.list.captions.edits, "the captions saved")
        assert (folder / "harbour 2.txt").read_text() == typed + "\n"
        assert (folder / "harbour 0.txt").read_text() == "a harbour, view 0\n"
        drafts = window.studio.services.paths.data / "captions.json"
        await until(lambda: json.loads(drafts.read_text()) == {}, "no draft left")

    live(qapp, tmp_path / "home", first, engine=server.url)
    live(qapp, tmp_path / "home", second, engine=server.url)


def test_what_is_typed_right_before_the_window_closes_is_kept(
    qapp: QApplication, tmp_path: Path, server: Hostile
) -> None:
    folder = pictures(tmp_path / "harbour")

    async def scenario(window: MainWindow) -> None:
        source = await given(await page_of(window), folder)
        training, data = window.tool_view.training, window.studio.services.paths.data  # type: ignore[union-attr]
        assert training is not None
        training._keeping.setInterval(10**6)  # that moment never comes
        source.list.setCurrentIndex(source.list.captions.index(2))
        source.box.setPlainText("a quay")
        await window.keep_drafts()
        assert list(json.loads((data / "captions.json").read_text()).values()) == ["a quay"]
        source.box.setPlainText("a quay at noon")
        await window.keep_drafts()
        assert list(json.loads((data / "captions.json").read_text()).values()) == ["a quay at noon"]

    live(qapp, tmp_path / "home", scenario, engine=server.url)


def test_from_the_page_to_a_lora_that_is_tried(
    qapp: QApplication, tmp_path: Path, server: Hostile, trainer: Trainer
) -> None:
    folder = pictures(tmp_path / "harbour")
    server.frames = with_log(3)
    trainer.gate.clear()

    async def scenario(window: MainWindow) -> None:
        page = await page_of(window)
        source = await given(page, folder)
        source.list.setCurrentIndex(source.list.captions.index(2))
        source.box.setPlainText("a quay")
        page.form.edit("trigger", "hrbr")
        page.form.edit("lora_name", "Harbour")
        page.form.edit("steps", 3)
        bar = page.loras
        assert isinstance(bar, LoraBar) and not bar.use.isEnabled() and not bar.try_it.isEnabled()
        page.form.generate.click()
        view = window.tool_view
        assert view is not None
        await until(lambda: view.stage._losses and len(view.stage._losses) == 3, "the curve")
        assert (folder / "harbour 2.txt").read_text() == "a quay\n", "Train saves what was typed"
        trainer.gate.set()
        await until(lambda: view.stage.job is not None and view.stage.job.state is JobState.DONE, "the LoRA")
        job = view.stage.job
        assert job is not None and job.main_output is not None
        await until(lambda: bar.words.text() == Path(job.main_output.path).name, "its name")  # type: ignore[union-attr]
        assert trainer.seen["0003.png"] == "hrbr, a quay"
        assert bar.use.isEnabled() and not bar.try_it.isEnabled()
        training = view.training
        assert training is not None and training._name(job).startswith("Harbour ")
        assert training._name(job) != training._name(replace(job, id=f"again-{job.id}")), "of another training"
        buttons = page.output.buttons._buttons
        await until(buttons["folder"].isEnabled, "the LoRA on the stage")
        assert not buttons["gallery"].isEnabled()
        bar.use.click()
        told = window.studio.notices
        await until(lambda: any("into the folder models/loras of" in notice.text for notice in told), "where to put it")
        loras = tmp_path / "loras"
        loras.mkdir()
        server.say("GET /internal/folder_paths", json.dumps({"loras": [str(loras)]}))
        bar.use.click()
        await until(lambda: any("is among the LoRAs of" in notice.text for notice in told), "it was put there")
        assert [path.stem for path in loras.iterdir()] == [training._name(job)]
        wishes: list[Reuse] = []
        window.studio.reuse_requested.disconnect()
        window.studio.reuse_requested.connect(wishes.append)
        assert view.training is not None
        view.training._act("try")
        assert wishes[0].tool == "text-to-image"
        assert wishes[0].values["prompt"] == "hrbr" and "sd15" in wishes[0].note, "no preset makes pictures of it yet"

    live(qapp, tmp_path / "home", scenario, engine=server.url)


def test_a_training_that_waits_is_edited_with_its_captions(qapp: QApplication, tmp_path: Path, server: Hostile) -> None:
    folder = pictures(tmp_path / "harbour")

    async def scenario(window: MainWindow) -> None:
        page = await page_of(window)
        source = await given(page, folder)
        page.form.edit("trigger", "hrbr")
        jobs, view, waiting = window.studio.services.jobs, window.tool_view, window.queue
        await jobs.pause(True)
        page.form.generate.click()
        await until(lambda: waiting.waiting, "the training that waits")
        job = waiting.waiting[0]
        assert view is not None and title_of(job) == "Train LoRA · harbour"
        window.studio.edit_requested.emit(job)
        assert page.form.generate.text() == "Save"
        source.list.setCurrentIndex(source.list.captions.index(2))
        source.box.setPlainText("a quay")
        page.form.edit("lora_name", "Quay")
        page.form.generate.click()
        await until(lambda: view.editing.job is None, "that it is saved")
        assert page.form.generate.text() == "Train"
        assert (folder / "harbour 2.txt").read_text() == "a quay\n", "Save saves what was typed"
        saved = await jobs.find(job.id)
        assert title_of(saved) == "Train LoRA · Quay" and saved.inputs != job.inputs

    live(qapp, tmp_path / "home", scenario, engine=server.url)


def test_what_cannot_be_used_is_named_in_its_row(qapp: QApplication, tmp_path: Path, server: Hostile) -> None:
    folder = pictures(tmp_path / "harbour")
    (folder / "harbour 1.png").write_bytes(b"no picture")

    async def scenario(window: MainWindow) -> None:
        page = await page_of(window)
        source = await given(page, folder)
        assert source.facts.text() == "3 pictures · 1 without caption · 1 cannot be used"
        spoken = [source.list.captions.index(row).data(11) for row in range(3)]
        assert spoken[1].startswith("harbour 1.png: harbour 1.png is not a picture")
        empty = tmp_path / "empty"
        empty.mkdir()
        editor_of(page).files_dropped.emit([empty])
        await until(lambda: source._error.text(), "a refusal")
        assert source._error.text() == "empty has no picture in it (PNG, JPEG, WebP)."

    live(qapp, tmp_path / "home", scenario, engine=server.url)


@pytest.mark.parametrize("losses", [(), ((1, 0.5),), ((1, 0.5), (2, 0.5)), ((1, 0.9), (50, 0.1), (99, 0.3))])
def test_a_curve_of_any_losses(qapp: QApplication, losses: tuple[tuple[int, float], ...]) -> None:
    image = curve_image(losses, 100)
    assert not image.isNull() and image.pixelColor(0, 0) == image.pixelColor(image.width() - 1, 0)
    assert [step for step, _ in smooth(losses)] == [step for step, _ in losses]
