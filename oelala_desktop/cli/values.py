"""What `oelala generate` is asked for, as settings. Blocking."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from oelala_desktop.domain.errors import InvalidField, InvalidInput
from oelala_desktop.domain.obstacle import obstructed
from oelala_desktop.domain.tool import VOCABULARY, find_tool
from oelala_desktop.domain.wording import WORDED, literal, with_choices
from oelala_desktop.services.settings.named import Kind, NamedSets
from oelala_desktop.storage.paths import find_paths


def values_of(options: argparse.Namespace, *, images: Sequence[str]) -> dict[str, Any]:
    """What is saved by name, the settings file, --set, the options of their own: later ones win. `images` are those of
    --image."""
    typed: dict[str, Any] = dict(pair_of("--set", pair, "VALUE") for pair in options.settings)
    typed |= _inputs(options, images)
    typed |= {key: found for key in ("prompt", "preset") if (found := getattr(options, key)) is not None}
    values = _saved(options.tool, options.saved) if options.saved else {}
    return over(
        values | (_read_settings(Path(options.settings_file)) if options.settings_file is not None else {}), typed
    )


def _saved(tool: str, name: str) -> dict[str, Any]:
    """Settings, or else prompts, that were saved under that name in the window. Raises NotFound."""
    sets, tool_id = NamedSets(find_paths().named_sets), find_tool(tool).id
    kind: Kind = "prompts" if name in sets.names("prompts", tool_id) else "settings"
    return sets.get("settings" if name in sets.names("settings", tool_id) else kind, tool_id, name)


def over(values: Mapping[str, Any], typed: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed over settings that were there. Its choices are drawn unless somebody says otherwise, those that
    were there only if somebody says so."""
    if "choices" in values or "choices" in typed:
        return {**values, **typed}
    typed = with_choices(typed)
    texts = {key: literal(text) for key in WORDED if isinstance(text := values.get(key), str)}
    return {**values, **(texts if "choices" in typed else {}), **typed}


def _inputs(options: argparse.Namespace, images: Sequence[str]) -> dict[str, Any]:
    """What is given as files: a path, or a list of them where a key came more than once."""
    given: dict[str, list[str]] = {}
    if images:
        given["image"] = [*images]
    if options.end_image is not None:
        given["end_image"] = [options.end_image]
    for pair in options.inputs:
        key, path = pair_of("--input", pair, "FILE")
        if key in VOCABULARY and not VOCABULARY[key].is_input:
            raise obstructed(key, "no_file")
        given.setdefault(key, []).append(path)
    return {key: paths if len(paths) > 1 else paths[0] for key, paths in given.items()}


def pair_of(option: str, pair: str, what: str) -> tuple[str, str]:
    key, equals, value = pair.partition("=")
    if not equals or not key.strip():
        raise InvalidInput(f"{option} {pair}: expected KEY={what}.")
    return key.strip(), value


def _read_settings(path: Path) -> dict[str, Any]:
    try:
        values = json.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise InvalidInput(f"The settings file {path} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"The settings file {path} is not JSON: {error}.") from error
    if not isinstance(values, dict):
        raise InvalidField("settings", f"The settings file {path} does not hold one JSON object.")
    return values
