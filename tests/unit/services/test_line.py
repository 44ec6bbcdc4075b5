"""Jobs that wait, in their order."""

from __future__ import annotations

from dataclasses import replace

from oelala_desktop.services.queue.line import Line
from tests.unit.domain.samples import some_job


def line_of(*rows: tuple[str, float, float]) -> Line:
    line = Line()
    for name, position, created in rows:
        line.put(some_job(id=name, position=position, created_at=created))
    return line


def order(line: Line) -> str:
    return "".join(job.id for job in line)


def test_they_stand_by_their_positions_then_by_their_age_then_by_their_names() -> None:
    line = line_of(("d", 2.0, 1.0), ("c", 1.0, 2.0), ("b", 1.0, 1.0), ("a", 1.0, 2.0))
    assert (order(line), len(line)) == ("bacd", 4)


def test_one_that_is_put_again_leaves_its_old_place() -> None:
    line = line_of(("a", 1.0, 1.0), ("b", 2.0, 1.0), ("c", 3.0, 1.0))
    moved = some_job(id="a", position=2.5)
    line.put(moved)
    assert (order(line), len(line)) == ("bac", 3)
    assert line.find("a") is moved
    line.put(replace(moved, title="other"))
    assert order(line) == "bac" and [job.title for job in line] == ["", "other", ""]


def test_the_one_that_is_taken_and_no_other_leaves() -> None:
    line = line_of(("a", 1.0, 1.0), ("b", 1.0, 1.0), ("c", 1.0, 1.0))
    taken = line.take("b")
    assert taken is not None and taken.id == "b"
    assert line.take("b") is None and line.take("nobody") is None
    assert (order(line), "a" in line, "b" in line, line.find("b")) == ("ac", True, False, None)
