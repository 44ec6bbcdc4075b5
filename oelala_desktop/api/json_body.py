"""A JSON object as the body of a request, counted as it comes."""

from __future__ import annotations

from typing import Any

import orjson
from starlette.requests import Request

from oelala_desktop.domain.errors import InvalidInput

from .errors import TooLarge


def is_json(request: Request) -> bool:
    """Whether the request says so of its body."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json"


async def read_object(request: Request, what: str, most: int) -> dict[str, Any]:
    """Of at most so many bytes; `what` begins the sentence on one that is none. Raises TooLarge or InvalidInput."""
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > most:
            raise TooLarge(f"{what} have more than {most // 1024} KiB.")
    try:
        values = orjson.loads(bytes(content))
    except orjson.JSONDecodeError as error:
        raise InvalidInput(f"{what} are not JSON: {error}.") from error
    if not isinstance(values, dict):
        raise InvalidInput(f"{what} are one JSON object.")
    return values
