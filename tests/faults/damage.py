"""Damaged copies of a jobs database, each opened by the store and by `oelala jobs`: none may stop a start, and every
job of which the bytes are still there, in it or in a backup, must be known.

As a script: `python tests/faults/damage.py -n 500 [--seed S]`. Prints copies, unusable, lost.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import io
import json
import logging
import os
import random
import shutil
import sqlite3
import sys
import tempfile
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from unittest import mock

if __package__ is None or __package__ == "":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from oelala_desktop.cli.run import run
from oelala_desktop.domain.job import Job, JobState
from oelala_desktop.storage.jobs import JobStore
from oelala_desktop.storage.salvage import PAGE
from tests.unit.domain.samples import some_job

KINDS = ("bit", "byte", "page", "zeros", "cut")
NAME, LOG = "jobs.sqlite3", "jobs.sqlite3-wal"
_OF_FRAME = 24  # bytes before a page in the log

Place = tuple[str, int, int]  # file, first byte, end


@dataclass
class Count:
    copies: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    whole: int = 0  # jobs that had to be known, over all copies
    beyond: int = 0  # jobs whose bytes were damaged, and that were known all the same or not
    unusable: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    @property
    def faults(self) -> list[str]:
        return [*self.unusable, *self.lost]

    def __str__(self) -> str:
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(self.kinds.items()))
        return (
            f"copies: {self.copies} ({kinds}); jobs that are readable {self.whole}, beyond reading {self.beyond}; "
            f"unusable {len(self.unusable)}, lost {len(self.lost)}"
        )


async def make(folder: Path, jobs: int, chance: random.Random) -> list[Job]:
    """A database as a kill leaves it, at `folder`: half of its jobs in a backup, the newest in the log alone."""
    source = folder.with_name("source")
    source.mkdir(parents=True)
    made = [_job(number, chance) for number in range(jobs)]
    for part in (made[: jobs // 3], made[jobs // 3 : jobs // 2], made[jobs // 2 :]):
        store = JobStore(source / NAME)
        await store.open()
        for job in part:
            await store.save(replace(job, state=JobState.QUEUED))
        for at in range(0, len(part), 5):
            await store.save(*part[at : at + 5])
        if part[-1] is made[-1]:
            shutil.copytree(source, folder)
        await store.close()
    return made


def _job(number: int, chance: random.Random) -> Job:
    words = chance.randbytes(chance.choice((50, 400, 3000, 9000))).hex()
    state = chance.choice((JobState.DONE, JobState.DONE, JobState.FAILED, JobState.SENT))
    values = {"prompt": f"boat {number}", "words": words}
    return some_job(id=f"{chance.getrandbits(64):016x}", values=values, state=state, position=float(number))


def damage(path: Path, kind: str, chance: random.Random) -> Place:
    """What was changed, as bytes of the file."""
    content = bytearray(path.read_bytes())
    at = chance.randrange(len(content))
    if kind == "bit":
        content[at] ^= 1 << chance.randrange(8)
        end = at + 1
    elif kind == "byte":
        content[at] ^= chance.randrange(1, 256)
        end = at + 1
    elif kind == "page":
        at -= at % PAGE
        end = min(at + PAGE, len(content))
        content[at:end] = chance.randbytes(end - at)
    elif kind == "zeros":
        end = min(at + chance.choice((1, 100, 5000, 40000)), len(content))
        content[at:end] = bytes(end - at)
    else:
        end = len(content)
        del content[at:]
    path.write_bytes(content)
    return path.name, at, end


class Undamaged:
    """The files before anything happened to them, and where each job lies in them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
        self.pages = {number: (NAME, (number - 1) * PAGE) for number in range(1, len(self.files[NAME]) // PAGE + 1)}
        for at in range(32, len(self.files[LOG]) - PAGE, PAGE + _OF_FRAME):
            if self.files[LOG][at + 8 : at + 16] == self.files[LOG][16:24]:  # else of an earlier round of the log
                self.pages[int.from_bytes(self.files[LOG][at : at + 4], "big")] = LOG, at + _OF_FRAME
        self.places = {job: self._places(document) for job, document in _documents(folder).items()}
        self.in_backup = set(_documents(folder, "jobs.backup"))

    def _places(self, document: bytes) -> list[Place]:
        """Its cell, what leads to it, and the pages of its rest."""
        for name, start in self.pages.values():
            page = self.files[name][start : start + PAGE]
            if document[:24] not in page:
                continue
            head = {0x0A: 8, 0x02: 12}.get(page[0], 0)
            count = int.from_bytes(page[3:5], "big") if head else 0
            for n in range(head, head + 2 * count, 2):
                cell = int.from_bytes(page[n : n + 2], "big")
                length, after = _varint(page, cell + (4 if head == 12 else 0))
                at = after + length - len(document)
                if page[at : at + 24] == document[:24]:
                    end = after + _local(length)
                    cells = [*_head(name, start, 200), (name, start + cell, start + end + 4)]
                    return cells + self._rest(page[end : end + 4], len(document) - (end - at))
        raise AssertionError("a row is nowhere")

    def _rest(self, following: bytes, left: int) -> list[Place]:
        found: list[Place] = []
        while left > 0:
            name, start = self.pages[int.from_bytes(following, "big")]
            found += [*_head(name, start, 4), (name, start + 4, start + 4 + min(left, PAGE - 4))]
            left -= PAGE - 4
            following = self.files[name][start : start + 4]
        return found

    def readable(self, damaged: Place) -> set[str]:
        return {job for job, places in self.places.items() if not any(_overlap(damaged, place) for place in places)}


def _head(name: str, start: int, length: int) -> list[Place]:
    return [(name, start - (_OF_FRAME if name == LOG else 0), start + length)]


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    while data[at] & 0x80:
        value, at = (value | data[at] & 0x7F) << 7, at + 1
    return value | data[at], at + 1


def _local(length: int) -> int:
    """How much of a record lies in its cell, by SQLite's own rule for indexes."""
    most, least = (PAGE - 12) * 64 // 255 - 23, (PAGE - 12) * 32 // 255 - 23
    local = least + (length - least) % (PAGE - 4)
    return length if length <= most else local if local <= most else least


def _overlap(one: Place, other: Place) -> bool:
    return one[0] == other[0] and one[1] < other[2] and other[1] < one[2]


def _documents(folder: Path, name: str = NAME) -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as other:
        shutil.copytree(folder, other, dirs_exist_ok=True)
        with closing(sqlite3.connect(Path(other) / name)) as connection:
            return dict(connection.execute("SELECT id, document FROM jobs"))


async def _known(home: Path) -> dict[str, Job]:
    store = JobStore(home / NAME)
    try:
        await store.open()
        jobs = {job.id: job for job in await store.recent(10_000, hidden=True)}
        assert {job.id for job in await store.open_jobs()} == {i for i, job in jobs.items() if not job.state.is_final}
        await store.save(some_job(id="new"))
        return jobs
    finally:
        await store.close()


def _listed(home: Path) -> set[str]:
    """What `oelala jobs` says, with whole exit."""
    out = io.StringIO()
    with mock.patch.dict(os.environ, OELALA_HOME=str(home)), contextlib.redirect_stdout(out):
        code = run(["jobs", "--json", "--limit", "10000"])
    assert code == 0, f"oelala jobs ended with {code}"
    return {json.loads(line)["job_id"] for line in out.getvalue().splitlines()}


def run_damage(copies: int, seed: int, folder: Path, jobs: int = 60) -> Count:
    chance = random.Random(seed)
    count = Count()
    made = {job.id: job for job in asyncio.run(make(folder / "made", jobs, chance))}
    before = Undamaged(folder / "made")
    for number in range(copies):
        home = folder / f"copy{number}"
        shutil.copytree(folder / "made", home)
        name, kind = chance.choice((NAME, NAME, LOG)), KINDS[number % len(KINDS)]
        with_backups = bool(chance.getrandbits(1))
        if not with_backups:
            for backup in home.glob("jobs.backup*"):
                backup.unlink()
        damaged = damage(home / name, kind, chance)
        readable = before.readable(damaged) | (before.in_backup if with_backups else set())
        what = f"copy {number}: {kind} at {damaged[1]}…{damaged[2]} of {name}{'' if with_backups else ', no backup'}"
        count.copies += 1
        count.kinds[kind] += 1
        count.whole += len(readable)
        count.beyond += len(made) - len(readable)
        try:
            known = asyncio.run(_known(home))
            listed = _listed(home)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what is counted
            count.unusable.append(f"{what}: {type(error).__name__}: {error}")
            continue
        count.lost += [f"{what}: {job} is not known" for job in readable - set(known)]
        count.lost += [f"{what}: {job} is not listed" for job in {*known, "new"} - listed]
        count.lost += [f"{what}: {job} says something else" for job in known if known[job].values != made[job].values]
        shutil.rmtree(home)
    return count


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-n", type=int, default=500, metavar="COPIES")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as folder:
        count = run_damage(options.n, options.seed, Path(folder))
    for fault in count.faults:
        print(fault, file=sys.stderr)
    print(count)
    return 1 if count.faults else 0


if __name__ == "__main__":
    sys.exit(main())
