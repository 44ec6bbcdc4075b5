"""Sketch, in a process whose jobs can be held: `holdable.py HOLD …`, the rest as `oelala_desktop.sketch` takes it.

While a file HOLD lies there the running job stands still at its next step. It can be cancelled as ever.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from oelala_desktop.sketch.__main__ import main
from oelala_desktop.sketch.executor import NodeWork
from oelala_desktop.sketch.frames import PreviewSource


class Brake:
    """Holds the jobs of the Sketch that was started with `command`, or whose `NodeWork.progress` is `step`."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.command = [sys.executable, "-P", __file__, str(file)]
        step = NodeWork.progress

        def held(work: NodeWork, value: int, total: int, preview: PreviewSource | None = None) -> None:
            step(work, value, total, preview)
            interrupt = work._executor.interrupt._flag  # a job that stands still is stopped at once
            while file.exists():
                work.check()
                interrupt.wait(0.01)

        self.step = held

    def hold(self) -> None:
        self._file.touch()

    def release(self) -> None:
        self._file.unlink(missing_ok=True)


def pid_of_sketch(home: Path) -> int:
    """The engine that a home has started, or found, last."""
    return int(json.loads((home / "sketch.json").read_bytes())["pid"])


@contextlib.contextmanager
def started(brake: Brake, *options: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, object]]]:
    """A Sketch of that brake, and what a home notes of it. Whoever starts it ends it."""
    command = [*brake.command, "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        yield process, {"pid": process.pid, "url": process.stdout.readline().split()[-1]}


@contextlib.contextmanager
def sketch_of(home: Path) -> Iterator[Brake]:
    """A Sketch that the app finds running when it uses this home, and the brake on its jobs."""
    brake = Brake(home / "hold")
    with started(brake) as (process, record):
        try:
            (home / "sketch.json").write_text(json.dumps(record))
            yield brake
        finally:
            process.terminate()


if __name__ == "__main__":
    NodeWork.progress = Brake(Path(sys.argv.pop(1))).step  # type: ignore[method-assign]
    sys.exit(main())
