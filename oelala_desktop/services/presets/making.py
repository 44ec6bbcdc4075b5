"""From a file of any kind to a preset: the workflow that it is or carries, and what a preset is made with where nobody
was asked. Blocking."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from oelala_desktop.domain.adopt import Adoption
from oelala_desktop.domain.adopting.exposure import ALWAYS
from oelala_desktop.domain.catalog import Catalog
from oelala_desktop.domain.errors import InvalidField, InvalidInput, NotFound, Unreadable
from oelala_desktop.domain.preset import Preset
from oelala_desktop.domain.tool import Tool, find_tool
from oelala_desktop.metadata import read, sniff
from oelala_desktop.services.files.json_file import read_json
from oelala_desktop.storage.plain_file import open_plain

from .own import adopt_file, save_preset
from .registry import ToolRegistry

_HEAD = 4096  # bytes by which media are told from JSON
LONGEST_NAME = 80  # characters of a preset's


def read_carried(path: Path) -> object:
    """What a JSON file holds, or the workflow that a picture or a video carries: the editor's with the graph that was
    run beside it. Raises InvalidInput with a sentence that names the file."""
    try:
        with open_plain(path) as file:
            kind = sniff(file.read(_HEAD))
    except OSError as error:
        raise InvalidInput(f"{path.name} cannot be read: {error.strerror}.") from error
    if kind is None:
        return read_json(path)
    try:
        found = read(path)
    except Unreadable as error:
        raise InvalidInput(error.message) from error
    carried = {"workflow": found.workflow, "prompt": found.graph}
    if not any(carried.values()):
        raise InvalidInput(f"{path.name} carries no workflow of ComfyUI's.")
    return {key: value for key, value in carried.items() if value}


def read_media(path: Path, catalog: Catalog | None) -> Adoption:
    """What a preset could be made of, of a file of any kind. Raises InvalidInput with a sentence that names it."""
    return adopt_file(path, read_carried(path), catalog)


def make_preset(
    registry: ToolRegistry,
    folder: Path,
    adoption: Adoption,
    *,
    name: str,
    what: str = "This",
    tool: str = "",
    keep: Iterable[str] | None = None,
) -> Preset:
    """A preset in the user's own `folder`: of the likeliest tool and with what the adoption suggests, unless told
    otherwise. `what` begins a sentence on a workflow that does not fit. Raises InvalidInput or CannotSave."""
    chosen = _tool(adoption, what, tool)
    offered = {exposure.key: exposure for exposure in adoption.exposures}
    wanted = None if keep is None else tuple(keep)
    unknown = sorted({*(wanted or ())} - offered.keys() - ALWAYS)
    if unknown:
        raise InvalidField("keep", f"{what} has no setting {unknown[0]}; it has {', '.join(sorted(offered))}.")
    kept = None if wanted is None else [offered[key] for key in wanted if key in offered]
    plain = " ".join(name.split())[:LONGEST_NAME].strip()
    if not plain or not plain.isprintable():
        raise InvalidField("name", "A preset needs a name that can be read.")
    return save_preset(registry, folder, adoption, chosen, plain, kept)


def _tool(adoption: Adoption, what: str, name: str) -> Tool:
    if not name:
        return adoption.tools[0]
    try:
        tool = find_tool(name)
    except NotFound as error:
        raise InvalidField("tool", error.message) from error
    if tool not in adoption.tools:
        fitting = ", ".join(tool.id for tool in adoption.tools)
        raise InvalidField("tool", f"{what} is no workflow for {tool.name}; it fits {fitting}.")
    return tool
