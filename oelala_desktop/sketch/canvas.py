"""Workflows in the format of ComfyUI's editor, made of node classes of ours: boxes with places, controls with values in
the order of their inputs, links by number, and subgraphs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from oelala_desktop.sketch.nodes import CATALOG
from oelala_desktop.sketch.nodes.definition import CHOICE, Input, NodeClass

#: types that an editor has a control for
_CONTROLS = frozenset({"INT", "FLOAT", "STRING", "BOOLEAN", "COMBO", CHOICE})
_WIDTH, _HEIGHT, _GAP = 300, 220, 60  # of a box on the canvas, in pixels
#: the nodes of a subgraph that stand for what goes in and comes out
_INPUTS, _OUTPUTS = -10, -20

#: (node, output)
Output = tuple[int, int]


class Canvas:
    """`key` is the id of a subgraph, "" for the workflow itself."""

    def __init__(self, key: str = "", name: str = "") -> None:
        self._key = key
        self._name = name
        self._nodes: list[dict[str, Any]] = []
        self._links: list[dict[str, Any]] = []
        self._inputs: list[dict[str, Any]] = []
        self._outputs: list[dict[str, Any]] = []
        self._subgraphs: list[Canvas] = []

    def add(self, kind: str, title: str = "", models: tuple[Mapping[str, str], ...] = (), **given: Any) -> int:
        """A node of that class; what is given is a value, or a pair that names another's output. Returns its id."""
        known = CATALOG.get(kind)
        described: dict[str, Input | None] = dict.fromkeys(given)
        if known is not None:
            described = {**known.required, **known.optional}
        slots: list[dict[str, Any]] = []
        values: list[Any] = []
        for name, item in described.items():
            value = given.get(name)
            if isinstance(value, tuple):
                slots.append({"name": name, "type": "*" if item is None else _type(item), "from": value})
            elif item is not None and _type(item) not in _CONTROLS:
                slots.append({"name": name, "type": _type(item), "link": None})
            else:
                slots.append({"name": name, "type": _type(item), "widget": {"name": name}, "link": None})
                chosen = _default(item) if value is None else value
                values.extend((chosen, *_brought(item, chosen)))
                if item is not None and (item.options or {}).get("control_after_generate"):
                    values.append("fixed")
        return self._put(kind, title, slots, values, known, {"models": list(models)} if models else {})

    def use(self, inner: Canvas, title: str, outputs: tuple[str, ...], *values: Any) -> int:
        """A node that stands for a subgraph; `values` are those of its inputs that lead to controls, in order."""
        self._subgraphs.append(inner)
        slots = [{"name": row["name"], "type": row["type"], "link": None} for row in inner._inputs]
        for slot in slots:
            slot["widget"] = {"name": slot["name"]}
        return self._put(inner._key, title, slots, list(values), None, {}, outputs)

    def take(self, name: str, node: int, control: str) -> None:
        """Of a subgraph: an input that leads to that control of a node in it."""
        slot = next(slot for slot in self._nodes[node - 1]["inputs"] if slot["name"] == control)
        slot["link"] = self._link((_INPUTS, len(self._inputs)), node, control, slot["type"])
        row = {"id": f"{self._key}-in-{name}", "name": name, "type": slot["type"], "linkIds": [slot["link"]]}
        self._inputs.append(row)

    def give(self, name: str, output: Output, kind: str) -> None:
        """Of a subgraph: an output."""
        link = self._link(output, _OUTPUTS, str(len(self._outputs)), kind)
        self._outputs.append({"id": f"{self._key}-out-{name}", "name": name, "type": kind, "linkIds": [link]})

    def workflow(self) -> dict[str, Any]:
        """As the editor saves it."""
        links = [[row[key] for key in _LINK] for row in self._links]
        whole = {"id": self._name, "revision": 0, "last_node_id": len(self._nodes), "last_link_id": len(links)}
        whole |= {"nodes": self._nodes, "links": links, "groups": [], "config": {}, "extra": {}, "version": 0.4}
        if self._subgraphs:
            whole["definitions"] = {"subgraphs": [inner._definition() for inner in self._subgraphs]}
        return whole

    def _definition(self) -> dict[str, Any]:
        ends = {"inputNode": {"id": _INPUTS}, "outputNode": {"id": _OUTPUTS}}
        ports = {"inputs": self._inputs, "outputs": self._outputs}
        return {"id": self._key, "name": self._name, "nodes": self._nodes, "links": self._links, **ends, **ports}

    def _put(
        self,
        kind: str,
        title: str,
        slots: list[dict[str, Any]],
        values: list[Any],
        known: NodeClass | None,
        properties: dict[str, Any],
        outputs: tuple[str, ...] = ("*",),
    ) -> int:
        node = len(self._nodes) + 1
        for slot in slots:
            if "from" in slot:
                slot["link"] = self._link(slot.pop("from"), node, slot["name"], slot["type"])
        made = known.outputs if known is not None else outputs
        row = {
            "id": node,
            "type": kind,
            "pos": [(_WIDTH + _GAP) * (node - 1), 0],
            "size": [_WIDTH, _HEIGHT],
            "flags": {},
            "order": node - 1,
            "mode": 0,
            "inputs": slots,
            "outputs": [{"name": one, "type": one, "links": []} for one in made],
            "properties": {"Node name for S&R": kind, **properties},
            "widgets_values": values,
        }
        self._nodes.append(row | ({"title": title} if title else {}))
        return node

    def _link(self, origin: Output, target: int, name: str, kind: str) -> int:
        number = len(self._links) + 1
        row = {"id": number, "origin_id": origin[0], "origin_slot": origin[1], "target_id": target}
        self._links.append(row | {"target_slot": name, "type": kind})
        return number


_LINK = ("id", "origin_id", "origin_slot", "target_id", "target_slot", "type")


def _type(item: Input | None) -> str:
    if item is None:
        return "STRING"
    return "COMBO" if isinstance(item.type, list) else item.type


def _brought(item: Input | None, chosen: Any) -> list[Any]:
    """The values of the inputs that come with what is chosen."""
    if item is None or item.type != CHOICE:
        return []
    option = next(row for row in (item.options or {})["options"] if row["key"] == chosen)
    return [_default(Input(*spec)) for spec in option["inputs"]["required"].values()]


def _default(item: Input | None) -> Any:
    if item is None:
        return ""
    options = item.options or {}
    if "default" in options:
        return options["default"]
    choices = item.type if isinstance(item.type, list) else options.get("options") or [""]
    return choices[0]["key"] if isinstance(choices[0], Mapping) else choices[0]
