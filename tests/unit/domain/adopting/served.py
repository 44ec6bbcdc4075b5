"""A server as it describes itself, with the kinds of nodes that workflows are made of; and small workflows for it."""

from __future__ import annotations

from typing import Any

from oelala_desktop.comfy.catalog import parse_catalog
from oelala_desktop.domain.adopt import Adoption, adopt
from oelala_desktop.domain.adopting.exposure import Exposure
from oelala_desktop.domain.adopting.surface import Surface
from oelala_desktop.domain.catalog import Catalog
from oelala_desktop.domain.graph import Graph
from tests.unit.domain.test_adopt import beside, node

__all__ = ["beside", "node"]

_ANY = ["COMFY_MATCHTYPE_V3"]
_TEXT = ["STRING", {"multiline": True}]
_INT = ["INT", {"default": 1}]
_SIDE = ["INT", {"default": 512, "min": 16, "max": 16384, "step": 8}]


def _class(outputs: str, required: dict[str, Any], optional: dict[str, Any] | None = None, **more: Any) -> Any:
    return {"input": {"required": required, "optional": optional or {}}, "output": outputs.split(), **more}


def _upload(kind: str, name: str) -> list[Any]:
    return [[name], {f"{kind}_upload": True}]


_GROWING = {"template": {"input": {"required": {"image": ["IMAGE"]}}, "prefix": "image", "min": 1, "max": 5}}
_VALUES = {"template": {"input": {"required": {"value": ["INT,FLOAT"]}}, "names": ["a", "b"], "min": 1}}
_RESIZES = [
    {"key": "to size", "inputs": {"required": {"width": _SIDE, "height": _SIDE}}},
    {"key": "by factor", "inputs": {"required": {"factor": ["FLOAT", {"default": 2.0}]}}},
]
OBJECT_INFO: dict[str, Any] = {
    "CheckpointLoaderSimple": _class("MODEL CLIP VAE", {"ckpt_name": [["any.safetensors", "b.safetensors"]]}),
    "UNETLoader": _class("MODEL", {"unet_name": [["u.safetensors"]], "weight_dtype": [["default", "fp8"]]}),
    "StyleLoader": _class("STYLE", {"style": [["s.safetensors", "none"]]}),
    "ControlNetLoader": _class("CONTROL_NET", {"control_net_name": [["c.safetensors"]]}),
    "ODDLoader": _class("ODD", {"odd_name": [["one", "two"]], "vae_name": [["taesd", "v.safetensors"]]}),
    "CLIPTextEncode": _class("CONDITIONING", {"text": _TEXT, "clip": ["CLIP"]}),
    "BothTexts": _class("CONDITIONING CONDITIONING", {"prompt": _TEXT, "negative_prompt": _TEXT, "clip": ["CLIP"]}),
    "ConditioningZeroOut": _class("CONDITIONING", {"conditioning": ["CONDITIONING"]}),
    "FluxGuidance": _class("CONDITIONING", {"conditioning": ["CONDITIONING"], "guidance": ["FLOAT", {"min": 0.0}]}),
    "Between": _class("*", {"value": _ANY}, {"vae": ["VAE"]}),
    "KSampler": _class(
        "LATENT",
        {
            "model": ["MODEL"],
            "seed": ["INT", {"control_after_generate": True}],
            "steps": ["INT", {"min": 1, "max": 10000}],
            "cfg": ["FLOAT", {"min": 0.0, "max": 100.0}],
            "sampler_name": [["euler", "heun"]],
            "scheduler": [["simple", "normal"]],
            "positive": ["CONDITIONING"],
            "negative": ["CONDITIONING"],
            "latent_image": ["LATENT"],
            "denoise": ["FLOAT", {"min": 0.0, "max": 1.0, "step": 0.01}],
        },
    ),
    "EmptyLatentImage": _class("LATENT", {"width": _SIDE, "height": _SIDE, "batch_size": _INT}),
    "Frames": _class(
        "CONDITIONING CONDITIONING LATENT",
        {"positive": ["CONDITIONING"], "negative": ["CONDITIONING"], "width": _SIDE, "height": _SIDE, "length": _INT},
        {"start_image": ["IMAGE"], "end_image": ["IMAGE"], "reference": ["IMAGE"]},
    ),
    "VAEDecode": _class("IMAGE", {"samples": ["LATENT"], "vae": ["VAE"]}),
    "Scale": _class("IMAGE", {"image": ["IMAGE"], "width": _SIDE, "height": _SIDE}),
    "Resize": _class("IMAGE", {"image": ["IMAGE"], "kind": ["COMFY_DYNAMICCOMBO_V3", {"options": _RESIZES}]}),
    "SizeOf": _class("INT INT", {"image": ["IMAGE"]}),
    "Batch": _class("IMAGE", {"images": ["COMFY_AUTOGROW_V3", _GROWING]}),
    "LoadImage": _class("IMAGE MASK", {"image": _upload("image", "a.png")}),
    "MaskOf": _class("MASK", {"image": _upload("image", "a.png")}),
    "LoadVideo": _class("VIDEO", {"file": _upload("video", "a.mp4")}),
    "Film": _class("VIDEO", {"film": _upload("video", "a.mp4")}),
    "LoadAudio": _class("AUDIO", {"audio": _upload("audio", "a.flac")}),
    "Load3D": _class("MESH", {"model_file": _upload("file", "a.glb")}),
    "Int": _class("INT", {"value": ["INT", {"min": 0, "max": 100, "step": 5}]}),
    "Float": _class("FLOAT", {"value": ["FLOAT", {}]}),
    "Boolean": _class("BOOLEAN", {"value": ["BOOLEAN", {}]}),
    "String": _class("STRING", {"value": ["STRING", {}]}),
    "Words": _class("STRING", {"value": _TEXT}),
    "ComfySwitchNode": _class("*", {"switch": ["BOOLEAN"], "on_false": _ANY, "on_true": _ANY}),
    "StringConcatenate": _class("STRING", {"string_a": _TEXT, "string_b": _TEXT, "delimiter": ["STRING", {}]}),
    "StringReplace": _class("STRING", {"string": _TEXT, "find": ["STRING", {}], "replace": ["STRING", {}]}),
    "Math": _class("INT", {"expression": ["STRING", {}], "values": ["COMFY_AUTOGROW_V3", _VALUES]}),
    "Round": _class("INT", {"value": ["INT", {}], "multiple": ["INT", {}]}),
    "TextGenerate": _class("STRING", {"clip": ["CLIP"], "prompt": _TEXT, "system_prompt": _TEXT}),
    "Guider": _class("GUIDER", {"model": ["MODEL"], "conditioning": ["CONDITIONING"]}),
    "RandomNoise": _class("NOISE", {"noise_seed": ["INT", {"control_after_generate": True}]}),
    "Custom": _class("LATENT", {"noise": ["NOISE"], "guider": ["GUIDER"], "latent_image": ["LATENT"]}),
    "CreateVideo": _class("VIDEO", {"images": ["IMAGE"], "fps": ["FLOAT", {"min": 1.0}]}, {"audio": ["AUDIO"]}),
    "SaveImage": _class("", {"images": ["IMAGE"], "filename_prefix": ["STRING", {}]}, output_node=True),
    "PreviewImage": _class("", {"images": ["IMAGE"]}, output_node=True),
    "PreviewAny": _class("", {"source": ["*"], "preview": ["STRING", {}]}, output_node=True),
    "SaveVideo": _class("", {"video": ["VIDEO"], "filename_prefix": ["STRING", {}]}, output_node=True),
    "SaveAudio": _class("", {"audio": ["AUDIO"], "filename_prefix": ["STRING", {}]}, output_node=True),
    "SaveGLB": _class("", {"mesh": ["MESH"], "filename_prefix": ["STRING", {}]}, output_node=True),
    "SaveText": _class("", {"text": ["STRING"], "filename_prefix": ["STRING", {}]}, output_node=True),
    "Named": _class("IMAGE", {"image": ["IMAGE"], "amount": ["INT", {}]}, display_name="A named node"),
}


def server(folders: dict[str, tuple[str, ...]] | None = None, **more: Any) -> Catalog:
    return parse_catalog(OBJECT_INFO | more, folders)


def still(**changes: Any) -> Graph:
    """A picture of a prompt; `changes` are inputs of its sampler."""
    return {
        "1": node("CheckpointLoaderSimple", ckpt_name="any.safetensors"),
        "2": node("CLIPTextEncode", text="a lake", clip=["1", 1]),
        "3": node("CLIPTextEncode", "Not this", text="blurry", clip=["1", 1]),
        "4": node("EmptyLatentImage", width=1024, height=768, batch_size=1),
        "5": node(
            "KSampler",
            **{
                "model": ["1", 0],
                "seed": 5,
                "steps": 20,
                "cfg": 8.0,
                "sampler_name": "euler",
                "scheduler": "simple",
                "positive": ["2", 0],
                "negative": ["3", 0],
                "latent_image": ["4", 0],
                "denoise": 1.0,
            }
            | changes,
        ),
        "6": node("VAEDecode", samples=["5", 0], vae=["1", 2]),
        "7": node("SaveImage", images=["6", 0], filename_prefix="x"),
    }


def film(**given: Any) -> Graph:
    """A video; `given` are further inputs of what says its length."""
    graph = still(positive=["4", 0], negative=["4", 1], latent_image=["4", 2])
    sides = {"positive": ["2", 0], "negative": ["3", 0]}
    graph["4"] = node("Frames", width=832, height=480, length=81, **sides, **given)
    graph["7"] = node("CreateVideo", images=["6", 0], fps=16.0)
    return graph | {"8": node("SaveVideo", video=["7", 0], filename_prefix="x")}


def surface(graph: Graph, catalog: Catalog | None = None) -> Surface:
    return Surface(graph, catalog or server())


def adopted(graph: Any, catalog: Catalog | None = None) -> Adoption:
    return adopt(graph, catalog or server())


def offered(graph: Any, catalog: Catalog | None = None) -> dict[str, Exposure]:
    """By key."""
    return {exposure.key: exposure for exposure in adopted(graph, catalog).exposures}


def kept(graph: Any, catalog: Catalog | None = None) -> dict[str, tuple[str, ...]]:
    """What is suggested: key -> targets."""
    return {key: one.into for key, one in offered(graph, catalog).items() if one.kept}
