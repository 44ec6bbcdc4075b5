"""How large a workflow of the user's own may be."""

from __future__ import annotations

from typing import Any

import pytest

from oelala_desktop.domain.errors import InvalidPreset
from oelala_desktop.domain.graph import title_of
from oelala_desktop.domain.workflow import read_graph


def node(class_type: str = "A", **inputs: Any) -> dict[str, Any]:
    return {"class_type": class_type, "inputs": inputs}


def nested(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth - 1):
        value = [value]
    return value


def nodes(count: int) -> dict[str, Any]:
    return {str(number): node() for number in range(count)}


#: of a node's own: the node, its class, its inputs and the one that holds them all
OWN = 4
AT_THEIR_EDGE = [
    (nodes(2000), nodes(2001), "has 2001 nodes; at most 2000 are taken"),
    ({"1": node("x" * 200)}, {"1": node("x" * 201)}, "no inputs or no class"),
    ({"1": node("x")}, {"1": node("")}, "no inputs or no class"),
    ({"1": node(a=[0] * (50_000 - OWN))}, {"1": node(a=[0] * (50_001 - OWN))}, "holds more than 50000 values"),
    ({"1": node(a=nested(29))}, {"1": node(a=nested(30))}, "its values lie too deep inside each other"),
    ({"1": node(a="x" * (4 * 2**20 - 200))}, {"1": node(a="x" * 4 * 2**20)}, "is larger than 4 MiB"),
    ({"1": node(a="ü")}, {"1": node(a="\ud800")}, "not valid Unicode"),
    ({"1": node(a=2**64 - 1)}, {"1": node(a=2**64)}, "“A” holds a number that no server can read"),
    ({"1": node(a=-(2**63))}, {"1": node(a=-(2**63) - 1)}, "“A” holds a number"),
    ({"1": node(a=[1e308])}, {"1": node(a=[{"b": float("inf")}])}, "“A” holds a number that"),
    ({"1": node() | {"is_changed": [float("nan")]}}, {"1": node(a=float("nan"))}, "“A” holds a number that no"),
]


@pytest.mark.parametrize(("fitting", "wrong", "said"), AT_THEIR_EDGE, ids=[said[:24] for _, _, said in AT_THEIR_EDGE])
def test_a_workflow_is_taken_up_to_its_edge(fitting: dict[str, Any], wrong: dict[str, Any], said: str) -> None:
    assert set(read_graph(fitting)) == set(fitting)
    with pytest.raises(InvalidPreset, match=said):
        read_graph(wrong)


def test_every_node_gets_a_title_of_its_own() -> None:
    graph = {str(n): node("A") | {"_meta": {"title": title}} for n, title in enumerate(("B", "B", "", "x" * 101))}
    titles = [title_of(read_graph(graph), name) for name in graph]
    assert titles[:3] == ["B", "B 2", "A"]
    assert len(titles[3]) <= 100 and len(set(titles)) == 4
