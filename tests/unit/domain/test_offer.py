"""What a preset takes and makes, as values and in words."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from typing import Any

import pytest

from oelala_desktop.domain.errors import InvalidField
from oelala_desktop.domain.field import Field, FieldKind
from oelala_desktop.domain.frame_rule import FrameRule
from oelala_desktop.domain.obstacle import Obstacle, obstructed
from oelala_desktop.domain.offer import offer_of, offer_words
from oelala_desktop.domain.plan import plan
from oelala_desktop.domain.preset import Preset
from oelala_desktop.domain.preset_file import parse_preset
from oelala_desktop.domain.tool import TOOLS
from tests.own_preset import NAME, TABLE, TOOL, graph

from .samples import shipped


@pytest.fixture
def inlay() -> Preset:
    return parse_preset(NAME, TOOLS[TOOL], tomllib.loads(TABLE), graph())


def test_every_kind_of_input_and_a_rule_of_its_own(inlay: Preset) -> None:
    offer = offer_of(inlay)
    assert [(row["key"], row["minimum"], row["maximum"]) for row in offer["inputs"]] == [
        ("video", 1, 1), ("images", 2, 2), ("mask", 0, 1), ("sound", 0, 1),
    ]  # fmt: skip
    assert offer_words(offer) == (
        "takes video (needed), images (2 pictures, needed), mask and sound",
        "makes 17k + 5 frames (22 to 345), 24 fps, with sound",
    )


def test_as_given(inlay: Preset) -> None:
    images = replace(inlay.fields["images"], minimum=1, needed=False)
    given = replace(inlay, frames=FrameRule(8, 1, 9, 97, "video"), rate="video", sound=False)
    offer = offer_of(replace(given, fields={**given.fields, "images": images}))
    assert offer["frames"] == {"step": 8, "offset": 1, "least": 9, "most": 97, "as": "video"}
    assert offer["rate"] == {"choices": [], "as": "video"}
    assert offer_words(offer) == (
        "takes video (needed), images (1 to 2 pictures), mask and sound",
        "makes 8k + 1 frames as long as video, the rate of video",
    )


def test_presets_that_choose_their_rate_or_make_pictures() -> None:
    assert offer_of(shipped("image-to-video.wan22-14b"))["rate"] == {"choices": [8, 12, 16, 24], "as": None}
    still = offer_of(shipped("text-to-image.sdxl"))
    assert (still["inputs"], still["frames"], still["rate"], still["sound"]) == ([], None, None, False)
    assert offer_words(still) == ()


def test_what_the_graph_alone_knows_is_not_told(inlay: Preset) -> None:
    alone = {key: targets for key, targets in inlay.into.items() if key != "num_frames"}
    offer = offer_of(replace(inlay, into=alone, rate=None, template={}, sound=False))
    assert (offer["frames"], offer["rate"]) == (None, {"choices": [], "as": None})
    assert len(offer_words(offer)) == 1


@pytest.mark.parametrize("kind", [FieldKind.PICTURE, FieldKind.VIDEO, FieldKind.SOUND, FieldKind.MASK])
def test_a_list_of_one_file_is_that_file(kind: FieldKind) -> None:
    field = Field("x", kind, "X", "picture")
    assert [field.check(value) for value in ([], None, "", ["a"], ("a",), "a")] == [None, None, None, "a", "a", "a"]
    with pytest.raises(InvalidField, match=r"^x: 3 files were given; it takes one\.$"):
        field.check(["a", "b", "c"])


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"video": "a"}, "images", "Inlays are missing: give them with images."),
        ({"images": ["a", "b"]}, "video", "A scene is missing: give one with video."),
        ({"video": "a", "images": ["a"]}, "images", "images: 1 was given; Inlay takes 2."),
        ({"video": "a", "images": "abc"}, "images", "images: 1 was given; Inlay takes 2."),
        ({"video": "a", "images": list("abc")}, "images", "images: 3 were given; Inlay takes 2."),
        ({"video": ["a", "b"]}, "video", "video: 2 files were given; it takes one."),
    ],
)
def test_what_is_not_given_as_it_is_offered(inlay: Preset, values: dict[str, Any], field: str, sentence: str) -> None:
    found = plan(inlay.tool, (inlay,), values, {}, None)
    assert isinstance(found, Obstacle)
    assert (found.field, found.sentence) == (field, sentence)


def test_what_takes_no_file_says_so() -> None:
    assert str(obstructed("steps", "no_file")) == "steps takes no file."
