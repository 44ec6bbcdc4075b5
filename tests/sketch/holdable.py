"""Sketch, in a process whose jobs can be held: `holdable.py HOLD …`, the rest as `oelala_desktop.sketch` takes it.

While a file HOLD lies there the running job stands still at its next step. It can be cancelled as ever.
"""

from __future__ import annotations

import sys
import time
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
            while file.exists():
                work.check()
                time.sleep(0.01)

        self.step = held

    def hold(self) -> None:
        self._file.touch()

    def release(self) -> None:
        self._file.unlink(missing_ok=True)


if __name__ == "__main__":
    NodeWork.progress = Brake(Path(sys.argv.pop(1))).step  # type: ignore[method-assign]
    sys.exit(main())
