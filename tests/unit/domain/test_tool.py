"""The vocabulary of settings and the tools."""

from __future__ import annotations

import pytest

from oelala_desktop.domain.errors import InvalidField, NotFound
from oelala_desktop.domain.field import MAX_SEED, Field, FieldKind
from oelala_desktop.domain.tool import DEFAULT_NEGATIVE, PAGED, PARTICULAR, TOOLS, VOCABULARY, find_tool

KEYS = {
    *("image", "end_image", "prompt", "negative_prompt", "unet_high_noise", "unet_low_noise", "vae", "text_encoder"),
    *("checkpoint", "lora_configs", "resolution", "aspect_ratio", "duration", "num_frames", "fps", "clip_count"),
    *("variations", "steps", "switch_step", "cfg", "guidance", "sampler", "scheduler", "shift", "seed"),
    *("sage_attention", "expert_mode_allocations"),
    *("images", "crop", "mask", "video", "video_start", "video_length", "video_smaller"),
    *("sound", "sound_start", "sound_length", "sound_smaller", "choices"),
}
I2V = TOOLS["image-to-video"]


def test_the_vocabulary_is_complete() -> None:
    assert set(VOCABULARY) == KEYS | set(PARTICULAR)
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
        "improve",
        "other",
    ]
    assert list(TOOLS)[:-2] == [name for name in TOOLS if name in PAGED]


def test_what_each_tool_makes_of_what() -> None:
    assert {tool.id: (tool.output, tool.task, tool.needs) for tool in TOOLS.values()} == {
        "text-to-video": ("video", "t2v", ()),
        "image-to-video": ("video", "i2v", ("image",)),
        "video-to-video": ("video", "v2v", ("video",)),
        "text-to-image": ("image", "t2i", ()),
        "image-to-image": ("image", "i2i", ("image",)),
        "reframe": ("image", "i2i", ("image", "video")),
        "face-swap": ("image", "i2i", ("image", "video")),
        "upscaler": ("image", "i2i", ("image", "video")),
        "train-lora": ("model", "train", ("dataset",)),
        "improve": ("file", "other", ()),
        "other": ("file", "other", ()),
    }


@pytest.mark.parametrize(
    ("tool", "inputs"),
    [
        ("image-to-video", ["image", "end_image"]),
        ("video-to-video", ["video"]),
        ("text-to-video", []),
        ("image-to-image", ["image"]),
        ("upscaler", ["image"]),
        ("text-to-image", []),
        ("train-lora", ["dataset"]),
    ],
)
def test_what_a_page_shows_until_its_preset_is_known(tool: str, inputs: list[str]) -> None:
    fields = TOOLS[tool].first_fields
    assert [field.key for field in fields if field.group == "picture"] == inputs
    shared = {field.key for field in TOOLS[tool].fields if field.group != "picture"}
    assert {field.key for field in fields if field.group != "picture"} == shared


@pytest.mark.parametrize(
    ("tool", "inputs"),
    [
        ("image-to-image", ["image", "images", "mask"]),
        *((name, ["image", "images", "video", "sound", "mask"]) for name in ("reframe", "face-swap", "upscaler")),
    ],
)
def test_what_can_be_given_to_tools_that_make_the_same_of_it(tool: str, inputs: list[str]) -> None:
    assert [field.key for field in TOOLS[tool].fields if field.is_input] == inputs


def test_settings_of_single_tools() -> None:
    found = {key: [t.id for t in TOOLS.values() if key in t.keys] for key in ("strength", "factor", "smooth", "place")}
    assert found == {
        "strength": ["video-to-video", "image-to-image"],
        "factor": ["upscaler"],
        "smooth": ["upscaler"],
        "place": ["reframe"],
    }


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


#: as they stand in the settings of the user's presets and over the API: who writes one by hand relies on them
BOUNDS: dict[str, tuple[float, float]] = {
    "duration": (1, 15), "num_frames": (5, 361), "clip_count": (1, 5), "steps": (1, 40), "switch_step": (1, 39),
    "cfg": (1, 10), "guidance": (0, 30), "shift": (0, 100), "variations": (1, 16), "seed": (-1, MAX_SEED),
}  # fmt: skip


@pytest.mark.parametrize("key", BOUNDS)
def test_a_number_is_taken_from_its_least_to_its_most(key: str) -> None:
    low, high = BOUNDS[key]
    for value in (low, high):
        assert VOCABULARY[key].check(value) == value
    for value in (low - 1, high + 1):
        with pytest.raises(InvalidField):
            VOCABULARY[key].check(value)


@pytest.mark.parametrize(("key", "most"), [("prompt", 20_000), ("negative_prompt", 20_000)])
def test_a_text_is_taken_up_to_its_longest(key: str, most: int) -> None:
    assert VOCABULARY[key].check("x" * most) == "x" * most
    with pytest.raises(InvalidField, match=f"at most {most} fit"):
        VOCABULARY[key].check("x" * (most + 1))


def test_a_split_of_memory_is_taken_up_to_its_longest() -> None:
    field, split = VOCABULARY["expert_mode_allocations"], "cuda:0,10gb;" * 41 + "cpu,10gb"
    assert len(split) == 500 and field.check(split) == split
    with pytest.raises(InvalidField, match="at most 500 fit"):
        field.check(split + "0")


#: how far one turn of a wheel leads
STEPS = {"duration": 1, "num_frames": 4, "cfg": 0.5, "guidance": 0.5, "shift": 0.5, "factor": 0.5, "strength": 0.05} | {
    "train_size": 64,
    "learning_rate": 0.0001,
}


@pytest.mark.parametrize("key", [key for key, field in VOCABULARY.items() if field.step is not None])
def test_a_step_leads_from_the_least_to_the_most(key: str) -> None:
    field = VOCABULARY[key]
    assert field.step == STEPS.get(key, 0.1 if "_" in key and field.unit == "s" else 1)


def test_what_a_form_says_of_a_field_is_fit_to_be_read() -> None:
    labels = [field.label for field in VOCABULARY.values()]
    assert all(label[0].isupper() and label == label.strip() for label in labels)
    for tool in TOOLS.values():
        shown = [field.label for field in tool.fields]
        assert len(set(shown)) == len(shown), "no two fields of a page are called alike"
    helps = [field.help for field in VOCABULARY.values() if field.help]
    assert all(text.endswith(".") for text in helps)
    assert {field.unit for field in VOCABULARY.values()} == {"", "s", "×", "clips", "px"}


CARDS = {
    "prompt": ["prompt", "negative_prompt", "choices"],
    "size": ["resolution", "aspect_ratio", "duration", "num_frames", "fps", "factor", "smooth", "place", "clip_count"],
    "model": ["unet_high_noise", "unet_low_noise", "checkpoint", "vae", "text_encoder"],
    "lora": ["lora_configs"],
    "sampling": [
        *("steps", "switch_step", "cfg", "guidance", "strength", "sampler", "scheduler", "shift", "seed", "variations"),
    ],
    "training": [
        *("trigger", "lora_name", "train_size", "square", "learning_rate", "rank", "batch_size"),
        *("algorithm", "optimizer", "loss_function"),
    ],
    "memory": ["sage_attention", "expert_mode_allocations"],
}


def test_each_field_stands_in_the_card_of_its_kind() -> None:
    cards: dict[str, list[str]] = {}
    for field in VOCABULARY.values():
        cards.setdefault(field.group, []).append(field.key)
    assert {group: keys for group, keys in cards.items() if group != "picture"} == CARDS
    assert all(VOCABULARY[key].kind is FieldKind.MODEL for key in CARDS["model"])


def test_tools_have_names_as_titles_are_written() -> None:
    for tool in TOOLS.values():
        assert tool.name == " ".join(
            "LoRA" if word == "lora" else word if word == "to" else word.title() for word in tool.id.split("-")
        )
        groups = {"video": "Video Tools", "image": "Image Tools", "model": "Training", "file": ""}
        assert tool.group == groups[tool.output]


def test_a_negative_prompt_says_what_nobody_wants() -> None:
    words = DEFAULT_NEGATIVE.split(", ")
    assert len(words) > 10 and all(word == word.strip() != "" for word in words)
    assert "blurry" in words and VOCABULARY["negative_prompt"].default == DEFAULT_NEGATIVE


def test_what_servers_extend_takes_any_name_and_all_else_only_its_own() -> None:
    for key in ("sampler", "scheduler"):
        assert VOCABULARY[key].check("of_a_pack") == "of_a_pack"
    for key in ("resolution", "aspect_ratio", "fps"):
        with pytest.raises(InvalidField):
            VOCABULARY[key].check("13")
    assert [VOCABULARY["fps"].check(rate) for rate in ("8", 12, 16, "24")] == [8, 12, 16, 24]
