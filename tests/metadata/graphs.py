"""ComfyUI graphs in API form, written here for the tests."""

from __future__ import annotations

import copy
import random
from typing import Any

Graph = dict[str, Any]
POSITIVE = "a fishing boat leaves the harbour at dawn, slow zoom in"
NEGATIVE = "low quality, blurry, jitter, distortion"
HIGH, LOW = "wan2.2_i2v_high_noise_14B_fp8_scaled.safetensors", "wan2.2_i2v_low_noise_14B_fp8_scaled.safetensors"
WORDS = "harbour boat mountain lake rope sail gull pier fog lantern wave anchor net cliff pine snow river"
BIG_SEED = 2**64 - 1


def node(kind: str, **inputs: Any) -> dict[str, Any]:
    return {"class_type": kind, "inputs": inputs, "_meta": {"title": kind}}


def two_pass(seed: int = 42) -> Graph:
    """Image to video with two experts, a LoRA on each and Sage attention in between."""
    return {
        "1": node("UNETLoader", unet_name=HIGH, weight_dtype="default"),
        "2": node("UNETLoader", unet_name=LOW, weight_dtype="default"),
        "3": node("VAELoader", vae_name="wan_2.1_vae.safetensors"),
        "4": node("CLIPLoader", clip_name="umt5_xxl_fp8_e4m3fn_scaled.safetensors", type="wan"),
        "17": node("LoraLoaderModelOnly", lora_name="speed_high.safetensors", strength_model=1.0, model=["1", 0]),
        "18": node("LoraLoaderModelOnly", lora_name="speed_low.safetensors", strength_model=0.8, model=["2", 0]),
        "7": node("PathchSageAttentionKJ", model=["17", 0], sage_attention="auto"),
        "8": node("PathchSageAttentionKJ", model=["18", 0], sage_attention="auto"),
        "5": node("ModelSamplingSD3", model=["7", 0], shift=5.0),
        "6": node("ModelSamplingSD3", model=["8", 0], shift=8.0),
        "9": node("CLIPTextEncode", text=POSITIVE, clip=["4", 0]),
        "10": node("CLIPTextEncode", text=NEGATIVE, clip=["4", 0]),
        "11": node("LoadImage", image="harbour.png"),
        "12": node(
            "WanImageToVideo", positive=["9", 0], negative=["10", 0], vae=["3", 0], width=832, height=480, length=81,
            batch_size=1, start_image=["11", 0],
        ),
        "13": node(
            "KSamplerAdvanced", model=["5", 0], add_noise="enable", noise_seed=seed, steps=20, cfg=3.5,
            sampler_name="euler", scheduler="simple", positive=["12", 0], negative=["12", 1], latent_image=["12", 2],
            start_at_step=0, end_at_step=10, return_with_leftover_noise="enable",
        ),
        "14": node(
            "KSamplerAdvanced", model=["6", 0], add_noise="disable", noise_seed=0, steps=22, cfg=4.0,
            sampler_name="uni_pc", scheduler="normal", positive=["12", 0], negative=["12", 1], latent_image=["13", 0],
            start_at_step=10, end_at_step=10000, return_with_leftover_noise="disable",
        ),
        "15": node("VAEDecode", samples=["14", 0], vae=["3", 0]),
        "16": node("VHS_VideoCombine", images=["15", 0], frame_rate=16, format="video/h264-mp4", save_metadata=True),
    }  # fmt: skip


def one_pass() -> Graph:
    """Text to image with a checkpoint."""
    return {
        "4": node("CheckpointLoaderSimple", ckpt_name="sd_xl_base_1.0.safetensors"),
        "5": node("EmptyLatentImage", width=1024, height=768, batch_size=1),
        "6": node("CLIPTextEncode", text="a mountain lake, morning light", clip=["4", 1]),
        "7": node("CLIPTextEncode", text="worst quality, ugly", clip=["4", 1]),
        "3": node(
            "KSampler", seed=7, steps=30, cfg=7.5, sampler_name="dpmpp_2m", scheduler="karras", denoise=1.0,
            model=["4", 0], positive=["6", 0], negative=["7", 0], latent_image=["5", 0],
        ),
        "8": node("VAEDecode", samples=["3", 0], vae=["4", 2]),
        "9": node("SaveImage", images=["8", 0], filename_prefix="lake"),
    }  # fmt: skip


def grown(rng: random.Random, size: int, base: Graph | None = None) -> Graph:
    """A graph grown to about `size` bytes of JSON by the nodes that real ones have beside those that count."""
    graph = copy.deepcopy(base if base is not None else two_pass(rng.randrange(2**64)))
    words = WORDS.split()
    used = 0
    while used < size:
        number = str(100 + len(graph))
        text = " ".join(rng.choice(words) for _ in range(rng.randrange(10, 60)))
        graph[number] = node(
            "Note Plus (mtb)", text=text, width=rng.randrange(256, 2048), color=["#432", 0.5, rng.random()],
            enabled=rng.random() < 0.5, image=["11", 0],
        )  # fmt: skip
        used += len(text) + 190
    return graph
