"""The settings page: what it shows is what is, and what it sets is set."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from oelala_desktop.services.known_settings import API, API_PORT, FOLLOW_LINKS, MEDIA_FOLDERS
from oelala_desktop.storage import autostart
from oelala_desktop.ui import motion
from oelala_desktop.ui.fields import SwitchEditor
from oelala_desktop.ui.main_window import MainWindow
from oelala_desktop.ui.pages.settings_page import FoldersEditor, SettingsPage
from oelala_desktop.ui.widgets.button import IconButton
from tests.gui.living import live, until

NOWHERE = "http://127.0.0.1:9"


def _page(window: MainWindow) -> SettingsPage:
    window.shell.show_page("settings")
    page = window.shell.page("settings")
    assert isinstance(page, SettingsPage)
    return page


def _switch(page: SettingsPage, key: str) -> None:
    editor = page._editors[key]
    assert isinstance(editor, SwitchEditor)
    QTest.mouseClick(editor.toggle, Qt.MouseButton.LeftButton, pos=editor.toggle.rect().center())


def test_the_api_says_whether_it_answers(qapp: QApplication, tmp_path: Path) -> None:
    async def scenario(window: MainWindow) -> None:
        services, page = window.studio.services, _page(window)
        with socket.create_server(("127.0.0.1", 0)) as other:
            port = other.getsockname()[1]
            services.settings.set(API_PORT, port)
            await services.serve_api()
            assert f"Port {port} is taken by another program" in page._notes["api"].text()
        await services.serve_api()
        assert page._notes["api"].text() == f"Answers at http://127.0.0.1:{port}"
        services.settings.set(API, False)
        await services.serve_api()
        assert page._notes["api"].text() == "Off."

    live(qapp, tmp_path, scenario, engine=NOWHERE)


def test_folders_are_taken_out_one_by_one(qapp: QApplication, tmp_path: Path) -> None:
    async def scenario(window: MainWindow) -> None:
        folders = [str(tmp_path / "a;b"), str(tmp_path / "c")]
        window.studio.services.settings.set(MEDIA_FOLDERS, folders)
        page = _page(window)
        editor = page._editors["media_folders"]
        assert isinstance(editor, FoldersEditor) and list(editor.list.folders) == folders
        editor.list.findChildren(IconButton)[0].click()
        assert window.studio.services.settings.get(MEDIA_FOLDERS) == folders[1:]
        assert NOWHERE in page._notes["engine_url"].text()

    live(qapp, tmp_path / "home", scenario, engine=NOWHERE)


def test_a_linked_folder_is_named_where_folders_are_set(qapp: QApplication, tmp_path: Path) -> None:
    other, output = tmp_path / "other", tmp_path / "home" / "output"
    other.mkdir()
    output.mkdir(parents=True)
    (output / "elsewhere").symlink_to(other)

    async def scenario(window: MainWindow) -> None:
        page = _page(window)
        await window.studio.open_library()
        note = page._notes["follow_links"]
        await until(lambda: "elsewhere is a link to another folder" in note.text(), "the link is named")
        _switch(page, "follow_links")
        await until(lambda: note.text() == "", "it is followed")
        assert window.studio.services.settings.get(FOLLOW_LINKS) is True

    live(qapp, tmp_path / "home", scenario, engine=NOWHERE)


def test_links_that_lead_back_are_said_to(qapp: QApplication, tmp_path: Path) -> None:
    output = tmp_path / "home" / "output"
    output.mkdir(parents=True)
    for name in ("up", "over"):
        (output / name).symlink_to(output.parent)

    async def scenario(window: MainWindow) -> None:
        page = _page(window)
        await window.studio.open_library()
        note = page._notes["follow_links"]
        await until(lambda: note.text().endswith("are links to other folders."), "the links are named")
        _switch(page, "follow_links")
        await until(lambda: note.text().endswith("lead back to where they lie."), "why they are not followed")

    live(qapp, tmp_path / "home", scenario, engine=NOWHERE)


def test_less_motion(qapp: QApplication, tmp_path: Path) -> None:
    async def scenario(window: MainWindow) -> None:
        qapp.setProperty(motion.REDUCED, False)
        _switch(_page(window), "reduced_motion")
        assert qapp.property(motion.REDUCED) is True
        assert not motion.allowed(window.shell)

    live(qapp, tmp_path, scenario, engine=NOWHERE)


@pytest.mark.skipif(not autostart.is_offered(), reason="XDG autostart is Linux's")
def test_autostart(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("OELALA_HOME", str(tmp_path / 'a "home" $1'))

    async def scenario(window: MainWindow) -> None:
        page = _page(window)
        path = autostart.entry_path()
        assert tmp_path in path.parents
        _switch(page, "autostart")
        await until(path.is_file, "the entry", 6)
        text = path.read_text("utf-8")
        assert "OELALA_HOME=" in text and "[Desktop Entry]" in text
        await asyncio.sleep(0.05)
        _switch(page, "autostart")
        await until(lambda: not path.exists(), "the entry's end", 6)
        path.parent.rmdir()
        path.parent.write_text("in the way")
        _switch(page, "autostart")
        await until(lambda: page._problems["autostart"].text(), "the sentence", 6)
        editor = page._editors["autostart"]
        assert isinstance(editor, SwitchEditor) and not editor.toggle.isChecked()

    live(qapp, tmp_path / "home", scenario, engine=NOWHERE)


def test_a_quoted_command_is_read_back(tmp_path: Path) -> None:
    """GLib is the reader that desktops use; without it the escapes are compared."""
    word = 'a "b" $c `d` \\e 100%'
    quoted = autostart._quoted(word)
    value = quoted.replace("\\\\", "\\")  # the string's own escapes
    inner = value[1:-1].replace("%%", "%")
    for letter in '"`$\\':
        inner = inner.replace(f"\\{letter}", letter)
    assert inner == word
