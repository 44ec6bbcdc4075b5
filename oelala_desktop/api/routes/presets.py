"""Presets: what each is for, its settings, and whether the connected engine can run it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from oelala_desktop.api.answer import JsonAnswer
from oelala_desktop.api.context import Context
from oelala_desktop.api.documented import errors, routes_about
from oelala_desktop.api.form_fields import parameters
from oelala_desktop.api.schemas import Preset, Presets
from oelala_desktop.domain.catalog import Catalog
from oelala_desktop.domain.offer import offer_of
from oelala_desktop.domain.preset import Preset as DomainPreset
from oelala_desktop.domain.tool import TOOLS

Category = StrEnum("Category", [(name.replace("-", "_").upper(), name) for name in TOOLS])  # type: ignore[misc]


def router(context: Context) -> APIRouter:
    routes = routes_about("presets")
    services = context.services

    def row(preset: DomainPreset) -> dict[str, Any]:
        return preset_row(preset, services.current.engine.catalog)

    @routes.get("/api/presets", response_model=Presets, summary="All presets", responses=errors(422))
    async def list_presets(
        category: Annotated[Category | None, Query(description="Only those of this tool.")] = None,
    ) -> JsonAnswer:
        """`category` is the tool; within one, the first that the engine can run is taken without a choice."""
        every = services.registry.presets()
        rows = [row(preset) for preset in every if category in (None, preset.tool.id)]
        categories = list(dict.fromkeys(preset.tool.id for preset in every))
        return JsonAnswer({"presets": rows, "categories": categories, "total": len(rows)})

    @routes.get("/api/presets/{preset_id}", response_model=Preset, summary="One preset", responses=errors(404))
    async def get_preset(
        preset_id: Annotated[str, Path(description="<tool>.<preset>", examples=["image-to-video.sketch"])],
    ) -> JsonAnswer:
        return JsonAnswer(row(services.registry.find(preset_id)))

    return routes


def preset_row(preset: DomainPreset, catalog: Catalog | None) -> dict[str, Any]:
    missing = preset.missing(catalog) if catalog else ()
    choices = {key: preset.choices(key, catalog) for key in preset.fields} if catalog else {}
    return {
        "id": preset.id,
        "name": preset.name,
        "tool": preset.tool.id,
        "category": preset.tool.id,
        "description": preset.description,
        "parameters": parameters(preset.fields, choices),
        **offer_of(preset),
        "runnable": not missing if catalog else None,
        "missing": [{"kind": m.kind, "name": m.name, "where": m.where, "fix": m.fix} for m in missing],
    }
