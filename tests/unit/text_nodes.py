"""The node classes and models of presets that write texts, as tests/unit/node_table.py has the others."""

from __future__ import annotations

TEXT_MODELS = {
    "CLIP": (
        "qwen3vl_4b_fp8_scaled.safetensors",
        "qwen3.5_4b_bf16.safetensors",
        "gemma4_e4b_it_fp8_scaled.safetensors",
    ),
}
_WRITE = (
    "clip:CLIP prompt:STRING max_length:INT(1..32768) sampling_mode=on,off "
    "sampling_mode.temperature:FLOAT sampling_mode.top_k:INT(0..1000) sampling_mode.top_p:FLOAT(0..1) "
    "sampling_mode.min_p:FLOAT(0..1) sampling_mode.repetition_penalty:FLOAT(0..5) "
    "sampling_mode.seed:INT(0..18446744073709551615) | sampling_mode.presence_penalty:FLOAT(0..5) image:IMAGE "
    "thinking:BOOLEAN use_default_template:BOOLEAN"
)
TEXT_TABLE = f"""
TextGenerate  {_WRITE} -> STRING
TextGenerateLTX2Prompt  {_WRITE} -> STRING
SaveText  text:STRING filename_prefix:STRING format=txt,csv,md,json ->
"""
