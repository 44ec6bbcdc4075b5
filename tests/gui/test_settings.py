"""The settings page, as a person uses it."""

from __future__ import annotations

import asyncio
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from oelala_desktop.domain.events import ApiChanged
from oelala_desktop.services.settings.known import API_PORT
from oelala_desktop.ui.main_window import MainWindow
from oelala_desktop.ui.settings.page import SettingsPage
from oelala_desktop.ui.settings.view import SECTIONS
from tests.gui.living import live, until
from tests.gui.media_rig import NO_ENGINE
from tests.gui.reach import field, words
from tests.ports import free_port


def test_a_folder_counts_when_it_is_typed_to_the_end(qtbot: QtBot) -> None:
    page = SettingsPage(SECTIONS)
    qtbot.addWidget(page)
    page.set_values({"output_folder": "/before"})
    page.show()
    heard: list[tuple[str, object]] = []
    page.changed.connect(lambda key, value: heard.append((key, value)))
    edit = field(page, "Results")
    edit.selectAll()
    qtbot.keyClicks(edit, "/after")
    assert heard == []
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert heard == [("output_folder", "/after")]
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert len(heard) == 1


def test_a_token_is_typed_unseen_kept_with_the_secrets_and_asked_for(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OELALA_HOME", str(tmp_path))

    async def scenario(window: MainWindow) -> None:
        services = window.studio.services
        port = free_port()
        services.settings.set(API_PORT, port)
        await until(lambda: services.api_url == f"http://127.0.0.1:{port}", "the interface at its new port")
        window.shell.show_page("settings")
        edit = field(window.shell, "Token")
        assert edit.echoMode() is QLineEdit.EchoMode.Password

        async def status(token: str) -> int:
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            request = urllib.request.Request(f"{services.api_url}/health", headers=headers)
            try:
                with await asyncio.to_thread(urllib.request.urlopen, request) as answer:
                    return int(answer.status)
            except urllib.error.HTTPError as error:
                error.close()
                return int(error.code)

        def type_in(token: str) -> None:
            edit.selectAll()
            QTest.keyClick(edit, Qt.Key.Key_Delete)
            QTest.keyClicks(edit, token)
            QTest.keyClick(edit, Qt.Key.Key_Return)

        async def anew() -> None:
            await until(lambda: starts, "the interface anew")
            assert starts.pop().url is not None

        starts: list[ApiChanged] = []
        services.bus.subscribe(ApiChanged, starts.append)
        assert await status("") == 200
        type_in("canary-51c2")
        await anew()
        assert await status("") == 401
        assert await status("canary-51c2") == 200
        await services.settings.flush()
        assert "canary" not in services.paths.preferences.read_text()
        assert "canary-51c2" in services.paths.secrets.read_text()
        type_in("two words")
        await until(lambda: "two words" not in words(window.shell) and "token" in words(window.shell), "the sentence")
        assert await status("canary-51c2") == 200
        type_in("")
        await anew()
        assert await status("") == 200
        assert await services.api_token() is None

    live(qapp, tmp_path, scenario, engine=NO_ENGINE)
