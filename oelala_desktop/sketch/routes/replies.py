"""Answers in the words of a real server."""

from __future__ import annotations

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from oelala_desktop.sketch.engine import Engine
from oelala_desktop.sketch.gate import TooLargeError, too_large_text


def json_reply(content: Any, status: int = 200) -> Response:
    """JSON as ComfyUI writes it: pure ASCII, and NaN where a graph holds one."""
    return Response(json.dumps(content), status, media_type="application/json; charset=utf-8")


def empty(status: int = 200) -> Response:
    return Response(status_code=status)


def too_large(request: Request, error: Exception) -> Response:
    """413 for a body that nobody announced to be so large."""
    limit = error.limit if isinstance(error, TooLargeError) else 0
    return Response(too_large_text(limit), 413, media_type="text/plain; charset=utf-8")


def engine_of(request: Request) -> Engine:
    engine: Engine = request.app.state.engine
    return engine


async def body_of(request: Request) -> Any:
    """The request's JSON, whatever its content type says. Raises ValueError when it is none."""
    return json.loads(await request.body())
