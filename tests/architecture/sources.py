"""The files of the project, for rules that hold for all of them."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "oelala_desktop"
_MADE = {"__pycache__", "node_modules", "build", "dist"}


def files_below(folder: Path, *suffixes: str) -> list[Path]:
    """All files of these kinds but those that tools made."""
    found = (p for p in folder.rglob("*") if p.suffix in suffixes and p.is_file())
    return sorted(p for p in found if not any(part in _MADE or part.startswith(".") for part in p.parts))


def python_files() -> list[Path]:
    return [p for top in ("oelala_desktop", "tests", "packaging") for p in files_below(ROOT / top, ".py")]


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
