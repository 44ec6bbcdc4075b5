"""Nodes of classes that went become those that the server has in their place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from oelala_desktop.domain.catalog import Catalog, NodeClass, NodeInput, Replacement
from oelala_desktop.domain.workflow import read_workflow

PICTURE, SAVER = NodeInput("IMAGE", True), NodeInput("STRING", True, is_widget=True)
NEW = NodeClass(
    "Resize",
    {
        "input": PICTURE,
        "kind": NodeInput("STRING", True, default="by side", is_widget=True),
        "kind.side": NodeInput("INT", True, default=512, is_widget=True),
        "way": NodeInput("STRING", True, default="area", is_widget=True),
    },
    ("MASK", "IMAGE"),
)
MADE = NodeClass("Empty", {"width": NodeInput("INT", True, default=64, is_widget=True)}, ("IMAGE",))
SAVE = NodeClass("SaveImage", {"images": PICTURE, "filename_prefix": SAVER}, is_output=True)
OLD = Replacement(
    "Resize",
    ("longer", "method"),
    {"input": "images", "kind.side": "longer", "way": "method"},
    {"kind": "fixed"},
    {0: 1},
)
CATALOG = Catalog(
    {node.name: node for node in (NEW, MADE, SAVE)},
    replacements={
        "OldResize": (Replacement("Gone"), OLD),
        "Emty": (Replacement("Empty"),),
        "Lost": (Replacement("Gone"),),
    },
)


def slot(name: str, link: int | None, *, widget: bool = False) -> dict[str, Any]:
    return {"name": name, "type": "IMAGE", "link": link, **({"widget": {"name": name}} if widget else {})}


def document(kind: str, values: Any, inputs: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """Empty → that node → SaveImage."""
    return {
        "nodes": [
            {"id": 1, "type": "Empty", "widgets_values": [96], "outputs": [{"type": "IMAGE"}]},
            {"id": 2, "type": kind, "widgets_values": values, "inputs": inputs, "outputs": [{"type": "IMAGE"}], **more},
            {"id": 3, "type": "SaveImage", "widgets_values": ["x"], "inputs": [slot("images", 2)]},
        ],
        "links": [[1, 1, 0, 2, 0, "IMAGE"], [2, 2, 0, 3, 0, "IMAGE"]],
    }


WANTED = {"input": ["1", 0], "kind": "fixed", "kind.side": 768, "way": "lanczos"}


def test_values_in_their_order_go_where_the_new_class_has_them() -> None:
    flow = read_workflow(document("OldResize", [768, "lanczos"], [slot("images", 1)], title="Mine"), CATALOG)
    assert flow.graph["2"]["class_type"] == "Resize"
    assert flow.graph["2"]["inputs"] == WANTED
    assert flow.graph["2"]["_meta"]["title"] == "Mine"
    assert flow.graph["3"]["inputs"]["images"] == ["2", 1], "its output is another number now"
    assert flow.lacking == ()


def test_values_by_name_go_there_as_well() -> None:
    flow = read_workflow(document("OldResize", {"longer": 768, "method": "lanczos"}, [slot("images", 1)]), CATALOG)
    assert flow.graph["2"]["inputs"] == WANTED


def test_a_control_that_became_an_input_stays_linked() -> None:
    content = document("OldResize", [768, "lanczos"], [slot("images", 1), slot("longer", 3, widget=True)])
    content["links"].append([3, 1, 0, 2, 1, "INT"])
    assert read_workflow(content, CATALOG).graph["2"]["inputs"] == {**WANTED, "kind.side": ["1", 0]}


def test_a_class_that_was_only_renamed_keeps_its_inputs() -> None:
    content = document("Emty", [80], [slot("width", None, widget=True)])
    node = read_workflow(content, CATALOG).graph["2"]
    assert (node["class_type"], node["inputs"]) == ("Empty", {"width": 80})


def test_without_a_class_to_become_it_is_lacking() -> None:
    flow = read_workflow(document("Lost", [], [slot("images", 1)]), CATALOG)
    assert [missing.class_type for missing in flow.lacking] == ["Lost"]


def test_a_class_that_is_there_is_left_as_it_is() -> None:
    catalog = Catalog(CATALOG.classes, replacements={"Empty": (OLD,)})
    assert read_workflow(document("Empty", [80], []), catalog).graph["2"]["class_type"] == "Empty"


def test_in_a_subgraph_it_is_done_as_well() -> None:
    inner = document("OldResize", [768, "lanczos"], [slot("images", 1)])
    whole = {
        "nodes": [{"id": 9, "type": "sub", "widgets_values": []}],
        "links": [],
        "definitions": {"subgraphs": [{"id": "sub", **inner}]},
    }
    assert read_workflow(whole, CATALOG).graph["9:2"]["inputs"] == {**WANTED, "input": ["9:1", 0]}


def test_a_control_that_a_subgraph_shows_goes_with_it() -> None:
    inner = document("OldResize", [768, "lanczos"], [slot("images", 1)])
    shown = {"proxyWidgets": [["2", "longer"], ["1", "width"], ["2", "method"], 5]}
    whole = {
        "nodes": [{"id": 9, "type": "sub", "widgets_values": [900, 128, "bicubic"], "properties": shown}],
        "links": [],
        "definitions": {"subgraphs": [{"id": "sub", **inner}]},
    }
    graph = read_workflow(whole, CATALOG).graph
    assert graph["9:2"]["inputs"] == {"input": ["9:1", 0], "kind": "fixed", "kind.side": 900, "way": "bicubic"}
    assert graph["9:1"]["inputs"] == {"width": 128}


def test_a_graph_of_the_api_is_done_alike() -> None:
    graph = {
        "1": {"class_type": "Empty", "inputs": {"width": 96}},
        "2": {"class_type": "OldResize", "inputs": {"images": ["1", 0], "longer": 768, "method": "lanczos"}},
        "3": {"class_type": "SaveImage", "inputs": {"images": ["2", 0], "filename_prefix": "x"}},
    }
    flow = read_workflow(graph, CATALOG)
    assert flow.graph["2"]["inputs"] == WANTED
    assert flow.graph["3"]["inputs"]["images"] == ["2", 1]
    assert flow.lacking == ()
    assert graph["2"]["class_type"] == "OldResize", "what was given is not touched"


def test_what_stands_in_it_speaks_for_all_that_its_input_leads_to() -> None:
    inner = document("OldResize", [768, "lanczos"], [slot("images", 1), slot("longer", 9, widget=True)])
    inner["nodes"].append({"id": 4, "type": "Empty", "inputs": [slot("width", 8, widget=True)], "widgets_values": [1]})
    inner["links"] += [[9, -10, 0, 2, 1, "INT"], [8, -10, 0, 4, 0, "INT"]]
    port = {"name": "side", "type": "INT", "linkIds": [9, 8]}
    whole = {
        "nodes": [{"id": 9, "type": "sub", "widgets_values": []}],
        "links": [],
        "definitions": {"subgraphs": [{"id": "sub", **inner, "inputs": [port]}]},
    }
    flow = read_workflow(whole, CATALOG)
    assert flow.graph["9:4"]["inputs"] == {"width": 768}
    assert [(one.node, one.input) for one in flow.shown] == [("9:2", "kind.side")]


def test_values_that_cannot_be_told_apart_are_those_of_the_new_class() -> None:
    by = Replacement("Resize", (), {"input": "images"}, {"kind": "fixed"}, {0: 1})
    catalog = replace(CATALOG, replacements={"OldResize": (by,)})
    flow = read_workflow(document("OldResize", [768, "lanczos"], [slot("images", 1)]), catalog)
    assert flow.graph["2"]["inputs"] == {"input": ["1", 0], "kind": "fixed", "kind.side": 512, "way": "area"}
