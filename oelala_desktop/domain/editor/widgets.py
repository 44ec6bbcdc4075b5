"""The values of a node's controls by the names of its inputs.

A file holds them in the order of the controls, which is that of the class's inputs, with one more behind whatever has
a control of its own for what becomes of it after a run, and behind a choice those of the inputs that it brings. Values
told by name are taken as they are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from oelala_desktop.domain.catalog import NodeClass, NodeInput

from .document import Node

_AFTER_RUNS = frozenset({"fixed", "increment", "decrement", "randomize", "increment-wrap"})
_COMMENT = re.compile(r"/\*|//[^\n\r\u2028\u2029]*")
_LONGEST = 100_000  # characters of a text with choices: what is longer is data, and left as it is
#: seeds that an editor gives a second value to, where a class is not known
_SEEDS = ("seed", "noise_seed")
_WITH_ROWS = "Power Lora Loader (rgthree)"  # no class tells its inputs: it has as many as somebody gave it


class Unreadable(Exception):
    """The values of a node cannot be told apart."""


def values_of(node: Node, known: NodeClass | None) -> dict[str, Any]:
    """By input, "resize_type.width" for one that came with a choice; without those that the file says nothing of.
    Raises Unreadable for a class that is not known whose file does not name its controls."""
    if isinstance(node.values, Mapping):
        return _by_name(node.values, node, known)
    if node.type == _WITH_ROWS:
        rows = [value for value in node.values if isinstance(value, Mapping) and "lora" in value]
        return {f"lora_{number}": row for number, row in enumerate(rows, 1)}
    if known is None:
        return _unknown(node)
    values = list(_without_forced(node.values, known))
    out: dict[str, Any] = {}
    _take(values, known.inputs, "", out)
    return out


def defaults_of(known: NodeClass, values: Mapping[str, Any]) -> dict[str, Any]:
    """What an editor gives the controls of a class that a file says nothing of."""
    return dict(_defaults(known.inputs, "", values))


def settled_text(text: str) -> str:
    """A text as an editor sends it: without comments, and with the first of each choice in braces. What is JSON is
    left as it is."""
    if len(text) > _LONGEST or not any(mark in text for mark in ("{", "//", "/*", "\\")):
        return text
    try:
        if isinstance(json.loads(text), dict | list):
            return text
    except (ValueError, RecursionError):
        pass
    return _first_choices(_without_comments(text))


def _without_comments(text: str) -> str:
    out, place, at = [], 0, 0
    last = text.rfind("*/")
    while (found := _COMMENT.search(text, at)) is not None:
        at, end = found.span()
        if found[0] == "/*":
            if end > last:  # it is never closed
                at += 1
                continue
            end = text.index("*/", end) + 2
        out.append(text[place:at])
        place = at = end
    return "".join((*out, text[place:]))


def _by_name(values: Mapping[str, Any], node: Node, known: NodeClass | None) -> dict[str, Any]:
    controls = {slot.widget for slot in node.inputs if slot.widget}
    if known is None:
        return {name: value for name, value in values.items() if not controls or name in controls}
    return {
        name: value
        for name, value in values.items()
        if (kind := known.inputs.get(name)) is None or kind.is_widget or name in controls
    }


def _unknown(node: Node) -> dict[str, Any]:
    """By what the file itself says of the controls: their values by name, or the inputs that stand for them."""
    assert not isinstance(node.values, Mapping)
    if node.named:
        return {name: value for name, value in node.named.items() if name != "control_after_generate"}
    names = [slot.widget for slot in node.inputs if slot.widget]
    if not node.values:
        return {}
    values = list(node.values)
    out: dict[str, Any] = {}
    for name in names:
        if not values:
            break
        out[name] = values.pop(0)
        if name in _SEEDS and values and _is_after_run(values[0]):
            values.pop(0)
    if not names or any(_says_something(value) for value in values):
        raise Unreadable
    return out


def _is_after_run(value: object) -> bool:
    return isinstance(value, str) and value in _AFTER_RUNS


def _says_something(value: object) -> bool:
    """Buttons for uploads leave a word or nothing."""
    return value not in (None, "", "image", "video", "audio")


def _without_forced(values: Sequence[Any], known: NodeClass) -> Sequence[Any]:
    """Older files have a value for what has become a mere input since, if they have as many as there would be then."""
    kinds = [kind for kind in known.inputs.values() if kind.is_widget or _is_forced(kind)]
    forced = [
        mark for kind in kinds for mark in ((_is_forced(kind), False) if kind.has_control else (_is_forced(kind),))
    ]
    if not any(forced) or len(forced) != len(values):
        return values
    return [value for value, is_forced in zip(values, forced, strict=True) if not is_forced]


def _is_forced(kind: NodeInput) -> bool:
    return not kind.is_widget and kind.type in ("INT", "FLOAT", "STRING", "BOOLEAN", "COMBO")


def _take(values: list[Any], inputs: Mapping[str, NodeInput], before: str, out: dict[str, Any]) -> None:
    for name, kind in inputs.items():
        if not kind.is_widget and not kind.options:
            continue
        if not values:
            return
        value = out[before + name] = values.pop(0)
        if kind.options:
            _take(values, kind.options.get(str(value), {}), f"{before}{name}.", out)
        elif kind.has_control and (not values or _is_after_run(values[0]) or isinstance(values[0], bool)):
            del values[:1]


def _defaults(inputs: Mapping[str, NodeInput], before: str, values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, kind in inputs.items():
        key = before + name
        if kind.is_widget or kind.options:
            if key not in values:
                yield key, _default(kind)
            if kind.options:
                chosen = values.get(key, _default(kind))
                yield from _defaults(kind.options.get(str(chosen), {}), f"{key}.", values)


def _default(kind: NodeInput) -> Any:
    if kind.default is not None:
        return kind.default
    if kind.choices is not None:
        return kind.choices[0] if kind.choices else ""
    plain = {"INT": 0, "FLOAT": 0, "BOOLEAN": False, "STRING": ""}
    return plain.get(kind.type, "")


def _first_choices(text: str) -> str:
    """A brace with a choice in it becomes its first one; a backslash keeps the brace or bar behind it as it is."""
    out: list[list[str]] = [[]]  # what has been read of each brace that is open, and whether its first choice is over
    over = [False]
    letters = iter(text)
    for letter in letters:
        piece = letter
        if letter == "\\":
            escaped = next(letters, "")
            piece = escaped if escaped in ("{", "}", "|") else letter + escaped
        elif letter == "{":
            out.append([])
            over.append(False)
            continue
        elif letter == "|" and len(out) > 1:
            over[-1] = True
            continue
        elif letter == "}" and len(out) > 1:
            piece = "".join(out.pop())
            over.pop()
        if not over[-1]:
            out[-1].append(piece)
    return "".join(piece for pieces in out for piece in pieces)
