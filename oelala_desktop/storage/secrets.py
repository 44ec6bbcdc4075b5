"""Secrets: headers that let us in at a server. In the desktop's keyring where the `keyring` extra is installed and
works, else in a file that only this user may read. Blocking; call it off the loop."""

from __future__ import annotations

import importlib
import importlib.util
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from .own_json import OwnJson

log = logging.getLogger(__name__)
_SERVICE = "oelala"


class Secrets:
    """Each is a small mapping of texts under a name. `use_keyring` False keeps all in the file at `path`."""

    def __init__(self, path: Path, *, use_keyring: bool) -> None:
        self._file = OwnJson(path, "secrets", sift=_sift, private=True)
        self._keyring = _find_keyring() if use_keyring else None

    @property
    def notices(self) -> tuple[str, ...]:
        """Sentences on what was set aside."""
        return tuple(self._file.notices)

    def load(self) -> None:
        """Looks at the file once, so that what is wrong with it is known at the start."""
        self._file.read()

    def get(self, name: str) -> dict[str, str]:
        """Empty if there is none."""
        if self._keyring is not None:
            try:
                kept = self._keyring.get_password(_SERVICE, name)
            except self._keyring.errors.KeyringError as error:
                log.warning("the keyring does not answer: %s", type(error).__name__)
                kept = None
            if kept:
                return _texts(_parsed(kept))
        return _texts(self._file.read().get(name))

    def set(self, name: str, values: dict[str, str]) -> None:
        """An empty mapping removes it. Raises CannotSave."""
        if self._keyring is not None and self._into_keyring(name, values):
            values = {}  # what the file still has of it goes
        if self._file.read().get(name, {}) == values:
            return
        self._file.change(lambda kept: {k: v for k, v in (kept | {name: values}).items() if v})

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


def _sift(kept: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Each name has a mapping of texts. Their names are addresses, so that they may be told."""
    sound = {name: values for name, values in kept.items() if _texts(values) == values}
    return sound, tuple(sorted(kept.keys() - sound.keys()))


def _parsed(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        log.warning("what the keyring holds for a server is damaged; give its token again")
        return None


def _texts(value: Any) -> dict[str, str]:
    return {str(k): str(v) for k, v in value.items()} if isinstance(value, dict) else {}


def _find_keyring() -> Any:
    """The keyring module if there is a real keyring behind it."""
    if importlib.util.find_spec("keyring") is None:
        return None
    keyring = importlib.import_module("keyring")
    importlib.import_module("keyring.errors")
    return keyring if keyring.get_keyring().priority >= 1 else None
