"""What nobody says of a value, or asks of a function, is nothing: an empty text, off, nought. What else stands there is
listed here."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from oelala_desktop.domain import (
    address,
    adopt,
    catalog,
    crop,
    engine,
    errors,
    events,
    field,
    frame_rule,
    generation,
    graph_inputs,
    inputs,
    job,
    measuring,
    media,
    model_file,
    models,
    obstacle,
    passes,
    plan,
    preset,
    preset_check,
    reuse,
    savers,
    size_rule,
    tool,
)
from oelala_desktop.domain.life import actions, facts, flight

MODULES = (
    address, adopt, catalog, crop, engine, events, field, frame_rule, generation, graph_inputs, inputs, job, measuring,
    media, model_file, models, obstacle, passes, plan, preset, reuse, savers, size_rule, tool, actions, facts, flight,
)  # fmt: skip
SAID: dict[str, dict[str, object]] = {
    "Exposure": {"kept": True},  # what is found is taken over unless somebody says no
    "Abilities": dict.fromkeys(
        ("is_ai", "takes_our_ids", "has_lists", "interrupts_one", "previews", "frees_memory"), True
    ),
    "FrameRule": {"step": 4, "offset": 1, "least": 5, "most": 361},
    "JobInput": {"kind": "picture"},
    "MediaQuery": {"hide_start_images": True, "sort": "date", "descending": True, "limit": 200},
    "SizeRule": {"kind": "video", "multiple": 16, "megapixels": 1.0, "factor": 1.0},
}
ASKED: dict[str, dict[str, object]] = {
    "EngineUnreachable.__init__": {"kind": "refused"},
    "Saver.file": {"number": 1},
}
#: made of others, which have their own
_OTHERS = {"Preset": {"size", "frames"}, "Flight": {"stage", "progress"}}


def unsaid(module: ModuleType) -> Iterator[tuple[str, dict[str, Any]]]:
    """The classes of values of a module, with what stands in their fields when nobody says anything."""
    for kind in vars(module).values():
        if not isinstance(kind, type) or kind.__module__ != module.__name__:
            continue
        found = dict(getattr(kind, "_field_defaults", {}))
        for one in dataclasses.fields(kind) if dataclasses.is_dataclass(kind) else ():
            if one.default_factory is not dataclasses.MISSING:
                found[one.name] = one.default_factory()
            elif one.default is not dataclasses.MISSING:
                found[one.name] = one.default
        yield kind.__name__, found


def unasked(module: ModuleType) -> Iterator[tuple[str, dict[str, Any]]]:
    """The functions of a module, with the plain values that they take when they are not told."""
    for name, one in list(vars(module).items()):
        inside = vars(one).items() if isinstance(one, type) else [("", one)]
        for inner, function in inside:
            function = getattr(function, "__func__", function)
            is_made = inner == "__init__" and (dataclasses.is_dataclass(one) or hasattr(one, "_fields"))
            if inspect.isfunction(function) and function.__module__ == module.__name__ and not is_made:
                given = inspect.signature(function).parameters.items()
                plain = {key: p.default for key, p in given if isinstance(p.default, str | bool | int | float)}
                yield f"{name}.{inner}".rstrip("."), plain


@pytest.mark.parametrize("module", (*MODULES, errors, preset_check), ids=lambda module: module.__name__)
def test_what_is_not_asked_for_is_nothing(module: ModuleType) -> None:
    for name, plain in unasked(module):
        assert {key: value for key, value in plain.items() if value} == ASKED.get(name, {}), name


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_what_is_not_said_is_nothing(module: ModuleType) -> None:
    for name, found in unsaid(module):
        others = _OTHERS.get(name, set())
        assert {key: value for key, value in found.items() if value and key not in others} == SAID.get(name, {}), name
