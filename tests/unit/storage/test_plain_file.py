"""A pipe, a device or a folder where a file of ours should be: put aside, said, and never waited for."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from oelala_desktop.domain.errors import CannotSave
from oelala_desktop.services.health.log_file import _LogFile
from oelala_desktop.storage.home import check_home
from oelala_desktop.storage.jobs import JobStore
from oelala_desktop.storage.locks import FileLock
from oelala_desktop.storage.media import MediaStore
from oelala_desktop.storage.plain_file import is_odd
from oelala_desktop.storage.preferences import Preferences
from oelala_desktop.storage.secrets import Secrets
from oelala_desktop.storage.thumbnails import ThumbnailStore
from tests.unit.domain.samples import some_job

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no such pipes"),
    pytest.mark.parametrize("kind", ["pipe", "device", "folder"]),
]


def put(path: Path, kind: str) -> Path:
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    else:
        path.mkdir()
        (path / "something").touch()
    return path


def test_of_preferences_and_secrets(tmp_path: Path, kind: str) -> None:
    preferences = Preferences(put(tmp_path / "preferences.json", kind))
    preferences.load()
    secrets = Secrets(put(tmp_path / "secrets.json", kind), use_keyring=False)
    put(tmp_path / "secrets.json.lock", kind)
    secrets.load()
    for (notice,), name in ((preferences.notices, "preferences"), (secrets.notices, "secrets")):
        assert notice.endswith(f"What lay there is {tmp_path / name}.damaged now.")
        assert is_odd(tmp_path / f"{name}.damaged")
    preferences.update({"appearance": "dark"})
    secrets.set("studio", {"token": "x"})
    assert secrets.get("studio") == {"token": "x"}


def test_of_a_lock_and_of_what_says_whose_the_home_is(tmp_path: Path, kind: str) -> None:
    locks = [FileLock(put(tmp_path / "a.lock", kind)), FileLock(tmp_path / "a.lock")]
    assert [lock.take() for lock in locks] == [True, False]
    check_home(put(tmp_path / "machine.json", kind), "one")
    with pytest.raises(CannotSave):
        check_home(tmp_path / "machine.json", "another")
    for lock in locks:
        lock.release()


def test_of_the_log(tmp_path: Path, kind: str) -> None:
    log = _LogFile(put(tmp_path / "oelala.log", kind))
    log._open().close()
    assert (tmp_path / "oelala.log").is_file()


@pytest.mark.parametrize("suffix", [".sqlite3", ".sqlite3-wal", ".lock", ".seal"])
async def test_of_what_is_disposable(tmp_path: Path, kind: str, suffix: str) -> None:
    put(tmp_path / "media.damaged.sqlite3", kind)
    for name, store in (("media", MediaStore), ("thumbnails", ThumbnailStore)):
        put(tmp_path / f"{name}{suffix}", kind)
        opened = store(tmp_path / f"{name}.sqlite3")
        await opened.open()
        await opened.close()
    assert not any(is_odd(tmp_path / f"{name}{suffix}") for name in ("media", "thumbnails"))


@pytest.mark.parametrize(
    "name", ["jobs.sqlite3", "jobs.sqlite3-wal", "jobs.lock", "jobs.backup", "jobs.damaged-1.sqlite3"]
)
async def test_of_the_jobs(tmp_path: Path, kind: str, name: str) -> None:
    for number in range(3):  # the backup of a start has what the ones before it wrote
        store = JobStore(tmp_path / "jobs.sqlite3")
        await store.open()
        await store.save(some_job(id=f"j{number}"))
        await store.close()
    if name != "jobs.damaged-1.sqlite3":
        (tmp_path / name).unlink(missing_ok=True)
    put(tmp_path / name, kind)
    store = JobStore(tmp_path / "jobs.sqlite3")
    await store.open()
    known = {job.id for job in await store.recent(9)}
    news = store.take_news()
    await store.close()
    is_lost = name == "jobs.sqlite3"
    assert known == ({"j0", "j1"} if is_lost else {"j0", "j1", "j2"})
    assert any("was no file; what lay there is kept as" in text for text in news) == name.startswith("jobs.sqlite3")
    assert any("2 entries of it were saved" in text for text in news) == is_lost


async def test_that_came_while_the_jobs_were_in_use(tmp_path: Path, kind: str) -> None:
    store = JobStore(path := tmp_path / "jobs.sqlite3")
    await store.open()
    await store.save(some_job(id="j1"))
    path.unlink()
    put(path, kind)
    await store.save(some_job(id="j2"))
    assert {job.id for job in await store.recent(9)} == {"j1", "j2"} and path.is_file()
    await store.close()


def test_a_start_waits_for_none_of_them(tmp_path: Path, kind: str) -> None:
    home = tmp_path / "home"
    for name in ("run", "logs", "workflows/text-to-image"):
        (home / name).mkdir(parents=True)
    for name in (
        "preferences.json",
        "secrets.json",
        "machine.json",
        "jobs.sqlite3",
        "jobs.lock",
        "run/p1.lock",
        "logs/oelala.log",
        "workflows/text-to-image/own.toml",
    ):
        put(home / name, kind)
    command = [sys.executable, "-m", "oelala_desktop", "jobs"]
    environment = {**os.environ, "OELALA_HOME": str(home)}
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=100)
    assert ran.returncode == 0, ran.stderr
    assert "There are no jobs." in ran.stderr and "jobs.sqlite3 was no file" in ran.stderr
    assert (home / "jobs.sqlite3").is_file()
