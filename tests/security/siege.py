"""Connections that are opened and left: `python -m tests.security.siege 3000` serves a home, opens that many, and says
whether others are answered and a job comes to its end meanwhile."""

import contextlib
import resource
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil

from tests.api.serving import Served, serve, submit, wait_for

#: what is sent before the silence; PORT stands for the server's
HALVES = (
    b"",
    b"GET /health HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\n",
    b"POST /extract-metadata HTTP/1.1\r\nHost: 127.0.0.1:PORT\r\nContent-Length: 99\r\n\r\nhalf",
)


@contextlib.contextmanager
def besieged(served: Served, count: int, half: bytes | None = None) -> Iterator[list[socket.socket]]:
    """That many connections with half a request each, the same or every kind by turns."""
    with contextlib.ExitStack() as stack:
        opened = []
        for number in range(count):
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", served.port), timeout=60))
            words = HALVES[number % len(HALVES)] if half is None else half
            with contextlib.suppress(ConnectionError):  # it may be closed already
                connection.sendall(words.replace(b"PORT", str(served.port).encode()))
            opened.append(connection)
        yield opened


def taken(served: Served) -> None:
    """The server has come to the end of the siege. One who joins in the same breath as its last connections, with no
    descriptor free before the loop's next turn, is refused with them; whoever asks after it is not."""
    with served.client() as client:
        for _ in range(100):
            with contextlib.suppress(httpx.TransportError):
                assert client.get("/health").status_code == 200
                return
    raise AssertionError("the siege is refused, and everyone with it")


def work_goes_on(served: Served) -> dict[str, float]:
    """Others are answered and a job is done; how long each took, in seconds, and how many descriptors were open."""
    since = time.perf_counter()
    with served.client() as client:
        assert client.get("/health").json()["status"] == "ok"
        answered = time.perf_counter() - since
        job = wait_for(client, submit(client)["job_id"])
        assert job["state"] == "done" and client.get(job["outputs"][0]["url"]).status_code == 200, job
    done = time.perf_counter() - since
    return {"answered": answered, "done": done, "descriptors": psutil.Process(served.process.pid).num_fds()}


def main(count: int) -> None:
    soft, hard = 1024, resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder) / "home") as served:
        # ours alone: the server that runs already keeps the limit it was given
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, count + 256), hard))
        for half in (None, *HALVES):
            with besieged(served, count, half):
                print(count, half, work_goes_on(served), "of", soft, "bytes of complaint:", len(served.complaints))


if __name__ == "__main__":
    main(int(sys.argv[1]))
