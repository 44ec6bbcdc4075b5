"""Choices that bring inputs of their own, and what becomes of these with another choice."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from oelala_desktop.domain.catalog import Catalog, NodeClass, NodeInput
from oelala_desktop.domain.choices import fit_choices

WIDTH = NodeInput("INT", True, default=512, is_widget=True)
CODEC = NodeInput(
    "COMBO",
    True,
    ("auto", "fine"),
    is_widget=True,
    options={"auto": {}, "fine": {"quality": NodeInput("INT", True, default=9, is_widget=True)}},
)
HOW = NodeInput(
    "COMBO",
    True,
    ("by size", "by factor", "coded"),
    is_widget=True,
    options={
        "by size": {"width": WIDTH, "height": WIDTH},
        "by factor": {"factor": NodeInput("FLOAT", True, default=2.0, is_widget=True)},
        "coded": {"codec": CODEC},
    },
)
CATALOG = Catalog({"Scale": NodeClass("Scale", {"image": NodeInput("IMAGE", True), "how": HOW})})
SIZED = {"image": ["2", 0], "how": "by size", "how.width": 5, "how.height": ["3", 0], "other": 1}


def fitted(before: dict[str, Any], catalog: Catalog = CATALOG, **changed: Any) -> dict[str, Any]:
    old = {"1": {"class_type": "Scale", "inputs": before}}
    graph = copy.deepcopy(old)
    graph["1"]["inputs"] |= {name.replace("__", "."): value for name, value in changed.items()}
    fit_choices(graph, old, catalog)
    return graph["1"]["inputs"]


def test_what_came_with_the_old_choice_goes_and_the_new_one_brings_its_own() -> None:
    assert fitted(SIZED, how="by factor") == {"image": ["2", 0], "how": "by factor", "how.factor": 2.0, "other": 1}


def test_a_choice_inside_of_a_choice_brings_its_own_too() -> None:
    coded = fitted(SIZED, how="coded")
    assert coded == {"image": ["2", 0], "how": "coded", "how.codec": "auto", "other": 1}
    assert fitted(coded, how__codec="fine") == {**coded, "how.codec": "fine", "how.codec.quality": 9}


def test_what_is_given_with_the_new_choice_stays() -> None:
    assert fitted(SIZED, how="by factor", how__factor=3.0)["how.factor"] == 3.0


@pytest.mark.parametrize("catalog", [CATALOG, Catalog({})], ids=["known", "unknown"])
def test_without_another_choice_nothing_is_touched(catalog: Catalog) -> None:
    assert fitted(SIZED, catalog) == SIZED
    assert fitted(SIZED, catalog, other=2) == {**SIZED, "other": 2}


def test_a_class_that_is_not_known_and_a_new_node_are_left_alone() -> None:
    assert fitted(SIZED, Catalog({}), how="by factor") == {**SIZED, "how": "by factor"}
    graph = {"9": {"class_type": "Scale", "inputs": {"how": "by factor"}}}
    fit_choices(graph, {}, CATALOG)
    assert graph["9"]["inputs"] == {"how": "by factor"}
