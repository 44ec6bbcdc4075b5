"""The application: routes, the one error handler, the OpenAPI document. Imports FastAPI; import it late."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import BaseRoute

from oelala_desktop import __version__
from oelala_desktop.domain.errors import OelalaError

from .answer import JsonAnswer
from .context import Context
from .errors import problem, status_of
from .routes import docs, events, general, jobs, media, metadata, models, presets, submission, templates

log = logging.getLogger(__name__)

_DESCRIPTION = """
The local interface of Oelala Desktop: the same jobs, presets, models and media as in the window.

Every error is JSON with `detail`, a sentence to act on, and `field` where one field is wrong. `GET /events` tells what
happens as it happens.
"""


def create_app(context: Context) -> FastAPI:
    app = FastAPI(
        title="Oelala Desktop",
        version=__version__,
        summary="Video and pictures from prompts, with ComfyUI and Wan 2.2.",
        description=_DESCRIPTION,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
        separate_input_output_schemas=False,
    )
    subjects = (general, events, submission, jobs, presets, templates, models, metadata, media)
    routers = [docs.router(app), *(subject.router(context) for subject in subjects)]
    for router in routers:
        # not include_router, whose nesting takes as long for each request as all the rest
        app.router.routes.extend(router.routes)
    app.add_exception_handler(OelalaError, _explained)
    app.add_exception_handler(HTTPException, _refused([route for router in routers for route in router.routes]))
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(ClientDisconnect, _gone)
    app.add_exception_handler(Exception, _bug)
    return app


async def _explained(request: Request, error: Exception) -> JsonAnswer:
    assert isinstance(error, OelalaError)  # registered for nothing else
    return JsonAnswer(problem(error), status_of(error))


def _refused(routes: Sequence[BaseRoute]) -> Callable[[Request, Exception], Awaitable[JsonAnswer]]:
    """Starlette's own: no such route, no such method."""
    known = [route for route in routes if isinstance(route, APIRoute)]

    async def refused(request: Request, error: Exception) -> JsonAnswer:
        assert isinstance(error, HTTPException)  # registered for nothing else
        headers = {name.lower(): value for name, value in (error.headers or {}).items()}
        if error.status_code == 405:
            # Starlette names the methods of the first route of that path alone
            fitting = [route for route in known if route.path_regex.match(request.scope["path"])]
            headers["allow"] = ", ".join(sorted({method for route in fitting for method in route.methods or ()}))
        return JsonAnswer({"detail": f"{error.detail}."}, error.status_code, headers)

    return refused


async def _invalid(request: Request, error: Exception) -> JsonAnswer:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    place = [str(part) for part in first["loc"][1:]]
    field = ".".join(place)
    return JsonAnswer({"detail": f"{field}: {first['msg']}." if field else f"{first['msg']}.", "field": field}, 422)


async def _gone(request: Request, error: Exception) -> JsonAnswer:
    """The client hung up while it sent; nobody hears this."""
    return JsonAnswer({"detail": "The request ends too early."}, 400)


async def _bug(request: Request, error: Exception) -> JsonAnswer:
    """Starlette raises it again after this answer, so that the server logs the traceback."""
    return JsonAnswer({"detail": "Something went wrong inside Oelala; the log (GET /logs) tells more."}, 500)
