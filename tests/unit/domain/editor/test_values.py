"""The values of a node's controls, told apart by the names of its inputs."""

from __future__ import annotations

from typing import Any

import pytest

from oelala_desktop.domain.errors import InvalidPreset

from .drawing import Drawing, control, converted, graph_of, inputs_of, server, wire

SIZED = {"x": ["INT", {}], "y": ["INT", {}]}
RESIZE = {
    "input": {
        "required": {
            "image": ["IMAGE"],
            "kind": [
                "COMFY_DYNAMICCOMBO_V3",
                {
                    "options": [
                        {"key": "by factor", "inputs": {"required": {"factor": ["FLOAT", {"default": 2.0}]}}},
                        {"key": "to size", "inputs": {"required": {"width": ["INT", {"default": 64}]}, "optional": {}}},
                        {"key": "not", "inputs": {"required": {}}},
                    ]
                },
            ],
            "crop": [["no", "centre"]],
        }
    },
    "output": ["IMAGE"],
}


def node(kind: str, *values: Any, catalog: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    draw = Drawing()
    draw.add(kind, *values, **more)
    return inputs_of(draw.saved(), 1, server(**(catalog or {})))


def test_values_stand_in_the_order_of_the_controls() -> None:
    assert node("Sample", 5, "randomize", 12, 2.5, "heun", True) == {
        "seed": 5,
        "steps": 12,
        "cfg": 2.5,
        "sampler": "heun",
        "tiled": True,
    }


def test_required_inputs_come_before_others_and_in_the_order_that_is_told() -> None:
    told = {"required": ["b", "a"], "optional": ["c"]}
    row = {"optional": {"c": ["INT"]}, "required": {"a": ["INT"], "b": ["INT"], "z": ["INT"]}}
    assert node("Odd", 1, 2, 3, 4, catalog={"Odd": {"input": row, "input_order": told}}) == {
        "b": 1,
        "a": 2,
        "z": 3,
        "c": 4,
    }


@pytest.mark.parametrize("after", ["fixed", "increment", "decrement", "randomize", "increment-wrap", True])
def test_behind_a_seed_stands_what_becomes_of_it(after: object) -> None:
    assert node("Sample", 5, after, 12, 2.5)["steps"] == 12


def test_an_older_file_has_nothing_behind_a_seed() -> None:
    assert node("Sample", 5, 12, 2.5)["steps"] == 12
    assert node("Sample", 5) == {"seed": 5, "steps": 20, "cfg": 8.0, "sampler": "euler", "tiled": False}


def test_what_the_file_lacks_is_what_an_editor_gives_a_control() -> None:
    plain = {"a": ["INT"], "b": ["FLOAT"], "c": ["BOOLEAN"], "d": ["STRING"], "e": [["one", "two"]], "f": [[]]}
    plain |= {"g": ["COLOR"], "h": ["IMAGE"]}
    assert node("Odd", catalog={"Odd": {"input": {"required": plain}}}) == {
        "a": 0,
        "b": 0,
        "c": False,
        "d": "",
        "e": "one",
        "f": "",
        "g": "",
    }


def test_values_by_name_are_taken_as_they_are() -> None:
    values = {"steps": 7, "seed": 5, "model": 3, "videopreview": {"hidden": False}}
    assert node("Sample", values_as=values) == {
        "steps": 7,
        "seed": 5,
        "videopreview": {"hidden": False},
        "cfg": 8.0,
        "sampler": "euler",
        "tiled": False,
    }
    # what is a mere input has no value, unless the file has a control for it
    assert node("Sample", values_as=values, model=control("MODEL"))["model"] == 3


FORCED = {
    "input": {"required": {"n": ["INT", {"forceInput": True}], "seed": ["INT"], "text": ["STRING"]}},
}


@pytest.mark.parametrize("values", [(9, 5, "fixed", "a"), (5, "fixed", "a")])
def test_older_files_have_a_value_for_what_is_a_mere_input_now(values: tuple[Any, ...]) -> None:
    assert node("Odd", *values, catalog={"Odd": FORCED}) == {"seed": 5, "text": "a"}


def test_behind_a_choice_stand_the_inputs_that_it_brings() -> None:
    known = {"Resize": RESIZE}
    assert node("Resize", "by factor", 1.5, "centre", catalog=known) == {
        "kind": "by factor",
        "kind.factor": 1.5,
        "crop": "centre",
    }
    assert node("Resize", "to size", 640, "centre", catalog=known)["kind.width"] == 640
    assert node("Resize", "not", "centre", catalog=known) == {"kind": "not", "crop": "centre"}
    assert node("Resize", "unheard of", "centre", catalog=known)["crop"] == "centre"
    assert node("Resize", catalog=known) == {"kind": "by factor", "kind.factor": 2.0, "crop": "no"}
    assert node("Resize", "to size", catalog=known) == {"kind": "to size", "kind.width": 64, "crop": "no"}


def test_growing_inputs_are_links_by_their_names() -> None:
    template = {"template": {"input": {"required": {"image": ["IMAGE"]}}, "prefix": "image", "min": 1, "max": 4}}
    grows = {"Batch": {"input": {"required": {"images": ["COMFY_AUTOGROW_V3", template], "n": ["INT"]}}}}
    draw = Drawing()
    load = draw.add("Load", "a.pt")
    draw.add("Batch", 3, **{"images.image0": wire("IMAGE", load), "images.image1": wire("IMAGE")})
    assert inputs_of(draw.saved(), 2, server(**grows)) == {"n": 3, "images.image0": ["1", 0]}


def test_a_control_that_a_link_hides_keeps_its_place_among_the_values() -> None:
    draw = Drawing()
    number = draw.add("Number", 9, makes=("INT",))
    draw.add("Sample", 5, "fixed", 12, 2.5, "heun", seed=control("INT", number), steps=control("INT"))
    assert inputs_of(draw.saved(), 2) | {"tiled": False} == {
        "seed": ["1", 0],
        "steps": 12,
        "cfg": 2.5,
        "sampler": "heun",
        "tiled": False,
    }


def test_an_input_that_the_server_does_not_know_is_given_all_the_same() -> None:
    draw = Drawing()
    load = draw.add("Load", "a.pt")
    encode = draw.add("Encode", "a", clip=wire("CLIP"), more=wire("MODEL", load))
    assert inputs_of(draw.saved(), encode) == {"text": "a", "more": ["1", 0]}


def test_lists_are_told_from_links() -> None:
    assert node("Words", [1, 2])["text"] == {"__value__": [1, 2]}
    assert node("Words", {"a": 1})["text"] == {"a": 1}


# classes that the server lacks


def test_an_unknown_class_with_values_by_name() -> None:
    named = {"seed": 5, "control_after_generate": "fixed", "steps": 3}
    assert node("New", 5, "fixed", 3, row={"widgets_values_named": named}) == {"seed": 5, "steps": 3}
    assert node("New", values_as={"seed": 5, "other": 1}) == {"seed": 5, "other": 1}
    assert node("New", values_as={"seed": 5, "other": 1}, seed=control("INT")) == {"seed": 5}


@pytest.mark.parametrize("values", [(5, "fixed", 3), (5, 3), (5, 3, None), (5, 3, ""), (5, "randomize", 3, "image")])
def test_an_unknown_class_whose_inputs_name_its_controls(values: tuple[Any, ...]) -> None:
    assert node("New", *values, seed=control("INT"), steps=control("INT"), m=wire("MODEL")) == {"seed": 5, "steps": 3}


def test_an_unknown_class_with_fewer_values_or_none() -> None:
    assert node("New", 5, seed=control("INT"), steps=control("INT")) == {"seed": 5}
    assert node("New", m=wire("MODEL")) == {}


@pytest.mark.parametrize("given", [{}, {"seed": control("INT")}])
def test_an_unknown_class_whose_controls_have_no_names_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(InvalidPreset) as caught:
        node("New", 5, 6, 7, row={"title": "My node"}, **given)
    assert caught.value.message == (
        "The node “My node” (1) is of a class that the server lacks, and the file does not name its settings. Install"
        " its pack, or connect a server that has it."
    )


@pytest.mark.parametrize("kind", ["workflow>Both", "workflow/Both"])
def test_a_group_node_is_refused_with_what_can_be_done(kind: str) -> None:
    with pytest.raises(InvalidPreset, match=r"^The node “workflow.Both” is a group node .* to a subgraph"):
        node(kind)


def test_what_is_missing_is_told_with_its_pack() -> None:
    draw = Drawing()
    draw.add("New", row={"properties": {"cnr_id": "new-pack", "aux_id": "some/where"}})
    draw.add("Newer", row={"properties": {"cnr_id": "", "aux_id": "some/where"}})
    draw.add("Newest", row={"properties": {"cnr_id": 3}})
    draw.add("New")
    draw.add("Load", "a.pt")
    found = [(one.class_type, one.pack) for one in converted(draw.saved()).missing]
    assert found == [("New", "new-pack"), ("Newer", "some/where"), ("Newest", "")]


@pytest.mark.parametrize(("title", "shown"), [("Mine", "Mine"), ("", "Sampler"), (5, "Sampler"), (None, "Sampler")])
def test_a_node_is_called_as_its_author_or_its_class_says(title: object, shown: str) -> None:
    draw = Drawing()
    draw.add("Sample", 5, row={"title": title})
    draw.add("Unknown")
    graph = graph_of(draw.saved())
    assert [row["_meta"]["title"] for row in graph.values()] == [shown, "Unknown"]


@pytest.mark.parametrize("is_known", [True, False])
def test_rows_of_loras_that_no_class_tells_are_kept(is_known: bool) -> None:
    kind = "Power Lora Loader (rgthree)"
    row = {"on": True, "lora": "a.safetensors", "strength": 0.5, "strengthTwo": None}
    draw = Drawing()
    values = ({}, {"type": "PowerLoraLoaderHeaderWidget"}, row, {**row, "on": False}, {}, "")
    node = draw.add(kind, *values, makes=("MODEL",), model=wire("MODEL", draw.add("Load", "a.pt", makes=("MODEL",))))
    known = {kind: {"input": {"required": {}, "optional": {"model": ["MODEL"], "clip": ["CLIP"]}}, "output": ["MODEL"]}}
    graph = graph_of(draw.saved(), server(**known) if is_known else server())
    assert graph[str(node)]["inputs"] == {"lora_1": row, "lora_2": {**row, "on": False}, "model": ["1", 0]}
