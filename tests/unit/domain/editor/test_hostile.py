"""Files of the editor's form that are damaged, or made to keep us busy: each is a sentence or a preset, and soon."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from oelala_desktop.domain.adopt import adopt
from oelala_desktop.domain.adopt_table import preset_table
from oelala_desktop.domain.errors import InvalidPreset
from oelala_desktop.domain.preset_file import parse_preset
from tests.unit.domain.test_hostile_workflows import ODD, nested, places, soon

from .drawing import BYPASSED, IN, OUT, Drawing, control, server, wire

#: with classes as a server has them that are walked through
SERVER = server(
    Switch={
        "input": {
            "required": {
                "switch": ["BOOLEAN"],
                "on_false": ["COMFY_MATCHTYPE_V3", {"lazy": True}],
                "on_true": ["COMFY_MATCHTYPE_V3", {"lazy": True}],
            }
        },
        "output": ["*"],
    },
    Sum={"input": {"required": {"a": ["INT"], "b": ["INT"], "c": ["INT"]}}, "output": ["INT"]},
    Both={"input": {"required": {"a": ["COND"], "b": ["COND"], "c": ["COND"]}}, "output": ["COND"]},
    Latent={
        "input": {"required": {"image": ["IMAGE"], "width": ["INT"], "height": ["INT"], "length": ["INT"]}},
        "output": ["LATENT", "INT"],
    },
    LoadImage={"input": {"required": {"image": [["a.png"], {"image_upload": True}]}}, "output": ["IMAGE", "MASK"]},
    Mixed={"input": {"required": {"a": ["IMAGE"], "b": ["IMAGE"], "c": ["IMAGE"]}}, "output": ["IMAGE"]},
    KSampler={
        "input": {
            "required": {"model": ["MODEL"], "positive": ["COND"], "negative": ["COND"], "steps": ["INT"]},
        },
        "output": ["LATENT"],
    },
)


def saving(draw: Drawing, *origins: int | str, **subgraphs: Drawing) -> dict[str, Any]:
    """The file, with a node that saves what these make."""
    for origin in origins:
        draw.add("Save", "x", images=wire("IMAGE", origin))
    return draw.saved(**subgraphs)


def chain(kind: str, length: int, makes: str = "MODEL", **row: Any) -> dict[str, Any]:
    draw = Drawing()
    last = draw.add("Load", "a.pt", makes=(makes,))
    for _ in range(length):
        last = draw.add(kind, makes=(makes,), row=row, **{"x": wire(makes, last)})
    return saving(draw, draw.add("Sample", 5, "fixed", model=wire(makes, last)))


def many_on_a_chain(kind: str, samplers: int, length: int) -> dict[str, Any]:
    """Every sampler begins at another place of it."""
    draw = Drawing()
    ways = [draw.add("Load", "a.pt", makes=("MODEL",))]
    for _ in range(length):
        ways.append(draw.add(kind, makes=("MODEL",), row={"mode": BYPASSED}, x=wire("MODEL", ways[-1])))
    users = [draw.add("Sample", n, "fixed", model=wire("MODEL", ways[-1 - n])) for n in range(samplers)]
    return saving(draw, users[0])


def set_and_get(count: int) -> dict[str, Any]:
    draw = Drawing()
    last = draw.add("Load", "a.pt", makes=("MODEL",))
    for number in range(count):
        draw.add("SetNode", f"{number}", x=wire("MODEL", last))
        last = draw.add("GetNode", f"{number}", makes=("MODEL",))
    return saving(draw, draw.add("Sample", 5, model=wire("MODEL", last)))


def switches(count: int) -> dict[str, Any]:
    """The switch of each is the next, and so are its sides."""
    draw = Drawing()
    for number in range(1, count + 1):
        following = {name: control("BOOLEAN", number + 1) for name in ("switch", "on_true", "on_false")}
        draw.add("Switch", False, makes=("*",), **following)
    draw.add("Number", 1, makes=("INT",))
    return saving(draw, *(draw.add("Sample", 5, steps=control("INT", n)) for n in range(1, 60)))


def sums(depth: int, samplers: int) -> dict[str, Any]:
    """Every sum is three times the next: three paths to the power of the depth, and everybody asks for all."""
    draw = Drawing()
    for number in range(1, depth + 1):
        draw.add("Sum", **{name: control("INT", number + 1) for name in ("a", "b", "c")})
    draw.add("Number", 1)
    asking = {name: control("INT", 1) for name in ("seed", "steps", "cfg")}
    starts = [draw.add("Sample", 5, **{k: control("INT", 1 + n % depth) for k in asking}) for n in range(samplers)]
    return saving(draw, *starts[:300])


def layers(kind: str, end: Callable[[Drawing], int | str], depth: int) -> dict[str, Any]:
    draw = Drawing()
    type_ = {"Both": "COND", "Mixed": "IMAGE"}[kind]
    last = end(draw)
    for _ in range(depth):
        last = draw.add(kind, makes=(type_,), **{name: wire(type_, last) for name in ("a", "b", "c")})
    if type_ == "COND":
        last = draw.add("KSampler", 20, positive=wire("COND", last), negative=wire("COND", last))
    return saving(draw, last)


def pictures(count: int) -> dict[str, Any]:
    draw = Drawing()
    loaders = [draw.add("LoadImage", "a.png", makes=("IMAGE",)) for _ in range(count)]
    for loader in loaders:
        mixed = [draw.add("Mixed", a=wire("IMAGE", one)) for one in loaders[:3]]
        draw.add("Latent", 64, 64, 5, image=wire("IMAGE", loader), width=control("INT", mixed[0]))
    return saving(draw, *loaders)


def sizes(count: int) -> dict[str, Any]:
    """Every size is taken from a picture behind which lie all others."""
    draw = Drawing()
    for number in range(1, count + 1):
        sides = {name: control("INT", number + 1, 1) for name in ("width", "height", "length")}
        draw.add("Latent", 64, 64, 5, image=wire("IMAGE", number + 1), **sides)
    return saving(draw, *range(1, count // 2))


def doubling(depth: int) -> dict[str, Any]:
    levels = {f"s{n}": Drawing() for n in range(1, depth + 1)}
    draw = Drawing()
    for number, canvas in enumerate((draw, *levels.values()), 1):
        canvas.add(f"s{number}")
        canvas.add(f"s{number}")
    return saving(draw, 1, **levels)


def hosts(count: int, ports: int) -> dict[str, Any]:
    """Many nodes of one subgraph with many inputs, each of which has taken over all of them."""
    inner = Drawing(inputs=tuple((f"p{n}", "INT") for n in range(ports)))
    inner.add("Unknown", **{f"p{n}": control("INT", IN, n) for n in range(ports)})
    draw = Drawing()
    rows = {"properties": {"proxyWidgets": json.dumps([["-1", f"p{n}"] for n in range(ports)])}}
    for number in range(count):
        draw.add("sub", *range(ports), row=rows if number % 2 else {})
    return saving(draw, 1, sub=inner)


def one(*values: Any, **row: Any) -> dict[str, Any]:
    draw = Drawing()
    return saving(draw, draw.add("Sample", *values, row=row))


def linear(rows: object, count: int = 1000) -> dict[str, Any]:
    draw = Drawing()
    for _ in range(count):
        draw.add("Number", 1)
    return saving(draw, 1) | {"extra": {"linearData": {"inputs": rows}}}


def loops() -> dict[str, Any]:
    inner = Drawing(outputs=(("IMAGE", "IMAGE"),))
    inner.link(inner.add("sub", makes=("IMAGE",)), 0, OUT, 0)
    draw = Drawing()
    return saving(draw, draw.add("sub", makes=("IMAGE",)), sub=inner)


MADE: dict[str, Callable[[], Any]] = {
    "a subgraph that holds itself": loops,
    "subgraphs that double thirty times": lambda: doubling(30),
    "subgraphs that double ten times": lambda: doubling(10),
    "a long chain of reroutes": lambda: chain("Reroute", 1990),
    "a long chain of bypassed nodes": lambda: chain("Unknown", 1990, mode=BYPASSED),
    "many on a long chain": lambda: many_on_a_chain("Unknown", 990, 990),
    "a long chain of things set and got": lambda: set_and_get(990),
    "switches of switches": lambda: switches(1800),
    "sums of sums": lambda: sums(900, 700),
    "prompts behind layers": lambda: layers("Both", lambda draw: draw.add("Encode", "a lake"), 1900),
    "a picture before layers": lambda: layers("Mixed", lambda draw: draw.add("LoadImage", "a.png"), 1900),
    "pictures by the hundred": lambda: pictures(300),
    "sizes behind sizes": lambda: sizes(1200),
    "hosts of many inputs": lambda: hosts(600, 250),
    "a node with inputs without number": lambda: one(**{"inputs": [{"name": f"{n}"} for n in range(30_000)]}),
    "links to nowhere": lambda: {**one(5), "links": [[n, 99_999, 0, 1, 0, "MODEL"] for n in range(20_000)]},
    "100,000 links": lambda: {**one(5), "links": [[n, 1, 0, 2, 0, "IMAGE"] for n in range(100_000)]},
    "a million widget values": lambda: one(*range(1_000_000)),
    "as many values as are taken": lambda: one(*range(190_000)),
    "values by name without number": lambda: one(widgets_values={f"{n}": n for n in range(60_000)}),
    "values inside of others": lambda: one(nested(900)),
    "a list inside of lists as text": lambda: one(properties={"proxyWidgets": "[" * 100_000}),
    "a text of megabytes": lambda: one(5, title="t" * 2**21),
    "ids beyond what a number holds": lambda: one(5, id=2**63 + 1, inputs=[{"name": "a", "link": 2**70}]),
    "an id of megabytes": lambda: one(5, id="9" * 2**20),
    "no number as value": lambda: one(float("nan"), float("inf"), id=float("nan")),
    "no number as place": lambda: {**one(5), "links": [[1, 1, float("nan"), 2, 0, "IMAGE"]]},
    "an output below nothing": lambda: {**chain("Reroute", 2, mode=BYPASSED), "links": [[1, 2, -9, 1, 0, "*"]]},
    "a choice of what to show without end": lambda: linear([["7", "value"]] * 40_000),
    "a choice of nodes that are not there": lambda: linear([[f"x:{n}:a", "a"] for n in range(40_000)]),
    "settings that all differ": lambda: many_steps(1900),
    "half a character in a note": lambda: noted("\ud800"),
    "half a character as a name of an unknown class": lambda: one_unknown("\ud800"),
    "megabytes as a name of an unknown class": lambda: one_unknown("x" * 2**20),
    "nothing at all": lambda: {"nodes": [], "links": []},
    "links of no form": lambda: {"nodes": [], "links": 3},
    "nodes of no form": lambda: {"nodes": [1, None, [], {}, {"id": 1}, {"id": True, "type": "Save"}], "links": []},
    "subgraphs of no form": lambda: {**one(5), "definitions": {"subgraphs": [3, {}, {"id": 5}, {"id": "sub"}]}},
}


def many_steps(count: int) -> dict[str, Any]:
    """Samplers of one name, each with other values."""
    draw = Drawing()
    users = [draw.add("Sample", n, "fixed", n + 1, n / 7, row={"title": "Same"}) for n in range(count)]
    groups = [users[n : n + 250] for n in range(0, count, 250)]
    return saving(
        draw, *(draw.add("Mixed", **{f"a{n}": wire("IMAGE", user) for n, user in enumerate(group)}) for group in groups)
    )


def noted(text: str) -> dict[str, Any]:
    draw = Drawing()
    draw.add("Note", text)
    return saving(draw, draw.add("Sample", 5))


def one_unknown(title: str) -> dict[str, Any]:
    draw = Drawing()
    return saving(draw, draw.add("Unknown", 1, 2, row={"title": title}))


def tried(content: object) -> str:
    """The sentence with which it is refused, if it is; else there is a preset of all that it offers."""
    with soon():
        try:
            adoption = adopt(content, SERVER)
            table = preset_table(adoption, "Mine", adoption.exposures)
            parse_preset("mine", adoption.tools[0], table, adoption.graph)
        except InvalidPreset as error:
            assert error.message.endswith(".") and len(error.message) < 400
            error.message.encode()
            return error.message
    return ""


@pytest.mark.parametrize("name", MADE)
def test_made_to_keep_us_busy(name: str) -> None:
    tried(json.loads(json.dumps(MADE[name]())))


def test_a_chain_of_any_length_is_followed() -> None:
    for content in (chain("Reroute", 1900), chain("Unknown", 1900, mode=BYPASSED), set_and_get(900)):
        sample = next(row for row in adopt(content, SERVER).graph.values() if row["class_type"] == "Sample")
        assert sample["inputs"]["model"] == ["1", 0]


def test_what_is_said_of_a_file_that_is_refused() -> None:
    assert "deep inside each other" in tried(loops())
    assert "24 deep" in tried(doubling(30))
    assert "more than 2000 nodes" in tried(doubling(10))
    assert "more than 200000 values" in tried(MADE["a million widget values"]())
    assert "not valid Unicode" in tried(noted("\ud800"))
    assert "more than 50000 inputs in all" in tried(hosts(600, 250))
    assert "30000 inputs; at most 256" in tried(MADE["a node with inputs without number"]())


def test_every_place_with_every_odd_value() -> None:
    inner = Drawing(inputs=(("text", "STRING"),), outputs=(("COND", "COND"),))
    inner.link(inner.add("Encode", "a", makes=("COND",), text=control("STRING", IN, 0)), 0, OUT, 0)
    draw = Drawing()
    draw.add("Load", "a.pt", makes=("MODEL",))
    draw.add("Reroute", makes=("*",), x=wire("*", 1))
    rows = {"properties": {"proxyWidgets": [["-1", "text"]], "proxyWidgetErrorQuarantine": [{"hostValue": 1}]}}
    draw.add("sub", "b", makes=("COND",), text=control("STRING"), row=rows)
    draw.add("Between", makes=("MODEL",), row={"mode": BYPASSED}, x=wire("MODEL", 2))
    draw.add("Sample", 5, "fixed", 20, makes=("IMAGE",), model=wire("MODEL", 4), cond=wire("COND", 3))
    whole = saving(draw, 5, sub=inner) | {"extra": {"linearData": {"inputs": [["5", "steps"]]}}}
    assert tried(whole) == ""
    refused = 0
    for path in places(whole):
        for odd in (*ODD, -10, 2, 4):
            changed = copy.deepcopy(whole)
            inside: Any = changed
            for key in path[:-1]:
                inside = inside[key]
            inside[path[-1]] = odd
            refused += bool(tried(changed))
    assert refused
