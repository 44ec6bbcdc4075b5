"""What helps with a prompt: a proposal that is taken, changed or left, and the words that a LoRA listens to."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from oelala_desktop.domain.errors import NotRunnable
from oelala_desktop.domain.preset import Preset
from oelala_desktop.services.engines.engine import Engine
from oelala_desktop.ui.form.fields import TextEditor
from oelala_desktop.ui.main_window import MainWindow
from oelala_desktop.ui.tool.view import ToolView
from tests.gui.living import live, page_of, until
from tests.gui.media_rig import NO_ENGINE
from tests.gui.reach import field, press, words


class Writer:
    """Writes what a test says, when it says so."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, str | None]] = []
        self.answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.refuses = ""

    async def ask(self, preset: Preset, prompt: str, picture: str | None, engine: Any) -> Any:
        self.asked.append((preset.id, prompt, picture))
        if self.refuses:
            raise NotRunnable(self.refuses)
        return SimpleNamespace(id="j1")

    async def written(self, job_id: str) -> str:
        return await self.answer


def page_with(window: MainWindow, prompt: str) -> tuple[ToolView, TextEditor, Writer]:
    page = page_of(window, "text-to-image")
    page.form.set_values({"prompt": prompt})
    writer = Writer()
    window.studio.services.improver = writer  # type: ignore[assignment]
    current = window.studio.services.current

    async def engine() -> Engine:
        return current.engine

    current.for_new_job = engine  # type: ignore[method-assign]
    editor = page.form.editor("prompt")
    assert isinstance(editor, TextEditor)
    return page, editor, writer


def test_a_proposal_is_taken_and_undone(qapp: QApplication, tmp_path: Path) -> None:
    async def act(window: MainWindow) -> None:
        page, editor, writer = page_with(window, "a boat")
        press(page.form, "Improve the prompt")
        await until(lambda: writer.asked, "that it was asked")
        assert writer.asked == [(page.preset.id if page.preset else "", "a boat", None)]
        assert "is writing" in words(page.form)
        writer.answer.set_result("A boat leaves the harbour.")
        await until(lambda: "Proposed." in words(page.form), "the proposal")
        assert page.form.values()["prompt"] == "a boat", "nothing is taken by itself"
        press(page.form, "Use this prompt")
        assert page.form.values()["prompt"] == "A boat leaves the harbour." == editor.box.text()
        QTest.keyClick(editor.box, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert page.form.values()["prompt"] == "a boat" == editor.box.text()

    live(qapp, tmp_path, act, engine=NO_ENGINE)


def test_a_proposal_is_changed_before_it_is_taken(qapp: QApplication, tmp_path: Path) -> None:
    async def act(window: MainWindow) -> None:
        page, _, writer = page_with(window, "a boat")
        press(page.form, "Improve the prompt")
        writer.answer.set_result("A boat.")
        await until(lambda: "Proposed." in words(page.form), "the proposal")
        QTest.keyClicks(field(page.form, "Proposed prompt"), "So: ")
        press(page.form, "Use this prompt")
        assert page.form.values()["prompt"] == "So: A boat."

    live(qapp, tmp_path, act, engine=NO_ENGINE)


def test_why_there_is_none_stands_there(qapp: QApplication, tmp_path: Path) -> None:
    async def act(window: MainWindow) -> None:
        page, _, writer = page_with(window, "")
        press(page.form, "Improve the prompt")
        await until(lambda: "Type in a few words" in words(page.form), "that there is nothing to improve")
        assert writer.asked == []
        page.form.set_values({"prompt": "a boat"})
        writer.refuses = "It has no language model."
        press(page.form, "Improve the prompt")
        await until(lambda: "It has no language model." in words(page.form), "why")
        press(page.form, "Close")
        assert "It has no language model." not in words(page.form)

    live(qapp, tmp_path, act, engine=NO_ENGINE)


def test_who_does_not_wait_cancels_the_job(qapp: QApplication, tmp_path: Path) -> None:
    async def act(window: MainWindow) -> None:
        page, _, _ = page_with(window, "a boat")
        cancelled: list[str] = []

        async def cancel(job_id: str) -> None:
            cancelled.append(job_id)

        window.studio.services.jobs.cancel = cancel  # type: ignore[method-assign, assignment]
        press(page.form, "Improve the prompt")
        await until(lambda: page.prompt_help.is_waiting, "the job")
        press(page.form, "Cancel")
        await until(lambda: cancelled == ["j1"], "that it is cancelled")
        assert page.form.values()["prompt"] == "a boat" and "is writing" not in words(page.form)

    live(qapp, tmp_path, act, engine=NO_ENGINE)


def test_the_words_of_a_lora_go_behind_the_prompt(qapp: QApplication, tmp_path: Path) -> None:
    async def act(window: MainWindow) -> None:
        page, editor, _ = page_with(window, "a boat, ")
        told = {"pier.safetensors": {"modelspec.trigger_phrase": "harb0ur, old pier"}}

        async def metadata(name: str) -> dict[str, str]:
            return told.get(name, {})

        port = window.studio.services.current.engine.port
        port.lora_metadata = metadata  # type: ignore[method-assign]
        page.form.help_wished.emit("words", "pier.safetensors")
        await until(lambda: editor.box.text() == "a boat, harb0ur, old pier", "its words")
        page.form.help_wished.emit("words", "pier.safetensors")
        await until(lambda: "has the words of" in words(window.shell), "that they are there")
        page.form.help_wished.emit("words", "mute.safetensors")
        await until(lambda: "does not say which words" in words(window.shell), "that it says none")
        assert page.form.values()["prompt"] == "a boat, harb0ur, old pier"

    live(qapp, tmp_path, act, engine=NO_ENGINE)
