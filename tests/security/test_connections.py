"""Clients that connect and send half of something, or nothing, or what is no HTTP."""

import asyncio
import contextlib
import resource
import socket
from pathlib import Path

import httpx
import pytest
from PIL import Image

from oelala_desktop.api import connections
from oelala_desktop.api.server import ApiServer
from oelala_desktop.bootstrap import Services
from oelala_desktop.storage.paths import Paths
from tests.api.serving import Served, serve
from tests.security.asking import send
from tests.security.siege import HALVES, besieged, taken, work_goes_on
from tests.security.test_gate import check_headers
from tests.waiting import until


def is_open(connection: socket.socket) -> bool:
    connection.settimeout(0.2)
    try:
        return connection.recv(1) != b""
    except TimeoutError:
        return True
    except ConnectionError:
        return False


def test_many_that_wait_keep_nobody_out_and_no_result_away(tmp_path: Path) -> None:
    with serve(tmp_path / "home") as served, besieged(served, 700) as opened:
        figures = work_goes_on(served)
        assert figures["descriptors"] < 450
        assert not is_open(opened[0]) and is_open(opened[-2])  # the longest silent goes first
        assert served.complaints == ""


def test_the_last_descriptors_are_for_our_own_work(tmp_path: Path) -> None:
    with serve(tmp_path / "home") as served:
        pid, (_, hard) = served.process.pid, resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (200, hard))
        with besieged(served, 400):
            taken(served)
            assert work_goes_on(served)["descriptors"] <= 100 + 30
        assert served.complaints == ""


@pytest.mark.parametrize("half", HALVES)
async def test_half_a_request_is_not_waited_for_long(
    half: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(connections, "HEAD_TIME", 0.2)
    monkeypatch.setattr(connections, "QUIET_TIME", 0.3)
    async with Services(Paths(tmp_path, tmp_path / "output")) as services:
        server = ApiServer(services, port=0)
        assert await server.start() and server.url
        port = int(server.url.rpartition(":")[2])
        async with asyncio.timeout(20):
            for before in (b"", b"GET /health HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n\r\n"):
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write((before + half).replace(b"PORT", str(port).encode()))
                with contextlib.suppress(ConnectionError):
                    assert (b"200 OK" in await reader.read()) == bool(before)
                writer.close()
        await server.stop()


async def test_a_client_that_takes_nothing_makes_room(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(connections, "MOST", 2)
    async with Services(Paths(tmp_path, tmp_path / "output")) as services:
        services.paths.output.mkdir()
        large = services.paths.output / "large.png"
        Image.new("RGB", (8, 8)).save(large)
        with large.open("ab") as file:
            file.truncate(2**26)
        server = ApiServer(services, port=0)
        assert await server.start() and server.url
        port = int(server.url.rpartition(":")[2])
        ask = f"GET /comfyui-output/large.png HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()
        async with asyncio.timeout(20):
            reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**12)
            writer.write(ask)
            assert await reader.readexactly(100)  # and no more
            await until(lambda: server._server.config.http.args[0]._stuck, "a connection that takes nothing")
            async with httpx.AsyncClient(base_url=server.url) as one, httpx.AsyncClient(base_url=server.url) as two:
                for client in (one, two, one):
                    assert (await client.get("/health")).status_code == 200
            with contextlib.suppress(ConnectionError):
                assert len(await reader.read()) < 2**25  # it was given up long before its end
            writer.close()
        await server.stop()


@pytest.mark.parametrize(
    "words",
    [
        b"nonsense\r\n\r\n",
        b"GET /health HTTP/1.1\r\n\r\n",
        b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
        b"GET /health HTTP/1.1\r\nHost: x\r\nBad Header: 1\r\n\r\n",
        b"POST /extract-metadata HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"POST /extract-metadata HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"GET /" + b"x" * 70_000,
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),
    ],
)
def test_what_is_no_http_is_refused_like_all_else(served: Served, words: bytes) -> None:
    answer = send(served, words)
    assert answer.status in (400, 421) and set(answer.json()) == {"detail"}
    assert answer.headers["content-type"] == "application/json"
    check_headers(answer.headers, "")


def test_nonsense_is_not_written_down_as_often_as_it_comes(tmp_path: Path) -> None:
    with serve(tmp_path / "home") as served:
        for _ in range(50):
            send(served, b"nonsense\r\n\r\n")
        chunk = b"POST /extract-metadata HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
        for _ in range(50):
            with socket.create_connection(("127.0.0.1", served.port), timeout=20) as connection:
                connection.sendall(chunk.replace(b"PORT", str(served.port).encode()))
                with contextlib.suppress(ConnectionError):
                    connection.recv(4096)
        assert served.complaints == ""
