"""How far each node of the running job is, told to clients in ComfyUI's messages."""

from __future__ import annotations

import io
import threading
from typing import Any, Protocol

import numpy as np
from PIL import Image

from oelala_desktop.sketch.frames import Frames, PreviewSource, rgb
from oelala_desktop.sketch.resize import resize_picture

#: the longest side of a preview in pixels
PREVIEW_SIDE = 512


class Interrupted(Exception):
    """The running job was asked to stop."""


class Outlet(Protocol):
    """Where messages go. Safe to call from the worker's thread."""

    def send(self, event: str, content: dict[str, Any], client: str | None) -> None:
        """To one client, or to all when `client` is None."""

    def send_preview(self, jpeg: bytes, metadata: dict[str, Any] | None, client: str | None) -> None:
        """A JPEG: of type 4 with its metadata, or of type 1 without."""

    def wants_metadata(self, client: str | None) -> bool:
        """Whether this client's socket asked for previews with metadata."""


class Interrupt:
    """One switch that stops whatever runs. Thrown from any thread, cleared when a job starts."""

    def __init__(self) -> None:
        self._flag = threading.Event()

    def request(self) -> None:
        self._flag.set()

    def clear(self) -> None:
        self._flag.clear()

    def check(self) -> None:
        """Raise Interrupted once if a stop was requested."""
        if self._flag.is_set():
            self._flag.clear()
            raise Interrupted


class Progress:
    """The states of one job's nodes; every change goes out as one `progress_state` with all of them."""

    def __init__(self, prompt_id: str, client: str | None, outlet: Outlet, *, previews: bool) -> None:
        self._prompt_id = prompt_id
        self._client = client
        self._outlet = outlet
        self._previews = previews
        self._nodes: dict[str, dict[str, Any]] = {}

    def start(self, node_id: str) -> None:
        self._set(node_id, 0.0, 1.0, "running")

    def update(self, node_id: str, value: int, total: int, preview: PreviewSource | None) -> None:
        """A node's own progress: `progress_state`, `progress`, and a preview where one is wanted."""
        self._set(node_id, value, total, "running")
        jpeg = _jpeg(preview()) if preview is not None and self._previews else None
        with_metadata = self._outlet.wants_metadata(self._client)
        if jpeg is not None and with_metadata:
            self._outlet.send_preview(jpeg, self._preview_metadata(node_id), self._client)
        moved = {"value": value, "max": total, "prompt_id": self._prompt_id, "node": node_id}
        self._outlet.send("progress", moved, self._client)
        if jpeg is not None and not with_metadata:
            self._outlet.send_preview(jpeg, None, self._client)

    def finish(self, node_id: str) -> None:
        top = self._nodes.get(node_id, {"max": 1})["max"]
        self._set(node_id, top, top, "finished")

    def _set(self, node_id: str, value: float, top: float, state: str) -> None:
        self._nodes[node_id] = {
            "value": value,
            "max": top,
            "state": state,
            "node_id": node_id,
            "prompt_id": self._prompt_id,
            "display_node_id": node_id,
            "parent_node_id": None,
            "real_node_id": node_id,
        }
        content = {"prompt_id": self._prompt_id, "nodes": dict(self._nodes)}
        self._outlet.send("progress_state", content, self._client)

    def _preview_metadata(self, node_id: str) -> dict[str, Any]:
        return {
            "node_id": node_id,
            "prompt_id": self._prompt_id,
            "display_node_id": node_id,
            "parent_node_id": None,
            "real_node_id": node_id,
            "image_type": "image/jpeg",
        }


def _jpeg(picture: Frames) -> bytes:
    height, width = picture.shape[:2]
    scale = min(1.0, PREVIEW_SIDE / max(height, width))
    small = resize_picture(picture, max(1, round(width * scale)), max(1, round(height * scale)), "area")
    buffer = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(rgb(small))).save(buffer, "JPEG", quality=85)
    return buffer.getvalue()
