"""A small JSON file of ours that several processes write: one object, read whole and merged by key under a lock.
Blocking; call it off the loop."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import orjson

from oelala_desktop.domain.errors import CannotSave

from .locks import locked
from .plain_file import NotAFile, free_name, open_plain, put_aside
from .whole_file import write_whole

log = logging.getLogger(__name__)
_LARGEST = 16 * 2**20  # bytes; ours have some kilobytes

#: what of an object is sound, and the names of what is not
Sift = Callable[[Mapping[str, Any]], tuple[dict[str, Any], tuple[str, ...]]]


def as_it_is(values: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    return dict(values), ()


class OwnJson:
    """`what` it holds stands in sentences ("preferences"). A damaged file, and one with values that `sift` refuses, is
    kept as `<name>.damaged` and told of in `notices`; what is sound of it stays."""

    def __init__(self, path: Path, what: str, *, sift: Sift = as_it_is, private: bool = False) -> None:
        self._path = path
        self._lock = path.with_name(f"{path.name}.lock")
        self._what = what
        self._sift = sift
        self._private = private
        self.notices: list[str] = []

    def read(self) -> dict[str, Any]:
        """What is sound of the file; empty if there is none or it cannot be read. Never raises."""
        try:
            return self._look(mend=False)
        except _Odd:
            pass
        except OSError as error:
            self._tell(f"The {self._what} in {self._path} cannot be read: {_why(error)}. They are left as they are.")
            return {}
        try:
            with locked(self._lock):
                return self._look(mend=True)
        except (OSError, CannotSave) as error:
            self._tell(f"The {self._what} in {self._path} are damaged, and cannot be set aside: {_why(error)}.")
            return {}

    def change(self, edit: Callable[[dict[str, Any]], Mapping[str, Any]]) -> dict[str, Any]:
        """Writes what `edit` makes of the file as every process has left it, and returns that. Raises CannotSave; then
        the file is as it was."""
        try:
            with locked(self._lock):
                values = dict(edit(self._look(mend=True)))
                write_whole(self._path, orjson.dumps(values, option=orjson.OPT_INDENT_2), private=self._private)
        except OSError as error:
            raise CannotSave(f"The {self._what} cannot be saved: {_why(error)}.") from error
        except TypeError as error:
            raise CannotSave(f"The {self._what} cannot be saved: a value is no text that a file can hold.") from error
        return values

    def _look(self, *, mend: bool) -> dict[str, Any]:
        """The sound values. What is not is set aside with `mend` (then the lock is held); without, raises _Odd."""
        if mend and (kept := put_aside(self._path)):
            self._tell(f"The {self._what} were no file and begin anew. What lay there is {kept} now.")
        try:
            with open_plain(self._path) as file:
                content = file.read(_LARGEST + 1)
        except FileNotFoundError:
            return {}
        except NotAFile:
            raise _Odd from None
        try:
            if len(content) > _LARGEST:
                raise ValueError("too large")
            values = orjson.loads(content)
            if not isinstance(values, dict):
                raise ValueError("no object")
        except ValueError:
            if not mend:
                raise _Odd from None
            self._path.replace(kept := self._free_name())
            self._tell(f"The {self._what} were damaged and begin anew. The file as it was is {kept}.")
            return {}
        sound, odd = self._sift(values)
        if not odd:
            return sound
        if not mend:
            raise _Odd
        write_whole(kept := self._free_name(), content, private=self._private)
        write_whole(self._path, orjson.dumps(sound, option=orjson.OPT_INDENT_2), private=self._private)
        self._tell(f"What the {self._what} said of {', '.join(odd)} cannot be. The file as it was is {kept}.")
        return sound

    def _free_name(self) -> Path:
        """Where the file as it was goes."""
        return free_name(self._path.with_suffix(".damaged"))

    def _tell(self, sentence: str) -> None:
        if sentence not in self.notices:
            self.notices.append(sentence)
            log.warning("%s", sentence)


class _Odd(Exception):
    """Something is to be set aside."""


def _why(error: OSError | CannotSave) -> str:
    return error.message.rstrip(".") if isinstance(error, CannotSave) else error.strerror or str(error)
