"""/object_info as a Catalog. Choices come in four styles: [[...]], [[...], {}], ["COMBO", {"options": [...]}] and
["COMFY_DYNAMICCOMBO_V3", {"options": [{"key": ..., "inputs": {...}}, ...]}], where each brings inputs of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from oelala_desktop.domain.catalog import Catalog, NodeClass, NodeInput

#: types that an editor has a control for
_WIDGETS = frozenset({"INT", "FLOAT", "BOOLEAN", "STRING", "COMBO", "MARKDOWN", "TEXTAREA", "COLOR", "COLORS"})
#: of some nodes' own: their controls draw and record
_WIDGETS |= {"BOUNDING_BOX", "BOUNDING_BOXES", "CURVE", "RANGE", "PAINTER", "IMAGECOMPARE", "IMAGECROP", "CHART"}
_WIDGETS |= {"GALLERIA", "LOAD_3D", "LOAD3D_CAMERA", "WEBCAM", "AUDIO_RECORD", "AUDIO_UI"}
_UPLOADS = ("image", "video", "audio", "file")
_DEEPEST = 6  # inputs inside of choices inside of inputs
_MOST_GROWN = 100


def parse_catalog(object_info: Mapping[str, Any], folders: Mapping[str, tuple[str, ...]] | None = None) -> Catalog:
    """Node classes that do not have the known form are left out: a custom node may answer with anything."""
    classes = {}
    for name, row in object_info.items():
        if isinstance(row, Mapping) and isinstance(row.get("input") or {}, Mapping):
            classes[name] = _node_class(name, row)
    return Catalog(classes, dict(folders or {}))


def _node_class(name: str, row: Mapping[str, Any]) -> NodeClass:
    outputs = row.get("output")
    return NodeClass(
        name,
        _node_inputs(row.get("input") or {}, row.get("input_order")),
        tuple(map(str, outputs)) if isinstance(outputs, list) else (),
        bool(row.get("output_node")),
        _text(row.get("display_name")),
    )


def _node_inputs(sections: Any, order: Any = None, depth: int = 0) -> dict[str, NodeInput]:
    inputs: dict[str, NodeInput] = {}
    for section in ("required", "optional"):
        rows = sections.get(section) if isinstance(sections, Mapping) else None
        if not isinstance(rows, Mapping):
            continue
        told = order.get(section) if isinstance(order, Mapping) else None
        named = [key for key in told if isinstance(key, str) and key in rows] if isinstance(told, list) else []
        for key in dict.fromkeys((*named, *rows)):
            inputs[key] = _node_input(key, rows[key], section == "required", depth)
    return inputs


def _node_input(name: str, spec: Any, required: bool, depth: int) -> NodeInput:
    kind = spec[0] if isinstance(spec, list) and spec else spec
    extra = spec[1] if isinstance(spec, list) and len(spec) > 1 and isinstance(spec[1], Mapping) else {}
    choices = _choices(kind, extra.get("options"))
    shown = "COMBO" if choices is not None else str(extra.get("widgetType") or kind)
    grows, grown = _growth(extra.get("template"), depth) if kind == "COMFY_AUTOGROW_V3" else ((), None)
    return NodeInput(
        type="COMBO" if choices is not None else str(kind),
        required=required,
        choices=choices,
        default=extra.get("default"),
        minimum=_number(extra.get("min")),
        maximum=_number(extra.get("max")),
        step=_number(extra.get("step")),
        is_widget=shown in _WIDGETS and not extra.get("forceInput"),
        has_control=_has_control(name, shown, extra.get("control_after_generate")),
        is_dynamic_prompt=extra.get("dynamicPrompts") is True,
        is_multiline=extra.get("multiline") is True,
        upload=next((kind for kind in _UPLOADS if extra.get(f"{kind}_upload")), ""),
        options=_options(extra.get("options"), depth) if kind == "COMFY_DYNAMICCOMBO_V3" else {},
        grows=grows,
        least=_least(extra.get("template")),
        grown=grown,
    )


def _has_control(name: str, shown: str, told: object) -> bool:
    """An editor that is told nothing gives it to what is named like a seed."""
    if shown not in ("INT", "COMBO"):
        return False
    return bool(told) if told is not None else shown == "INT" and name in ("seed", "noise_seed")


def _options(options: Any, depth: int) -> dict[str, dict[str, NodeInput]]:
    found = {}
    if isinstance(options, list) and depth < _DEEPEST:
        for option in options:
            if isinstance(option, Mapping) and "key" in option:
                found[str(option["key"])] = _node_inputs(option.get("inputs"), None, depth + 1)
    return found


def _growth(template: Any, depth: int) -> tuple[tuple[str, ...], NodeInput | None]:
    """The names that a growing input goes by, and what each of them is."""
    if not isinstance(template, Mapping) or depth >= _DEEPEST:
        return (), None
    inside = next(iter(_node_inputs(template.get("input"), None, depth + 1).values()), None)
    names = template.get("names")
    if isinstance(names, list):
        return tuple(map(str, names[:_MOST_GROWN])), inside
    most = template.get("max")
    count = min(most, _MOST_GROWN) if isinstance(most, int) else _MOST_GROWN
    return tuple(f"{_text(template.get('prefix'))}{number}" for number in range(count)), inside


def _least(template: Any) -> int:
    least = template.get("min") if isinstance(template, Mapping) else None
    return least if isinstance(least, int) else 0


def _choices(kind: object, options: object) -> tuple[str, ...] | None:
    if kind == "COMFY_DYNAMICCOMBO_V3" and isinstance(options, list):
        return tuple(str(option["key"]) for option in options if isinstance(option, Mapping) and "key" in option)
    listed = kind if isinstance(kind, list) else options if kind == "COMBO" else None
    return tuple(str(choice) for choice in listed) if isinstance(listed, list) else None


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
