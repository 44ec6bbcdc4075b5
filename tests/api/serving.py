"""`oelala serve` as a process, for tests that talk to it over real sockets."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx

from tests.sketch.shared import lend_sketch
from tests.waiting import until_sync
from tests.warm import Warm

T = TypeVar("T")

PICTURE = Path(__file__).parents[2] / "resources" / "examples" / "harbour.jpg"


@dataclass
class Served:
    process: Warm
    url: str
    home: Path

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    @property
    def complaints(self) -> str:
        """What it said on stderr."""
        return (self.home / "stderr.txt").read_text()

    def client(self, **options: Any) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=30, **options)


@contextmanager
def serve(home: Path, *arguments: str, engine: str = "sketch") -> Iterator[Served]:
    """Starts it on a free port, gives it once it is ready, and ends it with SIGTERM."""
    home.mkdir(exist_ok=True)
    if not (home / "sketch.json").exists():
        lend_sketch(home)
    command = ["serve", "--port", "0", "--engine", engine, *arguments]
    environment = {**os.environ, "OELALA_HOME": str(home), "PYTHONWARNINGS": "error"}
    process = Warm(command, environment, home, home / "stderr.txt")
    with process.stdout:
        try:
            line = process.stdout.readline().strip()
            served = Served(process, line.removeprefix("listening on "), home)
            assert line.startswith("listening on http://"), (line, served.complaints)
            yield served
        finally:
            process.terminate()
            process.wait(40)


def submit(client: httpx.Client, **fields: str) -> dict[str, Any]:
    """Sends the example picture with short, quick settings."""
    values = {"prompt": "slow zoom in", "duration": "1", "fps": "8", **fields}
    files = {"file": ("harbour.jpg", PICTURE.read_bytes(), "image/jpeg")}
    answer = client.post("/wan22/image-to-video", data=values, files=files)
    assert answer.status_code == 202, answer.text
    return dict(answer.json())


def wait_for(client: httpx.Client, job_id: str, *states: str) -> dict[str, Any]:
    """The job once it is over, or has come to one of those states."""

    def come_to_it() -> dict[str, Any] | None:
        job: dict[str, Any] = client.get(f"/jobs/{job_id}").json()
        return job if job["state"] in (*states, "done", "failed", "cancelled", "lost") else None

    found = until_sync(come_to_it, f"the end of job {job_id}")
    assert found is not None
    return found


def until_listed(served: Served, found: Callable[[dict[str, Any]], T], what: str, **query: object) -> T:
    """What is found on a page of the listing, once it is something true: it comes as files are read."""
    with served.client() as client:
        return until_sync(lambda: found(client.get("/list-comfyui-media", params=query).json()), what)


class Stream:
    """Server-sent events off a response, one dict an event."""

    def __init__(self, response: httpx.Response) -> None:
        self._lines = response.iter_lines()

    def __iter__(self) -> Iterator[dict[str, Any]]:
        row: dict[str, Any] = {}
        for line in self._lines:
            if not line:
                if "event" in row:
                    yield row
                row = {}
            elif not line.startswith(":"):
                key, _, value = line.partition(": ")
                row[key] = json.loads(value) if key == "data" else value
