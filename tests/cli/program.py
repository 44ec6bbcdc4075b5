"""The command line as its user meets it: a process, its two outputs, its exit code."""

from __future__ import annotations

import contextlib
import json
import os
import signal
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.sketch.shared import is_lent, lend_sketch
from tests.waiting import until_sync
from tests.warm import Warm, run_warm

ROOT = Path(__file__).resolve().parents[2]
HARBOUR = ROOT / "resources" / "examples" / "harbour.jpg"
Event = dict[str, Any]


class Result:
    """What one run came to."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def lines(self) -> list[Event]:
        """stdout as JSON lines; every line must be one."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def last(self) -> Event:
        return self.lines[-1]

    @property
    def sentence(self) -> str:
        """The one line of stderr."""
        lines = self.err.strip().splitlines()
        assert len(lines) == 1, self.err
        return lines[0]

    def __repr__(self) -> str:
        return f"exit {self.code}\n{self.out[-2000:]}\n{self.err[-3000:]}"


class Program:
    """`oelala` with a home folder of its own and no ComfyUI within reach but those that are named."""

    def __init__(self, home: Path) -> None:
        self.home = home
        home.mkdir(parents=True, exist_ok=True)
        (home / "preferences.json").write_text('{"engine_url": "http://127.0.0.1:9"}')
        lend_sketch(home)
        self.environment = {
            k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
        } | {"OELALA_HOME": str(home), "PYTHONWARNINGS": "error::ResourceWarning"}

    def run(self, *arguments: str | Path, timeout: float = 60, **environment: str) -> Result:
        ran = run_warm([*map(str, arguments)], self.environment | environment, self.home, timeout)
        return Result(ran.returncode, ran.stdout, ran.stderr)

    def run_all(self, calls: Mapping[str, Sequence[str | Path]]) -> dict[str, Result]:
        """Several runs at the same time, by name."""
        with ThreadPoolExecutor(3) as pool:
            return dict(zip(calls, pool.map(lambda words: self.run(*words), calls.values()), strict=True))

    def generate(self, tool: str, *arguments: str | Path, engine: str = "sketch", **settings: object) -> Result:
        """`oelala generate TOOL --json` with settings by --set."""
        pairs = [word for k, v in settings.items() for word in ("--set", f"{k}={v}")]
        return self.run("generate", tool, *arguments, *pairs, "--engine", engine, "--json")

    @contextlib.contextmanager
    def started(self, *arguments: str | Path) -> Iterator[Running]:
        """A run that goes on; killed at the end if it is still there."""
        err = self.home / "stderr.txt"
        err.unlink(missing_ok=True)
        process = Warm([*map(str, arguments)], self.environment, self.home, err)
        with process.stdout:
            try:
                yield Running(process, err)
            finally:
                process.kill()

    def files(self) -> list[str]:
        """Names in the output folder."""
        folder = self.home / "output"
        return sorted(p.name for p in folder.iterdir()) if folder.is_dir() else []

    def jobs(self) -> list[Event]:
        return self.run("jobs", "--json").lines

    def stop_sketch(self) -> None:
        """Ends the engine that this home has started, by its own record."""
        record = self.home / "sketch.json"
        pid = json.loads(record.read_bytes())["pid"] if record.exists() else 0
        if pid and not is_lent(pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
                until_sync(lambda: not _is_there(pid), "the end of Sketch")


class Running:
    """A run under way. Its lines are read one after the other."""

    def __init__(self, process: Warm, err: Path) -> None:
        self.process = process
        self.lines: list[Event] = []
        self._err = err

    def until(self, event: str, at_least: float = 0.0) -> Event:
        """The next event of that name; a progress of at least that much."""
        for raw in self.process.stdout:
            line: Event = json.loads(raw)
            self.lines.append(line)
            if line["event"] == event and line.get("progress", 1.0) > at_least:
                return line
        raise AssertionError(f"no {event}: {self.lines[-1:]} {self._err.read_text()!r}")

    def end(self) -> Result:
        """Waits for it."""
        out = self.process.stdout.read()
        return Result(self.process.wait(), out, self._err.read_text())

    def interrupt(self) -> Result:
        """Ctrl-C, and what follows."""
        self.process.send_signal(signal.SIGINT)
        return self.end()

    def kill(self) -> None:
        """SIGKILL: no time to tidy up."""
        self.process.kill()
        self.end()


def _is_there(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
