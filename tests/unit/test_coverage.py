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
    "comfy/failures.py",
    "comfy/following.py",
)
#: take the longest by far, and no branch that the others leave out
LONG = (
    "tests/unit/domain/test_hostile_workflows.py::test_every_place_with_every_odd_value",
    "tests/unit/domain/editor/test_hostile.py::test_every_place_with_every_odd_value",
)
#: seconds; how fast a machine is says nothing here, this ends only what hangs
GUARD = 1200


def own_tests() -> list[str]:
    names = [Path(name).stem for name in COVERED if name.startswith("comfy/")]
    found = [path for name in names for path in sorted(ROOT.glob(f"tests/unit/comfy/test_{name}*.py"))]
    assert len(found) >= len(names)
    return ["tests/unit/domain", *map(str, found)]


@pytest.mark.slow
@pytest.mark.timeout(2 * GUARD + 60)
def test_every_branch_of_the_pure_parts_is_taken(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    if not pytestconfig.getoption("--all"):
        pytest.skip("runs every test of the pure parts once more: with --all")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("COVERAGE_", "COV_"))}
    environment["COVERAGE_FILE"] = str(tmp_path / "coverage")

    def coverage(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "coverage", *arguments]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=GUARD)

    left_out = [f"--deselect={name}" for name in LONG]
    suite = ("-m", "pytest", *own_tests(), *left_out, "-q", "-p", "no:cacheprovider", f"--timeout={GUARD}")
    ran = coverage("run", "--branch", "--source=oelala_desktop.domain,oelala_desktop.comfy", *suite)
    assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-1000:]
    listed = ",".join(f"oelala_desktop/{name}" for name in COVERED)
    report = coverage("report", "--fail-under=100", "--show-missing", "--skip-covered", f"--include={listed}")
    assert report.returncode == 0, report.stdout
