"""A kept input: a file under the home folder named by its content, and beside it what was found of it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import orjson

from oelala_desktop.domain.inputs import Given
from oelala_desktop.storage.plain_file import read_plain
from oelala_desktop.storage.whole_file import write_whole

DIGITS = 24  # of a digest in a name
DATASET_SUFFIX = ".dataset"
_SUFFIX = ".json"
_MOST = 2**20  # bytes of the facts beside a file


@dataclass(frozen=True, slots=True)
class Kept:
    """`original` is the path that was given, `file_bytes` how large that file was, `prompt` what it says it was made
    with, `mask` the kept mask of where it was transparent; empty where there is none. `has_workflow`: the original
    carries the workflow that made it."""

    path: Path
    given: Given
    original: str = ""
    file_bytes: int = 0
    prompt: str = ""
    mask: str = ""
    has_workflow: bool = False

    @property
    def upload_name(self) -> str:
        """By content, so that a server keeps one file however often it is sent. That of a dataset is a folder's."""
        if self.path.suffix == DATASET_SUFFIX:
            return f"oelala_train_{self.path.stem}"
        return f"oelala_{self.path.name}"


def facts_file(path: Path) -> Path:
    return path.with_name(path.name + _SUFFIX)


def write_facts(kept: Kept) -> None:
    """Raises OSError. Blocking."""
    row = {field.name: getattr(kept, field.name) for field in fields(kept) if field.name != "path"}
    write_whole(facts_file(kept.path), orjson.dumps(row), lasting=False)  # they can be found anew


def read_facts(path: Path) -> Kept | None:
    """What stands beside a kept file; None where nothing readable does, or the file is another. Blocking."""
    try:
        content = read_plain(facts_file(path))
        row = orjson.loads(content) if len(content) <= _MOST else None
        size = path.stat().st_size
    except (OSError, ValueError):
        return None
    if not isinstance(row, dict) or not isinstance(row.get("given"), dict):
        return None
    try:
        given = Given(**_sound(Given, row["given"]))
        kept = Kept(path=path, given=given, **_sound(Kept, row))
    except TypeError:  # a fact that must be there is missing
        return None
    return kept if given.size == size else None


_VAST = 10**12  # no number of a file is larger
#: the plain types of their fields
_KINDS: dict[str, tuple[type, ...]] = {"str": (str,), "int": (int,), "float": (int, float), "bool": (bool,)}


def _sound(kind: Any, row: dict[str, Any]) -> dict[str, Any]:
    """What of a stored record is of its field's own type, and such as a file can have."""
    types = {field.name: _KINDS.get(str(field.type)) for field in fields(kind)}
    plain: dict[str, Any] = {
        key: value for key, value in row.items() if (right := types.get(key)) and isinstance(value, right)
    }
    return {key: value for key, value in plain.items() if isinstance(value, str) or 0 <= value <= _VAST}
