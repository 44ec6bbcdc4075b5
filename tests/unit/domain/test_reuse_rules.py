"""What comes back of what made a file, rule by rule: which of it is a setting, and under which name a server has it."""

from __future__ import annotations

from typing import Any

import pytest

from oelala_desktop.domain.generation import GenerationInfo, UsedLora, UsedModel
from oelala_desktop.domain.geometry import ASPECTS, RESOLUTIONS
from oelala_desktop.domain.reuse import Lacking, fit_names, lacking_note, lora_rows, settings_of, tool_of, typed_in
from oelala_desktop.domain.size_rule import SHORT_SIDE
from oelala_desktop.domain.tool import TOOLS

I2V, T2I = TOOLS["image-to-video"], TOOLS["text-to-image"]


def of_models(*names: str) -> GenerationInfo:
    return GenerationInfo(models=tuple(UsedModel(name) for name in names))


@pytest.mark.parametrize(
    ("names", "kind", "params", "tool"),
    [
        ((), "video", None, "image-to-video"),
        ((), "image", None, "text-to-image"),
        ((), "image", {"tool": "upscaler"}, "upscaler"),
        ((), "video", {"tool": "of a later version"}, "image-to-video"),
        ((), "video", {"tool": None}, "image-to-video"),
        (("Wan_T2V_high",), "video", {}, "text-to-video"),
        (("wan_t2v",), "image", {}, "text-to-image"),
        (("wan_t2v", "wan_i2v"), "video", {}, "image-to-video"),
        (("remix_t2v_i2v",), "video", {}, "image-to-video"),
    ],
)
def test_which_tool_made_it(names: tuple[str, ...], kind: str, params: dict[str, Any] | None, tool: str) -> None:
    assert tool_of(of_models(*names), kind, params).id == tool


def test_each_setting_comes_back_under_its_own_name() -> None:
    said = {
        "prompt": "a pier", "negative_prompt": "fog", "steps": 8, "switch_step": 3, "cfg": 2.5, "sampler": "euler",
        "scheduler": "beta", "shift": 7.0, "seed": 5,
    }  # fmt: skip
    assert settings_of(GenerationInfo(**said), I2V) == said  # type: ignore[arg-type]
    assert settings_of(GenerationInfo(), I2V) == {}
    assert settings_of(GenerationInfo(**said), T2I) == said  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("steps", 12, 12),
        ("steps", None, 8),  # of what is not said there the rest tells
        ("steps", 99, None),  # refused, and so left out
        ("guidance", 3.5, 3.5),
        ("guidance", "odd", None),
        ("duration", 7.0, 7.0),
        ("num_frames", 81, None),  # a duration tells as much
        ("variations", 3, None),
        ("image", "boat.png", None),  # named without its folder
        ("crop", {"x": 0.5, "y": 0.5}, None),
        ("video_start", 1.0, None),
        ("of_a_later_version", 1, None),
        ("preset", "wan", None),
    ],
)
def test_our_own_block_is_taken_where_it_says_a_setting(key: str, value: Any, expected: Any) -> None:
    assert settings_of(GenerationInfo(steps=8), I2V, {key: value}).get(key) == expected


def test_what_the_tool_has_no_setting_for_is_left_out() -> None:
    info = GenerationInfo(num_frames=81, fps=16.0, width=832, height=480)
    assert {"duration", "fps"} <= settings_of(info, I2V).keys()
    assert not {"duration", "fps"} & settings_of(info, T2I).keys()
    assert list(settings_of(GenerationInfo(seed=1, prompt="a"), I2V)) == ["prompt", "seed"], "in the tool's order"


@pytest.mark.parametrize(
    ("models", "expected"),
    [
        ([("a", "high"), ("b", "low")], {"unet_high_noise": "a", "unet_low_noise": "b"}),
        ([("a", "low")], {"unet_low_noise": "a"}),
        ([("a", None)], {"checkpoint": "a"}),
        ([("", None), ("", "high")], {}),
    ],
)
def test_models_go_where_their_pass_is(models: list[tuple[str, str | None]], expected: dict[str, str]) -> None:
    assert settings_of(GenerationInfo(models=tuple(UsedModel(*one) for one in models)), I2V) == expected


@pytest.mark.parametrize(
    ("frames", "fps", "expected"),
    [
        (81, 16.0, {"fps": 16, "duration": 5.0}),
        (81, 15.6, {"fps": 16, "duration": 5.0}),
        (33, 24.0, {"fps": 24, "duration": 1.33}),
        (2, 0.4, {}),
        (1, 16.0, {}),
        (0, 16.0, {}),
        (None, 16.0, {}),
        (81, None, {}),
        (81, 0.0, {}),
        (17, 25.0, {}),  # a rate and a length that nobody can set
        (41, 25.0, {"duration": 1.6}),
    ],
)
def test_frames_and_rate_become_a_duration(frames: int | None, fps: float | None, expected: dict[str, Any]) -> None:
    assert settings_of(GenerationInfo(num_frames=frames, fps=fps), I2V) == expected


@pytest.mark.parametrize("resolution", RESOLUTIONS)
@pytest.mark.parametrize("aspect", ASPECTS)
def test_a_size_of_ours_comes_back_as_itself(resolution: str, aspect: str) -> None:
    named = {"resolution": resolution, "aspect_ratio": aspect}
    _, width, height = SHORT_SIDE.settle(named, None)
    assert settings_of(GenerationInfo(width=width, height=height), I2V) == named


@pytest.mark.parametrize(
    ("width", "height", "expected"),
    [
        (100, 100, {"resolution": "480p", "aspect_ratio": "1:1"}),
        (2000, 1000, {"resolution": "1080p", "aspect_ratio": "16:9"}),
        (1000, 700, {"resolution": "720p", "aspect_ratio": "3:2"}),
        (700, 1000, {"resolution": "720p", "aspect_ratio": "2:3"}),
        (0, 480, {}),
        (480, None, {}),
    ],
)
def test_any_other_as_the_nearest(width: int | None, height: int | None, expected: dict[str, str]) -> None:
    assert settings_of(GenerationInfo(width=width, height=height), I2V) == expected


def used(name: str, strength: float, pass_: str | None) -> UsedLora:
    return UsedLora(name, strength, pass_)


def test_loras_are_rows_in_the_order_in_which_they_were_used() -> None:
    assert lora_rows([used("a", 0.5, None), used("b_high", 1.0, "high"), used("b_low", 0.9, "low")]) == [
        {"high": "a", "strength": 0.5, "enabled": True},
        {"high": "b_high", "strength": 1.0, "enabled": True, "low": None},  # of another strength: no pair
        {"high": None, "low": "b_low", "strength": 0.9, "enabled": True},
    ]
    twice = lora_rows([used("a", 1.0, "high"), used("a", 1.0, "high"), used("a", 1.0, "low")])
    assert [row.get("low", "as high") for row in twice] == ["as high", None], "each low one belongs to one high one"
    assert lora_rows([used("a_high", 1.0, None)]) == [{"high": "a_high", "strength": 1.0, "enabled": True}]
    assert settings_of(GenerationInfo(loras=(used("a", 0.5, None),)), I2V)["lora_configs"] == [
        {"high": "a", "strength": 0.5, "enabled": True}
    ]


@pytest.mark.parametrize("key", ["unet_high_noise", "unet_low_noise", "checkpoint", "vae", "text_encoder"])
def test_every_model_is_fitted_to_what_a_server_offers_for_it(key: str) -> None:
    values = {key: "Sub/Mine.safetensors", "prompt": "a pier"}
    as_is, nearest, lacking = fit_names(values, lambda asked: ("mine.safetensors",) if asked == key else ("other",))
    assert as_is == nearest == {key: "mine.safetensors", "prompt": "a pier"} and lacking == ()
    as_is, nearest, lacking = fit_names(values, lambda asked: ("mine_v2.safetensors",))
    assert (as_is[key], nearest[key]) == ("Sub/Mine.safetensors", "mine_v2.safetensors")
    assert lacking == (Lacking("Sub/Mine.safetensors", "mine_v2.safetensors"),)
    as_is, nearest, lacking = fit_names(values, lambda asked: ("zzzz.gguf",))
    assert as_is[key] == nearest[key] == "Sub/Mine.safetensors" and lacking[0].nearest is None
    assert values == {key: "Sub/Mine.safetensors", "prompt": "a pier"}, "what was given is not touched"


def test_both_sides_of_a_row_are_fitted_and_each_lacking_file_is_told_once() -> None:
    rows = [{"high": "A.safetensors", "low": "b_old.safetensors"}, {"high": None, "low": "b_old.safetensors"}]
    as_is, nearest, lacking = fit_names({"lora_configs": rows}, lambda _: ("a.safetensors", "b_new.safetensors"))
    assert as_is["lora_configs"] == [
        {"high": "a.safetensors", "low": "b_old.safetensors"},
        {"high": None, "low": "b_old.safetensors"},
    ]
    assert [row["low"] for row in nearest["lora_configs"]] == ["b_new.safetensors"] * 2
    assert lacking == (Lacking("b_old.safetensors", "b_new.safetensors"),)
    assert rows[0]["high"] == "A.safetensors"


def test_what_is_lacking_is_said_by_its_own_name() -> None:
    lacking = [Lacking("sub\\a.pt", None), Lacking("x/y/b.pt", "b2.pt")]
    assert lacking_note(lacking) == "This server has no a.pt. This server has no b.pt; the nearest it has is b2.pt."
    assert lacking_note([]) == ""


def test_prompts_as_they_were_typed() -> None:
    params = {"prompt": "a", "prompt_choices": "{a|b}", "negative_prompt_choices": 3, "steps_choices": "x"}
    assert typed_in(params) == {"prompt": "{a|b}"}
    assert typed_in({}) == {}
