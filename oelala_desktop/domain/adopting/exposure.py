"""One setting that a workflow offers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from oelala_desktop.domain.field import INPUT_KINDS

#: what a preset cannot do without: results come out under a name of their own
ALWAYS = frozenset({"filename"})


@dataclass(frozen=True, slots=True)
class Exposure:
    """A setting that the workflow offers: `into` are its targets, `value` what stands there now. `kept` is the
    suggestion; `kind` is set for a setting that the product does not know, or knows in another form. `row` has what
    else the preset's table says of it."""

    key: str
    label: str
    into: tuple[str, ...]
    value: Any
    kept: bool = True
    kind: str = ""
    row: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_input(self) -> bool:
        return any(self.kind == kind.value for kind in INPUT_KINDS)
