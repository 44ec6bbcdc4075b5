"""Starts of the window beside each other, and what a start finds of the one before."""

from __future__ import annotations

import base64
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray
from PySide6.QtGui import QGuiApplication
from PySide6.QtNetwork import QLocalSocket
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from oelala_desktop.ui.instance import Instance, hand_over
from oelala_desktop.ui.instance_name import instance_name, may_run_already
from oelala_desktop.ui.remembered import read_remembered, remembered, restore
from oelala_desktop.ui.shell import Shell


@pytest.fixture
def first(qapp: QApplication, tmp_path: Path) -> Iterator[Instance]:
    made = Instance(tmp_path)
    assert made.is_first
    yield made
    made.deleteLater()
    qapp.processEvents()


def test_files_that_come_before_anybody_takes_them(qtbot: QtBot, first: Instance, tmp_path: Path) -> None:
    assert may_run_already(tmp_path)
    assert hand_over(tmp_path, ["early ü.png"])
    qtbot.waitUntil(lambda: bool(first._early))
    taken: list[list[str]] = []
    first.deliver(taken.append)
    assert taken == [[str(Path("early ü.png").absolute())]]
    assert hand_over(tmp_path, [])
    qtbot.waitUntil(lambda: len(taken) == 2)
    many = [f"/a folder with a long name/{number:05}.png" for number in range(5000)]
    assert hand_over(tmp_path, many)
    qtbot.waitUntil(lambda: len(taken) == 3)
    assert taken[1:] == [[], many]


def test_nonsense_from_another_program(qtbot: QtBot, first: Instance, tmp_path: Path) -> None:
    taken: list[list[str]] = []
    first.deliver(taken.append)
    for words in (b"", b"\xff\xfe", b"[]", b'{"files": 3}', b'{"files": [1, "/x.png"]}'):
        socket = QLocalSocket()
        socket.connectToServer(instance_name(tmp_path))
        assert socket.waitForConnected(1000)
        socket.write(words)
        socket.flush()
        socket.disconnectFromServer()
    qtbot.waitUntil(lambda: ["/x.png"] in taken)
    assert all(files in ([], ["/x.png"]) for files in taken)


def test_of_two_only_one_is_first(qtbot: QtBot, first: Instance, tmp_path: Path) -> None:
    second = Instance(tmp_path)
    assert not second.is_first and not first.is_second([])
    assert second.is_second(["x.png"])
    qtbot.waitUntil(lambda: first._early == [[str(Path("x.png").absolute())]])


def test_place_of_one_that_was_killed(qtbot: QtBot, tmp_path: Path) -> None:
    code = f"""
import os, signal, sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from oelala_desktop.ui.instance import Instance
app = QCoreApplication([])
first = Instance(Path({str(tmp_path)!r}))
os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", code], timeout=90)
    assert may_run_already(tmp_path) and not hand_over(tmp_path, [])
    heir = Instance(tmp_path)
    assert heir.is_first and hand_over(tmp_path, [])


def test_a_first_that_never_answers(
    qtbot: QtBot, first: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("oelala_desktop.ui.instance._TRIES", 2)
    first._server.close()
    second = Instance(tmp_path)
    assert not second.is_second([]) and hand_over(tmp_path, [])


@pytest.mark.parametrize(
    "damage", ["%%%", "A", "ü", "", base64.b64encode(b"\x01\xd9\xd0\xcb" + b"\xff" * 60).decode(), 7, None]
)
def test_damaged_geometry(qtbot: QtBot, damage: object) -> None:
    shell = Shell()
    qtbot.addWidget(shell)
    restore(shell, {"geometry": damage, "folded_groups": "x", "sidebar_narrow": "yes"})
    assert shell.size().width() >= 1000


def test_a_place_on_a_screen_that_is_gone(qtbot: QtBot, tmp_path: Path) -> None:
    shell = Shell()
    qtbot.addWidget(shell)
    elsewhere = QWidget()
    qtbot.addWidget(elsewhere)
    elsewhere.setGeometry(5000, 3000, 1300, 800)
    kept = base64.b64encode(QByteArray(elsewhere.saveGeometry()).data()).decode()
    restore(shell, {"geometry": kept})
    shell.show()
    screens = [screen.availableGeometry() for screen in QGuiApplication.screens()]
    assert any(screen.intersects(shell.frameGeometry()) for screen in screens)
    assert set(remembered(shell)) == {"geometry", "sidebar_narrow", "folded_groups"}
    assert read_remembered(tmp_path / "none.json") == {}
