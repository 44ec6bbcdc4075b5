"""From the start of a process to the first painted shell, and to the start page that can be used, against a fresh
process that imports QtWidgets and paints an empty QMainWindow. Every start is a real one in a process of its own; the
parent's clock counts from before the process is made."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from statistics import median

_EMPTY = """
import sys, time
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication(sys.argv)
class Window(QMainWindow):
    def paintEvent(self, event):
        super().paintEvent(event)
        print("painted", time.monotonic(), flush=True)
        QTimer.singleShot(0, app.quit)
window = Window(); window.resize(1440, 900); window.show()
app.exec()
"""

_OURS = """
import argparse, sys, time
from oelala_desktop.ui import app as program
from PySide6.QtCore import QEvent, QObject, QTimer
class Watched(program.Shell):
    def __init__(self):
        super().__init__()
        self.painted = False
        self.watch = QTimer(self)
        self.watch.setInterval(2)
        self.watch.timeout.connect(self.look)
        self.watch.start()
    def paintEvent(self, event):
        super().paintEvent(event)
        if not self.painted:
            self.painted = True
            print("painted", time.monotonic(), flush=True)
    def look(self):
        page = self.page("image-to-video")
        if page is not None and page.isVisible() and page.form.generate.isVisible():
            self.watch.stop()
            print("usable", time.monotonic(), flush=True)
            import os, signal
            os.kill(os.getpid(), signal.SIGTERM)
program.Shell = Watched
sys.exit(program.run_window(argparse.Namespace(command="window", files=[], engine="http://127.0.0.1:9")))
"""


def _start(code: str, home: str) -> dict[str, float]:
    """Seconds from before the process to each mark that it prints."""
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "OELALA_HOME": home,
        # Only the first start of an installed program compiles it, whatever this shell says about bytecode.
        "PYTHONDONTWRITEBYTECODE": "",
        "PYTHONPYCACHEPREFIX": os.path.join(home, "bytecode"),
    }
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    marks = [line.split() for line in done.stdout.splitlines() if len(line.split()) == 2]
    times = {mark: float(at) - began for mark, at in marks}
    if "painted" not in times:
        raise RuntimeError(f"the window did not paint: {done.stderr[-2000:]}")
    return times


def run(full: bool = False) -> Iterator[dict[str, object]]:
    """Median of interleaved rounds."""
    rounds = 15 if full else 6
    empty, shell, page = [], [], []
    with tempfile.TemporaryDirectory(prefix="oelala-bench-", ignore_cleanup_errors=True) as home:
        for code in (_EMPTY, _OURS):
            _start(code, home)  # what the first start ever writes (databases, bytecode) is not this figure's matter
        for _ in range(rounds):
            empty.append(_start(_EMPTY, home)["painted"])
            marks = _start(_OURS, home)
            shell.append(marks["painted"])
            page.append(marks["usable"])
    yard = median(empty)
    for name, values, goal in (("first painted shell", shell, 1.6), ("usable start page", page, 2.2)):
        value = median(values)
        yield {
            "name": "startup",
            "what": name,
            "value": round(value * 1000, 1),
            "unit": "ms",
            "yardstick": f"empty QMainWindow painted in {yard * 1000:.1f} ms",
            "ratio": round(value / yard, 3),
            "goal": goal,
            "met": value / yard <= goal,
        }
