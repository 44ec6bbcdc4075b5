"""The program in processes that begin warm: forked from one that has imported what commands import, which takes longer
than most of them. All else is their own: arguments, environment, folder, outputs, signals and exit code."""

from __future__ import annotations

import atexit
import contextlib
import gc
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Mapping, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

_COMMANDS = ("generate", "jobs", "listing", "metadata", "run", "serve", "servers")
_MODULES = ["oelala_desktop.bootstrap", "oelala_desktop.api.app", *(f"oelala_desktop.cli.{name}" for name in _COMMANDS)]


class Warm:
    """`oelala` with these arguments, begun; what of `subprocess.Popen` is used here. Its stderr goes into a file, its
    stdout too, or where none is given into the pipe `stdout`."""

    def __init__(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        folder: Path,
        err: Path,
        out: Path | None = None,
        given: Path = Path(os.devnull),
    ) -> None:
        context: Any = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(_MODULES)
        reading, writing = context.Pipe(duplex=False) if out is None else (None, out)
        files = (given, writing, err)
        self._process = context.Process(target=_oelala, args=(list(arguments), dict(environment), folder, *files))
        self._process.start()
        if reading is not None:
            writing.close()
            self.stdout = open(os.dup(reading.fileno()), encoding="utf-8")  # noqa: SIM115 - open as long as this is
            reading.close()
        self.pid: int = self._process.pid

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode  # type: ignore[no-any-return]

    def wait(self, seconds: float = 60.0) -> int:
        """Raises TimeoutExpired."""
        self._process.join(seconds)
        if self.returncode is None:
            raise subprocess.TimeoutExpired("oelala", seconds)
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def run_warm(
    arguments: Sequence[str], environment: Mapping[str, str], folder: Path, seconds: float = 60.0, given: str = ""
) -> subprocess.CompletedProcess[str]:
    """As `subprocess.run`, with what it wrote; `given` is its stdin. What does not end in time is killed, and
    TimeoutExpired raised."""
    with tempfile.TemporaryDirectory() as outputs:
        given_file, out, err = (Path(outputs, name) for name in ("given", "out", "err"))
        given_file.write_text(given, "utf-8")
        process = Warm(arguments, environment, folder, err, out, given_file)
        try:
            code = process.wait(seconds)
        finally:
            process.kill()
        return subprocess.CompletedProcess(arguments, code, out.read_text("utf-8"), err.read_text("utf-8"))


def _oelala(
    arguments: list[str], environment: dict[str, str], folder: Path, given: Path, out: Connection | Path, err: Path
) -> None:
    gc.freeze()  # what was imported before the fork is no garbage, and looking through it costs more than most commands
    os.setsid()
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    for number, target in enumerate((given, out, err)):
        kind = os.O_WRONLY | os.O_CREAT | os.O_APPEND if number else os.O_RDONLY
        opened = os.open(target, kind) if isinstance(target, Path) else target.fileno()
        os.dup2(opened, number)
        os.close(opened) if isinstance(target, Path) else target.close()
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - open to the end
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False)  # noqa: SIM115
    sys.argv = ["oelala", *arguments]
    warnings._processoptions(environment.get("PYTHONWARNINGS", "").split(","))  # type: ignore[attr-defined]
    from oelala_desktop.__main__ import main

    try:
        sys.exit(main())
    finally:
        atexit._run_exitfuncs()
        gc.collect()  # what was left open is told of now, as at the end of an interpreter
