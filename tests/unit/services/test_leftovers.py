"""Half-written files of processes that were killed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from oelala_desktop.services.queue.leftovers import short_id, sweep
from tests.clock import SetClock
from tests.unit.domain.samples import some_job

KNOWN, STRANGE = "0123abcd", "ffffffff"
DAY = 86_400.0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "home" / "inputs"
    folder.mkdir(parents=True)
    return folder


def part(folder: Path, name: str, clock: SetClock, age: float = 0.0) -> Path:
    path = folder / name
    path.write_bytes(b"half")
    os.utime(path, (clock.date - age, clock.date - age))
    return path


def test_a_job_is_known_by_the_beginning_of_its_id() -> None:
    assert short_id(some_job(id="0123abcd-4567-89ab-cdef-0123456789ab")) == KNOWN
    assert short_id(some_job(id="012-3abcd")) == KNOWN


def test_parts_of_known_jobs_go_those_of_others_only_when_they_are_old(folder: Path, clock: SetClock) -> None:
    goes = [
        part(folder, f"oelala_20260102_030405_{KNOWN}.part", clock),
        part(folder, f"oelala_20260102_030405_{KNOWN}_clip1.part", clock),
        part(folder, f"oelala_20260102_030405_{KNOWN}.mp4.part", clock),
        part(folder, f"oelala_20260102_030405_{STRANGE}.part", clock, DAY + 1),
    ]
    stays = [
        part(folder, f"oelala_20260102_030406_{STRANGE}.part", clock, DAY),
        part(folder, f"oelala_20260102_030405_{KNOWN}.mp4", clock, 2 * DAY),
        part(folder, f"my_oelala_20260102_030405_{KNOWN}.part", clock, 2 * DAY),
        part(folder, f"oelala_mine_{KNOWN}.part", clock, 2 * DAY),
    ]
    assert sweep([folder, folder / "not there", stays[0]], {KNOWN}, None, clock) == len(goes)
    assert not any(path.exists() for path in goes) and all(path.exists() for path in stays)


def test_parts_of_our_own_files_go_when_they_are_of_another_process(folder: Path, clock: SetClock) -> None:
    mine, other = os.getpid(), os.getpid() + 1
    goes = [
        part(folder, f"a.png.{other}.part", clock),
        part(folder.parent, f"jobs.sqlite3.{other}.part-journal", clock),
        part(folder.parent, f"jobs.sqlite3.{other}.part-wal", clock),
        part(folder.parent, f"jobs.sqlite3.{other}.part-shm", clock),
        part(folder, f"b.png.{mine}.part", clock, DAY + 1),
    ]
    place = folder / f"strip.{other}.part"
    (place / "within").mkdir(parents=True)
    stays = [
        part(folder, f"a.png.{mine}.part", clock, DAY),
        part(folder, "a.png.part", clock, 2 * DAY),
        part(folder, f"a.png.{other}.part-other", clock, 2 * DAY),
        part(folder, f"a.png.{other}.partial", clock, 2 * DAY),
    ]
    assert sweep([], set(), folder, clock) == len(goes) + 1
    assert not place.exists() and not any(path.exists() for path in goes)
    assert all(path.exists() for path in stays)


def test_where_others_live_their_parts_stay(folder: Path, clock: SetClock) -> None:
    path = part(folder, f"a.png.{os.getpid() + 1}.part", clock)
    assert sweep([folder], {KNOWN}, None, clock) == 0
    assert path.exists()


def test_what_cannot_be_removed_is_not_counted(
    folder: Path, clock: SetClock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    path = part(folder, f"oelala_20260102_030405_{KNOWN}.part", clock)

    def refuse(*_given: object, **_named: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "unlink", refuse)
    assert sweep([folder], {KNOWN}, None, clock) == 0
    assert path.exists()
    assert [record.getMessage() for record in caplog.records] == [f"{path} could not be removed: Permission denied"]


def test_what_cannot_be_looked_at_stays(folder: Path, clock: SetClock, monkeypatch: pytest.MonkeyPatch) -> None:
    path = folder / f"oelala_20260102_030405_{STRANGE}.part"
    path.symlink_to("nowhere")
    assert sweep([folder], {KNOWN}, None, clock) == 0 and path.is_symlink()

    def refuse(*_given: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "glob", refuse)
    assert sweep([folder], {STRANGE}, None, clock) == 0
