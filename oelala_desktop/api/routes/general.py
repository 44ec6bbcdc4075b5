"""What this is, whether it works, what it logged."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, StrictBool

from oelala_desktop import __version__
from oelala_desktop.api.answer import JsonAnswer
from oelala_desktop.api.context import Context
from oelala_desktop.api.documented import errors, routes_about
from oelala_desktop.api.events import engine_row
from oelala_desktop.api.schemas import Health, Logs, QueueState, Root

_LINKS = {
    "health": "/health",
    "docs": "/docs",
    "openapi": "/openapi.json",
    "events": "/events",
    "jobs": "/jobs",
    "media": "/list-comfyui-media",
    "presets": "/api/presets",
}
_ENGINE_KEYS = ("name", "kind", "state", "queue")


class Paused(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"paused": False}})
    paused: StrictBool


def router(context: Context) -> APIRouter:
    routes = routes_about("general")

    @routes.head("/", include_in_schema=False)
    @routes.get("/", response_model=Root, summary="What this is")
    async def root() -> JsonAnswer:
        return JsonAnswer({"name": "Oelala Desktop", "version": __version__, "links": _LINKS})

    @routes.head("/health", include_in_schema=False)
    @routes.get("/health", response_model=Health, summary="Whether it works, and with which engine")
    async def health() -> JsonAnswer:
        engine = engine_row(context.services.current.engine.state)
        online = engine["kind"] == "comfyui" and engine["state"] == "online"
        row = {"status": "ok", "version": __version__, "engine": {key: engine[key] for key in _ENGINE_KEYS}}
        state = {"comfyui": online, "legacy": False, "paused": context.services.jobs.is_paused}
        return JsonAnswer(row | state | {"uptime_s": round(context.uptime, 3)})

    @routes.post("/queue", response_model=QueueState, summary="Pause the queue, or go on", responses=errors(422, 507))
    async def pause(wanted: Paused) -> JsonAnswer:
        """The window's own pause is the same: a paused queue takes jobs and begins none; what runs goes on."""
        await context.services.jobs.pause(wanted.paused)
        return JsonAnswer({"paused": context.services.jobs.is_paused})

    @routes.get("/logs", response_model=Logs, summary="The last lines of the log", responses=errors(422))
    async def logs(
        lines: Annotated[int, Query(ge=1, le=2000, description="How many lines at most.", examples=[50])] = 200,
    ) -> JsonAnswer:
        """Secrets are taken out before a line is kept."""
        return JsonAnswer({"lines": context.logs.last(lines)})

    return routes
