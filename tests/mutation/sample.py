"""Which mutants are tried, and what their fate says of all of them."""

from __future__ import annotations

import fnmatch
import math
import random
from collections import Counter
from dataclasses import dataclass

from tests.mutation.copied import PACKAGE, ROOT
from tests.mutation.mutants import Mutant, mutants_of

#: of the sample, the least share that each stratum has
FLOOR = 0.15
_Z = 1.96


def strata() -> dict[str, list[str]]:
    """The modules of each, as paths below the package."""
    found: dict[str, list[str]] = {name: [] for name in ("domain", "life", "tracker", "messages", "services")}
    for path in sorted((ROOT / PACKAGE).rglob("*.py")):
        name = path.relative_to(ROOT / PACKAGE)
        if name.parts[0] == "comfy":
            if name.stem in found:
                found[name.stem].append(str(name))
        elif name.parts[0] in found:
            found["life" if "life" in name.parts else name.parts[0]].append(str(name))
    return found


def population(only: str) -> dict[str, list[Mutant]]:
    """All mutants of each stratum, in modules whose path below the package matches."""
    found = {}
    for stratum, modules in strata().items():
        wanted = [m for m in modules if fnmatch.fnmatch(m, only)]
        if mutants := [x for m in wanted for x in mutants_of(m, (ROOT / PACKAGE / m).read_bytes())]:
            found[stratum] = mutants
    return found


def drawn(mutants: dict[str, list[Mutant]], count: int, seed: int) -> dict[str, list[Mutant]]:
    """`count` in all, or every one if that is 0: the same floor for each stratum, the rest in proportion.
    In any order, so that what is known halfway is a sample too."""
    sizes = shares({name: len(found) for name, found in mutants.items()}, count)
    chance = random.Random(seed)
    return {name: chance.sample(found, sizes[name]) for name, found in mutants.items()}


def shares(sizes: dict[str, int], count: int) -> dict[str, int]:
    if not count or count >= sum(sizes.values()):
        return sizes
    floor = math.floor(min(FLOOR, 1 / len(sizes)) * count)
    found = {name: min(size, floor) for name, size in sizes.items()}
    open_sizes = {name: size - found[name] for name, size in sizes.items()}
    rest, total = count - sum(found.values()), sum(open_sizes.values())
    exact = {name: rest * size / total for name, size in open_sizes.items()}
    by_remainder = sorted(exact, key=lambda name: math.floor(exact[name]) - exact[name])
    more = Counter(by_remainder[: rest - sum(math.floor(x) for x in exact.values())])
    return {name: found[name] + math.floor(exact[name]) + more[name] for name in sizes}


@dataclass(frozen=True, slots=True)
class Share:
    """A share of killed mutants with its 95 % interval after Wilson."""

    share: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.share:.1%} ({self.low:.1%} to {self.high:.1%})"


def wilson(share: float, count: float) -> Share:
    middle = share + _Z**2 / (2 * count)
    spread = _Z * math.sqrt(share * (1 - share) / count + _Z**2 / (4 * count**2))
    scale = 1 + _Z**2 / count
    return Share(share, max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale))


def together(killed: dict[str, int], tried: dict[str, int], sizes: dict[str, int]) -> Share:
    """Of the whole population: strata weigh what they are in it, and the interval has the count that a plain sample of
    the same variance would have."""
    total = sum(sizes[name] for name in tried)
    share = sum(sizes[name] / total * killed[name] / tried[name] for name in tried)
    variance = 0.0
    for name, count in tried.items():
        one = killed[name] / count
        variance += (sizes[name] / total) ** 2 * one * (1 - one) / count
    return wilson(share, share * (1 - share) / variance if variance else sum(tried.values()))
