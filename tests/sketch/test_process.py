"""The life of a Sketch process."""

import fcntl
import os
import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from oelala_desktop.domain.callers import OwnNames
from oelala_desktop.sketch import gate
from oelala_desktop.sketch.private_folder import private_folder
from tests.sketch.client import Client, long_graph, png
from tests.sketch.conftest import sketch_process


def test_sigterm_ends_it_cleanly_even_mid_job(tmp_path: Path) -> None:
    base = tmp_path / "base"
    with sketch_process("--base-dir", str(base)) as (process, address):
        client = Client(address)
        with client.http, client.listen("x") as listener:
            client.upload("start.png", png())
            client.submit(long_graph("x"), client_id="x")
            listener.next("progress")
            assert base.stat().st_mode & 0o777 == 0o700
            process.terminate()
            assert process.wait(40) == 0
    assert not base.exists()


def test_a_private_folder_comes_and_goes(tmp_path: Path) -> None:
    code = "import os, tempfile, sys; tempfile.tempdir = sys.argv.pop(1)"
    script = f"{code}; from oelala_desktop.sketch.__main__ import main; sys.exit(main())"
    command = [sys.executable, "-c", script, str(tmp_path), "--idle-exit", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline()
        (folder,) = tmp_path.iterdir()
        assert folder.stat().st_mode & 0o777 == 0o700
        process.terminate()
        assert process.wait(40) == 0
    assert list(tmp_path.iterdir()) == []


def test_it_leaves_when_nobody_is_there(tmp_path: Path) -> None:
    base = tmp_path / "base"
    with sketch_process("--idle-exit", "0.5", "--base-dir", str(base)) as (process, _):
        assert process.wait(40) == 0
    assert not base.exists()


async def test_somebody_is_there_while_a_request_or_a_socket_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(gate, "time", SimpleNamespace(monotonic=lambda: now))
    activity, seen = gate.Activity(), []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        nonlocal now
        now += 3600.0
        seen.append((scope["type"], activity.idle_for()))

    guarded = gate.Gate(app, activity, 100, lambda address: OwnNames({"127.0.0.1"}, 5))
    for kind in ("http", "websocket"):
        assert activity.idle_for() == 0.0
        scope = {"type": kind, "method": "GET", "server": ("127.0.0.1", 5), "headers": [(b"host", b"127.0.0.1:5")]}
        await guarded(scope, None, None)  # type: ignore[arg-type]
    assert seen == [("http", 0.0), ("websocket", 0.0)]
    now += 7.0
    assert activity.idle_for() == 7.0


def test_a_taken_port_is_said_in_a_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "oelala_desktop.sketch", "--port", port]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 1 and ended.stdout == ""
    assert ended.stderr.startswith(f"Sketch cannot listen on 127.0.0.1:{port}: ")


def test_the_folder_of_a_killed_process_is_cleared_away(tmp_path: Path) -> None:
    killed, used, young = (tmp_path / f"oelala-sketch-{name}" for name in ("killed", "used", "young"))
    for folder in (killed, used, young):
        folder.mkdir()
        (folder / ".lock").touch()
    (killed / "output").mkdir()
    (killed / "output" / "film.mp4").write_bytes(b"film")
    for folder in (killed, used):
        os.utime(folder, (1, 1))
    with (used / ".lock").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with private_folder(tmp_path) as made:
            assert set(tmp_path.iterdir()) == {used, young, made}
            assert made.stat().st_mode & 0o777 == 0o700
    assert set(tmp_path.iterdir()) == {used, young}
