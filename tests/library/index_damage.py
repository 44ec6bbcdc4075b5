"""Damaged copies of a media index, each opened by the library: nothing that is asked of it fails, and every file is
there again. Half of them are copies of an index that was closed, half of one whose program was killed.

As a script: `python tests/library/index_damage.py -n 230 [--seed S]`. Prints copies, failed questions, not rebuilt.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import random
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

if __package__ is None or __package__ == "":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from oelala_desktop.domain.media import SORTS, MediaQuery
from oelala_desktop.services.library.library import Library
from tests.library.conftest import EVERYTHING, Shelf, picture, put

FILES = 40
KINDS = ("byte", "byte", "byte", "bit", "page", "zeros", "cut")
_PAGE = 4096
_OLD = 1_700_000_000  # when the first file was made: the same in every run, so that the index is too


@dataclass
class Count:
    copies: int = 0
    failed: list[str] = field(default_factory=list)  # questions that raised
    missing: list[str] = field(default_factory=list)  # copies in which files stayed away
    told: list[str] = field(default_factory=list)  # messages that quote what could not be read

    @property
    def faults(self) -> list[str]:
        return [*self.failed, *self.missing, *self.told]

    def __str__(self) -> str:
        return (
            f"copies: {self.copies}; questions that failed {len(self.failed)}, not rebuilt {len(self.missing)}, "
            f"prompts told {len(self.told)}"
        )


def damaged(content: bytes, kind: str, chance: random.Random) -> bytes:
    spoiled = bytearray(content)
    at = chance.randrange(len(spoiled))
    if kind == "byte":
        spoiled[at] ^= chance.randrange(1, 256)
    elif kind == "bit":
        spoiled[at] ^= 1 << chance.randrange(8)
    elif kind == "page":
        at -= at % _PAGE
        spoiled[at : at + _PAGE] = chance.randbytes(_PAGE)
    elif kind == "zeros":
        end = min(at + chance.choice((1, 100, 9000)), len(spoiled))
        spoiled[at:end] = bytes(end - at)
    else:
        del spoiled[at:]
    return bytes(spoiled)


def questions(library: Library) -> dict[str, Callable[[], Awaitable[object]]]:
    """All that the pages ask."""

    async def infos() -> object:
        return await library.infos(await library.ids(EVERYTHING))

    async def sorts() -> object:
        return [await library.page(MediaQuery(sort=sort)) for sort in SORTS]

    return {
        "page": lambda: library.page(EVERYTHING),
        "sorts": sorts,
        "search": lambda: library.page(MediaQuery(text="herons")),
        "short search": lambda: library.page(MediaQuery(text="he")),
        "infos": infos,
        "prompts": library.prompts,
        "facets": library.facets,
        "days": lambda: library.days(EVERYTHING),
        "stats": library.stats,
        "favourites": lambda: library.page(MediaQuery(favorite=True)),
    }


async def run_index_damage(copies: int, seed: int, home: Path) -> Count:
    chance = random.Random(seed)
    count = Count()
    shelf = Shelf(home)
    for number in range(FILES):
        words = f"Steps: 4, Model: m{number % 3}, Seed: {number}"
        prompt = f"two herons lift off lake {number} <lora:mist:1>\nNegative prompt: blurry\n{words}"
        made = put(shelf.output / f"{number}.png", picture(number, parameters=prompt))
        os.utime(made, (_OLD + number, _OLD + number))
    library = await shelf.start()
    await library.set_favorite([(await shelf.item("7.png")).id], True)
    await library.close()
    whole = shelf.paths.media_database.read_bytes()
    seal = shelf.paths.media_database.with_suffix(".seal")
    sealed = seal.read_bytes()
    for number in range(copies):
        kind = KINDS[number % len(KINDS)]
        for file in shelf.paths.data.glob("media.*"):
            file.unlink()
        shelf.paths.media_database.write_bytes(damaged(whole, kind, chance))
        was_closed = number // len(KINDS) % 2 == 0
        if was_closed:
            seal.write_bytes(sealed)
        await _try(shelf, f"copy {number} ({kind}, {'closed' if was_closed else 'killed'})", count)
        count.copies += 1
    return count


async def _try(shelf: Shelf, what: str, count: Count) -> None:
    library = shelf.make()
    try:
        await shelf.start()
        for _ in range(2):  # the first may be answered out of a file that was begun anew a moment ago
            for name, ask in questions(library).items():
                await _ask(f"{what}: {name}", ask, count)
            try:
                await shelf.until(lambda: _is_back(library), 10.0)
            except AssertionError:
                count.missing.append(what)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what is counted
        count.failed.append(f"{what}: start: {type(error).__name__}: {error}")
    finally:
        await library.close()


async def _ask(what: str, ask: Callable[[], Awaitable[object]], count: Count) -> None:
    try:
        await ask()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what is counted
        count.failed.append(f"{what}: {type(error).__name__}: {error}")
        if "herons" in str(error):
            count.told.append(f"{what}: {error}")


async def _is_back(library: Library) -> bool:
    return await library.count(EVERYTHING) == FILES and len(await library.infos(await library.ids(EVERYTHING))) == FILES


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-n", type=int, default=230, metavar="COPIES")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as folder:
        count = asyncio.run(run_index_damage(options.n, options.seed, Path(folder)))
    for fault in count.faults:
        print(fault, file=sys.stderr)
    print(count)
    return 1 if count.faults else 0


if __name__ == "__main__":
    sys.exit(main())
