"""Starts of the window beside each other, and what a start finds of the one before."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QLockFile
from PySide6.QtGui import QGuiApplication
from PySide6.QtNetwork import QLocalSocket
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from oelala_desktop.ui.desktop import instance
from oelala_desktop.ui.desktop.instance import Instance
from oelala_desktop.ui.desktop.instance_name import instance_name, may_run_already
from oelala_desktop.ui.shell.remembered import read_remembered, remembered, restore
from oelala_desktop.ui.shell.shell import Shell

_START = """
import json, sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from oelala_desktop.ui.desktop.instance import Instance, hand_over
app = QCoreApplication([])
home, files = Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text())
given = Instance(home).is_second if sys.argv[3:] else lambda files, **more: hand_over(home, files, **more)
sys.exit(3 if given(files, patience_ms=60_000) else 4)
"""


def hand_over(qtbot: QtBot, home: Path, files: list[str], *as_second: str) -> bool:
    """By another process, which is answered while this one's window goes on."""
    (home / "files.json").write_text(json.dumps(files))
    command = [sys.executable, "-c", _START, str(home), str(home / "files.json"), *as_second]
    with subprocess.Popen(command) as process:
        qtbot.waitUntil(lambda: process.poll() is not None, timeout=60_000)
    assert process.returncode in (3, 4)
    return process.returncode == 3


@pytest.fixture
def first(qapp: QApplication, tmp_path: Path) -> Iterator[Instance]:
    made = Instance(tmp_path)
    assert made.is_first
    yield made
    made.deleteLater()
    qapp.processEvents()


def test_files_that_come_before_anybody_takes_them(qtbot: QtBot, first: Instance, tmp_path: Path) -> None:
    assert may_run_already(tmp_path)
    assert hand_over(qtbot, tmp_path, ["early ü.png"])
    taken: list[list[str]] = []
    first.deliver(taken.append)
    assert taken == [[str(Path("early ü.png").absolute())]]
    assert hand_over(qtbot, tmp_path, [])
    qtbot.waitUntil(lambda: len(taken) == 2)
    many = [f"/a folder with a long name/{number:05}.png" for number in range(5000)]
    assert hand_over(qtbot, tmp_path, many)
    qtbot.waitUntil(lambda: sum(map(len, taken)) == 1 + len(many))
    assert taken[1] == [] and list(chain(*taken[2:])) == many


def test_nonsense_from_another_program(qtbot: QtBot, first: Instance, tmp_path: Path) -> None:
    taken: list[list[str]] = []
    first.deliver(taken.append)
    sockets: list[QLocalSocket] = []
    for words in (b"", b"\xff\xfe\n", b"[]\n", b'{"files": 3}\n', b'{"files": ["/half', b'{"files": [1, "/x.png"]}\n'):
        sockets.append(socket := QLocalSocket())
        socket.connectToServer(instance_name(tmp_path))
        assert socket.waitForConnected(60_000)
        socket.write(words)
        socket.flush()
    qtbot.waitUntil(lambda: bool(sockets[-1].bytesAvailable()))
    assert taken == [["/x.png"]]
    assert not any(socket.bytesAvailable() for socket in sockets[:-1])


def test_more_than_was_promised_and_one_that_never_ends(qtbot: QtBot, first: Instance, tmp_path: Path) -> None:
    taken: list[list[str]] = []
    first.deliver(taken.append)
    large = json.dumps({"files": ["/x.png" + "x" * 2**16]}).encode()
    for words in (large, b'{"files": ['):
        with socket.socket(socket.AF_UNIX) as other:
            other.connect(instance_name(tmp_path))
            other.setblocking(False)
            with contextlib.suppress(BlockingIOError, ConnectionError):
                other.sendall(words)

            def is_closed(other: socket.socket = other) -> bool:
                try:
                    return other.recv(1) == b""
                except BlockingIOError:
                    return False
                except ConnectionError:
                    return True

            qtbot.waitUntil(is_closed)
    assert hand_over(qtbot, tmp_path, ["/y.png"])
    qtbot.waitUntil(lambda: bool(taken))
    assert taken == [["/y.png"]]


def test_its_place_is_this_users_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runtime, temporary, home = tmp_path / "run", tmp_path / "tmp", tmp_path / "home"
    for folder in (runtime, temporary, home):
        folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    assert Path(instance_name(home)).parent == runtime / "oelala"
    assert (runtime / "oelala").stat().st_mode & 0o777 == 0o700
    (runtime / "oelala").chmod(0o777)
    assert Path(instance_name(home)).parent == runtime / "oelala"
    assert (runtime / "oelala").stat().st_mode & 0o777 == 0o700
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "gone"))
    shared = temporary / f"oelala-{os.getuid()}"
    assert Path(instance_name(home)).parent == shared
    shared.rmdir()
    shared.symlink_to(runtime)
    assert Path(instance_name(home)).parent == home / "window"
    (home / "window").rmdir()
    (home / "window").write_text("in the way")
    assert instance_name(home) == "" and not may_run_already(home) and not instance.hand_over(home, [])
    assert Instance(home).is_first


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can be somebody else too")
def test_somebody_else_is_neither_given_nor_heard(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o777)
    place, ours = folder / "place", folder / "ours"
    somebody = "import os, socket; os.setgid(65534); os.setuid(65534); s = socket.socket(socket.AF_UNIX)"
    imposter = f"""{somebody}
s.bind({str(place)!r})
s.listen()
print("ready", flush=True)
print(s.accept()[0].recv(9999), flush=True)
"""
    intruder = f"""{somebody}
s.connect({str(ours)!r})
s.send(b'{{"files": ["/planted.png"]}}\\n')
"""
    try:
        with subprocess.Popen([sys.executable, "-c", imposter], stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None and process.stdout.readline() == "ready\n"
            with monkeypatch.context() as patch:
                patch.setattr("oelala_desktop.ui.desktop.instance.instance_name", lambda home: str(place))
                assert not instance.hand_over(tmp_path, ["/secret.png"])
            assert process.stdout.readline() == "b''\n"
        taken: list[list[str]] = []
        with monkeypatch.context() as patch:
            patch.setattr("oelala_desktop.ui.desktop.instance.instance_name", lambda home: str(ours))
            first = Instance(tmp_path)
        first.deliver(taken.append)
        ours.chmod(0o777)
        subprocess.run([sys.executable, "-c", intruder], check=True)
        with socket.socket(socket.AF_UNIX) as own:
            own.connect(str(ours))
            own.send(b'{"files": ["/own.png"]}\n')
            qtbot.waitUntil(lambda: bool(taken))
        assert taken == [["/own.png"]]
        first.deleteLater()
    finally:
        shutil.rmtree(folder)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no such pipes")
def test_nobody_waits_for_a_pipe_in_place_of_its_lock(qtbot: QtBot, tmp_path: Path) -> None:
    lock = Path(f"{instance_name(tmp_path)}.lock")
    os.mkfifo(lock)
    try:
        made = Instance(tmp_path)
        assert made.is_first and lock.is_file()
    finally:
        lock.with_suffix(".damaged").unlink()


def test_of_two_only_one_is_first(qtbot: QtBot, first: Instance, tmp_path: Path) -> None:
    second = Instance(tmp_path)
    assert not second.is_first and not first.is_second([])
    assert hand_over(qtbot, tmp_path, ["x.png"], "as second")
    taken: list[list[str]] = []
    first.deliver(taken.append)
    assert taken == [[str(Path("x.png").absolute())]]


def test_place_of_one_that_was_killed(qtbot: QtBot, tmp_path: Path) -> None:
    code = f"""
import os, signal, sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from oelala_desktop.ui.desktop.instance import Instance
app = QCoreApplication([])
first = Instance(Path({str(tmp_path)!r}))
os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", code])
    assert may_run_already(tmp_path) and not instance.hand_over(tmp_path, [])
    heir = Instance(tmp_path)
    assert heir.is_first and hand_over(qtbot, tmp_path, [])


def test_a_first_that_never_answers(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oelala_desktop.ui.desktop.instance._TRIES", 2)
    first = QLockFile(f"{instance_name(tmp_path)}.lock")
    assert first.tryLock(0)
    second = Instance(tmp_path)
    assert not second.is_second([]) and hand_over(qtbot, tmp_path, [])


def test_a_first_that_hangs(qtbot: QtBot, first: Instance, tmp_path: Path) -> None:
    """It listens, but does nothing: its thread is this one."""
    taken: list[list[str]] = []
    first.deliver(taken.append)
    second = Instance(tmp_path)
    assert not instance.hand_over(tmp_path, ["/x.png"], patience_ms=50)
    assert not second.is_second(["/x.png"], patience_ms=50)
    assert hand_over(qtbot, tmp_path, ["/y.png"])
    heard: list[list[str]] = []
    second.deliver(heard.append)
    assert heard == [["/y.png"]]
    assert taken == [], "what came too late is open elsewhere by now"


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
    assert {setting.key for setting, _ in remembered(shell)} == {"geometry", "sidebar_narrow", "folded_groups"}
    assert read_remembered(tmp_path / "none.json") == {}
