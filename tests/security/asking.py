"""Requests as an attacker writes them: byte for byte, over a bare socket."""

import json
import socket
from dataclasses import dataclass
from typing import Any, Protocol

#: every route with a method that it takes
ROUTES = (
    ("GET", "/"),
    ("GET", "/health"),
    ("GET", "/docs"),
    ("GET", "/openapi.json"),
    ("GET", "/logs"),
    ("GET", "/loras"),
    ("GET", "/unet-models"),
    ("POST", "/queue"),
    ("POST", "/extract-metadata"),
    ("POST", "/wan22/image-to-video"),
    ("POST", "/tools/text-to-video/jobs"),
    ("GET", "/jobs"),
    ("GET", "/jobs/8c9b1f6e-3a57-4f0c-9a55-0f0f5f3a1c11"),
    ("DELETE", "/jobs/8c9b1f6e-3a57-4f0c-9a55-0f0f5f3a1c11"),
    ("POST", "/jobs/8c9b1f6e-3a57-4f0c-9a55-0f0f5f3a1c11/retry"),
    ("GET", "/events?seconds=0"),
    ("GET", "/list-comfyui-media"),
    ("GET", "/comfyui-output/x.png"),
    ("HEAD", "/comfyui-output/x.png"),
    ("GET", "/media/1"),
    ("HEAD", "/media/1"),
    ("GET", "/thumbnails/1"),
    ("HEAD", "/thumbnails/1"),
    ("GET", "/templates"),
    ("POST", "/templates/sketch_text_to_video/presets"),
    ("POST", "/presets"),
    ("GET", "/api/presets"),
    ("GET", "/api/presets/image-to-video.sketch"),
    ("GET", "/no-such-route"),
    ("OPTIONS", "/wan22/image-to-video"),
)


class Listening(Protocol):
    """A server on this machine."""

    @property
    def port(self) -> int: ...


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


def ask(server: Listening, method: str, path: str, headers: list[tuple[str, str]], body: bytes = b"") -> Answer:
    """Sends just these headers (and the length of a body) on a connection of its own."""
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers), "Connection: close"]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return send(server, "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body)


def send(server: Listening, request: bytes) -> Answer:
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(request)
        return read_answer(connection)


def read_answer(connection: socket.socket) -> Answer:
    received = b""
    while chunk := connection.recv(65536):
        received += chunk
    head, _, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    return Answer(int(first.split(" ")[1]), headers, body)


def own(server: Listening) -> tuple[str, str]:
    return ("Host", f"127.0.0.1:{server.port}")
