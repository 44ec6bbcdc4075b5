"""Settings worked out of what made a file, and names fitted to a server."""

from __future__ import annotations

import pytest

from oelala_desktop.domain.generation import GenerationInfo, UsedLora, UsedModel
from oelala_desktop.domain.reuse import fit_names, lacking_note, lora_rows, settings_of, tool_of
from oelala_desktop.domain.tool import TOOLS

HIGH, LOW = "wan2.2_i2v_high_noise_14B.gguf", "wan2.2_i2v_low_noise_14B.gguf"
INFO = GenerationInfo(
    source="prompt", prompt="a pier", seed=2**64 - 1, steps=8, cfg=0.0, width=848, height=480, num_frames=81, fps=16.0,
    models=(UsedModel(HIGH, "high"), UsedModel(LOW, "low")),
)  # fmt: skip


def test_size_length_models_and_exact_seed_come_back() -> None:
    tool = tool_of(INFO, "video")
    assert tool.id == "image-to-video"
    values = settings_of(INFO, tool)
    assert values["resolution"] == "480p" and values["aspect_ratio"] == "16:9"
    assert (values["duration"], values["fps"]) == (5.0, 16)
    assert values["seed"] == 2**64 - 1
    assert (values["unet_high_noise"], values["unet_low_noise"]) == (HIGH, LOW)
    assert "cfg" not in values  # the tool's range begins at 1


def test_our_own_block_counts_more_and_names_its_tool() -> None:
    params = {"tool": "text-to-video", "steps": 12, "lora_configs": [], "num_frames": 81, "variations": 3}
    tool = tool_of(INFO, "video", params)
    assert tool.id == "text-to-video"
    values = settings_of(INFO, tool, params)
    assert values["steps"] == 12
    assert "num_frames" not in values and "variations" not in values


def test_pictures_and_foreign_weights_find_their_tool() -> None:
    assert tool_of(GenerationInfo(), "image").id == "text-to-image"
    assert tool_of(GenerationInfo(models=(UsedModel("wan_t2v_high.gguf", "high"),)), "video").id == "text-to-video"
    still = GenerationInfo(models=(UsedModel("base.safetensors"),))
    assert settings_of(still, TOOLS["text-to-image"])["checkpoint"] == "base.safetensors"


def test_loras_of_both_passes_become_rows() -> None:
    used = (
        UsedLora("orbit.safetensors", 1.5, "high"),
        UsedLora("orbit.safetensors", 1.5, "low"),
        UsedLora("cam_high.safetensors", 0.0, "high"),
        UsedLora("cam_low.safetensors", 0.0, "low"),
        UsedLora("only.safetensors", 1.0, "high"),
        UsedLora("deep.safetensors", 0.5, "low"),
    )
    assert lora_rows(used) == [
        {"high": "orbit.safetensors", "strength": 1.5, "enabled": True},
        {"high": "cam_high.safetensors", "low": "cam_low.safetensors", "strength": 0.0, "enabled": True},
        {"high": "only.safetensors", "low": None, "strength": 1.0, "enabled": True},
        {"high": None, "low": "deep.safetensors", "strength": 0.5, "enabled": True},
    ]


@pytest.mark.parametrize("high", ["cam_high.safetensors", "cam_A14BHIGH.safetensors"])
def test_a_high_half_that_both_passes_used_is_used_in_both_again(high: str) -> None:
    """Left out, `low` would be the low half that the server has beside it."""
    rows = lora_rows((UsedLora(high, 1.0, "high"), UsedLora(high, 1.0, "low")))
    assert rows == [{"high": high, "low": high, "strength": 1.0, "enabled": True}]


def test_what_a_server_lacks_is_named_with_the_nearest() -> None:
    values = {"unet_high_noise": "Sub/" + HIGH, "lora_configs": [{"high": "orbit_v1.safetensors", "strength": 1.0}]}
    offers = {"unet_high_noise": (HIGH,), "lora_configs": ("orbit_v2.safetensors",)}
    as_is, nearest, lacking = fit_names(values, lambda key: offers.get(key, ()))
    assert as_is["unet_high_noise"] == nearest["unet_high_noise"] == HIGH
    assert as_is["lora_configs"][0]["high"] == "orbit_v1.safetensors"
    assert nearest["lora_configs"][0]["high"] == "orbit_v2.safetensors"
    assert lacking_note(lacking) == (
        "This server has no orbit_v1.safetensors; the nearest it has is orbit_v2.safetensors."
    )


def test_an_unknown_server_lacks_nothing() -> None:
    assert fit_names({"vae": "x.safetensors"}, lambda _key: ())[2] == ()


def test_a_file_without_our_block_gives_loras_and_the_nearest_size() -> None:
    info = GenerationInfo(
        prompt="a boat", width=384, height=224, loras=(UsedLora("orbit_high.safetensors", 0.5, "high"),)
    )
    values = settings_of(info, TOOLS["image-to-video"])
    assert (values["resolution"], values["aspect_ratio"]) == ("480p", "16:9")
    assert values["lora_configs"][0]["high"] == "orbit_high.safetensors"
    assert values["lora_configs"][0]["strength"] == 0.5
