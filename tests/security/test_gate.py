"""Every route behind the gate: names that are not ours, pages of other sites, upgrades."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from oelala_desktop.api.security import Gate, Policy
from tests.api.serving import Served, serve
from tests.security.asking import ROUTES, ask, own, send
from tests.security.vectors import ALLOWED, REFUSED, filled

UPGRADE = (403, [("Host", "127.0.0.1:PORT"), ("Upgrade", "websocket"), ("Connection", "Upgrade")])


def check_headers(headers: dict[str, str], path: str) -> None:
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    if path != "/docs":
        assert headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert not [name for name in headers if name.startswith("access-control-")]
    assert "server" not in headers


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_no_vector_gets_through(served: Served, method: str, path: str) -> None:
    for status, headers in (*REFUSED, UPGRADE):
        answer = ask(served, method, path, filled(headers, served))
        assert answer.status == status, (headers, answer)
        check_headers(answer.headers, "")
        if method != "HEAD":
            assert set(answer.json()) == {"detail"}


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_our_own_requests_get_through(served: Served, method: str, path: str) -> None:
    for headers in ALLOWED:
        answer = ask(served, method, path, filled(headers, served))
        assert answer.status not in (401, 403, 421) and answer.status < 500, (headers, answer)
        check_headers(answer.headers, path)


def test_a_second_or_missing_host_is_refused(served: Served) -> None:
    for headers in ([], [own(served), own(served)], [own(served), ("Host", "evil.example")]):
        assert ask(served, "GET", "/health", headers).status in (400, 421)


def test_routes_here_are_all_that_there_are(served: Served) -> None:
    """A route that is added must be added to the list that is attacked."""
    document = httpx.get(f"{served.url}/openapi.json").json()
    for path, methods in document["paths"].items():
        shape = path.split("{")[0]
        for method in methods:
            assert any(m == method.upper() and p.startswith(shape) for m, p in ROUTES), (method, path)


def test_the_page_of_the_document_loads_nothing_from_elsewhere(served: Served) -> None:
    page = httpx.get(f"{served.url}/docs")
    policy = page.headers["content-security-policy"]
    assert page.status_code == 200 and policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy and "connect-src 'self'" in policy and "frame-ancestors 'none'" in policy
    assert "http://" not in page.text and "https://" not in page.text and "src=" not in page.text
    assert "innerHTML" not in page.text


async def test_an_upgrade_is_refused_by_the_gate_itself() -> None:
    """Whatever server runs it: one that speaks web sockets gets the same answers."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise AssertionError("the application was reached")

    for headers, extension, expected in (
        ([(b"host", b"evil.example")], True, 421),
        ([(b"host", b"localhost:5")], True, 403),
        ([(b"host", b"evil.example")], False, None),
        ([(b"host", b"localhost:5"), (b"origin", b"null")], True, 403),
    ):
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "websocket.connect"}

        async def send(message: Any, sent: list[dict[str, Any]] = sent) -> None:
            sent.append(dict(message))

        extensions = {"websocket.http.response": {}} if extension else {}
        scope = {"type": "websocket", "headers": headers, "extensions": extensions}
        await Gate(app, Policy(["localhost"], 5, None), lambda path: 10)(scope, receive, send)
        assert sent[0].get("status") == expected
        assert sent[0]["type"] == ("websocket.http.response.start" if extension else "websocket.close")


def test_an_upgrade_is_no_reason_to_advise_an_installation(tmp_path: Path) -> None:
    with serve(tmp_path / "home") as served:
        for kind in ("websocket", "h2c", "nonsense"):
            lines = ("GET /health HTTP/1.1", ": ".join(own(served)), f"Upgrade: {kind}", "Connection: Upgrade, close")
            assert send(served, "\r\n".join((*lines, "", "")).encode()).status in (200, 403)
        assert "pip install" not in served.complaints and "upgrade" not in served.complaints.lower()
