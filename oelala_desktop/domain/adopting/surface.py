"""A workflow's graph as it can be walked through: from any input back to the values that it comes from, through
primitives, switches, strings and sums, and what kind each of these values is.

Only what leads to a result counts; a value that no link hides is a spot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from oelala_desktop.domain import graph as edits
from oelala_desktop.domain.catalog import Catalog, NodeInput
from oelala_desktop.domain.field import MAX_SEED
from oelala_desktop.domain.savers import SAVERS

#: types that are values, not pictures or models
_VALUES = frozenset({"INT", "FLOAT", "BOOLEAN", "STRING", "COMBO", "*", "COMFY_MATCHTYPE_V3"})
#: names of inputs that are values by their class, where no catalog says so
_SWITCHES = ("switch", "boolean", "select", "condition")
_SIDES = {True: "on_true", False: "on_false"}
#: inputs that a node hands on as they are
_HANDED_ON = ("value", "any", "input", "anything", "any_01")
_VAST = 2**63  # from here on a TOML file cannot hold a number, though a seed may be one
_LONGEST = 20_000  # characters of a text that a form shows
_MOST_LOOKED_AT = 20_000  # inputs on all ways back: what a graph without end would have beyond that is not found
_DEEPEST = 5  # switches that are set by other switches


@dataclass(frozen=True, slots=True)
class Spot:
    """An input of a node that holds a value."""

    node: str
    input: str


@dataclass(frozen=True, slots=True)
class Found:
    """`is_direct`: the value arrives as it is, and not through a sum or a text that others are part of. `is_taken`: it
    is on the side that a switch takes now."""

    spot: Spot
    is_direct: bool = True
    is_taken: bool = True


class Surface:
    def __init__(self, graph: edits.Graph, catalog: Catalog | None) -> None:
        self.graph = graph
        self.catalog = catalog
        self._asked: set[str] = set()  # switches whose side is being looked for
        self._sides: dict[str, str | None] = {}
        self._found: dict[tuple[str, int], list[Found]] = {}
        self._looked_at = 0  # inputs, on all ways back
        self.alive = self._alive()

    # nodes

    def _alive(self) -> list[str]:
        """Ids of all that leads to a result, in the order of the graph."""
        ahead = [i for i in self.graph if self.is_output(i)]
        found = set(ahead)
        while ahead:
            new = {v[0] for v in self.inputs(ahead.pop()).values() if edits.is_link(v)} - found
            new &= self.graph.keys()
            found |= new
            ahead += new
        return [i for i in self.graph if i in found]

    def is_output(self, node: str) -> bool:
        known = self.catalog.classes.get(self.type(node)) if self.catalog else None
        return known.is_output if known else self.type(node) in SAVERS or "filename_prefix" in self.inputs(node)

    def inputs(self, node: str) -> Mapping[str, Any]:
        inputs: Mapping[str, Any] = self.graph[node]["inputs"]
        return inputs

    def type(self, node: str) -> str:
        return str(self.graph[node]["class_type"])

    def title(self, node: str) -> str:
        return edits.title_of(self.graph, node)

    def has_title(self, node: str) -> bool:
        """Whether somebody gave it one of its own."""
        known = self.catalog.classes.get(self.type(node)) if self.catalog else None
        plain = self.title(node).rstrip("0123456789 ")
        return plain not in {
            self.type(node).rstrip("0123456789 "),
            (known.title if known else "").rstrip("0123456789 "),
        }

    def target(self, spot: Spot) -> str:
        return edits.join_target(self.title(spot.node), spot.input)

    def value(self, spot: Spot) -> Any:
        return self.inputs(spot.node).get(spot.input)

    def spots(self) -> Iterator[Spot]:
        """All values of all that leads to a result."""
        for node in self.alive:
            for name, value in self.inputs(node).items():
                if _is_value(value):
                    yield Spot(node, name)

    def described(self, spot: Spot) -> NodeInput | None:
        """What the server says of the input; of one that came with a choice too."""
        known = self.catalog.classes.get(self.type(spot.node)) if self.catalog else None
        inputs: Mapping[str, NodeInput] = known.inputs if known else {}
        if spot.input in inputs:
            return inputs[spot.input]
        path = spot.input.split(".")
        kind = inputs.get(path[0])
        for depth, name in enumerate(path[1:], 1):
            if kind is None or kind.grown is not None:
                break
            chosen = self.inputs(spot.node).get(".".join(path[:depth]))
            kind = kind.options.get(str(chosen), {}).get(name)
        return kind.grown if kind is not None and kind.grown is not None else kind

    def kind(self, spot: Spot) -> str:
        """The kind of field that it would be: of the server's type, else of what stands there."""
        value, known = self.value(spot), self.described(spot)
        if isinstance(value, bool):
            return "switch"
        if isinstance(value, str):
            if known is not None and known.choices is not None:
                return "choice"
            return "text" if (known is not None and known.is_multiline) or "\n" in value else "line"
        if known is not None and known.type == "FLOAT":
            return "number"
        return "number" if isinstance(value, float) else "integer"

    def makes(self, node: str) -> tuple[str, ...] | None:
        """The types of its outputs, None where nobody says."""
        known = self.catalog.classes.get(self.type(node)) if self.catalog else None
        return known.outputs if known else None

    def is_guider(self, node: str) -> bool:
        """Whether it tells a sampler the model and the sides; by its name where nobody says what it makes."""
        makes = self.makes(node)
        return self.type(node).endswith("Guider") if makes is None else "GUIDER" in makes

    def can_hold(self, spot: Spot) -> bool:
        """Whether a form can show what stands there, and a table hold it."""
        return _is_value(self.value(spot))

    # walking back

    def behind(self, node: str, name: str) -> list[Found]:
        """The values that an input comes from; the side that a switch takes before the other."""
        value = self.inputs(node).get(name)
        if not edits.is_link(value):
            return [Found(Spot(node, name))] if _is_value(value) or _is_vast_seed(value) else []
        key = value[0], value[1]
        if key not in self._found:
            self._found[key] = self._walk(node, name)
        return self._found[key]

    def _walk(self, node: str, name: str) -> list[Found]:
        out: dict[Spot, Found] = {}
        seen: set[Spot] = set()
        ahead = [Found(Spot(node, name))]
        while ahead:
            here = ahead.pop()
            value = self.value(here.spot)
            if not edits.is_link(value):
                if _is_value(value) or _is_vast_seed(value):
                    out.setdefault(here.spot, here)
                continue
            if here.spot in seen or value[0] not in self.graph or self._looked_at > _MOST_LOOKED_AT:
                continue
            seen.add(here.spot)
            self._looked_at += len(self.inputs(value[0])) + 1
            ahead += reversed(self._next(here, *value))
        return list(out.values())

    def _next(self, here: Found, source: str, slot: int) -> list[Found]:
        """One step further back."""
        if not self._is_value_node(source, slot):
            return []
        if self.is_switch(source):
            side = self._side(source)
            ways = sorted((n for n in _SIDES.values() if n in self.inputs(source)), key=lambda n: n != side)
            return [Found(Spot(source, n), here.is_direct, here.is_taken and side in (None, n)) for n in ways]
        names, as_it_is = self._ways(source, slot)
        return [Found(Spot(source, n), here.is_direct and as_it_is, here.is_taken) for n in names]

    def _ways(self, node: str, slot: int) -> tuple[list[str], bool]:
        """The inputs that a value which comes out there is made of, and whether it is one of them as it is."""
        inputs = self.inputs(node)
        made = self._made(node, slot)
        if made == "STRING" and any(self._is_media(node, name) for name in inputs):  # a language model with a prompt
            told = {name: self.described(Spot(node, name)) for name in inputs}
            return [name for name, kind in told.items() if kind is not None and kind.type == "STRING"], False
        handed = [name for name in inputs if name in _HANDED_ON]
        if handed and not any(_counts(name, value) for name, value in inputs.items() if name not in handed):
            return handed, True
        return list(inputs), len(inputs) == 1

    def is_switch(self, node: str) -> bool:
        return bool(self.inputs(node).keys() & set(_SIDES.values()))

    def _side(self, node: str) -> str | None:
        """The side that a switch takes now; None where that is not known."""
        if node in self._sides or node in self._asked or len(self._asked) > _DEEPEST:
            return self._sides.get(node)
        self._asked.add(node)
        name = next((n for n in _SWITCHES if n in self.inputs(node)), "")
        found = self.behind(node, name) if name else []
        self._asked.discard(node)
        flags = [self.value(one.spot) for one in found if one.is_direct]
        self._sides[node] = _SIDES[flags[0]] if len(flags) == 1 and isinstance(flags[0], bool) else None
        return self._sides[node]

    def _made(self, node: str, slot: int) -> str | None:
        """The type of an output; None where nobody says."""
        outputs = self.makes(node)
        if outputs is None:
            return None
        return outputs[slot] if 0 <= slot < len(outputs) else "*"

    def _is_value_node(self, node: str, slot: int) -> bool:
        """Whether what comes out there is a value that comes from values, or a text that comes from a text."""
        made = self._made(node, slot)
        if made is None:
            inputs = self.inputs(node)
            return self.is_switch(node) or any(name in inputs for name in (*_HANDED_ON, "text", "string", "prompt"))
        if not set(made.split(",")) <= _VALUES:
            return False
        return made == "STRING" or not any(self._is_media(node, name) for name in self.inputs(node))

    def _is_media(self, node: str, name: str) -> bool:
        known = self.described(Spot(node, name))
        return known is not None and not set(known.type.split(",")) <= _VALUES and not known.grows and not known.options


def _counts(name: str, value: object) -> bool:
    """Whether an input beside the one handed on takes part in what comes out."""
    return edits.is_link(value) or name in ("string_a", "string_b", "expression")


def _is_vast_seed(value: object) -> bool:
    return type(value) is int and _VAST <= value <= MAX_SEED


def _is_value(value: object) -> bool:
    """A plain value that a TOML file can hold, and a form show."""
    if isinstance(value, str):
        return len(value) <= _LONGEST and "\x00" not in value
    return isinstance(value, bool) or (isinstance(value, int | float) and abs(value) < _VAST)
