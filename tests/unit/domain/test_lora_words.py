"""The words that a LoRA listens to, from what trainers write into its header."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oelala_desktop.domain.lora_words import trigger_words

TAGS = {
    "10_boat": {"harb0ur": 20, "boat": 12, "water": 9, "sky": 3},
    "5_pier": {"harb0ur": 8, "pier": 5, "a": 1, "b": 1},
}


@pytest.mark.parametrize(
    ("metadata", "words"),
    [
        ({}, ()),
        ({"modelspec.trigger_phrase": "harb0ur,  old  pier ,"}, ("harb0ur", "old pier")),
        ({"ss_trigger_words": '["harb0ur", "pier"]'}, ("harb0ur", "pier")),
        ({"trigger_words": ["a", "a", 3]}, ("a",)),
        ({"ss_tag_frequency": json.dumps(TAGS)}, ("harb0ur",)),
        ({"modelspec.trigger_phrase": "", "ss_tag_frequency": TAGS}, ("harb0ur",)),
        ({"ss_tag_frequency": {"x": {"a": 4, "b": 4, "c": 4}}}, ()),  # captions that are all alike tell nothing
        ({"ss_tag_frequency": {"x": {"a": 1}}}, ()),
        ({"ss_tag_frequency": "[" * 100_000}, ()),
        ({"modelspec.trigger_phrase": "a\x07b, c"}, ("c",)),
        ({"modelspec.trigger_phrase": ", ".join("abcdefghij")}, tuple("abcdef")),
        ({"modelspec.trigger_phrase": "x" * 500}, ("x" * 200,)),
    ],
)
def test_what_is_said(metadata: dict[str, Any], words: tuple[str, ...]) -> None:
    assert trigger_words(metadata) == words


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(st.dictionaries(st.sampled_from(["trigger_words", "ss_tag_frequency", "modelspec.trigger_phrase"]), JSON))
def test_whatever_it_is_nothing_raises(metadata: dict[str, Any]) -> None:
    assert all(isinstance(word, str) and word for word in trigger_words(metadata))
