"""Workflows of others: those that the engine offers by name, and presets made of them or of any other."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Body, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from oelala_desktop.api.answer import JsonAnswer
from oelala_desktop.api.context import ApiServices, Context
from oelala_desktop.api.documented import errors, routes_about
from oelala_desktop.api.json_body import is_json, read_object
from oelala_desktop.api.routes.presets import preset_row
from oelala_desktop.api.schemas import Preset, TemplateListing
from oelala_desktop.api.upload import Form, Slot, read_form
from oelala_desktop.api.upload_folder import upload_folder
from oelala_desktop.domain.adopt import Adoption, adopt
from oelala_desktop.domain.errors import InvalidField, NotFound
from oelala_desktop.domain.events import PresetsChanged
from oelala_desktop.domain.preset import Preset as DomainPreset
from oelala_desktop.domain.workflow import unwrapped
from oelala_desktop.services.presets.making import LONGEST_NAME, make_preset, read_carried
from oelala_desktop.services.templates.catalogue import Templates
from oelala_desktop.services.templates.search import found_by, template_row

_MOST_WORKFLOW = 4 * 2**20  # bytes of a workflow as JSON
_LONGEST = 400  # characters of a template's name
_MOST_KEPT = 500
_FIELDS = ("name", "tool", "keep")
_FORM = {
    "type": "object",
    "required": ["file"],
    "additionalProperties": False,
    "properties": {
        "file": {"type": "string", "format": "binary", "description": "A workflow, or a picture or video with one."},
        "name": {"type": "string", "description": "What the preset is called; the file's name where it is left out."},
        "tool": {"type": "string", "description": "Where it fits more than one."},
        "keep": {"type": "string", "description": "Keys of the settings that are shown, with commas between them."},
    },
}
_WORKFLOW = {
    "type": "object",
    "description": (
        "A workflow of ComfyUI's: as its editor saves it, or as it exports it for its API. One that is wrapped, as"
        " `workflow` or `prompt`, may have `name`, `tool` and `keep` beside it, as for a template."
    ),
    "minProperties": 1,
}
_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": _WORKFLOW}, "multipart/form-data": {"schema": _FORM}},
    }
}


class Wanted(BaseModel):
    """What the preset is to be; all of it may be left out."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"name": "Slow moves"}})
    name: str | None = Field(None, max_length=LONGEST_NAME, description="The template's title where it is left out.")
    tool: str | None = Field(None, max_length=100, description="Where it fits more than one; else the likeliest.")
    keep: list[str] | None = Field(
        None, max_length=_MOST_KEPT, description="Keys of the settings that are shown; else what suggests itself."
    )


def router(context: Context) -> APIRouter:
    routes = routes_about("templates")
    _listing(routes, context.services)
    _making(routes, context.services)
    return routes


def _listing(routes: APIRouter, services: ApiServices) -> None:
    @routes.get(
        "/templates", response_model=TemplateListing, summary="Workflows that the engine offers", responses=errors(422)
    )
    async def list_templates(
        q: Annotated[str, Query(max_length=1000, description="Words in what is told of it.")] = "",
        tool: Annotated[str, Query(max_length=100, description="Only those that are known to fit this tool.")] = "",
        cursor: Annotated[str | None, Query(max_length=_LONGEST, description="`next_cursor` of the last page.")] = None,
        limit: Annotated[int, Query(ge=1, le=1000, description="How many at most.")] = 200,
    ) -> JsonAnswer:
        """`facts` come as the workflows are read, one after the other while the engine has nothing to do."""
        shelf = await _listed(services)
        start = 0
        if cursor is not None:
            names = [template.name for template in shelf.templates]
            if cursor not in names:
                raise InvalidField("cursor", "cursor is none that a page of this list gave.")
            start = names.index(cursor) + 1
        fitting = [
            template
            for template in found_by(shelf.templates, q)
            if not tool or any(one.id == tool for one in getattr(shelf.facts(template.name), "tools", ()))
        ]
        after = {template.name for template in shelf.templates[start:]}
        left = [template for template in fitting if template.name in after]
        page = left[:limit]
        return JsonAnswer(
            {
                "templates": [template_row(template, shelf.facts(template.name)) for template in page],
                "total": len(fitting),
                "server": shelf.server,
                "offline": shelf.is_offline,
                "reason": shelf.reason,
                "next_cursor": page[-1].name if len(left) > limit else None,
            }
        )


async def _listed(services: ApiServices) -> Templates:
    """Asks the engine where nobody has yet."""
    shelf = services.templates
    if not shelf.templates and not shelf.reason:
        await shelf.refresh()
    return shelf


def _making(routes: APIRouter, services: ApiServices) -> None:
    @routes.post(
        "/templates/{name}/presets",
        status_code=201,
        response_model=Preset,
        responses=errors(404, 422, 502, 503, 507),
        summary="Make a preset of a template",
    )
    async def preset_of_template(
        name: Annotated[str, Path(max_length=_LONGEST, description="As in the list.")],
        wanted: Annotated[Wanted | None, Body()] = None,
    ) -> JsonAnswer:
        """The workflow is fetched and read beside what the engine has."""
        shelf = await _listed(services)
        template = shelf.find(name)
        if template is None:
            raise NotFound("The engine has no template of that name.")
        adoption = await shelf.adoption(name)
        wish = wanted or Wanted.model_construct()
        made = await _make(services, adoption, wish.name or template.title, template.title, wish.tool, wish.keep)
        return _made(services, made)

    @routes.post(
        "/presets",
        status_code=201,
        response_model=Preset,
        responses=errors(415, 422, 507),
        summary="Make a preset of any workflow",
        openapi_extra=_BODY,
    )
    async def preset_of_workflow(request: Request) -> JsonAnswer:
        """One that ComfyUI's editor saves needs a connected ComfyUI, which alone can explain it."""
        catalog = await services.current.engine.catalog_soon()
        if is_json(request):
            content: Any = await read_object(request, "Workflows", _MOST_WORKFLOW)
            adoption = await asyncio.to_thread(adopt, content, catalog)
            wish = _beside(content)
            return _made(
                services, await _make(services, adoption, wish.name or "Workflow", "This", wish.tool, wish.keep)
            )
        async with upload_folder(services.paths.data / "uploads", services.presence) as folder:
            slot = Slot(services.jobs.inputs.most_bytes())
            form = await read_form(request, folder, lambda name, _: slot if name == "file" else None)
            path = form.file("file")
            _check(form)
            if path is None:
                raise InvalidField("file", "A file is missing: send it as file.")
            content = await asyncio.to_thread(read_carried, path)
            adoption = await asyncio.to_thread(adopt, content, catalog)
            keep = form.text("keep")
            keys = None if keep is None else [key for key in map(str.strip, keep.split(",")) if key]
            name = form.text("name") or path.stem.replace("_", " ")
            made = await _make(services, adoption, name, path.name, form.text("tool"), keys)
        return _made(services, made)


def _beside(content: Mapping[str, Any]) -> Wanted:
    """What is said beside a workflow that is wrapped. Raises InvalidField."""
    told = () if unwrapped(content) is content else _FIELDS
    try:
        return Wanted.model_validate({key: content[key] for key in told if key in content})
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        raise InvalidField(name, f"{name}: {first['msg']}.") from error


def _check(form: Form) -> None:
    for name in form.parts:
        if name not in (*_FIELDS, "file") or (name == "file" and form.text(name) is not None):
            raise InvalidField(name, f"{name} is no field here; send the workflow as file.")


async def _make(
    services: ApiServices, adoption: Adoption, name: str, what: str, tool: str | None = None, keep: Any = None
) -> DomainPreset:
    def make() -> DomainPreset:
        folder = services.paths.own_presets
        return make_preset(services.registry, folder, adoption, name=name, what=what, tool=tool or "", keep=keep)

    return await asyncio.to_thread(make)


def _made(services: ApiServices, preset: DomainPreset) -> JsonAnswer:
    services.bus.publish(PresetsChanged())
    row = preset_row(preset, services.current.engine.catalog)
    return JsonAnswer(row, 201, {"location": f"/api/presets/{preset.id}"})
