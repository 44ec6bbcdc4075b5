"""The table of a preset's `.toml` for a workflow of anybody's, with what the user kept of its exposures. Every setting
keeps what the workflow has until somebody changes it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from .adopt import Adoption
from .adopting.exposure import ALWAYS, Exposure
from .field import Field, FieldKind
from .preset import Preset
from .tool import VOCABULARY

#: settings of which every job has a value of its own
_OWN_VALUE = frozenset({"seed", "filename", "switch_step"})
#: entries of a table that follow from the workflow and from what is kept of it
_MADE = frozenset({"name", "adopted", "fields", "models", "sound", "loras", "clips"})


def preset_table(adoption: Adoption, name: str, kept: Iterable[Exposure]) -> dict[str, Any]:
    """With the exposures of `kept`, in their order and under their labels, and what no preset can do without."""
    chosen = {e.key: e for e in kept}
    chosen |= {e.key: e for e in adoption.exposures if e.key in ALWAYS and e.key not in chosen}
    if "steps" not in chosen:
        chosen.pop("switch_step", None)
    fields = {key: _row(e, "switch_step" in chosen) for key, e in chosen.items()}
    models = [dict(model) for model in adoption.models]
    for model in models:
        label = model.pop("label", None)
        if label is not None:
            own = {"kind": "model", "group": "model"} if model["key"] not in VOCABULARY else {}
            fields[model["key"]] = {"label": label, **own}
    table: dict[str, Any] = {
        "name": name,
        "description": adoption.description or "A workflow of your own.",
        "order": 90,
        "adopted": True,
        "fields": fields,
        "models": models,
    }
    if adoption.sound:
        table["sound"] = True
    if adoption.loras:
        table["loras"] = dict(adoption.loras)
    if adoption.clips and "num_frames" in fields and "image" in fields:
        table["clips"] = dict(adoption.clips)
    return table


def with_own_words(table: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """The table with what somebody wrote into the one of before: entries of its own, and those of settings and models
    that go where they went then."""
    fields, rows = table["fields"], before.get("fields")
    old: Mapping[str, Any] = rows if isinstance(rows, Mapping) else {}
    changed = {"steps"} if ("switch_step" in fields) != ("switch_step" in old) else set()
    words = {key: value for key, value in before.items() if key not in _MADE}
    models = before.get("models") if _places(before.get("models")) == _places(table["models"]) else table["models"]
    kept = {key: row if key in changed else _with_own(row, old.get(key)) for key, row in fields.items()}
    return {**table, **words, "fields": kept, "models": models}


def _places(models: object) -> list[object]:
    rows = models if isinstance(models, list) else ()
    return [(row.get("key"), row.get("into")) for row in rows if isinstance(row, Mapping)]


def _with_own(row: Mapping[str, Any], before: object) -> Mapping[str, Any]:
    """With its own label: the sheet gives it another."""
    if not isinstance(before, Mapping) or before.get("into") != row.get("into"):
        return row
    label = {"label": row["label"]} if "label" in row else {}
    return {key: value for key, value in before.items() if key != "label"} | label


def as_kept(adoption: Adoption, preset: Preset) -> Adoption:
    """The adoption with what a preset made of it keeps, in its order and under its names."""
    rows = {key: at for at, key in enumerate(preset.into)}
    by_target = {target: key for key, into in preset.into.items() for target in into}
    found = []
    for exposure in adoption.exposures:
        key = next((by_target[target] for target in exposure.into if target in by_target), None)
        if key is None:
            found.append((len(rows), replace(exposure, kept=False)))
        else:
            label = preset.fields[key].label if key in preset.fields else exposure.label
            found.append((rows[key], replace(exposure, key=key, label=label, kept=True, into=preset.into[key])))
    found.sort(key=lambda one: one[0])
    return replace(adoption, exposures=tuple(exposure for _, exposure in found), tools=(preset.tool,))


def slug(name: str) -> str:
    """A file name for a preset of that name."""
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")[:60] or "workflow"


def _row(exposure: Exposure, two_passes: bool) -> dict[str, Any]:
    field = VOCABULARY.get(exposure.key)
    row: dict[str, Any] = {"into": list(exposure.into), **exposure.row}
    if exposure.label != (field.label if field else ""):
        row["label"] = exposure.label
    if exposure.kind and (field is None or field.kind.value != exposure.kind):
        row["kind"] = exposure.kind
    if exposure.is_input or exposure.key == "filename":
        return row if exposure.is_input else {"into": row["into"]}
    if exposure.key == "seed":
        return {"into": row["into"]}
    if exposure.key in _OWN_VALUE or (exposure.key == "steps" and two_passes):
        row["default"] = exposure.value
    else:
        row["keeps"] = True
    if field is None and "group" not in row:
        row["group"] = _group(exposure)
    if field is not None and not exposure.kind:
        row |= {k: v for k, v in _reach(field, exposure.value).items() if k not in row}
    return row


def _group(exposure: Exposure) -> str:
    if exposure.key in ("width", "height"):
        return "size"
    if exposure.kind == "text":
        return "prompt"
    return "sampling"


def _reach(field: Field, value: Any) -> dict[str, Any]:
    """A range or list that the workflow's own value fits into, where the product's would not hold it."""
    if field.choices and not field.open_choices:
        spelt = str(int(value)) if field.kind is FieldKind.INTEGER else str(value)
        return {} if spelt in field.choices else {"choices": [*field.choices, spelt]}
    size = len(value) if isinstance(value, str) else value
    out: dict[str, Any] = {}
    if field.minimum is not None and size < field.minimum:
        out["minimum"] = size
    if field.maximum is not None and size > field.maximum:
        out["maximum"] = size
    return out
