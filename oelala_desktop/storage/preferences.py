"""Preferences: one JSON file that all processes of a home share. Unknown keys of a newer version survive."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import orjson

from oelala_desktop.domain.errors import CannotSave

from .own_json import OwnJson, Sift, as_it_is


class Preferences:
    """Reads once; every change is on the disk when it returns, and brings in what other processes changed."""

    def __init__(self, path: Path, sift: Sift = as_it_is) -> None:
        self._file = OwnJson(path, "preferences", sift=sift)
        self._values: dict[str, Any] = {}

    def load(self) -> None:
        self._values = self._file.read()

    @property
    def notices(self) -> tuple[str, ...]:
        """Sentences on what was set aside."""
        return tuple(self._file.notices)

    def get(self, key: str, default: Any = None) -> Any:
        return self._values.get(key, default)

    def update(self, changes: Mapping[str, Any]) -> None:
        """Raises CannotSave: when the disk refuses, and the old values stay; or when one of the values is nothing that
        a file can hold, and the others are saved."""
        fit = {key: value for key, value in changes.items() if _is_writable(value)}
        if fit:
            self._values = self._file.change(lambda values: values | fit)
        unfit = sorted(changes.keys() - fit.keys())
        if unfit:
            raise CannotSave(f"The preferences cannot hold what is set for {', '.join(unfit)}: it is no plain text.")

    def edit(self, key: str, change: Callable[[Any], Any]) -> None:
        """Sets `key` to what `change` makes of its value on the disk (None if there is none). Raises CannotSave."""
        self._values = self._file.change(lambda values: values | {key: change(values.get(key))})


def _is_writable(value: Any) -> bool:
    try:
        orjson.dumps(value)
    except TypeError:
        return False
    return True
