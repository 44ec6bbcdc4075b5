"""A code has one sentence: each that the program raises is there, and nothing else; none can fail to be said."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oelala_desktop.domain.obstacle import Obstacle, Said, obstructed
from oelala_desktop.domain.sentences import ENGLISH, bounds, joined, rule_words, say, say_at_field, shown
from tests.architecture.sources import PACKAGE, files_below

#: what raises, and which of its arguments is the code
RAISES = {"obstructed": 1, "Obstacle": 1, "Said": 0, "fail": 0}

#: what the sentences are made of, as it is where they are raised
FULL: dict[str, Any] = {
    "key": "steps",
    "given": "x",
    "low": 1,
    "high": 40.0,
    "choices": ["a", "b"],
    "near": "a",
    "count": 3,
    "most": 2,
    "index": 1,
    "devices": ["cpu", "cuda:0"],
    "tool": "Image to Video",
    "known": ["steps", "cfg"],
    "label": "picture",
    "preset": "Sketch",
    "least": 1,
    "steps": 6,
    "step": 4,
    "offset": 1,
    "nearest": [29, 33],
    "computed": 81,
    "rate": 24.0,
    "seconds": 0.5,
    "name": "a.mp4",
    "length": 4.0,
    "size": 4_000_000,
    "limit": 1_000_000,
    "remedy": "Scale it down.",
    "node": "Node",
    "pack": "Pack",
    "address": "https://example.org",
    "lacking": ["node A (x)", "node B (y)"],
    "engine": "ComfyUI",
    "why": "it runs no model",
    "width": 10,
    "height": 20,
    "frames": 81,
    "most_width": 1,
    "most_height": 2,
    "most_frames": 3,
    "missing": "low",
    "kind": "text to video",
    "side": "high",
    "other": "low",
    "server": "ComfyUI",
    "fixes": [],
    "names": ["a", "b", "a"],
    "folder": "/home/me/wildcards",
    "of": 12,
    "trigger": True,
    "keys": ["speed"],
    "presets": ["Sketch"],
    "having": {"speed": ["Sketch"], "motion": ["Animate"]},
}
NUMERIC = {"outside": 41, "no_duration": 4001, "beyond_end": 5.0}


def full(code: str) -> dict[str, Any]:
    return FULL | ({"given": NUMERIC[code], "high": 15.0} if code in NUMERIC else {})


def _codes_of(node: ast.expr) -> Iterator[str]:
    """The texts that an expression may be."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from (*_codes_of(node.body), *_codes_of(node.orelse))


def _raised(tree: ast.Module) -> Iterator[str]:
    """Every code in it, also one that a name stands for in the same function."""
    for scope in [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef | ast.Module)]:
        named: dict[str, list[str]] = {}
        for node in ast.walk(scope):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                named.setdefault(node.targets[0].id, []).extend(_codes_of(node.value))
        for call in (n for n in ast.walk(scope) if isinstance(n, ast.Call)):
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            index = RAISES.get(name)
            if index is not None and len(call.args) > index:
                code = call.args[index]
                yield from named.get(code.id, ()) if isinstance(code, ast.Name) else _codes_of(code)


def test_every_code_has_a_sentence_and_every_sentence_a_code() -> None:
    others = PACKAGE / "ui" / "templates"  # whose Said is another: a word with its icon
    texts = [path.read_text("utf-8") for path in files_below(PACKAGE, ".py") if others not in path.parents]
    raising = [text for text in texts if any(f"{name}(" in text for name in RAISES)]
    raised = {code for text in raising for code in _raised(ast.parse(text))}
    assert len(raised) > 40
    assert sorted(raised - ENGLISH.keys()) == []
    assert sorted(ENGLISH.keys() - raised) == []


@pytest.mark.parametrize("code", ENGLISH)
def test_a_sentence_ends_as_one(code: str) -> None:
    whole, at_field = say(code, full(code)), say_at_field(code, full(code))
    for sentence in (whole, at_field):
        assert sentence.endswith((".", "?"))
        assert sentence != code
        assert not re.search(r"[{}]\w*[}{]|None|  |\.\.", sentence)
    assert not at_field.startswith("steps: ")
    assert whole in (at_field, f"steps: {at_field}")


@pytest.mark.parametrize("code", ENGLISH)
def test_what_a_user_wrote_stays_as_it_was(code: str) -> None:
    """Braces are no template's."""
    plain = {name: f"«{name}»" for name, value in full(code).items() if isinstance(value, str)}
    braces = {name: f"{{{name}}} {{0}} }}{{ {{" for name in plain}
    usual, odd = say(code, full(code) | plain), say(code, full(code) | braces)
    for name, text in braces.items():
        assert (plain[name] in usual) is (text in odd), name


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.just(10**400) | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from([*ENGLISH, "of a later version"]), st.dictionaries(st.sampled_from(list(FULL)), ODD, max_size=8))
def test_odd_values_are_said_all_the_same(code: str, odd: dict[str, Any]) -> None:
    """What is read back from a disk may be anything."""
    for values in (odd, full(code) | odd):
        assert isinstance(say(code, values), str)
        assert isinstance(say_at_field(code, values), str)


@pytest.mark.parametrize("code", ENGLISH)
def test_a_value_that_is_missing_is_no_fault(code: str) -> None:
    for name in full(code):
        left = {key: value for key, value in full(code).items() if key != name}
        assert say(code, left)
    assert say(code, {})


def test_what_is_said_of_an_unknown_code() -> None:
    assert say("new", {}) == "new"
    assert say("new", {"text": "Words of a server."}) == say_at_field("new", {"text": "Words of a server."})
    assert say("new", {"text": "Words of a server."}) == "Words of a server."
    assert say("outside", {"key": "steps", "text": "As it was said then."}) == "As it was said then."
    assert say("too_large", full("too_large") | {"size": 10**400}) == "too_large"


def test_another_table_has_its_own_words() -> None:
    dutch = {"input_missing": "{key}: kies eerst een {label}.", "lacks": lambda v: f"{v['preset']} kan hier niet."}
    assert say("input_missing", full("x"), dutch) == "steps: kies eerst een picture."
    assert say_at_field("input_missing", full("x"), dutch) == "kies eerst een picture."
    assert say("lacks", full("x"), dutch) == "Sketch kan hier niet."
    assert say("outside", full("outside"), {}) == "outside"


@pytest.mark.parametrize(
    ("code", "values", "sentence"),
    [
        ("outside", {"low": None}, "steps: 41 is outside what is allowed (at most 15)."),
        ("outside", {"high": None, "low": 0.5}, "steps: 41 is outside what is allowed (at least 0.5)."),
        ("not_among", {"near": None}, "steps: x is not one of a, b."),
        ("not_among", {}, "steps: x is not one of a, b. Did you mean a?"),
        ("unknown", {"near": ""}, "steps is not a setting of Image to Video. Known settings: steps, cfg."),
        ("unknown", {}, "steps is not a setting of Image to Video. Did you mean a?"),
        ("nothing_named", {}, "steps: this server has nothing named x. The nearest is a."),
        ("nothing_named", {"near": None}, "steps: this server has nothing named x. It has: a, b."),
        ("nothing_named", {"near": None, "choices": []}, "steps: this server has nothing named x. It has none at all."),
        (
            "nothing_named",
            {"near": None, "choices": list("abcdef")},
            "steps: this server has nothing named x. It has: a, b, c, d, e ….",
        ),
        ("off_rule", {"given": 30}, "steps: 30 is not 4k + 1; the nearest are 29 and 33."),
        ("off_rule", {"nearest": [5]}, "steps: x is not 4k + 1; the nearest is 5."),
        ("off_rule", {"step": 8, "offset": 0}, "steps: x is not a multiple of 8; the nearest are 29 and 33."),
        ("too_many", {"least": 0}, "steps: 3 were given; Sketch takes 0 to 2."),
        ("lacks", {}, "This server cannot run Sketch. It lacks: node A (x); node B (y)."),
        ("part_lacking", {}, "steps: this server lacks node Node. It comes with Pack: https://example.org."),
        ("part_lacking", {"pack": ""}, "steps: this server lacks node Node."),
        ("left_out", {}, "steps is left out: Node has failed on ComfyUI (it runs no model)."),
        ("left_out", {"why": ""}, "steps is left out: Node has failed on ComfyUI."),
        (
            "too_large",
            {},
            "a.mp4 is too large for this server: 4.0 MB would go up, and ComfyUI there takes 1.0 MB "
            "(--max-upload-size). Scale it down, or raise that limit.",
        ),
        ("beyond_end", {"given": 9.5}, "steps: a.mp4 is 4 s long; 9.5 s is beyond its end."),
        (
            "managed",
            {},
            "10 × 20 with 81 frames is more than this preset has managed on ComfyUI so far (1 × 2 with 3 frames); "
            "it may run out of memory.",
        ),
        (
            "managed",
            {"frames": 1, "most_frames": 1},
            "10 × 20 is more than this preset has managed on ComfyUI so far (1 × 2); it may run out of memory.",
        ),
    ],
)
def test_what_sentences_are_made_of(code: str, values: dict[str, Any], sentence: str) -> None:
    assert say(code, full(code) | values) == sentence


def test_words_for_values() -> None:
    assert (bounds(1, 40), bounds(0.05, 2.0)) == ("1 to 40", "0.05 to 2")
    assert [joined(names) for names in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]
    assert (rule_words(17, 5), rule_words(8, 0)) == ("17k + 5", "a multiple of 8")
    assert (shown("x" * 58), shown("x" * 59)) == (repr("x" * 58), "'" + "x" * 56 + "…")


def test_a_remark_and_an_obstacle_say_the_same_of_a_code() -> None:
    values = {"key": "steps", "given": 41, "low": 1, "high": 15}
    sentence = "steps: 41 is outside 1 to 15."
    assert str(Said("outside", values)) == Obstacle("steps", "outside", values).sentence == sentence
    error = obstructed("steps", "outside", given=41, low=1, high=15)
    assert (error.message, error.obstacle.values, error.field) == (sentence, values, "steps")
    assert str(Said("pair_swapped")) == "High and low noise models look swapped."
