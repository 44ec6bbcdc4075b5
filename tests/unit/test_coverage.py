"""The pure parts are covered to the last branch, by their own tests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COVERED = (
    "domain/*",
    "comfy/messages.py",
    "comfy/tracker.py",
    "comfy/refusal.py",
    "comfy/answers.py",
    "comfy/catalog.py",
)


@pytest.mark.slow
def test_every_branch_of_the_pure_parts_is_taken(tmp_path: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("COVERAGE_", "COV_"))}
    environment["COVERAGE_FILE"] = str(tmp_path / "coverage")

    def coverage(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "coverage", *arguments]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=110)

    suite = ("-m", "pytest", "tests/unit/domain", "tests/unit/comfy", "-q", "-p", "no:cacheprovider")
    ran = coverage("run", "--branch", "--source=oelala_desktop.domain,oelala_desktop.comfy", *suite)
    assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-1000:]
    listed = ",".join(f"oelala_desktop/{name}" for name in COVERED)
    report = coverage("report", "--fail-under=100", "--show-missing", "--skip-covered", f"--include={listed}")
    assert report.returncode == 0, report.stdout
