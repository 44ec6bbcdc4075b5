"""What stands in the way of a wish, and what goes with it: a code with its values, never a sentence."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .errors import InvalidField, NotRunnable, OelalaError
from .sentences import say, say_at_field

_ABOUT_ENGINE = frozenset({"lacks", "needs_ai", "needs_engine", "none_has", "none_runs"})


@dataclass(frozen=True, slots=True)
class Said:
    """A remark: its code and what the sentence is made of. Plain values, so that it can be stored."""

    code: str
    values: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    def __str__(self) -> str:
        return say(self.code, self.values)


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a wish cannot be met. `field` is the settings key that it is about, `preset` where it is what the engine
    lacks."""

    field: str
    code: str
    values: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def sentence(self) -> str:
        return say(self.code, self.values)

    @property
    def at_field(self) -> str:
        """The sentence for a place that already names the field."""
        return say_at_field(self.code, self.values)

    @property
    def error(self) -> OelalaError:
        """As an exception: NotRunnable for what an engine lacks, else an InvalidField."""
        if self.code in _ABOUT_ENGINE:
            return NotRunnable(self.sentence, missing=tuple(self.values.get("fixes", ())))
        return Obstructed(self)


class Obstructed(InvalidField):
    """An obstacle on its way up."""

    def __init__(self, obstacle: Obstacle) -> None:
        super().__init__(obstacle.field, obstacle.sentence)
        self.obstacle = obstacle


def obstructed(key: str, code: str, **values: Any) -> Obstructed:
    """To be raised; `key` is among the values of its sentence."""
    return Obstructed(Obstacle(key, code, {"key": key, **values}))
