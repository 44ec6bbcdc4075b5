"""One Sketch for many homes, lent to each as if it had started it."""

from __future__ import annotations

import atexit
import json
import subprocess
import sys
from pathlib import Path

_started: list[tuple[subprocess.Popen[str], str]] = []


def lend_sketch(home: Path) -> None:
    """Whatever uses this home finds the one of this test session running. It remembers the results of its last job, so
    the same job once more shows no progress."""
    if not _started or _started[-1][0].poll() is not None:
        command = [sys.executable, "-m", "oelala_desktop.sketch", "--port", "0", "--idle-exit", "300"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
        assert process.stdout is not None
        with process.stdout:
            _started.append((process, process.stdout.readline().split()[-1]))
        atexit.register(process.terminate)
    process, url = _started[-1]
    (home / "sketch.json").write_text(json.dumps({"pid": process.pid, "url": url}))


def is_lent(pid: int) -> bool:
    return any(process.pid == pid for process, _ in _started)
