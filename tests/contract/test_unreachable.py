"""Addresses at which no ComfyUI answers: each with a sentence and a kind of its own. Small servers stand in for what
is there instead."""

from __future__ import annotations

import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from oelala_desktop.comfy.client import ComfyClient
from oelala_desktop.domain.address import Address, parse_address
from oelala_desktop.domain.errors import EngineAnswer, EngineUnreachable
from tests.contract.answering import answering, http
from tests.contract.files import written

OLD = {"system": {"comfyui_version": "0.3.40"}, "devices": []}


@asynccontextmanager
async def asking(url: str) -> AsyncIterator[ComfyClient]:
    client = ComfyClient(parse_address(url), "c")
    try:
        yield client
    finally:
        await client.close()


CASES: dict[str, tuple[bytes, str, str]] = {
    "a web page": (http("200 OK", b"<html>hello</html>", "text/html"), "not_comfyui", "but it is not ComfyUI"),
    "other JSON": (http("200 OK", b'{"ok": true}'), "not_comfyui", "but it is not ComfyUI"),
    "not found": (http("404 Not Found"), "not_comfyui", "but it is not ComfyUI"),
    "a redirect": (http("302 Found"), "not_comfyui", "but it is not ComfyUI"),
    "an old one": (http("200 OK", json.dumps(OLD).encode()), "too_old", "ComfyUI 0.3.40 at .* update it to 0.3.45"),
    "a locked door": (http("401 Unauthorized"), "auth", "check the token or header"),
    "a wrong key": (http("403 Forbidden"), "auth", "check the token or header"),
    "something else": (b"SSH-2.0-OpenSSH_9.6\r\n\r\n", "closed", "broke off"),
    "silence": (b"", "closed", "broke off"),
}


@pytest.mark.parametrize("case", CASES)
async def test_something_else_is_there(case: str) -> None:
    answer, kind, words = CASES[case]
    with answering(answer) as url:
        async with asking(url) as client:
            with pytest.raises(EngineUnreachable, match=words) as caught:
                await client.facts()
    assert caught.value.kind == kind
    assert url in caught.value.message
    assert caught.value.exit_code == 3


def closed_port() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


@pytest.mark.parametrize(
    ("make", "kind", "words"),
    [
        (closed_port, "refused", "Nothing answers at http://127.0.0.1"),
        (lambda: "http://nowhere.invalid:8188", "name", "The name in http://nowhere.invalid:8188 is not known"),
    ],
    ids=["refused", "name"],
)
async def test_nothing_is_there(make: Callable[[], str], kind: str, words: str) -> None:
    async with asking(make()) as client:
        with pytest.raises(EngineUnreachable, match=words) as caught:
            await client.facts()
        assert caught.value.kind == kind
        with pytest.raises(EngineUnreachable) as caught:
            await anext(client.messages())
        assert caught.value.kind == kind


async def test_https_where_plain_http_is_spoken() -> None:
    with answering(b"220 hello\r\n") as url:
        async with asking(url.replace("http", "https")) as client:
            with pytest.raises(EngineUnreachable, match="speaks http, not https") as caught:
                await client.facts()
    assert caught.value.kind == "not_tls"


async def test_a_handshake_that_is_refused() -> None:
    """An alert of TLS: no certificate has been looked at."""
    with answering(b"\x15\x03\x03\x00\x02\x02\x28") as url:
        async with asking(url.replace("http", "https")) as client:
            with pytest.raises(EngineUnreachable, match=r"No secure connection to https://.*handshake") as caught:
                await client.facts()
    assert caught.value.kind == "tls"


async def test_a_socket_that_is_refused() -> None:
    for answer, kind in ((http("401 Unauthorized"), "auth"), (http("502 Bad Gateway"), "closed")):
        with answering(answer) as url:
            async with asking(url) as client:
                with pytest.raises(EngineUnreachable) as caught:
                    await anext(client.messages())
        assert caught.value.kind == kind


def test_a_certificate_file_that_is_not_there() -> None:
    with pytest.raises(
        EngineUnreachable, match=r"file /none/ca\.pem cannot be read: No such file or directory\.$"
    ) as caught:
        ComfyClient(Address("https://box", {}, "/none/ca.pem"), "c")
    assert caught.value.kind == "tls"


@pytest.mark.parametrize(("status", "final"), [("400 Bad Request", True), ("413 Too Large", True), ("500 Oh", False)])
async def test_answers_that_are_no_answers(status: str, final: bool) -> None:
    with answering(http(status, b"<html>", "text/html")) as url:
        async with asking(url) as client:
            with pytest.raises(EngineAnswer, match=f"with status {status[:3]}") as caught:
                await client.queue()
    assert caught.value.is_final is final


async def test_a_proxy_whose_server_is_not_up_yet() -> None:
    with answering(http("502 Bad Gateway", b"<html>", "text/html")) as url:
        async with asking(url) as client:
            with pytest.raises(EngineUnreachable, match="is not ready"):
                await client.queue()


def leading(location: str) -> bytes:
    """A redirect."""
    head = f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    return head.encode()


SIGN_IN = b"<html><title>Welcome</title><form><input name=u><input type='password'></form></html>"
DOORS = {
    "a page": http("200 OK", SIGN_IN, "text/html"),
    "a page that says so": http("200 OK", b"<!doctype html><h1>Sign in to the lab</h1>", "text/html"),
    "its path": leading("/hub/login?next=x"),
    "another host": leading("https://id.example/authorize"),
}


@pytest.mark.parametrize("door", DOORS)
async def test_a_page_to_sign_in_on(door: str) -> None:
    with answering(DOORS[door]) as url:
        async with asking(url) as client:
            with pytest.raises(EngineUnreachable, match="shows a page to sign in on instead of ComfyUI") as caught:
                await client.facts()
            assert caught.value.kind == "sign_in"
            with pytest.raises(EngineUnreachable, match="sign in on"):  # a session that ended later
                await client.queue()


@pytest.mark.parametrize(
    "answer",
    [
        http("400 Bad Request", b"<h1>The plain HTTP request was sent to HTTPS port</h1>", "text/html"),
        http("400 Bad Request", b"Client sent an HTTP request to an HTTPS server.\n", "text/plain"),
    ],
    ids=["nginx", "Go"],
)
async def test_plain_http_where_https_is_wanted(answer: bytes) -> None:
    with answering(answer) as url:
        async with asking(url) as client:
            with pytest.raises(
                EngineUnreachable, match="speaks https, not http; give its address with https://"
            ) as got:
                await client.facts()
    assert got.value.kind == "wants_tls"


async def test_a_redirect_to_https() -> None:
    with answering(
        b"HTTP/1.1 301 X\r\nLocation: https://127.0.0.1/x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    ) as url:
        async with asking(url) as client:
            with pytest.raises(EngineUnreachable, match="https://") as caught:
                await client.facts()
    assert caught.value.kind == "wants_tls"


@pytest.mark.parametrize("status", ["404 Not Found", "400 Bad Request", "200 OK"])
async def test_a_proxy_that_lets_no_socket_through(status: str) -> None:
    with answering(http(status, b"<html>")) as url:
        async with asking(url) as client:
            with pytest.raises(EngineUnreachable, match="lets no WebSocket through") as caught:
                await anext(client.messages())
    assert caught.value.kind == "no_socket"


LIMITS = [
    ("nginx/1.24.0", b"<center><h1>413 Request Entity Too Large</h1></center>", None, "nginx refuses it (client_max"),
    ("Caddy", b"", None, "Caddy refuses it (max_size"),
    ("", b"<html>no</html>", None, "a proxy before it. Raise"),
    ("", b"", 500, "ComfyUI itself takes 0.0 MB (--max-upload-size)"),
    ("", b"", 10**8, "ComfyUI itself would take 100.0 MB"),
]


@pytest.mark.parametrize(("server", "body", "limit", "words"), LIMITS)
async def test_an_upload_that_is_too_large(
    server: str, body: bytes, limit: int | None, words: str, tmp_path: Path
) -> None:
    head = f"HTTP/1.1 413 Too Large\r\nServer: {server}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    with answering(head.encode() + body) as url:
        async with asking(url) as client:
            client.upload_limit = limit
            with pytest.raises(EngineAnswer) as caught:
                await client.upload("a.png", written(tmp_path, b"x" * 600))
    said = caught.value.message
    assert "too large" in said and "the limit lies with the server or a proxy before it" in said and words in said
    assert caught.value.is_final
