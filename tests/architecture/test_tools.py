"""What the project's own tools say of it: layers, lint, format, types."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT

BIN = Path(sys.executable).parent


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=540)


def test_imports_run_one_way() -> None:
    ran = run(str(BIN / "lint-imports"))
    assert ran.returncode == 0, ran.stdout


def test_lint() -> None:
    ran = run(sys.executable, "-m", "ruff", "check", "--output-format=concise", ".")
    assert ran.returncode == 0, ran.stdout


def test_format() -> None:
    ran = run(sys.executable, "-m", "ruff", "format", "--check", ".")
    assert ran.returncode == 0, ran.stdout


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_types() -> None:
    ran = run(sys.executable, "-m", "mypy")
    assert ran.returncode == 0, ran.stdout[-5000:]
