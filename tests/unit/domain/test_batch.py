"""Many jobs at once: what each is known by, its seed, and what a grid is made of."""

from __future__ import annotations

from typing import Any

import pytest

from oelala_desktop.domain.batch import (
    MOST_CELLS,
    MOST_JOBS,
    BadRows,
    Row,
    axes_of,
    crossed,
    faults_of,
    grid,
    labels,
    refuse_together,
    seed_of,
    settled,
    told,
)
from oelala_desktop.domain.errors import InvalidInput

TOOL = "image-to-video"


def rows(*values: dict[str, Any], salt: str = "") -> list[Row]:
    return settled(TOOL, [Row(f"line {number}", one) for number, one in enumerate(values, 1)], salt)


def test_the_same_row_has_the_same_mark_and_seed_wherever_it_stands() -> None:
    first, second = rows({"prompt": "a"}, {"prompt": "b"})
    moved, _, _ = rows({"prompt": "b"}, {"prompt": "c"}, {"prompt": "a"})
    assert (moved.mark, moved.values) == (second.mark, second.values)
    assert first.mark != second.mark and len(first.mark) == 32
    assert first.values["seed"] == str(seed_of(first.mark)) and 0 <= seed_of(first.mark) < 2**63
    assert settled("text-to-video", [Row("", {"prompt": "a"})])[0].mark != first.mark
    assert rows({"prompt": "a"}, salt="again")[0].mark != first.mark


def test_rows_that_are_alike_are_two() -> None:
    first, second = rows({"prompt": "a"}, {"prompt": "a"})
    assert first.mark != second.mark and first.values["seed"] != second.values["seed"]


def test_a_seed_that_is_given_stays_and_minus_one_is_none() -> None:
    given, other, left = rows({"seed": "7"}, {"seed": 2**64 - 1}, {"seed": -1})
    assert (given.values["seed"], other.values["seed"]) == ("7", str(2**64 - 1))
    assert left.values["seed"] == str(seed_of(left.mark))


def test_variations_are_rows_of_their_own() -> None:
    found = rows({"variations": "3", "seed": 2**64 - 1})
    assert [row.where for row in found] == [f"line 1, variation {n}" for n in (1, 2, 3)]
    assert [row.values for row in found] == [{"seed": seed} for seed in (str(2**64 - 1), "0", "1")]
    assert len({row.mark for row in found}) == 3


@pytest.mark.parametrize("values", [{"seed": "x"}, {"seed": 2**64}, {"variations": 99}, {"variations": "many"}])
def test_what_is_wrong_is_left_to_who_checks(values: dict[str, Any]) -> None:
    (row,) = rows(values)
    assert row.values == values


def test_no_more_jobs_than_one_command_makes() -> None:
    assert len(rows(*({"steps": n} for n in range(MOST_JOBS // 16)), {"variations": 16})) == MOST_JOBS // 16 + 16
    with pytest.raises(BadRows, match=f"would be {MOST_JOBS + 1} jobs; one command makes {MOST_JOBS} at most"):
        rows(*({"steps": n} for n in range(MOST_JOBS + 1)))


def test_and_no_more_pairs_are_made_to_be_counted() -> None:
    many = [{"prompt": "a"}] * 100_000
    with pytest.raises(BadRows, match="would be 10000000000 jobs"):
        crossed(many, many)


def test_each_picture_with_each_prompt() -> None:
    pictures = [{"image": "/p/a.png"}, {"image": "/p/b.png", "prompt": "its own"}]
    prompts = [{"prompt": "one"}, {"prompt": "two"}]
    found = crossed(pictures, prompts)
    assert [row.where for row in found] == ["a.png, “one”", "a.png, “two”", "b.png, “one”", "b.png, “two”"]
    assert found[1].values == {"image": "/p/a.png", "prompt": "two"}
    assert [(row.where, row.values) for row in crossed(pictures, [])] == [
        ("a.png", pictures[0]),
        ("b.png", pictures[1]),
    ]
    assert [row.where for row in crossed([], prompts)] == ["“one”", "“two”"]


def test_far_too_many_pairs_are_never_made() -> None:
    """A folder by a file of prompts may come to more than fit into memory."""
    with pytest.raises(BadRows, match=f"would be 10000000000 jobs; one command makes {MOST_JOBS} at most"):
        crossed([{"image": "a.png"}] * 10**5, [{"prompt": "a"}] * 10**5)


def test_a_grid_has_a_cell_for_each_combination_and_one_seed() -> None:
    found = grid(TOOL, {"prompt": "a"}, {"steps": ["2", "4"], "cfg": ["1", "2", "3"]})
    assert [row.cell for row in found] == [{"steps": s, "cfg": c} for s in "24" for c in "123"]
    assert {row.values["seed"] for row in found} == {found[0].values["seed"]}
    assert found[0].where == "steps = 2, cfg = 1"
    more = grid(TOOL, {"prompt": "a"}, {"steps": ["2", "4", "6"]})
    assert more[0].values["seed"] == found[0].values["seed"]  # so that one more value makes only its own cells
    assert {row.values["seed"] for row in grid(TOOL, {"seed": "5"}, {"steps": ["2"]})} == {"5"}
    assert [row.values["seed"] for row in grid(TOOL, {}, {"seed": ["5", "6"]})] == ["5", "6"]


def test_no_more_cells_than_a_grid_has() -> None:
    assert len(grid(TOOL, {}, {"steps": list(range(20)), "cfg": list(range(MOST_CELLS // 20))})) == MOST_CELLS
    with pytest.raises(BadRows, match="would have 420 cells; one has 400 at most"):
        grid(TOOL, {}, {"steps": list(range(20)), "cfg": list(range(21))})


def test_axes() -> None:
    found = axes_of([("steps", "2, 4,4"), ("prompt", '["a, b", "c"]'), ("lora_configs", '[[], [{"high": "x"}]]')])
    assert found == {"steps": ["2", "4"], "prompt": ["a, b", "c"], "lora_configs": [[], [{"high": "x"}]]}


@pytest.mark.parametrize(
    ("pairs", "sentence"),
    [
        ([("steps", "2"), ("steps", "4")], "gives steps twice"),
        ([("variations", "2,4")], "makes one job a cell"),
        ([("steps", "")], "expected steps=V1,V2"),
        ([("steps", "2,,4")], "expected steps=V1,V2"),
        ([("steps", "[]")], "expected steps=V1,V2"),
        ([("steps", "[2")], "is a JSON list"),
        ([("steps", "[" * 100_000)], "is a JSON list"),
    ],
)
def test_what_is_no_axis(pairs: list[tuple[str, str]], sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        axes_of(pairs)


def test_labels() -> None:
    cell = {"image": "/p/a.png", "steps": 4, "prompt": f"x/{'y' * 60}", "cfg": "2"}
    assert labels(cell) == ["image = a.png", "steps = 4", f"prompt = x/{'y' * 37}…", "cfg = 2"]
    assert told(cell) == {**cell, "image": "a.png"}


def test_faults_of_lines_stand_in_their_order() -> None:
    faults = [("line 12", "c"), ("line 2, variation 3", "b"), ("header", "a"), ("", "whole")]
    assert faults_of(faults).message == "header: a\nwhole\nline 2, variation 3: b\nline 12: c"


def test_what_does_not_go_together() -> None:
    refuse_together({"--batch": True, "--grid": False})
    with pytest.raises(InvalidInput, match="--batch and --grid do not go together; give one of them"):
        refuse_together({"--batch": True, "--grid": True})
