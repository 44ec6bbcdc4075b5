"""Secrets: headers that let us in at a server. In the desktop's keyring where the `keyring` extra is installed and
works, else in a file that only this user may read. Blocking; call it off the loop."""

from __future__ import annotations

import importlib
import importlib.util
import logging
import os
from pathlib import Path
from typing import Any

import orjson

from oelala_desktop.domain.errors import CannotSave

log = logging.getLogger(__name__)
_SERVICE = "oelala"


class Secrets:
    """Each is a small mapping of texts under a name. `use_keyring` False keeps all in the file at `path`."""

    def __init__(self, path: Path, *, use_keyring: bool) -> None:
        self._path = path
        self._keyring = _find_keyring() if use_keyring else None

    def get(self, name: str) -> dict[str, str]:
        """Empty if there is none."""
        if self._keyring is not None:
            try:
                kept = self._keyring.get_password(_SERVICE, name)
            except self._keyring.errors.KeyringError as error:
                log.warning("the keyring does not answer: %s", type(error).__name__)
                kept = None
            if kept:
                return _texts(orjson.loads(kept))
        return _texts(self._read().get(name))

    def set(self, name: str, values: dict[str, str]) -> None:
        """An empty mapping removes it. Raises CannotSave."""
        if self._keyring is not None and self._into_keyring(name, values):
            values = {}  # what the file still has of it goes
        kept = self._read()
        if kept.get(name, {}) == values:
            return
        kept.pop(name, None)
        self._write(kept | ({name: values} if values else {}))

    def _into_keyring(self, name: str, values: dict[str, str]) -> bool:
        assert self._keyring is not None
        try:
            if values:
                self._keyring.set_password(_SERVICE, name, orjson.dumps(values).decode())
            elif self._keyring.get_password(_SERVICE, name) is not None:
                self._keyring.delete_password(_SERVICE, name)
        except self._keyring.errors.KeyringError as error:
            log.warning("the keyring refuses, the file is used: %s", type(error).__name__)
            return False
        return True

    def _read(self) -> dict[str, Any]:
        try:
            kept = orjson.loads(self._path.read_bytes())
        except (OSError, orjson.JSONDecodeError):
            return {}
        return kept if isinstance(kept, dict) else {}

    def _write(self, kept: dict[str, Any]) -> None:
        part = self._path.with_name(f"{self._path.name}.{os.getpid()}.part")
        try:
            part.unlink(missing_ok=True)
            with os.fdopen(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
                file.write(orjson.dumps(kept))
                file.flush()
                os.fsync(file.fileno())
            part.replace(self._path)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise CannotSave(f"The token cannot be kept: {error.strerror}.") from error


def _texts(value: Any) -> dict[str, str]:
    return {str(k): str(v) for k, v in value.items()} if isinstance(value, dict) else {}


def _find_keyring() -> Any:
    """The keyring module if there is a real keyring behind it."""
    if importlib.util.find_spec("keyring") is None:
        return None
    keyring = importlib.import_module("keyring")
    importlib.import_module("keyring.errors")
    return keyring if keyring.get_keyring().priority >= 1 else None
