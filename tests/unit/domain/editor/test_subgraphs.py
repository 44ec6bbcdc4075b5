"""Subgraphs: opened where they are used, and what their nodes say of the controls that they have taken over."""

from __future__ import annotations

import json
from typing import Any

import pytest

from oelala_desktop.domain.errors import InvalidPreset

from .drawing import BYPASSED, IN, MUTED, OUT, Drawing, Wire, control, converted, graph_of, inputs_of, server, wire


def encoder(*, text: str = "inside") -> Drawing:
    """A subgraph that is given a text, and encodes it."""
    inner = Drawing(inputs=(("text", "STRING"),), outputs=(("COND", "COND"),))
    encode = inner.add("Encode", text, makes=("COND",), text=control("STRING", IN, 0))
    inner.link(encode, 0, OUT, 0)
    return inner


def used(*values: Any, text: Wire | None = None, inner: Drawing | None = None, **more: Any) -> dict[str, Any]:
    """A file with one node of that subgraph, and one that is given what it makes."""
    draw = Drawing()
    given = {"text": text} if text else {"text": control("STRING")}
    host = draw.add("sub", *values, makes=("COND",), id=7, **given, **more)
    draw.add("Sample", 5, "fixed", id=8, cond=wire("COND", host))
    return draw.saved(sub=inner or encoder())


def text_of(content: dict[str, Any], node: str = "7:1") -> Any:
    return graph_of(content)[node]["inputs"].get("text")


def test_nodes_inside_are_called_by_the_way_to_them() -> None:
    graph = graph_of(used("outside"))
    assert list(graph) == ["7:1", "8"]
    assert graph["8"]["inputs"]["cond"] == ["7:1", 0]


def test_a_subgraph_is_given_what_leads_to_its_node() -> None:
    draw = Drawing()
    words = draw.add("Words", "a lake", makes=("STRING",))
    draw.add("sub", "not this", id=7, text=control("STRING", words))
    assert text_of(draw.saved(sub=encoder())) == ["1", 0]
    draw = Drawing()
    draw.add("sub", id=7, text=control("STRING", draw.add("PrimitiveNode", "typed")))
    assert text_of(draw.saved(sub=encoder())) == "typed"


def test_used_twice_each_has_its_own_values() -> None:
    draw = Drawing()
    for node_id, text in ((7, "one"), (9, "two")):
        draw.add("sub", text, id=node_id, text=control("STRING"))
    content = draw.saved(sub=encoder())
    assert (text_of(content, "7:1"), text_of(content, "9:1")) == ("one", "two")


def test_one_inside_of_another() -> None:
    outer = Drawing(inputs=(("words", "STRING"),), outputs=(("COND", "COND"),))
    host = outer.add("sub", "between", makes=("COND",), id=3, text=control("STRING", IN, 0))
    outer.link(host, 0, OUT, 0)
    draw = Drawing()
    draw.add("outer", "outermost", makes=("COND",), id=7, words=control("STRING"))
    draw.add("Sample", 5, id=8, cond=wire("COND", 7))
    content = draw.saved(sub=encoder(), outer=outer)
    assert list(graph_of(content)) == ["7:3:1", "8"]
    assert text_of(content, "7:3:1") == "outermost"
    assert graph_of(content)["8"]["inputs"]["cond"] == ["7:3:1", 0]
    content["nodes"][0]["widgets_values"] = []  # then what stands inside holds, of the nearest that says something
    assert text_of(content, "7:3:1") == "between"
    outer.nodes[0]["widgets_values"] = []
    assert text_of(content, "7:3:1") == "inside"


def test_the_values_of_a_node_are_those_of_the_inputs_that_lead_to_controls() -> None:
    inner = Drawing(inputs=(("clip", "CLIP"), ("steps", "INT"), ("text", "STRING"), ("unused", "INT")))
    inner.add("Encode", "inside", clip=wire("CLIP", IN, 0), text=control("STRING", IN, 2))
    inner.add("Sample", 5, "fixed", 20, steps=control("INT", IN, 1))
    draw = Drawing()
    draw.add("sub", 9, "outside", id=7, clip=wire("CLIP"), steps=control("INT"), text=control("STRING"))
    graph = graph_of(draw.saved(sub=inner))
    assert graph["7:1"]["inputs"] == {"text": "outside"}
    assert (graph["7:2"]["inputs"]["steps"], graph["7:2"]["inputs"]["seed"]) == (9, 5)


def test_values_by_name() -> None:
    assert text_of(used(values_as={"text": "by name", "other": 1})) == "by name"


def taking_over(*rows: list[str], as_text: bool = False) -> dict[str, Any]:
    return {"properties": {"proxyWidgets": json.dumps(rows) if as_text else list(rows)}}


@pytest.mark.parametrize("as_text", [True, False])
def test_older_files_list_what_a_node_has_taken_over(as_text: bool) -> None:
    inner = encoder()
    inner.add("Sample", 5, "fixed", 20)
    rows = ["2", "steps"], ["-1", "text"], ["1", "text"], ["2", "seed"], ["99", "gone"]
    draw = Drawing()
    draw.add("sub", 9, "first", "then", id=7, text=control("STRING"), row=taking_over(*rows, as_text=as_text))
    graph = graph_of(draw.saved(sub=inner))
    assert graph["7:2"]["inputs"]["steps"] == 9
    assert graph["7:2"]["inputs"]["seed"] == 5  # nothing is said of it
    assert graph["7:1"]["inputs"]["text"] == "then"  # of the inner control that its input leads to


def test_a_list_that_names_an_input_by_the_control_inside() -> None:
    assert text_of(used("outside", row=taking_over(["1", "text"]))) == "outside"
    assert text_of(used("outside", row=taking_over(["-1", "gone"]))) == "inside"


@pytest.mark.parametrize("rows", ["no json", "5", [3, ["1"], ["1", 2]], None, {"a": 1}])
def test_a_list_of_another_form_says_nothing(rows: object) -> None:
    assert text_of(used("outside", row={"properties": {"proxyWidgets": rows}})) == "outside"


def test_what_could_not_be_carried_over_counts_first() -> None:
    kept = [
        3,
        {"originalEntry": ["-1", "text"]},
        {"originalEntry": ["1", "text"], "hostValue": "of an inner node"},
        {"originalEntry": ["-1", "gone"], "hostValue": "of none"},
        {"originalEntry": ["-1", "text"], "hostValue": "kept aside"},
    ]
    assert text_of(used("outside", row={"properties": {"proxyWidgetErrorQuarantine": kept}})) == "kept aside"
    assert text_of(used("outside", row={"properties": {"proxyWidgetErrorQuarantine": 3}})) == "outside"


def test_the_first_control_speaks_for_all_that_its_input_leads_to() -> None:
    inner = Drawing(inputs=(("steps", "INT"),))
    inner.add("Sample", 5, "fixed", 11, steps=control("INT", IN, 0))
    inner.add("Sample", 5, "fixed", 12, steps=control("INT", IN, 0))
    inner.add("Number", steps=wire("INT", IN, 0))
    draw = Drawing()
    draw.add("sub", id=7, steps=control("INT"))
    graph = graph_of(draw.saved(sub=inner))
    assert [graph[f"7:{n}"]["inputs"]["steps"] for n in (1, 2, 3)] == [11, 11, 11]
    draw.nodes[0]["widgets_values"] = [13]
    assert [graph_of(draw.saved(sub=inner))[f"7:{n}"]["inputs"]["steps"] for n in (1, 2, 3)] == [13, 13, 13]


def test_an_input_that_leads_to_no_control_has_no_value() -> None:
    inner = Drawing(inputs=(("model", "MODEL"),))
    inner.add("Sample", 5, model=wire("MODEL", IN, 0))
    inner.add("Unknown", lost=control("INT"), model=wire("MODEL", IN, 5))
    draw = Drawing()
    draw.add("sub", id=7, model=wire("MODEL"))
    graph = graph_of(draw.saved(sub=inner))
    assert "model" not in graph["7:1"]["inputs"] and "model" not in graph["7:2"]["inputs"]


def test_the_first_control_may_have_no_value_of_that_name() -> None:
    inner = Drawing(inputs=(("x", "INT"),))
    inner.add("Sample", 5, gone=control("INT", IN, 0))
    inner.add("Number", 3, value=wire("INT", IN, 0))
    draw = Drawing()
    draw.add("sub", id=7, x=control("INT"))
    assert graph_of(draw.saved(sub=inner))["7:2"]["inputs"]["value"] == 3


def test_a_control_of_a_subgraph_inside_that_has_no_such_input() -> None:
    outer = Drawing(inputs=(("words", "STRING"),))
    outer.add("sub", "between", id=3, other=control("STRING", IN, 0))
    outer.add("Words", "mine", id=4, text=wire("STRING", IN, 0))
    draw = Drawing()
    draw.add("outer", id=7, words=control("STRING"))
    assert graph_of(draw.saved(sub=encoder(), outer=outer))["7:4"]["inputs"]["text"] == "mine"


# what comes out of one


def test_what_goes_through_a_subgraph_comes_out_as_it_went_in() -> None:
    inner = Drawing(inputs=(("model", "MODEL"),), outputs=(("MODEL", "MODEL"),))
    inner.link(IN, 0, OUT, 0)
    draw = Drawing()
    host = draw.add("sub", makes=("MODEL",), model=wire("MODEL", draw.add("Load", "a.pt", id=5)))
    sample = draw.add("Sample", 5, model=wire("MODEL", host))
    assert inputs_of(draw.saved(sub=inner), sample)["model"] == ["5", 0]


@pytest.mark.parametrize("slot", [0, 1, -1, 9])
def test_an_output_that_nothing_leads_to_gives_nothing(slot: int) -> None:
    inner = Drawing(inputs=(("model", "MODEL"),), outputs=(("MODEL", "MODEL"), ("MODEL", "MODEL")))
    inner.outputs[0]["linkIds"] = [99]
    inner.link(IN, 5, OUT, 1)
    draw = Drawing()
    sample = draw.add("Sample", 5, model=wire("MODEL", draw.add("sub", makes=("MODEL",)), slot))
    assert "model" not in inputs_of(draw.saved(sub=inner), sample)


def test_an_input_that_its_node_does_not_have_comes_out_as_nothing() -> None:
    inner = Drawing(inputs=(("model", "MODEL"),), outputs=(("MODEL", "MODEL"),))
    inner.link(IN, 0, OUT, 0)
    draw = Drawing()
    sample = draw.add("Sample", 5, model=wire("MODEL", draw.add("sub", makes=("MODEL",))))
    assert "model" not in inputs_of(draw.saved(sub=inner), sample)


@pytest.mark.parametrize(("mode", "given"), [(MUTED, False), (BYPASSED, True)])
def test_a_subgraph_s_node_can_be_muted_or_bypassed(mode: int, given: bool) -> None:
    inner = Drawing(inputs=(("model", "MODEL"),), outputs=(("MODEL", "MODEL"),))
    inner.link(inner.add("Load", "b.pt"), 0, OUT, 0)
    draw = Drawing()
    load = draw.add("Load", "a.pt", id=5)
    host = draw.add("sub", makes=("MODEL",), model=wire("MODEL", load), row={"mode": mode})
    draw.add("Sample", 5, id=8, model=wire("MODEL", host))
    graph = graph_of(draw.saved(sub=inner))
    assert list(graph) == ["5", "8"]
    assert graph["8"]["inputs"].get("model") == (["5", 0] if given else None)


def test_what_is_set_outside_can_be_got_inside() -> None:
    inner = Drawing(outputs=(("COND", "COND"),))
    inner.add("Sample", 5, model=wire("MODEL", inner.add("GetNode", "model")))
    draw = Drawing()
    draw.add("SetNode", "model", MODEL=wire("MODEL", draw.add("Load", "a.pt", id=5)))
    draw.add("sub", id=7)
    assert graph_of(draw.saved(sub=inner))["7:2"]["inputs"]["model"] == ["5", 0]
    alone = Drawing()
    alone.add("sub", id=7)
    assert "model" not in graph_of(alone.saved(sub=inner))["7:2"]["inputs"]


# what their authors show


def test_what_the_nodes_of_subgraphs_show_is_told() -> None:
    inner = encoder()
    inner.inputs[0]["label"] = "What to paint"
    inner.add("Sample", 5, "fixed", 20)
    draw = Drawing()
    rows = taking_over(["-1", "text"], ["2", "steps"], ["2", "$$canvas"], ["99", "gone"])
    draw.add("sub", "a", 9, id=7, text=control("STRING"), row=rows)
    shown = converted(draw.saved(sub=inner)).shown
    assert [(one.node, one.input, one.label) for one in shown] == [
        ("7:1", "text", "What to paint"),
        ("7:2", "steps", ""),
    ]


@pytest.mark.parametrize(("label", "told"), [("text", ""), ("text_2", ""), ("texts", "texts"), ("My text", "My text")])
def test_a_label_that_only_repeats_the_input_s_name_says_nothing(label: str, told: str) -> None:
    inner = encoder()
    inner.inputs[0]["localized_name"] = label
    (shown,) = converted(used("a", inner=inner)).shown
    assert shown.label == told


def test_what_is_given_by_a_link_is_not_shown() -> None:
    draw = Drawing()
    words = draw.add("Words", "a", makes=("STRING",))
    draw.add("sub", "a", id=7, text=control("STRING", words))
    assert converted(draw.saved(sub=encoder())).shown == ()


def chosen(content: dict[str, Any], rows: object) -> list[tuple[str, str, str]]:
    content["extra"] = {"linearData": {"inputs": rows, "outputs": []}}
    return [(one.node, one.input, one.label) for one in converted(content).chosen]


def test_what_the_author_chose_is_told_in_its_order() -> None:
    inner = encoder()
    inner.inputs[0]["label"] = "What to paint"
    content = used("a", inner=inner)
    rows = [["8", "steps"], [7, "text"], ["sub:1:text", "text"], [8, "seed", {}], ["99", "x"], [8, "gone"]]
    assert chosen(content, rows) == [
        ("8", "steps", ""),
        ("7:1", "text", "What to paint"),
        ("7:1", "text", "What to paint"),
        ("8", "seed", ""),
    ]


@pytest.mark.parametrize("rows", [None, "x", [3], [["8"]], [["8", 5]], [[None, "steps"]]])
def test_a_choice_of_another_form_is_none(rows: object) -> None:
    assert chosen(used("a"), rows) == []


def test_a_choice_inside_of_a_subgraph_that_stands_there_twice_is_not_told_apart() -> None:
    draw = Drawing()
    for node_id in (7, 9):
        draw.add("sub", "a", id=node_id, text=control("STRING"))
    assert chosen(draw.saved(sub=encoder()), [["sub:1:text", "text"]]) == []


def test_a_choice_is_of_the_canvas_that_it_names() -> None:
    draw = Drawing()
    draw.add("Words", "outside", id=1)
    draw.add("sub", "a", id=7, text=control("STRING"))
    content = draw.saved(sub=encoder())
    assert [row[:2] for row in chosen(content, [["sub:1:text", "text"], ["whole:1:text", "text"]])] == [
        ("7:1", "text"),
        ("1", "text"),
    ]


def test_a_choice_that_a_subgraph_inside_has_taken_over() -> None:
    outer = Drawing(inputs=(("words", "STRING"),))
    outer.add("sub", "between", id=3, text=control("STRING", IN, 0))
    draw = Drawing()
    draw.add("outer", "a", id=7, words=control("STRING"))
    content = draw.saved(sub=encoder(), outer=outer)
    assert chosen(content, [[7, "words"]]) == [("7:3:1", "text", "words")]
    assert chosen(content, [[7, "other"]]) == []


# limits


def test_a_subgraph_that_holds_itself_is_refused() -> None:
    inner = Drawing()
    inner.add("sub")
    draw = Drawing()
    draw.add("sub")
    with pytest.raises(InvalidPreset, match="lie more than 24 deep inside each other"):
        graph_of(draw.saved(sub=inner))


@pytest.mark.parametrize(("depth", "is_taken"), [(24, True), (25, False)])
def test_subgraphs_lie_so_deep_inside_each_other(depth: int, is_taken: bool) -> None:
    levels = {f"s{n}": Drawing() for n in range(1, depth + 1)}
    draw = Drawing()
    for number, canvas in enumerate((draw, *levels.values()), 1):
        canvas.add("Load", "a.pt") if number > depth else canvas.add(f"s{number}")
    if is_taken:
        assert len(graph_of(draw.saved(**levels))) == 1
    else:
        with pytest.raises(InvalidPreset, match="deep"):
            graph_of(draw.saved(**levels))


@pytest.mark.parametrize(("inside", "is_taken"), [(19, True), (20, False)])
def test_nodes_of_subgraphs_are_counted_as_often_as_they_are_used(inside: int, is_taken: bool) -> None:
    inner, draw = Drawing(), Drawing()
    for _ in range(inside):
        inner.add("Number", 1)
    for _ in range(100):
        draw.add("sub")
    content = draw.saved(sub=inner)
    if is_taken:
        assert len(graph_of(content, server())) == 1900
    else:
        with pytest.raises(InvalidPreset, match="more than 2000 nodes, those of its subgraphs counted"):
            graph_of(content)


def test_a_circle_through_a_subgraph_is_told() -> None:
    inner = Drawing(inputs=(("model", "MODEL"),), outputs=(("MODEL", "MODEL"),))
    inner.link(IN, 0, OUT, 0)
    draw = Drawing()
    draw.add("sub", makes=("MODEL",), id=7, model=wire("MODEL", 7))
    draw.add("Sample", 5, model=wire("MODEL", 7))
    with pytest.raises(InvalidPreset, match="circle at the node 7"):
        graph_of(draw.saved(sub=inner))
