"""The node classes that the shipped presets use, as a server with everything installed lists them: one line a class,
`required | optional -> outputs`. An input is NAME:TYPE, NAME=choice,choice or NAME:TYPE(minimum..maximum)."""

from __future__ import annotations

import re

from oelala_desktop.domain.catalog import Catalog, NodeClass, NodeInput
from tests.unit.picture_nodes import PICTURE_MODELS, PICTURE_TABLE
from tests.unit.sketch_nodes import SKETCH_TABLE
from tests.unit.text_nodes import TEXT_MODELS, TEXT_TABLE
from tests.unit.video_nodes import VIDEO_MODELS, VIDEO_TABLE

_MODELS: dict[str, tuple[str, ...] | None] = {
    "UNET": (
        "wan2.2_i2v_high_noise_14B_fp8_scaled.safetensors",
        "wan2.2_i2v_low_noise_14B_fp8_scaled.safetensors",
        "wan2.2_t2v_high_noise_14B_fp8_scaled.safetensors",
        "wan2.2_t2v_low_noise_14B_fp8_scaled.safetensors",
        "wan2.2_ti2v_5B_fp16.safetensors",
        "z_image_bf16.safetensors",
    ),
    "GGUF": ("wan2.2_i2v_high_noise_14B_Q6_K.gguf", "wan2.2_i2v_low_noise_14B_Q6_K.gguf"),
    "VAE": ("pixel_space", "wan2.2_vae.safetensors", "wan_2.1_vae.safetensors", "ae.safetensors"),
    "CLIP": (
        "umt5_xxl_fp8_e4m3fn_scaled.safetensors",
        "umt5-xxl-enc-bf16-uncensored-CONVERTED.safetensors",
        "qwen_3_4b.safetensors",
    ),
    "CKPT": ("flux1-dev-fp8.safetensors", "sd_xl_base_1.0.safetensors", "v1-5-pruned-emaonly-fp16.safetensors"),
    "LORA": (
        r"wan 2.2\camera_HIGH.safetensors",
        r"wan 2.2\camera_LOW.safetensors",
        "style.safetensors",
        "wan2.2_i2v_lightx2v_4steps_lora_v1_high_noise.safetensors",
        "wan2.2_i2v_lightx2v_4steps_lora_v1_low_noise.safetensors",
        "wan2.2_t2v_lightx2v_4steps_lora_v1.1_high_noise.safetensors",
        "wan2.2_t2v_lightx2v_4steps_lora_v1.1_low_noise.safetensors",
    ),
    "DEVICE": ("cpu", "cuda:0", "cuda:1"),
    "SAMPLER": ("euler", "euler_ancestral", "dpmpp_2m", "uni_pc", "res_multistep", "lcm"),
    "SCHEDULER": ("simple", "karras", "normal", "beta"),
    "ANY": None,
}
_OTHERS: tuple[dict[str, tuple[str, ...] | None], ...] = (
    _MODELS,
    dict(VIDEO_MODELS),
    dict(PICTURE_MODELS),
    dict(TEXT_MODELS),
)
MODELS = _MODELS | {
    kind: tuple(dict.fromkeys(name for models in _OTHERS for name in models.get(kind) or ()))
    for kind in VIDEO_MODELS | PICTURE_MODELS
}
_SEED = "INT(0..18446744073709551615)"
_SIDE = "INT(16..16384)"
_DISTORCH = "| compute_device=DEVICE virtual_vram_gb:FLOAT(0..128) donor_device=DEVICE expert_mode_allocations:STRING"
_WAN = f"positive:CONDITIONING negative:CONDITIONING vae:VAE width:{_SIDE} height:{_SIDE} length:INT(1..16384)"
_SAMPLER = "steps:INT(1..10000) cfg:FLOAT(0..100) sampler_name=SAMPLER scheduler=SCHEDULER"
_LATENT = f"width:{_SIDE} height:{_SIDE} batch_size:INT(1..4096)"
_TABLE = f"""
UNETLoader  unet_name=UNET weight_dtype=default,fp8_e4m3fn -> MODEL
UnetLoaderGGUFAdvancedDisTorch2MultiGPU  unet_name=GGUF dequant_dtype=default,target patch_dtype=default,target \
patch_on_device:BOOLEAN {_DISTORCH} eject_models:BOOLEAN -> MODEL
UnetLoaderGGUFAdvanced  unet_name=GGUF -> MODEL
VAELoader  vae_name=VAE -> VAE
VAELoaderDisTorch2MultiGPU  vae_name=VAE {_DISTORCH} eject_models:BOOLEAN -> VAE
CLIPLoader  clip_name=CLIP type=wan,flux,flux2,lumina2,krea2,qwen_image,ltxv,minimax,ideogram4,stable_diffusion \
| device=default,cpu -> CLIP
CLIPLoaderDisTorch2MultiGPU  clip_name=CLIP type=wan,flux | device=DEVICE virtual_vram_gb:FLOAT(0..128) \
donor_device=DEVICE expert_mode_allocations:STRING eject_models:BOOLEAN -> CLIP
CheckpointLoaderSimple  ckpt_name=CKPT -> MODEL CLIP VAE
LoraLoaderModelOnly  model:MODEL lora_name=LORA strength_model:FLOAT(-100..100) -> MODEL
LoraLoader  model:MODEL clip:CLIP lora_name=LORA strength_model:FLOAT(-100..100) strength_clip:FLOAT(-100..100) \
-> MODEL CLIP
ModelSamplingSD3  model:MODEL shift:FLOAT(0..100) -> MODEL
PathchSageAttentionKJ  model:MODEL sage_attention=disabled,auto | allow_compile:BOOLEAN -> MODEL
CLIPTextEncode  text:STRING clip:CLIP -> CONDITIONING
FluxGuidance  conditioning:CONDITIONING guidance:FLOAT(0..100) -> CONDITIONING
LoadImage  image=ANY -> IMAGE MASK
WanImageToVideo  {_WAN} batch_size:INT(1..4096) | start_image:IMAGE -> CONDITIONING CONDITIONING LATENT
WanFirstLastFrameToVideo  {_WAN} batch_size:INT(1..4096) | start_image:IMAGE end_image:IMAGE \
-> CONDITIONING CONDITIONING LATENT
Wan22ImageToVideoLatent  vae:VAE width:INT(32..16384) height:INT(32..16384) length:INT(1..16384) \
batch_size:INT(1..4096) | start_image:IMAGE -> LATENT
EmptyHunyuanLatentVideo  width:{_SIDE} height:{_SIDE} length:INT(1..16384) batch_size:INT(1..4096) -> LATENT
EmptyLatentImage  {_LATENT} -> LATENT
EmptySD3LatentImage  {_LATENT} -> LATENT
KSampler  model:MODEL seed:{_SEED} {_SAMPLER} positive:CONDITIONING negative:CONDITIONING latent_image:LATENT \
denoise:FLOAT(0..1) -> LATENT
KSamplerAdvanced  model:MODEL add_noise=enable,disable noise_seed:{_SEED} {_SAMPLER} positive:CONDITIONING \
negative:CONDITIONING latent_image:LATENT start_at_step:INT(0..10000) end_at_step:INT(0..10000) \
return_with_leftover_noise=disable,enable -> LATENT
VAEDecode  samples:LATENT vae:VAE -> IMAGE
ImageBatch  image1:IMAGE image2:IMAGE -> IMAGE
ImageFromBatch  image:IMAGE batch_index:INT(0..4095) length:INT(1..4096) -> IMAGE
CreateVideo  images:IMAGE fps:FLOAT(1..120) | audio:AUDIO bit_depth:INT(8..10) -> VIDEO
SaveVideo  video:VIDEO filename_prefix:STRING format=auto,mp4 codec=auto,h264 ->
SaveImage  images:IMAGE filename_prefix:STRING ->
VHS_VideoCombine  images:IMAGE frame_rate:FLOAT loop_count:INT(0..100) filename_prefix:STRING \
format=image/gif,video/h264-mp4 pingpong:BOOLEAN save_output:BOOLEAN | pix_fmt=yuv420p,yuv420p10le crf:INT(0..100) \
save_metadata:BOOLEAN trim_to_audio:BOOLEAN ->
SketchCameraMove  image:IMAGE prompt:STRING seed:{_SEED} frames:INT(1..16384) width:{_SIDE} height:{_SIDE} \
strength:FLOAT(0..3) -> IMAGE
SketchCrossFade  image:IMAGE | end_image:IMAGE -> IMAGE
LoadImageTextDataSetFromFolder  folder=ANY -> IMAGE STRING
ResizeImagesByShorterEdge  images:IMAGE shorter_edge:INT(1..8192) -> IMAGE
CenterCropImages  images:IMAGE width:INT(1..8192) height:INT(1..8192) -> IMAGE
MakeTrainingDataset  images:IMAGE vae:VAE clip:CLIP | texts:STRING -> LATENT CONDITIONING
TrainLoraNode  model:MODEL latents:LATENT positive:CONDITIONING batch_size:INT(1..10000) \
grad_accumulation_steps:INT(1..1024) steps:INT(1..100000) learning_rate:FLOAT(0..1) rank:INT(1..128) \
optimizer=AdamW,Adam,SGD loss_function=MSE,L1 seed:{_SEED} training_dtype=bf16,fp32,none lora_dtype=bf16,fp32 \
quantized_backward:BOOLEAN algorithm=LoRA,LoKr gradient_checkpointing:BOOLEAN checkpoint_depth:INT(1..5) \
offloading:BOOLEAN existing_lora=ANY bucket_mode:BOOLEAN bypass_mode:BOOLEAN -> LORA_MODEL LOSS_MAP INT
SaveLoRA  lora:LORA_MODEL prefix:STRING | steps:INT ->
LossGraphNode  loss:LOSS_MAP filename_prefix:STRING ->
SketchTitleCard  text:STRING seed:{_SEED} width:{_SIDE} height:{_SIDE} -> IMAGE
"""
_INPUT = re.compile(r"([\w.]+)(?::(\w+)(?:\((-?\d+)\.\.(\d+)\))?|=(\S+))")


def _input(text: str, required: bool) -> tuple[str, NodeInput]:
    match = _INPUT.fullmatch(text)
    assert match, text
    name, kind, low, high, listed = match.groups()
    if listed is None:
        limits = (float(low), float(high)) if low else (None, None)
        return name, NodeInput(kind, required, minimum=limits[0], maximum=limits[1])
    choices = MODELS[listed] if listed in MODELS else tuple(listed.split(","))
    return name, NodeInput("COMBO", required, choices)


def _node_class(line: str) -> NodeClass:
    name, rest = line.split("  ", 1)
    wanted, outputs = rest.split("->")
    required, _, optional = wanted.partition("|")
    inputs = dict(_input(t, True) for t in required.split()) | dict(_input(t, False) for t in optional.split())
    return NodeClass(name, inputs, tuple(outputs.split()), is_output=not outputs.strip())


_LINES = (_TABLE + VIDEO_TABLE + PICTURE_TABLE + SKETCH_TABLE + TEXT_TABLE).splitlines()
CLASSES = {row.name: row for row in map(_node_class, filter(None, _LINES))}
#: a server with every node and model that a shipped preset wants
EVERYTHING = Catalog(CLASSES)


def without(*names: str) -> Catalog:
    """The same server without some node classes."""
    return Catalog({k: v for k, v in CLASSES.items() if k not in names})


def offering(class_type: str, input_name: str, *choices: str) -> Catalog:
    """The same server with other choices at one input."""
    node = CLASSES[class_type]
    changed = {**node.inputs, input_name: NodeInput("COMBO", True, choices)}
    return Catalog({**CLASSES, class_type: NodeClass(node.name, changed, node.outputs, node.is_output)})


def faults_of(graph: dict[str, dict[str, object]], catalog: Catalog = EVERYTHING) -> list[str]:
    """What a server would refuse the graph for: unknown classes, missing inputs, bad links, choices and ranges."""
    faults = []
    for node_id, row in graph.items():
        node = catalog.classes.get(str(row["class_type"]))
        if node is None:
            faults.append(f"{node_id}: no class {row['class_type']}")
            continue
        inputs = row["inputs"]
        assert isinstance(inputs, dict)
        faults += [f"{node_id}: lacks {k}" for k, v in node.inputs.items() if v.required and k not in inputs]
        faults += [f"{node_id}.{k}: no such input" for k in inputs if k not in node.inputs]
        for name, value in inputs.items():
            if name in node.inputs:
                faults += [f"{node_id}.{name}: {f}" for f in _value_faults(graph, catalog, node.inputs[name], value)]
    return faults


def _value_faults(graph: dict[str, dict[str, object]], catalog: Catalog, spec: NodeInput, value: object) -> list[str]:
    if isinstance(value, list):
        source, slot = value
        outputs = catalog.classes[str(graph[source]["class_type"])].outputs if source in graph else ()
        kind = outputs[slot] if slot < len(outputs) else "nothing"
        return [] if kind == spec.type else [f"is linked to {kind}, wants {spec.type}"]
    if spec.choices is not None:
        return [] if value in spec.choices else [f"{value!r} is not offered"]
    kinds = {"INT": (int,), "FLOAT": (int, float), "STRING": (str,), "BOOLEAN": (bool,), "COMBO": (str,)}
    if not isinstance(value, kinds.get(spec.type, ())):
        return [f"{value!r} is no {spec.type}"]
    low = spec.minimum is not None and value < spec.minimum  # type: ignore[operator]
    high = spec.maximum is not None and value > spec.maximum  # type: ignore[operator]
    return [f"{value!r} is out of range"] if low or high else []
