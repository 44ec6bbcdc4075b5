"""What the rule book says of a wish."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from oelala_desktop.domain.catalog import Catalog
from oelala_desktop.domain.inputs import Inputs
from oelala_desktop.domain.obstacle import Obstacle
from oelala_desktop.domain.plan import Plan, plan
from oelala_desktop.domain.preset import Preset
from tests.unit.domain.made_presets import CATALOG

Refusal = tuple[str, str, dict[str, Any]]


def planned(
    preset: Preset | Sequence[Preset],
    values: Mapping[str, Any],
    inputs: Inputs | None = None,
    catalog: Catalog | None = CATALOG,
) -> Plan | Obstacle:
    """What the rule book says of a wish for that preset, or for the first that fits."""
    presets = (preset,) if isinstance(preset, Preset) else tuple(preset)
    return plan(presets[0].tool, presets, values, inputs or {}, catalog)


def refused(preset: Preset | Sequence[Preset], values: Mapping[str, Any], *rest: Any) -> Refusal:
    """Field, code and values, less the key that they have too."""
    found = planned(preset, values, *rest)
    assert isinstance(found, Obstacle), found
    return found.field, found.code, {k: v for k, v in found.values.items() if k != "key"}


def met(preset: Preset | Sequence[Preset], values: Mapping[str, Any], *rest: Any) -> Plan:
    found = planned(preset, values, *rest)
    assert isinstance(found, Plan), found
    return found
