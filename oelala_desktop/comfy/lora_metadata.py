"""What a server tells of a LoRA's file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from oelala_desktop.domain.errors import EngineAnswer

from .client import ComfyClient
from .replies import parse

_LIMIT = 4 * 2**20  # bytes: trainers fill headers with their captions


async def read_lora_metadata(client: ComfyClient, name: str) -> Mapping[str, Any]:
    """Nothing where it says none. Raises EngineError."""
    try:
        answer = await client.content(f"/view_metadata/loras?filename={quote(name, safe='')}", _LIMIT)
    except EngineAnswer as error:
        if error.status == 404:
            return {}
        raise
    found = parse(answer, client.address.url)
    return found if isinstance(found, dict) else {}
