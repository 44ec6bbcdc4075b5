"""The last records of a process, with secrets taken out before they are kept."""

from __future__ import annotations

import logging
import time

import pytest

from oelala_desktop.services.health.log_ring import LogEntry, LogRing, Redaction


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("Bearer abcd.ef-g_h~i+j/k=", "Bearer •••"),
        ("basic   QWxhZGRpbg==", "basic •••"),
        ("bearer abc", "bearer abc"),  # too short for one
        ("Authorization: abcdefgh", "Authorization: •••"),
        ("authorization: Bearer abcdefgh", "authorization: Bearer •••"),
        ("token=abc, next", "token=•••, next"),
        ("my-api_token : 'abc'", "my-api_token : '•••'"),
        ("X-Access-Token=abc;b", "X-Access-Token=•••;b"),
        ("apikey=a&b=c", "apikey=•••&b=c"),
        ('"api-key": "abc"', '"api-key": "•••"'),
        ("API_KEY=abc", "API_KEY=•••"),
        ("password=hunter2 more", "password=••• more"),
        ("secret: x", "secret: •••"),
        ("https://user:pass@host/x", "https://•••@host/x"),
        ("see user@host and http://host/a@b", "see user@host and http://host/a@b"),
        ("a token of thanks", "a token of thanks"),
    ],
)
def test_what_looks_like_a_secret(text: str, seen: str) -> None:
    assert Redaction()(text) == seen


def test_secrets_that_were_told_wherever_they_stand() -> None:
    redaction = Redaction()
    redaction.hide("four")
    redaction.hide("six")
    assert redaction("fourteen, six and four") == "•••teen, six and •••"


def entry(ring: LogRing, text: str, level: int = logging.INFO) -> LogEntry:
    record = logging.LogRecord("engine", level, "x.py", 1, text, None, None)
    ring.handle(record)
    (found,) = ring.since(ring._count - 1)
    return found


def test_a_line_is_as_a_log_file_has_it() -> None:
    ring = LogRing()
    found = entry(ring, "it went on", logging.WARNING)
    moment = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(found.when))
    assert found.line == f"{moment} WARNING engine: it went on"
    assert (found.number, found.level, found.source, found.text) == (1, 30, "engine", "it went on")


def test_lines_are_cut_and_secrets_hidden_before_they_are_kept() -> None:
    redaction = Redaction()
    ring = LogRing(redaction)
    redaction.hide("hunter22")
    assert entry(ring, "x" * 4001 + "\nhunter22").text == "x" * 4000 + "\n•••"
    ring.hide("another")
    assert entry(ring, "another one").text == "••• one"


def test_what_is_finer_than_information_is_not_kept() -> None:
    assert LogRing().level == logging.INFO


def test_two_thousand_are_kept_and_those_after_a_number_told() -> None:
    ring = LogRing()
    for number in range(1, 2003):
        entry(ring, str(number))
    assert [found.text for found in ring.since(0)] == [str(number) for number in range(3, 2003)]
    assert [found.number for found in ring.since(2000)] == [2001, 2002]
    assert ring.since(2002) == ring.since(5000) == []
    assert len(ring.since(2)) == 2000 and len(ring.since(3)) == 1999


def test_the_last_lines() -> None:
    ring = LogRing()
    for text in ("one", "two\nthree", "four"):
        entry(ring, text)
    assert [line.rpartition(": ")[2] for line in ring.last(3)] == ["two", "three", "four"]
    assert [line.rpartition(": ")[2] for line in ring.last(2)] == ["three", "four"]
    assert (len(ring.last(9)), ring.last(0)) == (4, [])
