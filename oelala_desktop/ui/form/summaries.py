"""What folded cards say of what is inside them. Pure: from settings to words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Values = Mapping[str, Any]
#: of a LoRA row that names none
DEFAULT_STRENGTH = 1.5


def model(values: Values) -> str:
    names = [str(values[key]) for key in ("unet_high_noise", "unet_low_noise", "checkpoint") if values.get(key)]
    if not names:
        return "Preset default"
    from oelala_desktop.domain.models import display_name, find_pairs  # a form has none before its preset is known

    pairs = find_pairs(names)
    if pairs:
        return f"{pairs[0].name} · pair"
    return " + ".join(display_name(name) for name in names)


def lora(values: Values) -> str:
    """ "2 on · 1.50, 0.80"; rows that are switched off do not count."""
    active = [config for config in values.get("lora_configs") or () if config.get("enabled", True)]
    if not active:
        return "None"
    strengths = ", ".join(f"{float(config.get('strength', DEFAULT_STRENGTH)):.2f}" for config in active)
    return f"{len(active)} on · {strengths}"


def sampling(values: Values) -> str:
    parts = []
    steps, switch = values.get("steps"), values.get("switch_step")
    if steps is not None:
        parts.append("1 step" if int(steps) == 1 else f"{steps} steps")
        if switch is not None and int(switch) < int(steps):
            parts.append(f"{switch} + {int(steps) - int(switch)}")
    if values.get("cfg") is not None:
        parts.append(f"CFG {float(values['cfg']):.1f}")
    if values.get("guidance") is not None:
        parts.append(f"guidance {float(values['guidance']):.1f}")
    seed = values.get("seed")
    if seed is not None and int(seed) >= 0:
        parts.append("seed fixed")
    elif seed is not None:
        parts.append("random seed")
    return " · ".join(parts)


def training(values: Values) -> str:
    parts = [f"{values['steps']} steps"] if values.get("steps") is not None else []
    parts += [f"rank {values['rank']}"] if values.get("rank") is not None else []
    return " · ".join([*parts, *([f"{values['train_size']} px"] if values.get("train_size") is not None else [])])


def more(values: Values) -> str:
    parts = []
    clips = int(values.get("clip_count") or 1)
    if clips > 1:
        parts.append(f"{clips} clips")
    text = str(values.get("expert_mode_allocations") or "")
    if text:
        parts.append(text.replace(";", " · ").replace(",", " "))
    elif "expert_mode_allocations" in values:
        parts.append("the loader splits memory")
    if values.get("sage_attention"):
        parts.append("SageAttention")
    return " · ".join(parts)


SUMMARIES: dict[str, Callable[[Values], str]] = {
    "model": model,
    "lora": lora,
    "sampling": sampling,
    "training": training,
    "more": more,
}
