"""What lies where the record of the running Sketch and its lock should be."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from oelala_desktop.comfy.process import SketchProcess
from oelala_desktop.domain.errors import CannotSave


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no such pipes")
async def test_nothing_waits_for_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "sketch.json")
    os.mkfifo(tmp_path / "sketch.lock")
    sketch = SketchProcess(tmp_path / "sketch.json")
    assert await sketch.running() is None
    with pytest.raises(CannotSave, match=r"sketch\.lock is no file; remove it\."):
        await sketch.address()
