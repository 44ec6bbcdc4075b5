"""/object_info in its four styles of choices, and in none."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oelala_desktop.comfy.catalog import parse_catalog
from oelala_desktop.domain.catalog import NodeInput


def parse_input(spec: Any, section: str = "required") -> NodeInput:
    return parse_catalog({"N": {"input": {section: {"x": spec}}}}).classes["N"].inputs["x"]


@pytest.mark.parametrize(
    ("spec", "choices"),
    [
        ([["a", "b"]], ("a", "b")),
        ([["a", "b"], {"default": "a"}], ("a", "b")),
        (["COMBO", {"options": ["a", "b"]}], ("a", "b")),
        (["COMFY_DYNAMICCOMBO_V3", {"options": [{"key": "auto", "inputs": {}}, {"key": "mp4"}]}], ("auto", "mp4")),
        (["COMFY_DYNAMICCOMBO_V3", {"options": ["mp4", {"name": "mp4"}, None]}], ()),
        (["COMFY_DYNAMICCOMBO_V3", {}], None),
        ([[1, 2]], ("1", "2")),
        ([[]], ()),
        (["COMBO", {"remote": {}}], None),
        (["COMBO"], None),
        (["MODEL"], None),
        (["STRING", {"options": ["a"]}], None),
    ],
)
def test_choices(spec: Any, choices: tuple[str, ...] | None) -> None:
    assert parse_input(spec).choices == choices


def test_a_number_with_its_limits() -> None:
    found = parse_input(["INT", {"default": 5, "min": 1, "max": 2**64 - 1}], "optional")
    assert (found.type, found.required, found.default) == ("INT", False, 5)
    assert (found.minimum, found.maximum) == (1.0, float(2**64 - 1))
    assert parse_input(["INT", {"min": True, "max": "9"}]).minimum is None


@pytest.mark.parametrize("spec", ["MODEL", ["MODEL"], ["MODEL", {}], ["MODEL", None]])
def test_a_link(spec: Any) -> None:
    assert parse_input(spec).type == "MODEL"


def test_classes() -> None:
    catalog = parse_catalog(
        {
            "Saver": {"input": {"required": {}}, "output": [], "output_node": True},
            "Odd": {"input": {"required": None}, "output": None},
            "Bare": {},
            "Inputless": {"input": None, "output": []},
            "Broken": {"input": 5},
            "Nothing": None,
            "Choice": {"output": ["IMAGE", ["a", "b"]]},
        },
        {"loras": ("x",)},
    )
    assert set(catalog.classes) == {"Saver", "Odd", "Bare", "Inputless", "Choice"}
    assert catalog.classes["Saver"].is_output
    assert catalog.classes["Choice"].outputs == ("IMAGE", "['a', 'b']")
    assert catalog.folders == {"loras": ("x",)}


LEAF = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6) | st.just("COMBO")
JSON = st.recursive(
    LEAF,
    lambda x: st.lists(x, max_size=3) | st.dictionaries(st.sampled_from(["options", "min", "default"]), x, max_size=3),
)


@given(st.dictionaries(st.sampled_from("AB"), st.dictionaries(st.sampled_from(["input", "output"]), JSON)), JSON)
def test_custom_nodes_may_answer_anything(info: dict[str, Any], spec: Any) -> None:
    parse_catalog(info | {"C": {"input": {"required": {"x": spec}}}})
