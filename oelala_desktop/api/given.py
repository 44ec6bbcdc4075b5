"""What a request gives as inputs of a job: files, each a part of a form, and media by id. A path on this machine is not
for a client to name."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import orjson
from starlette.requests import Request

from oelala_desktop.domain.chain import LAST, RESULT, Step, step_of
from oelala_desktop.domain.errors import InvalidField, InvalidMedia, NotFound
from oelala_desktop.domain.field import MANY_KINDS, TIMED_KINDS, Field, FieldKind
from oelala_desktop.domain.obstacle import Obstructed, obstructed
from oelala_desktop.domain.plan import own_fields
from oelala_desktop.domain.sentences import shown
from oelala_desktop.domain.tool import TOOLS, VOCABULARY, Tool
from oelala_desktop.domain.training import CAPTION_SUFFIX

from .context import ApiServices
from .form_fields import SEED_NAMES
from .json_body import is_json, read_object
from .limits import MAX_FILES, MAX_MEDIA, MAX_TEXT, MAX_TRAINED
from .safe_open import open_known
from .upload import Form, Slot, check_is_media, read_form

THEN, CONTINUE = "then", "continue"
_MEDIA = re.compile(r"(?:/media/)?([1-9][0-9]{0,18})")
_LAST = 2**63 - 1


@dataclass(slots=True)
class GivenValues:
    """`values` are settings by key, inputs as paths; `names` is what an input is called here, by key. `then` are the
    steps that go on from the result, `continues` the video that it goes on from itself."""

    values: dict[str, Any] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    then: tuple[Step, ...] = ()
    continues: Path | None = None

    def told(self, error: InvalidField) -> InvalidField:
        """The same error under the name that the client knows."""
        name = self.names.get(error.field, error.field)
        return error if name == error.field else _renamed(error, name)


def _renamed(error: InvalidField, name: str) -> InvalidField:
    if isinstance(error, Obstructed):
        obstacle = error.obstacle
        return Obstructed(replace(obstacle, field=name, values={**obstacle.values, "key": name}))
    return InvalidMedia(name, error.message, detail=error.detail)


async def read_given(
    services: ApiServices, tool: Tool, request: Request, folder: Path, names: Mapping[str, str]
) -> GivenValues:
    """Of a form, whose files go to `folder`, or of a JSON object. `names` is what the route calls inputs, by key, where
    that is not the key itself. Raises InvalidInput, or CannotSave."""
    reader = _Reader(services, tool, names)
    if is_json(request):
        return await reader.of_json(await read_object(request, "The settings", MAX_TEXT))
    return await reader.of_form(await read_form(request, folder, reader.slot))


class _Reader:
    def __init__(self, services: ApiServices, tool: Tool, names: Mapping[str, str]) -> None:
        self._services = services
        self._tool = tool
        self._route_names = names
        self._given = GivenValues(names=dict(names))

    def slot(self, name: str, form: Form) -> Slot | None:
        """A file by a key that nobody knows yet is taken while the preset, which may know it, is not."""
        if name == "preset" or self._is_chain(name):
            return None
        preset = form.text("preset")
        own = self._own(preset)
        wanted = _field(self._tool.known(own), name)
        key = SEED_NAMES.get(name, name)
        if not preset and key not in VOCABULARY:
            return Slot(MAX_MEDIA, many=True, large=True)
        if wanted is None:
            self._refuse(name, key, own)
        if wanted is None or not wanted.is_input:
            return None
        large = wanted.kind in TIMED_KINDS
        most = MAX_MEDIA if large else self._services.jobs.inputs.most_bytes()
        if wanted.kind is FieldKind.DATASET:
            return Slot(most, many=True, large=True, most=MAX_TRAINED)
        return Slot(most, wanted.kind is FieldKind.PICTURES, large)

    def _refuse(self, name: str, key: str, own: Mapping[str, Field]) -> None:
        """Says why it is not taken, before all of it has come."""
        try:
            self._tool.check({key: None}, own)
        except InvalidField as error:
            raise _renamed(error, name) from error

    async def of_form(self, form: Form) -> GivenValues:
        known = self._tool.known(self._own(form.text("preset")))
        for name, parts in form.parts.items():
            wanted = _field(known, name)
            if self._is_chain(name) and len(parts) == 1:
                await self._take_chain(name, parts[0])
            elif wanted is not None and wanted.is_input:
                await self._take(name, wanted, [row for part in parts for row in _listed(part, wanted)])
            elif len(parts) > 1:
                raise InvalidField(name, f"{name} is given twice.")
            elif isinstance(parts[0], Path) and wanted is not None:
                raise obstructed(name, "no_file")
            else:
                self._given.values[name] = str(parts[0])
        return self._given

    async def of_json(self, values: dict[str, Any]) -> GivenValues:
        known = self._tool.known(self._own(values.get("preset")))
        for name, value in values.items():
            wanted = _field(known, name)
            if self._is_chain(name):
                await self._take_chain(name, value)
            elif wanted is not None and wanted.is_input:
                await self._take(name, wanted, value if isinstance(value, list) else [value])
            else:
                self._given.values[name] = value
        return self._given

    def _is_chain(self, name: str) -> bool:
        """The first interface has its own names, and no chains."""
        return name in (THEN, CONTINUE) and not self._route_names

    async def _take_chain(self, name: str, value: object) -> None:
        if value in (None, ""):
            return
        if name == CONTINUE:
            self._given.continues = await self._indexed(name, value)
            return
        rows = _rows(value)
        self._given.then = tuple([await self._step(number, row) for number, row in enumerate(rows, 2)])

    async def _step(self, number: int, row: object) -> Step:
        """Its files are those of My Media; what the step before makes is called by its own name."""
        try:
            step = step_of(row)
            reader = _Reader(self._services, TOOLS[step.tool], {})
            marks = {key: value for key, value in step.values.items() if value in (RESULT, LAST)}
            given = await reader.of_json({key: value for key, value in step.values.items() if key not in marks})
        except (InvalidField, NotFound) as error:
            raise InvalidField(THEN, f"Step {number}: {error.message}") from error
        if given.then or given.continues:
            raise InvalidField(THEN, f"Step {number}: a step has no steps of its own, and continues no other video.")
        return Step(step.tool, {**given.values, **marks})

    def _own(self, preset: object) -> Mapping[str, Field]:
        """A wish for a preset that does not exist is answered before anything else."""
        registry = self._services.registry
        if not preset or not isinstance(preset, str):
            return own_fields(registry.presets(self._tool))
        try:
            return own_fields((registry.find(preset, self._tool),))
        except NotFound as error:
            raise InvalidField("preset", error.message) from error

    async def _take(self, name: str, wanted: Field, rows: list[Any]) -> None:
        if wanted.key in self._given.values:
            raise InvalidField(name, f"{name} is given twice, once as {self._given.names[wanted.key]}.")
        most = MAX_TRAINED if wanted.kind is FieldKind.DATASET else MAX_FILES
        if len(rows) > most:
            raise InvalidField(name, f"{name}: more than {most} files were given.")
        self._given.names[wanted.key] = name
        paths = [str(await self._path(name, wanted, row)) for row in rows if row not in (None, "")]
        single = wanted.kind not in MANY_KINDS and len(paths) < 2
        self._given.values[wanted.key] = next(iter(paths), None) if single else paths

    async def _path(self, name: str, wanted: Field, row: object) -> Path:
        if not isinstance(row, Path):
            return await self._indexed(name, row)
        if wanted.kind is FieldKind.DATASET and row.suffix.lower() == CAPTION_SUFFIX:
            return row
        if row.stat().st_size == 0:
            raise InvalidField(name, f"{name} is empty (0 bytes).")
        await asyncio.to_thread(check_is_media, row, sound=wanted.kind is FieldKind.SOUND)
        return row

    async def _indexed(self, name: str, row: object) -> Path:
        """The file of My Media that this id, or address, stands for."""
        found = _MEDIA.fullmatch(str(row)) if isinstance(row, int | str) and not isinstance(row, bool) else None
        if found is None or int(found[1]) > _LAST:
            part = self._route_names.get(name, name)
            words = f"send the file itself as {part}, in a multipart form, or the id of one in My Media."
            raise InvalidField(name, f"{name}: {words}")
        try:
            path = Path((await self._services.library.get(int(found[1]))).path)
            os.close((await asyncio.to_thread(open_known, path)).fd)
        except NotFound as error:
            raise InvalidField(name, f"{name}: there is no /media/{found[1]}.") from error
        return path


def _rows(value: object) -> list[Any]:
    """The steps: a list, or its text in a form."""
    if isinstance(value, str):
        try:
            value = orjson.loads(value)
        except orjson.JSONDecodeError as error:
            raise InvalidField(THEN, f"then: not JSON: {error}.") from error
    if not isinstance(value, list):
        raise InvalidField(THEN, f"then: a list of steps is expected, not {shown(value)}.")
    return value


def _field(known: Mapping[str, Field], name: str) -> Field | None:
    return known.get(name) or known.get(SEED_NAMES.get(name, name))


def _listed(part: str | Path, wanted: Field) -> list[Any]:
    """What one part of a form gives: a file, an id, or for pictures a list of them as JSON."""
    if isinstance(part, str) and wanted.kind in MANY_KINDS and part.lstrip().startswith("["):
        try:
            rows = orjson.loads(part)
        except orjson.JSONDecodeError:
            raise obstructed(wanted.key, "files_no_list") from None
        return rows if isinstance(rows, list) else [rows]
    return [part]
