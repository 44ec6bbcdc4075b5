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


def hold_at_each_step(hold: Path) -> None:
    step = NodeWork.progress

    def held(self: NodeWork, value: int, total: int, preview: PreviewSource | None = None) -> None:
        step(self, value, total, preview)
        while hold.exists():
            self.check()
            time.sleep(0.01)

    NodeWork.progress = held  # type: ignore[method-assign]


if __name__ == "__main__":
    hold_at_each_step(Path(sys.argv.pop(1)))
    sys.exit(main())
