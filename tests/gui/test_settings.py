"""The settings page, as a person uses it."""

from __future__ import annotations

import asyncio
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from oelala_desktop.services.known_settings import API_PORT
from oelala_desktop.ui.main_window import MainWindow
from oelala_desktop.ui.pages.settings_page import SettingsPage
from oelala_desktop.ui.settings_view import SECTIONS
from tests.gui.living import live, until
from tests.ports import free_port


def field(page: QWidget, name: str) -> QLineEdit:
    return next(edit for edit in page.findChildren(QLineEdit) if edit.accessibleName() == name)


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
        services.settings.set(API_PORT, free_port())
        await until(lambda: services.api_url, "the interface at its new port")
        window.shell.show_page("settings")
        await asyncio.sleep(0)
        edit = field(window.shell, "Token")
        assert edit.echoMode() is QLineEdit.EchoMode.Password

        async def status(token: str) -> int:
            if services.api_url is None:
                return 0
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            request = urllib.request.Request(f"{services.api_url}/health", headers=headers)
            try:
                with await asyncio.to_thread(urllib.request.urlopen, request) as answer:
                    return int(answer.status)
            except urllib.error.HTTPError as error:
                error.close()
                return int(error.code)
            except OSError:  # it stops and starts meanwhile
                return 0

        async def type_in(token: str, without: int) -> None:
            edit.selectAll()
            QTest.keyClick(edit, Qt.Key.Key_Delete)
            QTest.keyClicks(edit, token)
            QTest.keyClick(edit, Qt.Key.Key_Return)
            async with asyncio.timeout(20):
                while await status("") != without:
                    await asyncio.sleep(0.05)

        assert await status("") == 200
        await type_in("canary-51c2", without=401)
        assert await status("canary-51c2") == 200
        await services.settings.flush()
        assert "canary" not in services.paths.preferences.read_text()
        assert "canary-51c2" in services.paths.secrets.read_text()
        await type_in("two words", without=401)
        assert await status("canary-51c2") == 200
        await type_in("", without=200)
        assert await services.api_token() is None

    live(qapp, tmp_path, scenario)
