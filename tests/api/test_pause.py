"""The queue paused and gone on with over the local API."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from tests.api.test_serve import serve


def test_a_paused_queue_says_so_and_goes_on_when_asked(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with serve(home) as served:
        assert httpx.get(f"{served.url}/health").json()["paused"] is False
        assert httpx.post(f"{served.url}/queue", json={"paused": True}).json() == {"paused": True}
    with serve(home) as served:
        assert "The queue is paused" in served.complaints
        made = httpx.post(f"{served.url}/tools/text-to-image/jobs", json={"prompt": "a boat"})
        assert made.status_code == 202 and httpx.get(f"{served.url}/health").json()["paused"] is True
        assert httpx.get(f"{served.url}/jobs/{made.json()['job_id']}").json()["state"] == "queued"
        assert httpx.post(f"{served.url}/queue", json={"paused": False}).json() == {"paused": False}
        with httpx.stream("GET", f"{served.url}/events", timeout=60) as stream:
            job = f"{served.url}/jobs/{made.json()['job_id']}"
            assert any(httpx.get(job).json()["state"] == "done" for _ in stream.iter_lines())


@pytest.mark.parametrize("body", [{}, {"paused": "yes"}, {"paused": 1}, {"paused": True, "x": 1}, []])
def test_what_is_no_pause_is_refused(client: httpx.Client, body: object) -> None:
    assert client.post("/queue", json=body).status_code == 422
