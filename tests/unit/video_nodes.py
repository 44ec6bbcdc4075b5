"""The node classes of presets that make sound, or videos of videos, as tests/unit/node_table.py has the others."""

#: more of the files that a server has, by the kind of list
VIDEO_MODELS = {
    "CLIP": (
        "gemma4-12b-with-proj-ltx-2.5-comfy-int8-convrot.safetensors",
        "qwen3vl_32b_minimax_h3_nvfp4_awq.safetensors",
    ),
    "CKPT": ("ltx-2.3-22b-dev-fp8.safetensors",),
    "GEMMA": ("gemma_3_12B_it_fp4_mixed.safetensors",),
    "UPSCALER": (
        "ltx-2.3-spatial-upscaler-x2-1.1.safetensors",
        "ltx-2.5-latent-spatial-upscaler-x2-bf16-1.0.safetensors",
    ),
    "LORA": (
        "ltx_2.3_22b_distilled_1.1_lora_dynamic_fro09_avg_rank_111_bf16.safetensors",
        "minimax_h3_fl2v_turbo_8step_v1.0_comfyui_bf16.safetensors",
    ),
    "UNET": (
        "fastvideo_fasth3_8step_v2_pruned_int8_convrot.safetensors",
        "ltx-2.5-22b-distilled-transformer-comfy-int8-convrot.safetensors",
        "minimax_h3_fl2va_pruned_int8_convrot.safetensors",
    ),
    "VAE": (
        "ltx-2.5-audio-vae-bf16.safetensors",
        "ltx-2.5-video-vae-bf16.safetensors",
        "minimax_h3_audio_vae_fp32.safetensors",
        "minimax_h3_video_vae_int8_convrot.safetensors",
    ),
}
_SEED = "INT(0..18446744073709551615)"
VIDEO_TABLE = f"""
BasicGuider  model:MODEL conditioning:CONDITIONING -> GUIDER
BasicScheduler  model:MODEL scheduler=SCHEDULER steps:INT(1..10000) denoise:FLOAT(0..1) -> SIGMAS
BlockSparseAttention  model:MODEL selection=vsa selection.keep_percent:INT(1..100) start_percent:FLOAT(0..1) \
end_percent:FLOAT(0..1) dense_blocks:STRING min_tokens:INT extra_tokens:INT sink_conditioning=exact_kv_and_rows \
verbose:BOOLEAN -> MODEL
CFGGuider  model:MODEL positive:CONDITIONING negative:CONDITIONING cfg:FLOAT(0..100) -> GUIDER
ComfyMathExpression  expression:STRING values.a:INT -> FLOAT INT BOOLEAN
EmptyLTXVLatentVideo  width:INT(64..16384) height:INT(64..16384) length:INT(1..16384) batch_size:INT(1..4096) -> \
LATENT
ImageScale  image:IMAGE upscale_method=nearest-exact,bilinear,area,bicubic,lanczos width:INT(0..16384) \
height:INT(0..16384) crop=disabled,center -> IMAGE
KSamplerSelect  sampler_name=SAMPLER -> SAMPLER
LTXAVTextEncoderLoader  text_encoder=GEMMA ckpt_name=CKPT device=default,cpu -> CLIP
LTXVAddGuide  positive:CONDITIONING negative:CONDITIONING vae:VAE latent:LATENT image:IMAGE \
frame_idx:INT(-9999..9999) strength:FLOAT(0..10) | attention_mask:MASK iclora_parameters:IC_LORA_PARAMETERS -> \
CONDITIONING CONDITIONING LATENT
LTXVAudioVAEDecode  samples:LATENT audio_vae:VAE -> AUDIO
LTXVAudioVAELoader  ckpt_name=CKPT -> VAE
LTXVConcatAVLatent  video_latent:LATENT audio_latent:LATENT -> LATENT
LTXVConditioning  positive:CONDITIONING negative:CONDITIONING frame_rate:FLOAT(0..1000) -> CONDITIONING CONDITIONING
LTXVCropGuides  positive:CONDITIONING negative:CONDITIONING latent:LATENT -> CONDITIONING CONDITIONING LATENT
LTXVDualCFGGuider  model:MODEL positive:CONDITIONING negative:CONDITIONING video_cfg:FLOAT(0..100) \
audio_cfg:FLOAT(0..100) -> GUIDER
LTXVEmptyLatentAudio  frames_number:INT(1..1000) frame_rate:FLOAT(1..1000) batch_size:INT(1..4096) audio_vae:VAE -> \
LATENT
LTXVImgToVideoInplace  vae:VAE image:IMAGE latent:LATENT strength:FLOAT(0..1) bypass:BOOLEAN -> LATENT
LTXVLatentUpsampler  samples:LATENT upscale_model:LATENT_UPSCALE_MODEL vae:VAE -> LATENT
LTXVPreprocess  image:IMAGE img_compression:INT(0..100) -> IMAGE
LTXVSeparateAVLatent  av_latent:LATENT -> LATENT LATENT
LatentUpscaleModelLoader  model_name=UPSCALER -> LATENT_UPSCALE_MODEL
ManualSigmas  sigmas:STRING -> SIGMAS
MiniMaxH3ImageToVideo  clip:CLIP vae:VAE prompt:STRING width:INT(32..16384) height:INT(32..16384) \
length:INT(5..3600) | first_frame:IMAGE last_frame:IMAGE -> CONDITIONING LATENT
MiniMaxH3SigmaShift  model:MODEL shift_video:FLOAT shift_audio:FLOAT -> MODEL
RandomNoise  noise_seed:{_SEED} -> NOISE
SamplerCustomAdvanced  noise:NOISE guider:GUIDER sampler:SAMPLER sigmas:SIGMAS latent_image:LATENT -> LATENT LATENT
SamplerEulerAncestral  eta:FLOAT(0..100) s_noise:FLOAT(0..100) -> SAMPLER
VAEDecodeAudio  samples:LATENT vae:VAE -> AUDIO
VAEDecodeTiled  samples:LATENT vae:VAE tile_size:INT(64..4096) overlap:INT(0..4096) temporal_size:INT(8..4096) \
temporal_overlap:INT(4..4096) -> IMAGE
"""
