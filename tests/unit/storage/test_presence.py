"""Who lives: told by a lock, on whatever clock and in whatever namespace."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from oelala_desktop.domain.errors import CannotSave
from oelala_desktop.domain.job import Owner
from oelala_desktop.storage.home import check_home
from oelala_desktop.storage.presence import Presence

_LIVING = """
import sys
from pathlib import Path
from oelala_desktop.storage.presence import Presence
presence = Presence(Path(sys.argv[1]))
presence.enter()
print(presence.me.lock, presence.me.boot, flush=True)
sys.stdin.read()
"""


def living(folder: Path, *before: str) -> tuple[subprocess.Popen[str], Owner]:
    command = [*before, sys.executable, "-c", _LIVING, str(folder)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, Owner(*process.stdout.readline().split())


def end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


def test_it_lives_as_long_as_its_process(tmp_path: Path) -> None:
    me = Presence(tmp_path / "run")
    assert not me.is_alive(me.me)
    me.enter()
    assert me.is_alive(me.me) and me.is_alone()
    process, other = living(tmp_path / "run")
    assert me.is_alive(other) and not me.is_alone()
    end(process)
    assert not me.is_alive(other) and me.is_alone()
    me.leave()
    assert not me.is_alive(me.me)
    assert [path.name for path in (tmp_path / "run").iterdir()] == [f"{other.lock}.lock"]
    me.enter()
    me.leave()
    assert not (tmp_path / "run" / f"{other.lock}.lock").exists()


def test_a_lock_that_outlived_its_boot_is_nobodys(tmp_path: Path) -> None:
    """As on a network drive whose server still holds what a machine had that was switched off."""
    me, before = Presence(tmp_path), Presence(tmp_path, "an earlier boot")
    me.enter()
    before.enter()
    assert not me.is_alive(before.me)
    before.leave()
    me.leave()


def test_no_clock_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    me = Presence(tmp_path)
    me.enter()
    process, other = living(tmp_path)
    for step in (-7200.0, 7200.0):
        monkeypatch.setattr("time.time", lambda step=step: 1_700_000_000.0 + step)
        monkeypatch.setattr(psutil, "boot_time", lambda step=step: 1_600_000_000.0 + step)
        assert me.is_alive(other)
    end(process)
    assert not me.is_alive(other)
    me.leave()


def test_another_pid_namespace_hides_nobody(tmp_path: Path) -> None:
    space = ("unshare", "--user", "--map-root-user", "--pid", "--fork", "--kill-child")
    if sys.platform != "linux" or subprocess.run([*space, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this system gives no namespaces")
    me = Presence(tmp_path)
    me.enter()
    process, other = living(tmp_path, *space)
    assert me.is_alive(other)
    end(process)
    me.leave()


@pytest.mark.parametrize("pid", [None, 2**22 + 5, 1], ids=["ours", "nobody's", "the first"])
def test_owners_of_earlier_versions_are_gone(tmp_path: Path, pid: int | None) -> None:
    assert not Presence(tmp_path).is_alive(Owner(str(pid or os.getpid()), ""))


def test_an_earlier_version_that_still_runs_is_not_taken_for_dead(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "input()", "oelala"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        assert Presence(tmp_path).is_alive(Owner(str(process.pid), ""))
        process.kill()
    assert not Presence(tmp_path).is_alive(Owner(str(process.pid), ""))


def test_a_folder_without_locks_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "run").write_bytes(b"")
    with pytest.raises(CannotSave, match=r"cannot be used"):
        Presence(tmp_path / "run").enter()


def test_a_home_is_one_machines(tmp_path: Path) -> None:
    record = tmp_path / "machine.json"
    check_home(record, "a" * 32, "studio")
    check_home(record, "a" * 32, "renamed since")
    with pytest.raises(CannotSave, match=r"another machine, studio.*OELALA_HOME.*delete .*machine\.json"):
        check_home(record, "b" * 32, "laptop")
    record.unlink()
    check_home(record, "b" * 32, "laptop")
    check_home(record, "b" * 32, "laptop")


@pytest.mark.parametrize("content", [b"", b"\xff\x00", b"[]", b'{"machine": "c", "name": "x", "check": 1}'])
def test_a_damaged_record_stops_no_start(tmp_path: Path, content: bytes) -> None:
    record = tmp_path / "machine.json"
    record.write_bytes(content)
    check_home(record, "a" * 32, "studio")
    with pytest.raises(CannotSave):
        check_home(record, "b" * 32, "laptop")
