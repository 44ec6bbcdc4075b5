"""The WebSocket: one for a client id, feature flags in its first frame."""

from __future__ import annotations

import json
import uuid

import anyio
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from oelala_desktop.sketch.engine import Engine
from oelala_desktop.sketch.hub import Socket
from oelala_desktop.sketch.routes.catalog import FEATURES


async def connect(websocket: WebSocket) -> None:
    """Serve one socket until the client leaves."""
    engine: Engine = websocket.app.state.engine
    client = websocket.query_params.get("clientId", "") or uuid.uuid4().hex
    await websocket.accept()
    socket = Socket(websocket)
    engine.hub.add(client, socket)
    try:
        remaining = engine.queue.remaining()
        state = {"status": {"exec_info": {"queue_remaining": remaining}}, "sid": client}
        socket.put(json.dumps({"type": "status", "data": state}))
        if engine.executor.client == client and engine.executor.node is not None:
            # A client that comes back hears which node runs, but not of which prompt: so does ComfyUI.
            socket.put(json.dumps({"type": "executing", "data": {"node": engine.executor.node}}))
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(socket.pump)
            await _listen(websocket, socket)
            tasks.cancel_scope.cancel()
    finally:
        engine.hub.remove(client)


async def _listen(websocket: WebSocket, socket: Socket) -> None:
    """Read until the client leaves; only a very first frame with feature flags means anything."""
    first = True
    while True:
        try:
            message = await websocket.receive()
        except (WebSocketDisconnect, RuntimeError):
            return
        if message["type"] == "websocket.disconnect":
            return
        text = message.get("text")
        if text is None:
            continue
        try:
            content = json.loads(text)
        except ValueError:
            continue
        if first and isinstance(content, dict) and content.get("type") == "feature_flags":
            flags = content.get("data")
            socket.flags = flags if isinstance(flags, dict) else {}
            socket.put(json.dumps({"type": "feature_flags", "data": FEATURES}))
        first = False


ROUTES = [WebSocketRoute("/ws", connect)]
