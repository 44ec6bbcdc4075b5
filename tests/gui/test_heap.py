"""What was freed is given back to the system."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

_PROGRAM = """
import threading
from PySide6.QtCore import QCoreApplication
from oelala_desktop.ui.process.heap import Heap
from tests.benchmarks.bench_gallery import resident
app = QCoreApplication([])
heap = Heap(app) if {kept} else None
def work():
    # pictures of several sizes decoded in turn, a small thing kept after each
    for turn in range(12):
        pieces = [bytearray(size) for size in (30_000_000, 3_000_000, 900_000, 200_000)]
        kept.append(bytearray(2000))
        small.extend(bytearray(60_000) for _ in range(100))
        del pieces
kept, small = [], []
before = resident()
threads = [threading.Thread(target=work) for _ in range(6)]
for thread in threads: thread.start()
for thread in threads: thread.join()
del small[::2], small[:]
if heap is not None: heap.trim()
print((resident() - before) // 2**20)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="that is how glibc is")
def test_what_threads_have_freed_is_given_back() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM.format(kept=True)], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < 20
