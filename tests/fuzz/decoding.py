"""Seeded mutations of media files, each given to every place that decodes or rewrites one: the thumbnail, the start
picture, the embedding of what made it.

    python tests/fuzz/decoding.py -n 100000 [--seed S]

Promised: nothing but a sentence of ours is ever raised, and neither this process nor its helpers grow by more than
300 MiB and one picture of 50 megapixels over what they take idle. Exit code 1 if that breaks; the files that broke it
are written beside the report.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from oelala_desktop.domain.errors import OelalaError
from oelala_desktop.metadata.writer import embed
from oelala_desktop.services.confined import confined
from oelala_desktop.services.decoding import MOST_PIXELS
from oelala_desktop.services.inputs.pictures import read_picture
from oelala_desktop.services.thumbnail_making import make_thumbnail
from tests.fuzz.media import mutated, samples

MIB = 1024**2
#: four bytes a pixel
GROWTH = 300 + MOST_PIXELS * 4 / MIB

STEPS: dict[str, Callable[[Path], object]] = {
    "thumb": lambda path: make_thumbnail(path, 256),
    "picture": read_picture,
    "embed": lambda path: embed(path, {"prompt": "a lighthouse"}, {"1": {"class_type": "X", "inputs": {}}}),
}


class Outcome(NamedTuple):
    """`grown` and `helpers` in MiB over idle."""

    files: int
    escaped: Counter[str]
    refused: int
    grown: float
    helpers: float

    @property
    def kept(self) -> bool:
        return not self.escaped and max(self.grown, self.helpers) <= GROWTH


def decode_all_ways(path: Path) -> tuple[int, dict[str, BaseException]]:
    """How many steps answered with a sentence, and what escaped from the others."""
    refused, escaped = 0, {}
    for step, work in STEPS.items():
        try:
            work(path)
        except OelalaError:
            refused += 1
        except Exception as error:  # noqa: BLE001 - to be counted
            escaped[step] = error
    return refused, escaped


def _peak(who: int) -> float:
    return resource.getrusage(who).ru_maxrss / 1024


def run(count: int, seed: int, keep: Path | None = None) -> Outcome:
    """Decode `count` mutations. Those from which something escapes are written to `keep`."""
    rng = random.Random(seed)
    whole = samples()
    escaped: Counter[str] = Counter()
    refused = 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fuzz"
        for data in whole:
            path.write_bytes(data)
            decode_all_ways(path)
        confined.close()
        before = _peak(resource.RUSAGE_SELF), _peak(resource.RUSAGE_CHILDREN)
        for number in range(count):
            path.write_bytes(mutated(rng, rng.choice(whole)))
            data = path.read_bytes()
            sentences, faults = decode_all_ways(path)
            refused += sentences
            for step, error in faults.items():
                escaped[f"{step}: {type(error).__name__}"] += 1
                if keep is not None:
                    (keep / f"decoding_{step}_{seed}_{number}.bin").write_bytes(data)
                    traceback.print_exception(error)
        confined.close()
    grown = _peak(resource.RUSAGE_SELF) - before[0], _peak(resource.RUSAGE_CHILDREN) - before[1]
    return Outcome(count, escaped, refused, *grown)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-n", type=int, default=100_000, help="how many files")
    parser.add_argument("--seed", type=int, default=1)
    chosen: Any = parser.parse_args(arguments)
    start = time.perf_counter()
    found = run(chosen.n, chosen.seed, Path.cwd())
    print(
        f"files {found.files}, escaped {found.escaped.total()} {dict(found.escaped) or ''}, sentences {found.refused}, "
        f"grown {found.grown:.0f} MiB, helpers {found.helpers:.0f} MiB (at most {GROWTH:.0f}), "
        f"{time.perf_counter() - start:.0f} s in all, seed {chosen.seed}"
    )
    return 0 if found.kept else 1


if __name__ == "__main__":
    raise SystemExit(main())
