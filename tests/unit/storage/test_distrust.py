"""Rows of the jobs database that are not as this version writes them: older, newer, damaged."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Callable
from contextlib import closing
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from oelala_desktop.domain.errors import CannotSave
from oelala_desktop.domain.job import Awaited, EngineRef, Job, JobError, JobInput, JobState, Link, Output, Owner
from oelala_desktop.domain.obstacle import Said
from oelala_desktop.services.health.damage import damage_so_far, news_of_damage
from oelala_desktop.storage import job_rows
from oelala_desktop.storage.job_rows import BadRow, job_of, row_of
from oelala_desktop.storage.jobs import JobStore
from tests.unit.domain.samples import some_job
from tests.unit.storage.old_database import old_database, old_row
from tests.unit.storage.test_job_store import full_job


async def opened(path: Path) -> JobStore:
    store = JobStore(path)
    await store.open()
    return store


async def made(path: Path, *jobs: Job, starts: int = 1) -> None:
    for _ in range(starts):
        store = await opened(path)
        await store.save(*jobs)
        await store.close()


def change(path: Path, query: str, *values: Any) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(query, values)


def rewrite(path: Path, alter: Callable[[dict[str, Any]], None], job_id: str = "j1") -> None:
    """Another program changes a document."""
    with closing(sqlite3.connect(path)) as database, database:
        document = database.execute("SELECT document FROM jobs WHERE id = ?", (job_id,)).fetchone()[0]
        data = orjson.loads(zlib.decompress(document))
        alter(data)
        document = zlib.compress(orjson.dumps(data))
        database.execute("UPDATE jobs SET document = ? WHERE id = ?", (document, job_id))


def flip(path: Path, job_id: str = "j1") -> None:
    with closing(sqlite3.connect(path)) as database, database:
        (document,) = database.execute("SELECT document FROM jobs WHERE id = ?", (job_id,)).fetchone()
        middle = len(document) // 2
        damaged = document[:middle] + bytes([document[middle] ^ 4]) + document[middle + 1 :]
        database.execute("UPDATE jobs SET document = ? WHERE id = ?", (damaged, job_id))


async def test_a_flipped_bit_costs_one_row_which_is_kept_and_told_once(tmp_path: Path) -> None:
    path = tmp_path / "jobs.sqlite3"
    await made(path, some_job(), some_job(id="j2", position=2.0))
    flip(path)
    for backup in tmp_path.glob("jobs.backup*"):
        backup.unlink()
    store = await opened(path)
    assert [job.id for job in await store.open_jobs()] == [job.id for job in await store.recent(9)] == ["j2"]
    (aside,) = await store.set_aside()
    assert (aside.job_id, aside.state, aside.created, aside.why) == ("j1", "queued", 100.0, "its document is damaged")
    assert await store.untold() == [aside] and not aside.is_restored
    await store.count_as_told()
    assert await store.untold() == []
    await store.close()
    store = await opened(path)
    assert await store.set_aside() == [aside]
    assert await store.untold() == []
    await store.clear_set_aside()
    await store.close()
    store = await opened(path)
    assert await store.set_aside() == []
    await store.close()


async def test_a_damaged_row_comes_out_of_the_backup(tmp_path: Path) -> None:
    path = tmp_path / "jobs.sqlite3"
    done = some_job(state=JobState.DONE)
    await made(path, done, some_job(id="j2"), starts=2)
    flip(path)
    flip(path, "j2")
    store = await opened(path)
    assert await store.get("j1") == done
    # it waited when the backup was made, and may have been sent since: it is asked for before it is sent again
    assert await store.get("j2") == some_job(id="j2", state=JobState.SENT)
    assert [(row.job_id, row.is_restored) for row in await store.set_aside()] == [("j1", True), ("j2", True)]
    look = "“oelala jobs --damaged” shows what is left of them."
    assert await news_of_damage(store) == [f"2 jobs could not be read and came back out of a backup. {look}"]
    assert await news_of_damage(store) == [] and await damage_so_far(store) == ""
    await store.close()


async def test_damaged_columns_are_made_anew_from_the_document(tmp_path: Path) -> None:
    path = tmp_path / "jobs.sqlite3"
    await made(path, some_job(), some_job(id="j2"))
    change(path, "UPDATE jobs SET state = 'qteued', position = 7e9 WHERE id = 'j1'")
    change(path, "UPDATE jobs SET id = 'j3' WHERE id = 'j2'")
    store = await opened(path)
    assert sorted(job.id for job in await store.open_jobs()) == ["j1", "j2"]
    assert await store.get("j1") == some_job()
    assert await store.set_aside() == []
    await store.close()


async def test_what_a_later_version_wrote_into_a_row_stays_there(tmp_path: Path) -> None:
    path = tmp_path / "jobs.sqlite3"
    job = full_job()
    await made(path, job)

    def alter(data: dict[str, Any]) -> None:
        data |= {"beside": "j0", "cost": {"cents": 7}}
        data["engine"]["region"] = "eu"
        data["outputs"][0]["loudness"] = -14.0

    rewrite(path, alter)
    store = await opened(path)
    found = await store.get("j1")
    assert found is not None
    assert replace(found, unknown={}) == job
    await store.save(replace(found, hidden=False))
    await store.close()
    with closing(sqlite3.connect(path)) as database:
        (document,) = database.execute("SELECT document FROM jobs").fetchone()
    data = orjson.loads(zlib.decompress(document))
    assert (data["beside"], data["cost"], data["hidden"]) == ("j0", {"cents": 7}, False)
    assert (data["engine"]["region"], data["outputs"][0]["loudness"]) == ("eu", -14.0)
    assert "unknown" not in data


@pytest.mark.parametrize(
    ("alter", "why"),
    [
        (lambda data: data.update(state="dreaming"), r"state 'dreaming' is not known"),
        (lambda data: data.update(seed="seven"), r"seed is of a wrong kind"),
        (lambda data: data.update(engine=None), r"a part of it is missing"),
        (lambda data: data.update(engine=[1]), r"engine is not readable"),
        (lambda data: data.update(inputs={}), r"inputs are no list"),
        (lambda data: data.update(warnings=[3]), r"warnings is not readable"),
        (lambda data: data.update(warnings="soft"), r"warnings are no list"),
        (lambda data: data.pop("graph"), r"has no graph"),
        (lambda data: data.clear(), r"a part of it is missing"),
    ],
)
async def test_odd_documents_are_set_aside(tmp_path: Path, alter: Callable[[dict[str, Any]], None], why: str) -> None:
    path = tmp_path / "jobs.sqlite3"
    await made(path, some_job())
    (tmp_path / "jobs.backup").unlink()
    rewrite(path, alter)
    store = await opened(path)
    assert await store.recent(9) == await store.open_jobs() == []
    assert await store.get("j1") is None
    assert [row.job_id for row in await store.set_aside()] == ["j1"]
    with pytest.raises(BadRow, match=why):
        job_of((await store.set_aside())[0].document)
    await store.close()


async def test_a_row_of_a_later_version_comes_back_with_that_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "jobs.sqlite3"
    monkeypatch.setattr(job_rows, "VERSION", 9)
    await made(path, some_job())
    monkeypatch.undo()
    (tmp_path / "jobs.backup").unlink()
    store = await opened(path)
    assert await store.recent(9) == []
    assert [row.why for row in await store.set_aside()] == ["it was written by a later version"]
    await store.close()
    monkeypatch.setattr("oelala_desktop.storage.job_schema.VERSION", 9)
    store = await opened(path)
    assert await store.get("j1") == some_job()
    assert await store.set_aside() == []
    await store.close()


async def test_columns_of_a_later_version_are_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "jobs.sqlite3"
    await made(path, some_job())
    for table in ("jobs", "timings", "flags", "cancels", "largest", "set_aside"):
        change(path, f"ALTER TABLE {table} ADD COLUMN later TEXT")
    store = await opened(path)
    await store.save(some_job(id="j2"))
    await store.ask_cancel("j2")
    await store.set_flag("paused", "1")
    await store.remember_time("sketch", "p", 1.0, 2.0, 3.0)
    await store.remember_size("sketch", "p", (1, 2, 3))
    assert {job.id for job in await store.recent(9)} == {"j1", "j2"}
    await store.close()


async def test_a_database_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "jobs.sqlite3"
    await made(path, some_job())
    change(path, "UPDATE about SET version = 99")
    change(path, "PRAGMA user_version = 99")
    before = {name: (tmp_path / name).read_bytes() for name in ("jobs.sqlite3", "jobs.backup")}
    store = JobStore(path)
    with pytest.raises(CannotSave, match=r"later version of Oelala and is left as it is\. Update Oelala"):
        await store.open()
    await store.close()
    assert {name: (tmp_path / name).read_bytes() for name in before} == before
    assert not list(tmp_path.glob("jobs.damaged*"))


@pytest.mark.parametrize(
    "query",
    ["PRAGMA user_version = 99", "PRAGMA user_version = 0", "UPDATE about SET version = 99"],
)
async def test_one_damaged_number_is_no_other_version(tmp_path: Path, query: str) -> None:
    path = tmp_path / "jobs.sqlite3"
    await made(path, some_job())
    change(path, query)
    store = await opened(path)
    assert await store.get("j1") == some_job()
    await store.close()


@pytest.mark.parametrize("version", [1, 2, 3])
async def test_databases_of_earlier_versions_open(tmp_path: Path, version: int) -> None:
    path = tmp_path / "jobs.sqlite3"
    done = some_job(id="done", state=JobState.DONE, engine=EngineRef("comfyui", "http://box", "box"))
    jobs = [earlier_job(), some_job(id="j2", owner=Owner("x", "y")), done, replace(done, id="smaller", width=16)]
    odd = old_row(some_job(id="odd"), state="dreaming")
    old_database(path, [*map(old_row, jobs), odd], version)
    store = await opened(path)
    gone = Owner(str(2**22 + 5), "")
    found = {job.id: job for job in await store.recent(9, hidden=True)}
    assert found == {job.id: replace(job, owner=gone if job.owner else None) for job in jobs}
    assert [row.job_id for row in await store.set_aside()] == ["odd"]
    largest = await store.largest("comfyui http://box", done.preset)
    assert largest == ((done.width, done.height, done.num_frames) if version < 3 else None)
    assert await store.largest("sketch", done.preset) is None
    assert await store.cancels() == frozenset()
    await store.save(some_job(id="new"))
    await store.close()
    store = await opened(path)
    assert await store.get("new") == some_job(id="new")
    await store.close()


def earlier_job() -> Job:
    """With what jobs of earlier versions had: pictures, and sentences."""
    given = JobInput("image", "/p/a.png", "a.png", "/home/ü.png")
    return replace(full_job(), inputs=(given,), warnings=(Said("", {"text": "It may be soft."}),))


async def test_what_was_given_was_called_pictures(tmp_path: Path) -> None:
    path = tmp_path / "jobs.sqlite3"
    await made(path, earlier_job())

    def alter(data: dict[str, Any]) -> None:
        rows = data.pop("inputs")
        data["pictures"] = [{k: row[k] for k in ("key", "path", "upload_name", "original")} for row in rows]
        data["warnings"] = [said["values"]["text"] for said in data["warnings"]]

    rewrite(path, alter)
    change(path, "PRAGMA user_version=4")
    store = await opened(path)
    found = await store.get("j1")
    assert found is not None and replace(found, owner=None) == replace(earlier_job(), owner=None)
    assert str(found.warnings[0]) == "It may be soft."
    await store.close()


async def test_rows_from_before_there_were_chains_open_and_are_backed_up(tmp_path: Path) -> None:
    path = tmp_path / "jobs.sqlite3"
    await made(path, some_job())
    rewrite(path, lambda data: [data.pop(key) for key in ("awaits", "link", "continues")])
    change(path, "UPDATE about SET version = 5")
    change(path, "PRAGMA user_version=5")
    store = await opened(path)
    assert await store.get("j1") == some_job()
    await store.close()
    (tmp_path / "jobs.sqlite3").unlink()
    store = await opened(path)
    assert await store.get("j1") == some_job(state=JobState.SENT), "a backup has it"
    await store.close()


async def test_an_earlier_version_cannot_write_into_it(tmp_path: Path) -> None:
    """One that still runs sees its refusal, and so sends nothing that is driven here by now."""
    path = tmp_path / "jobs.sqlite3"
    await made(path, some_job())
    with pytest.raises(sqlite3.OperationalError, match="columns"):
        change(path, "INSERT OR REPLACE INTO jobs VALUES (?,?,?,?,?,?,?,?)", *old_row(some_job()))


def test_every_field_of_a_job_is_checked() -> None:
    made_otherwise = {"engine", "error", "inputs", "outputs", "warnings", "owner", "state"}
    made_otherwise |= {"awaits", "link", "continues"}
    for kind in (Job, EngineRef, JobError, JobInput, Output, Owner, Said, Awaited, Link):
        odd = [f.name for f in fields(kind) if str(f.type) not in job_rows._TYPES and f.name not in made_otherwise]
        assert not odd, f"{kind.__name__} has fields of which job_rows does not know what JSON has for them"


def test_a_row_knows_of_any_change(tmp_path: Path) -> None:
    row = row_of(full_job(), 7)
    assert row.is_whole
    others = {"id": "j2", "state": "done", "position": 2.0, "created": 1.0, "hidden": 0, "revision": 8}
    for name, value in others.items():
        assert not row._replace(**{name: value}).is_whole, name
    assert not row._replace(document=row.document[:-1]).is_whole
    assert not row._replace(document=None).is_whole  # type: ignore[arg-type]


async def test_an_emptied_file_comes_back_out_of_its_log(tmp_path: Path) -> None:
    """As after a power cut that kept a file's name but not its content. SQLite would delete the log on sight."""
    path = tmp_path / "jobs.sqlite3"
    store = await opened(path)
    await store.save(some_job(), some_job(id="j2"))
    cut = tmp_path / "cut" / path.name
    cut.parent.mkdir()
    cut.touch()
    Path(f"{cut}-wal").write_bytes(Path(f"{path}-wal").read_bytes())
    await store.close()
    after = await opened(cut)
    assert {job.id for job in await after.open_jobs()} == {"j1", "j2"}
    assert "was damaged" in after.take_news()[0]
    await after.close()


async def test_a_backup_of_an_earlier_version_leaves_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "jobs.sqlite3"
    await made(path, some_job())
    with closing(sqlite3.connect(path.with_suffix(".backup"))) as database:
        database.execute("PRAGMA journal_mode=WAL")  # as it was left before
    await made(path, some_job(id="j2"), starts=2)
    assert not [left.name for left in tmp_path.iterdir() if left.name.endswith(("-wal", "-shm"))]
