"""The entries of a preset's table: each is known by its name, and one of another kind is refused by it."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from oelala_desktop.domain.errors import InvalidPreset
from oelala_desktop.domain.preset_shape import check_shape

EVERY: dict[str, Any] = {
    "name": "x", "description": "x", "order": 1.5, "rate": 24, "sound": True, "devices": ["x"], "sketch": True,
    "also": ["x"], "adopted": True,
    "size": {"multiple": 8, "class": "video", "megapixels": 1.0, "factor": 2.0, "of": "x"},
    "frames": {"step": 4, "offset": 0, "least": 1, "most": 9, "as": "x"},
    "fields": {
        "any": {
            "default": None, "minimum": 0.5, "maximum": 2, "step": 0.1, "label": "x", "help": "x", "group": "x",
            "kind": "number", "choices": ["x"], "into": ["x"], "needed": True, "keeps": True, "nodes": ["x"],
        }
    },
    "models": [{"key": "x", "into": ["x"], "folder": "x", "file": "x", "prefer": ["x"], "source": "x"}],
    "packs": [{"name": "x", "address": "x", "classes": ["x"]}],
    "optional": [{"key": "x", "class": "x", "nodes": ["x"], "through": "x"}],
    "loras": {"high": "x", "low": "x", "clip": ["x"]},
    "end_picture": {"node": "x", "class": "x", "input": "x"},
    "clips": {"start": "x", "frames": "x"},
}  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    for key, child in value.items() if isinstance(value, dict) else enumerate(value):
        yield (*path, key)
        if isinstance(child, dict | list):
            yield from places(child, (*path, key))


def with_entry(path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    table = copy.deepcopy(EVERY)
    inside: Any = table
    for key in path[:-1]:
        inside = inside[key]
    inside[path[-1]] = value
    return table


def test_every_entry_may_be_what_it_should_be() -> None:
    check_shape("p", EVERY)
    check_shape("p", {"unknown": object(), "fields": {"any": {"unknown": object()}}})


@pytest.mark.parametrize("path", [path for path in places(EVERY) if path[-1] != "default"], ids=str)
def test_an_entry_of_another_kind_is_named(path: tuple[Any, ...]) -> None:
    said = ".".join(key for key in path if isinstance(key, str))
    with pytest.raises(InvalidPreset, match=f"“{said}” must be "):
        check_shape("p", with_entry(path, object()))


@pytest.mark.parametrize(
    ("path", "fitting", "wrong"),
    [
        (("rate",), [1, 24.5, 1000, "video"], [0.5, 1000.5, "", None, True]),
        (("size", "multiple"), [1, 2, 1024], [0, 1.5, 1025, True]),
        (("size", "class"), ["video", "given"], ["huge", ""]),
        (("frames", "offset"), [0, 5, 100_000], [-1, 0.5, 100_001]),
        (("models", 0, "into"), [["x"], ["x", "y"]], [[], "x", [3]]),
        (("fields", "any", "into"), [[], ["x"]], ["x", [3]]),
        (("fields", "any", "kind"), ["video", "line"], ["words"]),
        (("order",), [-5, 0.5], [True, float("nan"), float("inf"), "1"]),
        (("sound",), [False], [0, 1, "yes"]),
    ],
    ids=lambda value: ".".join(map(str, value)) if isinstance(value, tuple) else "",
)
def test_its_edges(path: tuple[Any, ...], fitting: list[Any], wrong: list[Any]) -> None:
    for value in fitting:
        check_shape("p", with_entry(path, value))
    for value in wrong:
        with pytest.raises(InvalidPreset):
            check_shape("p", with_entry(path, value))
