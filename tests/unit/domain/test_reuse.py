"""From what made a file back to settings."""

from __future__ import annotations

from typing import Any

import pytest

from oelala_desktop.domain.generation import GenerationInfo, UsedLora, UsedModel
from oelala_desktop.domain.geometry import frame_count
from oelala_desktop.domain.reuse import Lacking, fit_names, lacking_note, lora_rows, settings_of, tool_of
from oelala_desktop.domain.tool import TOOLS
from tests.unit.domain.samples import SHIPPED, settle, shipped
from tests.unit.node_table import EVERYTHING, MODELS

I2V, T2V, T2I = (TOOLS[name] for name in ("image-to-video", "text-to-video", "text-to-image"))
HIGH, LOW = "wan2.2_i2v_high_noise_14B.gguf", "wan2.2_i2v_low_noise_14B.gguf"


@pytest.mark.parametrize(
    ("info", "kind", "params", "tool"),
    [
        (GenerationInfo(), "video", {"tool": "text-to-image"}, "text-to-image"),
        (GenerationInfo(), "video", {"tool": "of a newer version"}, "image-to-video"),
        (GenerationInfo(), "image", None, "text-to-image"),
        (GenerationInfo(models=(UsedModel("wan2.2_T2V_14B", None),)), "video", None, "text-to-video"),
        (GenerationInfo(models=(UsedModel(HIGH, "high"),)), "video", {}, "image-to-video"),
        (GenerationInfo(models=(UsedModel("t2v-and-i2v", None),)), "video", {}, "image-to-video"),
    ],
)
def test_the_tool_that_made_a_file(info: GenerationInfo, kind: str, params: Any, tool: str) -> None:
    assert tool_of(info, kind, params).id == tool


def test_what_other_programs_wrote_becomes_settings() -> None:
    info = GenerationInfo(
        prompt="a boat",
        seed=2**64 - 1,
        steps=8,
        cfg=2.0,
        width=848,
        height=480,
        num_frames=33,
        fps=16.0,
        models=(UsedModel(HIGH, "high"), UsedModel(LOW, "low")),
        loras=(UsedLora("style", 0.5, None),),
    )
    assert settings_of(info, I2V) == {
        "prompt": "a boat",
        "seed": 2**64 - 1,
        "steps": 8,
        "cfg": 2.0,
        "resolution": "480p",
        "aspect_ratio": "16:9",
        "duration": 2.0,
        "fps": 16,
        "unet_high_noise": HIGH,
        "unet_low_noise": LOW,
        "lora_configs": [{"high": "style", "strength": 0.5, "enabled": True}],
    }


def test_what_the_tool_does_not_know_or_would_refuse_is_left_out() -> None:
    info = GenerationInfo(
        prompt="p", steps=400, cfg=0.5, num_frames=33, fps=25.0, models=(UsedModel("sd_xl.safetensors", None),)
    )
    assert settings_of(info, T2I) == {"prompt": "p", "checkpoint": "sd_xl.safetensors"}


def test_our_own_block_goes_before() -> None:
    params = {"steps": 4, "num_frames": 33, "variations": 3, "workflow": "x", "vae": None, "duration": 3}
    values = settings_of(GenerationInfo(steps=8, seed=1), I2V, params)
    assert values == {"steps": 4, "seed": 1, "duration": 3.0}


@pytest.mark.parametrize(
    ("size", "resolution", "aspect"),
    [((1680, 720), "720p", "21:9"), ((480, 848), "480p", "9:16"), ((1000, 700), "720p", "3:2")],
)
def test_sizes(size: tuple[int, int], resolution: str, aspect: str) -> None:
    values = settings_of(GenerationInfo(width=size[0], height=size[1]), I2V)
    assert (values["resolution"], values["aspect_ratio"]) == (resolution, aspect)


@pytest.mark.parametrize(
    "info", [GenerationInfo(num_frames=1, fps=16), GenerationInfo(fps=16), GenerationInfo(num_frames=33)]
)
def test_a_length_needs_frames_and_a_rate(info: GenerationInfo) -> None:
    assert settings_of(info, I2V) == {}


@pytest.mark.parametrize("preset", SHIPPED)
def test_what_a_preset_made_can_be_made_again(preset: str) -> None:
    params = settle(preset, {"seed": 5}).params()
    info = GenerationInfo(width=params["width"], height=params["height"], seed=5)
    tool = shipped(preset).tool
    again = settings_of(info, tool, params)
    if tool.output == "video":
        assert frame_count(again["duration"], again["fps"]) == params["num_frames"]
    redone = settle(preset, {k: v for k, v in again.items() if k != "image"}).params()
    assert redone == params


def used(name: str, strength: float, pass_: str | None) -> UsedLora:
    return UsedLora(name, strength, pass_)


@pytest.mark.parametrize(
    ("loras", "rows"),
    [
        ([used("a", 1, "high"), used("a", 1, "low")], [{"high": "a"}]),
        ([used("c_high", 1, "high"), used("c_low", 1, "low")], [{"high": "c_high", "low": "c_low"}]),
        ([used("a", 1, "high")], [{"high": "a", "low": None}]),
        ([used("a", 1, "low")], [{"high": None, "low": "a"}]),
        ([used("a", 1, "high"), used("b", 1, "low")], [{"high": "a", "low": None}, {"high": None, "low": "b"}]),
        ([used("a", 1, None)], [{"high": "a"}]),
    ],
)
def test_lora_rows(loras: list[UsedLora], rows: list[dict[str, Any]]) -> None:
    assert lora_rows(loras) == [{**row, "strength": 1, "enabled": True} for row in rows]


def test_the_same_file_with_two_strengths_is_two_rows() -> None:
    rows = lora_rows([used("a", 1, "high"), used("a", 0.5, "low")])
    assert [(row["high"], row["low"], row["strength"]) for row in rows] == [("a", None, 1), (None, "a", 0.5)]


def offered(key: str) -> tuple[str, ...]:
    lists = {"vae": MODELS["VAE"], "lora_configs": EVERYTHING.loras}
    return lists.get(key) or ()


def test_names_in_the_server_s_spelling() -> None:
    values = {
        "vae": "WAN_2.1_vae.safetensors",
        "unet_high_noise": HIGH,
        "prompt": "p",
        "lora_configs": [{"high": "camera_HIGH.safetensors", "low": None}, {"high": None, "low": "stile.safetensors"}],
    }
    as_is, replaced, lacking = fit_names(values, offered)
    assert as_is["vae"] == replaced["vae"] == "wan_2.1_vae.safetensors"
    assert as_is["unet_high_noise"] == HIGH
    assert as_is["lora_configs"][0] == {"high": MODELS["LORA"][0], "low": None}
    assert as_is["lora_configs"][1]["low"] == "stile.safetensors"
    assert replaced["lora_configs"][1]["low"] == "style.safetensors"
    assert lacking == (Lacking("stile.safetensors", "style.safetensors"),)
    assert values["lora_configs"][1]["low"] == "stile.safetensors"


def test_a_name_like_no_other_stays() -> None:
    as_is, replaced, lacking = fit_names({"vae": "zzz"}, offered)
    assert as_is == replaced == {"vae": "zzz"}
    assert lacking == (Lacking("zzz", None),)


def test_what_is_lacking_in_words() -> None:
    note = lacking_note((Lacking("folder\\a.safetensors", "b.safetensors"), Lacking("c", None)))
    assert note == ("This server has no a.safetensors; the nearest it has is b.safetensors. This server has no c.")
    assert lacking_note(()) == ""
