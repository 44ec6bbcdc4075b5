"""Which models a preset takes where nobody chose any: whole pairs, of its own task."""

from __future__ import annotations

from typing import Any

import pytest

from oelala_desktop.domain.catalog import Catalog
from oelala_desktop.domain.errors import NotRunnable
from oelala_desktop.domain.model_file import ModelFile
from tests.unit.domain.samples import build, by_title, settle, shipped
from tests.unit.node_table import offering

I2V, T2V, FAST = "image-to-video.wan22-14b", "text-to-video.wan22-14b", "image-to-video.wan22-14b-fast"
KJ = "Wan2_2-I2V-A14B-{}_fp8_e4m3fn_scaled_KJ.safetensors"
OFFICIAL = "wan2.2_i2v_{}_noise_14B_fp8_scaled.safetensors"


def unets(*names: str) -> Catalog:
    return offering("UNETLoader", "unet_name", *names)


def taken(preset: str, *names: str, **given: Any) -> tuple[str, str]:
    values = settle(preset, given, catalog=unets(*names)).values
    return values["unet_high_noise"], values["unet_low_noise"]


@pytest.mark.parametrize(
    ("preset", "names", "wanted"),
    [
        (I2V, ["Wan2_2-I2V-A14B-HIGH_bf16.safetensors", KJ.format("HIGH"), KJ.format("LOW")], slice(1, 3)),
        (I2V, ["smoothMix_i2vHigh", "wan22Remix_i2vHighV30", "wan22Remix_i2vLowV30"], slice(1, 3)),
        (I2V, ["mix_i2vHigh", "mix_i2vLow", OFFICIAL.format("high"), OFFICIAL.format("low")], slice(2, 4)),
        (I2V, [OFFICIAL.format("high"), "mix_i2vHigh", "mix_i2vLow"], slice(1, 3)),
        (I2V, ["a_i2v_high_Q4_0", "a_i2v_low_Q4_0", "a_i2v_high_fp8", "a_i2v_low_fp8"], slice(2, 4)),
        (I2V, ["a_i2v_high_fp16", "a_i2v_low_fp8"], slice(0, 2)),
        (I2V, ["x/A_i2v_high", "y/A_i2v_low", "y/b_i2v_high", "y/b_i2v_low"], slice(2, 4)),
        (I2V, ["b\\A_i2v_t2v_high", "b\\A_i2v_t2v_low"], slice(0, 2)),
        (T2V, ["RemixT2VI2V_i2vHigh", "RemixT2VI2V_i2vLow", "RemixT2VI2V_t2vHigh", "RemixT2VI2V_t2vLow"], slice(2, 4)),
    ],
)
def test_a_whole_pair_is_taken(preset: str, names: list[str], wanted: slice) -> None:
    for order in (names, names[::-1]):
        assert taken(preset, *order) == tuple(names[wanted])


def test_of_files_of_one_name_the_very_one_is_taken() -> None:
    model = ModelFile(("A.b",), "loras", "fast.safetensors", ("fast.safetensors",))
    for other in ("a/fast.safetensors", "a\\fast.safetensors", "FAST.safetensors"):
        assert model.best((other, "fast.safetensors")) == model.best(("fast.safetensors", other)) == model.file
        assert model.best((other,)) == other
    names = [OFFICIAL.format(half) for half in ("high", "low")]
    for folder in ("a/", "a\\"):
        others = [folder + name for name in names]
        assert taken(I2V, *others, *names) == taken(I2V, *names, *others) == tuple(names)


@pytest.mark.parametrize(
    ("preset", "names", "lacking"),
    [
        (T2V, ["smoothMixWan22I2VT2V_i2vHigh", "smoothMixWan22I2VT2V_i2vLow"], 2),
        (I2V, ["smoothMixI2VT2V_t2v_i2vless_high", "smooth_t2v_low"], 2),
        (I2V, ["smoothMix_i2vHigh", "wan22Remix_i2vLow"], 2),
        (I2V, [OFFICIAL.format("high"), "wan22Remix_i2vLow"], 1),
        (I2V, ["wan22_5B_i2v_high", "wan22_5B_i2v_low"], 2),
    ],
)
def test_halves_that_do_not_fit_are_not_taken(preset: str, names: list[str], lacking: int) -> None:
    with pytest.raises(NotRunnable):
        taken(preset, *names)
    assert len(shipped(preset).missing(unets(*names))) == lacking


def test_what_a_person_chose_runs_whatever_it_is_called() -> None:
    names = "wan22SVICamera_cameraV2FP8H.safetensors", "wan22SVICamera_cameraV2FP8L.safetensors"
    chosen = {"unet_high_noise": names[0], "unet_low_noise": names[1]}
    assert shipped(I2V).missing(unets(*names))
    assert shipped(I2V).missing(unets(*names), chosen) == ()
    assert taken(I2V, *names, **chosen) == names


def test_the_other_half_of_what_a_person_chose_comes_along() -> None:
    names = [OFFICIAL.format("high"), OFFICIAL.format("low"), "w\\cameraFP8H", "w\\cameraFP8L"]
    assert taken(I2V, *names, unet_high_noise="w/cameraFP8H") == ("w\\cameraFP8H", "w\\cameraFP8L")
    assert taken(I2V, *names, unet_low_noise="w/cameraFP8L") == ("w\\cameraFP8H", "w\\cameraFP8L")


def test_the_halves_of_a_lora_of_the_preset_s_own_belong_together() -> None:
    folder = "Wan2.2-I2V-A14B-4steps-lora-Seko-V1"
    names = ["x_lightx2v_i2v_high", "y_lightx2v_i2v_low"]
    names += [f"{folder}/{side}_noise_model.safetensors" for side in ("high", "low")]
    graph = build(FAST, catalog=offering("LoraLoaderModelOnly", "lora_name", *names))
    got = [by_title(graph, f"Lightning {side}")["lora_name"] for side in ("high", "low")]
    assert got == names[2:]


@pytest.mark.parametrize("preset", [I2V, T2V, "text-to-image.wan22-14b", "image-to-video.wan22-5b"])
def test_the_makers_own_names_count(preset: str) -> None:
    name = "models_t5_umt5-xxl-enc-bf16.pth"
    request = settle(preset, catalog=offering("CLIPLoader", "clip_name", "clip_l.safetensors", name))
    assert request.values["text_encoder"] == name


def test_the_low_half_of_a_lora_goes_into_the_low_pass() -> None:
    names = ["both.safetensors", "w\\kite_high_noise.safetensors", "w\\kite_low_noise.safetensors"]
    catalog = offering("LoraLoaderModelOnly", "lora_name", *names)
    rows = {"lora_configs": [{"high": "w/kite_high_noise.safetensors"}, {"high": "both.safetensors"}]}
    graph = build(I2V, rows, catalog=catalog)
    got = [
        [by_title(graph, f"LoRA {number} for {side} noise pass")["lora_name"] for side in ("High", "Low")]
        for number in (1, 2)
    ]
    assert got == [names[1:], ["both.safetensors"] * 2]


@pytest.mark.parametrize(
    ("name", "rank"),
    [
        ("very_i2v_14B.safetensors", 0),
        ("sub\\VERY_i2v_14b.safetensors", 0),
        ("other_i2v.safetensors", 1),
        ("kept/x.gguf", 2),
        ("x.gguf", None),  # a slash asks for the whole path
        ("very_t2v_14B.safetensors", None),  # weights for another task
        ("very_i2v_5B.safetensors", None),  # or of another size
        ("x.safetensors", 3),
    ],
)
def test_how_well_a_file_will_do(name: str, rank: int | None) -> None:
    patterns = ("very_*", "*I2V*", "kept/*.gguf", "*.safetensors")
    model = ModelFile(("A.unet_name",), "diffusion_models", "very_i2v_14B.safetensors", patterns)
    assert model.ranks((name,)) == ({} if rank is None else {name: rank})
    assert model.best(("x.safetensors", name)) == (name if rank is not None else "x.safetensors")
    assert model.best(()) is None


@pytest.mark.parametrize(
    ("lists", "found"),
    [
        ({"vae": ("a_high.safetensors",)}, ("vae", "a_high.safetensors")),
        ({"loras": ("a_high.safetensors",)}, ("loras", "a_high.safetensors")),  # the very file, wherever it lies
        ({"unet": ("a_high.safetensors",)}, None),  # where it should be
        ({"loras": ("likely_high_1",), "vae": ("likely_high_2",)}, ("vae", "likely_high_2")),
        ({"vae": ("likely_high",), "clip": ("a_high.safetensors",)}, ("clip", "a_high.safetensors")),
        ({"vae": ("xx1234567x",)}, None),  # seven characters beside the stars tell nothing
        ({"vae": ("any_i2v",)}, None),
        ({}, None),
    ],
)
def test_a_file_in_another_folder(lists: dict[str, tuple[str, ...]], found: tuple[str, str] | None) -> None:
    model = ModelFile((), "unet", "a_high.safetensors", ("*i2v*", "*1234567*", "likely_h*"))
    assert model.misplaced(lists) == found


def test_a_name_that_reads_like_a_pattern_is_that_of_one_file() -> None:
    model = ModelFile((), "unet", "a[fp8].safetensors", ())
    assert model.misplaced({"loras": ("af.safetensors",), "vae": ("a[fp8].safetensors",)}) == (
        "vae",
        "a[fp8].safetensors",
    )
