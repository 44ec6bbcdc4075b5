"""SIGKILL to the app at random moments of its jobs on Sketch; then the next start finishes what was left.

As a script: `python tests/faults/kill.py -n 200 [--seed S]`. Prints kills, lost, duplicated, leftovers.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

if __package__ is None or __package__ == "":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from oelala_desktop.services.queue.fetching import job_of
from tests.faults.rig import FILES, SETTINGS, lines_of, picture
from tests.warm import Warm, run_warm

EARLY = 0.2  # share of the kills that fall before or while the job is written down
START, JOB = 0.3, 0.6  # seconds that these and the others are spread over
HOMES = 3  # homes in use at a time, each with a Sketch of its own


@dataclass
class Count:
    kills: int = 0
    in_flight: int = 0  # kills that met a job between its announcement and its end
    jobs: int = 0
    lost: list[str] = field(default_factory=list)
    duplicated: list[str] = field(default_factory=list)
    leftovers: list[str] = field(default_factory=list)

    @property
    def faults(self) -> list[str]:
        return [*self.lost, *self.duplicated, *self.leftovers]

    def __str__(self) -> str:
        return (
            f"kills: {self.kills}, {self.in_flight} of them in mid-job; {self.jobs} jobs known and done, "
            f"lost {len(self.lost)}, duplicated {len(self.duplicated)}, leftovers {len(self.leftovers)}"
        )


async def run_kills(kills: int, seed: int, folder: Path) -> Count:
    """Until the app was killed that often: a job that ends before its moment comes does not count."""
    count = Count()
    chance = random.Random(seed)
    begun = 0

    async def one_home(home: Path) -> None:
        nonlocal begun
        while count.kills + begun < kills:
            begun += 1
            early = chance.random() < EARLY
            await _one(home, chance.randrange(2**32), early, chance.uniform(0.0, START if early else JOB), count)
            begun -= 1

    await asyncio.gather(*(one_home(folder / f"home{n}") for n in range(HOMES)))
    return count


async def _one(home: Path, number: int, early: bool, moment: float, count: Count) -> None:
    environment = {**os.environ, "OELALA_HOME": str(home)}
    given = picture(home / "given")
    command = ["generate", "image-to-video", "--image", str(given), "--engine", "sketch", "--json"]
    for key, value in {**SETTINGS, "seed": number}.items():
        command += ["--set", f"{key}={value}"]
    process = Warm(command, environment, home, home / "stderr.txt")
    first = "" if early else await asyncio.to_thread(process.stdout.readline)
    try:
        await asyncio.to_thread(process.wait, moment)
    except subprocess.TimeoutExpired:
        process.kill()
    rest = await asyncio.to_thread(process.stdout.read)
    process.stdout.close()
    await asyncio.to_thread(process.wait)
    rows = lines_of((first + rest).rpartition("\n")[0])
    announced = {row["job_id"] for row in rows if row["event"] == "queued"}
    count.kills += process.returncode == -9
    count.in_flight += process.returncode == -9 and bool(announced) and rows[-1]["event"] != "finished"
    await _check(home, number, announced, environment, count)


async def _check(home: Path, number: int, announced: set[str], environment: dict[str, str], count: Count) -> None:
    ran = await asyncio.to_thread(run_warm, ["jobs", "--wait", "--json", "--limit", "1000"], environment, home, 120.0)
    if ran.returncode != 0:
        count.lost.append(f"kill {number}: jobs --wait ended with {ran.returncode}: {ran.stderr[-300:]}")
    jobs = {row["job_id"]: row for row in lines_of(ran.stdout)}
    count.lost += [f"kill {number}: {job_id} is not known" for job_id in announced - set(jobs)]
    count.lost += [f"kill {number}: {i} is {r['state']}: {r['error']}" for i, r in jobs.items() if r["state"] != "done"]
    count.jobs += len(announced & set(jobs))
    output = home / "output"
    files = [path for path in output.glob("*") if path.suffix != ".part"] if output.is_dir() else []
    lying = Counter(job_of(path) for path in files)
    for job_id, row in jobs.items():
        if row["state"] == "done" and (len(row["outputs"]) != FILES or lying[job_id] != FILES):
            count.duplicated.append(f"kill {number}: {job_id} has {lying[job_id]} files, {len(row['outputs'])} known")
    count.leftovers += [f"kill {number}: files of {job_id}" for job_id in set(lying) - set(jobs)]
    count.leftovers += [f"kill {number}: {path.name}" for path in home.rglob("*.part*")]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-n", type=int, default=200, metavar="KILLS")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        count = asyncio.run(run_kills(options.n, options.seed, Path(folder)))
    for fault in count.faults:
        print(fault, file=sys.stderr)
    print(count)
    return 1 if count.faults else 0


if __name__ == "__main__":
    sys.exit(main())
