"""Prompts with choices on their way into jobs: drawn by the seed of each, kept as typed beside."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from oelala_desktop.domain.job import Job
from oelala_desktop.domain.obstacle import Obstructed
from oelala_desktop.domain.wording import draw
from tests.clock import SetClock

from .desk import JobDesk, paused_desk
from .disk import Disk

MANY = "{" + "|".join(map(str, range(500))) + "}"


@pytest.fixture
async def desk(tmp_path: Path, store: Disk, clock: SetClock) -> AsyncIterator[JobDesk]:
    async with paused_desk(tmp_path, store, clock) as desk:
        yield desk


def drawn(text: str, seed: int) -> str:
    return draw("prompt", text, seed, lambda name: ())


async def submitted(desk: JobDesk, **values: Any) -> list[Job]:
    return await desk.jobs.submit(desk.wish(preset="sdxl", **values), desk.engine)


def texts_of(job: Job) -> list[object]:
    nodes = [node["inputs"] for node in job.graph.values()]
    return [inputs["text"] for inputs in nodes if isinstance(inputs.get("text"), str)]


async def test_each_variation_has_its_own_draw_in_graph_and_metadata(desk: JobDesk) -> None:
    jobs = await submitted(desk, prompt=f"boat {MANY}", seed=7, variations=3, choices=True)
    expected = [drawn(f"boat {MANY}", seed) for seed in (7, 8, 9)]
    assert len(set(expected)) == 3
    assert [job.values["prompt"] for job in jobs] == [job.params["prompt"] for job in jobs] == expected
    assert all(text in texts_of(job) for text, job in zip(expected, jobs, strict=True))
    assert {job.params["prompt_choices"] for job in jobs} == {f"boat {MANY}"}
    assert not any("choices" in job.values for job in jobs)
    (again,) = await submitted(desk, prompt=f"boat {MANY}", seed=8, choices=True)
    assert again.values["prompt"] == expected[1]


async def test_the_negative_prompt_draws_too(desk: JobDesk) -> None:
    (job,) = await submitted(desk, prompt="a boat", negative_prompt="{1$$fog}", choices=True)
    assert job.values["negative_prompt"] == "fog"
    assert job.params["negative_prompt_choices"] == "{1$$fog}"
    assert "prompt_choices" not in job.params


@pytest.mark.parametrize("choices", [{}, {"choices": False}, {"choices": "off"}])
async def test_nothing_is_drawn_unless_it_is_asked_for(desk: JobDesk, choices: dict[str, Any]) -> None:
    (job,) = await submitted(desk, prompt=r"{a|b} \{", **choices)
    assert job.values["prompt"] == job.params["prompt"] == r"{a|b} \{"
    assert "prompt_choices" not in job.params


async def test_lines_of_wildcards(desk: JobDesk) -> None:
    desk.wildcards().mkdir()
    (desk.wildcards() / "birds.txt").write_text("heron\n")
    (job,) = await submitted(desk, prompt="a __birds__", choices=True)
    assert (job.values["prompt"], job.params["prompt_choices"]) == ("a heron", "a __birds__")


async def test_a_wildcard_that_is_not_there_is_told_before_an_engine_is_asked(desk: JobDesk) -> None:
    wish = desk.wish(preset="sdxl", prompt="{a|b|__gone__}", choices=True)
    with pytest.raises(Obstructed) as caught:
        await desk.jobs.check(wish)
    assert (caught.value.field, caught.value.obstacle.code) == ("prompt", "wildcard_missing")
    with pytest.raises(Obstructed):
        await desk.jobs.submit(wish, desk.engine)
    assert await desk.store.open_jobs() == []
    await desk.jobs.check(replace(wish, values={**wish.values, "choices": False}))


async def test_what_would_be_made_is_told_and_not_made(desk: JobDesk) -> None:
    wish = desk.wish(preset="sdxl", prompt=MANY, seed=3, variations=2, choices=True)
    told = [
        (request.seed, request.values["prompt"], request.width)
        for request in await desk.jobs.foresee(wish, desk.engine)
    ]
    assert told == [(seed, drawn(MANY, seed), 1024) for seed in (3, 4)]
    assert await desk.store.open_jobs() == []


async def test_of_many_all_or_none(desk: JobDesk) -> None:
    wishes = [desk.wish(preset="sdxl", steps=steps) for steps in (4, 0, 5)]
    jobs, refused = await desk.jobs.submit_each(wishes, desk.engine, whole=True)
    assert jobs == [] and [one.wish for one in refused] == [wishes[1]]
    assert await desk.store.open_jobs() == []
    jobs, refused = await desk.jobs.submit_each(wishes[::2], desk.engine, whole=True)
    assert (len(jobs), refused) == (2, [])
