"""/object_info as a Catalog. Choices come in four styles: [[...]], [[...], {}], ["COMBO", {"options": [...]}] and
["COMFY_DYNAMICCOMBO_V3", {"options": [{"key": ..., "inputs": {...}}, ...]}], where each brings inputs of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from oelala_desktop.domain.catalog import Catalog, NodeClass, NodeInput


def parse_catalog(object_info: Mapping[str, Any], folders: Mapping[str, tuple[str, ...]] | None = None) -> Catalog:
    """Node classes that do not have the known form are left out: a custom node may answer with anything."""
    classes = {}
    for name, row in object_info.items():
        if isinstance(row, Mapping) and isinstance(row.get("input") or {}, Mapping):
            classes[name] = _node_class(name, row)
    return Catalog(classes, dict(folders or {}))


def _node_class(name: str, row: Mapping[str, Any]) -> NodeClass:
    inputs: dict[str, NodeInput] = {}
    for section in ("required", "optional"):
        rows = (row.get("input") or {}).get(section)
        for key, spec in rows.items() if isinstance(rows, Mapping) else ():
            inputs[key] = _node_input(spec, section == "required")
    outputs = row.get("output")
    return NodeClass(
        name,
        inputs,
        tuple(map(str, outputs)) if isinstance(outputs, list) else (),
        bool(row.get("output_node")),
    )


def _node_input(spec: Any, required: bool) -> NodeInput:
    kind = spec[0] if isinstance(spec, list) and spec else spec
    extra = spec[1] if isinstance(spec, list) and len(spec) > 1 and isinstance(spec[1], Mapping) else {}
    choices = _choices(kind, extra.get("options"))
    return NodeInput(
        type="COMBO" if choices is not None else str(kind),
        required=required,
        choices=choices,
        default=extra.get("default"),
        minimum=_number(extra.get("min")),
        maximum=_number(extra.get("max")),
    )


def _choices(kind: object, options: object) -> tuple[str, ...] | None:
    if kind == "COMFY_DYNAMICCOMBO_V3" and isinstance(options, list):
        return tuple(str(option["key"]) for option in options if isinstance(option, Mapping) and "key" in option)
    listed = kind if isinstance(kind, list) else options if kind == "COMBO" else None
    return tuple(str(choice) for choice in listed) if isinstance(listed, list) else None


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
