"""Preferences: one JSON file, written whole and atomically. Unknown keys of a newer version survive."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from oelala_desktop.domain.errors import CannotSave


class Preferences:
    """Reads once; every `set` is on the disk when it returns. A damaged file is set aside and defaults are used."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._values: dict[str, Any] = {}

    def load(self) -> None:
        try:
            values = orjson.loads(self._path.read_bytes())
        except FileNotFoundError:
            return
        except (OSError, orjson.JSONDecodeError):
            with contextlib.suppress(OSError):
                self._path.replace(self._path.with_suffix(".damaged"))
            return
        self._values = values if isinstance(values, dict) else {}

    def get(self, key: str, default: Any = None) -> Any:
        return self._values.get(key, default)

    def update(self, changes: Mapping[str, Any]) -> None:
        """Raises CannotSave and keeps the old values when the disk refuses."""
        values = self._values | dict(changes)
        part = self._path.with_name(f"{self._path.name}.{os.getpid()}.part")
        try:
            with part.open("wb") as file:
                file.write(orjson.dumps(values, option=orjson.OPT_INDENT_2))
                file.flush()
                os.fsync(file.fileno())
            part.replace(self._path)
        except OSError as error:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
            raise CannotSave(f"The preferences cannot be saved: {error.strerror}.") from error
        self._values = values
