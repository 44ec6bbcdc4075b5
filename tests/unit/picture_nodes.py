"""The node classes of presets that make pictures, or pictures and videos larger, as tests/unit/node_table.py has the
others."""

from __future__ import annotations

PICTURE_MODELS = {
    "UNET": (
        "z_image_turbo_bf16.safetensors",
        "krea2_turbo_fp8_scaled.safetensors",
        "qwen_image_2.1_turbo_int8_convrot.safetensors",
        "qwen_image_2.1_int8_convrot.safetensors",
        "flux-2-klein-4b-fp8.safetensors",
        "qwen_image_edit_2511_int8_convrot.safetensors",
        "flux1-fill-dev.safetensors",
        "seedvr2_3b_int8_convrot.safetensors",
        "seedvr2_7b_int8_convrot.safetensors",
        "qwen_image_fp8_e4m3fn.safetensors",
    ),
    "VAE": (
        "ae.safetensors",
        "qwen_image_vae.safetensors",
        "qwen_image_2.1_vae_bf16.safetensors",
        "flux2-vae.safetensors",
        "seedvr2_ema_vae_fp16.safetensors",
    ),
    "CLIP": (
        "qwen_3_4b.safetensors",
        "qwen3vl_4b_fp8_scaled.safetensors",
        "qwen3vl_8b_int8_convrot.safetensors",
        "qwen_2.5_vl_7b_fp8_scaled.safetensors",
        "clip_l.safetensors",
        "t5xxl_fp16.safetensors",
    ),
    "LORA": (
        "Qwen-Image-Edit-2511-Lightning-4steps-V1.0-bf16.safetensors",
        "Qwen-Image-Lightning-4steps-V1.0.safetensors",
    ),
}
_SIDE = "INT(16..16384)"
_METHOD = "upscale_method=nearest-exact,bilinear,area,bicubic,lanczos"
_TILES = "tile_size:INT(64..4096) overlap:INT(0..4096) temporal_size:INT(8..4096) temporal_overlap:INT(4..4096)"
PICTURE_TABLE = f"""
ModelSamplingAuraFlow  model:MODEL shift:FLOAT(0..100) -> MODEL
ConditioningZeroOut  conditioning:CONDITIONING -> CONDITIONING
EmptyFlux2LatentImage  width:{_SIDE} height:{_SIDE} batch_size:INT(1..4096) -> LATENT
Flux2Scheduler  steps:INT(1..4096) width:{_SIDE} height:{_SIDE} -> SIGMAS
QwenImage21Cache  model:MODEL device=auto,cpu dtype=default,int8 -> MODEL
TextEncodeQwenImage21  clip:CLIP prompt:STRING negative_prompt:STRING resolution:INT(0..16384) | vae:VAE \
images.image_1:IMAGE images.image_2:IMAGE images.image_3:IMAGE images.image_4:IMAGE -> CONDITIONING CONDITIONING LATENT
DualCLIPLoader  clip_name1=CLIP clip_name2=CLIP type=sdxl,flux | device=default,cpu -> CLIP
ReferenceLatent  conditioning:CONDITIONING | latent:LATENT -> CONDITIONING
ImageScaleToTotalPixels  image:IMAGE {_METHOD} megapixels:FLOAT(0..16) resolution_steps:INT(1..256) -> IMAGE
LoadImageMask  image=ANY channel=alpha,red,green,blue -> MASK
DifferentialDiffusion  model:MODEL | strength:FLOAT(0..1) -> MODEL
InpaintModelConditioning  positive:CONDITIONING negative:CONDITIONING vae:VAE pixels:IMAGE mask:MASK \
noise_mask:BOOLEAN -> CONDITIONING CONDITIONING LATENT
TextEncodeQwenImageEditPlus  clip:CLIP prompt:STRING | vae:VAE image1:IMAGE image2:IMAGE image3:IMAGE -> CONDITIONING
FluxKontextMultiReferenceLatentMethod  conditioning:CONDITIONING \
reference_latents_method=offset,index,uxo/uno,index_timestep_zero -> CONDITIONING
CFGNorm  model:MODEL strength:FLOAT(0..100) | pre_cfg:BOOLEAN -> MODEL
UpscaleModelLoader  model_name=RealESRGAN_x4plus.safetensors -> UPSCALE_MODEL
ImageUpscaleWithModel  upscale_model:UPSCALE_MODEL image:IMAGE -> IMAGE
SeedVR2Preprocess  resized_images:IMAGE -> IMAGE
SeedVR2Conditioning  model:MODEL vae_conditioning:LATENT -> CONDITIONING CONDITIONING
SeedVR2PostProcessing  images:IMAGE original_resized_images:IMAGE \
color_correction_method=lab,wavelet,adain,none -> IMAGE
SeedVR2TemporalChunk  latent:LATENT temporal_overlap:INT(0..16384) chunking_mode=auto,manual -> LATENT INT
SeedVR2TemporalMerge  latents:LATENT temporal_overlap:INT(0..16384) -> LATENT
VAEEncodeTiled  pixels:IMAGE vae:VAE {_TILES} -> LATENT
FrameInterpolationModelLoader  model_name=film_net_fp16.safetensors -> INTERP_MODEL
FrameInterpolate  interp_model:INTERP_MODEL images:IMAGE multiplier:INT(2..16) -> IMAGE
ImagePadForOutpaint  image:IMAGE left:INT(0..16384) top:INT(0..16384) right:INT(0..16384) bottom:INT(0..16384) \
feathering:INT(0..16384) -> IMAGE MASK
GrowMask  mask:MASK expand:INT(-16384..16384) tapered_corners:BOOLEAN -> MASK
MaskToImage  mask:MASK -> IMAGE
ImageToMask  image:IMAGE channel=red,green,blue,alpha -> MASK
ImageBlur  image:IMAGE blur_radius:INT(1..31) sigma:FLOAT(0..10) -> IMAGE
ControlNetLoader  control_net_name=Qwen-Image-InstantX-ControlNet-Inpainting.safetensors -> CONTROL_NET
ControlNetInpaintingAliMamaApply  positive:CONDITIONING negative:CONDITIONING control_net:CONTROL_NET vae:VAE \
image:IMAGE mask:MASK strength:FLOAT(0..10) start_percent:FLOAT(0..1) end_percent:FLOAT(0..1) -> CONDITIONING \
CONDITIONING
"""
