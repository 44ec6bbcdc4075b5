"""The token: asked of every route, told to nobody."""

import logging
from base64 import b64encode

import pytest

from oelala_desktop.api.server import checked_token, is_loopback
from oelala_desktop.domain.errors import InvalidInput
from oelala_desktop.services.health.log_ring import LogRing
from tests.api.serving import Served
from tests.security.asking import ROUTES, ask, own
from tests.security.conftest import TOKEN

WRONG = [
    [],
    [("Authorization", "")],
    [("Authorization", TOKEN)],
    [("Authorization", f"Bearer {TOKEN}x")],
    [("Authorization", f"Bearer {TOKEN[:-1]}")],
    [("Authorization", "Bearer")],
    [("Authorization", f"Token {TOKEN}")],
    [("Authorization", "Basic !!!")],
    [("Authorization", "Basic " + b64encode(f"{TOKEN}:".encode()).decode())],
    [("X-Token", TOKEN)],
    [("Cookie", f"token={TOKEN}")],
]


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_every_route_wants_it(guarded: Served, method: str, path: str) -> None:
    for headers in WRONG:
        answer = ask(guarded, method, path, [own(guarded), *headers])
        assert answer.status == 401, headers
        assert "www-authenticate" in answer.headers
        assert TOKEN.encode() not in answer.body
    assert ask(guarded, method, f"{path}{'&' if '?' in path else '?'}token={TOKEN}", [own(guarded)]).status == 401
    basic = b64encode(f"any:{TOKEN}".encode()).decode()
    for value in (f"Bearer {TOKEN}", f"bearer {TOKEN}", f"Basic {basic}"):
        assert ask(guarded, method, path, [own(guarded), ("Authorization", value)]).status not in (401, 403, 421)


def test_a_foreign_page_is_refused_even_with_it(guarded: Served) -> None:
    headers = [own(guarded), ("Authorization", f"Bearer {TOKEN}"), ("Origin", "https://evil.example")]
    assert ask(guarded, "GET", "/health", headers).status == 403


def test_it_is_in_no_log(guarded: Served) -> None:
    headers = [own(guarded), ("Authorization", f"Bearer {TOKEN}")]
    ask(guarded, "GET", f"/{TOKEN}", headers)
    ask(guarded, "GET", f"/jobs?x={TOKEN}", headers)
    ask(guarded, "POST", "/tools/text-to-video/jobs", [*headers, ("Content-Type", "application/json")], b"{")
    lines = ask(guarded, "GET", "/logs?lines=2000", headers)
    assert lines.status == 200 and TOKEN.encode() not in lines.body
    assert TOKEN not in guarded.complaints
    for path in guarded.home.rglob("*"):
        assert not path.is_file() or TOKEN.encode() not in path.read_bytes(), path


def test_secrets_of_others_are_taken_out_too() -> None:
    ring = LogRing()
    ring.hide(TOKEN)
    log = logging.Logger("x")
    log.addHandler(ring)
    log.warning("plain %s", TOKEN)
    log.warning("Authorization: Bearer abcdef123456")
    log.warning("headers {'authorization': 'Basic dXNlcjpwYXNz', 'api_key': 'abcdef'}")
    log.warning("http://user:hunter2@host/path?token=abcdef&x=1")
    try:
        raise ValueError(f"password={TOKEN}")
    except ValueError:
        log.exception("it failed")
    text = "\n".join(ring.last(100))
    for secret in (TOKEN, "abcdef", "dXNlcjpwYXNz", "hunter2"):
        assert secret not in text, text
    assert "x=1" in text and "ValueError" in text


@pytest.mark.parametrize("token", ["", "  ", "two words", "ünï", "a\nb"])
def test_a_token_that_no_header_carries(token: str) -> None:
    with pytest.raises(InvalidInput):
        checked_token(token)


def test_what_counts_as_this_machine() -> None:
    assert all(map(is_loopback, ("127.0.0.1", "127.8.0.1", "::1", "[::1]", "localhost", "LOCALHOST")))
    assert not any(map(is_loopback, ("0.0.0.0", "::", "192.168.1.2", "example.org", "localhost.example.org", "")))
