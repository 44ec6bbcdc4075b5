"""A server's bodies as values."""

from __future__ import annotations

import httpx
import orjson
import pytest

from oelala_desktop.comfy.replies import parse
from oelala_desktop.domain.errors import EngineAnswer

URL = "http://127.0.0.1:8188"


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"a": "\\ud83d", "\\udfff": ["x\\ud800"]}', {"a": "?", "?": ["x?"]}),
        (b'{"a": "\\ud83d\\ude00", "b": NaN}', {"a": "\U0001f600"}),
    ],
)
def test_every_text_of_an_answer_can_be_written_down(body: bytes, value: dict[str, object]) -> None:
    """Half a surrogate pair would break the database, the next request and the screen, each at its own time."""
    answer = parse(httpx.Response(200, content=body), URL)
    assert {key: answer[key] for key in value} == value
    orjson.dumps(answer)


@pytest.mark.parametrize("body", [b"[" * 900 + b"NaN" + b"]" * 900, b"[" * 10**5, b"\xff", b""])
def test_what_is_no_json_is_said(body: bytes) -> None:
    try:
        parse(httpx.Response(200, content=body), URL)
    except EngineAnswer as error:
        assert "not JSON" in error.message
