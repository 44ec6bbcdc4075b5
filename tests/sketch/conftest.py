"""A real Sketch process for the whole session."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.sketch.client import Client, png


@contextmanager
def sketch_process(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start Sketch on a free port; gives the process and its address, and ends it at the end."""
    command = [sys.executable, "-m", "oelala_desktop.sketch", "--port", "0", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline().strip()
            assert line.startswith("sketch listening on http://"), line
            yield process, line.removeprefix("sketch listening on ")
        finally:
            process.terminate()
            process.wait(40)


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the session's server keeps its files."""
    return tmp_path_factory.mktemp("sketch")


@pytest.fixture(scope="session")
def server(base: Path) -> Iterator[str]:
    with sketch_process("--idle-exit", "0", "--base-dir", str(base)) as (_, address):
        yield address


@pytest.fixture
def client(server: str) -> Iterator[Client]:
    """A client of the session's server, whose input folder holds `start.png`."""
    made = Client(server)
    with made.http:
        made.upload("start.png", png(), overwrite="true")
        yield made
        made.http.post("/queue", json={"clear": True})
        made.http.post("/interrupt")
