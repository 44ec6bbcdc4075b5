"""The OpenAPI document, and a page of our own that shows it without loading anything from elsewhere."""

from __future__ import annotations

import asyncio
import hashlib
import re
from base64 import b64encode
from pathlib import Path

import orjson
from fastapi import APIRouter, FastAPI
from starlette.responses import HTMLResponse

from oelala_desktop.api.answer import JsonAnswer

_PAGE = Path(__file__).parent.parent / "docs_page.html"


def router(app: FastAPI) -> APIRouter:
    routes = APIRouter(include_in_schema=False)
    document: list[bytes] = []
    page: list[tuple[str, str]] = []

    @routes.get("/openapi.json")
    async def openapi() -> JsonAnswer:
        if not document:
            document.append(await asyncio.to_thread(lambda: orjson.dumps(app.openapi())))
        return JsonAnswer(document[0])

    @routes.get("/docs")
    async def docs() -> HTMLResponse:
        if not page:
            text = await asyncio.to_thread(_PAGE.read_text, "utf-8")
            page.append((text, content_policy(text)))
        text, policy = page[0]
        return HTMLResponse(text, headers={"content-security-policy": policy, "cache-control": "no-store"})

    return routes


def content_policy(page: str) -> str:
    """Just the script and the style that stand in the page, and requests to ourselves."""
    script, style = (
        " ".join(f"'sha256-{_hash(text)}'" for text in re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL))
        for tag in ("script", "style")
    )
    return (
        f"default-src 'none'; script-src {script}; style-src {style}; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def _hash(text: str) -> str:
    return b64encode(hashlib.sha256(text.encode()).digest()).decode()
