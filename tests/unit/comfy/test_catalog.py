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


@pytest.mark.parametrize("type_", ["INT", "FLOAT", "BOOLEAN", "STRING", "COLOR"])
def test_what_an_editor_has_a_control_for(type_: str) -> None:
    assert parse_input([type_]).is_widget
    assert not parse_input([type_, {"forceInput": True}]).is_widget
    assert parse_input([["a"]]).is_widget and not parse_input(["MODEL"]).is_widget
    assert parse_input(["MODEL", {"widgetType": "STRING"}]).is_widget


@pytest.mark.parametrize(
    ("name", "spec", "expected"),
    [
        ("seed", ["INT"], True),
        ("noise_seed", ["INT"], True),
        ("steps", ["INT"], False),
        ("seed", ["FLOAT"], False),
        ("seed", ["INT", {"control_after_generate": False}], False),
        ("steps", ["INT", {"control_after_generate": True}], True),
        ("choice", [["a"], {"control_after_generate": "fixed"}], True),
        ("choice", [["a"]], False),
    ],
)
def test_what_has_a_control_for_what_becomes_of_it_after_a_run(name: str, spec: Any, expected: bool) -> None:
    found = parse_catalog({"N": {"input": {"required": {name: spec}}}}).classes["N"].inputs[name]
    assert found.has_control is expected


def test_inputs_stand_in_the_order_that_is_told() -> None:
    told = {"required": ["c", "gone", 3, "b"], "optional": None}
    row = {
        "optional": {"x": ["INT"]},
        "required": {"a": ["INT"], "b": ["INT"], "c": ["INT"]},
        "hidden": {"h": "PROMPT"},
    }
    found = parse_catalog({"N": {"input": row, "input_order": told}}).classes["N"].inputs
    assert {name: one.required for name, one in found.items()} == {"c": True, "b": True, "a": True, "x": False}
    assert list(found) == ["c", "b", "a", "x"]


def test_what_a_choice_brings() -> None:
    options = [{"key": "a", "inputs": {"required": {"n": ["INT"]}}}, {"key": 2}, {"name": "b"}, 3]
    found = parse_input(["COMFY_DYNAMICCOMBO_V3", {"options": options}])
    assert {key: list(inputs) for key, inputs in found.options.items()} == {"a": ["n"], "2": []}


def test_choices_inside_of_choices_are_read_so_deep() -> None:
    inner: Any = ["INT"]
    for _ in range(50):
        inner = ["COMFY_DYNAMICCOMBO_V3", {"options": [{"key": "a", "inputs": {"required": {"x": inner}}}]}]
    found, depth = parse_input(inner), 0
    while found.options:
        found, depth = found.options["a"]["x"], depth + 1
    assert depth == 6
    grown: Any = ["IMAGE"]
    for _ in range(50):
        grown = ["COMFY_AUTOGROW_V3", {"template": {"input": {"required": {"x": grown}}, "max": 2}}]
    found, depth = parse_input(grown), 0
    while found.grown is not None:
        found, depth = found.grown, depth + 1
    assert depth == 6


@pytest.mark.parametrize(
    ("template", "names", "least"),
    [
        ({"prefix": "image", "min": 1, "max": 3}, ("image0", "image1", "image2"), 1),
        ({"names": ["a", "b"]}, ("a", "b"), 0),
        ({"max": 2, "min": "x"}, ("0", "1"), 0),
        ({"max": 10**9}, 100, 0),
        ({"names": list(range(500))}, 100, 0),
        ({}, 100, 0),
        (None, (), 0),
    ],
)
def test_the_names_of_growing_inputs(template: Any, names: Any, least: int) -> None:
    row = {"input": {"required": {"x": ["IMAGE"]}}} | template if template is not None else None
    found = parse_input(["COMFY_AUTOGROW_V3", {"template": row}])
    assert (found.grows if isinstance(names, tuple) else len(found.grows)) == names
    assert found.least == least
    assert (found.grown is not None and found.grown.type == "IMAGE") is (template is not None)


@pytest.mark.parametrize("kind", ["image", "video", "audio", "file"])
def test_what_is_given_as_a_file(kind: str) -> None:
    assert parse_input([["a.png"], {f"{kind}_upload": True}]).upload == kind
    assert parse_input([["a.png"], {f"{kind}_upload": False}]).upload == ""


def test_what_else_is_told_of_an_input() -> None:
    found = parse_input(["STRING", {"multiline": True, "dynamicPrompts": True}])
    assert (found.is_multiline, found.is_dynamic_prompt) == (True, True)
    found = parse_input(["INT", {"multiline": 1, "dynamicPrompts": "yes", "step": 8}])
    assert (found.is_multiline, found.is_dynamic_prompt, found.step) == (False, False, 8.0)


def test_what_a_class_is_called() -> None:
    found = parse_catalog(
        {"N": {"input": {}, "display_name": "Load It"}, "M": {"input": {}, "display_name": 3}}
    ).classes
    assert (found["N"].title, found["M"].title) == ("Load It", "")


LEAF = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6) | st.just("COMBO")
JSON = st.recursive(
    LEAF,
    lambda x: st.lists(x, max_size=3) | st.dictionaries(st.sampled_from(["options", "min", "default"]), x, max_size=3),
)


@given(st.dictionaries(st.sampled_from("AB"), st.dictionaries(st.sampled_from(["input", "output"]), JSON)), JSON)
def test_custom_nodes_may_answer_anything(info: dict[str, Any], spec: Any) -> None:
    parse_catalog(info | {"C": {"input": {"required": {"x": spec}}}})
