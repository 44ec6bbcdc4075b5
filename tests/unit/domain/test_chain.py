"""What a step of a chain takes of the one before it."""

from __future__ import annotations

from typing import Any

import pytest

from oelala_desktop.domain.chain import LAST, RESULT, Step, marked, name_of_step, step_of, ways
from oelala_desktop.domain.errors import InvalidField
from oelala_desktop.domain.tool import TOOLS

Way = tuple[str, str]


@pytest.mark.parametrize("settings", [{}, {"settings": None}, {"settings": {"steps": 4}}])
def test_a_step_is_a_tool_with_settings_where_it_has_any(settings: dict[str, Any]) -> None:
    assert step_of({"tool": "upscaler", **settings}) == Step("upscaler", settings.get("settings") or {})


@pytest.mark.parametrize("row", ["upscaler", None, {}, {"tool": 7}, {"tool": "upscaler", "settings": ["steps"]}])
def test_what_is_no_step_is_refused(row: object) -> None:
    with pytest.raises(InvalidField, match=r"^a step is \{"):
        step_of(row)


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({}, None),
        ({"image": "a.png", "steps": 4, "prompt": "a boat"}, None),
        ({"image": RESULT}, ("image", RESULT)),
        ({"images": ["a.png", LAST]}, ("images", LAST)),
    ],
)
def test_a_setting_may_name_the_result_before(values: dict[str, Any], found: Way | None) -> None:
    assert marked(values) == found


@pytest.mark.parametrize("values", [{"image": RESULT, "video": LAST}, {"images": [RESULT, RESULT]}])
def test_a_step_takes_one_file_of_it(values: dict[str, Any]) -> None:
    with pytest.raises(InvalidField, match="one file of the step before it, not two"):
        marked(values)


@pytest.mark.parametrize(
    ("tool", "made", "found"),
    [
        ("image-to-video", "image", [("image", RESULT), ("images", RESULT)]),
        ("image-to-video", "video", [("image", LAST)]),
        ("video-to-video", "video", [("video", RESULT)]),
        ("image-to-image", "image", [("image", RESULT), ("images", RESULT)]),
        ("image-to-image", "video", [("image", LAST)]),
        ("upscaler", "image", [("image", RESULT), ("images", RESULT)]),
        ("upscaler", "video", [("video", RESULT)]),
        ("reframe", "video", [("video", RESULT)]),
        ("other", "video", [("video", RESULT), ("image", LAST)]),
    ],
)
def test_a_step_takes_what_fits_its_tool(tool: str, made: str, found: list[Way]) -> None:
    assert list(ways(TOOLS[tool], {}, made)) == found


def test_what_is_given_otherwise_is_not_taken_again() -> None:
    assert ways(TOOLS["image-to-video"], {"image": "a.png"}, "image") == (("images", RESULT),)
    assert ways(TOOLS["image-to-video"], {"end_image": LAST}, "video") == (("end_image", LAST),), "as it is said"


@pytest.mark.parametrize(
    ("tool", "made", "words"),
    [
        ("video-to-video", "image", "Video to Video goes by a video; the step before it makes a picture."),
        ("text-to-video", "video", "Text to Video takes no file; the step before it makes a video."),
        ("upscaler", "file", "Upscaler goes by a picture or a video; the step before it makes a file."),
    ],
)
def test_what_fits_nothing_is_told(tool: str, made: str, words: str) -> None:
    with pytest.raises(InvalidField) as raised:
        ways(TOOLS[tool], {}, made)
    assert (raised.value.field, raised.value.message) == ("then", words)


def test_a_step_is_called_as_its_page() -> None:
    assert (name_of_step("text-to-image"), name_of_step("gone")) == ("Text to Image", "gone")
