"""The settings of a file on the page of its tool again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from oelala_desktop.domain.generation import GenerationInfo
from oelala_desktop.domain.job import Job
from oelala_desktop.domain.reuse import fit_names, given_to, lacking_note, settings_of, tool_of, typed_in
from oelala_desktop.domain.tool import TOOLS
from oelala_desktop.ui.gallery.media_facts import job_of
from oelala_desktop.ui.presets.choosing import pick_preset
from oelala_desktop.ui.studio import OFFERED_MS, Reuse, Studio


async def reuse_item(studio: Studio, item_id: int) -> None:
    """Opens the tool's page with every value that is known, and says which models or LoRAs this server lacks."""
    library, jobs = studio.services.library, studio.services.jobs
    item = await library.get(item_id)
    info = await library.info(item_id)
    if info.source is None:
        studio.notify(f"{item.name} does not say how it was made.", "warning")
        return
    found = await library.metadata(item_id)
    open_with(studio, info, item.kind, found.oelala_params, await job_of(item, jobs))


def open_with(
    studio: Studio, info: GenerationInfo, kind: str, params: Mapping[str, Any] | None, job: Job | None = None
) -> None:
    reuse = _settings(info, kind, params, job)
    as_is, nearest, lacking = fit_names(reuse.values, lambda key: _offered(studio, reuse, key))
    studio.reuse_requested.emit(replace(reuse, values=as_is))
    if lacking:
        note = lacking_note(lacking)
        studio.notify(note, "warning", toast=False)
        can_replace = any(item.nearest for item in lacking)
        studio.shell.toasts.post(
            note,
            "warning",
            action="Use the nearest" if can_replace else "",
            act=(lambda: studio.reuse_requested.emit(replace(reuse, values=nearest))) if can_replace else None,
            shown_ms=OFFERED_MS,
        )


def _settings(info: GenerationInfo, kind: str, params: Mapping[str, Any] | None, job: Job | None) -> Reuse:
    tool = tool_of(info, kind, params)
    values = settings_of(info, tool, params)
    if params and params.get("preset"):
        values["preset"] = str(params["preset"])
    given, otherwise = given_to(job) if job is not None and job.tool == tool.id else ({}, {})
    size = (info.width, info.height) if info.width and info.height else None
    return Reuse(tool.id, {**values, **given}, size=size, otherwise=otherwise, typed=typed_in(params or {}))


def _offered(studio: Studio, reuse: Reuse, key: str) -> tuple[str, ...]:
    """What the connected server has for a setting; empty if that is not known."""
    catalog = studio.services.current.engine.catalog
    if catalog is None:
        return ()
    if key == "lora_configs":
        return catalog.loras
    wish = str(reuse.values.get("preset") or "")
    preset = pick_preset(studio.services.registry, TOOLS[reuse.tool], catalog, wish)
    return preset.choices(key, catalog) if preset is not None else ()
