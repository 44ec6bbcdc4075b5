"""The stream of what happens."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from oelala_desktop.api.context import Context
from oelala_desktop.api.documented import errors, routes_about
from oelala_desktop.api.errors import TooLarge
from oelala_desktop.api.events import EVENTS, Listener
from oelala_desktop.services.loop.tasks import TaskScope

_KEEP_ALIVE = 15.0  # seconds without an event after which a comment is sent
_EVENT = {
    "type": "object",
    "title": "Event",
    "required": ["id", "event", "data"],
    "properties": {
        "id": {"type": "string", "description": "For Last-Event-ID."},
        "event": {"type": "string", "enum": list(EVENTS)},
        "data": {"type": "string", "contentMediaType": "application/json", "description": "One JSON object."},
    },
}
_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Server-sent events. `reset` says that what was missed is no longer known.",
        "content": {"text/event-stream": {"schema": _EVENT}},
    }
}


def router(context: Context) -> APIRouter:
    routes = routes_about("events")

    @routes.get(
        "/events",
        response_class=Response,
        responses={**_STREAM, **errors(422, 503)},
        summary="What happens, as it happens",
    )
    async def events(
        last_event_id: Annotated[
            str | None,
            Header(max_length=100, description="The id of the last event seen; what came since is sent first."),
        ] = None,
        seconds: Annotated[
            float | None, Query(ge=0, le=86400, description="Ends the stream after that time; else it stays open.")
        ] = None,
    ) -> Response:
        """Each event has an `id`; the last 1,000 can be asked for again with `Last-Event-ID`, as browsers do by
        themselves."""
        return EventStream(context, context.events.listen(last_event_id), seconds)

    return routes


class EventStream(Response):
    media_type = "text/event-stream"
    charset = "utf-8"

    def __init__(self, context: Context, listener: Listener, seconds: float | None) -> None:
        super().__init__(None, 200, {"cache-control": "no-store", "x-accel-buffering": "no"})
        self.raw_headers = [header for header in self.raw_headers if header[0] != b"content-length"]
        self._context = context
        self._listener = listener
        self._end = None if seconds is None else time.monotonic() + seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            async with TaskScope("stream") as tasks:
                gone = tasks.start(self._hang_up(receive), "hang-up")
                await self._run(send, gone)
        finally:
            self._context.events.leave(self._listener)

    async def _run(self, send: Send, gone: asyncio.Task[None]) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": b": listening\nretry: 2000\n\n", "more_body": True})
        while not self._is_over() and not gone.done():
            events = await self._listener.take(self._pause())
            if not gone.done():
                await send({"type": "http.response.body", "body": events or b": \n\n", "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def _hang_up(self, receive: Receive) -> None:
        """Ends when the client has hung up, so that its place is free at once."""
        with contextlib.suppress(TooLarge):  # whoever sends that much to a stream is not listened to either
            while (await receive())["type"] != "http.disconnect":
                pass
        self._listener.wake()

    def _is_over(self) -> bool:
        if self._context.stopping.is_set() or self._listener.lost:
            return True
        return self._end is not None and time.monotonic() >= self._end

    def _pause(self) -> float:
        return _KEEP_ALIVE if self._end is None else max(0.0, min(_KEEP_ALIVE, self._end - time.monotonic()))
