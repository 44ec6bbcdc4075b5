"""What the graph of a result says, whatever lies between the sampler and the words."""

from __future__ import annotations

from typing import Any

import pytest

from oelala_desktop.domain.generation import GenerationInfo, UsedLora, UsedModel
from oelala_desktop.metadata import read_bytes
from tests.metadata import corpus, graphs
from tests.metadata.graphs import NEGATIVE, POSITIVE, Graph, node


def info(graph: Graph, **others: Any) -> GenerationInfo:
    return read_bytes(corpus.png_with({"prompt": graph, **others}), "a.png").info


def single(**changes: dict[str, Any]) -> Graph:
    """The one-pass graph with some nodes changed or added."""
    return {**graphs.one_pass(), **changes}


def test_two_passes() -> None:
    found = info(graphs.two_pass(graphs.BIG_SEED))
    assert found.source == "prompt"
    assert (found.prompt, found.negative_prompt) == (POSITIVE, NEGATIVE)
    assert (found.seed, found.steps, found.cfg, found.shift) == (graphs.BIG_SEED, 20, 3.5, 5.0)
    assert (found.sampler, found.scheduler, found.switch_step) == ("euler", "simple", 10)
    assert (found.width, found.height, found.num_frames, found.fps) == (832, 480, 81, 16.0)
    assert found.duration == pytest.approx(81 / 16, abs=0.001)
    assert found.models == (UsedModel(graphs.HIGH, "high"), UsedModel(graphs.LOW, "low"))
    assert found.loras == (
        UsedLora("speed_high.safetensors", 1.0, "high"),
        UsedLora("speed_low.safetensors", 0.8, "low"),
    )
    assert set(found.sources.values()) == {"prompt"}


def test_the_order_of_nodes_does_not_matter() -> None:
    assert info(dict(reversed(graphs.two_pass().items()))) == info(graphs.two_pass())


def test_one_pass() -> None:
    found = info(graphs.one_pass())
    assert (found.prompt, found.negative_prompt) == ("a mountain lake, morning light", "worst quality, ugly")
    assert (found.seed, found.steps, found.cfg, found.sampler, found.scheduler) == (7, 30, 7.5, "dpmpp_2m", "karras")
    assert (found.width, found.height, found.num_frames, found.switch_step) == (1024, 768, None, None)
    assert found.models == (UsedModel("sd_xl_base_1.0.safetensors", None),)


def test_one_advanced_pass_is_no_pair() -> None:
    graph = graphs.two_pass()
    graph["15"]["inputs"]["samples"] = ["13", 0]
    del graph["14"]
    graph["13"]["inputs"]["end_at_step"] = 10000
    found = info(graph)
    assert found.models == (UsedModel(graphs.HIGH, None),)
    assert found.switch_step is None


def test_three_passes() -> None:
    graph = graphs.two_pass()
    graph["30"] = node("KSamplerAdvanced", **{**graph["13"]["inputs"], "start_at_step": 5, "add_noise": "disable"})
    graph["30"]["inputs"]["latent_image"] = ["13", 0]
    graph["13"]["inputs"]["end_at_step"] = 5
    graph["14"]["inputs"]["latent_image"] = ["30", 0]
    found = info(graph)
    assert found.switch_step == 5
    assert found.models == (UsedModel(graphs.HIGH, "high"), UsedModel(graphs.LOW, "low"))


def test_a_second_sampler_over_an_upscaled_latent_is_no_pair() -> None:
    graph = single(
        **{
            "20": node("LatentUpscale", samples=["3", 0], width=2048, height=1536),
            "21": node("KSampler", **{**graphs.one_pass()["3"]["inputs"], "seed": 8, "steps": 12, "denoise": 0.5}),
            "8": node("VAEDecode", samples=["21", 0], vae=["4", 2]),
        }
    )
    graph["21"]["inputs"]["latent_image"] = ["20", 0]
    found = info(graph)
    assert (found.seed, found.steps, found.width) == (7, 30, 1024)
    assert found.models == (UsedModel("sd_xl_base_1.0.safetensors", None),)


@pytest.mark.parametrize(
    "between",
    [
        {"6a": node("ConditioningSetArea", conditioning=["6", 0], width=64)},
        {"6a": node("FluxGuidance", conditioning=["6", 0], guidance=3.5)},
        {"6a": node("ControlNetApply", conditioning=["6", 0], control_net=["4", 0], image=["8", 0])},
        {"6a": node("ControlNetApplyAdvanced", positive=["6", 0], negative=["7", 0], control_net=["4", 0])},
        {"6a": node("Reroute", **{"": ["6", 0]})},
        {"6a": node("SomebodysNode", anything_goes=["6", 0])},
        {"6a": node("ReferenceLatent", conditioning=["6", 0], latent=["5", 0])},
        {"6b": node("Reroute", **{"": ["6", 0]}),
         "6a": node("ConditioningSetMask", conditioning=["6b", 0], mask=["8", 1])},
    ],
)  # fmt: skip
def test_words_through_any_conditioning(between: Graph) -> None:
    graph = single(**between)
    graph["3"]["inputs"]["positive"] = ["6a", 0]
    assert info(graph).prompt == "a mountain lake, morning light"
    assert info(graph).negative_prompt == "worst quality, ugly"


def test_sides_follow_the_slot_and_not_the_name() -> None:
    graph = graphs.two_pass()
    graph["13"]["inputs"] |= {"positive": ["12", 1], "negative": ["12", 0]}
    found = info(graph)
    assert (found.prompt, found.negative_prompt) == (NEGATIVE, POSITIVE)


def test_combined_conditionings_give_both_texts() -> None:
    graph = single(
        **{
            "6x": node("CLIPTextEncode", text="snow on the peaks", clip=["4", 1]),
            "6a": node("ConditioningCombine", conditioning_1=["6", 0], conditioning_2=["6x", 0]),
        }
    )
    graph["3"]["inputs"]["positive"] = ["6a", 0]
    assert info(graph).prompt == "a mountain lake, morning light\nsnow on the peaks"


def test_zeroed_negative_is_none_and_not_the_positive() -> None:
    graph = single(**{"7a": node("ConditioningZeroOut", conditioning=["6", 0])})
    graph["3"]["inputs"]["negative"] = ["7a", 0]
    assert info(graph).negative_prompt is None


def test_an_empty_negative_is_a_value() -> None:
    graph = single(**{"7": node("CLIPTextEncode", text="", clip=["4", 1])})
    assert info(graph).negative_prompt == ""


@pytest.mark.parametrize(
    "nodes",
    [
        {"t": node("PrimitiveStringMultiline", value="two boats")},
        {"t": node("Text Multiline", text="two boats")},
        {"t": node("ShowText|pysssss", text=["u", 0]), "u": node("String Literal", string="two boats")},
        {"t": node("StringConcatenate", string_a=["u", 0], string_b="boats", delimiter=" "),
         "u": node("S", value="two")},
        {"t": node("JoinStrings", string1="two", string2="boats", delimiter=" ")},
        {"t": node("Reroute", **{"": ["u", 0]}), "u": node("CR Prompt Text", prompt="two boats")},
    ],
)  # fmt: skip
def test_texts_from_other_nodes(nodes: Graph) -> None:
    graph = single(**nodes)
    graph["6"]["inputs"]["text"] = ["t", 0]
    assert info(graph).prompt == "two boats"


def test_numbers_from_other_nodes() -> None:
    graph = single(
        **{
            "s": node("Seed (rgthree)", seed=graphs.BIG_SEED),
            "n": node("PrimitiveInt", value=12),
            "w": node("AspectRatio", width=640, height=384),
            "c": node("Reroute", **{"": ["d", 0]}),
            "d": node("FloatConstant", value=4.5),
        }
    )
    graph["3"]["inputs"] |= {"seed": ["s", 0], "steps": ["n", 0], "cfg": ["c", 0]}
    graph["5"]["inputs"] |= {"width": ["w", 0], "height": ["w", 1]}
    found = info(graph)
    assert (found.seed, found.steps, found.cfg, found.width, found.height) == (graphs.BIG_SEED, 12, 4.5, 640, 384)


def test_what_is_computed_stays_unknown() -> None:
    graph = single(**{"m": node("MathExpression", a=["5", 0], expression="a*2")})
    graph["3"]["inputs"]["steps"] = ["m", 0]
    assert info(graph).steps is None


def custom_advanced() -> Graph:
    return {
        "1": node("UNETLoader", unet_name="flux1-dev.safetensors"),
        "2": node("LoraLoaderModelOnly", model=["1", 0], lora_name="paint.safetensors", strength_model=0.7),
        "3": node("ModelSamplingFlux", model=["2", 0], max_shift=1.15, base_shift=0.5),
        "4": node("CLIPTextEncode", text="an old pier", clip=["9", 0]),
        "5": node("FluxGuidance", conditioning=["4", 0], guidance=3.5),
        "6": node("BasicGuider", model=["3", 0], conditioning=["5", 0]),
        "7": node("RandomNoise", noise_seed=99),
        "8": node("KSamplerSelect", sampler_name="euler"),
        "10": node("BasicScheduler", model=["3", 0], scheduler="beta", steps=24, denoise=1.0),
        "11": node("EmptySD3LatentImage", width=1216, height=832, batch_size=1),
        "12": node(
            "SamplerCustomAdvanced", noise=["7", 0], guider=["6", 0], sampler=["8", 0], sigmas=["10", 0],
            latent_image=["11", 0],
        ),
        "13": node("VAEDecode", samples=["12", 0]),
        "14": node("SaveImage", images=["13", 0], filename_prefix="pier"),
    }  # fmt: skip


def test_custom_sampler_with_guider_sigmas_and_noise() -> None:
    found = info(custom_advanced())
    assert (found.prompt, found.negative_prompt) == ("an old pier", None)
    assert (found.seed, found.steps, found.sampler, found.scheduler) == (99, 24, "euler", "beta")
    assert (found.width, found.height) == (1216, 832)
    assert found.models == (UsedModel("flux1-dev.safetensors"),)
    assert found.loras == (UsedLora("paint.safetensors", 0.7),)


def test_cfg_guider_and_split_sigmas() -> None:
    graph = custom_advanced()
    graph["6"] = node("CFGGuider", model=["3", 0], positive=["5", 0], negative=["4n", 0], cfg=2.5)
    graph["4n"] = node("CLIPTextEncode", text="fog", clip=["9", 0])
    graph["10s"] = node("SplitSigmas", sigmas=["10", 0], step=9)
    graph["12"]["inputs"]["sigmas"] = ["10s", 0]
    graph["1l"] = node("UNETLoader", unet_name="low.safetensors")
    graph["6l"] = node("CFGGuider", model=["1l", 0], positive=["5", 0], negative=["4n", 0], cfg=1.0)
    graph["12l"] = node("SamplerCustomAdvanced", **{**graph["12"]["inputs"], "guider": ["6l", 0], "sigmas": ["10s", 1]})
    graph["12l"]["inputs"] |= {"latent_image": ["12", 0], "noise": ["no", 0]}
    graph["no"] = node("DisableNoise")
    graph["13"]["inputs"]["samples"] = ["12l", 0]
    found = info(graph)
    assert (found.cfg, found.steps, found.switch_step, found.negative_prompt) == (2.5, 24, 9, "fog")
    assert found.models == (UsedModel("flux1-dev.safetensors", "high"), UsedModel("low.safetensors", "low"))


def test_sampler_custom() -> None:
    graph = custom_advanced()
    graph["12"] = node(
        "SamplerCustom", model=["3", 0], add_noise=True, noise_seed=5, cfg=1.5, positive=["5", 0], negative=["4", 0],
        sampler=["8", 0], sigmas=["10", 0], latent_image=["11", 0],
    )  # fmt: skip
    found = info(graph)
    assert (found.seed, found.cfg, found.steps, found.sampler) == (5, 1.5, 24, "euler")


def wan_wrapper() -> Graph:
    return {
        "1": node("WanVideoModelLoader", model="Wan2_2-I2V-A14B-HIGH_fp8.safetensors", lora=["2", 0]),
        "2": node("WanVideoLoraSelect", lora="rank64.safetensors", strength=0.9, prev_lora=["2b", 0]),
        "2b": node("WanVideoLoraSelect", lora="sea.safetensors", strength=1.0),
        "1l": node("WanVideoModelLoader", model="Wan2_2-I2V-A14B-LOW_fp8.safetensors"),
        "3": node("WanVideoTextEncode", positive_prompt="waves", negative_prompt="static, blurry", t5=["9", 0]),
        "4": node("WanVideoImageToVideoEncode", width=640, height=368, num_frames=49, start_image=["8", 0]),
        "5": node(
            "WanVideoSampler", model=["1", 0], image_embeds=["4", 0], text_embeds=["3", 0], steps=8, cfg=1.0, shift=5.0,
            seed=3, scheduler="unipc", start_step=0, end_step=4,
        ),
        "6": node(
            "WanVideoSampler", model=["1l", 0], image_embeds=["4", 0], text_embeds=["3", 0], steps=8, cfg=1.0,
            shift=8.0, seed=3, scheduler="unipc", start_step=4, end_step=-1, samples=["5", 0],
        ),
        "7": node("WanVideoDecode", samples=["6", 0]),
        "10": node("VHS_VideoCombine", images=["7", 0], frame_rate=24.0),
        "8": node("LoadImage", image="sea.png"),
    }  # fmt: skip


def test_wan_wrapper() -> None:
    found = info(wan_wrapper())
    assert (found.prompt, found.negative_prompt) == ("waves", "static, blurry")
    assert (found.seed, found.steps, found.cfg, found.shift, found.scheduler) == (3, 8, 1.0, 5.0, "unipc")
    assert (found.width, found.height, found.num_frames, found.fps, found.switch_step) == (640, 368, 49, 24.0, 4)
    assert [model.pass_ for model in found.models] == ["high", "low"]
    assert found.loras == (UsedLora("sea.safetensors", 1.0, "high"), UsedLora("rank64.safetensors", 0.9, "high"))


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        (
            node(
                "Power Lora Loader (rgthree)", PowerLoraLoaderHeaderWidget={"type": "PowerLoraLoaderHeaderWidget"},
                lora_1={"on": True, "lora": "a.safetensors", "strength": 0.8},
                lora_2={"on": False, "lora": "b.safetensors", "strength": 1.0},
                lora_3={"on": True, "lora": "c.safetensors", "strength": 0}, model=["4", 0], clip=["4", 1],
            ),
            [("a.safetensors", 0.8), ("c.safetensors", 0.0)],
        ),
        (node("LoraLoader", lora_name="a.safetensors", strength_model=0.5, strength_clip=1.0, model=["4", 0]),
         [("a.safetensors", 0.5)]),
        (node("LoraLoader", lora_name=["n", 0], strength_model=["m", 0], model=["4", 0]),
         [("linked.safetensors", 0.25)]),
        (node("Lora Loader Stack (rgthree)", lora_01="a.safetensors", strength_01=0.5, lora_02="None", strength_02=1,
              model=["4", 0]), [("a.safetensors", 0.5)]),
        (node("CR Apply LoRA Stack", model=["4", 0], lora_stack=["k", 0]), [("x.safetensors", 0.6)]),
        (node("LoRA Stacker", lora_count=1, lora_name_1="a.safetensors", lora_wt_1=0.4, lora_name_2="b.safetensors",
              lora_wt_2=1, model=["4", 0]), [("a.safetensors", 0.4)]),
        (node("Lora Loader (LoraManager)", loras={"__value__": [{"name": "a", "strength": 0.3, "active": True},
              {"name": "b", "strength": 1, "active": False}]}, model=["4", 0]), [("a", 0.3)]),
    ],
)  # fmt: skip
def test_lora_nodes(stack: dict[str, Any], expected: list[tuple[str, float]]) -> None:
    graph = single(
        **{
            "l": stack,
            "n": node("S", value="linked.safetensors"),
            "m": node("F", value=0.25),
            "k": node("CR LoRA Stack", switch_1="On", lora_name_1="x.safetensors", model_weight_1=0.6, switch_2="Off",
                      lora_name_2="y.safetensors", model_weight_2=1.0),
        }
    )  # fmt: skip
    graph["3"]["inputs"]["model"] = ["l", 0]
    found = info(graph)
    assert [(lora.name, lora.strength) for lora in found.loras] == expected
    assert found.models == (UsedModel("sd_xl_base_1.0.safetensors"),)


def test_loras_are_listed_in_the_order_of_use() -> None:
    graph = graphs.two_pass()
    graph["17b"] = node("LoraLoaderModelOnly", lora_name="second.safetensors", strength_model=0.5, model=["17", 0])
    graph["7"]["inputs"]["model"] = ["17b", 0]
    high = [lora.name for lora in info(graph).loras if lora.pass_ == "high"]
    assert high == ["speed_high.safetensors", "second.safetensors"]


def test_two_outputs_are_told_apart_by_the_kind_of_file() -> None:
    graph = graphs.two_pass()
    still = {f"t{key}": value for key, value in graphs.one_pass().items()}
    for entry in still.values():
        for name, value in entry["inputs"].items():
            if isinstance(value, list):
                entry["inputs"][name] = [f"t{value[0]}", value[1]]
    graph["11"] = node("Reroute", **{"": ["t8", 0]})
    both = {**graph, **still}
    assert info(both).prompt == "a mountain lake, morning light"
    assert info(both, CreationTime=b"2026-01-01").prompt == POSITIVE


def test_chained_clips_tell_of_the_first() -> None:
    graph = graphs.two_pass()
    second = {f"b{key}": node(entry["class_type"], **entry["inputs"]) for key, entry in graph.items() if int(key) >= 12}
    for entry in second.values():
        for name, value in entry["inputs"].items():
            if isinstance(value, list) and int(value[0]) >= 12:
                entry["inputs"][name] = [f"b{value[0]}", value[1]]
    second["b12"]["inputs"]["start_image"] = ["last", 0]
    second["b13"]["inputs"]["noise_seed"] = 77
    del second["b16"]
    graph |= second
    graph["last"] = node("ImageFromBatch", image=["15", 0], batch_index=80)
    graph["joined"] = node("ImageBatch", image1=["15", 0], image2=["b15", 0])
    graph["16"]["inputs"]["images"] = ["joined", 0]
    found = info(graph)
    assert (found.seed, found.prompt) == (42, POSITIVE)
    assert len(found.models) == 2


def test_words_decide_only_where_no_link_leads() -> None:
    graph = single()
    graph["3"]["inputs"] |= {"positive": ["gone", 0], "negative": ["gone", 1]}
    found = info(graph)
    assert (found.prompt, found.negative_prompt) == ("a mountain lake, morning light", "worst quality, ugly")
    # Linked: the sampler was given these, whatever the words say.
    graph = single()
    graph["3"]["inputs"] |= {"positive": ["7", 0], "negative": ["6", 0]}
    assert info(graph).prompt == "worst quality, ugly"


def test_negative_words_are_whole_words() -> None:
    graph = {
        "6": node("CLIPTextEncode", text="badlands at dusk, a badger on the pier"),
        "7": node("CLIPTextEncode", text="bad, low quality"),
    }
    found = info(graph)
    assert (found.prompt, found.negative_prompt) == ("badlands at dusk, a badger on the pier", "bad, low quality")


def test_a_graph_without_sampler() -> None:
    found = info({"1": node("LoadImage", image="a.png"), "2": node("CreateVideo", images=["1", 0], fps=12)})
    assert (found.source, found.fps, found.prompt, found.models) == ("prompt", 12.0, None, ())


def test_image_to_image_takes_the_size_of_the_scaled_picture() -> None:
    graph = single(
        **{
            "5": node("VAEEncode", pixels=["p", 0], vae=["4", 2]),
            "p": node("ImageScale", image=["q", 0], width=896, height=640, upscale_method="lanczos"),
            "q": node("LoadImage", image="a.png"),
        }
    )
    assert (info(graph).width, info(graph).height) == (896, 640)


def test_resolution_written_as_text() -> None:
    graph = single(**{"5": node("SDXLEmptyLatentSizePicker+", resolution="1152x896 (1.29)", batch_size=1)})
    assert (info(graph).width, info(graph).height) == (1152, 896)


def test_node_ids_of_subgraphs_and_numbers_as_links() -> None:
    graph = single()
    graph["12:6"] = graph.pop("6")
    graph["3"]["inputs"] |= {"positive": ["12:6", 0], "negative": [7, 0]}
    found = info(graph)
    assert (found.prompt, found.negative_prompt) == ("a mountain lake, morning light", "worst quality, ugly")
