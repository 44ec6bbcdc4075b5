"""A seeded sample of mutants of the pure parts and the services, each against the tests that execute it.

    python tests/mutation/run.py [-n 400] [--seed S] [--only GLOB] [--tests PATH…] [--jobs 1] [--goal 90]

Prints who survives, and how many are killed of each stratum (domain, its life, tracker, messages, services) and of all,
with 95 % intervals. Exit code 1 below the goal. What no test executes survives. `--only 'domain/life/*' -n 0` tries
every mutant there; `--keep DIR` keeps what tests execute, which takes most of a first run's time.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.mutation.copied import Copy
from tests.mutation.mutants import Mutant
from tests.mutation.nearest import SUITES, Nearest, made
from tests.mutation.sample import drawn, population, together, wilson

#: how much longer than unmutated a mutant's tests may take before they count as hung, and seconds beside that
_SLOWER, _BESIDE = 6.0, 30.0


@dataclass(frozen=True, slots=True)
class Fate:
    """`how` is "killed", "died" (the process did), "timeout", "survived" or "untested"."""

    stratum: str
    mutant: Mutant
    how: str
    by: str = ""

    @property
    def is_killed(self) -> bool:
        return self.how not in ("survived", "untested")


def judged(copy: Copy, nearest: Nearest, stratum: str, mutant: Mutant, trusted: set[str]) -> Fate:
    """A test that fails without the mutant as well, run the same way, has not killed it: the others are asked.
    `trusted` are those that are known to pass."""
    tests = nearest.of(mutant)
    while tests:
        seconds = _BESIDE + _SLOWER * nearest.seconds(tests)
        with copy.with_mutant(mutant):
            ran = copy.run(tests, seconds=seconds)
        killer = ran["by"]
        if killer not in tests or killer in trusted or copy.run([killer], seconds=seconds)["outcome"] == "passed":
            trusted |= {killer} & set(tests)
            how = {"passed": "survived", "failed": "killed"}.get(ran["outcome"], ran["outcome"])
            return Fate(stratum, mutant, how, killer)
        tests.remove(killer)
    return Fate(stratum, mutant, "untested")


def fates(copies: list[Copy], nearest: Nearest, sample: dict[str, list[Mutant]]) -> Iterator[Fate]:
    free: SimpleQueue[Copy] = SimpleQueue()
    for copy in copies:
        free.put(copy)
    trusted: set[str] = set()

    def one(stratum: str, mutant: Mutant) -> Fate:
        copy = free.get()
        try:
            return judged(copy, nearest, stratum, mutant, trusted)
        finally:
            free.put(copy)

    pairs = [(stratum, mutant) for stratum, mutants in sample.items() for mutant in mutants]
    with ThreadPoolExecutor(len(copies)) as pool:
        yield from pool.map(one, *zip(*pairs, strict=True))


def summed_up(found: list[Fate], sizes: dict[str, int]) -> tuple[float, list[str]]:
    """The share of all that is killed, and the lines that say it."""
    tried = Counter(fate.stratum for fate in found)
    killed = Counter(fate.stratum for fate in found if fate.is_killed)
    rows = [
        f"{name}: {killed[name]} of {count} killed, {wilson(killed[name] / count, count)}; {sizes[name]} mutants in all"
        for name, count in tried.items()
    ]
    how = Counter(fate.how for fate in found)
    share = together(killed, tried, sizes)
    rows.append(f"together: {sum(killed.values())} of {len(found)} killed; weighted by size {share}")
    rows.append(f"of these: {how['timeout']} hung, {how['died']} ended the process; {how['untested']} not executed")
    return share.share, rows


def _as_row(fate: Fate) -> str:
    mutant = fate.mutant
    place = {"stratum": fate.stratum, "path": mutant.path, "line": mutant.line}
    return json.dumps({**place, "before": mutant.before, "after": mutant.after, "how": fate.how, "by": fate.by})


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-n", type=int, default=400, metavar="MUTANTS", help="0: every one")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="*", metavar="GLOB", help="modules, as paths below the package")
    parser.add_argument("--tests", nargs="+", default=SUITES, metavar="PATH", help="files or folders of tests")
    parser.add_argument("--list", action="store_true", help="says which would be tried")
    parser.add_argument("--json", action="store_true", help="every mutant's fate, an object a line")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--goal", type=float, default=90.0, metavar="PERCENT")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="where to keep what tests execute (a temporary one)")
    return parser.parse_args()


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> int:
    options = _options()
    mutants = population(options.only)
    sample = drawn(mutants, options.n, options.seed)
    if options.list:
        print(*(mutant for found in sample.values() for mutant in found), sep="\n")
        return 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # copies and processes go as they do at any other end
    begun = time.monotonic()
    found: list[Fate] = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mutants-")))
        copies = [stack.enter_context(closing(Copy(folder / str(n)))) for n in range(options.jobs)]
        nearest = made(copies[0], options.keep or folder / "kept", options.tests, _say)
        _say(f"what the tests execute is known after {time.monotonic() - begun:.0f} s")
        for fate in fates(copies, nearest, sample):
            found.append(fate)
            if options.json:
                print(_as_row(fate), flush=True)
            elif not fate.is_killed:
                print(f"{fate.how}: {fate.mutant}", flush=True)
    share, rows = summed_up(found, {name: len(all_) for name, all_ in mutants.items()})
    print(*rows, f"{time.monotonic() - begun:.0f} s", sep="\n", file=sys.stderr if options.json else sys.stdout)
    return 0 if 100 * share >= options.goal else 1


if __name__ == "__main__":
    sys.exit(main())
