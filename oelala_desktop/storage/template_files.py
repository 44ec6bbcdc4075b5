"""Templates kept on the disk, a folder for each server: its list, the workflows and pictures that were read, and what
was found in them. All of it may be deleted at any time, and nothing of it is trusted when it is read. Blocking."""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, TypeGuard, TypeVar

import orjson

from oelala_desktop.domain.template import Template, TemplateFacts, TemplateList, TemplateModel
from oelala_desktop.domain.tool import TOOLS

from .plain_file import open_plain
from .whole_file import write_whole

log = logging.getLogger(__name__)
T = TypeVar("T", Template, TemplateModel)
_FORM = 1  # of the files
_LARGEST = 32 * 2**20  # bytes of one that is read
_MOST_TEMPLATES = 10_000
_MOST_SERVERS = 4
_MOST_PICTURES = 512 * 2**20  # bytes of all


@dataclass(frozen=True, slots=True)
class KeptFacts:
    """`stamp` is of the workflow that was read, `beside` of what the server had then."""

    stamp: str
    beside: str
    facts: TemplateFacts


class TemplateFiles:
    """`server` is what a list's server is known by: kind and address. Writing never raises: what cannot be kept is
    read again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def list(self, server: str) -> TemplateList:
        """Empty if none is kept."""
        told = self._read(self._place(server) / "list.json")
        rows = told.get("templates")
        found = (_made(Template, row) for row in (rows if isinstance(rows, list) else ())[:_MOST_TEMPLATES])
        sound = (one for one in found if one is not None and (one.picture_type or "none").isalnum())  # it ends a path
        mark = told.get("mark")
        return TemplateList(tuple(sound), mark if isinstance(mark, str) else "")

    def keep_list(self, server: str, found: TemplateList) -> None:
        rows = [asdict(template) for template in found.templates]
        self._write(self._place(server) / "list.json", {"mark": found.mark, "templates": rows})

    def workflow(self, server: str, name: str, stamp: str | None) -> dict[str, Any] | None:
        """The one of that stamp, or of any if that is None."""
        told = self._read(self._workflow(server, name))
        workflow = told.get("workflow")
        fits = told.get("name") == name and (stamp is None or told.get("stamp") == stamp)
        return workflow if fits and isinstance(workflow, dict) else None

    def keep_workflow(self, server: str, name: str, stamp: str, workflow: Mapping[str, Any]) -> None:
        self._write(self._workflow(server, name), {"name": name, "stamp": stamp, "workflow": workflow})

    def facts(self, server: str) -> dict[str, KeptFacts]:
        told = self._read(self._place(server) / "facts.json").get("templates")
        rows = told.items() if isinstance(told, Mapping) else ()
        return {name: kept for name, row in rows if (kept := _kept_facts(row)) is not None}

    def keep_facts(self, server: str, facts: Mapping[str, KeptFacts]) -> None:
        rows = {name: _facts_row(kept) for name, kept in facts.items()}
        self._write(self._place(server) / "facts.json", {"templates": rows})

    def picture(self, server: str, name: str, number: int, stamp: str, kind: str) -> Path:
        """Where it lies, if it is there."""
        return self._place(server) / "pictures" / f"{_digest(f'{name} {number} {stamp}')}.{kind}"

    def keep_picture(self, path: Path, content: bytes) -> None:
        """Raises OSError."""
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, content, lasting=False)

    def sweep(self, server: str) -> None:
        """Drops the servers that were not asked for longest, other than that one, and the oldest pictures."""
        with suppress(OSError):
            if not self._folder.is_dir():
                return
            servers = sorted(filter(Path.is_dir, self._folder.iterdir()), key=_age, reverse=True)
            own = self._place(server)
            with suppress(FileNotFoundError):
                os.utime(own / "list.json")  # asked for now
            for old in [one for one in servers if one != own][_MOST_SERVERS - 1 :]:
                shutil.rmtree(old, ignore_errors=True)
            self._sweep_pictures()

    def _sweep_pictures(self) -> None:
        found = sorted(_sized(self._folder.glob("*/pictures/*")))
        over = sum(size for _, size, _ in found) - _MOST_PICTURES
        over += _MOST_PICTURES // 4 if over > 0 else 0  # not again at every start
        for _, size, path in found:
            if over <= 0:
                break
            with suppress(OSError):
                path.unlink()
                over -= size

    def _place(self, server: str) -> Path:
        return self._folder / _digest(server)

    def _workflow(self, server: str, name: str) -> Path:
        return self._place(server) / "workflows" / f"{_digest(name)}.json"

    def _read(self, path: Path) -> dict[str, Any]:
        """Empty for what is not there, or not ours."""
        try:
            with open_plain(path) as file:
                content = file.read(_LARGEST + 1)
            told = orjson.loads(content) if len(content) <= _LARGEST else None
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            log.info("%s is passed over: %s", path, error)
            return {}
        return told if isinstance(told, dict) and told.get("form") == _FORM else {}

    def _write(self, path: Path, content: Mapping[str, Any]) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, orjson.dumps({"form": _FORM, **content}), lasting=False)
        except (OSError, TypeError) as error:  # a workflow may hold numbers that are too large for it
            log.info("%s is not kept: %s", path, error)


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=12).hexdigest()


def _age(folder: Path) -> float:
    try:
        return (folder / "list.json").stat().st_mtime
    except OSError:
        return 0.0


def _sized(paths: Iterator[Path]) -> Iterator[tuple[float, int, Path]]:
    for path in paths:
        with suppress(OSError):
            told = os.lstat(path)
            yield told.st_mtime, told.st_size, path


# rows as values


def _facts_row(kept: KeptFacts) -> dict[str, Any]:
    facts = kept.facts
    row = asdict(facts) | {"tools": [tool.id for tool in facts.tools]}
    return {"stamp": kept.stamp, "beside": kept.beside, "facts": row}


def _kept_facts(row: object) -> KeptFacts | None:
    if not isinstance(row, Mapping):
        return None
    stamp, beside, told = (row.get(key) for key in ("stamp", "beside", "facts"))
    if not (isinstance(stamp, str) and isinstance(beside, str) and isinstance(told, Mapping)):
        return None
    takes, lacking, fault, sound = (told.get(key) for key in ("takes", "lacking", "fault", "has_sound"))
    rows, tools = told.get("models"), told.get("tools")
    models = [_made(TemplateModel, one) for one in rows] if isinstance(rows, list) else [None]
    if None in models or not (_are_texts(takes) and _are_texts(lacking) and _are_texts(tools)):
        return None
    if not isinstance(fault, str) or not isinstance(sound, bool) or not all(tool in TOOLS for tool in tools):
        return None
    found = TemplateFacts(
        tuple(TOOLS[tool] for tool in tools), tuple(takes), tuple(filter(None, models)), sound, tuple(lacking), fault
    )
    return KeptFacts(stamp, beside, found)


def _are_texts(value: object) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _made(kind: type[T], row: object) -> T | None:
    """A value of that class whose fields all have the type of their defaults; None if one has not."""
    if not isinstance(row, Mapping):
        return None
    values: dict[str, Any] = {}
    for one in fields(kind):
        value = row.get(one.name)
        if one.name == "loaders":
            if not (isinstance(value, list) and all(_are_texts(pair) and len(pair) == 2 for pair in value)):
                return None
            values[one.name] = tuple(map(tuple, value))
        elif isinstance(one.default, tuple):
            if not _are_texts(value):
                return None
            values[one.name] = tuple(value or ())
        elif type(value) is (type(one.default) if one.default is not _NONE else str):
            values[one.name] = value
        else:
            return None
    return kind(**values)


_NONE = fields(Template)[0].default  # of a field that has no default
