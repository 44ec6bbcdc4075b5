"""A file's texts as the dialects of other programs want them: by name, and the JSON in them, parsed once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from oelala_desktop.domain.generation import UsedLora, UsedModel
from oelala_desktop.metadata import jsontext, limits

#: where programs put one JSON object with everything in it
_OBJECTS = ("parameters", "comment", "description", "usercomment")
_SIZE = re.compile(r"(\d{1,6})\s*[x×*,]\s*(\d{1,6})")
_SEPARATORS = str.maketrans("", "", "_- ")


class Texts:
    """Blocks by their names in lower case: containers differ in how they write them."""

    __slots__ = ("_blocks", "objects")

    def __init__(self, blocks: Mapping[str, Any]) -> None:
        self._blocks = {key.lower(): value for key, value in blocks.items()}
        #: the JSON objects among the texts that may hold everything
        self.objects = [found for key in _OBJECTS if (found := self.object(key)) is not None]

    def object(self, name: str) -> dict[str, Any] | None:
        """The JSON object that a text is, None if it is none."""
        value = self._blocks.get(name)
        return jsontext.to_object(value) if value is not None and value[:1] in (b"{", "{", b'"', '"') else None

    def text(self, name: str) -> str | None:
        """A text as it is."""
        value = self._blocks.get(name)
        return jsontext.string(jsontext.to_text(value) if isinstance(value, bytes) else value)


class Settings:
    """The settings of a JSON object, whichever way its writer spells their names (`cfg_scale`, `CFG Scale`,
    `cfgscale`): each is asked for by all the names it is known under, in lower case and without separators."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = {key.translate(_SEPARATORS).lower(): value for key, value in values.items()}

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def get(self, *names: str) -> Any:
        """The first that there is."""
        return next((self._values[name] for name in names if self._values.get(name) is not None), None)

    def text(self, *names: str) -> str | None:
        return jsontext.string(self.get(*names))

    def integer(self, *names: str) -> int | None:
        return jsontext.integer(self.get(*names))

    def number(self, *names: str) -> float | None:
        return jsontext.number(self.get(*names))

    def starting(self, prefix: str) -> list[Any]:
        """The values of all names that begin so."""
        return [value for name, value in self._values.items() if name.startswith(prefix)]


def size(value: Any) -> dict[str, int]:
    """`width` and `height` out of a text such as `832x480` or `(832, 480)`; nothing out of anything else."""
    match = _SIZE.search(value[:40]) if type(value) is str else None
    return {"width": int(match[1]), "height": int(match[2])} if match else {}


def model(value: Any) -> tuple[UsedModel, ...]:
    """A model's name as the one model of a file; `None` is how some programs write none."""
    name = jsontext.string(value)
    return (UsedModel(name),) if name and name.lower() != "none" else ()


def loras(pairs: Iterable[tuple[Any, Any]]) -> tuple[UsedLora, ...]:
    """LoRAs out of (name, strength), as many as are looked at; a strength that is none counts as 1."""
    found: list[UsedLora] = []
    for name, strength in pairs:
        file, number = jsontext.string(name), jsontext.number(strength)
        if file and file.lower() != "none" and len(found) < limits.GRAPH_PARTS:
            found.append(UsedLora(file, 1.0 if number is None else number))
    return tuple(found)


def items(value: Any) -> list[Any]:
    """A list as it is; a text with commas in its parts."""
    if type(value) is str:
        return [part.strip() for part in value.split(",", limits.GRAPH_PARTS) if part.strip()]
    return value if type(value) is list else []
