"""Homes for the command line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.program import Program
from tests.sketch.holdable import Brake, sketch_of


@pytest.fixture(scope="session")
def shared_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    """One home, and so one Sketch, for the whole session; for what does not look at the list of jobs."""
    program = Program(tmp_path_factory.mktemp("cli") / "home")
    yield program
    program.stop_sketch()


@pytest.fixture
def oelala(shared_home: Program) -> Program:
    return shared_home


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Program]:
    """A home that nobody has used."""
    program = Program(tmp_path / "home")
    yield program
    program.stop_sketch()


@pytest.fixture
def brake(fresh: Program) -> Iterator[Brake]:
    """On the jobs of the engine that `fresh` finds running."""
    with sketch_of(fresh.home) as made:
        made.hold()
        yield made
