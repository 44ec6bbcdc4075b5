"""/node_replacements as values: {old class: [{new_node_id, old_widget_ids, input_mapping, output_mapping}]}, where an
input's row is {new_id, old_id} or {new_id, set_value}, and an output's {new_idx, old_idx}."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from oelala_desktop.domain.catalog import Replacement

_MOST = 5_000  # classes
_MOST_OF_ONE, _MOST_INPUTS = 20, 500


def parse_replacements(answer: object) -> dict[str, tuple[Replacement, ...]]:
    """Rows that do not have the known form are left out, as any pack may have registered them."""
    if not isinstance(answer, Mapping):
        return {}
    found = {}
    for name, rows in list(answer.items())[:_MOST]:
        known = tuple(filter(None, map(_replacement, _rows(rows, _MOST_OF_ONE))))
        if known:
            found[str(name)] = known
    return found


def _replacement(row: Mapping[str, Any]) -> Replacement | None:
    becomes, told = row.get("new_node_id"), row.get("input_mapping")
    if not isinstance(becomes, str) or not becomes:
        return None
    inputs = [one for one in _rows(told, _MOST_INPUTS) if isinstance(one.get("new_id"), str)]
    controls = row.get("old_widget_ids")
    return Replacement(
        becomes,
        tuple(map(str, controls[:_MOST_INPUTS])) if isinstance(controls, list) else (),
        {one["new_id"]: one["old_id"] for one in inputs if _is_moved(one)} if isinstance(told, list) else None,
        {one["new_id"]: one["set_value"] for one in inputs if "set_value" in one},
        dict(_outputs(row.get("output_mapping"))),
    )


def _is_moved(row: Mapping[str, Any]) -> bool:
    return "set_value" not in row and isinstance(row.get("old_id"), str)


def _outputs(rows: object) -> Iterator[tuple[int, int]]:
    for row in _rows(rows, _MOST_INPUTS):
        old, new = row.get("old_idx"), row.get("new_idx")
        if type(old) is int and type(new) is int and old >= 0 and new >= 0:
            yield old, new


def _rows(rows: object, most: int) -> Iterator[Mapping[str, Any]]:
    return (row for row in (rows[:most] if isinstance(rows, list) else ()) if isinstance(row, Mapping))
