"""What follows from what is given, and from durations: parts, frames and rates."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest

from oelala_desktop.domain.adopt import adopt
from oelala_desktop.domain.catalog import Catalog
from oelala_desktop.domain.inputs import Given
from oelala_desktop.domain.measuring import heard_of, measured, with_duration
from oelala_desktop.domain.obstacle import Obstacle, Obstructed
from oelala_desktop.domain.plan import FORM
from oelala_desktop.domain.preset import Preset
from oelala_desktop.domain.preset_file import parse_preset
from oelala_desktop.domain.tool import TOOLS
from tests.unit.domain.made_presets import CATALOG, LTX, LTX_GRAPH, made, with_fields
from tests.unit.domain.samples import SHIPPED, shipped
from tests.unit.domain.test_adopt import made as adopted
from tests.unit.domain.test_adopt import workflow
from tests.unit.domain.wishing import met, planned, refused

VIDEO = Given("a.mp4", "video", 640, 360, 100, 25.0, 4.0, size=4_000_000)
PICTURE = Given("a.png", "picture", 640, 360, size=1000)
WAN = shipped("image-to-video.wan22-14b")


def test_whose_sound_the_result_has() -> None:
    takes = {name: heard_of(shipped(name)) for name in SHIPPED if shipped(name).sound}
    assert set(takes.values()) == {"video", ""}
    assert takes["video-to-video.sketch"] == takes["upscaler.esrgan-video"] == takes["face-swap.scail2"] == "video"
    assert {name for name in takes if "ltx" in name or "h3" in name} == {name for name in takes if not takes[name]}
    assert heard_of(WAN) == ""
    assert heard_of(replace(WAN, template={"1": {"class_type": "A", "inputs": {"images": 1, "audio": ["1", 0]}}})) == ""


# Inputs


@pytest.mark.parametrize(("count", "code"), [(0, "input_missing"), (1, ""), (3, ""), (4, "too_many")])
def test_least_and_most_pictures(count: int, code: str) -> None:
    wish = {"images": ["a.png"] * count}
    found = planned(made("image-to-video.h3"), wish)
    assert (found.code if isinstance(found, Obstacle) else "") == code
    if code == "too_many":
        assert isinstance(found, Obstacle)
        assert found.sentence == "images: 4 were given; H3 takes 1 to 3."


def test_fewer_pictures_than_it_takes() -> None:
    row = {"into": ["First.image", "Second.image", "Third.image"], "minimum": 2}
    needed, free = (with_fields("image-to-video.h3", images=row | {"needed": needed}) for needed in (True, False))
    assert refused(needed, {"images": ["a.png"]})[1:] == (
        "too_many",
        {"count": 1, "preset": "H3", "least": 2, "most": 3},
    )
    assert refused(free, {"images": ["a.png"]})[1] == "too_many"
    assert met(free, {"images": []}).request.values["images"] == []  # none at all is another thing
    assert met(needed, {"images": ["a.png", "a.png"]}).request.values["images"] == ["a.png", "a.png"]


def test_an_input_is_needed_where_the_tool_or_the_preset_says_so() -> None:
    video = refused(made("video-to-video.given"), {})
    assert (video[:2], video[2]["label"]) == (("video", "input_missing"), "video")
    assert refused(made("video-to-video.sung"), {})[:2] == ("sound", "input_missing")
    assert met(made("image-to-video.ltx"), {}).request.values["image"] is None  # the preset says that it is not


def test_what_comes_with_an_input_is_told_of_it_alone() -> None:
    preset = made("image-to-video.h3")
    wish = {"images": ["a.png"], "video": "a.mp4", "video_start": 1, "video_smaller": False, "sound_length": "2"}
    used = met(preset, wish, {"video": (VIDEO,)}).request.values
    assert (used["video_start"], used["video_smaller"], used["sound_length"]) == (1.0, False, 2.0)
    assert "video_length" not in used
    assert "video_start" not in met(WAN, {"image": "a.png", "video_start": 1}).request.values


@pytest.mark.parametrize(
    ("start", "length", "left", "frames"),
    [
        (0, None, 4.0, 100),
        (1, None, 3.0, 75),
        (1.5, 2, 2.0, 50),
        (3, 10, 1.0, 25),
        (0, 0.01, 0.01, 1),
        (0, 4, 4.0, 100),
    ],
)
def test_the_part_that_is_meant(start: float, length: float | None, left: float, frames: int) -> None:
    part = VIDEO.part(start, length)
    assert (part.length, part.frames) == (left, frames)
    assert part.size == round(VIDEO.size * left / 4)
    assert (part.width, part.name, part.rate) == (VIDEO.width, VIDEO.name, VIDEO.rate)


def test_a_part_of_a_sound_and_of_what_nothing_is_known_of() -> None:
    sound = Given("a.wav", "sound", length=10.0, size=1000)
    assert sound.part(4, 2) == replace(sound, length=2.0, size=200)
    unknown = Given("a.bin", "video", size=7)
    assert unknown.part(4, 2) == unknown


def test_a_start_beyond_the_end() -> None:
    preset = made("video-to-video.given")
    inputs = {"video": (VIDEO,)}
    for start in (4, 9):
        field, code, values = refused(preset, {"video": "a.mp4", "video_start": start}, inputs)
        assert (field, code) == ("video_start", "beyond_end")
        assert (values["given"], values["length"], values["name"]) == (start, 4.0, "a.mp4")
    assert met(preset, {"video": "a.mp4", "video_start": 3.99}, inputs).request.num_frames == 5
    assert met(preset, {"video": "a.mp4", "video_start": 9}, {"video": (Given("a", "video"),)})  # not known yet


def test_too_large_for_the_server() -> None:
    preset, inputs = made("video-to-video.given"), {"video": (VIDEO,), "image": (PICTURE,)}
    wish = {"video": "a.mp4", "image": "a.png"}

    def limited(limit: int) -> Catalog:
        return replace(CATALOG, upload_limit=limit)

    assert met(preset, wish, inputs, CATALOG)
    assert met(preset, wish, inputs, limited(VIDEO.size + FORM))
    field, code, values = refused(preset, wish, inputs, limited(VIDEO.size + FORM - 1))
    assert (field, code, values["size"], values["limit"]) == ("video", "too_large", VIDEO.size, VIDEO.size + FORM - 1)
    assert values["smaller"] == "video_smaller"
    # the way out that it names: made smaller, or a part
    assert met(preset, wish | {"video_smaller": True}, inputs, limited(VIDEO.size))
    assert refused(preset, wish | {"video_smaller": False}, inputs, limited(VIDEO.size))
    assert met(preset, wish | {"video_length": 2}, inputs, limited(VIDEO.size))
    # a picture has neither
    field, _, values = refused(preset, wish | {"video_smaller": True}, inputs, limited(PICTURE.size))
    assert (field, values["smaller"]) == ("image", "")


# Frames


def test_frames_in_place_of_a_duration() -> None:
    found = met(made("image-to-video.ltx"), {"num_frames": 97}).request
    assert (found.num_frames, found.values["num_frames"], found.values["duration"]) == (97, 97, None)
    agreed = met(made("image-to-video.ltx"), {"num_frames": 97, "duration": 4}).request
    assert (agreed.num_frames, agreed.values["duration"]) == (97, 4.0)
    assert refused(made("image-to-video.ltx"), {"num_frames": 81, "duration": 4})[2] == {"given": 81, "computed": 97}


def test_frames_off_the_model_s_rule_name_the_nearest() -> None:
    _, _, values = refused(made("image-to-video.ltx"), {"num_frames": 100})
    assert values == {"given": 100, "step": 8, "offset": 1, "nearest": [97, 105]}
    h3 = made("image-to-video.h3")
    assert refused(h3, {"images": ["a"], "num_frames": 100})[2]["nearest"] == [90, 107]
    assert refused(h3, {"images": ["a"], "num_frames": 379})[1] == "outside"


def test_frames_of_what_is_as_long_as_given() -> None:
    wish = {"video": "a.mp4", "num_frames": 33}
    assert refused(made("video-to-video.given"), wish) == ("num_frames", "as_given", {"preset": "As given"})
    assert "duration" not in made("video-to-video.given").fields


def test_frames_of_a_graph_that_settles_them_itself() -> None:
    preset = with_fields("image-to-video.ltx", "num_frames")
    found = met(preset, {"num_frames": 33}).request
    assert (found.num_frames, "num_frames" in found.values) == (25, False)


def test_a_duration_of_nothing_is_the_least() -> None:
    preset = with_fields("image-to-video.ltx", duration={"minimum": 0})
    assert met(preset, {"duration": 0}).request.num_frames == 9
    assert met(preset, {}).request.num_frames == 121


def test_a_wish_in_frames_as_one_in_seconds() -> None:
    ltx, h3, given_ = made("image-to-video.ltx"), made("image-to-video.h3"), made("video-to-video.given")
    assert with_duration(ltx, {"num_frames": 97}) == {"duration": 4.0}
    assert with_duration(ltx, {"num_frames": 97, "duration": 4.1}) == {"duration": 4.1}
    assert with_duration(ltx, {"num_frames": 97, "fps": 25, "seed": 1}) == {"fps": 25, "seed": 1, "duration": 3.84}
    assert with_duration(h3, {"num_frames": 90}) == {"duration": 3.75}
    assert with_duration(given_, {"num_frames": 97}) == {"num_frames": 97}  # it is refused where it is planned
    assert with_duration(ltx, {"num_frames": None}) == {"num_frames": None}
    stated = with_fields("image-to-video.ltx", "fps")
    assert with_duration(stated, {"num_frames": 97}) == {"duration": 4.0}  # its graph says 24
    slower = with_fields("image-to-video.ltx", fps={"default": 12})
    assert with_duration(slower, {"num_frames": 97}) == {"duration": 8.0}
    graph = copy.deepcopy(LTX_GRAPH)
    graph["23"]["inputs"]["fps"] = ["20", 2]  # nor does its graph say a rate: the product's own
    table = {**LTX, "fields": {key: row for key, row in LTX["fields"].items() if key != "fps"}}
    unsaid = parse_preset("unsaid", TOOLS["image-to-video"], table, graph)
    assert with_duration(unsaid, {"num_frames": 97}) == {"duration": 6.0}
    assert met(unsaid, {"duration": 6}).request.num_frames == 97
    for count in (39, 90, 345):
        seconds = with_duration(h3, {"num_frames": count})["duration"]
        assert h3.frames.frames_of(seconds, 24) == count
    with pytest.raises(Obstructed) as caught:
        with_duration(h3, {"num_frames": 362})
    assert caught.value.obstacle.code == "no_duration"  # 15.08 s


def test_rates() -> None:
    def rate(preset: Preset, values: dict[str, Any], **inputs: tuple[Given, ...]) -> object:
        return met(preset, values, inputs).request.fps

    ltx = made("image-to-video.ltx")
    assert (rate(ltx, {}), rate(ltx, {"fps": "25"})) == (24, 25)
    assert rate(made("image-to-video.h3"), {"images": ["a"]}) == 24
    assert rate(made("image-to-video.h3", rate=23.976), {"images": ["a"]}) == 23.976
    assert rate(with_fields("image-to-video.ltx", "fps"), {}) == 24  # its graph says so
    given_ = made("video-to-video.given")
    odd = replace(VIDEO, rate=30000 / 1001)
    assert rate(given_, {"video": "a.mp4"}, video=(odd,)) == 30000 / 1001
    assert rate(given_, {"video": "a.mp4"}) == 0
    assert rate(shipped("text-to-image.sdxl"), {}) == 0
    assert isinstance(rate(ltx, {}), int)  # as graphs have it
    still = replace(ltx, output="image")
    assert measured(still, {}, {}).rate == 0, "a still has none, whatever its graph says"
    assert measured(still, {}, {}).frames == 1


# Plain numbers


def plain(**graph: Any) -> Preset:
    """A preset whose size, frames and rate are plain numbers, as those of adopted workflows are."""
    content = workflow()
    content["10"]["inputs"] |= graph
    return adopted(adopt(content))


@pytest.mark.parametrize(
    ("wish", "size", "frames", "rate"),
    [
        ({}, (832, 480), 81, 16),
        ({"width": 640}, (640, 480), 81, 16),
        ({"height": 640, "num_frames": 80}, (832, 640), 80, 16),
        ({"fps": 24}, (832, 480), 81, 24),
    ],
)
def test_plain_numbers_are_those_of_the_wish_else_of_the_graph(
    wish: dict[str, Any], size: tuple[int, int], frames: int, rate: int
) -> None:
    found = met(plain(), {"image": "a.png"} | wish, {"image": (PICTURE,)}, None)
    request = found.request
    assert ((request.width, request.height), request.num_frames, request.fps) == (size, frames, rate)


def test_a_plain_number_of_frames_follows_no_rule_and_no_duration() -> None:
    assert met(plain(length=100), {"image": "a.png"}, {}, None).request.num_frames == 100
    wish = {"num_frames": 50, "prompt": "x"}
    assert with_duration(plain(), wish) == wish


def test_a_duration_for_one_that_counts_frames_is_refused_not_dropped() -> None:
    field, code, _ = refused(plain(), {"image": "a.png", "duration": 2}, {}, None)
    assert (field, code) == ("duration", "goes_by_frames")


def test_a_duration_goes_where_the_workflow_itself_reckons_the_frames_of_it() -> None:
    own = {"into": ["Sampler.blur"], "keeps": True, "kind": "number", "label": "Duration"}
    preset = with_fields("image-to-video.ltx", "num_frames", duration_2=own)
    values = met(preset, {"duration": 2}).request.values
    assert values["duration_2"] == 2.0 and "duration" not in values
    assert met(preset, {"duration_2": 3}).request.values["duration_2"] == 3.0
    both = with_fields("image-to-video.ltx", duration_2=own)
    assert met(both, {"duration": 2}).request.values["duration"] == 2.0
    assert "duration_2" not in met(both, {"duration": 2}).request.values


def test_a_plain_size_that_a_picture_says_is_not_known() -> None:
    found = met(plain(width=["9", 1], height=["9", 2]), {"image": "a.png"}, {"image": (PICTURE,)}, None).request
    assert (found.width, found.height) == (0, 0)
    half = met(plain(width=["9", 1]), {"image": "a.png"}, {"image": (PICTURE,)}, None).request
    assert half.height == 480
