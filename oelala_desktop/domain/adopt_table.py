"""The table of a preset's `.toml` for a workflow of the user's own, with what the user kept of its exposures."""

from __future__ import annotations

import re
from typing import Any

from .adopt import ALWAYS, Adoption, Exposure
from .field import Field, FieldKind
from .geometry import RESOLUTIONS, nearest_aspect
from .tool import VOCABULARY


def preset_table(adoption: Adoption, name: str, kept: frozenset[str]) -> dict[str, Any]:
    """The table of a preset's `.toml` with the exposures whose keys are in `kept`."""
    fields = {e.key: _row(e) for e in adoption.exposures if e.key in kept | ALWAYS}
    if "width" in fields:
        width, height = (next(e.value for e in adoption.exposures if e.key == key) for key in ("width", "height"))
        fields |= _size_defaults(width, height, "image" in fields)
    if "num_frames" in fields:
        frames = next(e.value for e in adoption.exposures if e.key == "num_frames")
        rate = next((e.value for e in adoption.exposures if e.key == "fps"), 16)
        fields["duration"] = {"default": float(min(15, max(1, round(frames / rate))))}
    table: dict[str, Any] = {
        "name": name,
        "description": "A workflow of your own.",
        "order": 90,
        "adopted": True,
        "fields": fields,
        "models": [dict(model) for model in adoption.models],
    }
    if adoption.loras:
        table["loras"] = dict(adoption.loras)
    if adoption.clips and "num_frames" in fields:
        table["clips"] = dict(adoption.clips)
    if adoption.is_large and "width" in fields:
        table["size"] = {"class": "sdxl"}
        fields.pop("resolution")
    return table


def slug(name: str) -> str:
    """A file name for a preset of that name."""
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")[:60] or "workflow"


def _row(exposure: Exposure) -> dict[str, Any]:
    row: dict[str, Any] = {"into": list(exposure.into)}
    field = VOCABULARY.get(exposure.key)
    if exposure.kind:
        row |= {"kind": exposure.kind, "label": exposure.label, "default": exposure.value}
    elif field is not None and exposure.key not in ("image", "prompt", "seed", "num_frames"):
        value = int(exposure.value) if field.kind is FieldKind.INTEGER else exposure.value
        row |= {"default": value} | _reach(field, value)
    return row


def _reach(field: Field, value: Any) -> dict[str, Any]:
    """A range or list that the workflow's own value fits into, where the product's would not hold it."""
    if field.choices and not field.open_choices:
        return {} if str(value) in field.choices else {"choices": [*field.choices, str(value)]}
    size = len(value) if isinstance(value, str) else value
    out: dict[str, Any] = {}
    if field.minimum is not None and size < field.minimum:
        out["minimum"] = size
    if field.maximum is not None and size > field.maximum:
        out["maximum"] = size
    return out


def _size_defaults(width: int, height: int, has_picture: bool) -> dict[str, Any]:
    """The product's sizes nearest to the workflow's; with a picture, its own proportions."""
    short = min(width, height)
    resolution = min(RESOLUTIONS, key=lambda name: abs(RESOLUTIONS[name] - short))
    aspect = "auto" if has_picture else nearest_aspect(width, height)
    return {"resolution": {"default": resolution}, "aspect_ratio": {"default": aspect}}
