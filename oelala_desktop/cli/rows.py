"""The many jobs that `oelala generate` can be asked for at once, as rows. Blocking."""

from __future__ import annotations

import argparse
import json
import os
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from oelala_desktop.domain.batch import Fault, Row, axes_of, crossed, grid, refuse_together, refuse_too_many, settled
from oelala_desktop.domain.errors import InvalidField, InvalidInput
from oelala_desktop.domain.field import Field
from oelala_desktop.domain.inputs import names_in
from oelala_desktop.domain.plan import own_fields
from oelala_desktop.domain.tool import Tool
from oelala_desktop.services.files.rows import caption_of, pictures_in, read_prompts, read_sheet
from oelala_desktop.services.presets.registry import ToolRegistry

from .values import over, pair_of, values_of


def is_many(options: argparse.Namespace) -> bool:
    """Whether more is asked for than one wish, or what one would come to."""
    return not is_one(options) or options.dry_run


def is_one(options: argparse.Namespace) -> bool:
    """Whether one wish is asked for, or what it would come to."""
    files = options.batch is not None or options.prompts is not None  # also "", which is no file
    return not (_several(options.image) or files or options.captions or options.grid)


def _several(images: Sequence[str]) -> bool:
    return len(images) > 1 or any(map(os.path.isdir, images))


def rows_of(options: argparse.Namespace, tool: Tool, registry: ToolRegistry) -> tuple[list[Row], list[Fault]]:
    """A row for each job, and what is wrong with those that are none. Raises InvalidInput."""
    faults: list[Fault] = []
    known = _known(tool, registry)
    images: list[str] = options.image
    several = _several(images)
    prompts = options.prompts is not None
    crossing = {"several pictures": several, "--prompts": prompts, "--captions": options.captions}
    whole = {"--batch": options.batch is not None, "--grid": bool(options.grid)}
    refuse_together(whole | {name: is_given for name, is_given in crossing.items() if any(whole.values())})
    refuse_together({"--prompts": prompts, "--captions": options.captions})
    salt = secrets.token_hex(8) if options.again else ""
    base = _at(Path.cwd(), values_of(options, images=images if not several else ()), known)
    if options.grid:
        axes = axes_of(pair_of("--grid", pair, "V1,V2") for pair in options.grid)
        found = {key: [_at(Path.cwd(), {key: one}, known)[key] for one in along] for key, along in axes.items()}
        rows = grid(tool.id, _without_variations(base), found, salt)
    elif options.batch is not None:
        rows = _of_batch(_expanded(options.batch), tool, known, faults)
    elif any(crossing.values()):
        rows = crossed(_pictures(options, images, base, faults), _prompts(options))
    else:
        return [Row("", base)], faults  # what would come of one wish
    return settled(tool.id, [_on(base, row) for row in rows], salt), faults


def _on(base: Mapping[str, Any], row: Row) -> Row:
    return Row(row.where, over(base, row.values), row.cell)


def _without_variations(base: Mapping[str, Any]) -> Mapping[str, Any]:
    if str(base.get("variations", 1)) != "1":
        raise InvalidInput("--grid makes one job a cell; give seed=1,2,3 instead of variations.")
    return base


def _of_batch(path: Path, tool: Tool, known: Mapping[str, Field], faults: list[Fault]) -> list[Row]:
    sheet = read_sheet(path)
    refuse_too_many(len(sheet.lines))
    faults += [(f"line {fault.number}", fault.what) for fault in sheet.faults]
    faults += _of_header(sheet.header, tool, known)
    if not sheet.lines and not faults:
        raise InvalidInput(f"{path.name} has no row.")
    unknown = {key for key in sheet.header if key not in known and key != "preset"}
    folder = path.absolute().parent
    rows = [(line.number, {key: line.values[key] for key in line.values.keys() - unknown}) for line in sheet.lines]
    return [Row(f"line {number}", _at(folder, values, known)) for number, values in rows]


def _of_header(header: Sequence[str], tool: Tool, known: Mapping[str, Field]) -> list[Fault]:
    """A column that no preset of the tool knows is told once."""
    out = []
    for key in filter(None, header):
        if key != "preset" and key not in known:
            try:
                tool.check({key: ""}, known)
            except InvalidField as error:
                out.append(("header", error.message))
    return out


def _prompts(options: argparse.Namespace) -> list[dict[str, Any]]:
    return (
        [{"prompt": text} for text in read_prompts(_expanded(options.prompts))] if options.prompts is not None else []
    )


def _pictures(
    options: argparse.Namespace, images: Sequence[str], base: Mapping[str, Any], faults: list[Fault]
) -> list[dict[str, Any]]:
    """Those of folders in the place of the folder; with what their captions say."""
    paths: list[Path] = []
    for name in images:
        path = _expanded(name).absolute()
        paths += pictures_in(path) if path.is_dir() else [path]
    rows: list[dict[str, Any]] = [{"image": str(path)} for path in paths]
    if not options.captions:
        return rows
    if not rows:
        raise InvalidInput("--captions goes with --image: the text beside each picture is its prompt.")
    for path, row in zip(paths, rows, strict=True):
        text = caption_of(path)
        if text:
            row["prompt"] = text
        elif "prompt" not in base:
            faults.append((path.name, f"no caption lies beside it ({path.stem}.txt), and no --prompt stands for it."))
    return rows


def _known(tool: Tool, registry: ToolRegistry) -> dict[str, Field]:
    """Every setting that a row may have, by key: the tool's and those of its presets."""
    return tool.known(own_fields(registry.presets(tool)))


def _at(folder: Path, values: Mapping[str, Any], known: Mapping[str, Field]) -> dict[str, Any]:
    """The values with what they give as files found from any folder."""
    return {
        key: _whole(folder, value) if key in known and known[key].is_input else value for key, value in values.items()
    }


def _whole(folder: Path, value: Any) -> Any:
    if isinstance(value, str) and value.lstrip().startswith("["):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return value  # told when it is checked
    names = [str(folder / _expanded(name)) for name in names_in(value)]
    return value if not names else names[0] if isinstance(value, str) else names


def _expanded(name: str) -> Path:
    """A ~ of no user of this machine is told when the file is looked for."""
    try:
        return Path(name).expanduser()
    except RuntimeError:
        return Path(name)
