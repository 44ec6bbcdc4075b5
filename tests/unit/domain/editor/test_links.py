"""What an input is given, through all that only the editor knows: rerouted, bypassed, muted, set and got."""

from __future__ import annotations

from typing import Any

import pytest

from oelala_desktop.domain.errors import InvalidPreset

from .drawing import BYPASSED, MUTED, Drawing, control, graph_of, inputs_of, server, wire


def sampling(draw: Drawing, origin: int | str | None, slot: int = 0) -> int | str:
    return draw.add("Sample", 5, "fixed", 20, 8.0, "euler", False, makes=("IMAGE",), model=wire("MODEL", origin, slot))


def test_a_link_is_a_node_and_the_number_of_its_output() -> None:
    draw = Drawing()
    load = draw.add("Load", "b.pt", makes=("MODEL", "CLIP"))
    encode = draw.add("Encode", "a lake", makes=("COND",), clip=wire("CLIP", load, 1))
    assert graph_of(draw.saved()) == {
        "1": {"class_type": "Load", "inputs": {"file": "b.pt"}, "_meta": {"title": "Load"}},
        "2": {"class_type": "Encode", "inputs": {"text": "a lake", "clip": ["1", 1]}, "_meta": {"title": "Encode"}},
    }
    assert encode == 2


def test_links_may_be_objects_and_be_listed_by_their_ids() -> None:
    draw = Drawing()
    sample = sampling(draw, draw.add("Load", "a.pt", makes=("MODEL",)))
    content = draw.saved()
    rows = [dict(zip(("id", "origin_id", "origin_slot"), row[:3], strict=True)) for row in content["links"]]
    for links in (rows, {str(row["id"]): row for row in rows}):
        assert inputs_of(content | {"links": links}, sample)["model"] == ["1", 0]


@pytest.mark.parametrize(
    "row", [3, [1, 1], [1, 1, "0"], [True, 1, 0], ["1", 1, 0], [1, None, 0], {"id": 1}, [1, 1, 0.5], None]
)
def test_a_link_of_another_form_is_none(row: object) -> None:
    draw = Drawing()
    sample = sampling(draw, draw.add("Load", "a.pt", makes=("MODEL",)))
    content = draw.saved() | {"links": [row]}
    assert "model" not in inputs_of(content, sample)


@pytest.mark.parametrize(("origin", "slot"), [(99, 0), (-10, 0)])
def test_a_link_that_leads_nowhere_is_none(origin: int, slot: int) -> None:
    draw = Drawing()
    sample = sampling(draw, origin, slot)
    assert "model" not in inputs_of(draw.saved(), sample)


def test_reroutes_hand_on_what_they_are_given() -> None:
    draw = Drawing()
    last = draw.add("Load", "a.pt", makes=("MODEL",))
    for kind in ("Reroute", "Reroute (rgthree)", "Reroute"):
        last = draw.add(kind, makes=("*",), **{"": wire("*", last)})
    sample = sampling(draw, last)
    empty = sampling(draw, draw.add("Reroute", makes=("*",)))
    graph = graph_of(draw.saved())
    assert graph[str(sample)]["inputs"]["model"] == ["1", 0]
    assert "model" not in graph[str(empty)]["inputs"]
    assert {row["class_type"] for row in graph.values()} == {"Load", "Sample"}


@pytest.mark.parametrize("values", [[7, "fixed"], {"value": 7}])
def test_a_primitive_s_value_stands_where_it_leads(values: Any) -> None:
    draw = Drawing()
    steps = draw.add("PrimitiveNode", values_as=values, makes=("INT",))
    draw.add("Sample", 5, "fixed", 20, 8.0, "euler", steps=control("INT", steps))
    empty = draw.add("PrimitiveNode", makes=("INT",))
    other = draw.add("Sample", 5, "fixed", 20, 8.0, "euler", steps=control("INT", empty))
    assert inputs_of(draw.saved(), 2)["steps"] == 7
    assert inputs_of(draw.saved(), other)["steps"] == 20


def test_notes_and_what_only_labels_stay_behind() -> None:
    draw = Drawing()
    for kind in ("Note", "MarkdownNote", "Label (rgthree)"):
        draw.add(kind, "How to use it")
    assert graph_of(draw.saved()) == {}
    draw.add("Any Switch (rgthree)", any=wire("*", draw.add("Load", "a.pt", makes=("MODEL",))))
    assert [row["class_type"] for row in graph_of(draw.saved()).values()] == ["Load", "Any Switch (rgthree)"]
    assert "1" in graph_of(draw.saved(), server(Note={"input": {}, "output": []}))  # a class of that name


@pytest.mark.parametrize("name", [["model"], {"name": "model"}])
def test_what_is_set_is_got_by_its_name(name: Any) -> None:
    draw = Drawing()
    load = draw.add("Load", "a.pt", makes=("MODEL",))
    draw.add("SetNode", values_as=["other"], MODEL=wire("MODEL", draw.add("Load", "b.pt")))
    set_ = draw.add("SetNode", values_as=name, makes=("MODEL",), MODEL=wire("MODEL", load))
    got = sampling(draw, draw.add("GetNode", values_as=name, makes=("MODEL",)))
    through = sampling(draw, set_)
    nothing = sampling(draw, draw.add("GetNode", "never set", makes=("MODEL",)))
    graph = graph_of(draw.saved())
    assert graph[str(got)]["inputs"]["model"] == graph[str(through)]["inputs"]["model"] == ["1", 0]
    assert "model" not in graph[str(nothing)]["inputs"]


def test_what_hangs_on_a_muted_node_is_not_given() -> None:
    draw = Drawing()
    load = draw.add("Load", "a.pt", makes=("MODEL", "CLIP"), row={"mode": MUTED})
    sample = sampling(draw, load)
    number = draw.add("Number", 9, makes=("INT",), row={"mode": MUTED})
    seed = draw.add("Sample", 5, "fixed", 20, 8.0, "euler", seed=control("INT", number))
    graph = graph_of(draw.saved())
    assert list(graph) == [str(sample), str(seed)]
    assert "model" not in graph[str(sample)]["inputs"]
    assert "seed" not in graph[str(seed)]["inputs"]  # nor is the value that it would have without the link


def bypassed(draw: Drawing, makes: tuple[str, ...], **given: Any) -> int | str:
    return draw.add("Between", makes=makes, row={"mode": BYPASSED}, **given)


def test_a_bypassed_node_hands_on_the_input_beside_the_output() -> None:
    draw = Drawing()
    one, two = draw.add("Load", "a.pt"), draw.add("Load", "b.pt")
    given = {"a": wire("MODEL", one), "b": wire("MODEL", two)}
    node = bypassed(draw, ("MODEL", "MODEL"), **given)
    assert inputs_of(draw.saved(), sampling(draw, node, 1))["model"] == ["2", 0]
    assert inputs_of(draw.saved(), sampling(draw, node, 0))["model"] == ["1", 0]


def test_else_the_first_of_the_same_type() -> None:
    draw = Drawing()
    one, two = draw.add("Load", "a.pt"), draw.add("Load", "b.pt")
    node = bypassed(draw, ("MODEL",), c=wire("CLIP", one), any=wire("*", one, 1), m=wire("MODEL", two))
    assert inputs_of(draw.saved(), sampling(draw, node))["model"] == ["2", 0]


def test_else_the_first_that_could_be() -> None:
    draw = Drawing()
    one, two = draw.add("Load", "a.pt"), draw.add("Load", "b.pt")
    node = bypassed(draw, ("MODEL",), c=wire("CLIP", one), some=wire("latent,model", two), any=wire("*", one))
    assert inputs_of(draw.saved(), sampling(draw, node))["model"] == ["2", 0]
    nothing = bypassed(draw, ("MODEL",), c=wire("CLIP", one))
    assert "model" not in inputs_of(draw.saved(), sampling(draw, nothing))


def test_a_star_beside_fits_whatever_is_wanted() -> None:
    draw = Drawing()
    one, two = draw.add("Load", "a.pt"), draw.add("Load", "b.pt")
    node = bypassed(draw, ("MODEL",), any=wire("*", one), m=wire("MODEL", two))
    assert inputs_of(draw.saved(), sampling(draw, node))["model"] == ["1", 0]


def test_what_takes_anything_is_given_what_is_beside_or_first() -> None:
    draw = Drawing()
    one, two = draw.add("Load", "a.pt"), draw.add("Load", "b.pt")
    node = bypassed(draw, ("IMAGE", "IMAGE", "IMAGE"), c=wire("CLIP", one), m=wire("MODEL", two))
    anything = server(Any={"input": {"required": {"any": ["*"]}}, "output": []})
    for slot, expected in ((0, ["1", 0]), (1, ["2", 0]), (2, ["1", 0])):
        user = draw.add("Any", any=wire("*", node, slot))
        assert inputs_of(draw.saved(), user, anything)["any"] == expected
    empty = draw.add("Any", any=wire("*", bypassed(draw, ("IMAGE",))))
    assert "any" not in inputs_of(draw.saved(), empty, anything)


def test_an_output_that_a_bypassed_node_does_not_list_is_of_the_type_that_is_wanted() -> None:
    draw = Drawing()
    node = bypassed(draw, (), m=wire("MODEL", draw.add("Load", "a.pt")))
    assert inputs_of(draw.saved(), sampling(draw, node))["model"] == ["1", 0]


def test_bypassed_and_muted_nodes_lie_behind_each_other() -> None:
    draw = Drawing()
    load = draw.add("Load", "a.pt", row={"mode": MUTED})
    node = bypassed(draw, ("MODEL",), m=wire("MODEL", bypassed(draw, ("MODEL",), m=wire("MODEL", load))))
    assert "model" not in inputs_of(draw.saved(), sampling(draw, node))


def test_links_in_a_circle_are_told_with_their_node() -> None:
    draw = Drawing()
    draw.add("Reroute", **{"": wire("*", 2)})
    draw.add("Reroute", **{"": wire("*", 1)})
    sampling(draw, 1)
    with pytest.raises(InvalidPreset, match=r"go in a circle at the node 1\.$"):
        graph_of(draw.saved())


def test_what_set_and_get_hand_round_is_a_circle_too() -> None:
    draw = Drawing()
    draw.add("SetNode", "a", x=wire("*", 2))
    draw.add("GetNode", "a")
    sampling(draw, 2)
    with pytest.raises(InvalidPreset, match="circle"):
        graph_of(draw.saved())


@pytest.mark.parametrize("extra", [{}, {"controller": 3, "type": "MODEL"}])
@pytest.mark.parametrize("told", [str, int])
def test_links_that_are_sent_everywhere_count_as_drawn(extra: dict[str, Any], told: Any) -> None:
    draw = Drawing()
    load = draw.add("Load", "a.pt", makes=("MODEL", "CLIP"))
    sample = sampling(draw, None)
    draw.add("Anything Everywhere", **{"": wire("MODEL", load)})
    row = {"downstream": told(sample), "downstream_slot": 0, "upstream": told(load), "upstream_slot": 0}
    content = draw.saved() | {"extra": {"ue_links": [{**row, **extra}, {**row, "upstream_slot": 1}]}}
    assert inputs_of(content, sample)["model"] == ["1", 0]
    assert set(graph_of(content)) == {"1", "2"}


@pytest.mark.parametrize("change", [{"downstream": 9}, {"downstream_slot": 9}, {"upstream_slot": "0"}, {"upstream": 9}])
def test_one_that_is_sent_nowhere_or_to_what_is_wired_is_none(change: dict[str, Any]) -> None:
    draw = Drawing()
    load, other = draw.add("Load", "a.pt", makes=("MODEL",)), draw.add("Load", "b.pt", makes=("MODEL",))
    free, wired = sampling(draw, None), sampling(draw, other)
    rows = [
        {"downstream": node, "downstream_slot": 0, "upstream": load, "upstream_slot": 0} | more
        for node, more in ((free, change), (wired, {}))
    ]
    content = draw.saved() | {"extra": {"ue_links": [*rows, 5]}}
    assert "model" not in inputs_of(content, free)
    assert inputs_of(content, wired)["model"] == [str(other), 0]


@pytest.mark.parametrize(
    "kind", ["Fast Muter (rgthree)", "Node Collector (rgthree)", "Mute / Bypass Repeater (rgthree)"]
)
def test_what_mutes_others_is_nothing_to_a_server(kind: str) -> None:
    draw = Drawing()
    sample = sampling(draw, draw.add("Load", "a.pt", makes=("MODEL",)))
    draw.add(kind, makes=("*",), **{"Sampler": wire("*", sample)})
    assert set(graph_of(draw.saved())) == {"1", "2"}


def test_another_pack_sets_and_gets_as_well() -> None:
    draw = Drawing()
    draw.add("easy setNode", "m", makes=("*",), MODEL=wire("MODEL", draw.add("Load", "a.pt", makes=("MODEL",))))
    sample = sampling(draw, draw.add("easy getNode", "m", makes=("MODEL",)))
    assert inputs_of(draw.saved(), sample)["model"] == ["1", 0]
