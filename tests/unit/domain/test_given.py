"""What is said of inputs, what follows them, and how a job gives them back."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oelala_desktop.domain.field import Field, FieldKind
from oelala_desktop.domain.inputs import Given
from oelala_desktop.domain.job import EngineRef, Job, JobInput, JobState
from oelala_desktop.domain.measuring import follows
from oelala_desktop.domain.plan import too_large
from oelala_desktop.domain.preset import Preset
from oelala_desktop.domain.preset_file import parse_preset
from oelala_desktop.domain.reuse import given_to
from oelala_desktop.domain.sentences import bounds, say, with_article
from oelala_desktop.domain.tool import TOOLS
from tests import own_preset

VIDEO = "video-to-video"


def preset(**changes: Any) -> Preset:
    table = tomllib.loads(own_preset.TABLE) | changes
    return parse_preset(own_preset.NAME, TOOLS[own_preset.TOOL], table, own_preset.graph(table["rate"]))


def test_inputs_stand_in_the_order_of_the_table_before_all_else() -> None:
    keys = list(preset().fields)
    assert keys[:4] == ["video", "images", "mask", "sound"] and "variations" in keys[4:]
    assert [field.key for field in preset().inputs] == keys[:4]


@pytest.mark.parametrize(
    ("changes", "followed"),
    [
        ({}, {"size": "video"}),
        ({"size": {"class": "given", "multiple": 2}}, {"size": "video"}),
        ({"size": {"multiple": 16}}, {}),
        (
            {"rate": "video", "frames": {"as": "video"}},
            {"size": "video", "frames": "video", "rate": "video"},
        ),
        ({"frames": {"step": 17, "offset": 5, "as": "sound"}}, {"size": "video", "frames": "sound"}),
    ],
)
def test_what_an_input_decides(changes: dict[str, Any], followed: dict[str, str]) -> None:
    assert follows(preset(**changes)) == followed


def test_a_still_has_no_frames_to_follow() -> None:
    made = preset()
    assert "frames" not in follows(replace(made, tool=TOOLS["image-to-image"]))


def job(values: dict[str, Any], *inputs: JobInput) -> Job:
    return Job(
        id="1",
        tool=VIDEO,
        preset=f"{VIDEO}.inlay",
        engine=EngineRef("sketch"),
        state=JobState.DONE,
        values=values,
        params={},
        graph={},
        prefix="",
        seed=1,
        width=64,
        height=64,
        num_frames=22,
        fps=24,
        created_at=0.0,
        position=0.0,
        inputs=inputs,
    )


def test_a_job_gives_back_its_inputs_and_what_to_take_where_one_is_gone() -> None:
    made = job(
        {
            "video": "/a/v.mp4",
            "video_start": 1.0,
            "sound": "/a/s.wav",
            "images": ["/a/1.png", "/a/2.png"],
            "mask": "/m",
        },
        JobInput("video", "/kept/v.mp4", "v", "/a/v.mp4", "video", 0.25, 2.0),
        JobInput("sound", "/kept/s.wav", "s", "/a/s.wav", "sound"),
        JobInput("images", "/kept/1.png", "1", "/a/1.png"),
        JobInput("images", "/kept/2.png", "2", "/a/2.png"),
        JobInput("mask", "/kept/m.png", "m", "/m", "mask"),
    )
    values, otherwise = given_to(made)
    assert values == {
        "video": "/a/v.mp4",
        "video_start": 1.0,
        "sound": "/a/s.wav",
        "images": ["/kept/1.png", "/kept/2.png"],
        "mask": "/kept/m.png",
    }
    assert otherwise == {
        "video": {"video": "/kept/v.mp4", "video_start": 0.25, "video_length": 2.0, "video_smaller": None},
        "sound": {"sound": "/kept/s.wav", "sound_start": None, "sound_length": None, "sound_smaller": None},
    }


def test_a_picture_with_a_crop_comes_back_whole_and_its_mask_with_it() -> None:
    crop = {"x": 0.2, "y": 0.5}
    inputs = (
        JobInput("image", "/kept/part.png", "p", "/a/p.png"),
        JobInput("mask", "/kept/over.png", "m", "/m", "mask"),
    )
    values, otherwise = given_to(job({"image": "/a/p.png", "mask": "/m", "crop": crop}, *inputs))
    assert values == {"image": "/a/p.png", "mask": "/m", "crop": crop}
    parts = {"image": "/kept/part.png", "mask": "/kept/over.png", "crop": None}
    assert otherwise == {"image": parts, "mask": parts}


@pytest.mark.parametrize("crop", [None, {"x": 0.5, "y": 0.5}, "a word of the preset's own"])
def test_a_picture_without_a_crop_comes_back_as_it_was_kept(crop: object) -> None:
    made = job({"image": "/a/p.png", "crop": crop}, JobInput("image", "/kept/p.png", "p", "/a/p.png"))
    assert given_to(made) == ({"image": "/kept/p.png"}, {})


def test_what_is_missing_is_named_as_one_or_as_many() -> None:
    assert (
        say("input_missing", {"key": "image", "label": "end picture"})
        == "An end picture is missing: give one with image."
    )
    many = {"key": "images", "label": "inlays", "many": True}
    assert say("input_missing", many) == "Inlays are missing: give them with images."
    assert with_article("scene") == "a scene"


def test_only_what_has_a_length_can_be_made_smaller() -> None:
    file = Given("v.mp4", "video", size=2_000_000)
    video = too_large(Field("video", FieldKind.VIDEO, "Video", "picture"), file, 1_000_000)
    assert "2.0 MB would go up" in video.message and "(video_smaller)" in video.message
    picture = too_large(Field("image", FieldKind.PICTURE, "Picture", "picture"), file, 1_000_000)
    assert "Scale it down" in picture.message and picture.obstacle.values["smaller"] == ""


def test_one_number_is_no_range() -> None:
    assert bounds(2, 2) == "2" and bounds(1, 2) == "1 to 2"


@given(st.floats(0, 4.9), st.floats(0.05, 5), st.sampled_from([8.0, 16.0, 23.976, 24.0, 30.0, 60.0]))
def test_a_part_has_the_frames_that_begin_in_it(start: float, length: float, rate: float) -> None:
    whole = Given("v.mp4", "video", 64, 64, frames=int(5 * rate), rate=rate, length=int(5 * rate) / rate)
    part = whole.part(start, length)
    times = [number / rate for number in range(whole.frames)]
    begun = [time for time in times if start - 1e-3 <= time < start + length - 1e-3]
    if start + length < whole.length and start < whole.length:
        assert part.frames == max(1, len(begun))


def test_a_part_off_the_grid() -> None:
    whole = Given("v.mp4", "video", 64, 64, frames=120, rate=24.0, length=5.0)
    assert whole.part(0.5, 0.99).frames == 24
    assert whole.part(1.3, 2.0).frames == 48
    assert whole.part(4.0, 9.0).frames == 24
