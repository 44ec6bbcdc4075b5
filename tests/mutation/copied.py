"""A copy of the checkout in a folder of its own, in which mutants live and tests are run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.mutation.mutants import Mutant

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "oelala_desktop"
_KEPT = (PACKAGE, "tests", "workflows", "resources", "docs", "packaging")
_UNWANTED = shutil.ignore_patterns(".git", ".venv", "screenshots", ".pytest_cache", ".mypy_cache")


class Copy:
    """`python` and all libraries are those that this process has. Nothing of the checkout itself is ever written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "checkout"
        self._scratch = folder / "run"
        self._folder.mkdir(parents=True)
        for name in _KEPT:
            shutil.copytree(ROOT / name, self._folder / name, ignore=_UNWANTED)
        for path in ROOT.iterdir():
            if path.is_file() and not path.name.startswith("."):
                shutil.copy2(path, self._folder)
        warm = self._folder / "tests/mutation/warm.py"
        command = [sys.executable, str(warm), str(self._folder), str(ROOT)]
        self._warm = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def close(self) -> None:
        self._warm.communicate()

    def run(
        self, tests: list[str] | None, *, files: list[str] | None = None, seconds: float, first: bool = True,
        watch: list[str] | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        """What came of these tests in this order, or of all in the files; see `warm`."""
        wanted = files or sorted({test.partition("::")[0] for test in tests or ()})
        request = {
            "tests": tests, "files": wanted, "first": first, "seconds": seconds, "scratch": str(self._scratch),
            "watch": [str(self._folder / PACKAGE / glob) for glob in watch or ()] or None,
        }  # fmt: skip
        assert self._warm.stdin is not None and self._warm.stdout is not None
        self._warm.stdin.write(json.dumps(request) + "\n")
        self._warm.stdin.flush()
        answer: dict[str, Any] = json.loads(self._warm.stdout.readline())
        return answer

    @contextmanager
    def with_mutant(self, mutant: Mutant) -> Iterator[None]:
        path = self._folder / PACKAGE / mutant.path
        source, times = path.read_bytes(), path.stat()
        path.write_bytes(mutant.applied(source))
        yield
        path.write_bytes(source)
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))  # by which compiled code is known to be of it
