"""What a page says of an obstacle, where it can be plainer than for a script."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from oelala_desktop.domain.obstacle import Obstacle
from oelala_desktop.domain.sentences import ENGLISH, Table, how_large, say, say_at_field, with_article

#: nothing has been asked for yet: no fault, but where to begin
TO_BEGIN = frozenset({"input_missing", "nothing_said"})
_SMALLER = "Take a shorter part, or have it made smaller."
_NO_SHAPE, _SAME_SHAPE = "Choose the new shape first.", "What is given has that shape already; choose another."
_SCALE = "Scale it down first."


def _lacks(values: Mapping[str, Any]) -> str:
    lacking = values["lacking"]
    more = f" and {len(lacking) - 1} more" if len(lacking) > 1 else ""
    return f"{values['engine']} lacks {lacking[0]}{more}. The Preset card says what to do."


def wanted(values: Mapping[str, Any]) -> str:
    """What is missing, as something to choose."""
    label = str(values["label"])
    return label if values.get("many") else with_article(label)


_PAGE: Table = {
    **ENGLISH,
    "input_missing": lambda v: f"Choose {wanted(v)} first.",
    "too_large": lambda v: f"{how_large(v)}. {_SMALLER if v.get('smaller') else _SCALE}",
    "no_margin": lambda v: _NO_SHAPE if v["aspect"] == "auto" else _SAME_SHAPE,
    "lacks": _lacks,
    "needs_engine": "{preset} needs {engine}: {why}. The Preset card says what to do.",
}


def words_for(obstacle: Obstacle, engine: str) -> str:
    """For the button and the stage."""
    return say(obstacle.code, _about(obstacle, engine), _PAGE)


def words_at_field(obstacle: Obstacle, engine: str) -> str:
    return say_at_field(obstacle.code, _about(obstacle, engine), _PAGE)


def _about(obstacle: Obstacle, engine: str) -> dict[str, Any]:
    return {"engine": engine or "This engine", **obstacle.values}
