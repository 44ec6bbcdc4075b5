"""What a ComfyUI has on its shelf: templates by name, and the workflows that its users saved there.

Templates come in two ways. ComfyUI's own are files of a package, listed in `/templates/index.json` (servers of before
2025 have none); those of node packs are listed by pack in `/workflow_templates`. A pack's is named "pack:name" here."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import orjson

from oelala_desktop.domain.errors import EngineAnswer, EngineError
from oelala_desktop.domain.template import Template, TemplateList

from .client import ComfyClient
from .replies import bad_status, parse
from .template_list import is_name, parse_index, parse_packs

log = logging.getLogger(__name__)
_LIST_LIMIT = 16 * 2**20  # bytes of a list,
_WORKFLOW_LIMIT = 16 * 2**20  # of a workflow,
_PICTURE_LIMIT = 24 * 2**20  # and of a picture, which may move
_MOST_SAVED = 5_000  # workflows of a server's users
_LONGEST_PATH = 500  # characters
_MOST_NUMBERS = 100  # tried behind a name that is taken


class Shelf:
    def __init__(self, client: ComfyClient) -> None:
        self._client = client

    async def templates(self) -> TemplateList:
        """Raises EngineAnswer where there is no list."""
        index = await self._listed("/templates/index.json")
        packs = await self._listed("/workflow_templates")
        found = await asyncio.to_thread(lambda: (*parse_index(index), *parse_packs(packs)))
        if not found:
            raise EngineAnswer(f"{self._client.address.url} offers no templates; a newer ComfyUI does.")
        return TemplateList(found, await self._mark())

    async def _listed(self, path: str) -> Any:
        """None where the server has no such list, or something else stands there."""
        try:
            return await self._json(path, _LIST_LIMIT)
        except EngineAnswer as error:
            log.info("no list at %s: %s", path, error)
            return None

    async def _mark(self) -> str:
        """The versions of the server and of its package of templates."""
        stats = await self._json("/system_stats", _LIST_LIMIT)
        system = stats.get("system") if isinstance(stats, dict) else None
        keys = ("comfyui_version", "installed_templates_version", "sketch_version")
        told = [system.get(key) for key in keys] if isinstance(system, dict) else []
        return " ".join(part[:50] for part in told if isinstance(part, str))

    async def workflow(self, name: str) -> dict[str, Any]:
        return await self._workflow(f"{_place(name)}.json", f"The template {name}")

    async def picture(self, template: Template, number: int) -> bytes:
        """Encoded, whatever it turns out to be."""
        if not 1 <= number <= template.pictures:
            raise EngineAnswer(f"The template {template.name} has no picture {number}.", status=404)
        ending = "" if ":" in template.name else f"-{number}"
        path = f"{_place(template.name)}{ending}.{template.picture_type}"
        return (await self._client.content(path, _PICTURE_LIMIT)).content

    async def saved(self) -> tuple[str, ...]:
        try:
            rows = await self._json("/userdata?dir=workflows&recurse=true", _LIST_LIMIT)
        except EngineAnswer as error:
            if error.status == 404:  # nobody has saved one yet
                return ()
            raise
        paths = [row.replace("\\", "/") for row in (rows if isinstance(rows, list) else ()) if isinstance(row, str)]
        return tuple(sorted(filter(_is_saved, paths))[:_MOST_SAVED])

    async def saved_workflow(self, path: str) -> dict[str, Any]:
        if not _is_saved(path):
            raise EngineAnswer("No saved workflow can be called that.", status=404)
        return await self._workflow(_userdata(path), f"The workflow {path}")

    async def save(self, name: str, content: Mapping[str, Any]) -> str:
        body = await asyncio.to_thread(_encoded, content)
        for number in range(1, _MOST_NUMBERS + 1):
            path = f"{name}.json" if number == 1 else f"{name}_{number}.json"
            if not _is_saved(path):
                break
            answer = await self._client.call("POST", f"{_userdata(path)}?overwrite=false", body)
            if answer.status_code == 200:
                return path
            if answer.status_code != 409:
                raise bad_status(answer, self._client.address.url, "The server does not keep the workflow")
        raise EngineAnswer(f"The server has no place for a workflow named {name}.")

    async def _workflow(self, path: str, what: str) -> dict[str, Any]:
        try:
            content = await self._json(path, _WORKFLOW_LIMIT)
        except EngineAnswer as error:
            if error.status == 404:
                raise EngineAnswer(f"{what} is not there any more.", status=404) from error
            raise
        if not isinstance(content, dict):
            raise EngineAnswer(f"{what} is no workflow.")
        return content

    async def _json(self, path: str, limit: int) -> Any:
        return await _parsed(self._client, path, limit)


async def _parsed(client: ComfyClient, path: str, limit: int) -> Any:
    """On a thread: it may be megabytes."""
    return await asyncio.to_thread(parse, await client.content(path, limit), client.address.url)


def _encoded(content: Mapping[str, Any]) -> bytes:
    try:
        return orjson.dumps(content)
    except TypeError:  # a number or half a surrogate pair that only the slower encoder takes
        return json.dumps(content).encode()


async def read_replacements(client: ComfyClient) -> Any:
    """What /node_replacements says; None where the server has none."""
    try:
        return await _parsed(client, "/node_replacements", _LIST_LIMIT)
    except EngineError:
        return None


def _place(name: str) -> str:
    """The path of a template's files, without what tells them apart. Raises EngineAnswer for what none is called."""
    pack, colon, own = name.partition(":")
    if not is_name(pack) or (colon and not is_name(own)):
        raise EngineAnswer("No template can be called that.", status=404)
    # a pack's files are served below /api alone
    return f"/api/workflow_templates/{quote(pack)}/{quote(own)}" if colon else f"/templates/{quote(pack)}"


def _is_saved(path: str) -> bool:
    parts = path.split("/")
    plain = all(part not in ("", ".", "..") and part.isprintable() and "\\" not in part for part in parts)
    return plain and len(path) <= _LONGEST_PATH and path.endswith(".json")


def _userdata(path: str) -> str:
    """One component, whose slashes are escaped."""
    return f"/userdata/{quote(f'workflows/{path}', safe='')}"
