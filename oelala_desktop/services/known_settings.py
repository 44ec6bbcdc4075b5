"""What may stand in the preferences, key by key: the one place where a value's kind and bounds are known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from oelala_desktop.comfy.address import parse_address
from oelala_desktop.domain.errors import InvalidField
from oelala_desktop.domain.field import Field, FieldKind
from oelala_desktop.domain.tool import VOCABULARY

_K = FieldKind
ENGINE_CHOICES = ("auto", "comfyui", "sketch")
_FIELDS = (
    Field("appearance", _K.CHOICE, "Colours", "", default="system", choices=("system", "dark", "light")),
    Field("reduced_motion", _K.SWITCH, "Motion", "", default=False, help="Nothing slides or fades"),
    Field("output_folder", _K.LINE, "Results", "", default="", help="Where finished videos and pictures go."),
    Field("follow_links", _K.SWITCH, "Linked folders", "", default=False, help="Show what lies behind links, too"),
    Field("picture_megabytes", _K.INTEGER, "Largest picture (MB)", "", default=20, minimum=1, maximum=500),
    Field("notices", _K.SWITCH, "Notices", "", default=True, help="Tell me when a job ends in the background"),
    Field("close_to_tray", _K.SWITCH, "Closing", "", default=True, help="Keep running in the tray"),
    Field("api", _K.SWITCH, "API", "", default=True, help="Answer scripts on this machine"),
    Field("api_port", _K.INTEGER, "Port", "", default=7998, minimum=1024, maximum=65535),
    Field("engine_choice", _K.CHOICE, "Engine", "", default="auto", choices=ENGINE_CHOICES),
    Field("geometry", _K.LINE, "Window", "", default=""),
    Field("page", _K.LINE, "Page", "", default=""),
    Field("sidebar_narrow", _K.SWITCH, "Sidebar", "", default=False),
    Field("media.density", _K.INTEGER, "Density", "", default=0, minimum=0, maximum=64),
    Field("media.sort", _K.LINE, "Sort", "", default="date_desc"),
    Field("media.view", _K.LINE, "View", "", default="grid"),
    Field("player.volume", _K.INTEGER, "Volume", "", default=80, minimum=0, maximum=100),
    Field("player.muted", _K.SWITCH, "Mute", "", default=False),
    Field("viewer.prompt", _K.SWITCH, "Prompt", "", default=False),
)
#: the settings that are one plain value, by key
SETTINGS: Mapping[str, Field] = {field.key: field for field in _FIELDS}


def sift(values: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """What of the preferences is sound, and the names of what is not. Keys of a newer version are let be."""
    sound: dict[str, Any] = {}
    odd: list[str] = []
    for key, value in values.items():
        if key in _TABLES and isinstance(value, dict):
            rows, bad = _TABLES[key](value)
            sound[key] = rows
            odd += [f"{key}: {name}" for name in bad]
        elif key.startswith("form.") and isinstance(value, dict):
            sound[key], bad = _form(value)
            odd += [f"{key}: {name}" for name in bad]
        elif _is_sound(_check_of(key), value):
            sound[key] = value
        else:
            odd.append(key)
    return sound, tuple(odd)


def _is_sound(check: Callable[[Any], object] | None, value: Any) -> bool:
    try:
        if check is not None:
            check(value)
    except (InvalidField, RecursionError):  # what is nested a thousand deep can be none of ours
        return False
    return True


def _check_of(key: str) -> Callable[[Any], object] | None:
    if key in SETTINGS:
        return _of_its_own_kind(SETTINGS[key])
    return _CHECKS.get(key) or _CHECKS.get(key.partition(".")[0] + ".")


def _of_its_own_kind(field: Field) -> Callable[[Any], object]:
    """A file of ours says `true` and not "yes"."""
    kinds = {_K.SWITCH: bool, _K.INTEGER: int, _K.CHOICE: str, _K.LINE: str}

    def check(value: Any) -> object:
        if type(value) is not kinds[field.kind]:
            raise field.fail("of another kind.")
        return field.check(value)

    return check


def _texts(value: Any) -> None:
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise InvalidField("", "This is no list of texts.")


def _text(value: Any) -> None:
    if not isinstance(value, str):
        raise InvalidField("", "This is no text.")


def _switch(value: Any) -> None:
    if not isinstance(value, bool):
        raise InvalidField("", "This is neither on nor off.")


def _address(value: Any) -> None:
    _text(value)
    if value:
        parse_address(value)


def _nothing(_value: Any) -> None:
    raise InvalidField("", "This is no table.")


def _form(values: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Settings of a tool. Whether they are within the bounds of a preset is told at Generate."""
    sound = {k: v for k, v in values.items() if k not in VOCABULARY or VOCABULARY[k].holds(v)}
    return sound, [key for key in values if key not in sound]


def _servers(rows: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    sound = {name: row for name, row in rows.items() if _is_sound(_server, row)}
    return sound, [name for name in rows if name not in sound]


def _server(row: Any) -> None:
    if not isinstance(row, dict):
        raise InvalidField("", "This is no table.")
    _text(row.get("url"))
    parse_address(row["url"])
    _text(row.get("ca_file", ""))
    _texts(row.get("headers", []))


_TABLES: Mapping[str, Callable[[Mapping[str, Any]], tuple[dict[str, Any], list[str]]]] = {"servers": _servers}
_CHECKS: Mapping[str, Callable[[Any], object]] = {
    "servers": _nothing,
    "media_folders": _texts,
    "folded_groups": _texts,
    "engine_url": _address,
    "form.": _nothing,
    "folds.": _texts,
    "preset.": _text,
    "typed.": _switch,
}
