"""What made an uploaded file."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request

from oelala_desktop.api.answer import JsonAnswer
from oelala_desktop.api.context import Context
from oelala_desktop.api.documented import errors, routes_about
from oelala_desktop.api.schemas import Metadata
from oelala_desktop.api.upload import Slot, check_is_media, read_form
from oelala_desktop.api.upload_folder import upload_folder
from oelala_desktop.domain.errors import InvalidField
from oelala_desktop.metadata import read

_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "additionalProperties": False,
                    "properties": {
                        "file": {"type": "string", "format": "binary", "description": "A picture or a video."}
                    },
                }
            }
        },
    }
}


def router(context: Context) -> APIRouter:
    routes = routes_about("media")
    services = context.services

    @routes.post(
        "/extract-metadata",
        response_model=Metadata,
        responses=errors(415, 422, 507),
        summary="What made a picture or a video",
        openapi_extra=_BODY,
    )
    async def extract_metadata(request: Request) -> JsonAnswer:
        """Reads Oelala's own block, ComfyUI's graphs and A1111's parameters, each field from the most trusted source
        that has it. Nothing is kept of the file."""
        async with upload_folder(services.paths.data / "uploads", services.presence) as folder:
            slot = Slot(services.jobs.inputs.most_bytes())
            form = await read_form(request, folder, lambda name, _: slot if name == "file" else None)
            for name in form.parts:
                if form.text(name) is not None:
                    raise InvalidField(name, f"{name} is no field here; send the picture or video as file.")
            path = form.file("file")
            if path is None:
                raise InvalidField("file", "A file is missing: send it as file.")
            await asyncio.to_thread(check_is_media, path)
            info = (await asyncio.to_thread(read, path)).info
        return JsonAnswer(info.as_dict() if info.source else {})

    return routes
