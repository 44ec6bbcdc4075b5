"""Which tests execute which lines, made once and kept in a folder, and by it the nearest tests of a mutant."""

from __future__ import annotations

import ast
import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.mutation.copied import PACKAGE, ROOT, Copy
from tests.mutation.mutants import Mutant

WATCHED = ["domain/*", "services/*", "comfy/tracker.py", "comfy/messages.py"]
SUITES = ("tests/unit", "tests/contract", "tests/library", "tests/faults", "tests/api")
#: seconds of one file of tests, of which what takes longer is nobody's nearest test; and of a mutant's tests in all
_LONGEST, _ENOUGH = 400.0, 100.0


def made(copy: Copy, kept: Path, places: list[str], say: Any) -> Nearest:
    """The lines of every test of these files or folders. A file of tests is run again where it, what tests share or a
    module that it executes has changed."""
    kept.mkdir(parents=True, exist_ok=True)
    tests: dict[str, _Test] = {}
    for path in _files(places):
        note = kept / f"{path.replace('/', '+')}.json"
        row = json.loads(note.read_text()) if note.is_file() else {}
        if row.get("key") != _key(path) or any(_digest(PACKAGE, m) != d for m, d in row["modules"].items()):
            say(f"what {path} executes …")
            row = _row(copy, path)
            note.write_text(json.dumps(row))
        for name, test in row["tests"].items():
            tests[name] = _Test(test["seconds"], {m: frozenset(lines) for m, lines in test["lines"].items()})
    return Nearest(tests)


def _row(copy: Copy, path: str) -> dict[str, Any]:
    ran = copy.run(None, files=[path], seconds=_LONGEST, first=False, watch=WATCHED)
    if ran["outcome"] == "died" or path in ran["failed"]:
        raise SystemExit(f"{path} cannot be run: {ran['failed']}")
    passed = {name: seconds for name, seconds in ran["seconds"].items() if name not in ran["failed"]}
    found = {name: {"seconds": seconds, "lines": ran["lines"].get(name, {})} for name, seconds in passed.items()}
    modules = {module for test in found.values() for module in test["lines"]}
    about = {"outcome": ran["outcome"], "failed": ran["failed"]}
    return {"key": _key(path), "modules": {m: _digest(PACKAGE, m) for m in modules}, "tests": found, **about}


def _files(places: list[str]) -> list[str]:
    found: set[Path] = set()
    for place in places:
        path = ROOT / place
        found |= {path} if path.is_file() else set(path.rglob("test_*.py"))
    return sorted(str(path.relative_to(ROOT)) for path in found)


def _digest(*parts: str) -> str:
    path = ROOT.joinpath(*parts)
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16] if path.is_file() else ""


def _key(path: str) -> str:
    """Changes with the file, and with what the tests of its folder share."""
    shared = [p for p in sorted(ROOT.joinpath(path).parent.glob("*.py")) if not p.name.startswith("test_")]
    return "".join(map(_digest, [path, *(str(p.relative_to(ROOT)) for p in shared)]))


@dataclass(frozen=True)
class _Test:
    seconds: float
    lines: dict[str, frozenset[int]]


class Nearest:
    def __init__(self, tests: dict[str, _Test]) -> None:
        self._tests = tests

    def of(self, mutant: Mutant) -> list[str]:
        """Those that execute it, the module's own first and then the quickest; as many as there is time for. What is
        executed by an import is noticed by tests that import the module, and by whoever uses it or what imports it."""
        if mutant.at_import:
            importers = self._importers[mutant.path]
            offered_by = (mutant.path, *(module for module in importers if module.endswith("__init__.py")))
            found = {name for module in (mutant.path, *importers) for name in self._users[module]}
            found |= {name for module in offered_by for name in self._importing[module]}
        else:
            lines = range(mutant.lines[0], mutant.lines[1] + 1)
            found = {name for line in lines for name in self._by_line[mutant.path, line]}
        stem = Path(mutant.path).stem
        ordered = sorted(found, key=lambda name: (stem not in name.partition("::")[0], self._tests[name].seconds, name))
        chosen, spent = [], 0.0
        for name in ordered:
            spent += self._tests[name].seconds
            if spent > _ENOUGH and chosen:
                break
            chosen.append(name)
        return chosen

    def seconds(self, tests: list[str]) -> float:
        return sum(self._tests[name].seconds for name in tests)

    @cached_property
    def _by_line(self) -> dict[tuple[str, int], list[str]]:
        found = defaultdict(list)
        for name, test in self._tests.items():
            for module, lines in test.lines.items():
                for line in lines:
                    found[module, line].append(name)
        return found

    @cached_property
    def _users(self) -> dict[str, list[str]]:
        found = defaultdict(list)
        for name, test in self._tests.items():
            for module in test.lines:
                found[module].append(name)
        return found

    @cached_property
    def _importing(self) -> dict[str, set[str]]:
        """The tests of the files that import a module themselves."""
        by_file, found = defaultdict(set), defaultdict(set)
        for name in self._tests:
            by_file[name.partition("::")[0]].add(name)
        for file, names in by_file.items():
            for module in _imports(ROOT / file):
                found[module] |= names
        return found

    @cached_property
    def _importers(self) -> dict[str, list[str]]:
        found = defaultdict(list)
        for path in sorted((ROOT / PACKAGE).rglob("*.py")):
            name = str(path.relative_to(ROOT / PACKAGE))
            for module in _imports(path):
                found[module].append(name)
        return found


def _imports(path: Path) -> set[str]:
    """The modules of the package that a module imports, as paths below it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if not isinstance(node, ast.ImportFrom) or not (node.module or node.level):
            continue
        base = path.parents[node.level - 1] if node.level else ROOT
        base = base.joinpath(*(node.module or "").split("."))
        for file in (
            base.with_suffix(".py"),
            base / "__init__.py",
            *(base / f"{alias.name}.py" for alias in node.names),
        ):
            if file.is_file() and file.is_relative_to(ROOT / PACKAGE):
                found.add(str(file.relative_to(ROOT / PACKAGE)))
    return found
