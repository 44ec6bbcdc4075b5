"""Names of high and low noise files as people publish them, and names that look like them."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import pytest

from oelala_desktop.domain.models import find_pairs, noise_pass, partner, passes_of

#: a high file and its low one, line by line
_NAMES = (Path(__file__).parent / "pair_names.txt").read_text("utf-8").splitlines()
PAIRS = list(zip(_NAMES[::2], _NAMES[1::2], strict=True))

UNMARKED = [
    "Wan2_1-I2V-14B-480P_fp8_e4m3fn.safetensors", "wan2.2_ti2v_5B_fp16.safetensors", "slow_motion_wan21.safetensors",
    "highlight_boost.safetensors", "lowlight_boost.safetensors", "Yellow-Submarine_H264.safetensors",
    "Wan21_I2V_14B_lightx2v_cfg_step_distill_lora_rank64.safetensors", "lowpoly_style_wan.safetensors",
    "highpoly_style_wan.safetensors", "clip_vision_h.safetensors", "clip_l.safetensors", "clip_vision_l.safetensors",
    "CLIP-ViT-H-14-laion2B-s32B-b79K.safetensors", "CLIP-ViT-L-14.safetensors", "sam_vit_h_4b8939.pth",
    "sam_vit_l_0b3195.pth", "sam2.1_hiera_l.pt", "depth_anything_v2_vitl.pth", "dinov3_vith16plus.pth",
    "SDXL_LowLight_v1.safetensors", "SDXL_HighLight_v1.safetensors", "LowAngle_wan.safetensors",
    "HighAngle_wan.safetensors", "low-poly.safetensors", "high-poly.safetensors", "wan_high_heels.safetensors",
    "HighRes_v1.safetensors", "LowRes_v1.safetensors", "low_vram.safetensors", "high_contrast.safetensors",
    "low_contrast.safetensors", "shallow_dof.safetensors", "wan_glow_v2.safetensors", "flow_shift.safetensors",
    "hi-res_fix_l1.safetensors", "high_detail.safetensors", "pillow.safetensors", "Lowrider.safetensors",
]  # fmt: skip

NOT_PAIRS = [
    ("one/river_high.safetensors", "two/river_low.safetensors"),
    ("river/x_high.safetensors", "river_x_low.safetensors"),
    ("HIGH/river.safetensors", "river_low.safetensors"),
    ("river_high_Q6_K.gguf", "river_low_Q8_0.gguf"),
    ("river_i2v_high.safetensors", "river_t2v_low.safetensors"),
    ("river_high_4steps.safetensors", "river_low_8steps.safetensors"),
    ("river_1_high.safetensors", "river_2_low.safetensors"),
    ("TurboWan2.2-I2V-A14B-high-720P.pth", "TurboWan2.2-I2V-A14B-low-480P.pth"),
    ("river_wan2.1_high.safetensors", "river_wan2.2_low.safetensors"),
    ("river_XH.safetensors", "river_XL.safetensors"),
    ("high_001.safetensors", "low_002.safetensors"),
    ("Wan_2_2_I2V_HIGH_MoE_distill_lora_rank_64.safetensors", "Wan2.2_I2V_LOW_4steps_lora_rank64_V1.safetensors"),
]  # fmt: skip


@pytest.mark.parametrize(("high", "low"), PAIRS)
def test_a_pair_is_one_by_itself(high: str, low: str) -> None:
    assert [(pair.high, pair.low) for pair in find_pairs([low, high])] == [(high, low)]


def test_all_pairs_are_found_among_all_names_and_no_other() -> None:
    names = [*chain(*PAIRS), *UNMARKED]
    assert len(PAIRS) >= 65
    for order in (names, names[::-1], sorted(names)):
        assert {(pair.high, pair.low) for pair in find_pairs(order)} == set(PAIRS)


@pytest.mark.parametrize("name", UNMARKED)
def test_a_name_that_only_looks_marked_is_not(name: str) -> None:
    assert noise_pass(name) is None


@pytest.mark.parametrize(("high", "low"), NOT_PAIRS)
def test_names_that_differ_in_more_are_no_pair(high: str, low: str) -> None:
    assert find_pairs([high, low]) == ()


def test_a_version_differs_only_where_one_candidate_is_left() -> None:
    old, new = ["kite_highV20", "kite_lowV20"], ["kite_highV30", "kite_lowV31"]
    assert [(p.high, p.low) for p in find_pairs([*old, *new])] == [tuple(old), tuple(new)]
    assert [(p.high, p.low) for p in find_pairs([*old, *new, "kite_lowV32"])] == [tuple(old)]


def test_a_half_goes_with_one_of_its_own_kind() -> None:
    files = ["kite_high.gguf", "kite_low.safetensors", "kite_low.gguf", "kite_high.safetensors"]
    assert [(p.high, p.low) for p in find_pairs(files)] == [
        ("kite_high.gguf", "kite_low.gguf"),
        ("kite_high.safetensors", "kite_low.safetensors"),
    ]


def test_a_glued_marker_is_left_out_of_the_pair_s_name() -> None:
    assert find_pairs(["wan22_t2vA14BHIGH.gguf", "wan22_t2vA14BLOW.gguf"])[0].name == "wan22 t2v A14B"


def test_noise_behind_a_glued_marker_says_no_more_than_it() -> None:
    files = ["wan22_t2vA14BHIGH_noise.gguf", "wan22_t2vA14BLOW.gguf"]
    assert [(p.high, p.low, p.name) for p in find_pairs(files)] == [(*files, "wan22 t2v A14B")]


def test_a_glued_marker_tells_beside_its_other_half() -> None:
    pair = ["wan22_t2vA14BHIGH.gguf", "wan22_t2vA14BLOW.gguf"]
    sides = {pair[0]: "high", pair[1]: "low", "both.gguf": None, "x_low.gguf": "low"}
    assert passes_of(sides) == sides
    assert passes_of(pair[:1]) == {pair[0]: None}


def test_the_other_half() -> None:
    files = ["kite_high.gguf", "kite_low.gguf", "both.gguf"]
    assert partner(files[0], files) == files[1] and partner(files[1], files) == files[0]
    assert partner("both.gguf", files) is None


def test_of_several_that_fit_the_one_that_is_spelt_alike() -> None:
    spelt = [
        ("river[high].pt", "river[low].pt"),
        ("highnoise_river.pt", "lownoise_river.pt"),
        ("RIVER_H.pt", "RIVER_L.pt"),
    ]
    for order in (spelt, spelt[::-1]):
        names = [*(low for _, low in order), *(high for high, _ in order)]
        assert {(pair.high, pair.low) for pair in find_pairs(names)} == set(spelt)
