"""A small client of ComfyUI's protocol, for driving Sketch in tests."""

import io
import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import numpy as np
from PIL import Image
from websockets.sync.client import ClientConnection, connect

Message = dict[str, Any]
Frame = Message | bytes
FLAGS = {"type": "feature_flags", "data": {"supports_preview_metadata": True}}


def png(width: int = 96, height: int = 64, seed: int = 0) -> bytes:
    """A PNG of soft random colours."""
    noise = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(noise).resize((width, height), Image.Resampling.BICUBIC).save(buffer, "PNG")
    return buffer.getvalue()


def camera_graph(prefix: str, **inputs: Any) -> dict[str, Any]:
    """Load, scale, move, film, save: the graph of Sketch's own preset."""
    move = {"prompt": "zoom in", "seed": 1, "frames": 9, "width": 64, "height": 48, "strength": 1.0, **inputs}
    scale = {"upscale_method": "lanczos", "width": move["width"], "height": move["height"], "crop": "center"}
    return {
        "1": {"class_type": "LoadImage", "inputs": {"image": "start.png"}},
        "2": {"class_type": "ImageScale", "inputs": {"image": ["1", 0], **scale}},
        "3": {"class_type": "SketchCameraMove", "inputs": {"image": ["2", 0], **move}},
        "4": {"class_type": "CreateVideo", "inputs": {"images": ["3", 0], "fps": 16.0}},
        "5": {
            "class_type": "SaveVideo",
            "inputs": {"video": ["4", 0], "filename_prefix": prefix, "format": "auto", "codec": "auto"},
        },
    }


def long_graph(prefix: str) -> dict[str, Any]:
    """A job that runs for a second or more, with plenty of places to be interrupted."""
    return camera_graph(prefix, prompt="orbit left", frames=1500, width=640, height=360)


def image_graph(prefix: str, width: int = 64) -> dict[str, Any]:
    scale = {"upscale_method": "area", "width": width, "height": 48, "crop": "disabled"}
    return {
        "1": {"class_type": "LoadImage", "inputs": {"image": "start.png"}},
        "2": {"class_type": "ImageScale", "inputs": {"image": ["1", 0], **scale}},
        "3": {"class_type": "SaveImage", "inputs": {"images": ["2", 0], "filename_prefix": prefix}},
    }


class Client:
    """One HTTP connection to a server; `listen` opens sockets."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.http = httpx.Client(base_url=address, timeout=30)

    def upload(self, name: str, content: bytes, **fields: str) -> httpx.Response:
        return self.http.post("/upload/image", files={"image": (name, content)}, data=fields)

    def submit(self, graph: dict[str, Any], **body: Any) -> tuple[str, httpx.Response]:
        prompt_id = body.pop("prompt_id", None) or str(uuid.uuid4())
        answer = self.http.post("/prompt", json={"prompt": graph, "prompt_id": prompt_id, **body})
        return prompt_id, answer

    def history(self, prompt_id: str) -> dict[str, Any]:
        answer: dict[str, Any] = self.http.get(f"/history/{prompt_id}").json()
        return answer

    @contextmanager
    def listen(self, client_id: str, *, flags: bool = False) -> Iterator["Listener"]:
        url = f"{self.address.replace('http', 'ws', 1)}/ws?clientId={client_id}"
        with connect(url, max_size=2**25, compression=None, proxy=None, close_timeout=2) as socket:
            if flags:
                socket.send(json.dumps(FLAGS))
            yield Listener(socket)

    def run(self, graph: dict[str, Any], *, flags: bool = False, **body: Any) -> tuple[str, list[Frame]]:
        """Submit a graph on a socket of its own and collect every frame up to the end signal."""
        client_id = uuid.uuid4().hex
        with self.listen(client_id, flags=flags) as listener:
            listener.next("status")
            if flags:
                listener.next("feature_flags")
            prompt_id, answer = self.submit(graph, client_id=client_id, **body)
            assert answer.status_code == 200, answer.text
            return prompt_id, listener.until_end(prompt_id)


class Listener:
    """An open socket."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    def receive(self, patience: float = 20) -> Frame:
        frame = self.socket.recv(timeout=patience)
        return frame if isinstance(frame, bytes) else json.loads(frame)

    def next(self, kind: str) -> Message:
        """The next message of a type; others before it are passed over."""
        while True:
            frame = self.receive()
            if isinstance(frame, dict) and frame["type"] == kind:
                return frame

    def until_end(self, prompt_id: str) -> list[Frame]:
        frames: list[Frame] = []
        while True:
            frames.append(self.receive())
            last = frames[-1]
            if last == {"type": "executing", "data": {"node": None, "prompt_id": prompt_id}}:
                return frames


def messages(frames: list[Frame], kind: str | None = None) -> list[Message]:
    return [frame for frame in frames if isinstance(frame, dict) and kind in (None, frame["type"])]


def kinds(frames: list[Frame]) -> list[str]:
    return [frame["type"] if isinstance(frame, dict) else f"binary {frame[3]}" for frame in frames]
