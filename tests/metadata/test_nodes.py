"""Nodes of well-known packs, each with the inputs that it has there."""

from __future__ import annotations

from typing import Any

import pytest

from oelala_desktop.domain.generation import GenerationInfo, UsedLora, UsedModel
from oelala_desktop.metadata import read_bytes
from tests.metadata import corpus, graphs
from tests.metadata.graphs import Graph, node


def info(graph: Graph, **others: Any) -> GenerationInfo:
    return read_bytes(corpus.png_with({"prompt": graph, **others}), "a.png").info


def test_a_resolved_template_is_the_prompt_alone() -> None:
    graph = graphs.one_pass()
    template = {"wildcard_text": "a {cat|dog} by {a|b}", "mode": "populate", "seed": 4}
    graph["6"]["inputs"]["text"] = ["w", 0]
    graph["w"] = node("ImpactWildcardProcessor", **template, populated_text="a dog by b")
    assert info(graph).prompt == "a dog by b"
    graph["w"] = node("ImpactWildcardProcessor", **template, populated_text="")
    assert info(graph).prompt == "a {cat|dog} by {a|b}"


def test_an_encoder_that_resolves_its_template() -> None:
    graph = graphs.one_pass()
    graph["6"] = node("ImpactWildcardEncode", model=["4", 0], clip=["4", 1], wildcard_text="{a|b} pier",
                      populated_text="b pier", mode="populate", seed=1)  # fmt: skip
    graph["3"]["inputs"] |= {"model": ["6", 0], "positive": ["6", 2]}
    found = info(graph)
    assert (found.prompt, found.negative_prompt) == ("b pier", "worst quality, ugly")
    assert [model.name for model in found.models] == ["sd_xl_base_1.0.safetensors"]


@pytest.mark.parametrize("empty", ["None", "none", "NONE", "", " "])
def test_an_empty_choice_is_no_lora(empty: str) -> None:
    graph = graphs.one_pass()
    row = {"lora": empty, "strength": 1.0}
    graph |= {
        "a": node("LoraLoaderModelOnly", lora_name=empty, strength_model=1.0, model=["b", 0]),
        "b": node("Power Lora Loader (rgthree)", lora_1=row, lora_2={**row, "lora": "pier.pt"}, model=["c", 0]),
        "c": node("WanVideoLoraSelectMulti", lora_0="sea.safetensors", strength_0=0.5, lora_1=empty, strength_1=1.0,
                  prev_lora=["d", 0]),
        "d": node("UNETLoader", unet_name="wan.safetensors"),
    }  # fmt: skip
    graph["3"]["inputs"]["model"] = ["a", 0]
    assert info(graph).loras == (UsedLora("sea.safetensors", 0.5), UsedLora("pier.pt", 1.0))


def test_a_lora_applied_twice_is_listed_twice() -> None:
    graph = graphs.one_pass()
    rows = {f"lora_{at}": {"on": True, "lora": "sea.safetensors", "strength": 0.5} for at in (1, 2)}
    graph |= {
        "a": node("LoraLoaderModelOnly", lora_name="sea.safetensors", strength_model=0.5, model=["b", 0]),
        "b": node("Power Lora Loader (rgthree)", **rows, model=["4", 0]),
    }
    graph["3"]["inputs"]["model"] = ["a", 0]
    assert info(graph).loras == 3 * (UsedLora("sea.safetensors", 0.5),)


def test_one_lora_node_behind_two_samplers_applies_its_lora_once() -> None:
    graph = graphs.one_pass()
    graph["a"] = node("LoraLoaderModelOnly", lora_name="sea.safetensors", strength_model=0.5, model=["4", 0])
    graph["3"]["inputs"]["model"] = ["a", 0]
    graph["up"] = node("LatentUpscaleBy", samples=["3", 0], scale_by=1.5)
    graph["30"] = node("KSampler", **{**graph["3"]["inputs"], "latent_image": ["up", 0], "denoise": 0.5})
    graph["8"]["inputs"]["samples"] = ["30", 0]
    assert info(graph).loras == (UsedLora("sea.safetensors", 0.5),)


def over_pixels(between: Graph, last: str) -> Graph:
    """The one-pass graph, its picture taken on by the given nodes to a second pass."""
    graph = graphs.one_pass() | between
    second = {**graph["3"]["inputs"], "seed": 8, "steps": 12, "cfg": 2.0, "sampler_name": "euler", "denoise": 0.4}
    graph["30"] = node("KSampler", **second)
    graph["30"]["inputs"] |= {"latent_image": ["e", 0], "model": ["r", 0]}
    graph["r"] = node("CheckpointLoaderSimple", ckpt_name="refiner.safetensors")
    graph["e"] = node("VAEEncode", pixels=[last, 0], vae=["4", 2])
    graph["31"] = node("VAEDecode", samples=["30", 0], vae=["4", 2])
    graph["9"]["inputs"]["images"] = ["31", 0]
    return graph


@pytest.mark.parametrize(
    ("between", "last"),
    [
        ({}, "8"),
        ({"u": node("ImageScaleBy", image=["8", 0], upscale_method="lanczos", scale_by=1.5)}, "u"),
        ({"u": node("ImageScale", image=["8", 0], upscale_method="lanczos", width=2048, height=1536)}, "u"),
        ({"u": node("ImageUpscaleWithModel", upscale_model=["m", 0], image=["8", 0]),
          "m": node("UpscaleModelLoader", model_name="4x.pth"),
          "v": node("ColorMatch", image_ref=["q", 0], image_target=["u", 0]),
          "q": node("LoadImage", image="q.png")}, "v"),
    ],
)  # fmt: skip
def test_a_second_pass_over_the_decoded_picture(between: Graph, last: str) -> None:
    found = info(over_pixels(between, last))
    assert (found.seed, found.steps, found.cfg, found.sampler, found.scheduler) == (7, 30, 7.5, "dpmpp_2m", "karras")
    assert (found.width, found.height) == (1024, 768)
    assert [model.name for model in found.models] == ["sd_xl_base_1.0.safetensors", "refiner.safetensors"]


def test_a_picture_that_a_video_starts_from_is_no_earlier_pass() -> None:
    graph = over_pixels({}, "8")
    graph["e"] = node("LTXVImgToVideo", positive=["6", 0], negative=["7", 0], vae=["4", 2], image=["8", 0], width=768,
                      height=512, length=97)  # fmt: skip
    graph["30"]["inputs"]["latent_image"] = ["e", 2]
    found = info(graph)
    assert (found.seed, found.width, found.height, found.num_frames) == (8, 768, 512, 97)
    assert [model.name for model in found.models] == ["refiner.safetensors"]


def test_one_sampler_with_both_models() -> None:
    graph = graphs.two_pass()
    given = graph["13"]["inputs"]
    graph["13"] = node(
        "WanMoeKSampler", model_high_noise=["7", 0], model_low_noise=["8", 0], boundary=0.9, seed=5, steps=12,
        cfg_high_noise=3.0, cfg_low_noise=1.5, sampler_name="euler", scheduler="simple", sigma_shift=8.0, denoise=1.0,
        positive=given["positive"], negative=given["negative"], latent_image=given["latent_image"],
    )  # fmt: skip
    del graph["14"]
    graph["15"]["inputs"]["samples"] = ["13", 0]
    found = info(graph)
    assert (found.seed, found.steps, found.cfg, found.shift, found.switch_step) == (5, 12, 3.0, 8.0, None)
    assert found.models == (UsedModel(graphs.HIGH, "high"), UsedModel(graphs.LOW, "low"))
    assert found.loras == (
        UsedLora("speed_high.safetensors", 1.0, "high"), UsedLora("speed_low.safetensors", 0.8, "low"),
    )  # fmt: skip
    assert (found.prompt, found.negative_prompt) == (graphs.POSITIVE, graphs.NEGATIVE)


def test_two_models_and_a_third_pass_over_their_pictures() -> None:
    graph = graphs.two_pass()
    given = {**graph["14"]["inputs"], "latent_image": ["e", 0], "model": ["r", 0]}
    del given["start_at_step"], given["end_at_step"]
    graph |= {
        "e": node("VAEEncode", pixels=["15", 0], vae=["3", 0]),
        "r": node("UNETLoader", unet_name="refiner.safetensors"),
        "30": node("KSampler", **given, denoise=0.3),
        "31": node("VAEDecode", samples=["30", 0], vae=["3", 0]),
    }
    graph["16"]["inputs"]["images"] = ["31", 0]
    found = info(graph)
    assert (found.seed, found.switch_step) == (42, 10)
    assert found.models == (
        UsedModel(graphs.HIGH, "high"), UsedModel(graphs.LOW, "low"), UsedModel("refiner.safetensors"),
    )  # fmt: skip


SETTINGS = {"seed": 7, "steps": 20, "cfg": 6.0, "sampler_name": "euler", "scheduler": "karras", "denoise": 1.0}
WORDS = {"positive": "a pier", "negative": "fog"}
EMPTY = {"empty_latent_width": 832, "empty_latent_height": 1216, "batch_size": 1}


@pytest.mark.parametrize(
    "graph",
    [
        {
            "1": node("Efficient Loader", ckpt_name="x.pt", vae_name="Baked VAE", clip_skip=-1, lora_name="sea.pt",
                      lora_model_strength=0.5, lora_clip_strength=1.0, **WORDS, **EMPTY),
            "2": node("KSampler (Efficient)", **SETTINGS, model=["1", 0], positive=["1", 1], negative=["1", 2],
                      latent_image=["1", 3], optional_vae=["1", 4]),
        },
        {
            "p": node("String Literal", string="a pier"),
            "n": node("String Literal", string="fog"),
            "1": node("Efficient Loader", ckpt_name="x.pt", lora_name="sea.pt", lora_model_strength=0.5, **EMPTY,
                      positive=["p", 0], negative=["n", 0]),
            "2": node("KSampler (Efficient)", **SETTINGS, model=["1", 0], positive=["1", 1], negative=["1", 2],
                      latent_image=["1", 3]),
        },
        {
            "1": node("easy fullLoader", ckpt_name="x.pt", lora_name="sea.pt", lora_model_strength=0.5,
                      resolution="width x height (custom)", **EMPTY, **WORDS),
            "2": node("easy preSampling", **SETTINGS, pipe=["1", 0]),
            "3": node("easy kSampler", pipe=["2", 0], image_output="Save", link_id=0, save_prefix="pier"),
        },
        {
            "1": node("easy a1111Loader", ckpt_name="x.pt", lora_name="None", lora_model_strength=1.0,
                      resolution="832 x 1216", **(EMPTY | {"empty_latent_width": 512}), **WORDS,
                      optional_lora_stack=["l", 0]),
            "l": node("easy loraStack", toggle=True, mode="simple", num_loras=1, lora_1_name="sea.pt",
                      lora_1_strength=0.5),
            "2": node("easy fullkSampler", **SETTINGS, pipe=["1", 0], image_output="Save"),
        },
        {
            "1": node("ttN pipeLoader_v2", ckpt_name="x.pt", vae="baked", loras=["l", 0], **WORDS, **EMPTY),
            "l": node("ttN pipeLoraStack", toggle=True, lora1_name="sea.pt", lora_name="sea.pt", strength_model=0.5),
            "2": node("ttN pipeKSampler_v2", **SETTINGS, pipe=["1", 0], lora_name="None", image_output="Save"),
        },
        {
            "c": node("CheckpointLoaderSimple", ckpt_name="x.pt"),
            "l": node("LoraLoader", model=["c", 0], clip=["c", 1], lora_name="sea.pt", strength_model=0.5),
            "t": node("CLIPTextEncode", text="a pier", clip=["l", 1]),
            "u": node("CLIPTextEncode", text="fog", clip=["l", 1]),
            "1": node("ToBasicPipe", model=["l", 0], clip=["l", 1], vae=["c", 2], positive=["t", 0],
                      negative=["u", 0]),
            "e": node("EmptyLatentImage", width=832, height=1216, batch_size=1),
            "2": node("ImpactKSamplerBasicPipe", **SETTINGS, basic_pipe=["1", 0], latent_image=["e", 0]),
        },
        {
            "c": node("CheckpointLoaderSimple", ckpt_name="x.pt"),
            "l": node("LoraLoader", model=["c", 0], clip=["c", 1], lora_name="sea.pt", strength_model=0.5),
            "t": node("CLIPTextEncode", text="a pier", clip=["l", 1]),
            "u": node("CLIPTextEncode", text="fog", clip=["l", 1]),
            "e": node("EmptyLatentImage", width=832, height=1216, batch_size=1),
            "x": node("Context (rgthree)", model=["l", 0], clip=["l", 1], vae=["c", 2], latent=["e", 0]),
            "y": node("Context (rgthree)", base_ctx=["x", 0], positive=["t", 0], negative=["u", 0]),
            "2": node("KSampler", **SETTINGS, model=["y", 1], positive=["y", 4], negative=["y", 5],
                      latent_image=["y", 6]),
        },
        {
            "1": node("Eff. Loader SDXL", base_ckpt_name="x.pt", refiner_ckpt_name="None", lora_stack=["l", 0],
                      **WORDS, **EMPTY),
            "l": node("LoRA Stacker", lora_count=1, lora_name_1="sea.pt", lora_wt_1=0.5),
            "2": node("KSampler SDXL (Eff.)", sdxl_tuple=["1", 0], noise_seed=7, steps=20, cfg=6.0,
                      sampler_name="euler", scheduler="karras", start_at_step=0, refine_at_step=-1,
                      latent_image=["1", 1]),
        },
    ],
    ids=["efficient", "efficient with texts", "easy", "easy full", "ttN", "impact", "rgthree", "efficient SDXL"],
)  # fmt: skip
def test_loaders_and_pipes(graph: Graph) -> None:
    found = info(graph)
    assert (found.prompt, found.negative_prompt) == ("a pier", "fog")
    assert (found.seed, found.steps, found.cfg, found.sampler, found.scheduler) == (7, 20, 6.0, "euler", "karras")
    assert (found.width, found.height) == (832, 1216)
    assert found.models == (UsedModel("x.pt"),)
    assert found.loras == (UsedLora("sea.pt", 0.5),)


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        (node("LoRA Stacker", input_mode="simple", lora_count=1, lora_name_1="a", lora_wt_1=0.5, model_str_1=0.9), 0.5),
        (node("LoRA Stacker", input_mode="advanced", lora_count=1, lora_name_1="a", lora_wt_1=0.5, model_str_1=0.9),
         0.9),
        (node("easy loraStack", toggle=True, mode="simple", num_loras=1, lora_1_name="a", lora_1_strength=0.5,
              lora_1_model_strength=0.9, lora_2_name="b", lora_2_strength=1.0), 0.5),
        (node("easy loraStack", toggle=True, mode="advanced", num_loras=1, lora_1_name="a", lora_1_strength=0.5,
              lora_1_model_strength=0.9), 0.9),
        (node("easy loraStack", toggle=False, mode="simple", num_loras=1, lora_1_name="a", lora_1_strength=0.5), None),
        (node("NunchakuFluxLoraStack", lora_count=1, lora_name_1="a", lora_strength_1=0.5), 0.5),
        (node("CR Load LoRA", model=["4", 0], clip=["4", 1], switch="On", lora_name="a", strength_model=0.5), 0.5),
        (node("CR Load LoRA", model=["4", 0], clip=["4", 1], switch="Off", lora_name="a", strength_model=0.5), None),
        (node("LoraLoaderBlockWeight //Inspire", model=["4", 0], lora_name="a", strength_model=0.5, bypass=True), None),
    ],
)  # fmt: skip
def test_stacks_use_the_strength_of_their_mode(stack: dict[str, Any], expected: float | None) -> None:
    graph = graphs.one_pass() | {"l": node("CR Apply LoRA Stack", model=["4", 0], lora_stack=["k", 0]), "k": stack}
    graph["3"]["inputs"]["model"] = ["l", 0]
    assert info(graph).loras == (() if expected is None else (UsedLora("a", expected),))


@pytest.mark.parametrize(
    "nodes",
    [
        {"t": node("JoinStringMulti", inputcount=3, string_1=["u", 0], string_2="small", string_3=["v", 0],
                   delimiter=" ")},
        {"t": node("Text Concatenate", delimiter=" small ", text_a=["u", 0], text_b=["w", 0]),
         "w": node("Text String", text="boats", text_b="", text_c="", text_d="")},
        {"t": node("easy promptConcat", prompt1=["u", 0], prompt2=["v", 0], separator=" small ")},
        {"t": node("CR Text Input Switch", Input=2, text1=["u", 0], text2=["w", 0]),
         "w": node("easy positive", positive="two small boats")},
        {"t": node("Any Switch (rgthree)", any_01=["w", 0], any_02=["u", 0]),
         "w": node("StringConstant", string="two small boats")},
        {"t": node("easy ifElse", boolean=["b", 0], on_true=["u", 0], on_false="two small boats"),
         "b": node("PrimitiveBoolean", value=False)},
    ],
)  # fmt: skip
def test_texts_joined_and_chosen(nodes: Graph) -> None:
    graph = graphs.one_pass() | nodes
    graph |= {"u": node("StringConstant", string="two"), "v": node("CR Text", text="boats")}
    graph["6"]["inputs"]["text"] = ["t", 0]
    assert info(graph).prompt == "two small boats"


@pytest.mark.parametrize(
    ("kind", "choice", "names"),
    [
        ("ImpactSwitch", {"select": 2, "sel_mode": False}, ("input1", "input2")),
        ("ImpactSwitch", {"select": ["n", 0]}, ("input1", "input2")),
        ("CR {} Input Switch", {"Input": 2}, ("{}1", "{}2")),
        ("ComfySwitchNode", {"switch": True}, ("on_false", "on_true")),
        ("Any Switch (rgthree)", {}, ("any_02", "any_01")),
        ("{} Input Switch", {"boolean": True}, ("{}_b", "{}_a")),
        ("{} Input Switch", {"boolean": False}, ("{}_a", "{}_b")),
    ],
)
def test_of_a_switch_only_what_was_taken_counts(kind: str, choice: dict[str, Any], names: tuple[str, str]) -> None:
    graph = graphs.one_pass() | {
        "n": node("PrimitiveInt", value=2),
        "m": node("CheckpointLoaderSimple", ckpt_name="other.safetensors"),
        "c": node("CLIPTextEncode", text="nothing of it", clip=["m", 1]),
        "e": node("EmptyLatentImage", width=64, height=64, batch_size=1),
    }
    for what, other, name in (
        ("model", "m", "model"),
        ("conditioning", "c", "positive"),
        ("latent", "e", "latent_image"),
    ):
        taken = graph["3"]["inputs"][name]
        inputs = {names[0].format(what): [other, 0], names[1].format(what): taken}
        graph[what] = node(kind.format(what.title()), **choice, **inputs)
        graph["3"]["inputs"][name] = [what, 0]
    assert info(graph) == info(graphs.one_pass())


def test_a_switch_whose_choice_is_computed_keeps_all() -> None:
    graph = graphs.one_pass()
    graph["x"] = node("CLIPTextEncode", text="snow", clip=["4", 1])
    graph["s"] = node("ImpactSwitch", select=["m", 0], input1=["6", 0], input2=["x", 0])
    graph["m"] = node("MathExpression", expression="1 + 1")
    graph["3"]["inputs"]["positive"] = ["s", 0]
    assert info(graph).prompt == "a mountain lake, morning light\nsnow"


def test_both_sides_through_one_link() -> None:
    graph = graphs.one_pass()
    graph["3"] = node("WanVideoSampler", model=["4", 0], text_embeds=["b", 0], image_embeds=["5", 0], **SETTINGS)
    graph["b"] = node("WanVideoTextEmbedBridge", positive=["6", 0], negative=["7", 0])
    assert (info(graph).prompt, info(graph).negative_prompt) == (
        "a mountain lake, morning light",
        "worst quality, ugly",
    )


def test_a_side_beside_a_pipe_replaces_that_side_alone() -> None:
    graph = graphs.one_pass()
    graph["p"] = node("ToBasicPipe", model=["4", 0], positive=["7", 0], negative=["7", 0])
    graph["e"] = node("EditBasicPipe", positive=["6", 0], basic_pipe=["p", 0])
    graph["3"] = node("ImpactKSamplerBasicPipe", basic_pipe=["e", 0], latent_image=["5", 0], **SETTINGS)
    assert (info(graph).prompt, info(graph).negative_prompt) == (
        "a mountain lake, morning light",
        "worst quality, ugly",
    )


def test_words_for_two_encoders_and_a_model_chosen_beside_its_loader() -> None:
    graph = graphs.one_pass()
    graph["6"] = node("SDXL Power Prompt - Positive (rgthree)", prompt_g="a pier", prompt_l="a pier", opt_clip=["4", 1])
    graph["u"] = node("UNETLoader", unet_name=["s", 0], weight_dtype="default")
    graph["s"] = node("DiffusionModelSelector", base_model="reeds.safetensors")
    graph["3"]["inputs"]["model"] = ["u", 0]
    assert (info(graph).prompt, info(graph).models) == ("a pier", (UsedModel("reeds.safetensors"),))


def test_words_that_only_steer_attention_are_no_prompt() -> None:
    graph = graphs.one_pass()
    graph["3"] = node("WanVideoSampler", model=["4", 0], text_embeds=["n", 0], image_embeds=["5", 0], **SETTINGS)
    graph["n"] = node("WanVideoApplyNAG", original_text_embeds=["b", 0], nag_text_embeds=["t", 0], nag_scale=11.0)
    graph["b"] = node("WanVideoTextEncode", positive_prompt="a pier", negative_prompt="fog")
    graph["t"] = node("WanVideoTextEncodeSingle", prompt="snow")
    assert (info(graph).prompt, info(graph).negative_prompt) == ("a pier", "fog")
