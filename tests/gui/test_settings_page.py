"""The settings page: what it shows is what is, and what it sets is set."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from oelala_desktop.services.settings.known import API, API_PORT, FOLLOW_LINKS, MEDIA_FOLDERS
from oelala_desktop.storage import autostart
from oelala_desktop.ui.main_window import MainWindow
from oelala_desktop.ui.settings.page import SettingsPage
from oelala_desktop.ui.settings.view import SECTIONS
from oelala_desktop.ui.style import motion
from oelala_desktop.ui.widgets.card import Card
from tests.gui.living import live, until
from tests.gui.reach import button, press, seen, text, words

NOWHERE = "http://127.0.0.1:9"


def _page(window: MainWindow) -> SettingsPage:
    window.shell.show_page("settings")
    page = window.shell.page("settings")
    assert isinstance(page, SettingsPage)
    return page


def test_the_api_says_whether_it_answers(qapp: QApplication, tmp_path: Path) -> None:
    async def scenario(window: MainWindow) -> None:
        services, page = window.studio.services, _page(window)
        with socket.create_server(("127.0.0.1", 0)) as other:
            port = other.getsockname()[1]
            services.settings.set(API_PORT, port)
            await services.serve_api()
            assert f"Port {port} is taken by another program" in words(page)
        await services.serve_api()
        assert text(page, f"Answers at http://127.0.0.1:{port}")
        services.settings.set(API, False)
        await services.serve_api()
        assert text(page, "Off.") and "Answers at" not in words(page)

    live(qapp, tmp_path, scenario, engine=NOWHERE)


def test_folders_are_taken_out_one_by_one(qapp: QApplication, tmp_path: Path) -> None:
    async def scenario(window: MainWindow) -> None:
        folders = [str(tmp_path / "a;b"), str(tmp_path / "c")]
        window.studio.services.settings.set(MEDIA_FOLDERS, folders)
        page = _page(window)
        assert all(seen(page, folder) for folder in folders)
        press(page, f"Take {folders[0]} out of My Media")
        assert window.studio.services.settings.get(MEDIA_FOLDERS) == folders[1:]
        await until(lambda: not seen(page, folders[0]) and seen(page, folders[1]), "the other alone")
        assert text(page, NOWHERE)

    live(qapp, tmp_path / "home", scenario, engine=NOWHERE)


def test_a_linked_folder_is_named_where_folders_are_set(qapp: QApplication, tmp_path: Path) -> None:
    other, output = tmp_path / "other", tmp_path / "home" / "output"
    other.mkdir()
    output.mkdir(parents=True)
    (output / "elsewhere").symlink_to(other)

    async def scenario(window: MainWindow) -> None:
        page = _page(window)
        await window.studio.open_library()
        await until(lambda: "elsewhere is a link to another folder" in words(page), "the link is named")
        press(page, "Linked folders")
        await until(lambda: "Not shown:" not in words(page), "it is followed")
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
        await until(lambda: "are links to other folders." in words(page), "the links are named")
        press(page, "Linked folders")
        await until(lambda: "lead back to where they lie." in words(page), "why they are not followed")

    live(qapp, tmp_path / "home", scenario, engine=NOWHERE)


def test_less_motion(qapp: QApplication, tmp_path: Path) -> None:
    async def scenario(window: MainWindow) -> None:
        qapp.setProperty(motion.REDUCED, False)
        press(_page(window), "Motion")
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
        press(page, "Start")
        await until(path.is_file, "the entry")
        text = path.read_text("utf-8")
        assert "OELALA_HOME=" in text and "[Desktop Entry]" in text
        press(page, "Start")
        await until(lambda: not path.exists(), "the entry's end")
        path.parent.rmdir()
        path.parent.write_text("in the way")
        press(page, "Start")
        await until(lambda: "cannot be changed" in words(page), "the sentence")
        assert not button(page, "Start").isChecked()

    live(qapp, tmp_path / "home", scenario, engine=NOWHERE)


def test_a_quoted_command_is_read_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """GLib is the reader that desktops use; without it the escapes are compared."""
    word = f'OELALA_HOME={tmp_path}/a "b" $c `d` \\e 100%'
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("OELALA_HOME", word.partition("=")[2])
    autostart.set_on(True)
    command = re.search(r"^Exec=(.*)$", autostart.entry_path().read_text("utf-8"), re.MULTILINE)
    assert command is not None
    line = command[1].replace("\\\\", "\\")  # the string's own escapes
    value = re.findall(r'"(?:[^"\\]|\\.)*"|\S+', line)[1]
    inner = value[1:-1].replace("%%", "%")
    for letter in '"`$\\':
        inner = inner.replace(f"\\{letter}", letter)
    assert inner == word


def test_a_wide_page_is_used_and_tab_reads_column_by_column(qtbot: QtBot) -> None:
    page = SettingsPage(SECTIONS)
    qtbot.addWidget(page)
    page.show()
    cards = page.findChildren(Card)
    for width, columns in ((1000, 1), (1800, 2), (1000, 1)):
        page.resize(width, 900)
        QApplication.processEvents()
        assert len({card.mapTo(page, QPoint()).x() for card in cards}) == columns
        assert all(card.width() > 600 for card in cards)
    rows = [card.mapTo(page, QPoint()).y() for card in cards]
    assert rows == sorted(rows)
