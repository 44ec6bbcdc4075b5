"""The names of widget values in ComfyUI's editor graph, which lists them by position only."""

from __future__ import annotations

from typing import Any

#: what the editor puts after a seed: a value of its own that is no input
_CONTROL = ("fixed", "increment", "decrement", "randomize")
_SEEDS = ("seed", "noise_seed")
_LATENT_VIDEO = "width height length batch_size"

#: class → names in order, as the nodes declare them. Newer editors name widgets in the file; older ones do not.
_ORDER: dict[str, str] = {
    "KSampler": "seed steps cfg sampler_name scheduler denoise",
    "KSamplerAdvanced": "add_noise noise_seed steps cfg sampler_name scheduler start_at_step end_at_step"
    " return_with_leftover_noise",
    "SamplerCustom": "add_noise noise_seed cfg",
    "KSamplerSelect": "sampler_name",
    "BasicScheduler": "scheduler steps denoise",
    "RandomNoise": "noise_seed",
    "CFGGuider": "cfg",
    "SplitSigmas": "step",
    "CLIPTextEncode": "text",
    "CLIPTextEncodeFlux": "clip_l t5xxl guidance",
    "CLIPTextEncodeSDXL": "width height crop_w crop_h target_width target_height text_g text_l",
    "FluxGuidance": "guidance",
    "CheckpointLoaderSimple": "ckpt_name",
    "UNETLoader": "unet_name weight_dtype",
    "UnetLoaderGGUF": "unet_name",
    "UnetLoaderGGUFAdvanced": "unet_name dequant_dtype patch_dtype patch_on_device",
    "UnetLoaderGGUFAdvancedDisTorch2MultiGPU": "unet_name dequant_dtype patch_dtype patch_on_device compute_device",
    "UNETLoaderDisTorch2MultiGPU": "unet_name weight_dtype compute_device",
    "LoraLoader": "lora_name strength_model strength_clip",
    "LoraLoaderModelOnly": "lora_name strength_model",
    "ModelSamplingSD3": "shift",
    "ModelSamplingAuraFlow": "shift",
    "EmptyLatentImage": "width height batch_size",
    "EmptySD3LatentImage": "width height batch_size",
    "EmptyHunyuanLatentVideo": _LATENT_VIDEO,
    "WanImageToVideo": _LATENT_VIDEO,
    "WanFirstLastFrameToVideo": _LATENT_VIDEO,
    "Wan22ImageToVideoLatent": _LATENT_VIDEO,
    "ImageScale": "upscale_method width height crop",
    "CreateVideo": "fps",
    "SaveWEBM": "filename_prefix codec fps crf",
    "SaveAnimatedWEBP": "filename_prefix fps lossless quality method",
    "SaveAnimatedPNG": "filename_prefix fps compress_level",
    "WanVideoSampler": "steps cfg shift seed force_offload scheduler",
    "WanVideoTextEncode": "positive_prompt negative_prompt",
    "WanVideoModelLoader": "model base_precision quantization load_device",
    "WanVideoLoraSelect": "lora strength",
    "WanVideoEmptyEmbeds": "width height num_frames",
    "WanVideoImageToVideoEncode": "width height num_frames",
    "WanVideoSamplerv2": "cfg seed force_offload",
    "WanVideoSchedulerv2": "scheduler steps shift start_step end_step",
    "ClownsharKSampler_Beta": "eta sampler_name scheduler steps steps_to_run denoise cfg seed sampler_mode bongmath",
    "EmptyLTXVLatentVideo": _LATENT_VIDEO,
    "LTXVScheduler": "steps max_shift base_shift stretch terminal",
    "ManualSigmas": "sigmas",
    "Flux2Scheduler": "steps width height",
    "ComfySwitchNode": "switch",
    "StringConcatenate": "string_a string_b delimiter",
    "StringReplace": "string find replace",
    "ShowText|pysssss": "text_0",
    "Seed (rgthree)": "seed",
    "Seed Everywhere": "seed",
    "SaveImage": "filename_prefix",
    "SaveVideo": "filename_prefix format codec",
    "PrimitiveBoolean": "value",
    "PrimitiveInt": "value",
    "PrimitiveFloat": "value",
    "PrimitiveString": "value",
    "PrimitiveStringMultiline": "value",
    "INTConstant": "value",
    "FloatConstant": "value",
}


def named(node: dict[str, Any]) -> dict[str, Any]:
    """The widget values of an editor node by name, as far as the names are known."""
    values = node.get("widgets_values")
    if type(values) is dict:
        return {key: value for key, value in values.items() if type(key) is str}
    if type(values) is not list:
        return {}
    kind = node.get("type")
    names = _ORDER[kind].split() if type(kind) is str and kind in _ORDER else _declared(node)
    found = _paired(names, values)
    # Power Lora Loader keeps one object a row and names none of them.
    rows = [value for value in values if type(value) is dict and "lora" in value]
    found.update((f"lora_{index}", row) for index, row in enumerate(rows, 1))
    return found


def _declared(node: dict[str, Any]) -> list[str]:
    inputs = node.get("inputs")
    found = []
    for entry in inputs if type(inputs) is list else ():
        widget = entry.get("widget") if type(entry) is dict else None
        name = widget.get("name") if type(widget) is dict else None
        if type(name) is str:
            found.append(name)
    return found


def _paired(names: list[str], values: list[Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    at = 0
    for name in names:
        if at >= len(values):
            break
        found[name] = values[at]
        at += 1
        if name in _SEEDS and at < len(values) and values[at] in _CONTROL:
            at += 1
    return found
