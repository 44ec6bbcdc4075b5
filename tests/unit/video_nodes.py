"""The node classes of presets that make sound, or videos of videos, as tests/unit/node_table.py has the others."""

#: more of the files that a server has, by the kind of list
VIDEO_MODELS = {
    "CLIP": (
        "gemma4-12b-with-proj-ltx-2.5-comfy-int8-convrot.safetensors",
        "qwen3vl_32b_minimax_h3_nvfp4_awq.safetensors",
    ),
    "VISION": ("clip_vision_h.safetensors",),
    "CKPT": (
        "ltx-2.3-22b-dev-fp8.safetensors",
        "sam3.1_multiplex_fp16.safetensors",
    ),
    "GEMMA": ("gemma_3_12B_it_fp4_mixed.safetensors",),
    "UPSCALER": (
        "ltx-2.3-spatial-upscaler-x2-1.1.safetensors",
        "ltx-2.5-latent-spatial-upscaler-x2-bf16-1.0.safetensors",
    ),
    "LORA": (
        "Wan21_CausVid_14B_T2V_lora_rank32.safetensors",
        "lightx2v_I2V_14B_480p_cfg_step_distill_rank64_bf16.safetensors",
        "lightx2v_T2V_14B_cfg_step_distill_v2_lora_rank64_bf16.safetensors",
        "ltx_2.3_22b_distilled_1.1_lora_dynamic_fro09_avg_rank_111_bf16.safetensors",
        "minimax_h3_fl2v_turbo_8step_v1.0_comfyui_bf16.safetensors",
        "wan2.1_SCAIL_2_DPO_lora_bf16.safetensors",
    ),
    "UNET": (
        "fastvideo_fasth3_8step_v2_pruned_int8_convrot.safetensors",
        "ltx-2.5-22b-distilled-transformer-comfy-int8-convrot.safetensors",
        "minimax_h3_fl2va_pruned_int8_convrot.safetensors",
        "wan2.1_14B_SCAIL_2_int8_convrot.safetensors",
        "wan2.1_vace_14B_fp16.safetensors",
        "wan2.2_bernini_r_high_noise_fp8_scaled.safetensors",
        "wan2.2_bernini_r_low_noise_fp8_scaled.safetensors",
        "wan2.2_fun_control_high_noise_14B_fp8_scaled.safetensors",
        "wan2.2_fun_control_low_noise_14B_fp8_scaled.safetensors",
        "wan_animate_2_distill_int8_convrot.safetensors",
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
Video Slice  video:VIDEO start_time:FLOAT duration:FLOAT strict_duration:BOOLEAN -> VIDEO
BasicGuider  model:MODEL conditioning:CONDITIONING -> GUIDER
BasicScheduler  model:MODEL scheduler=SCHEDULER steps:INT(1..10000) denoise:FLOAT(0..1) -> SIGMAS
BerniniConditioning  positive:CONDITIONING negative:CONDITIONING vae:VAE width:INT(16..8192) height:INT(16..8192) \
length:INT(1..8192) batch_size:INT(1..4096) | source_video:IMAGE reference_video:IMAGE \
reference_images:COMFY_AUTOGROW_V3 ref_max_size:INT(16..8192) -> CONDITIONING CONDITIONING LATENT
BlockSparseAttention  model:MODEL selection=vsa selection.keep_percent:INT(1..100) start_percent:FLOAT(0..1) \
end_percent:FLOAT(0..1) dense_blocks:STRING min_tokens:INT extra_tokens:INT sink_conditioning=exact_kv_and_rows \
verbose:BOOLEAN -> MODEL
CFGGuider  model:MODEL positive:CONDITIONING negative:CONDITIONING cfg:FLOAT(0..100) -> GUIDER
CLIPVisionEncode  clip_vision:CLIP_VISION image:IMAGE crop=center,none -> CLIP_VISION_OUTPUT
CLIPVisionLoader  clip_name=VISION -> CLIP_VISION
ComfyMathExpression  expression:STRING values.a:INT -> FLOAT INT BOOLEAN
EmptyLTXVLatentVideo  width:INT(64..16384) height:INT(64..16384) length:INT(1..16384) batch_size:INT(1..4096) -> \
LATENT
GetVideoComponents  video:VIDEO -> IMAGE AUDIO FLOAT INT COMBO
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
LoadVideo  file=ANY -> VIDEO
ManualSigmas  sigmas:STRING -> SIGMAS
MiniMaxH3ImageToVideo  clip:CLIP vae:VAE prompt:STRING width:INT(32..16384) height:INT(32..16384) \
length:INT(5..3600) | first_frame:IMAGE last_frame:IMAGE -> CONDITIONING LATENT
MiniMaxH3SigmaShift  model:MODEL shift_video:FLOAT shift_audio:FLOAT -> MODEL
RandomNoise  noise_seed:{_SEED} -> NOISE
SAM3_VideoTrack  images:IMAGE model:MODEL detection_threshold:FLOAT(0..1) max_objects:INT(0..64) detect_interval:INT \
| initial_mask:MASK conditioning:CONDITIONING -> SAM3_TRACK_DATA
SCAIL2ColoredMask  driving_track_data:SAM3_TRACK_DATA object_indices:STRING sort_by=none,left_to_right,area \
replacement_mode:BOOLEAN | ref_track_data:SAM3_TRACK_DATA -> IMAGE IMAGE
SamplerCustom  model:MODEL add_noise:BOOLEAN noise_seed:{_SEED} cfg:FLOAT(0..100) positive:CONDITIONING \
negative:CONDITIONING sampler:SAMPLER sigmas:SIGMAS latent_image:LATENT -> LATENT LATENT
SamplerCustomAdvanced  noise:NOISE guider:GUIDER sampler:SAMPLER sigmas:SIGMAS latent_image:LATENT -> LATENT LATENT
SamplerEulerAncestral  eta:FLOAT(0..100) s_noise:FLOAT(0..100) -> SAMPLER
SplitSigmas  sigmas:SIGMAS step:INT(0..10000) -> SIGMAS SIGMAS
StringConcatenate  string_a:STRING string_b:STRING delimiter:STRING -> STRING
ImagePadForOutpaint  image:IMAGE left:INT(0..16384) top:INT(0..16384) right:INT(0..16384) bottom:INT(0..16384) \
feathering:INT(0..16384) -> IMAGE MASK
MaskToImage  mask:MASK -> IMAGE
ImageToMask  image:IMAGE channel=red,green,blue,alpha -> MASK
RepeatImageBatch  image:IMAGE amount:INT(1..4096) -> IMAGE
WanVaceToVideo  positive:CONDITIONING negative:CONDITIONING vae:VAE width:INT(16..16384) height:INT(16..16384) \
length:INT(1..16384) batch_size:INT(1..4096) strength:FLOAT(0..1000) | control_video:IMAGE control_masks:MASK \
reference_image:IMAGE -> CONDITIONING CONDITIONING LATENT INT
TrimVideoLatent  samples:LATENT trim_amount:INT(0..99999) -> LATENT
VAEDecodeAudio  samples:LATENT vae:VAE -> AUDIO
VAEDecodeTiled  samples:LATENT vae:VAE tile_size:INT(64..4096) overlap:INT(0..4096) temporal_size:INT(8..4096) \
temporal_overlap:INT(4..4096) -> IMAGE
VAEEncode  pixels:IMAGE vae:VAE -> LATENT
Wan22FunControlToVideo  positive:CONDITIONING negative:CONDITIONING vae:VAE width:INT(16..16384) \
height:INT(16..16384) length:INT(1..16384) batch_size:INT(1..4096) | ref_image:IMAGE control_video:IMAGE -> \
CONDITIONING CONDITIONING LATENT
WanAnimate2Cache  model:MODEL device=cpu,gpu dtype=default,int8,int4 -> MODEL
WanAnimate2ToVideo  positive:CONDITIONING negative:CONDITIONING vae:VAE width:INT(16..16384) height:INT(16..16384) \
length:INT(1..16384) batch_size:INT(1..4096) video_frame_offset:INT(0..16384) pose_strength:FLOAT(0..10) \
pose_start_percent:FLOAT(0..1) pose_end_percent:FLOAT(0..1) reference_image_strength:FLOAT(0..10) | \
reference_image:IMAGE pose_video:IMAGE clip_vision_output:CLIP_VISION_OUTPUT positive_pose:CONDITIONING \
clip_vision_output_pose:CLIP_VISION_OUTPUT continue_motion:IMAGE -> CONDITIONING CONDITIONING LATENT INT INT INT
WanSCAILToVideo  positive:CONDITIONING negative:CONDITIONING vae:VAE width:INT(32..16384) height:INT(32..16384) \
length:INT(1..16384) batch_size:INT(1..4096) pose_strength:FLOAT(0..10) pose_start:FLOAT(0..1) pose_end:FLOAT(0..1) \
video_frame_offset:INT(0..16384) previous_frame_count:INT(1..16384) | pose_video:IMAGE pose_video_mask:IMAGE \
replacement_mode:BOOLEAN reference_image:IMAGE reference_image_mask:IMAGE clip_vision_output:CLIP_VISION_OUTPUT \
previous_frames:IMAGE -> CONDITIONING CONDITIONING LATENT INT
"""
