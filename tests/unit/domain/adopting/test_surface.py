"""Walking back from an input to the values that it comes from."""

from __future__ import annotations

from typing import Any

import pytest

from oelala_desktop.domain.adopting.surface import Spot, Surface

from .served import node, server, still, surface


def behind(*nodes: dict[str, Any], value: Any = None, catalog: bool = True) -> list[tuple[str, str, bool, bool]]:
    """What lies behind an input that is linked to the first of these, which are called a, b, c…: (node, input, whether
    it arrives as it is, whether a switch takes it)."""
    graph = still(steps=["a", 0] if value is None else value)
    graph |= {"abcdefgh"[number]: row for number, row in enumerate(nodes)}
    found = Surface(graph, server() if catalog else None).behind("5", "steps")
    return [(one.spot.node, one.spot.input, one.is_direct, one.is_taken) for one in found]


def test_a_value_of_its_own_is_all_there_is() -> None:
    assert behind(value=20) == [("5", "steps", True, True)]
    assert behind(value={"a": 1}) == behind(value=["gone", 0]) == behind(node("Int", value={"a": 1})) == []


def test_a_node_that_only_holds_a_value() -> None:
    assert behind(node("Int", value=20)) == [("a", "value", True, True)]
    assert behind(node("Int", value=["b", 0]), node("Int", value=20)) == [("b", "value", True, True)]


def test_a_node_that_hands_on_what_it_is_given() -> None:
    passing = node("Between", value=["b", 0])
    assert behind(passing, node("Int", value=20)) == [("b", "value", True, True)]
    assert behind(passing | {"inputs": {"value": ["b", 0], "vae": ["1", 2]}}, node("Int", value=20)) == []


def test_a_sum_s_values_do_not_arrive_as_they_are() -> None:
    sums = node("Math", expression="a * 2", **{"values.a": ["b", 0]})
    assert behind(sums, node("Int", value=20)) == [("a", "expression", False, True), ("b", "value", False, True)]
    rounded = node("Round", value=["b", 0], multiple=8)
    assert behind(rounded, node("Int", value=20)) == [("b", "value", True, True)]  # nothing else takes part


@pytest.mark.parametrize(("flag", "order"), [(True, "bc"), (False, "cb")])
def test_of_a_switch_the_side_taken_comes_first(flag: bool, order: str) -> None:
    switch = node("ComfySwitchNode", switch=flag, on_true=["b", 0], on_false=["c", 0])
    found = behind(switch, node("Int", value=1), node("Int", value=2))
    assert found == [(order[0], "value", True, True), (order[1], "value", True, False)]


def test_a_switch_may_be_set_by_what_lies_behind_others() -> None:
    switch = node("ComfySwitchNode", switch=["d", 0], on_true=["b", 0], on_false=["c", 0])
    flag = node("ComfySwitchNode", switch=True, on_true=["e", 0], on_false=["f", 0])
    rows = [switch, node("Int", value=1), node("Int", value=2), flag]
    assert behind(*rows, node("Boolean", value=True))[0] == ("b", "value", True, True)
    both = [("b", "value", True, True), ("c", "value", True, True)]  # two say it, and one of them otherwise
    assert sorted(behind(*rows, node("Boolean", value=True), node("Boolean", value=False))) == both
    own = node("ComfySwitchNode", switch=["a", 0], on_true=["b", 0], on_false=["c", 0])
    assert sorted(behind(own, node("Int", value=1), node("Int", value=2))) == both


def test_switches_that_are_set_by_switches_are_looked_through_so_deep() -> None:
    def chain(depth: int) -> dict[str, dict[str, Any]]:
        sides = {"on_true": ["t", 0], "on_false": ["f", 0]}
        rows = {f"s{n}": node("ComfySwitchNode", switch=[f"s{n + 1}", 0], **sides) for n in range(depth)}
        return rows | {"t": node("Boolean", value=True), "f": node("Boolean", value=False)}

    graph = still(steps=["s0", 0]) | chain(9) | {"s9": node("Boolean", value=True)}
    assert {one.is_taken for one in surface(graph).behind("5", "steps")} == {True}  # nobody says which side


def test_what_comes_from_pictures_is_no_value() -> None:
    assert behind(node("SizeOf", image=["6", 0])) == []
    assert behind(node("CheckpointLoaderSimple", ckpt_name="any.safetensors")) == []


def test_what_a_language_model_is_told_is_behind_what_it_says() -> None:
    told = node("TextGenerate", clip=["1", 1], prompt=["b", 0], system_prompt="be brief")
    found = behind(told, node("Words", value="a lake"))
    assert found == [("b", "value", False, True), ("a", "system_prompt", False, True)]


def test_without_a_catalog_names_tell() -> None:
    assert behind(node("Anything", value=20), catalog=False) == [("a", "value", True, True)]
    assert behind(node("Anything", number=20), catalog=False) == []
    assert behind(node("Anything", value=20, string_b="x"), catalog=False)[0] == ("a", "value", False, True)


def test_an_output_that_a_class_does_not_have_may_be_anything() -> None:
    graph = still(steps=["a", 9]) | {"a": node("Int", value=20)}
    assert [one.spot.node for one in surface(graph).behind("5", "steps")] == ["a"]


def test_links_in_a_circle_end() -> None:
    assert behind(node("Between", value=["b", 0]), node("Between", value=["a", 0])) == []


def test_what_is_without_end_is_looked_at_so_far() -> None:
    many = {f"n{n}": node("Round", value=[f"n{n + 1}", 0], multiple=[f"n{n + 1}", 0]) for n in range(20_000)}
    graph = still(steps=["n0", 0]) | many | {"n20000": node("Int", value=1)}
    assert surface(graph).behind("5", "steps") == []
    assert surface(graph).behind("n19999", "value")  # though there is one


def test_only_what_leads_to_a_result_counts() -> None:
    graph = still() | {"a": node("LoadImage", image="a.png"), "b": node("SizeOf", image=["a", 0])}
    assert "a" not in surface(graph).alive and "a" not in {spot.node for spot in surface(graph).spots()}
    graph["c"] = node("PreviewAny", source=["b", 0])
    assert {"a", "b", "c"} <= set(surface(graph).alive)


@pytest.mark.parametrize(
    ("spot", "kind"),
    [
        (("5", "steps"), "integer"),
        (("5", "cfg"), "number"),
        (("5", "sampler_name"), "choice"),
        (("2", "text"), "text"),
        (("7", "filename_prefix"), "line"),
        (("a", "switch"), "switch"),
        (("a", "whole"), "integer"),
        (("a", "part"), "number"),
        (("a", "line"), "line"),
        (("a", "lines"), "text"),
        (("b", "kind"), "choice"),
        (("b", "kind.width"), "integer"),
        (("b", "kind.factor"), "integer"),
        (("c", "value"), "number"),
    ],
)
def test_what_kind_of_field_a_value_is(spot: tuple[str, str], kind: str) -> None:
    graph = still(cfg=8) | {
        "a": node("Unknown", switch=True, whole=1, part=0.5, line="a", lines="a\nb"),
        "b": node("Resize", image=["6", 0], kind="to size", **{"kind.width": 64, "kind.factor": 2}),
        "c": node("Float", value=2),
    }
    assert surface(graph).kind(Spot(*spot)) == kind


def test_what_a_server_says_of_inputs_inside_of_others() -> None:
    graph = {
        "a": node("Resize", kind="to size", **{"kind.width": 64, "kind.factor": 2, "gone.width": 1, "kind.width.x": 1}),
        "b": node("Batch", **{"images.image0": ["c", 0]}),
    }
    found = surface(graph)
    assert found.described(Spot("a", "kind.width")).minimum == 16  # type: ignore[union-attr]
    assert found.described(Spot("b", "images.image0")).type == "IMAGE"  # type: ignore[union-attr]
    for name in ("kind.factor", "gone.width", "kind.width.x"):
        assert found.described(Spot("a", name)) is None


def test_a_title_of_its_own_is_one_that_the_class_does_not_give() -> None:
    graph = {
        "a": node("Named"),
        "b": node("Named", "A named node 2"),
        "c": node("Named", "Mine"),
        "d": node("X", "X 2"),
    }
    assert [surface(graph).has_title(one) for one in "abcd"] == [False, False, True, False]
