"""Families of samplers: wrapped, guided, in stages, with their settings in other nodes."""

from __future__ import annotations

from typing import Any

import pytest

from oelala_desktop.domain.generation import GenerationInfo, UsedLora, UsedModel
from oelala_desktop.metadata import read_bytes
from tests.metadata import corpus, files, graphs
from tests.metadata.graphs import Graph, node
from tests.metadata.test_graph import custom_advanced, wan_wrapper


def info(graph: Graph, name: str = "a.png") -> GenerationInfo:
    return read_bytes(corpus.png_with({"prompt": graph}), name).info


def single(**nodes: Any) -> Graph:
    return graphs.one_pass() | nodes


@pytest.mark.parametrize(
    "wraps",
    [
        {"w": node("DetailDaemonSamplerNode", sampler=["8", 0], detail_amount=0.1)},
        {"w": node("LyingSigmaSampler", sampler=["v", 0]), "v": node("Reroute", **{"": ["8", 0]})},
        {"w": node("MultiplySigmas", sampler=["v", 0]), "v": node("DetailDaemonSamplerNode", sampler=["8", 0])},
    ],
)
def test_a_sampler_around_a_sampler(wraps: Graph) -> None:
    graph = custom_advanced() | wraps
    graph["12"]["inputs"]["sampler"] = ["w", 0]
    assert info(graph).sampler == "euler"


def test_samplers_that_lead_in_a_circle() -> None:
    graph = custom_advanced() | {"w": node("Wrap", sampler=["v", 0]), "v": node("Wrap", sampler=["w", 0])}
    graph["12"]["inputs"]["sampler"] = ["w", 0]
    assert (info(graph).sampler, info(graph).steps) == (None, 24)


def test_steps_of_sigmas_written_out() -> None:
    graph = custom_advanced()
    graph["10"] = node("ManualSigmas", sigmas="1.0, 0.9, 0.5, 0.0")
    assert info(graph).steps == 3


def test_seed_and_settings_through_contexts() -> None:
    graph = single(
        c=node("Context Big (rgthree)", model=["4", 0], positive=["6", 0], negative=["7", 0], latent=["5", 0],
               seed=["s", 0], steps=24, cfg=6.0, sampler="euler", scheduler="beta"),
        d=node("Context Switch (rgthree)", ctx_02=["c", 0]),
        e=node("Context (rgthree)", base_ctx=["d", 0]),
        s=node("Seed (rgthree)", seed=99),
    )  # fmt: skip
    graph["3"]["inputs"] |= {
        "seed": ["e", 8], "steps": ["e", 9], "cfg": ["e", 11], "sampler_name": ["e", 13], "scheduler": ["e", 14],
        "model": ["e", 1], "positive": ["e", 4], "negative": ["e", 5], "latent_image": ["e", 6],
    }  # fmt: skip
    found = info(graph)
    assert (found.seed, found.steps, found.cfg, found.sampler, found.scheduler) == (99, 24, 6.0, "euler", "beta")
    assert (found.prompt, found.width) == ("a mountain lake, morning light", 1024)
    assert found.models == (UsedModel("sd_xl_base_1.0.safetensors"),)


def clownshark(second: dict[str, Any]) -> Graph:
    graph = graphs.two_pass()
    given = graph["13"]["inputs"]
    common = {"eta": 0.5, "sampler_name": "linear/ralston_2s", "cfg": 3.5, "bongmath": True}
    graph["13"] = node(
        "ClownsharKSampler_Beta", **common, scheduler="beta57", steps=20, steps_to_run=8, denoise=1.0, seed=42,
        sampler_mode="standard", model=["5", 0], positive=["12", 0], negative=["12", 1],
        latent_image=given["latent_image"],
    )  # fmt: skip
    graph["14"] = node(second.pop("kind"), **common, **second, model=["6", 0], latent_image=["13", 0])
    return graph


@pytest.mark.parametrize(
    "second",
    [
        {"kind": "ClownsharkChainsampler_Beta", "steps_to_run": -1, "sampler_mode": "resample"},
        {"kind": "ClownsharKSampler_Beta", "steps_to_run": -1, "sampler_mode": "resample", "steps": 20, "seed": -1,
         "scheduler": "beta57", "denoise": 1.0, "positive": ["12", 0], "negative": ["12", 1]},
    ],
)  # fmt: skip
def test_passes_by_the_steps_to_run(second: dict[str, Any]) -> None:
    found = info(clownshark(second))
    assert (found.seed, found.steps, found.switch_step, found.shift) == (42, 20, 8, 5.0)
    assert (found.sampler, found.scheduler) == ("linear/ralston_2s", "beta57")
    assert [(model.name, model.pass_) for model in found.models] == [(graphs.HIGH, "high"), (graphs.LOW, "low")]
    assert [lora.pass_ for lora in found.loras] == ["high", "low"]
    assert (found.width, found.num_frames) == (832, 81)


def test_a_refining_pass_with_all_its_steps_is_no_pair() -> None:
    found = info(clownshark({"kind": "ClownsharKSampler_Beta", "steps_to_run": -1, "sampler_mode": "standard",
                             "steps": 9, "seed": 1, "positive": ["12", 0], "negative": ["12", 1]}))  # fmt: skip
    assert {model.pass_ for model in found.models} == {None} and found.switch_step is None


def test_settings_in_a_scheduler_node() -> None:
    graph = wan_wrapper()
    for key, shift, first, last in (("5", 5.0, 0, 4), ("6", 8.0, 4, -1)):
        inputs = graph[key]["inputs"]
        for name in ("steps", "shift", "scheduler", "start_step", "end_step"):
            del inputs[name]
        graph[key]["class_type"] = "WanVideoSamplerv2"
        inputs["scheduler"] = [f"s{key}", 0]
        graph[f"s{key}"] = node("WanVideoSchedulerv2", scheduler="unipc", steps=8, shift=shift, start_step=first,
                                end_step=last)  # fmt: skip
    assert info(graph) == info(wan_wrapper())
    assert (info(graph).steps, info(graph).shift, info(graph).switch_step) == (8, 5.0, 4)


def test_two_guided_stages_with_all_their_sigmas_are_no_pair() -> None:
    graph = custom_advanced()
    graph["20"] = node("LatentUpscaleBy", samples=["12", 0], scale_by=1.5)
    graph["21"] = node("BasicScheduler", model=["3", 0], scheduler="simple", steps=8, denoise=0.5)
    graph["22"] = node("SamplerCustomAdvanced", **graph["12"]["inputs"] | {"latent_image": ["20", 0],
                       "sigmas": ["21", 0]})  # fmt: skip
    graph["13"]["inputs"]["samples"] = ["22", 0]
    found = info(graph)
    assert (found.steps, found.switch_step, found.models) == (24, None, (UsedModel("flux1-dev.safetensors"),))
    assert found.loras == (UsedLora("paint.safetensors", 0.7),)


def ltx() -> Graph:
    """Sound and picture in one latent, in two stages: the second one over the latent, twice as large."""
    return {
        "1": node("CheckpointLoaderSimple", ckpt_name="ltx.safetensors"),
        "2": node("CLIPTextEncode", text="waves", clip=["1", 1]),
        "3": node("CLIPTextEncode", text="static", clip=["1", 1]),
        "4": node("LTXVConditioning", positive=["2", 0], negative=["3", 0], frame_rate=24.0),
        "5": node("EmptyLTXVLatentVideo", width=640, height=352, length=121, batch_size=1),
        "6": node("LTXVEmptyLatentAudio", frames_number=121, frame_rate=24, batch_size=1),
        "7": node("LTXVConcatAVLatent", video_latent=["5", 0], audio_latent=["6", 0]),
        "8": node("CFGGuider", model=["1", 0], positive=["4", 0], negative=["4", 1], cfg=4.0),
        "9": node("LTXVScheduler", steps=20, max_shift=2.05, base_shift=0.95, stretch=True, terminal=0.1),
        "10": node("RandomNoise", noise_seed=42),
        "11": node("KSamplerSelect", sampler_name="euler_ancestral"),
        "12": node("SamplerCustomAdvanced", noise=["10", 0], guider=["8", 0], sampler=["11", 0], sigmas=["9", 0],
                   latent_image=["7", 0]),
        "13": node("LTXVSeparateAVLatent", av_latent=["12", 0]),
        "14": node("LatentUpscaleModelLoader", model_name="ltx-2-spatial-upscaler-x2-1.0.safetensors"),
        "15": node("LTXVLatentUpsampler", samples=["13", 0], upscale_model=["14", 0], vae=["1", 2]),
        "16": node("LTXVConcatAVLatent", video_latent=["15", 0], audio_latent=["13", 1]),
        "17": node("CFGGuider", model=["18", 0], positive=["4", 0], negative=["4", 1], cfg=1.0),
        "18": node("LoraLoaderModelOnly", model=["1", 0], lora_name="distilled.safetensors", strength_model=0.6),
        "19": node("ManualSigmas", sigmas="0.9, 0.7, 0.4, 0.0"),
        "20": node("RandomNoise", noise_seed=7),
        "21": node("KSamplerSelect", sampler_name="gradient_estimation"),
        "22": node("SamplerCustomAdvanced", noise=["20", 0], guider=["17", 0], sampler=["21", 0], sigmas=["19", 0],
                   latent_image=["16", 0]),
        "23": node("LTXVSeparateAVLatent", av_latent=["22", 0]),
        "24": node("VAEDecodeTiled", samples=["23", 0], vae=["1", 2], tile_size=512),
        "25": node("CreateVideo", images=["24", 0], fps=24.0),
        "26": node("SaveVideo", video=["25", 0], filename_prefix="video/waves", format="mp4", codec="h264"),
    }  # fmt: skip


def test_two_stages_of_sound_and_picture() -> None:
    found = info(ltx())
    assert (found.seed, found.steps, found.cfg, found.sampler) == (42, 20, 4.0, "euler_ancestral")
    assert (found.prompt, found.negative_prompt) == ("waves", "static")
    assert (found.width, found.height, found.num_frames, found.fps) == (1280, 704, 121, 24.0)
    assert found.models == (UsedModel("ltx.safetensors"),) and found.switch_step is None
    assert found.loras == (UsedLora("distilled.safetensors", 0.6),)


def test_one_stage_of_sound_and_picture() -> None:
    graph = ltx()
    graph["23"]["inputs"]["av_latent"] = ["12", 0]
    for key in ("15", "16", "17", "18", "19", "20", "21", "22"):
        del graph[key]
    found = info(graph)
    assert (found.seed, found.width, found.height, found.num_frames) == (42, 640, 352, 121)


def test_the_size_of_a_stage_that_was_measured() -> None:
    graph = ltx()
    graph["5"]["inputs"] |= {"width": ["s", 0], "height": ["s", 1]}
    graph["s"] = node("GetImageSize", image=["h", 0])
    graph["h"] = node("ImageScaleBy", image=["e", 0], upscale_method="lanczos", scale_by=0.5)
    graph["e"] = node("EmptyImage", width=1280, height=704, batch_size=1, color=0)
    assert (info(graph).width, info(graph).height) == (1280, 704)


@pytest.mark.parametrize(
    "chosen",
    [
        node("CR SDXL Aspect Ratio", width=512, height=512, aspect_ratio="3:4 896x1152", swap_dimensions="Off"),
        node("CR Aspect Ratio", width=512, height=512, aspect_ratio="4:3 landscape 1152x896", swap_dimensions="On"),
        node("SomeResolutionPicker", resolution="896 × 1152 (3:4)"),
        node("mxSlider2D", Xi=896, Xf=1.5, Yi=1152, Yf=1.5, isfloatX=0, isfloatY=0),
        node("mxSlider2D", Xi=1, Xf=896.0, Yi=1, Yf=1152.0, isfloatX=1, isfloatY=1),
    ],
)  # fmt: skip
def test_a_size_from_a_list(chosen: dict[str, Any]) -> None:
    graph = single(r=chosen)
    graph["5"]["inputs"] |= {"width": ["r", 0], "height": ["r", 1]}
    assert (info(graph).width, info(graph).height) == (896, 1152)


def test_a_detailer_names_its_model_and_leaves_the_settings() -> None:
    detailer = {**graphs.one_pass()["3"]["inputs"], "seed": 8, "steps": 12, "denoise": 0.4, "image": ["8", 0]}
    del detailer["latent_image"]
    graph = single(
        d=node("FaceDetailer", **detailer | {"model": ["r", 0], "bbox_detector": ["x", 0], "wildcard": ""}),
        r=node("LoraLoader", model=["m", 0], lora_name="face.safetensors", strength_model=0.5, strength_clip=0.5),
        m=node("CheckpointLoaderSimple", ckpt_name="faces.safetensors"),
    )
    graph["9"]["inputs"]["images"] = ["d", 0]
    found = info(graph)
    assert (found.seed, found.steps, found.width, found.height) == (7, 30, 1024, 768)
    assert [model.name for model in found.models] == ["sd_xl_base_1.0.safetensors", "faces.safetensors"]
    assert found.loras == (UsedLora("face.safetensors", 0.5),)
    graph["d"]["inputs"] |= {"detailer_pipe": ["p", 0]}
    graph["p"] = node("ToDetailerPipe", model=["r", 0], positive=["6", 0], negative=["7", 0])
    for key in ("model", "positive", "negative"):
        del graph["d"]["inputs"][key]
    assert (info(graph).seed, len(info(graph).models)) == (7, 2)


def test_loras_behind_a_switch_that_is_off() -> None:
    graph = single(
        a=node("LoraLoaderModelOnly", model=["4", 0], lora_name="fast.safetensors", strength_model=1.0),
        b=node("ComfySwitchNode", switch=["f", 0], on_false=["4", 0], on_true=["a", 0]),
        f=node("PrimitiveBoolean", value=False),
        n=node("ComfySwitchNode", switch=["f", 0], on_false=["s", 0], on_true=["t", 0]),
        s=node("PrimitiveInt", value=40),
        t=node("PrimitiveInt", value=4),
    )
    graph["3"]["inputs"] |= {"model": ["b", 0], "steps": ["n", 0]}
    assert (info(graph).loras, info(graph).steps) == ((), 40)
    graph["f"]["inputs"]["value"] = True
    assert (info(graph).loras, info(graph).steps) == ((UsedLora("fast.safetensors", 1.0),), 4)
    # nothing on the side that was taken
    graph["b"]["inputs"] = {"switch": False, "on_true": ["a", 0]}
    assert (info(graph).loras, info(graph).models) == ((), ())


def test_names_held_as_objects() -> None:
    graph = single()
    graph["4"]["inputs"]["ckpt_name"] = {"content": "oak.safetensors", "image": None}
    graph["l"] = node("LoraLoader|pysssss", model=["4", 0], lora_name={"content": "ink.safetensors", "image": "i.png"},
                      strength_model=0.7, strength_clip=1.0)  # fmt: skip
    graph["3"]["inputs"]["model"] = ["l", 0]
    found = info(graph)
    assert found.models == (UsedModel("oak.safetensors"),) and found.loras == (UsedLora("ink.safetensors", 0.7),)


def two_branches() -> Graph:
    """A portrait and a harbour, each saved under its own name."""
    graph = single()
    other = {
        "55": node("EmptyLatentImage", width=832, height=1216, batch_size=1),
        "56": node("CLIPTextEncode", text="an old sailor", clip=["4", 1]),
        "53": node("KSampler", **graph["3"]["inputs"] | {"seed": 8, "positive": ["56", 0], "latent_image": ["55", 0]}),
        "58": node("VAEDecode", samples=["53", 0], vae=["4", 2]),
        "59": node("SaveImage", images=["58", 0], filename_prefix="%date:yyyy%/people\\old_%seed%"),
    }
    return other | graph


@pytest.mark.parametrize(
    ("name", "seed"), [("lake_00001_.png", 7), ("lake.png", 7), ("old_8_00001_.png", 8), ("something.png", None)]
)
def test_of_several_outputs_the_one_that_is_this_file(name: str, seed: int | None) -> None:
    found = info(two_branches(), name)
    assert found.seed in ((7, 8) if seed is None else (seed,))
    assert (found.prompt == "an old sailor") == (found.seed == 8) == (found.width == 832)


@pytest.mark.parametrize(("size", "seed"), [((1024, 768), 7), ((832, 1216), 8), ((416, 608), 8), ((512, 384), 7)])
def test_outputs_of_one_name_are_told_apart_by_size(size: tuple[int, int], seed: int) -> None:
    graph = two_branches()
    graph["59"]["inputs"]["filename_prefix"] = graph["9"]["inputs"]["filename_prefix"] = "ComfyUI"
    text = {0x0110: b"prompt:" + corpus.dumps(graph)}
    data = files.saved("WEBP", files.picture(size), exif=files.exif(text))
    assert read_bytes(data, "ComfyUI_00001_.webp").info.seed == seed


def test_the_picture_before_it_was_enlarged_has_no_second_pass() -> None:
    graph = single(
        u=node("LatentUpscaleBy", samples=["3", 0], scale_by=1.5),
        m=node("CheckpointLoaderSimple", ckpt_name="refiner.safetensors"),
        v=node("VAEDecode", samples=["k", 0], vae=["4", 2]),
        w=node("SaveImage", images=["v", 0], filename_prefix="large"),
    )
    graph["k"] = node(
        "KSampler", **graph["3"]["inputs"] | {"latent_image": ["u", 0], "model": ["m", 0], "denoise": 0.4}
    )
    assert [model.name for model in info(graph, "lake_1.png").models] == ["sd_xl_base_1.0.safetensors"]
    assert len(info(graph, "large_1.png").models) == 2


def test_a_size_that_goes_before_the_one_chosen() -> None:
    graph = single()
    graph["5"] = node("SDXLEmptyLatentSizePicker+", resolution="1024x1024 (1.0)", width_override=896, height_override=0)
    assert (info(graph).width, info(graph).height) == (896, 1024)


@pytest.mark.parametrize(
    "guider",
    [
        {"9": node("LTXVDualCFGGuider", video_cfg=3.5, audio_cfg=7.0)},
        {"9": node("MultimodalGuider", parameters=["a", 0], skip_blocks="29")},
        {"9": node("MultimodalGuider", parameters=["v", 0], skip_blocks="29")},
    ],
)
def test_the_guidance_of_the_picture_and_not_of_the_sound(guider: Graph) -> None:
    graph = custom_advanced()
    of_sound = {"modality": "AUDIO", "cfg": 7.0}
    of_picture = {"modality": "VIDEO", "cfg": 3.5}
    before = guider["9"]["inputs"].get("parameters") == ["a", 0]
    graph["a"] = node("GuiderParameters", **of_sound, **({"parameters": ["v", 0]} if before else {}))
    graph["v"] = node("GuiderParameters", **of_picture, **({} if before else {"parameters": ["a", 0]}))
    at = graph["12"]["inputs"]["guider"][0]
    graph[at] = node(guider["9"]["class_type"], **{"model": ["4", 0]}, **guider["9"]["inputs"])
    assert info(graph).cfg == 3.5


def test_a_sampler_with_one_conditioning() -> None:
    graph = single()
    graph["3"] = node("XlabsSampler", model=["4", 0], conditioning=["6", 0], neg_conditioning=["7", 0], noise_seed=7,
                      steps=20, true_gs=3.5, latent_image=["5", 0])  # fmt: skip
    found = info(graph)
    assert (found.seed, found.steps, found.cfg) == (7, 20, 3.5)
    assert (found.prompt, found.negative_prompt) == (info(single()).prompt, info(single()).negative_prompt)
