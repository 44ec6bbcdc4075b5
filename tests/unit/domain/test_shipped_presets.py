"""Every preset that comes with the program, against a server that has everything."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from oelala_desktop.domain.field import FieldKind
from oelala_desktop.domain.graph import title_of
from oelala_desktop.domain.savers import SAVERS, prefix_input
from oelala_desktop.domain.tool import VOCABULARY
from tests.unit.domain.samples import SHIPPED, build, by_title, settle, shipped
from tests.unit.node_table import EVERYTHING, MODELS, faults_of, offering, without

TWO_PASSES = [name for name in SHIPPED if "14b" in name]
LORAS = [{"high": "camera_HIGH.safetensors", "low": "camera_LOW.safetensors"}, {"high": "style.safetensors"}]


def variants(preset: str) -> list[dict[str, Any]]:
    """Settings that reach every part of the preset."""
    fields = shipped(preset).fields
    rows: list[dict[str, Any]] = [{}, {"seed": 2**64 - 1} | ({"prompt": "a boat"} if "prompt" in fields else {})]
    rows += [{key: not field.default} for key, field in fields.items() if field.kind is FieldKind.SWITCH]
    for key, value in (
        ("lora_configs", LORAS),
        ("end_image", "end.png"),
        ("resolution", "1080p"),
        ("num_frames", shipped(preset).frames.least),
        ("steps", 2),
        ("square", False),
    ):
        if key in fields:
            rows.append({key: value})
    return rows


@pytest.mark.parametrize(
    ("preset", "values"),
    [pytest.param(p, v, id=f"{p}-{' '.join(v) or 'defaults'}") for p in SHIPPED for v in variants(p)],
)
def test_its_graph_is_sound(preset: str, values: dict[str, Any]) -> None:
    assert faults_of(build(preset, values)) == []


@pytest.mark.parametrize("preset", SHIPPED)
def test_its_graph_does_not_touch_the_template(preset: str) -> None:
    before = shipped(preset)
    build(preset, {"seed": 3})
    request = settle(preset, {"seed": 3})
    before.graph(request, files={}, prefix="p", catalog=EVERYTHING)
    assert before.template == shipped(preset).template


@pytest.mark.parametrize("preset", SHIPPED)
def test_its_results_have_the_job_s_own_name(preset: str) -> None:
    graph = build(preset)
    kept = [row for row in graph.values() if row["class_type"] in SAVERS]
    assert [row["inputs"][prefix_input(row["class_type"])] for row in kept] == ["oelala/x"]


@pytest.mark.parametrize("preset", SHIPPED)
def test_every_node_has_a_title_of_its_own(preset: str) -> None:
    template = shipped(preset).template
    titles = [title_of(template, i) for i in template]
    assert len(titles) == len(set(titles))
    assert not set(titles) & {row["class_type"] for row in template.values()} - {"VAE", "Video"}


@pytest.mark.parametrize("preset", [p for p in SHIPPED if shipped(p).output == "video" and not shipped(p).sketch])
def test_it_says_where_each_file_lies_and_how_its_model_likes_to_be_asked(preset: str) -> None:
    for model in shipped(preset).models:
        address, _, name = model.source.rpartition("/")
        assert address.startswith("https://huggingface.co/")
        assert "/resolve/main" in address
        assert model.best((name,)) == name
    assert 3 <= len(shipped(preset).tips) <= 5
    assert all(tip.endswith(".") for tip in shipped(preset).tips)


@pytest.mark.parametrize("preset", TWO_PASSES)
def test_both_passes_share_what_they_must(preset: str) -> None:
    graph = build(preset, {"steps": 10, "switch_step": 4, "seed": 99, "cfg": 2.5, "shift": 7})
    high, low = by_title(graph, "High noise pass"), by_title(graph, "Low noise pass")
    assert (high["add_noise"], low["add_noise"]) == ("enable", "disable")
    assert (high["start_at_step"], high["end_at_step"]) == (0, 4)
    assert (low["start_at_step"], low["end_at_step"]) == (4, 10000)
    assert (high["return_with_leftover_noise"], low["return_with_leftover_noise"]) == ("enable", "disable")
    for key in ("steps", "cfg", "noise_seed", "sampler_name", "scheduler", "positive", "negative"):
        assert high[key] == low[key], key
    assert (high["steps"], high["cfg"], high["noise_seed"]) == (10, 2.5, 99)
    assert by_title(graph, "Shift high")["shift"] == by_title(graph, "Shift low")["shift"] == 7.0
    assert graph[low["latent_image"][0]]["_meta"]["title"] == "High noise pass"


@pytest.mark.parametrize("preset", [p for p in SHIPPED if p.startswith("image-to-video.wan22-14b")])
def test_the_14b_models_decode_with_the_older_vae(preset: str) -> None:
    assert settle(preset).values["vae"] == "wan_2.1_vae.safetensors"


def test_prompts_reach_the_sampler() -> None:
    graph = build("image-to-video.wan22-14b", {"prompt": "a boat", "negative_prompt": "fog"})
    assert by_title(graph, "Positive prompt")["text"] == "a boat"
    assert by_title(graph, "Negative prompt")["text"] == "fog"
    assert by_title(graph, "Start picture")["image"] == "server_image.png"


def test_an_end_picture_changes_the_node_that_takes_it() -> None:
    graph = build("image-to-video.wan22-14b", {"end_image": "e.png"})
    row = next(r for r in graph.values() if r["_meta"]["title"] == "Image to video")
    assert row["class_type"] == "WanFirstLastFrameToVideo"
    assert graph[row["inputs"]["end_image"][0]]["inputs"] == {"image": "server_end_image.png"}


def test_distorch2_s_sage_attention_is_on_unless_it_is_missing_or_unwanted() -> None:
    preset = "image-to-video.wan22-14b-distorch2"

    def patches(values: dict[str, Any], **kwargs: Any) -> int:
        return sum(r["class_type"] == "PathchSageAttentionKJ" for r in build(preset, values, **kwargs).values())

    assert patches({}) == 2
    assert patches({"sage_attention": False}) == 0
    assert patches({}, catalog=without("PathchSageAttentionKJ")) == 0


@pytest.mark.parametrize(
    ("devices", "compute", "vram"),
    [(("cpu", "cuda:0"), "cuda:0", None), (("cpu",), "cpu", 0.0), (("cpu", "mps"), "mps", None)],
)
def test_loaders_get_a_device_that_the_server_has(devices: tuple[str, ...], compute: str, vram: float | None) -> None:
    name = "UnetLoaderGGUFAdvancedDisTorch2MultiGPU"
    loader = by_title(
        build("image-to-video.wan22-14b-distorch2", catalog=offering(name, "compute_device", *devices)),
        "High noise model",
    )
    assert loader["compute_device"] == compute
    assert vram is None or loader["virtual_vram_gb"] == vram


NEEDS_AI = {"face-swap", "train-lora", "improve"}


@pytest.mark.parametrize("tool", sorted({preset.split(".")[0] for preset in SHIPPED} - NEEDS_AI))
def test_sketch_is_the_last_resort_of_every_tool_that_needs_no_ai(tool: str) -> None:
    presets = sorted((shipped(p) for p in SHIPPED if p.startswith(f"{tool}.")), key=lambda preset: preset.order)
    last = [preset.short_id for preset in presets if preset.sketch]
    assert last[0] == "sketch" and set(last) <= {"sketch", "sketch-video"}
    assert [preset.short_id for preset in presets[-len(last) :]] == last
    assert all("No AI model." in preset.description for preset in presets[-len(last) :])


def test_nothing_is_missing_on_a_server_that_has_everything() -> None:
    assert {p: shipped(p).missing(EVERYTHING) for p in SHIPPED} == {p: () for p in SHIPPED}


@pytest.mark.parametrize(
    ("key", "listed"),
    [
        ("sampler", ("euler", "euler_ancestral", "dpmpp_2m", "uni_pc", "res_multistep", "lcm")),
        ("vae", MODELS["VAE"]),
        ("fps", ("8", "12", "16", "24")),
        ("nothing", ()),
    ],
)
def test_what_may_be_chosen(key: str, listed: tuple[str, ...]) -> None:
    assert shipped("image-to-video.wan22-14b").choices(key, EVERYTHING) == listed


def test_what_may_be_chosen_on_a_server_without_the_node() -> None:
    preset = shipped("image-to-video.wan22-14b")
    assert preset.choices("vae", without("VAELoader")) == ()
    assert preset.model_choices(preset.models[2], without("VAELoader")) is None
    assert shipped("image-to-video.wan22-5b").server_devices(EVERYTHING) == ()


def test_a_model_in_another_folder_is_found_by_its_name_or_one_like_it() -> None:
    high, low, vae, *_ = shipped("image-to-video.wan22-14b").models
    lists = {
        "diffusion_models": (low.file,),
        "loras": ("wan2.2_i2v_high_noise_14B_lora.safetensors", f"x/{vae.file}"),
        "checkpoints": ("wan2.2_i2v_high_noise_14B_other.safetensors",),
    }
    assert high.misplaced(lists) == ("checkpoints", "wan2.2_i2v_high_noise_14B_other.safetensors")
    assert low.misplaced(lists) is None
    assert vae.misplaced(lists) == ("loras", f"x/{vae.file}")
    (checkpoint,) = shipped("text-to-image.sdxl").models
    assert checkpoint.misplaced({"text_encoders": ("umt5-xxl-enc-bf16.safetensors",)}) is None


def test_fixed_loras_are_told_as_sent() -> None:
    preset = "image-to-video.wan22-14b-fast"
    rows = shipped(preset).fixed_loras(build(preset, {"lora_configs": LORAS}))
    name = "wan2.2_i2v_lightx2v_4steps_lora_v1_{}_noise.safetensors"
    fixed = {"strength": 1.0, "enabled": True, "fixed": True}
    assert [{k: v and v.rsplit("/", 1)[-1] if k in ("high", "low") else v for k, v in row.items()} for row in rows] == [
        {"high": name.format("high"), "low": None, **fixed},
        {"high": None, "low": name.format("low"), **fixed},
    ]
    assert VOCABULARY["lora_configs"].check([*rows, {"high": "mine"}]) == VOCABULARY["lora_configs"].check(
        [{"high": "mine"}]
    )
    assert shipped("image-to-video.wan22-14b").fixed_loras(build("image-to-video.wan22-14b")) == []


def test_a_fixed_lora_of_no_pass_is_told_of_both() -> None:
    preset = replace(shipped("image-to-video.wan22-14b"), template={})
    node = {"class_type": "LoraLoader", "inputs": {"lora_name": "style", "strength_model": 0.5}}
    graph = {"7": node}
    row = {"high": "style", "strength": 0.5, "enabled": True, "fixed": True}
    assert replace(preset, template=graph).fixed_loras(graph) == [row]
    for other in ({"class_type": "Other"}, {"inputs": {"lora_name": ["5", 0], "strength_model": 0.5}}):
        assert replace(preset, template=graph).fixed_loras({"7": node | other}) == []
