"""Error answers as OpenAPI wants them listed: each route names those that it can give, the gate's are everywhere."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from .schemas import Problem

_WORDS = {
    401: "The token is missing or wrong (only where one is set).",
    403: "The request comes from a web page of another site, or asks for a web socket.",
    404: "There is nothing of that name.",
    405: "The route does not take this method.",
    413: "The body, a file or the text fields are too large.",
    415: "The body is of another kind, or a file is neither a picture nor a video, nor a sound where one is taken.",
    416: "The file has nothing at the range that was asked for.",
    421: "The Host header is none of this program's own names.",
    422: "A value is wrong; `field` names it.",
    502: "The engine gave an answer that makes no sense.",
    503: "There is no engine to ask, or it has not said yet what it can run.",
    507: "The disk does not take the file.",
}
_EVERYWHERE = (401, 403, 405, 413, 421)


def errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    return {status: {"model": Problem, "description": _WORDS[status]} for status in statuses}


def routes_about(subject: str) -> APIRouter:
    """An empty list of routes whose answers include those that the gate gives."""
    return APIRouter(
        tags=[subject], responses=errors(*_EVERYWHERE), generate_unique_id_function=lambda route: route.name
    )
