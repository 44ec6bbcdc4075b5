"""A jobs database that is damaged, deleted or replaced: while nobody has it open, and while somebody does."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from oelala_desktop.domain.errors import CannotSave
from oelala_desktop.domain.job import JobState
from oelala_desktop.storage.jobs import JobStore
from oelala_desktop.storage.salvage import PAGE
from tests.sketch.shared import lend_sketch
from tests.unit.domain.samples import some_job
from tests.warm import run_warm

from .damage import run_damage

JOBS = [some_job(id=f"j{n:03}", position=float(n), state=JobState.DONE, values={"prompt": "x" * n}) for n in range(200)]
_HOLDING = """
import asyncio, sys
from pathlib import Path
from oelala_desktop.storage.jobs import JobStore
from tests.unit.domain.samples import some_job

async def hold():
    store = JobStore(Path(sys.argv[1]))
    await store.open()
    print("open", flush=True)
    for line in sys.stdin:
        try:
            await store.save(some_job(id=line.strip()))
            print("saved", flush=True)
        except Exception as error:
            print(f"{type(error).__name__}: {error}", flush=True)
    await store.close()

asyncio.run(hold())
"""


class Other:
    """Another process that has the database open."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def hear(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def save(self, job_id: str) -> str:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{job_id}\n")
        self._process.stdin.flush()
        return self.hear()


@contextmanager
def other_process(path: Path, *, killed: bool = False) -> Iterator[Other]:
    process = subprocess.Popen(
        [sys.executable, "-c", _HOLDING, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with process:
        other = Other(process)
        assert other.hear() == "open"
        yield other
        assert process.stdin is not None
        if killed:
            process.kill()
            process.wait(30)
        process.stdin.close()
        assert process.wait(30) == (-9 if killed else 0)


async def known(path: Path) -> set[str]:
    store = JobStore(path)
    await store.open()
    try:
        return {job.id for job in await store.recent(1000, hidden=True)}
    finally:
        await store.close()


async def filled(path: Path) -> None:
    store = JobStore(path)
    await store.open()
    await store.save(*JOBS)
    await store.close()


def spoil(path: Path, page: int) -> None:
    with path.open("r+b") as file:
        file.seek(page * PAGE)
        file.write(b"\xa5" * PAGE)


@pytest.mark.timeout(600)
def test_damaged_copies_all_open_and_lose_nothing_that_can_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    count = run_damage(25, 7, tmp_path, jobs=40)
    with capsys.disabled():
        print(f"\n{count}")
    assert not count.faults
    assert count.beyond > 0


async def test_a_file_in_use_is_not_touched_by_a_process_that_finds_it_damaged(tmp_path: Path) -> None:
    path = tmp_path / "jobs.sqlite3"
    await filled(path)
    with other_process(path) as other:
        for page in range(2, 8):
            spoil(path, page)
        inode = path.stat().st_ino
        store = JobStore(path)
        with pytest.raises(CannotSave, match=r"is damaged, and another Oelala has it open\. End that one"):
            await store.open()
        await store.close()
        assert path.stat().st_ino == inode
        assert not list(tmp_path.glob("jobs.damaged*"))
        answers = {f"new{n}": other.save(f"new{n}") for n in range(3)}
    accepted = {job_id for job_id, answer in answers.items() if answer == "saved"}
    assert accepted | {job.id for job in JOBS} <= await known(path)
    assert accepted == set(answers)


@pytest.mark.parametrize("how", ["deleted", "replaced by nothing", "replaced by an older one", "deleted with its log"])
@pytest.mark.parametrize("killed", [False, True])
async def test_what_was_accepted_is_known_though_the_file_is_gone(tmp_path: Path, how: str, killed: bool) -> None:
    path = tmp_path / "jobs.sqlite3"
    await filled(path)
    older = tmp_path / "older"
    shutil.copyfile(path, older)
    with other_process(path, killed=killed) as other:
        assert other.save("before") == "saved"
        match how:
            case "deleted":
                path.unlink()
            case "deleted with its log":
                for file in tmp_path.glob("jobs.sqlite3*"):
                    file.unlink()
            case "replaced by nothing":
                (tmp_path / "nothing").touch()
                (tmp_path / "nothing").replace(path)
            case _:
                older.replace(path)
        answers = {f"new{n}": other.save(f"new{n}") for n in range(3)}
    accepted = {"before", *(job_id for job_id, answer in answers.items() if answer == "saved")}
    assert accepted | {job.id for job in JOBS} <= await known(path)


async def test_a_start_while_another_has_lost_its_file_says_so(tmp_path: Path) -> None:
    path = tmp_path / "jobs.sqlite3"
    await filled(path)
    with other_process(path) as other:
        assert other.save("before") == "saved"
        for file in tmp_path.glob("jobs.sqlite3*"):
            file.unlink()
        store = JobStore(path)
        with pytest.raises(CannotSave, match=r"another Oelala has it open"):
            await store.open()
        await store.close()
        assert not path.exists()
        assert other.save("after") == "saved"
    assert {"before", "after", *(job.id for job in JOBS)} <= await known(path)


async def test_a_folder_that_is_gone_is_refused(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    await filled(home / "jobs.sqlite3")
    with other_process(home / "jobs.sqlite3") as other:
        home.rename(tmp_path / "moved")
        assert other.save("new").startswith("CannotSave: The database")
        (tmp_path / "moved").rename(home)
        assert other.save("newer") == "saved"
    assert "newer" in await known(home / "jobs.sqlite3")


async def test_three_backups_each_of_another_state(tmp_path: Path) -> None:
    path = tmp_path / "jobs.sqlite3"
    for number in range(5):
        store = JobStore(path)
        await store.open()
        await store.save(some_job(id=f"j{number}"))
        await store.close()
        await known(path)
        await known(path)  # nothing has changed since: no generation is spent on it
    kept = []
    for name in ("jobs.backup", "jobs.backup-2", "jobs.backup-3"):
        copy = tmp_path / "copy" / "jobs.sqlite3"
        copy.parent.mkdir()
        shutil.copyfile(tmp_path / name, copy)
        kept.append(len(await known(copy)))
        shutil.rmtree(copy.parent)
    assert kept == [5, 4, 3]
    assert not list(tmp_path.glob("*.part*"))


def oelala(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run_warm(arguments, {**os.environ, "OELALA_HOME": str(home)}, home)


async def test_the_command_line_tells_once_and_shows_what_is_left(tmp_path: Path) -> None:
    lend_sketch(tmp_path)
    path = tmp_path / "jobs.sqlite3"
    await filled(path)
    content = path.read_bytes()
    with closing(sqlite3.connect(path)) as database:
        (document,) = database.execute("SELECT document FROM jobs WHERE id = 'j007'").fetchone()
    at = content.find(document) + len(document) - 3
    path.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
    (tmp_path / "jobs.backup").unlink(missing_ok=True)
    first, second = (oelala(tmp_path, "jobs", "--json", "--limit", "1000") for _ in range(2))
    assert (first.returncode, second.returncode, second.stderr) == (0, 0, "")
    assert first.stderr.strip() == (
        f"One job could not be read; it is kept in {path}. “oelala jobs --damaged” shows what is left of them."
    )
    assert len(first.stdout.splitlines()) == len(JOBS) - 1
    shown = oelala(tmp_path, "jobs", "--damaged", "--json")
    row = json.loads(shown.stdout)
    assert (row["job_id"], row["state"], row["why"]) == ("j007", "done", "its document is damaged")
    assert '"prompt":"xxxxxxx"' in row["text"]
    assert oelala(tmp_path, "jobs", "--damaged").stdout.split()[:2] == ["j007", "done"]
    doctor = oelala(tmp_path, "doctor", "--engine", "sketch")
    assert "One job could not be read" in doctor.stdout
    alone = oelala(tmp_path, "jobs", "--clear")
    assert alone.returncode == 2 and "--clear goes with --damaged." in alone.stderr
    assert oelala(tmp_path, "jobs", "--damaged", "--clear").stdout.split()[:2] == ["j007", "done"]
    assert oelala(tmp_path, "jobs", "--damaged").stderr.strip() == "Every job can be read."
    assert "could not be read" not in oelala(tmp_path, "doctor", "--engine", "sketch").stdout
