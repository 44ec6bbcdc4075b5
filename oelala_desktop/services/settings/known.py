"""The settings: the one table of their keys, kinds, defaults and bounds, and of who acts when one changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from oelala_desktop.domain.address import parse_address
from oelala_desktop.domain.engine_kinds import COMFYUI, SKETCH
from oelala_desktop.domain.errors import InvalidField
from oelala_desktop.domain.field import Field, FieldKind
from oelala_desktop.domain.tool import VOCABULARY

T = TypeVar("T")
_K = FieldKind
#: of one plain value, by the kind of its field: a file of ours says `true` and not "yes"
_PLAIN = {_K.SWITCH: bool, _K.INTEGER: int, _K.CHOICE: str, _K.LINE: str}


@dataclass(frozen=True)
class Setting(Generic[T]):
    """`check` raises InvalidField for what may not stand there. `field` says how it is shown, of those that a page
    shows. `heard_by` is who acts at once when it changes: "look", "library" or "api"; empty where it is asked each
    time."""

    key: str
    default: T
    check: Callable[[Any], object]
    field: Field | None = None
    heard_by: str = ""


def _shown(field: Field, default: T, heard_by: str = "") -> Setting[T]:
    return Setting(field.key, default, _of_its_own_kind(field), field, heard_by)


def _of_its_own_kind(field: Field) -> Callable[[Any], object]:
    def check(value: Any) -> object:
        if type(value) is not _PLAIN[field.kind]:
            raise field.fail("other_kind")
        return field.check(value)

    return check


def _choice(key: str, label: str, choices: tuple[str, ...], heard_by: str = "") -> Setting[str]:
    """The first is the default."""
    return _shown(Field(key, _K.CHOICE, label, "", default=choices[0], choices=choices), choices[0], heard_by)


def _switch(key: str, label: str, default: bool, help_text: str = "", heard_by: str = "") -> Setting[bool]:
    return _shown(Field(key, _K.SWITCH, label, "", default=default, help=help_text), default, heard_by)


def _number(key: str, label: str, default: int, low: int, high: int, heard_by: str = "") -> Setting[int]:
    field = Field(key, _K.INTEGER, label, "", default=default, minimum=low, maximum=high)
    return _shown(field, default, heard_by)


def _line(key: str, label: str, default: str, help_text: str = "", heard_by: str = "") -> Setting[str]:
    return _shown(Field(key, _K.LINE, label, "", default=default, help=help_text), default, heard_by)


def _texts(value: Any) -> None:
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise InvalidField("", "This is no list of texts.")


def _text(value: Any) -> None:
    if not isinstance(value, str):
        raise InvalidField("", "This is no text.")


def _on_or_off(value: Any) -> None:
    if not isinstance(value, bool):
        raise InvalidField("", "This is neither on nor off.")


def _address(value: Any) -> None:
    _text(value)
    if value:
        parse_address(value)


def _table(value: Any) -> None:
    if not isinstance(value, dict):
        raise InvalidField("", "This is no table.")


APPEARANCE = _choice("appearance", "Colours", ("system", "dark", "light"), heard_by="look")
REDUCED_MOTION = _switch("reduced_motion", "Motion", False, "Nothing slides or fades", heard_by="look")
OUTPUT_FOLDER = _line("output_folder", "Results", "", "Where finished videos and pictures go.", heard_by="library")
WILDCARD_FOLDER = _line("wildcard_folder", "Wildcards", "", "Lists for prompts: __name__ takes a line of name.txt.")
FOLLOW_LINKS = _switch("follow_links", "Linked folders", False, "Show what lies behind links, too", heard_by="library")
PICTURE_MEGABYTES = _number("picture_megabytes", "Largest picture (MB)", 20, 1, 500)
NOTICES = _switch("notices", "Notices", True, "Tell me when a job ends in the background")
CLOSE_TO_TRAY = _switch("close_to_tray", "Closing", True, "Keep running in the tray")
API = _switch("api", "API", True, "Answer scripts on this machine", heard_by="api")
API_PORT = _number("api_port", "Port", 7998, 1024, 65535, heard_by="api")
ENGINE_CHOICE = _choice("engine_choice", "Engine", ("auto", COMFYUI, SKETCH))
GEOMETRY = _line("geometry", "Window", "")
PAGE = _line("page", "Page", "")
SIDEBAR_NARROW = _switch("sidebar_narrow", "Sidebar", False)
COLUMN = _number("tool.column", "Width of the controls", 0, 0, 4000)  # 0: as the window is wide
DENSITY = _number("media.density", "Density", 0, 0, 64)
SORT = _line("media.sort", "Sort", "date_desc")
VIEW = _line("media.view", "View", "grid")
VIEWER_PROMPT = _switch("viewer.prompt", "Prompt", False)
VOLUME = _number("player.volume", "Volume", 80, 0, 100)
MUTED = _switch("player.muted", "Sound", False)
_MORE_FOLDERS = "More folders to show, such as ComfyUI's output folder."
MEDIA_FOLDERS: Setting[list[str]] = Setting(
    "media_folders",
    [],
    _texts,
    Field("media_folders", _K.LINE, "Also in My Media", "", default="", help=_MORE_FOLDERS),
    "library",
)
FOLDED_GROUPS: Setting[list[str]] = Setting("folded_groups", [], _texts)
ENGINE_URL: Setting[str] = Setting("engine_url", "http://127.0.0.1:8188", _address)
SERVERS: Setting[dict[str, Any]] = Setting("servers", {}, _table)
PRESET_ORDER: Setting[list[str]] = Setting("presets.order", [], _texts)
PRESETS_OFF: Setting[list[str]] = Setting("presets.off", [], _texts)

#: by key
SETTINGS: Mapping[str, Setting[Any]] = {row.key: row for row in list(globals().values()) if type(row) is Setting}


# what a tool's page remembers


def form_of(tool: str) -> Setting[dict[str, Any]]:
    """The values typed on it."""
    return Setting(f"form.{tool}", {}, _table)


def folds_of(tool: str) -> Setting[list[str]]:
    """The names of the cards that are open."""
    return Setting(f"folds.{tool}", [], _texts)


def preset_of(tool: str) -> Setting[str]:
    """The chosen preset; empty for none."""
    return Setting(f"preset.{tool}", "", _text)


def typed_of(tool: str) -> Setting[bool]:
    """Whether a person wrote in the prompt box, or cleared it, since a picture last filled it."""
    return Setting(f"typed.{tool}", False, _on_or_off)


_FAMILIES: Mapping[str, Callable[[str], Setting[Any]]] = {
    "form": form_of,
    "folds": folds_of,
    "preset": preset_of,
    "typed": typed_of,
}


def setting_of(key: str) -> Setting[Any] | None:
    """None for a key that this version does not know."""
    family, dot, name = key.partition(".")
    return SETTINGS.get(key) or (_FAMILIES[family](name) if dot and family in _FAMILIES else None)


# what of a file is sound


def sift(values: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """What of the preferences is sound, and the names of what is not. Keys of a newer version are let be."""
    sound: dict[str, Any] = {}
    odd: list[str] = []
    for key, value in values.items():
        setting = setting_of(key)
        rows = _rows_of(key, value)
        if rows is not None:
            sound[key], bad = rows
            odd += [f"{key}: {name}" for name in bad]
        elif setting is None or _is_sound(setting.check, value):
            sound[key] = value
        else:
            odd.append(key)
    return sound, tuple(odd)


def _rows_of(key: str, value: Any) -> tuple[dict[str, Any], list[str]] | None:
    """Of a table each row is believed or not by itself; None where it is none."""
    if not isinstance(value, dict):
        return None
    if key == SERVERS.key:
        rows = {name: row for name, row in value.items() if _is_sound(_server, row)}
    elif key.startswith("form."):
        # whether they are within the bounds of a preset is told at Generate
        rows = {k: v for k, v in value.items() if k not in VOCABULARY or VOCABULARY[k].holds(v)}
    else:
        return None
    return rows, [name for name in value if name not in rows]


def _is_sound(check: Callable[[Any], object], value: Any) -> bool:
    try:
        check(value)
    except (InvalidField, RecursionError):  # what is nested a thousand deep can be none of ours
        return False
    return True


def _server(row: Any) -> None:
    _table(row)
    _text(row.get("url"))
    parse_address(row["url"])
    _text(row.get("ca_file", ""))
    _texts(row.get("headers", []))
