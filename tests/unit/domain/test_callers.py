"""Who may ask a server on this machine."""

from __future__ import annotations

import pytest

from oelala_desktop.domain.callers import FOREIGN_PAGE, OwnNames, bracketed

NAMES = OwnNames(["127.0.0.1", "localhost", "[::1]", "0.0.0.0"], 8188)
HOST = (b"host", b"127.0.0.1:8188")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ([HOST], None),
        ([(b"host", b"[::1]:8188"), (b"accept", b"*/*")], None),
        ([HOST, (b"origin", b"http://localhost:8188"), (b"sec-fetch-site", b"same-origin")], None),
        ([], 421),
        ([HOST, HOST], 421),
        ([(b"host", b"127.0.0.1")], 421),
        ([(b"host", b"0.0.0.0:8188")], 421),
        ([(b"host", b"rebound.example:8188")], 421),
        ([HOST, (b"origin", b"null")], 403),
        ([HOST, (b"origin", b"https://localhost:8188")], 403),
        ([HOST, (b"sec-fetch-site", b"cross-site")], 403),
    ],
)
def test_who_is_refused(headers: list[tuple[bytes, bytes]], status: int | None) -> None:
    answer = NAMES.refuse(headers)
    sentences = {421: "This is not a name of this program; ask http://127.0.0.1:8188 instead.", 403: FOREIGN_PAGE}
    assert answer == (None if status is None else (status, sentences[status]))


def test_the_usual_port_need_not_be_said() -> None:
    assert OwnNames(["localhost"], 80).refuse([(b"host", b"localhost")]) is None


@pytest.mark.parametrize(("address", "name"), [("::1", "[::1]"), ("[::1]", "[::1]"), ("127.0.0.1", "127.0.0.1")])
def test_names_before_a_port(address: str, name: str) -> None:
    assert bracketed(address) == name
