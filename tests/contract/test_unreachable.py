"""Addresses at which no ComfyUI answers: each with a sentence and a kind of its own. Small servers stand in for what
is there instead."""

from __future__ import annotations

import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from oelala_desktop.comfy.address import Address, parse_address
from oelala_desktop.comfy.client import ComfyClient
from oelala_desktop.domain.errors import EngineAnswer, EngineUnreachable
from tests.contract.answering import answering, http

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
    for answer, kind in ((http("401 Unauthorized"), "auth"), (http("200 OK"), "not_comfyui")):
        with answering(answer) as url:
            async with asking(url) as client:
                with pytest.raises(EngineUnreachable) as caught:
                    await anext(client.messages())
        assert caught.value.kind == kind


def test_a_certificate_file_that_is_not_there() -> None:
    with pytest.raises(EngineUnreachable, match=r"certificate file /none/ca\.pem cannot be read") as caught:
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
