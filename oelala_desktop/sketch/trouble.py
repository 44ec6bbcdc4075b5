"""What a real server answers when a request makes it fail, malformed JSON among others. As a part of the application:
left to the server below, the connection would be closed at once, and the close could overtake the answer."""

from __future__ import annotations

import logging

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger(__name__)
TEXT = "500 Internal Server Error\n\nServer got itself in trouble"


class Trouble:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def noting(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, noting)
        except Exception:
            if started:
                raise
            log.exception("a request failed")
            await Response(TEXT, 500, media_type="text/plain; charset=utf-8")(scope, receive, send)
