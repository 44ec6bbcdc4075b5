"""Files on their way in while the disk fills up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request

from oelala_desktop.api.limits import SPARE
from oelala_desktop.api.upload import Form, Slot, read_form
from oelala_desktop.domain.errors import CannotSave

HEAD = b'--b\r\nContent-Disposition: form-data; name="video"; filename="a.mp4"\r\n\r\n'
PIECES = [HEAD, *[bytes(2**20)] * 8, b"\r\n--b--\r\n"]


def request(pieces: list[bytes]) -> Request:
    coming = iter(pieces)

    async def receive() -> dict[str, Any]:
        piece = next(coming, None)
        return {"type": "http.request", "body": piece or b"", "more_body": piece is not None}

    headers = [(b"content-type", b"multipart/form-data; boundary=b")]
    return Request({"type": "http", "method": "POST", "headers": headers}, receive)


def large(name: str, form: Form) -> Slot:
    return Slot(2**30, large=True)


async def test_a_video_ends_where_the_disk_would_be_full(tmp_path: Path) -> None:
    left = iter([SPARE + 2**22, SPARE + 2**21, SPARE - 1])
    with pytest.raises(CannotSave, match=r"nearly full: there is no room for video\. Free some space\."):
        await read_form(request(PIECES), tmp_path, large, lambda folder: next(left))
    (kept,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert kept.stat().st_size == 2 * 2**20


async def test_a_video_that_fits_is_kept_whole(tmp_path: Path) -> None:
    form = await read_form(request(PIECES), tmp_path, large, lambda folder: SPARE)
    path = form.file("video")
    assert path is not None and (path.name, path.stat().st_size) == ("a.mp4", 8 * 2**20)


async def test_a_picture_takes_what_there_is(tmp_path: Path) -> None:
    form = await read_form(request(PIECES), tmp_path, lambda name, form: Slot(2**24), lambda folder: 0)
    assert form.file("video") is not None
