"""The vocabulary of settings and the tools."""

from __future__ import annotations

import pytest

from oelala_desktop.domain.errors import InvalidField, NotFound
from oelala_desktop.domain.field import Field, FieldKind
from oelala_desktop.domain.tool import DEFAULT_NEGATIVE, PAGED, TOOLS, VOCABULARY, find_tool

KEYS = {
    *("image", "end_image", "prompt", "negative_prompt", "unet_high_noise", "unet_low_noise", "vae", "text_encoder"),
    *("checkpoint", "lora_configs", "resolution", "aspect_ratio", "duration", "num_frames", "fps", "clip_count"),
    *("variations", "steps", "switch_step", "cfg", "guidance", "sampler", "scheduler", "shift", "seed"),
    *("sage_attention", "expert_mode_allocations"),
    *("images", "crop", "mask", "video", "video_start", "video_length", "video_smaller"),
    *("sound", "sound_start", "sound_length", "sound_smaller"),
}
I2V = TOOLS["image-to-video"]


def test_the_vocabulary_is_complete() -> None:
    assert set(VOCABULARY) == KEYS
    assert {f.key for f in I2V.fields} == KEYS


@pytest.mark.parametrize(
    ("key", "default"),
    [
        ("negative_prompt", DEFAULT_NEGATIVE),
        ("resolution", "480p"),
        ("aspect_ratio", "auto"),
        ("duration", 5.0),
        ("fps", 16),
        ("clip_count", 1),
        ("variations", 1),
        ("steps", 6),
        ("switch_step", 3),
        ("cfg", 1.0),
        ("sampler", "uni_pc"),
        ("scheduler", "normal"),
        ("shift", 5.0),
        ("seed", -1),
        ("expert_mode_allocations", "cuda:0,0.25gb;cuda:1,8gb;cpu,*"),
    ],
)
def test_the_page_s_defaults(key: str, default: object) -> None:
    assert VOCABULARY[key].default == default


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("step", "steps"),
        ("Steps", "steps"),
        ("lora_config", "lora_configs"),
        ("negative", "negative_prompt"),
        ("sampler_name", "sampler"),
        ("aspect", "aspect_ratio"),
        ("num_frame", "num_frames"),
    ],
)
def test_an_unknown_key_names_the_nearest(written: str, meant: str) -> None:
    with pytest.raises(InvalidField) as caught:
        I2V.check({written: "1"})
    assert caught.value.field == written
    assert f"Did you mean {meant}?" in caught.value.message


def test_a_key_like_none_lists_them_all() -> None:
    with pytest.raises(InvalidField, match="Known settings: image, crop, end_image, images, video"):
        I2V.check({"qqq": "1"})


def test_values_are_checked_and_the_preset_s_name_is_not_a_setting() -> None:
    assert I2V.check({"preset": "sketch", "steps": "8"}) == {"steps": 8}


def test_a_preset_s_own_fields() -> None:
    own = Field("motion", FieldKind.NUMBER, "Motion", "sampling", minimum=0, maximum=1)
    assert I2V.check({"motion": "0.5"}, {"motion": own}) == {"motion": 0.5}
    with pytest.raises(InvalidField, match="motion: 2 is outside"):
        I2V.check({"motion": 2}, {"motion": own})


@pytest.mark.parametrize("key", ["duration", "num_frames", "fps", "clip_count"])
def test_a_still_has_no_length(key: str) -> None:
    with pytest.raises(InvalidField, match=f"{key} is not a setting of Text to Image"):
        TOOLS["text-to-image"].check({key: "1"})


def test_tools_stand_in_the_sidebar_s_order() -> None:
    assert list(TOOLS) == [
        "text-to-video",
        "image-to-video",
        "video-to-video",
        "text-to-image",
        "image-to-image",
        "reframe",
        "face-swap",
        "upscaler",
        "train-lora",
        "other",
    ]
    assert list(TOOLS)[:-1] == [name for name in TOOLS if name in PAGED]


def test_what_each_tool_makes_of_what() -> None:
    assert {tool.id: (tool.output, tool.task, tool.needs) for tool in TOOLS.values()} == {
        "text-to-video": ("video", "t2v", ()),
        "image-to-video": ("video", "i2v", ("image",)),
        "video-to-video": ("video", "v2v", ("video",)),
        "text-to-image": ("image", "t2i", ()),
        "image-to-image": ("image", "i2i", ("image",)),
        "reframe": ("image", "i2i", ("image",)),
        "face-swap": ("image", "i2i", ("image",)),
        "upscaler": ("image", "i2i", ("image",)),
        "train-lora": ("model", "train", ()),
        "other": ("file", "other", ()),
    }


@pytest.mark.parametrize(
    ("tool", "inputs"),
    [
        ("image-to-video", ["image", "end_image"]),
        ("video-to-video", ["video"]),
        ("text-to-video", []),
        ("image-to-image", ["image"]),
        ("text-to-image", []),
    ],
)
def test_what_a_page_shows_until_its_preset_is_known(tool: str, inputs: list[str]) -> None:
    fields = TOOLS[tool].first_fields
    assert [field.key for field in fields if field.group == "picture"] == inputs
    shared = {field.key for field in TOOLS[tool].fields if field.group != "picture"}
    assert {field.key for field in fields if field.group != "picture"} == shared


@pytest.mark.parametrize("tool", ["image-to-image", "upscaler"])
def test_a_still_takes_pictures_and_a_mask(tool: str) -> None:
    assert [field.key for field in TOOLS[tool].fields if field.is_input] == ["image", "images", "mask"]


def test_what_comes_with_an_input_of_the_preset_s_own() -> None:
    clip = Field("clip", FieldKind.VIDEO, "Clip", "picture")
    assert TOOLS["text-to-video"].check({"clip": "a.mp4", "clip_start": "2"}, {"clip": clip}) == {
        "clip": "a.mp4",
        "clip_start": 2.0,
    }
    own = Field("clip_start", FieldKind.LINE, "Own", "sampling")
    assert I2V.check({"clip_start": "soon"}, {"clip": clip, "clip_start": own}) == {"clip_start": "soon"}
    with pytest.raises(InvalidField, match="clip_start is not a setting"):
        I2V.check({"clip_start": 2})


def test_finding_a_tool() -> None:
    assert find_tool("reframe").name == "Reframe"
    with pytest.raises(NotFound, match=r"Did you mean image-to-video\?"):
        find_tool("image2video")
    with pytest.raises(NotFound, match=r"There is no tool named zzzz\. Tools: text-to-video"):
        find_tool("zzzz")


@pytest.mark.parametrize(("key", "words"), [("image", "takes no picture."), ("end_image", "takes no end picture.")])
def test_a_tool_without_a_picture_says_so(key: str, words: str) -> None:
    with pytest.raises(InvalidField) as caught:
        TOOLS["text-to-video"].check({key: "a.png"})
    assert (caught.value.field, caught.value.message) == (key, f"Text to Video {words}")
