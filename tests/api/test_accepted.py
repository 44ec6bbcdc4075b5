"""202 is a promise: what was accepted is known after a kill, though the database was damaged, deleted or out of reach
meanwhile; what cannot be kept is refused."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
from pathlib import Path

import httpx

from oelala_desktop.domain.job import JobState
from oelala_desktop.storage.jobs import JobStore
from oelala_desktop.storage.salvage import PAGE
from tests.api.serving import PICTURE, serve, submit
from tests.unit.domain.samples import some_job
from tests.warm import run_warm


def known(home: Path) -> set[str]:
    return {
        json.loads(line)["job_id"] for line in oelala(home, "jobs", "--json", "--limit", "1000").stdout.splitlines()
    }


def oelala(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run_warm(arguments, {**os.environ, "OELALA_HOME": str(home)}, home)


async def fill(path: Path) -> list[str]:
    """Finished jobs of earlier runs, whose pages nobody writes anew."""
    store = JobStore(path)
    await store.open()
    jobs = [some_job(id=f"old{n:03}", state=JobState.DONE, title="x" * n) for n in range(300)]
    await store.save(*jobs)
    await store.close()
    return [job.id for job in jobs]


def ask(client: httpx.Client, **fields: str) -> httpx.Response:
    files = {"file": ("harbour.jpg", PICTURE.read_bytes(), "image/jpeg")}
    return client.post("/wan22/image-to-video", data={"duration": "1", "fps": "8", **fields}, files=files)


def test_a_page_that_another_process_finds_damaged(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    old = asyncio.run(fill(home / "jobs.sqlite3"))
    with serve(home) as served, served.client() as client:
        accepted = [submit(client, prompt="before")["job_id"]]
        with (home / "jobs.sqlite3").open("r+b") as file:
            file.seek(8 * PAGE)
            file.write(b"\xa5" * 4 * PAGE)
        second = oelala(home, "jobs")
        assert second.returncode == 1
        assert "is damaged, and another Oelala has it open. End that one and start again" in second.stderr
        accepted += [submit(client, prompt=f"after {n}")["job_id"] for n in range(3)]
        served.process.kill()
        served.process.wait()
    assert {*accepted, *old} <= known(home)


def test_a_database_that_is_deleted_or_out_of_reach(tmp_path: Path) -> None:
    home = tmp_path / "home"
    path, away = home / "jobs.sqlite3", tmp_path / "away"
    with serve(home) as served, served.client() as client:
        accepted = [submit(client, prompt="before")["job_id"]]
        for file in home.glob("jobs.sqlite3*"):
            file.unlink()
        accepted += [submit(client, prompt=f"after {n}")["job_id"] for n in range(2)]
        for file in home.glob("jobs.sqlite3*"):
            file.unlink()
        path.mkdir()  # what is no file is put aside
        accepted.append(submit(client, prompt="past a folder")["job_id"])
        home.rename(away)
        home.touch()  # no folder can be made there
        refused = ask(client, prompt="nowhere")
        assert refused.status_code == 507, refused.text
        assert "cannot be kept" in refused.json()["detail"]
        home.unlink()
        away.rename(home)
        accepted.append(submit(client, prompt="there again")["job_id"])
        served.process.kill()
        served.process.wait()
    assert known(home) >= set(accepted)
