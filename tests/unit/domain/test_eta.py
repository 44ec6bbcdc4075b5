"""How long a job will take."""

from __future__ import annotations

import pytest

from oelala_desktop.domain.eta import amount_of_work, expected_time, remaining_seconds

from .samples import some_job


@pytest.mark.parametrize(
    ("expected", "elapsed", "fraction", "left"),
    [
        (None, 10, 0.5, None),
        (100, 10, 0.1, 90),
        (100, 1, 0.9, 99),
        (100, 150, 0.1, 0),
        (100, 50, 0.5, 50),
        (100, 80, 0.5, 50),
        (100, 2, 0.5, 50),  # two seconds tell of its pace
        (100, 1.9, 0.5, 98.1),
        (100, 40, 0.2, 0.8 * 60 + 0.2 * 160),  # and so does a fifth of it
        (100, 40, 0.19, 60),
    ],
)
def test_time_left(expected: float | None, elapsed: float, fraction: float, left: float | None) -> None:
    assert remaining_seconds(expected, elapsed, fraction) == (None if left is None else pytest.approx(left))


def test_the_work_is_what_the_time_goes_with() -> None:
    assert amount_of_work(some_job(values={"steps": 10, "clip_count": 2})) == 848 * 480 * 33 * 10 * 2
    assert amount_of_work(some_job(values={}, num_frames=0)) == 848 * 480


def test_past_jobs_of_the_same_work_count_before_others() -> None:
    assert expected_time([], 10.0) is None
    assert expected_time([(0.0, 5.0)], 10.0) is None
    assert expected_time([(20.0, 200.0), (5.0, 40.0)], 10.0) == pytest.approx(90)
    assert expected_time([(10.0, 100.0), (10.1, 110.0), (10.0, 90.0), (20.0, 7.0)], 10.0) == 100


@pytest.mark.parametrize(("amount", "counts"), [(98.0, True), (102.0, True), (97.9, False), (102.1, False)])
def test_the_same_work_is_what_differs_by_two_in_a_hundred(amount: float, counts: bool) -> None:
    found = expected_time([(amount, 7.0), (1000.0, 500.0), (1000.0, 500.0)], 100.0)
    assert (found == 7.0) is counts


def test_of_the_past_the_ten_newest_count() -> None:
    newest = [(100.0, 1.0)] * 6 + [(100.0, 3.0)] * 4
    assert expected_time([*newest, *[(100.0, 9.0)] * 20], 100.0) == 1.0
    assert expected_time([*newest[1:], *[(100.0, 9.0)] * 20], 100.0) == 2.0
    others = [(100.0, 1.0)] * 6 + [(100.0, 3.0)] * 4
    assert expected_time([*others, *[(100.0, 9.0)] * 20], 1000.0) == 10.0
    assert expected_time([*others[1:], *[(100.0, 9.0)] * 20], 1000.0) == pytest.approx(20.0)
