"""Rules of the house that no tool knows."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tests.architecture.sources import PACKAGE, ROOT, files_below, python_files, shown

LONGEST = 400  # lines of a file
TELLING = 75  # lines from which on a public function or class must say what it is for
EMPTY_NAMES = re.compile(r"(utils?|helpers?|misc|common|managers?|base|stuff)\.py")
#: where tests may let time pass: what measures it, and the one place that the others wait by
MAY_SLEEP = ("tests/benchmarks", "tests/waiting.py", "tests/clock.py")
SLEEP = re.compile(r"(?<!def )(?<!(?i:clock)\.)\bsleep\((?!0\))")  # of nothing at all it is a turn of the loop
FACES_WITHOUT_QT = (
    *("bootstrap", "cli", "cli.generate", "cli.jobs", "cli.listing", "cli.metadata", "cli.serve"),
    *(
        "services.queue.jobs",
        "services.library.library",
        "services.engines.engine",
        "api.server",
        "sketch.server",
        "metadata",
    ),
)

#: milliseconds each, and of no use to a form that nobody has filled in yet
AFTER_THE_FIRST_PAGE = (
    *("oelala_desktop.domain.preset", "oelala_desktop.domain.catalog", "oelala_desktop.domain.models"),
    *("html.parser", "fractions", "sqlite3", "asyncio"),
)


@cache
def trees() -> list[tuple[Path, ast.Module]]:
    return [(path, ast.parse(path.read_text("utf-8"))) for path in files_below(PACKAGE, ".py")]


def test_no_file_is_long() -> None:
    long = {shown(p): n for p in python_files() if (n := len(p.read_text("utf-8").splitlines())) >= LONGEST}
    assert long == {}


def test_no_file_has_a_name_that_says_nothing() -> None:
    assert [shown(p) for p in python_files() if EMPTY_NAMES.fullmatch(p.name)] == []


def test_every_module_says_what_it_is() -> None:
    assert [shown(p) for p, tree in trees() if tree.body and not ast.get_docstring(tree)] == []


def test_what_is_public_and_large_says_what_it_is_for() -> None:
    """A class that is alone in its file, or has its name, is told of by the file."""
    silent = []
    for path, tree in trees():
        public = [n for n in tree.body if isinstance(n, ast.ClassDef) and not n.name.startswith("_")]
        for node in ast.walk(tree):
            if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            lines = (node.end_lineno or node.lineno) - node.lineno
            alone = public == [node] or node.name.lower() == path.stem.replace("_", "")
            told = node.name.startswith("_") or ast.get_docstring(node) or alone
            if lines > TELLING and not told:
                silent.append(f"{shown(path)}: {node.name}")
    assert silent == []


def test_nothing_is_global() -> None:
    found = [
        f"{shown(path)}:{node.lineno}"
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Global)
    ]
    assert found == []


def test_every_package_of_tests_is_one() -> None:
    folders = {p.parent for p in python_files() if p.is_relative_to(ROOT / "tests")}
    assert [shown(folder) for folder in sorted(folders) if not (folder / "__init__.py").is_file()] == []


def test_no_test_sleeps() -> None:
    """A test waits for what it is told of (`tests/waiting.py`); a pause is too short on one machine, too long on
    another."""
    tests = [path for path in python_files() if path.is_relative_to(ROOT / "tests")]
    found = [
        f"{shown(path)}:{number}"
        for path in tests
        if not any(path.is_relative_to(ROOT / place) for place in MAY_SLEEP)
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if SLEEP.search(line)
    ]
    assert found == []


def test_no_file_names_a_place_on_one_machine() -> None:
    kinds = (".py", ".toml", ".json", ".md", ".sh", ".yml", ".yaml", ".cfg", ".txt", ".desktop", ".service")
    places = [re.escape(str(place)) for place in (ROOT, Path.home()) if len(place.parts) > 1]
    pattern = re.compile(rf"(?:{'|'.join(places)})(?=/|\b)") if places else re.compile(r"(?!)")
    found = [shown(p) for p in files_below(ROOT, *kinds) if pattern.search(p.read_text("utf-8", "replace"))]
    assert found == []


@pytest.mark.parametrize("modules", [("__main__",), FACES_WITHOUT_QT], ids=["the start", "all that needs no window"])
def test_qt_is_for_the_window_alone(modules: tuple[str, ...]) -> None:
    names = ", ".join(f"oelala_desktop.{name}" for name in modules)
    qt = ("PySide6", "shiboken6", "qasync")
    code = f"import sys, {names}; print([name for name in {qt!r} if name in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (ran.returncode, ran.stdout.strip()) == (0, "[]"), ran.stderr


def test_the_first_page_is_shown_before_what_only_later_ones_need() -> None:
    shown_first = "oelala_desktop.ui.app, oelala_desktop.ui.tool.page"
    code = f"import sys, {shown_first}; print([name for name in {AFTER_THE_FIRST_PAGE!r} if name in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert (ran.returncode, ran.stdout.strip()) == (0, "[]"), ran.stderr


@pytest.mark.parametrize("tool", ["image-to-video", "text-to-video", "text-to-image"])
def test_the_first_page_is_painted_without_the_icon_database(tool: str) -> None:
    """Which costs more than the page: what stands on it has its shapes beside it."""
    code = f"""
import sys
from PySide6.QtWidgets import QApplication
app = QApplication([])
from oelala_desktop.domain.tool import TOOLS
from oelala_desktop.ui.shell.shell import Shell
from oelala_desktop.ui.style.appearance import Theme
from oelala_desktop.ui.tool.page import ToolPage
Theme(app, "dark")
shell = Shell()
shell.add_page({tool!r}, lambda: ToolPage(TOOLS[{tool!r}]))
shell.show_page({tool!r})
shell.show()
shell.grab()
print("lucide" in sys.modules)
"""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, env=environment
    )
    assert (ran.returncode, ran.stdout.strip()) == (0, "False"), ran.stderr


def test_a_command_runs_without_qt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OELALA_HOME", str(tmp_path))
    code = "import sys; from oelala_desktop.cli import run; run(['jobs']); print('PySide6' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert ran.stdout.strip() == "False", ran.stderr
