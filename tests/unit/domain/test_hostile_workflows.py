"""Workflows that are damaged, or made to keep us busy: each is a sentence or a preset that works, and soon."""

from __future__ import annotations

import contextlib
import copy
import json
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import tomli_w

from oelala_desktop.domain.adopt import adopt
from oelala_desktop.domain.adopt_table import preset_table
from oelala_desktop.domain.catalog import Catalog, NodeClass
from oelala_desktop.domain.errors import InvalidInput, NotRunnable, OelalaError
from oelala_desktop.domain.graph_inputs import InputFile
from oelala_desktop.domain.preset_file import parse_preset
from oelala_desktop.domain.settling import lacks
from tests.unit.domain.samples import settled
from tests.unit.domain.test_adopt import node, still, workflow

_LIMIT = 1.0  # seconds of work on any file


def saver(**extra: Any) -> dict[str, Any]:
    """A graph that saves what node "s" makes, and what all others make."""
    others = {f"from {name}": [name, 0] for name in extra}
    return {"save": node("SaveImage", filename_prefix="x", images=["s", 0], **others), **extra}


def sampler(**inputs: Any) -> dict[str, Any]:
    return node("KSampler", model=["m", 0], **{"positive": ["c", 0], "negative": ["c", 0], "seed": 1, **inputs})


def links(to: str, count: int) -> dict[str, list[Any]]:
    return {f"conditioning_{number}": [to, 0] for number in range(count)}


def layers(depth: int, width: int) -> dict[str, Any]:
    """Every layer is linked to the next `width` times: that many paths, to the power of the depth."""
    below = {f"c{n}": node("Combine", **links(f"c{n + 1}", width)) for n in range(depth)}
    return saver(s=sampler(positive=["c0", 0], negative=["c0", 0]), **below)


def chain(samplers: int, length: int) -> dict[str, Any]:
    steps = {f"c{n}": node("Set", conditioning=[f"c{n + 1}", 0]) for n in range(length)}
    many = {f"s{n}": sampler(positive=[f"c{n % length}", 0]) for n in range(samplers)}
    return saver(**many, **steps, **{f"c{length}": node("CLIPTextEncode", text="at the end")})


def loader(number: int) -> dict[str, Any]:
    names = ("unet_name", "ckpt_name", "vae_name", "clip_name", "clip_name1", "clip_name2", "lora_name")
    return node(f"Loader{number}", **{name: f"{name}{number}.safetensors" for name in names})


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


MADE: dict[str, Callable[[], Any]] = {
    "a ring of one": lambda: saver(s=sampler(), c=node("Combine", **links("c", 4))),
    "a ring of two": lambda: saver(s=sampler(), c=node("A", **links("d", 9)), d=node("B", **links("c", 9))),
    "paths without number": lambda: layers(18, 60),
    "layers without end": lambda: layers(1900, 20),
    "many samplers on a long chain": lambda: chain(950, 1000),
    "equal titles": lambda: saver(**{str(n): node("A", "same", value=n) for n in range(1990)}),
    "titles with numbers": lambda: saver(
        **{str(n): node("A", f"same {n}") for n in range(900)}, **{f"x{n}": node("A", "same") for n in range(900)}
    ),
    "equal names": lambda: saver(s=node("A", **{"!" * n: n for n in range(300)})),
    "names that make one key": lambda: saver(
        s=node("A", **{f"a{chr(0x2190 + n % 100)}{chr(0x2190 + n // 100)}": n for n in range(9000)})
    ),
    "a title of megabytes": lambda: saver(s=node("A", "t" * 2**21, **{f"i{n}": n for n in range(9000)})),
    "a class of megabytes": lambda: saver(s=node("A" * 2**21)),
    "a text of megabytes": lambda: saver(s=node("A", text="t" * 2**21)),
    "a model of megabytes": lambda: saver(s=node("A", unet_name="high_noise" * 2**18)),
    "a name of megabytes": lambda: saver(s=node("A", **{"n" * 2**21: 5})),
    "models by the thousand": lambda: saver(**{str(n): loader(n) for n in range(1990)}),
    "more nodes than are taken": lambda: saver(**{str(n): node("A") for n in range(3000)}),
    "more values than are taken": lambda: saver(s=node("A", list=[[]] * 400_000)),
    "values inside of others": lambda: saver(s=node("A", list=nested(400))),
    "control characters, which take six times their size": lambda: saver(s=node("A", text="\x01" * 10**6)),
    "ids that are no numbers": lambda: {**workflow(), "²": node("A"), "٣": node("A"), "9" * 30: node("A")},
    "no id": lambda: {"": still()["1"], **still()},
    "no rate": lambda: saver(s=node("SaveVideo", filename_prefix="x", fps=0, images=["a", 0]), a=sized(length=5)),
    "no size": lambda: saver(a=sized(width=0, height=0)),
    "a size below nothing": lambda: saver(a=sized(width=-64, height=64)),
    "a size beyond all": lambda: saver(a=sized(width=10**400, height=10**400, length=10**400 // 4 * 4 + 1)),
}
for _place, _change in {
    "title": lambda text: {"a": node("A", text)},
    "class": lambda text: {"a": node(text)},
    "name": lambda text: {"a": node("A", **{text: 1})},
    "value": lambda text: {"a": node("A", deep=[[text]])},
    "id": lambda text: {text: node("A")},
}.items():
    MADE[f"half a character as {_place}"] = lambda change=_change: saver(**change("\ud800"))
    MADE[f"nothing as {_place}"] = lambda change=_change: saver(**change(""))
    MADE[f"NUL as {_place}"] = lambda change=_change: saver(**change("\x00"))
    MADE[f"dots as {_place}"] = lambda change=_change: saver(**change("a.b."))
for _meta in ("x", 3, [1], {"title": 5}, {"title": ["x"]}, {"title": {}}, None, True):
    MADE[f"{_meta!r} as _meta"] = lambda meta=_meta: saver(a={**node("A", value=1), "_meta": meta})


def sized(**inputs: Any) -> dict[str, Any]:
    return node("EmptyLatent", **{"width": 64, "height": 64, "length": 5, "batch_size": 1, **inputs})


def use(content: object, *choices: bool) -> None:
    """What the window and the command line do with a workflow, and then with the preset; with what is suggested
    (False) and with everything (True)."""
    adoption = adopt(content)
    for everything in choices:
        kept = [e for e in adoption.exposures if e.kept or everything]
        table = preset_table(adoption, "Mine", kept)
        written = tomllib.loads(tomli_w.dumps(table).encode().decode())
        graph = json.loads(json.dumps(adoption.graph, indent=2, ensure_ascii=False).encode())
        tool = adoption.tools[0]
        preset = parse_preset("mine", tool, written, graph)
        catalog = Catalog({node["class_type"]: NodeClass("any", {}) for node in graph.values()})
        preset.missing(catalog)
        values = tool.check({"image": "/p.png"} if tool.needs_picture else {}, preset.fields)
        try:
            request = settled(preset, values, catalog=catalog, picture=(640, 480), seed=1)
        except NotRunnable:
            continue  # this server lacks its models
        preset.graph(request, files={"image": [InputFile("p.png")]}, prefix="prefix", catalog=catalog)


@contextlib.contextmanager
def soon() -> Iterator[None]:
    """What is done inside is no work for long: by the time that this thread computes, whatever else runs."""
    since = time.thread_time()
    yield
    spent = time.thread_time() - since
    assert spent < _LIMIT or sys.gettrace() is not None  # counting each line takes time of its own


def tried(content: object, *choices: bool) -> str:
    """The sentence with which it is refused, if it is."""
    with soon():
        try:
            use(content, *choices)
        except OelalaError as error:
            assert isinstance(error, InvalidInput) and error.message.endswith((".", ")."))
            return error.message
    return ""


@pytest.mark.parametrize("name", MADE)
def test_made_to_keep_us_busy(name: str) -> None:
    tried(json.loads(json.dumps(MADE[name]())), False, True)


def test_what_a_server_lacks_by_the_thousand_can_still_be_read() -> None:
    adoption = adopt(saver(**{str(n): node(f"Unknown{n}") for n in range(1990)}))
    preset = parse_preset("mine", adoption.tools[0], preset_table(adoption, "Mine", ()), adoption.graph)
    missing = preset.missing(Catalog({}))
    assert len(missing) == 40 and missing[-1].name == "1952 more"
    assert len(lacks(preset, missing).sentence) < 4000


@pytest.mark.parametrize("content", [None, 1, "x", [], [1], {}, {"a": 1}, {"nodes": []}, {"nodes": [], "links": 3}])
def test_no_workflow_at_all(content: object) -> None:
    assert tried(content, False)


ODD: tuple[Any, ...] = (
    None, True, 0, -1, 10**400, 0.5, float("nan"), "", "\x00", "\ud800", "a.b", [], ["9", -1], [["1"], 0], {},
)  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield from places(value[key], (*path, key))


def test_every_place_with_every_odd_value() -> None:
    refused = 0
    for graph in (workflow(), still()):
        for path in places(graph):
            for odd in ODD:
                changed = copy.deepcopy(graph)
                inside: Any = changed
                for key in path[:-1]:
                    inside = inside[key]
                inside[path[-1]] = odd
                refused += bool(tried(changed, True))
    assert refused
