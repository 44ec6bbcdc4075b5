"""What ComfyUI tells its own pages under /internal: nice to have, and not there on every server."""

from __future__ import annotations

import orjson

from oelala_desktop.domain.errors import EngineError

from .client import ComfyClient
from .startup_log import import_failures


async def broken_packs(client: ComfyClient) -> dict[str, str]:
    """Folders of node packs that are there but could not be imported, and why; empty where the log is not shown."""
    return import_failures(await client.told("/internal/logs/raw"))


async def model_folders(client: ComfyClient, kind: str) -> tuple[str, ...]:
    """Where files of that folder of models lie, on the server's own machine."""
    folders = await client.told("/internal/folder_paths")
    paths = folders.get(kind) if isinstance(folders, dict) else None
    return tuple(path for path in paths if isinstance(path, str)) if isinstance(paths, list) else ()


async def hear_log(client: ComfyClient, *, wanted: bool) -> None:
    """Has the lines of its log come with our messages from now on, or no longer."""
    body = orjson.dumps({"clientId": client.client_id, "enabled": wanted})
    try:
        await client.call("PATCH", "/internal/logs/subscribe", body)
    except EngineError:
        return
