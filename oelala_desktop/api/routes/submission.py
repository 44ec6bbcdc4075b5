"""Asking for a video or a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Request
from fastapi import Path as InPath

from oelala_desktop.api.answer import JsonAnswer
from oelala_desktop.api.context import Context
from oelala_desktop.api.documented import errors, routes_about
from oelala_desktop.api.errors import TooLarge
from oelala_desktop.api.form_fields import FILES, api_name, form_schema
from oelala_desktop.api.limits import MAX_TEXT
from oelala_desktop.api.schemas import Submitted
from oelala_desktop.api.upload import Form, check_is_media, read_form
from oelala_desktop.api.upload_folder import upload_folder
from oelala_desktop.domain.errors import InvalidField, InvalidInput, InvalidMedia, NotFound
from oelala_desktop.domain.job import Job
from oelala_desktop.domain.obstacle import obstructed
from oelala_desktop.domain.preset import Preset
from oelala_desktop.domain.tool import TOOLS, Tool, find_tool
from oelala_desktop.services.jobs import Wish

_ERRORS = errors(415, 422, 502, 503, 507)


def router(context: Context) -> APIRouter:
    routes = routes_about("jobs")

    @routes.post(
        "/wan22/image-to-video",
        status_code=202,
        response_model=Submitted,
        response_model_exclude_unset=True,
        responses=_ERRORS,
        summary="Turn a picture into a video",
        openapi_extra=_body([TOOLS["image-to-video"]]),
    )
    async def image_to_video(request: Request) -> JsonAnswer:
        """Every control of the window's page is a field of the same name. The answer comes as soon as the job is
        safely written down; follow it at `status_url` or in /events."""
        return await submit(context, TOOLS["image-to-video"], request)

    @routes.post(
        "/tools/{tool}/jobs",
        status_code=202,
        response_model=Submitted,
        response_model_exclude_unset=True,
        responses=_ERRORS | errors(404),
        summary="Make something with any tool",
        openapi_extra=_body(list(TOOLS.values())),
    )
    async def tool_job(
        tool: Annotated[
            str, InPath(description="The tool.", examples=["image-to-video"], json_schema_extra={"enum": list(TOOLS)})
        ],
        request: Request,
    ) -> JsonAnswer:
        """The fields are the tool's; /api/presets lists them with their defaults."""
        return await submit(context, find_tool(tool), request)

    return routes


def _body(tools: list[Tool]) -> dict[str, Any]:
    content: dict[str, Any] = {
        "multipart/form-data": {
            "schema": form_schema(tools, files=True),
            "encoding": {"lora_configs": {"contentType": "application/json"}},
        }
    }
    if not all(tool.needs_picture for tool in tools):
        content["application/json"] = {
            "schema": form_schema(tools, files=False),
            "example": {"prompt": "a harbour at dawn", "duration": 3, "seed": 42},
        }
    return {"requestBody": {"required": True, "content": content}}


async def submit(context: Context, tool: Tool, request: Request) -> JsonAnswer:
    services = context.services
    async with upload_folder(services.paths.data / "uploads", services.presence) as folder:
        values = await _values(context, request, folder)
        wish = _wish(context, tool, values)
        settings = {key: value for key, value in values.items() if key not in FILES.values()}
        tool.check(settings, wish.fields if wish else {})
        engine = await services.current.for_new_job(wish)
        try:
            jobs = await services.jobs.submit(Wish(tool.id, values, services.paths.output), engine)
        except InvalidMedia as error:
            raise _about_file(error) from error
        except InvalidField as error:
            raise _about_file(error) if error.field in FILES.values() else error from error
        except NotFound as error:
            raise InvalidField("preset", error.message) from error
    rows = [_row(job) for job in jobs]
    answer = (
        rows[0] | {"warnings": [str(said) for said in jobs[0].warnings]} | ({"jobs": rows} if len(rows) > 1 else {})
    )
    return JsonAnswer(answer, 202, {"location": rows[0]["status_url"]})


def _wish(context: Context, tool: Tool, values: dict[str, Any]) -> Preset | None:
    """The wished preset; a wish for one that does not exist is answered before anything else."""
    name = values.get("preset")
    if not name:
        return None
    if not isinstance(name, str):
        raise obstructed("preset", "preset_no_name")
    try:
        return context.services.registry.find(name, tool)
    except NotFound as error:
        raise InvalidField("preset", error.message) from error


def _about_file(error: InvalidField) -> InvalidField:
    name = api_name(error.field)
    message = error.message
    if not isinstance(error, InvalidMedia):
        message = f"A picture is missing: send it as {name}." if error.field == "image" else message
    return InvalidField(name, message)


async def _values(context: Context, request: Request, folder: Path) -> dict[str, Any]:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json":
        return _no_paths(await _read_json(request))
    form = await read_form(request, folder, tuple(FILES), context.services.jobs.inputs.most_bytes())
    values: dict[str, Any] = _no_paths(dict(form.texts))
    for name, path in form.files.items():
        await _check_file(form, name)
        values[FILES[name]] = str(path)
    return values


async def _check_file(form: Form, name: str) -> None:
    path = form.files[name]
    if path.stat().st_size == 0:
        raise InvalidField(name, f"{name} is empty (0 bytes).")
    await check_is_media(path)


def _no_paths(values: dict[str, Any]) -> dict[str, Any]:
    """A path on this machine is not for a client to name."""
    for name, key in FILES.items():
        for given in (key, name):
            if given in values:
                raise InvalidField(given, f"Send the picture itself as {name}, in a multipart form.")
    return values


async def _read_json(request: Request) -> dict[str, Any]:
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > MAX_TEXT:
            raise TooLarge(f"The settings have more than {MAX_TEXT // 1024} KiB.")
    try:
        values = orjson.loads(bytes(content))
    except orjson.JSONDecodeError as error:
        raise InvalidInput(f"The settings are not JSON: {error}.") from error
    if not isinstance(values, dict):
        raise InvalidInput("The settings are one JSON object.")
    return values


def _row(job: Job) -> dict[str, Any]:
    return {
        "job_id": job.id,
        "status": job.state.value,
        "status_url": f"/jobs/{job.id}",
        "seed": job.seed,
        "width": job.width,
        "height": job.height,
        "num_frames": job.num_frames,
    }
