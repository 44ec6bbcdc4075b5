"""Addresses as people write them."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oelala_desktop.comfy.address import ssl_context
from oelala_desktop.domain.address import authority_fault, parse_address
from oelala_desktop.domain.errors import InvalidField


@pytest.mark.parametrize(
    ("text", "url", "socket", "host"),
    [
        ("http://127.0.0.1:8188", "http://127.0.0.1:8188", "ws://127.0.0.1:8188/ws", "127.0.0.1:8188"),
        ("127.0.0.1:8188", "http://127.0.0.1:8188", "ws://127.0.0.1:8188/ws", "127.0.0.1:8188"),
        (" box:8188/ ", "http://box:8188", "ws://box:8188/ws", "box:8188"),
        ("https://gpu.example/comfy/", "https://gpu.example/comfy", "wss://gpu.example/comfy/ws", "gpu.example"),
        ("http://[::1]:8188", "http://[::1]:8188", "ws://[::1]:8188/ws", "[::1]:8188"),
        ("http://box:8188/a?b=c#d", "http://box:8188/a", "ws://box:8188/a/ws", "box:8188"),
    ],
)
def test_addresses(text: str, url: str, socket: str, host: str) -> None:
    address = parse_address(text)
    assert (address.url, address.socket_url, address.host) == (url, socket, host)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "ftp://box",
        "http://",
        "http://box:99999",
        "http://box:0",
        "http://[::1",
        "file:///etc",
        "http://a b:1",
        "http://a\x01b",
        "http://999.1.1.1",
        "http://[::zz]",
        f"http://{'a' * 64}",
        f"http://a/{'b' * 3000}",
    ],
)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(InvalidField, match=r"is not an address like http://127\.0\.0\.1:8188") as caught:
        parse_address(text)
    assert caught.value.field == "engine"


def test_a_password_in_the_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(InvalidField) as caught:
        parse_address("http://me:secret@box:8188")
    assert "secret" not in str(caught.value)


@given(st.text(max_size=40))
def test_any_text_is_an_address_or_a_sentence(text: str) -> None:
    try:
        assert parse_address(text).url.startswith(("http://", "https://"))
    except InvalidField as error:
        assert error.message.endswith(".")


def test_headers_are_not_shown() -> None:
    assert "Bearer" not in repr(parse_address("http://box", headers={"Authorization": "Bearer x"}))


def test_why_an_authority_cannot_be_used(tmp_path: Path) -> None:
    nothing = tmp_path / "empty.pem"
    nothing.touch()
    with pytest.raises(ssl.SSLError) as caught:
        ssl_context(parse_address("https://box", ca_file=str(nothing)))
    assert authority_fault(caught.value) == "it holds no certificate in PEM form"
    assert authority_fault(OSError(2, "No such file")) == "No such file"
    assert authority_fault(OSError("odd")) == "odd"


def test_only_https_has_a_certificate(tmp_path: Path) -> None:
    assert ssl_context(parse_address("http://box")) is None
    assert isinstance(ssl_context(parse_address("https://box")), ssl.SSLContext)
    with pytest.raises(OSError, match="No such file"):
        ssl_context(parse_address("https://box", ca_file=str(tmp_path / "none.pem")))
