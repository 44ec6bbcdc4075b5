"""Many jobs asked for at once: rows of a file, pictures by prompts, the cells of a grid. Pure."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

from .errors import InvalidField, InvalidInput
from .field import DRAWN_SEEDS, MAX_SEED
from .sentences import joined
from .spelling import base_name
from .tool import VOCABULARY

#: that one command makes; cells of one grid
MOST_JOBS, MOST_CELLS = 2000, 400
_VARIATIONS, _SEED = VOCABULARY["variations"], VOCABULARY["seed"]
_LONGEST_LABEL = 40  # characters of a value


#: where it is, and what is wrong
Fault = tuple[str, str]
_LINE = re.compile(r"line (\d+)")


class BadRows(InvalidInput):
    """What is wrong with rows, a line each."""


@dataclass(frozen=True, slots=True)
class Row:
    """One wish of many. `where` names it to a person ("line 3"); `cell` is what tells it from the others of a grid;
    `mark` is what its job is known by, the same whenever the same is asked for again."""

    where: str
    values: Mapping[str, Any]
    cell: Mapping[str, Any] = field(default_factory=dict)
    mark: str = ""


def settled(tool: str, rows: Sequence[Row], salt: str = "") -> list[Row]:
    """A row for each job: with its mark, and with a seed, which follows from the row where it has none. Rows that are
    alike are told apart by their number. Another `salt` makes other jobs of them. Raises BadRows for too many."""
    refuse_too_many(len(rows))
    out: list[Row] = []
    alike: Counter[str] = Counter()
    for row in rows:
        base = mark_of(salt, tool, row.values)
        alike[base] += 1
        out += _each_variation(row, mark_of(base, alike[base]))
    refuse_too_many(len(out))
    return out


def refuse_too_many(count: int) -> None:
    """Raises BadRows for more jobs than one command makes."""
    if count > MOST_JOBS:
        raise BadRows(f"That would be {count} jobs; one command makes {MOST_JOBS} at most.")


def mark_of(*what: object) -> str:
    """32 hexadecimal digits that anything else has others of."""
    return hashlib.sha256(json.dumps(what, sort_keys=True, default=str).encode()).hexdigest()[:32]


def seed_of(mark: str) -> int:
    return int(mark, 16) % DRAWN_SEEDS


def _each_variation(row: Row, mark: str) -> list[Row]:
    try:
        count = int(str(_VARIATIONS.check(row.values.get("variations", 1))))
        given = int(str(_SEED.check(row.values.get("seed", -1))))
    except InvalidField:  # told when the row is checked
        return [replace(row, mark=mark)]
    first = seed_of(mark) if given < 0 else given
    values = {key: value for key, value in row.values.items() if key != "variations"}
    seeds = [str((first + number) % (MAX_SEED + 1)) for number in range(count)]
    if count == 1:
        return [replace(row, values={**values, "seed": seeds[0]}, mark=mark)]
    return [
        Row(f"{row.where}, variation {number}", {**values, "seed": seed}, row.cell, mark_of(mark, number))
        for number, seed in enumerate(seeds, 1)
    ]


def crossed(pictures: Sequence[Mapping[str, Any]], prompts: Sequence[Mapping[str, Any]]) -> list[Row]:
    """For each of the pictures each of the prompts, both as settings. Raises BadRows for too many."""
    refuse_too_many(max(1, len(pictures)) * max(1, len(prompts)))
    pairs = list(product(pictures or ({},), prompts or ({},)))
    return [Row(_named(picture, prompt, len(prompts) > 1), {**picture, **prompt}) for picture, prompt in pairs]


def _named(picture: Mapping[str, Any], prompt: Mapping[str, Any], is_told: bool) -> str:
    name = base_name(str(picture.get("image", "")))
    text = f"“{_short(prompt['prompt'])}”" if "prompt" in prompt and (is_told or not name) else ""
    return ", ".join(filter(None, (name, text)))


def grid(tool: str, values: Mapping[str, Any], axes: Mapping[str, Sequence[Any]], salt: str = "") -> list[Row]:
    """A cell for each combination, all with one seed unless that is an axis. Raises BadRows for too many cells."""
    count = 1
    for along in axes.values():
        count *= len(along)
    if count > MOST_CELLS:
        raise BadRows(f"That grid would have {count} cells; one has {MOST_CELLS} at most.")
    given = dict(values)
    if str(values.get("seed", -1)) == "-1":
        given["seed"] = str(seed_of(mark_of(salt, tool, values)))
    cells = [dict(zip(axes, along, strict=True)) for along in product(*axes.values())]
    return [Row(", ".join(labels(cell)), {**given, **cell}, cell) for cell in cells]


def axes_of(pairs: Iterable[tuple[str, str]]) -> dict[str, list[Any]]:
    """What `KEY=V1,V2` says, `KEY=["a, b", "c"]` where values have commas. Raises InvalidInput."""
    axes: dict[str, list[Any]] = {}
    for key, text in pairs:
        if key in axes:
            raise InvalidInput(f"--grid gives {key} twice; give all of its values at once.")
        if key == "variations":
            raise InvalidInput("--grid makes one job a cell; give seed=1,2,3 instead of variations.")
        axes[key] = _along(key, text)
    return axes


def _along(key: str, text: str) -> list[Any]:
    values: Any = [part.strip() for part in text.split(",")]
    if text.lstrip().startswith("["):
        try:
            values = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise InvalidInput(
                f"--grid {key}: what begins with [ is a JSON list of values, and this is none."
            ) from error
    if not all(value != "" for value in values) or not values:
        raise InvalidInput(f"--grid {key}: expected {key}=V1,V2 with a value on each side of a comma.")
    return list({json.dumps(value, sort_keys=True): value for value in values}.values())


def told(cell: Mapping[str, Any]) -> dict[str, Any]:
    """What results tell of a cell: files by their own names, without folders."""
    files = {key for key in cell if key in VOCABULARY and VOCABULARY[key].is_input}
    return {key: base_name(value) if key in files and isinstance(value, str) else value for key, value in cell.items()}


def labels(cell: Mapping[str, Any]) -> list[str]:
    """ "steps = 4", one for each axis."""
    shown = {key: value if isinstance(value, str) else json.dumps(value) for key, value in told(cell).items()}
    return [f"{key} = {_short(text)}" for key, text in shown.items()]


def _short(text: object) -> str:
    flat = " ".join(str(text).split())
    return flat if len(flat) <= _LONGEST_LABEL else f"{flat[: _LONGEST_LABEL - 1]}…"


def faults_of(faults: Iterable[Fault]) -> BadRows:
    """To be raised: what is wrong, and where; lines of a file in their order."""
    return BadRows("\n".join(f"{where}: {what}" if where else what for where, what in sorted(faults, key=_place)))


def _place(fault: Fault) -> int:
    found = _LINE.match(fault[0])
    return int(found[1]) if found else 0


def refuse_together(options: Mapping[str, bool]) -> None:
    """Raises InvalidInput where more than one of them is given."""
    given = [name for name, is_given in options.items() if is_given]
    if len(given) > 1:
        raise InvalidInput(f"{joined(given)} do not go together; give one of them.")
