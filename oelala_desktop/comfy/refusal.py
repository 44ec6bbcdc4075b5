"""What ComfyUI says when it refuses a graph, as sentences; each tied to the setting that caused it where one did."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from oelala_desktop.domain.errors import EngineRejected
from oelala_desktop.domain.graph import base_title, title_of
from oelala_desktop.domain.spelling import nearest


def explain_refusal(answer: Any, graph: Mapping[str, Mapping[str, Any]], keys: Mapping[str, str]) -> EngineRejected:
    """`answer` is the JSON body of a refused POST /prompt (or of an accepted one with node_errors); `keys` maps
    "Title.input" to the settings key that fills it."""
    answer = answer if isinstance(answer, dict) else {}
    error = answer.get("error") if isinstance(answer.get("error"), dict) else {}
    sentences: list[str] = []
    fields: dict[str, str] = {}
    rows = answer.get("node_errors")
    for node_id, row in rows.items() if isinstance(rows, dict) else ():
        title = title_of(graph, node_id) if node_id in graph else str(_get(row, "class_type") or node_id)
        base = base_title(graph, node_id) if node_id in graph else title
        errors = _get(row, "errors")
        for item in errors if isinstance(errors, list) else ():
            sentence, input_name = _sentence(title, item)
            sentences.append(sentence)
            key = keys.get(f"{base}.{input_name}")
            if key:
                fields.setdefault(key, sentence)
    if not sentences:
        sentences.append(_whole(error))
    unique = list(dict.fromkeys(sentences))
    more = f" ({len(unique) - 3} more faults are in the details.)" if len(unique) > 3 else ""
    return EngineRejected(" ".join(unique[:3]) + more, fields=fields, detail=_raw(answer))


def _get(row: Any, key: str) -> Any:
    return row.get(key) if isinstance(row, Mapping) else None


def _raw(answer: Mapping[str, Any]) -> str:
    return repr(dict(answer))[:4000]


def _whole(error: Mapping[str, Any]) -> str:
    kind = str(error.get("type") or "")
    words = str(error.get("message") or "").rstrip(".")
    if kind in ("invalid_prompt", "missing_node_type"):
        return f"This server lacks a node that the preset needs: {words}. Run “oelala doctor” to see what to install."
    if kind == "prompt_no_outputs":
        return "This server found nothing in the graph that saves a result."
    return f"This server refused the job: {words or 'it gave no reason'}."


def _sentence(title: str, item: Any) -> tuple[str, str]:
    info = _get(item, "extra_info") or {}
    name = str(_get(info, "input_name") or "")
    kind = str(_get(item, "type") or "")
    given = _get(info, "received_value")
    details = str(_get(item, "details") or "").strip()
    if kind == "value_not_in_list":
        return _not_in_list(title, name, str(given), _get(info, "input_config")), name
    words = {
        "required_input_missing": f"“{title}” lacks its input {name}.",
        "value_smaller_than_min": f"{name} of “{title}” is too small: {given}.",
        "value_bigger_than_max": f"{name} of “{title}” is too large: {given}.",
        "invalid_input_type": f"{name} of “{title}” cannot be {given}.",
        "custom_validation_failed": f"“{title}” refused its input: {details}.",
        "return_type_mismatch": f"“{title}” is wired wrongly at {name}: {details}.",
        "bad_linked_input": f"“{title}” is wired wrongly at {name}.",
    }
    message = str(_get(item, "message") or kind)
    return words.get(kind, f"“{title}”: {message} {details}".strip()), name


def _not_in_list(title: str, name: str, given: str, config: Any) -> str:
    first = config[0] if isinstance(config, list) and config else None
    options = _get(config[1], "options") if first == "COMBO" and len(config) > 1 else first
    choices = tuple(map(str, options)) if isinstance(options, list) else ()
    near = nearest(given, choices)
    if near:
        hint = f" The nearest is {near}."
    elif choices:
        hint = f" It has: {', '.join(choices[:5])}{' …' if len(choices) > 5 else ''}."
    else:
        hint = ""
    return f"This server has no {name} named {given} (“{title}”).{hint}"


def names_a_file(answer: Mapping[str, Any], graph: Mapping[str, Mapping[str, Any]], files: Iterable[str]) -> bool:
    """Whether the server refuses for want of one of these, which it took before."""
    refused = answer.get("node_errors")
    if not isinstance(refused, dict):
        return False
    said = "".join(str(refused[node]) for node in refused if node in graph)
    return any(name in said for name in files)
