"""Settings as a JSON file: the same object that the command line and the API take."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from oelala_desktop.domain.errors import CannotSave, InvalidInput
from oelala_desktop.domain.field import Field
from oelala_desktop.domain.inputs import names_in
from oelala_desktop.services.files.json_file import read_json
from oelala_desktop.services.inputs.kept import read_facts


async def write_settings_file(path: Path, values: Mapping[str, Any], fields: Mapping[str, Field]) -> None:
    """A file that was given is named by the path that it had, while it is there, else by that of the kept copy. Raises
    CannotSave."""

    def write() -> None:
        given = {key: _originals(values[key]) for key, field in fields.items() if field.is_input and values.get(key)}
        told = {key: value for key, value in {**values, **given}.items() if value is not None}
        text = json.dumps(told, indent=2, ensure_ascii=False, default=str)
        try:
            path.write_text(text + "\n", "utf-8")
        except OSError as error:
            raise CannotSave(f"Cannot save {path.name}: {error.strerror}.") from error

    await asyncio.to_thread(write)


def _originals(value: Any) -> Any:
    names = [_original(name) for name in names_in(value)]
    return names[0] if isinstance(value, str) else names


def _original(name: str) -> str:
    kept = read_facts(Path(name))
    return kept.original if kept is not None and kept.original and Path(kept.original).is_file() else name


async def read_settings_file(path: Path) -> dict[str, Any]:
    """Raises InvalidInput with a sentence that names the file."""

    values = await asyncio.to_thread(read_json, path)
    if not isinstance(values, dict):
        raise InvalidInput(f"{path.name} does not hold one JSON object of settings.")
    return values


async def copy_file(source: Path, target: Path) -> None:
    """Raises CannotSave; an older `target` is replaced only by a whole copy."""

    def copy() -> None:
        part = target.with_name(target.name + ".part")
        try:
            shutil.copyfile(source, part)
            part.replace(target)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise CannotSave(f"Cannot save {target.name}: {error.strerror}.") from error

    await asyncio.to_thread(copy)
