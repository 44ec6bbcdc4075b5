"""Every route and the socket of Sketch behind the same gate as the API's: pages of other sites, by whatever name."""

import socket
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
from starlette.routing import Route

from oelala_desktop.sketch.routes import catalog, jobs, prompts, shelf, uploads, view
from tests.security.asking import ask
from tests.security.vectors import ALLOWED, REFUSED, filled
from tests.sketch.conftest import sketch_process


@dataclass(frozen=True)
class Sketch:
    address: str

    @property
    def port(self) -> int:
        return int(self.address.rpartition(":")[2])


def routes() -> list[tuple[str, str]]:
    found = [*jobs.ROUTES, *prompts.ROUTES, *catalog.ROUTES, *uploads.ROUTES, *view.ROUTES, *shelf.ROUTES]
    return sorted(
        {
            (method, prefix + route.path.replace("{", "").replace("}", ""))
            for route in found
            if isinstance(route, Route)
            for method in route.methods or ()
            for prefix in ("", "/api")
        }
    )


@pytest.fixture(scope="module")
def sketch() -> Iterator[Sketch]:
    with sketch_process("--idle-exit", "0") as (_, address):
        yield Sketch(address)


@pytest.mark.parametrize(("method", "path"), [*routes(), ("OPTIONS", "/prompt"), ("GET", "/no-such-route")])
def test_no_vector_gets_through(sketch: Sketch, method: str, path: str) -> None:
    for status, headers in REFUSED:
        answer = ask(sketch, method, path, filled(headers, sketch))
        assert answer.status == status, (headers, answer)
        assert not [name for name in answer.headers if name.startswith("access-control-")]
        if method != "HEAD":
            assert answer.body.decode().endswith(("instead.", "refused."))


@pytest.mark.parametrize("headers", ALLOWED)
def test_our_own_and_programs_that_send_no_origin_get_through(sketch: Sketch, headers: list[tuple[str, str]]) -> None:
    for method, path in routes():
        answer = ask(sketch, method, path, filled(headers, sketch))
        # what a real server makes of a body that is no JSON is a 500
        assert answer.status not in (401, 403, 421) and answer.status <= 500, (method, path, answer)


@pytest.mark.parametrize("path", ["/ws", "/api/ws"])
def test_the_socket_too(sketch: Sketch, path: str) -> None:
    keys = [
        ("Upgrade", "websocket"),
        ("Connection", "Upgrade"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ("Sec-WebSocket-Version", "13"),
    ]
    for expected, headers in (*REFUSED, *((101, headers) for headers in ALLOWED)):
        given = [(name, value) for name, value in filled(headers, sketch) if name not in ("Upgrade", "Connection")]
        lines = [f"GET {path}?clientId={uuid.uuid4().hex} HTTP/1.1", *(f"{n}: {v}" for n, v in (*given, *keys)), "", ""]
        with socket.create_connection(("127.0.0.1", sketch.port), timeout=20) as connection:
            connection.sendall("\r\n".join(lines).encode())
            # a header given twice is a bad request to the server itself
            accepted = (expected, 400) if len({name for name, _ in given}) < len(given) else (expected,)
            assert int(connection.recv(65536).split(b" ")[1]) in accepted, headers


def test_beyond_loopback_it_answers_to_the_address_that_was_asked() -> None:
    with sketch_process("--host", "0.0.0.0", "--idle-exit", "0") as (_, address):
        port = address.rpartition(":")[2]
        for host, status in (("127.0.0.1", 200), ("localhost", 200), ("0.0.0.0", 421), ("evil.example", 421)):
            answer = httpx.get(f"http://127.0.0.1:{port}/queue", headers={"Host": f"{host}:{port}"})
            assert answer.status_code == status
