"""Workflows of the user's own: what is found in them, and that what comes of it is a preset which puts values there."""

from __future__ import annotations

import copy
import json
import tomllib
from typing import Any

import pytest
import tomli_w

from oelala_desktop.domain.adopt import Adoption, adopt
from oelala_desktop.domain.adopt_table import preset_table, slug
from oelala_desktop.domain.catalog import Catalog, NodeClass, NodeInput
from oelala_desktop.domain.errors import InvalidPreset
from oelala_desktop.domain.field import FieldKind
from oelala_desktop.domain.graph_inputs import InputFile
from oelala_desktop.domain.preset import Preset
from oelala_desktop.domain.preset_file import parse_preset
from oelala_desktop.domain.tool import TOOLS
from oelala_desktop.domain.workflow import is_workflow
from tests.unit.domain.samples import SHIPPED, WORKFLOWS, by_title, settled, shipped
from tests.unit.node_table import EVERYTHING

Graph = dict[str, dict[str, Any]]


def node(class_type: str, title: str = "", **inputs: Any) -> dict[str, Any]:
    return {"class_type": class_type, "inputs": inputs} | ({"_meta": {"title": title}} if title else {})


def workflow() -> Graph:
    """Two passes from a picture, with untitled nodes, a text that comes from another node, a fixed LoRA, and a picture
    that nothing is made of."""
    sampler = {"cfg": 3.5, "sampler_name": "euler", "scheduler": "simple", "steps": 20, "noise_seed": 5}
    return {
        "1": node("UNETLoader", unet_name="wan/x_high_noise.safetensors", weight_dtype="default"),
        "2": node("UNETLoader", unet_name="wan/x_low_noise.safetensors", weight_dtype="default"),
        "3": node("VAELoader", vae_name="wan_vae.safetensors"),
        "4": node("CLIPLoader", clip_name="umt5[fp8].safetensors", type="wan"),
        "5": node("PrimitiveString", value="a boat"),
        "6": node("CLIPTextEncode", text=["5", 0], clip=["4", 0]),
        "7": node("CLIPTextEncode", text="blurry", clip=["4", 0]),
        "8": node("LoadImage", "Other picture", image="style.png"),
        "9": node("LoadImage", "Start.picture", image="start.png"),
        "10": node(
            "WanImageToVideo",
            positive=["6", 0],
            negative=["7", 0],
            start_image=["9", 0],
            width=832,
            height=480,
            length=81,
            batch_size=1,
        ),
        "11": node("LoraLoaderModelOnly", model=["1", 0], lora_name="fast.safetensors", strength_model=1.0),
        "12": node(
            "KSamplerAdvanced",
            model=["2", 0],
            positive=["10", 0],
            negative=["10", 1],
            latent_image=["13", 0],
            start_at_step=10,
            end_at_step=10000,
            **sampler,
        ),
        "13": node(
            "KSamplerAdvanced",
            model=["11", 0],
            positive=["10", 0],
            negative=["10", 1],
            latent_image=["10", 2],
            start_at_step=0,
            end_at_step=10,
            **sampler,
        ),
        "14": node("VAEDecode", samples=["12", 0], vae=["3", 0]),
        "15": node("CreateVideo", images=["14", 0], fps=16.0),
        "16": node("SaveVideo", video=["15", 0], filename_prefix="video/out"),
    }


def still() -> Graph:
    """A checkpoint's picture of a megapixel."""
    return {
        "1": node("CheckpointLoaderSimple", ckpt_name="any.safetensors"),
        "2": node("CLIPTextEncode", text="a lake", clip=["1", 1]),
        "3": node("EmptyLatentImage", width=1344, height=768, batch_size=1),
        "4": node(
            "KSampler",
            model=["1", 0],
            positive=["2", 0],
            negative=["2", 0],
            latent_image=["3", 0],
            seed=2**64 - 1,
            steps=60,
            cfg=0.5,
            sampler_name="euler",
            scheduler="normal",
            denoise=1.0,
        ),
        "5": node("VAEDecode", samples=["4", 0], vae=["1", 2]),
        "6": node("SaveImage", images=["5", 0], filename_prefix="x"),
    }


def beside(graph: Graph, *nodes: dict[str, Any]) -> Graph:
    """With these nodes, each of which leads to the result."""
    saver = next(i for i, row in graph.items() if "filename_prefix" in row["inputs"])
    more = {f"beside{number}": row for number, row in enumerate(nodes)}
    inputs = graph[saver]["inputs"] | {name: [name, 0] for name in more}
    return graph | {saver: {**graph[saver], "inputs": inputs}} | more


def found(adoption: Adoption) -> dict[str, tuple[str, ...]]:
    return {e.key: e.into for e in adoption.exposures if e.kept}


def made(adoption: Adoption, *more: str, without: frozenset[str] = frozenset()) -> Preset:
    """Through the text of a file, as it is stored."""
    keys = frozenset(found(adoption)) - without | set(more)
    kept = [exposure for exposure in adoption.exposures if exposure.key in keys]
    table = tomllib.loads(tomli_w.dumps(preset_table(adoption, "Mine", kept)))
    return parse_preset("mine", adoption.tools[0], table, adoption.graph)


def listing(name: str, *choices: str) -> NodeClass:
    return NodeClass("any", {name: NodeInput("COMBO", True, choices)})


def serving(**lists: tuple[str, ...]) -> Catalog:
    """A server with every class of `workflow` and these lists: class -> (input, choices…)."""
    plain = {n["class_type"]: NodeClass(n["class_type"], {}) for n in workflow().values()}
    return Catalog(plain | {name: listing(*row) for name, row in lists.items()})


def test_two_passes_from_a_picture() -> None:
    adoption = adopt(workflow())
    assert [tool.id for tool in adoption.tools] == ["image-to-video"]
    passes = "KSamplerAdvanced 2", "KSamplerAdvanced"
    assert found(adoption) == {
        "image": ("Start.picture.image",),
        "prompt": ("PrimitiveString.value",),
        "negative_prompt": ("CLIPTextEncode 2.text",),
        "width": ("WanImageToVideo.width",),
        "height": ("WanImageToVideo.height",),
        "num_frames": ("WanImageToVideo.length",),
        "seed": tuple(f"{title}.noise_seed" for title in reversed(passes)),
        "steps": tuple(f"{title}.steps" for title in reversed(passes)),
        "cfg": tuple(f"{title}.cfg" for title in reversed(passes)),
        "sampler": tuple(f"{title}.sampler_name" for title in reversed(passes)),
        "scheduler": tuple(f"{title}.scheduler" for title in reversed(passes)),
        "fps": ("CreateVideo.fps",),
        "filename": ("SaveVideo.filename_prefix",),
        "switch_step": ("KSamplerAdvanced 2.end_at_step", "KSamplerAdvanced.start_at_step"),
    }
    assert adoption.loras == {"high": "KSamplerAdvanced 2.model", "low": "KSamplerAdvanced.model"}
    assert adoption.clips == {"start": "Start.picture", "frames": "VAEDecode"}
    keys = {row["file"]: row.get("key") for row in adoption.models}
    assert keys == {
        "x_high_noise.safetensors": "unet_high_noise",
        "x_low_noise.safetensors": "unet_low_noise",
        "wan_vae.safetensors": "vae",
        "umt5[fp8].safetensors": "text_encoder",
        "fast.safetensors": "loraloadermodelonly_lora_name",
    }
    preset = made(adoption)
    assert not {"duration", "resolution", "aspect_ratio"} & preset.fields.keys()
    plain = {key: preset.fields[key].default for key in ("width", "height", "num_frames", "fps", "steps")}
    assert plain == {"width": 832, "height": 480, "num_frames": 81, "fps": 16, "steps": 20}
    assert preset.fields["loraloadermodelonly_lora_name"].kind is FieldKind.MODEL
    assert preset.clips is not None and preset.adopted


def test_its_values_arrive_in_the_graph() -> None:
    catalog = serving(
        UNETLoader=("unet_name", "wan/x_high_noise.safetensors", "wan/x_low_noise.safetensors"),
        VAELoader=("vae_name", "wan_vae.safetensors"),
        CLIPLoader=("clip_name", "umt5[fp8].safetensors"),
        LoraLoaderModelOnly=("lora_name", "sub/fast.safetensors"),
    )
    preset = made(adopt(workflow()), "wanimagetovideo_batch_size")
    values = {"image": "a.png", "prompt": "rain", "steps": 8, "num_frames": 33, "wanimagetovideo_batch_size": 2}
    request = settled(preset, values, catalog=catalog, picture=(600, 600), seed=7)
    graph = preset.graph(request, files={"image": [InputFile("up.png")]}, prefix="oelala/j", catalog=catalog)
    latent = by_title(graph, "WanImageToVideo")
    assert (latent["width"], latent["height"], latent["length"], latent["batch_size"]) == (832, 480, 33, 2)
    assert by_title(graph, "PrimitiveString")["value"] == "rain"
    assert by_title(graph, "Start.picture")["image"] == "up.png"
    assert by_title(graph, "Other picture")["image"] == "style.png"
    assert by_title(graph, "SaveVideo")["filename_prefix"] == "oelala/j"
    assert by_title(graph, "KSamplerAdvanced 2")["end_at_step"] == 4
    assert by_title(graph, "KSamplerAdvanced")["start_at_step"] == 4
    assert by_title(graph, "LoraLoaderModelOnly")["lora_name"] == "sub/fast.safetensors"


def test_a_still_of_a_megapixel() -> None:
    adoption = adopt(still())
    assert [tool.id for tool in adoption.tools] == ["text-to-image"]
    assert "negative_prompt" not in found(adoption)  # the same text stands for both
    preset = made(adoption)
    assert (preset.fields["width"].default, preset.fields["height"].default) == (1344, 768)
    assert not {"resolution", "aspect_ratio"} & preset.fields.keys()
    assert (preset.fields["steps"].default, preset.fields["steps"].maximum) == (60, 60)
    assert (preset.fields["cfg"].default, preset.fields["cfg"].minimum) == (0.5, 0.5)
    plain = made(adoption, without=frozenset({"width", "height"}))
    assert not {"width", "height", "aspect_ratio"} & plain.fields.keys()


def test_every_shipped_workflow_can_be_adopted_again() -> None:
    for preset_id in SHIPPED:
        tool, _, name = preset_id.partition(".")
        graph = json.loads((WORKFLOWS / tool / f"{name}.json").read_text("utf-8"))
        adoption = adopt(graph)
        fitting = tool if TOOLS[tool].output == shipped(preset_id).output else "video-to-video"
        fitting = fitting if TOOLS[tool].has_page else "other"
        assert fitting in [t.id for t in adoption.tools], preset_id
        everything = [e.key for e in adoption.exposures]
        preset = made(adoption, *everything)
        for exposure in adoption.exposures:
            assert preset.into[exposure.key] == exposure.into
        assert not preset.missing(EVERYTHING) or preset.models


def test_other_inputs_are_offered_but_not_kept() -> None:
    graph = beside(still(), node("Switch", "KSampler tiled", input=1))
    graph["4"]["inputs"] |= {"note": "soft", "tiled": True, "far": 2**63}
    offered = {e.key: (e.kind, e.label, e.value) for e in adopt(graph).exposures if not e.kept}
    assert offered["ksampler_note"] == ("line", "KSampler: note", "soft")
    assert offered["ksampler_tiled"] == ("switch", "KSampler: tiled", True)
    assert offered["denoise"] == ("number", "Denoise", 1.0)  # less than all of it would be kept
    assert "ksampler_far" not in offered
    assert offered["ksampler_tiled_input"][0] == "integer"


def test_settings_whose_names_collide_stay_apart() -> None:
    graph = beside(still(), node("Blend", "A b", c=1), node("Blend", "A", b_c=1), node("Odd", "…", **{"…": 1}))
    keys = [e.key for e in adopt(graph).exposures]
    assert {"a_b_c", "a_b_c_2", "setting"} <= set(keys)


def test_frame_rates_and_counts_that_the_product_does_not_have() -> None:
    graph = workflow()
    graph["10"]["inputs"]["length"] = 80
    graph["15"]["inputs"]["fps"] = 29.97
    fields = made(adopt(graph)).fields
    assert fields["num_frames"].check("80") == 80
    assert (fields["fps"].kind, fields["fps"].default) == (FieldKind.NUMBER, 29.97)
    graph = workflow()
    graph["10"]["inputs"]["length"] = 1000
    graph["15"]["inputs"]["fps"] = 30
    preset = made(adopt(graph))
    assert preset.fields["num_frames"].check(1000) == 1000
    assert preset.fields["fps"].default == 30 and "30" in preset.fields["fps"].choices


def test_prompts_are_found_through_what_lies_between() -> None:
    graph = still()
    graph["7"] = node("ConditioningCombine", conditioning_1=["8", 0], conditioning_2=["2", 0])
    graph["8"] = node("ConditioningZeroOut", conditioning=["9", 0])
    graph["9"] = node("ConditioningAverage", conditioning_to=["gone", 0])
    graph["4"]["inputs"]["positive"] = ["7", 0]
    graph["4"]["inputs"]["negative"] = ["8", 0]
    assert found(adopt(graph))["prompt"] == ("CLIPTextEncode.text",)
    graph["9"]["inputs"]["conditioning_to"] = ["8", 0]  # a ring
    assert found(adopt(graph))["prompt"] == ("CLIPTextEncode.text",)
    graph = still()
    graph["4"] = node("BasicGuider", model=["1", 0], conditioning=["2", 0])
    assert found(adopt(graph))["prompt"] == ("CLIPTextEncode.text",)
    graph["2"] = node("WanVideoTextEncode", positive_prompt="a", negative_prompt="b")
    keys = found(adopt(graph))
    assert keys["prompt"] == ("WanVideoTextEncode.positive_prompt",)
    assert keys["negative_prompt"] == ("WanVideoTextEncode.negative_prompt",)


@pytest.mark.parametrize(("flag", "side"), [(False, "20"), (True, "21"), (["22", 0], "20")])
def test_of_a_switch_of_texts_the_side_taken_is_the_prompt(flag: object, side: str) -> None:
    graph = workflow() | {
        "20": node("PrimitiveStringMultiline", "Typed", value="a boat"),
        "21": node("PrimitiveStringMultiline", "Other", value="a pier"),
        "22": node("PrimitiveBoolean", value=False),
        "23": node("ComfySwitchNode", switch=flag, on_false=["20", 0], on_true=["21", 0]),
    }
    graph["6"]["inputs"]["text"] = ["23", 0]
    title = graph[side]["_meta"]["title"]
    assert found(adopt(graph))["prompt"] == (f"{title}.value",)


@pytest.mark.parametrize(("flag", "side"), [(False, "on_false"), (True, "on_true")])
def test_a_switch_may_have_one_side_alone(flag: bool, side: str) -> None:
    graph = workflow() | {"20": node("PrimitiveStringMultiline", "Typed", value="a boat")}
    graph["6"]["inputs"]["text"] = ["23", 0]
    for switch in (flag, not flag):  # which somebody may turn
        graph["23"] = node("ComfySwitchNode", switch=switch, **{side: ["20", 0]})
        assert found(adopt(graph))["prompt"] == ("Typed.value",)


def test_the_text_of_the_other_side_is_never_the_prompt() -> None:
    graph = workflow()
    graph["6"]["inputs"]["text"] = ["30", 0]
    graph["30"] = node("SomethingThatReadsAFile", path=7)
    kept = found(adopt(graph))
    assert "prompt" not in kept and "negative_prompt" in kept


def test_a_long_text_of_the_workflow_fits_its_field() -> None:
    graph = workflow()
    graph["7"]["inputs"]["text"] = "x" * 20_000
    assert made(adopt(graph)).fields["negative_prompt"].maximum == 20_000


def test_models_of_other_folders() -> None:
    graph = beside(
        workflow(),
        node("CLIPVisionLoader", clip_name="vision.safetensors"),
        node("UpscaleModelLoader", model_name="up.pth", mode="x"),
        node("VAELoader", vae_name="other.safetensors"),
        node("DualCLIPLoader", clip_name1="a.safetensors", clip_name2=3),
    )
    folders = {row["file"]: (row["folder"], row["key"]) for row in adopt(graph).models}
    assert folders["vision.safetensors"] == ("clip_vision", "clipvisionloader_clip_name")
    assert folders["up.pth"] == ("upscale_models", "upscalemodelloader_model_name")
    assert folders["wan_vae.safetensors"] == ("vae", "vae")
    assert folders["other.safetensors"] == ("vae", "vaeloader_2_vae_name")  # the first has the setting
    assert folders["a.safetensors"] == ("text_encoders", "dualcliploader_clip_name1")


def test_what_it_lacks_says_where_to_look() -> None:
    missing = made(adopt(workflow())).missing(Catalog({"VAELoader": listing("vae_name")}))
    assert "ComfyUI-Manager" in missing[0].fix
    assert missing[-1].fix == "Put wan_vae.safetensors into ComfyUI/models/vae/"
    broken = made(adopt(workflow())).missing(Catalog({}, broken={"some-pack": ""}))
    assert "failed to import: some-pack" in broken[0].where and "requirements.txt" in broken[0].fix


def test_passes_that_do_not_meet_have_no_switch_step() -> None:
    graph = workflow()
    graph["13"]["inputs"]["end_at_step"] = 9
    assert "switch_step" not in found(adopt(graph))
    graph["13"]["inputs"]["end_at_step"] = ["5", 0]
    assert "switch_step" not in found(adopt(graph))


def test_a_clip_needs_one_source_of_frames() -> None:
    graph = workflow()
    graph["15"]["inputs"]["images"] = ["gone", 0]
    assert adopt(graph).clips == {}
    assert adopt(still()).clips == {}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"nodes": [], "links": []}, "Connect one"),
        ({"nodes": []}, "no workflow"),
        ([], "no workflow"),
        ({}, "no workflow"),
        ({"prompt": "a boat", "steps": 6}, "no workflow"),
        ({"1": {"class_type": "A"}}, "damaged"),
        ({"1": {"class_type": 1, "inputs": {}}}, "damaged"),
        ({"1": {"class_type": "PreviewImage", "inputs": {}}}, "saves nothing"),
        ({"1": {"class_type": "SaveImage", "inputs": {"filename_prefix": ["2", 0]}}}, "saves nothing"),
    ],
)
def test_what_is_no_workflow_is_refused_in_a_sentence(content: object, said: str) -> None:
    with pytest.raises(InvalidPreset, match=said):
        adopt(content)


def test_what_counts_as_a_workflow() -> None:
    assert is_workflow(workflow()) and is_workflow({"nodes": [], "links": []})
    assert not is_workflow({}) and not is_workflow([1]) and not is_workflow({"prompt": "a", "steps": 3})


def test_the_users_graph_is_left_alone() -> None:
    graph = workflow()
    before = copy.deepcopy(graph)
    adopt(graph)
    assert graph == before


def test_names_become_file_names() -> None:
    assert slug("My Wan 2.2 – fast!") == "my-wan-2-2-fast"
    assert slug("…") == "workflow"
    assert len(slug("x" * 300)) == 60
