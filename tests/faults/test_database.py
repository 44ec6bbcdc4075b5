"""A jobs database that is damaged when the app starts: set aside, the backup in its place, and what can still be read
of the damaged file on top of it."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path

import pytest

from oelala_desktop.domain.job import JobState

from .rig import Server, faults_in, running_app

ONE = {"clip_count": 1}


async def three_jobs(home: Path, server: Server) -> list[str]:
    """Two in one run, so that the backup of the next start has them, and one after that backup."""
    ids = []
    for count in (2, 1):
        async with running_app(home, server.url) as app:
            for number in range(count):
                job = await app.end_of(await app.submit(**ONE, seed=100 * count + number))
                assert job.state is JobState.DONE
                ids.append(job.id)
    return ids


def damage(path: Path, how: str) -> None:
    content = bytearray(path.read_bytes())
    chance = random.Random(6)
    if how == "garbage":
        path.write_bytes(chance.randbytes(len(content)))
    elif how == "head":
        path.write_bytes(chance.randbytes(100) + content[100:])
    elif how == "page":
        start = len(content) // 4096 // 2 * 4096
        content[start : start + 4096] = chance.randbytes(4096)
        path.write_bytes(content)
    elif how == "half":
        path.write_bytes(content[: len(content) // 2])
    elif how == "empty":
        path.write_bytes(b"")
    else:
        path.unlink()


@pytest.mark.parametrize("how", ["garbage", "head", "page", "half", "empty", "missing"])
async def test_a_damaged_database_loses_no_job_of_the_last_start(tmp_path: Path, server: Server, how: str) -> None:
    home = tmp_path / "home"
    ids = await three_jobs(home, server)
    damage(home / "jobs.sqlite3", how)
    async with running_app(home, server.url) as app:
        known = await app.services.jobs.recent()
        assert set(ids[:2]) <= {job.id for job in known} <= set(ids)
        assert all(job.state is JobState.DONE for job in known)
        fresh = await app.end_of(await app.submit(**ONE, seed=5))
        assert fresh.state is JobState.DONE
    aside = list(home.glob("jobs.damaged-*.sqlite3"))
    assert len(aside) == (how != "missing")
    with sqlite3.connect(home / "jobs.sqlite3") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
    everything = {*ids, fresh.id}
    strangers = [text for text in faults_in(home, known, files=1) if "nobody" not in text]
    assert not strangers
    assert {job.id for job in known} | {fresh.id} <= everything


async def test_rows_newer_than_the_backup_are_read_out_of_the_damaged_file(tmp_path: Path, server: Server) -> None:
    """Damage to one page of a larger table: what lies before and after it comes back."""
    home = tmp_path / "home"
    async with running_app(home, server.url) as app:
        first = await app.end_of(await app.submit(**ONE))
    async with running_app(home, server.url) as app:
        await app.services.jobs.pause(True)
        waiting = [(await app.submit(**ONE, seed=n)).id for n in range(30)]
    damage(home / "jobs.sqlite3", "page")
    async with running_app(home, server.url, connect=False) as app:
        known = {job.id for job in await app.services.jobs.recent()}
    assert first.id in known
    assert len(known & set(waiting)) >= 5


async def test_backup_and_database_both_damaged_still_starts(tmp_path: Path, server: Server) -> None:
    home = tmp_path / "home"
    await three_jobs(home, server)
    damage(home / "jobs.sqlite3", "garbage")
    damage(home / "jobs.backup", "garbage")
    async with running_app(home, server.url) as app:
        job = await app.end_of(await app.submit(**ONE, seed=9))
        assert job.state is JobState.DONE
    assert len(list(home.glob("jobs.damaged-*.sqlite3"))) == 1
    assert (home / "jobs.backup-2").stat().st_size  # what was garbage is no longer the newest, but not thrown away
