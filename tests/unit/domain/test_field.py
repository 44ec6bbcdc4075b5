"""Every kind of field against values as they come from JSON, a form and the command line."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oelala_desktop.domain.errors import InvalidField
from oelala_desktop.domain.field import MAX_SEED, Field, FieldKind
from oelala_desktop.domain.tool import VOCABULARY

GOOD: list[tuple[str, Any, Any]] = [
    ("image", "a/b.png", "a/b.png"),
    ("image", "", None),
    ("image", None, None),
    ("prompt", "größer 🎬", "größer 🎬"),
    ("prompt", "x" * 20_000, "x" * 20_000),
    ("prompt", "", ""),
    ("unet_high_noise", None, None),
    ("unet_high_noise", "wan\\x.gguf", "wan\\x.gguf"),
    ("resolution", "720P", "720p"),
    ("aspect_ratio", "auto", "auto"),
    ("sampler", "anything_new", "anything_new"),
    ("steps", 2, 2),
    ("steps", "40", 40),
    ("steps", 20.0, 20),
    ("fps", "24", 24),
    ("fps", 8.0, 8),
    ("duration", "2.5", 2.5),
    ("duration", 15, 15.0),
    ("cfg", "1e0", 1.0),
    ("seed", -1, -1),
    ("seed", "18446744073709551615", MAX_SEED),
    ("seed", MAX_SEED, MAX_SEED),
    ("seed", " 7 ", 7),
    ("seed", "0" * 39 + "7", 7),
    ("sage_attention", True, True),
    ("sage_attention", "ON", True),
    ("sage_attention", "yes", True),
    ("sage_attention", 1, True),
    ("sage_attention", "false", False),
    ("sage_attention", 0, False),
    ("lora_configs", None, []),
    ("lora_configs", [], []),
    ("lora_configs", (), []),
    ("lora_configs", '[{"high": "a"}]', [{"high": "a", "strength": 1.5, "enabled": True}]),
    (
        "lora_configs",
        [{"high": "a", "low": None, "strength": "0.05", "enabled": "off"}],
        [{"high": "a", "low": None, "strength": 0.05, "enabled": False}],
    ),
    ("lora_configs", [{"low": "b"}], [{"high": None, "low": "b", "strength": 1.5, "enabled": True}]),
    ("lora_configs", [{"high": "", "enabled": False}], [{"high": None, "strength": 1.5, "enabled": False}]),
    ("expert_mode_allocations", "", ""),
    ("crop", None, None),
    ("crop", "", None),
    ("crop", {"x": 0, "y": "1"}, {"x": 0.0, "y": 1.0}),
    ("crop", '{"x": 0.5, "y": 0.25}', {"x": 0.5, "y": 0.25}),
    ("crop", "0.5, 0.25", {"x": 0.5, "y": 0.25}),
    ("images", None, []),
    ("images", "", []),
    ("images", "a.png", ["a.png"]),
    ("images", ("a.png", "b.png"), ["a.png", "b.png"]),
    ("images", ' ["a.png", "b.png"]', ["a.png", "b.png"]),
    ("images", ["a.png", "", "a.png"], ["a.png", "a.png"]),
    ("images", ["x" * 50], ["x" * 50]),
]
BAD: list[tuple[str, Any, str]] = [
    ("image", 3, "expected text, not 3"),
    ("image", "a\x00b", "NUL"),
    ("prompt", "x" * 20_001, "20001 characters; at most 20000"),
    ("prompt", "\ud800", "Unicode"),
    ("prompt", ["x"], "expected text"),
    ("prompt", None, "expected text"),
    ("resolution", "4k", "not one of 480p"),
    ("resolution", "1080", "Did you mean 1080p?"),
    ("resolution", "", "not one of"),
    ("sampler", "", "a choice is missing"),
    ("sampler", 1, "expected text"),
    ("steps", "abc", "expected a whole number, not 'abc'"),
    ("steps", "6.5", "expected a whole number"),
    ("steps", 6.5, "expected a whole number"),
    ("steps", 0, "0 is outside 1 to 40"),
    ("steps", 41, "41 is outside 1 to 40"),
    ("steps", True, "expected a whole number, not True"),
    ("steps", None, "expected a whole number"),
    ("steps", math.nan, "expected a number"),
    ("steps", "9" * 400, "expected a whole number"),
    ("steps", "9" * 5000, "expected a whole number"),
    ("steps", 10**400, "expected a whole number"),
    ("fps", 25, "25 is not one of 8, 12, 16, 24"),
    ("duration", "soon", "expected a number, not 'soon'"),
    ("duration", math.inf, "expected a number"),
    ("duration", "nan", "expected a number"),
    ("duration", 0.5, "outside 1 to 15"),
    ("duration", {}, "expected a number, not {}"),
    ("shift", -1, "outside 0 to 100"),
    ("seed", -2, "a seed is −1"),
    ("seed", MAX_SEED + 1, "a seed is −1"),
    ("seed", "1" * 5000, "a seed is −1"),
    ("seed", "0" * 40 + "7", "a seed is −1"),  # nobody writes it so
    ("seed", "x", "expected a whole number"),
    ("seed", 1.0, "expected a whole number"),
    ("seed", False, "expected a whole number"),
    ("sage_attention", "maybe", "expected on or off"),
    ("sage_attention", None, "expected on or off"),
    ("lora_configs", "[", "expected JSON like"),
    ("lora_configs", "[" * 100_000, "expected JSON like"),
    ("lora_configs", "{}", "a list of at most 64"),
    ("lora_configs", [{}] * 65, "a list of at most 64"),
    ("lora_configs", ["a"], "entry 1 is not an object"),
    ("lora_configs", [{"high": "a"}, {"hihg": "b"}], "entry 2 has the unknown key 'hihg'"),
    ("lora_configs", [{"high": "a", "strength": 2.01}], "2.01 is outside 0 to 2"),
    ("lora_configs", [{"high": "a", "enabled": "perhaps"}], "expected on or off"),
    ("lora_configs", [{"strength": 1}], "entry 1 names no file"),
    ("lora_configs", [{"high": 5}], "entry 1 names its file wrongly"),
    ("lora_configs", [{"high": "a", "low": "x" * 1025}], "entry 1 names its file wrongly"),
    ("crop", "left", "expected a place like"),
    ("crop", "{", "expected a place like"),
    ("crop", "0.5", "expected a place like"),
    ("crop", [0.5, 0.5], "expected a place like"),
    ("crop", {"x": 0.5}, "expected a place like"),
    ("crop", {"x": 0.5, "y": 0.5, "z": 0}, "expected a place like"),
    ("crop", {"x": 1.01, "y": 0}, "1.01 is outside 0 to 1"),
    ("crop", {"x": 0, "y": -0.01}, "outside 0 to 1"),
    ("crop", {"x": None, "y": 0}, "expected a number"),
    ("images", 0, "expected a list of files"),
    ("images", False, "expected a list of files"),
    ("images", {}, "expected a list of files"),
    ("images", "[", "expected a list of files"),
    ("images", "[" * 100_000, "expected a list of files"),
    ("images", ["a.png", 3], "expected text, not 3"),
    ("images", ["a\x00b"], "NUL"),
]
_SHORT = 60


def _ids(rows: list[tuple[str, Any, Any]]) -> list[str]:
    return [f"{key}-{str(value)[:20]!r}" for key, value, _ in rows]


@pytest.mark.parametrize(("key", "value", "expected"), GOOD, ids=_ids(GOOD))
def test_accepted(key: str, value: Any, expected: Any) -> None:
    found = VOCABULARY[key].check(value)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(("key", "value", "words"), BAD, ids=_ids(BAD))
def test_refused_with_a_short_sentence_that_names_the_field(key: str, value: Any, words: str) -> None:
    with pytest.raises(InvalidField) as caught:
        VOCABULARY[key].check(value)
    assert caught.value.field == key
    assert caught.value.message.startswith(f"{key}: ")
    assert caught.value.message.endswith((".", "?"))
    assert words in caught.value.message
    assert len(caught.value.message) < 3 * _SHORT + len(key)


@pytest.mark.parametrize(
    ("low", "high", "value", "words"),
    [(None, 3, 4, "at most 3"), (1, None, 0, "at least 1"), (1, 3, 9, "1 to 3")],
)
def test_ranges_in_words(low: float | None, high: float | None, value: int, words: str) -> None:
    field = Field("own", FieldKind.INTEGER, "Own", "sampling", minimum=low, maximum=high)
    with pytest.raises(InvalidField, match=words):
        field.check(value)


def test_a_line_without_a_limit() -> None:
    assert Field("own", FieldKind.LINE, "Own", "sampling").check("x" * 10_000) == "x" * 10_000


def test_a_closed_choice_with_nothing_near() -> None:
    with pytest.raises(InvalidField) as caught:
        VOCABULARY["resolution"].check("zzz")
    assert "Did you mean" not in caught.value.message


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


@given(st.sampled_from(sorted(VOCABULARY)), JSON)
def test_any_value_is_taken_or_refused_in_a_sentence(key: str, value: Any) -> None:
    field = VOCABULARY[key]
    try:
        settled = field.check(value)
    except InvalidField as error:
        assert error.field == key
        assert error.message.startswith(f"{key}: ")
    else:
        json.dumps(settled, allow_nan=False)
        assert field.check(settled) == settled


@pytest.mark.parametrize("key", [k for k, f in VOCABULARY.items() if f.default is not None])
def test_defaults_are_values(key: str) -> None:
    field = VOCABULARY[key]
    settled = field.check(field.default)
    assert settled == (list(field.default) if isinstance(field.default, tuple) else field.default)
