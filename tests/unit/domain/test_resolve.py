"""From what a user gave to a request in which every value is settled."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oelala_desktop.domain.catalog import Catalog
from oelala_desktop.domain.errors import InvalidField, NotRunnable
from oelala_desktop.domain.field import MAX_SEED
from oelala_desktop.domain.settling import pick
from tests.unit.domain.samples import SHIPPED, build, by_title, settle, shipped
from tests.unit.node_table import EVERYTHING, MODELS, offering, without

I2V = "image-to-video.wan22-14b-distorch2"
DEFAULTS = [
    # preset, steps, switch, cfg, sampler, scheduler, shift, size, frames, fps
    ("image-to-video.wan22-14b-distorch2", 6, 3, 1.0, "uni_pc", "normal", 5.0, (848, 480), 81, 16),
    ("image-to-video.wan22-14b", 20, 10, 3.5, "euler", "simple", 8.0, (848, 480), 81, 16),
    ("text-to-video.wan22-14b", 20, 10, 3.5, "euler", "simple", 8.0, (848, 480), 81, 16),
    ("image-to-video.wan22-14b-fast", 4, 2, 1.0, "euler", "simple", 5.0, (848, 480), 81, 16),
    ("text-to-video.wan22-14b-fast", 4, 2, 1.0, "euler", "simple", 5.0, (848, 480), 81, 16),
    ("image-to-video.wan22-5b", 20, None, 5.0, "uni_pc", "simple", 8.0, (1280, 704), 121, 24),
    ("text-to-video.wan22-5b", 20, None, 5.0, "uni_pc", "simple", 8.0, (1280, 704), 121, 24),
    ("text-to-image.flux-dev", 20, None, 1.0, "euler", "simple", None, (1024, 1024), 1, 0),
    ("text-to-image.sdxl", 30, None, 7.5, "dpmpp_2m", "karras", None, (1024, 1024), 1, 0),
    ("text-to-image.wan22-14b", 20, 10, 3.5, "euler", "simple", 8.0, (1280, 720), 1, 0),
]


@pytest.mark.parametrize("row", DEFAULTS, ids=[row[0] for row in DEFAULTS])
def test_a_preset_brings_its_own_defaults(row: tuple[Any, ...]) -> None:
    preset, steps, switch, cfg, sampler, scheduler, shift, size, frames, fps = row
    request = settle(preset)
    values = request.values
    found = tuple(values.get(k) for k in ("steps", "switch_step", "cfg", "sampler", "scheduler", "shift"))
    assert found == (steps, switch, cfg, sampler, scheduler, shift)
    assert ((request.width, request.height), request.num_frames, request.fps) == (size, frames, fps)
    assert request.seed == 1234
    assert values["seed"] == "1234"


@pytest.mark.parametrize(
    ("preset", "steps", "switch"),
    [
        (I2V, 6, 3),
        (I2V, 2, 1),
        (I2V, 8, 4),
        (I2V, 7, 4),
        (I2V, 40, 20),
        ("image-to-video.wan22-14b-fast", 3, 2),
    ],
)
def test_a_default_switch_step_follows_the_steps(preset: str, steps: int, switch: int) -> None:
    assert settle(preset, {"steps": steps}).values["switch_step"] == switch


@given(st.integers(2, 40))
def test_the_followed_switch_step_leaves_both_passes_a_step(steps: int) -> None:
    assert 1 <= settle(I2V, {"steps": steps}).values["switch_step"] < steps


@pytest.mark.parametrize(
    ("preset", "values"),
    [
        (I2V, {"steps": 4, "switch_step": 4}),
        (I2V, {"switch_step": 6}),
        ("image-to-video.wan22-5b", {"switch_step": 20}),
    ],
)
def test_an_explicit_switch_step_must_be_below_the_steps(preset: str, values: dict[str, int]) -> None:
    with pytest.raises(InvalidField, match="must be less than the") as caught:
        settle(preset, values)
    assert caught.value.field == "switch_step"


def test_one_pass_may_have_one_step_and_two_passes_need_two() -> None:
    assert settle("text-to-image.sdxl", {"steps": 1}).values["steps"] == 1
    with pytest.raises(InvalidField, match="steps: 1 is outside 2 to 40"):
        settle(I2V, {"steps": 1})


def test_an_explicit_switch_step_stays() -> None:
    assert settle(I2V, {"steps": 10, "switch_step": 2}).values["switch_step"] == 2


def test_num_frames_is_taken_at_its_word() -> None:
    request = settle(I2V, {"num_frames": 17})
    assert (request.num_frames, request.values["num_frames"], request.values["duration"]) == (17, 17, None)
    assert "duration" not in request.params()


def test_num_frames_may_agree_with_the_duration() -> None:
    request = settle(I2V, {"num_frames": 33, "duration": 2})
    assert (request.num_frames, request.values["duration"]) == (33, 2.0)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"num_frames": 32}, "32 is not 4k + 1; the nearest are 29 and 33"),
        ({"num_frames": 33, "duration": 5}, "contradicts duration, which gives 81"),
    ],
)
def test_wrong_frame_counts(values: dict[str, int], words: str) -> None:
    with pytest.raises(InvalidField, match=re.escape(words)) as caught:
        settle(I2V, values)
    assert caught.value.field == "num_frames"


@pytest.mark.parametrize("seed", [0, 1, 2**63, MAX_SEED])
def test_seeds_are_exact_and_kept_as_text(seed: int) -> None:
    request = settle(I2V, {"seed": str(seed)})
    assert (request.seed, request.values["seed"], request.params()["seed"]) == (seed, str(seed), str(seed))
    graph = build(I2V, {"seed": seed})
    assert by_title(graph, "High noise pass")["noise_seed"] == by_title(graph, "Low noise pass")["noise_seed"] == seed


@pytest.mark.parametrize(
    ("picture", "aspect", "size"),
    [
        ((900, 1600), "9:16", (480, 848)),
        ((1000, 1000), "1:1", (480, 480)),
        ((3000, 2000), "3:2", (720, 480)),
        (None, "16:9", (848, 480)),
    ],
)
def test_auto_follows_the_picture(picture: tuple[int, int] | None, aspect: str, size: tuple[int, int]) -> None:
    request = settle(I2V, picture=picture)
    assert (request.values["aspect_ratio"], (request.width, request.height)) == (aspect, size)


def test_a_named_aspect_wins_over_the_picture() -> None:
    assert settle(I2V, {"aspect_ratio": "21:9", "resolution": "720p"}).width == 1680


@pytest.mark.parametrize(("aspect", "size"), [("16:9", (1344, 768)), ("2:3", (832, 1216))])
def test_sdxl_takes_its_own_sizes(aspect: str, size: tuple[int, int]) -> None:
    request = settle("text-to-image.sdxl", {"aspect_ratio": aspect})
    assert (request.width, request.height) == size


def test_the_picture_is_needed() -> None:
    with pytest.raises(InvalidField, match="A picture is missing") as caught:
        settle(I2V, {"image": ""})
    assert caught.value.field == "image"


@pytest.mark.parametrize(
    ("preset", "values", "field"),
    [
        ("text-to-video.wan22-14b", {"clip_count": 2}, "clip_count"),
        ("image-to-video.wan22-5b", {"end_image": "e.png"}, "end_image"),
    ],
)
def test_what_a_preset_cannot_do_is_said(preset: str, values: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidField, match="choose") as caught:
        settle(preset, values)
    assert caught.value.field == field


# Models and lists of the server


def test_models_are_the_server_s_own_names() -> None:
    high, low = (rf"wan\WAN2.2_I2V_{word}_noise_14B_fp8_scaled.safetensors" for word in ("High", "low"))
    values = settle("image-to-video.wan22-14b", catalog=offering("UNETLoader", "unet_name", high, low)).values
    assert (values["unet_high_noise"], values["unet_low_noise"]) == (high, low)


def test_a_wished_model_is_found_by_its_file_name() -> None:
    catalog = offering("VAELoader", "vae_name", r"sub\Wan_2.1_VAE.safetensors")
    request = settle("image-to-video.wan22-14b", {"vae": "wan_2.1_vae.safetensors"}, catalog=catalog)
    assert request.values["vae"] == r"sub\Wan_2.1_VAE.safetensors"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"vae": "wan_2.1_vea.safetensors"}, "vae: this server has nothing named wan_2.1_vea.safetensors. The nearest"),
        ({"sampler": "eulre"}, "sampler: this server has nothing named eulre. The nearest is euler."),
        ({"scheduler": "qqqq"}, "It has: simple, karras, normal, beta."),
        ({"lora_configs": [{"high": "stile.safetensors"}]}, "lora_configs: .* nearest is style.safetensors"),
    ],
)
def test_an_unknown_name_names_the_nearest(values: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidField, match=words):
        settle("image-to-video.wan22-14b", values)


def test_names_of_nothing() -> None:
    with pytest.raises(InvalidField, match=r"nothing named x\. It has none at all\."):
        pick("vae", "x", ())
    with pytest.raises(InvalidField, match="It has: aaaaa, bbbbb, ccccc, ddddd, eeeee …"):
        pick("vae", "zzzzz", ("aaaaa", "bbbbb", "ccccc", "ddddd", "eeeee", "fffff"))


def test_samplers_are_taken_unseen_where_the_server_gives_no_list() -> None:
    sampler = EVERYTHING.classes["KSampler"]
    inputs = {k: v for k, v in sampler.inputs.items() if k != "sampler_name"}
    bare = Catalog({**EVERYTHING.classes, "KSampler": type(sampler)("KSampler", inputs, sampler.outputs)})
    assert settle("image-to-video.wan22-5b", {"sampler": "brand_new"}, catalog=bare).values["sampler"] == "brand_new"


def test_missing_models_are_named_with_where_they_go() -> None:
    with pytest.raises(NotRunnable) as caught:
        settle("image-to-video.wan22-14b", catalog=offering("VAELoader", "vae_name", "pixel_space"))
    assert "wan_2.1_vae.safetensors (models/vae, from https://" in caught.value.message
    assert caught.value.missing[0].endswith("into ComfyUI/models/vae/")
    assert caught.value.exit_code == 2


def test_missing_nodes_are_named_with_their_packs() -> None:
    with pytest.raises(NotRunnable) as caught:
        settle(I2V, catalog=without("VHS_VideoCombine", "WanImageToVideo"))
    assert "node pack ComfyUI-VideoHelperSuite (nodes VHS_VideoCombine)" in caught.value.message
    assert "node WanImageToVideo (part of a newer ComfyUI" in caught.value.message
    assert "git clone https://github.com/Kosinkadink/ComfyUI-VideoHelperSuite" in caught.value.missing[0]


def test_sketch_s_nodes_are_sketch_s_alone() -> None:
    with pytest.raises(NotRunnable, match="only the built-in Sketch engine has it"):
        settle("image-to-video.sketch", catalog=without("SketchCameraMove"))


def test_a_lora_without_a_half_of_its_own_goes_into_both_passes() -> None:
    graph = build(
        "image-to-video.wan22-14b",
        {"lora_configs": [{"high": "style.safetensors"}, {"high": "camera_HIGH.safetensors"}]},
    )
    given = sorted(str(row["inputs"]["lora_name"]) for row in graph.values() if "lora_name" in row["inputs"])
    pair = [r"wan 2.2\camera_HIGH.safetensors", r"wan 2.2\camera_LOW.safetensors"]
    assert given == ["style.safetensors"] * 2 + pair


def test_a_part_that_the_server_cannot_run_is_left_out() -> None:
    unable = replace(EVERYTHING, unable={"PathchSageAttentionKJ": "No module named 'sageattention'"})
    assert settle(I2V, catalog=EVERYTHING).values["sage_attention"] is True
    assert settle(I2V, catalog=unable).values["sage_attention"] is False
    assert settle(I2V, {"sage_attention": True}, catalog=unable).values["sage_attention"] is False


def test_a_pack_that_failed_to_import_is_told_as_that() -> None:
    lacking = without("UnetLoaderGGUFAdvanced", "VHS_VideoCombine")
    broken = {"ComfyUI-GGUF-main": "No module named 'gguf'", "comfyui_videohelpersuite": ""}
    gguf, vhs = shipped(I2V).missing(replace(lacking, broken=broken))
    assert str(gguf) == "node pack ComfyUI-GGUF (it is there, but failed to import: No module named 'gguf')"
    assert str(vhs) == "node pack ComfyUI-VideoHelperSuite (it is there, but failed to import)"
    assert "requirements.txt" in gguf.fix and "git clone" not in gguf.fix
    assert all("git clone" in m.fix for m in shipped(I2V).missing(lacking))


def test_on_sketch_an_ai_preset_needs_comfyui_and_nothing_else() -> None:
    sketch = replace(without("VHS_VideoCombine", "WanImageToVideo"), sketch=True)
    with pytest.raises(NotRunnable, match=r"needs ComfyUI: the built-in Sketch engine runs no AI model\.") as caught:
        settle(I2V, catalog=sketch)
    assert len(caught.value.missing) == 1
    without_models = replace(shipped(I2V), models=())
    where = "the built-in Sketch engine lacks VHS_VideoCombine, WanImageToVideo"
    assert [m.where for m in without_models.missing(sketch)] == [where]


@pytest.mark.parametrize("count", [1, 40, 41, 90])
def test_so_much_that_a_server_lacks_is_told(count: int) -> None:
    graph = {str(n): {"class_type": f"Odd{n:03}", "inputs": {}, "_meta": {"title": f"Node {n}"}} for n in range(count)}
    found = replace(shipped(I2V), template=graph, models=(), packs=(), optional=(), also=()).missing(without())
    names = [f"node Odd{n:03}" for n in range(count)]
    assert {missing.kind for missing in found} == {"nodes"}
    if count <= 40:
        assert [missing.name for missing in found] == names
        assert {missing.where for missing in found} == {"part of a newer ComfyUI"}
    else:
        assert [missing.name for missing in found] == [*names[:39], f"{count - 39} more"]
        assert str(found[-1]) == f"{count - 39} more (of its nodes and models)"
        assert found[-1].fix == "Update ComfyUI to its newest version."


def test_another_seed_is_said_in_the_values_too() -> None:
    request = settle(I2V, {"seed": "7"}).with_seed(2**64 - 1)
    assert (request.seed, request.values["seed"]) == (2**64 - 1, "18446744073709551615")
    assert request.params()["seed"] == "18446744073709551615" and "another" not in request.values


def test_a_name_with_a_dot_is_the_name_of_one_preset() -> None:
    own = replace(shipped(I2V), id="image-to-video.my.own")
    assert own.short_id == "my.own"
    request = replace(settle(I2V), preset=own.id)
    assert (request.params()["preset"], request.params()["workflow"]) == ("my.own", own.id)


def test_a_fix_is_named_once() -> None:
    with pytest.raises(NotRunnable) as caught:
        settle(I2V, catalog=without("WanImageToVideo", "KSamplerAdvanced"))
    assert caught.value.missing == ("Update ComfyUI to its newest version.",)


# Parts that may be absent


def test_sage_attention_is_left_out_where_the_server_lacks_it() -> None:
    request = settle(I2V, catalog=without("PathchSageAttentionKJ"))
    assert request.values["sage_attention"] is False
    with pytest.raises(InvalidField, match=r"lacks node PathchSageAttentionKJ\. It comes with ComfyUI-KJNodes"):
        settle(I2V, {"sage_attention": True}, catalog=without("PathchSageAttentionKJ"))


@pytest.mark.parametrize(
    ("devices", "allocations"),
    [(("cpu", "cuda:0", "cuda:1"), "cuda:0,0.25gb;cuda:1,8gb;cpu,*"), (("cpu", "cuda:0"), "cuda:0,8gb;cpu,*")],
)
def test_the_default_memory_split_fits_the_server(devices: tuple[str, ...], allocations: str) -> None:
    catalog = offering("UnetLoaderGGUFAdvancedDisTorch2MultiGPU", "compute_device", *devices)
    assert settle(I2V, catalog=catalog).values["expert_mode_allocations"] == allocations


def test_an_explicit_memory_split_is_checked() -> None:
    assert settle(I2V, {"expert_mode_allocations": "cuda:1,4gb"}).values["expert_mode_allocations"] == "cuda:1,4gb"
    with pytest.raises(InvalidField, match="no device cuda:7"):
        settle(I2V, {"expert_mode_allocations": "cuda:7,4gb"})


# LoRA rows


def test_lora_rows_keep_what_low_says() -> None:
    rows = [
        {"high": "camera_high.safetensors"},
        {"high": "style.safetensors", "low": None},
        {"high": "Wan 2.2/camera_HIGH.safetensors", "low": "wan 2.2/camera_low.safetensors", "strength": 1},
        {"high": "gone.safetensors", "enabled": False},
        {"low": "style.safetensors"},
    ]
    settled = settle(I2V, {"lora_configs": rows}).values["lora_configs"]
    high, low = MODELS["LORA"][0], MODELS["LORA"][1]
    assert [row.get("high") for row in settled] == [high, "style.safetensors", high, "gone.safetensors", None]
    assert settled[0]["low"] == low  # its low half lies there, so "same as high" is that
    assert settled[1]["low"] is None
    assert settled[2]["low"] == low
    graph = build(I2V, {"lora_configs": rows})
    titles = {row["_meta"]["title"]: row["inputs"] for row in graph.values()}
    highs = [titles[f"LoRA {n} for High noise pass"]["lora_name"] for n in (1, 2, 3)]
    lows = [titles[f"LoRA {n} for Low noise pass"] for n in (1, 2, 3)]
    assert highs == [high, "style.safetensors", high]
    assert [(row["lora_name"], row["strength_model"]) for row in lows] == [
        (low, 1.5),
        (low, 1.0),
        ("style.safetensors", 1.5),
    ]


def test_a_preset_of_one_pass_has_no_use_for_a_low_file_alone() -> None:
    with pytest.raises(InvalidField, match=r"entry 1 names only a low noise file, and Wan 2\.2 5B has one pass"):
        settle("image-to-video.wan22-5b", {"lora_configs": [{"low": "style.safetensors"}]})
    off = {"lora_configs": [{"low": "style.safetensors", "enabled": False}]}
    assert settle("image-to-video.wan22-5b", off).values["lora_configs"][0]["enabled"] is False


@pytest.mark.parametrize("preset", SHIPPED)
def test_params_are_every_value_used(preset: str) -> None:
    params = settle(preset).params()
    assert params["workflow"] == preset
    assert f"{params['tool']}.{params['preset']}" == preset
    assert "variations" not in params
    assert None not in params.values()
    own = {"train-lora": {"steps"}, "improve": {"prompt"}}.get(params["tool"], {"width", "height"})
    assert own | {"num_frames", "seed"} <= params.keys()


def test_files_that_lie_on_a_server_are_no_choices_for_an_input() -> None:
    catalog = offering("LoadImage", "image", "theirs.png")
    assert shipped(I2V).choices("image", catalog) == ()
    assert shipped(I2V).choices("sampler", EVERYTHING)
