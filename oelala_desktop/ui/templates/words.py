"""What is said of templates and presets, in few words with an icon each. Without Qt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from oelala_desktop.domain.field import Field, FieldKind
from oelala_desktop.domain.preset import Preset
from oelala_desktop.domain.template import Template, TemplateFacts, TemplateModel
from oelala_desktop.domain.template_search import Standing
from oelala_desktop.ui import wording
from oelala_desktop.ui.wording import NBSP


class Sign(NamedTuple):
    """`tone` is the name of a token."""

    icon: str
    text: str
    tone: str = "text2"


_OUTPUTS: Mapping[str, tuple[str, str]] = {
    "video": ("video", "Video"),
    "image": ("image", "Image"),
    "audio": ("volume-2", "Sound"),
    "3d": ("box", "3D"),
}
_TAKES: Mapping[str, str] = {
    "picture": "image",
    "image": "image",
    "end picture": "image",
    "video": "video",
    "sound": "volume-2",
    "mask": "brush",
    "prompt": "message-square-text",
    "negative": "minus",
    "size": "proportions",
    "duration": "timer",
    "length": "timer",
    "rate": "gauge",
    "lora": "blend",
    "model": "layers",
}
_INPUTS: Mapping[FieldKind, str] = {
    FieldKind.PICTURE: "image",
    FieldKind.PICTURES: "images",
    FieldKind.VIDEO: "video",
    FieldKind.SOUND: "volume-2",
    FieldKind.MASK: "brush",
    FieldKind.DATASET: "images",
}


def output_of(output: str) -> Sign:
    """What it makes, as it stands on its picture."""
    icon, word = _OUTPUTS.get(output, ("workflow", "Other"))
    return Sign(icon, word)


def uses(template: Template) -> str:
    return f"used{NBSP}{wording.count(template.uses)}×" if template.uses else ""


def size(template: Template, facts: TemplateFacts | None) -> str:
    """Of all its files; "" while nobody knows it."""
    known = sum(model.size for model in facts.models) if facts is not None else 0
    total = max(template.size, known)
    return wording.file_size(total) if total else ""


def _counted(count: int, one: str, many: str) -> str:
    return f"{wording.count(count)} {one if count == 1 else many}"


def standing_words(standing: Standing, *, checks: bool = True) -> Sign:
    """The foot of a card. While the server is away nobody `checks` what is not known."""
    if standing.kind == "missing":
        amount = f" · {wording.file_size(standing.size)}" if standing.size else ""
        return Sign("circle-arrow-down", f"{_counted(standing.count, 'file', 'files')} missing{amount}", "warning_text")
    if standing.kind == "nodes":
        return Sign("triangle-alert", f"Needs {_counted(standing.count, 'node', 'nodes')} more", "error_text")
    if standing.kind == "version":
        return Sign("triangle-alert", f"Needs ComfyUI {standing.version} or newer", "error_text")
    return {
        "ready": Sign("circle-check", "Ready", "ok"),
        "paid": Sign("coins", "Paid service, needs an account", "text2"),
        "fault": Sign("workflow", "Opens in ComfyUI alone", "muted"),
        "unknown": Sign("", "Being looked at …" if checks else "Not looked at yet", "muted"),
    }[standing.kind]


def take_icon(word: str) -> str:
    """For a word of what goes in, such as "Picture" or "1–20 s"."""
    plain = word.casefold().replace(NBSP, " ")
    if plain.endswith(" s"):
        return "timer"
    if plain.endswith(" fps"):
        return "gauge"
    found = next((icon for key, icon in _TAKES.items() if key in plain), "")
    return "images" if found == "image" and plain.rstrip("s") != plain else found or "sliders-horizontal"


def model_words(model: TemplateModel) -> tuple[Sign, str]:
    """(how the file stands, the folder it lies or belongs in)."""
    if model.state == "there":
        return Sign("circle-check", "there", "ok"), model.folder
    if model.state == "misplaced":
        return Sign("folder-input", "misplaced", "warning_text"), f"in {model.found}, belongs in {model.folder}"
    if model.state == "missing":
        return Sign("circle-arrow-down", "missing", "muted"), model.folder
    return Sign("file-down", "", "muted"), model.folder


def takes_of(preset: Preset) -> tuple[Sign, ...]:
    """What goes into a preset."""
    fields = preset.fields
    said = [Sign(_INPUTS[field.kind], _input_words(field)) for field in preset.inputs]
    said += [Sign("message-square-text", "Prompt")] if "prompt" in fields else []
    said += [Sign("proportions", "Size")] if {"width", "resolution", "aspect_ratio"} & fields.keys() else []
    if "duration" in fields:
        least, most = fields["duration"].minimum, fields["duration"].maximum
        bounded = least is not None and most is not None
        said.append(Sign("timer", f"{least:g}–{most:g}{NBSP}s" if bounded else "Duration"))
    if "fps" not in fields and isinstance(preset.rate, int | float) and preset.rate:
        said.append(Sign("gauge", f"{preset.rate:g}{NBSP}fps"))
    said += [Sign("blend", "LoRA")] if "lora_configs" in fields else []
    return tuple(said)


def _input_words(field: Field) -> str:
    if field.kind is FieldKind.PICTURES and field.maximum:
        return f"Up to {field.maximum:g} pictures"
    return field.label
