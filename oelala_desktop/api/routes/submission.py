"""Asking for a video or a picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi import Path as InPath

from oelala_desktop.api.answer import JsonAnswer
from oelala_desktop.api.context import Context
from oelala_desktop.api.documented import errors, routes_about
from oelala_desktop.api.form_fields import SEED_KEYS, form_schema
from oelala_desktop.api.given import read_given
from oelala_desktop.api.schemas import Submitted
from oelala_desktop.api.upload_folder import upload_folder
from oelala_desktop.domain.errors import InvalidField, NotFound
from oelala_desktop.domain.job import Job
from oelala_desktop.domain.tool import TOOLS, Tool, find_tool
from oelala_desktop.services.queue.jobs import Wish

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
        return await submit(context, TOOLS["image-to-video"], request, SEED_KEYS)

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
        """The fields are the tool's, or those of the preset that is wished for; /api/presets lists them with their
        defaults. An input is a file of a form, or the id of one in My Media. `then` are steps that go on from the
        result, each with a tool and settings; `continue` is a video of My Media to go on from, whose last frame is the
        start picture, and to which the result is joined."""
        return await submit(context, find_tool(tool), request, {})

    return routes


def _body(tools: list[Tool]) -> dict[str, Any]:
    content: dict[str, Any] = {
        "multipart/form-data": {
            "schema": form_schema(tools, files=True),
            "encoding": {key: {"contentType": "application/json"} for key in ("lora_configs", "then")},
        }
    }
    if not all(tool.needs_picture for tool in tools):
        content["application/json"] = {
            "schema": form_schema(tools, files=False),
            "example": {"prompt": "a harbour at dawn", "duration": 3, "seed": 42},
        }
    return {"requestBody": {"required": True, "content": content}}


async def submit(context: Context, tool: Tool, request: Request, names: Mapping[str, str]) -> JsonAnswer:
    """`names` is what the route calls inputs, by key."""
    services = context.services
    async with upload_folder(services.paths.data / "uploads", services.presence) as folder:
        given = await read_given(services, tool, request, folder, names)
        wish = Wish(tool.id, given.values, services.paths.output, then=given.then, continues=given.continues)
        try:
            preset = await services.jobs.check(wish)  # before an engine is asked for
            jobs = await services.jobs.submit(wish, await services.current.for_new_job(preset))
        except InvalidField as error:
            raise given.told(error) from error
        except NotFound as error:
            raise InvalidField("preset", error.message) from error
    rows = [_row(job) for job in jobs]
    answer = (
        rows[0] | {"warnings": [str(said) for said in jobs[0].warnings]} | ({"jobs": rows} if len(rows) > 1 else {})
    )
    return JsonAnswer(answer, 202, {"location": rows[0]["status_url"]})


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
