"""Jobs of which each goes by what the one before it made."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from oelala_desktop.domain.chain import Step
from oelala_desktop.domain.engine import Ended, Failure
from oelala_desktop.domain.errors import InvalidField, InvalidInput, NotFound, OelalaError
from oelala_desktop.domain.events import JobChanged
from oelala_desktop.domain.job import Job, JobError, JobState, Link
from oelala_desktop.services.loop.tasks import TaskScope
from tests.clock import SetClock

from .chains import chain, ends, photo, square, submitted
from .desk import JobDesk, paused_desk
from .disk import FULL, Disk

S = JobState
BROKE = Ended((), Failure(JobError("It broke.", "other")))


@pytest.fixture
async def desk(tmp_path: Path, store: Disk, clock: SetClock) -> AsyncIterator[JobDesk]:
    async with paused_desk(tmp_path, store, clock) as desk:
        yield desk


# What is asked for


async def test_each_step_waits_for_the_one_before_it(desk: JobDesk) -> None:
    last = Step("image-to-video", {"preset": "wan22-5b"})
    first, second, third = await submitted(desk, *chain(desk).then, last)
    assert [job.after for job in (first, second, third)] == ["", first.id, second.id]
    assert [job.link for job in (first, second, third)] == [Link(first.id, n, 3) for n in (1, 2, 3)]
    assert [job.awaits and (job.awaits.key, job.awaits.take) for job in (first, second, third)] == [
        None, ("image", "@result"), ("image", "@last"),
    ]  # fmt: skip
    assert first.graph and not second.graph and second.values["prompt"] == "a boat leaves"
    assert second.as_dict()["chain"] == {"id": first.id, "number": 2, "count": 3}
    assert desk.queue() == [first.id, second.id, third.id]
    assert [await desk.row(job.id) for job in (second, third)] == [second, third]


async def test_every_variation_has_a_chain_of_its_own(desk: JobDesk) -> None:
    step = Step("image-to-video", {"preset": "wan22-14b", "variations": 2, "seed": 7})
    jobs = await submitted(desk, step, variations=2, seed=1)
    assert [job.link.number for job in jobs if job.link] == [1, 2, 2, 1, 2, 2]
    assert [job.seed for job in jobs] == [1, 7, 8, 2, 7, 8]
    assert [job.after for job in jobs] == ["", jobs[0].id, jobs[0].id, "", jobs[3].id, jobs[3].id]
    with pytest.raises(InvalidField, match="256 jobs"):
        await submitted(desk, replace(step, values={**step.values, "variations": 15}), variations=16)
    step = replace(step, values={**step.values, "variations": 16})
    with pytest.raises(InvalidField, match="286,331,152 jobs"):  # which nobody waits for to be made
        await submitted(desk, *[step] * 6, variations=16)


async def test_how_many_jobs_it_would_be_is_known_before_any_is_made(desk: JobDesk) -> None:
    step = Step("image-to-image", {"preset": "sdxl", "variations": 16})
    count = sum(16**steps for steps in range(1, 9))  # more than any machine holds
    with pytest.raises(InvalidField, match=f"makes {count:,} jobs; one wish makes at most 128"):
        await submitted(desk, *[step] * 7, variations=16)


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ([Step("text-to-video", {})], "Text to Video takes no file; the step before it makes a picture"),
        ([Step("video-to-video", {})], "Video to Video goes by a video; the step before it makes a picture"),
        ([Step("image-to-video", {"steps": 0})], "steps"),
        (
            [Step("image-to-video", {"image": "/own.png"})],
            "Step 2, Image to Video: its image is a file of its own, and",
        ),
        ([Step("image-to-video", {"image": "@last", "end_image": "@last"})], "one file of the step before it"),
        ([Step("image-to-video", {"end_image": "/gone.png"})], "gone.png"),
        ([Step("image-to-vide", {})], "Did you mean image-to-video"),
        ([Step("image-to-video", {})] * 8, "at most 8 steps"),
    ],
)
async def test_what_cannot_go_on_is_refused_before_anything_is_stored(
    desk: JobDesk, steps: list[Step], words: str
) -> None:
    for ask in (desk.jobs.check(chain(desk, *steps)), desk.jobs.submit(chain(desk, *steps), desk.engine)):
        with pytest.raises(OelalaError, match=words):
            await ask
    assert desk.queue() == []


async def test_nothing_is_before_the_first_step(desk: JobDesk) -> None:
    wish = desk.wish("image-to-video", image="@result", preset="wan22-14b")
    for ask in (desk.jobs.check(wish), desk.jobs.submit(wish, desk.engine)):
        with pytest.raises(InvalidField, match="no step is before it"):
            await ask


async def test_what_else_a_step_is_given_is_kept_from_the_beginning(desk: JobDesk) -> None:
    end = photo(desk.folder)
    step = Step("image-to-video", {"preset": "wan22-14b", "end_image": str(end)})
    await desk.jobs.check(chain(desk, step))
    _, second = await submitted(desk, step)
    end.unlink()
    assert [one.key for one in second.inputs] == ["end_image"]
    await desk.jobs.pause(False)
    await ends(desk, 1)
    await desk.clock.until(desk.port.has(2))
    filled = await desk.row(second.id)
    assert [one.key for one in filled.inputs] == ["image", "end_image"] and not filled.awaits
    assert {one.upload_name for one in desk.port.sent} == {one.upload_name for one in filled.inputs}


# On its way


async def test_it_is_planned_by_the_file_that_the_step_before_has_made(desk: JobDesk) -> None:
    step = Step("image-to-video", {"preset": "wan22-14b", "resolution": "480p", "seed": 5})
    first, second = await submitted(desk, step)
    await desk.jobs.pause(False)
    await ends(desk, 1)  # square, whatever was asked for
    (_, handle) = await desk.clock.until(desk.port.has(2))
    filled = await desk.row(second.id)
    (given,) = filled.inputs
    made = (await desk.row(first.id)).outputs[0]
    assert given.original == made.path and Path(given.path).parent == desk.inputs.folder
    assert (filled.width, filled.height, filled.seed) == (480, 480, 5) and filled.after == first.id
    assert filled.params["image"] == Path(made.path).name
    assert any(row["inputs"].get("image") == given.upload_name for row in filled.graph.values())
    desk.port.end(handle)
    assert (await desk.end_of(second.id)).state is S.DONE


async def test_what_the_step_before_made_may_go_once_it_is_over(desk: JobDesk) -> None:
    first, second = await submitted(desk)
    await desk.jobs.pause(False)
    await ends(desk, 1)
    await desk.clock.until(
        desk.told.until(JobChanged, lambda event: event.job.id == second.id and not event.job.awaits)
    )
    Path((await desk.row(first.id)).outputs[0].path).unlink()
    await ends(desk, 2)
    assert (await desk.end_of(second.id)).state is S.DONE


async def test_what_cannot_be_made_of_it_has_failed_by_its_sentence(desk: JobDesk) -> None:
    first, second, third = await submitted(
        desk, Step("image-to-video", {"preset": "wan22-14b"}), Step("image-to-video", {})
    )
    await desk.jobs.pause(False)
    (handle,) = await desk.clock.until(desk.port.has(1))
    desk.port.contents[f"{handle}.png"] = square(1)  # no video can begin with that
    desk.port.end(handle)
    ended = await desk.end_of(second.id)
    assert ended.state is S.FAILED and ended.error is not None and ended.error.kind == "before"
    assert ended.error.fields.keys() == {"image"}
    assert (await desk.row(third.id)).state is S.QUEUED
    again = await desk.jobs.retry(second.id, desk.engine)
    assert (again.after, again.awaits) == (first.id, second.awaits)
    assert (await desk.end_of(again.id)).error == ended.error


async def test_a_full_disk_is_waited_for(desk: JobDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    _, second = await submitted(desk)
    filled, tries = desk.jobs.maker.filled, []

    async def full(*given: Any) -> Job:
        tries.append(given)
        if len(tries) < 3:
            raise FULL
        return await filled(*given)

    monkeypatch.setattr(desk.jobs.maker, "filled", full)
    await desk.jobs.pause(False)
    await ends(desk, 1)
    await ends(desk, 2)
    assert (await desk.end_of(second.id)).state is S.DONE and len(tries) == 3


async def test_a_fault_of_our_own_ends_it_and_not_the_loop(desk: JobDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    _, second = await submitted(desk)

    async def wrong(*given: Any) -> Job:
        raise RuntimeError("a fault")

    monkeypatch.setattr(desk.jobs.maker, "filled", wrong)
    await desk.jobs.pause(False)
    await ends(desk, 1)
    ended = await desk.end_of(second.id)
    assert ended.error is not None and ended.error.kind == "bug"


# Where it stops


async def stopped(desk: JobDesk) -> tuple[Job, Job, Job]:
    """A chain of three whose first step has failed."""
    first, second, third = await submitted(desk, *chain(desk).then, Step("image-to-video", {"preset": "wan22-14b"}))
    await desk.jobs.pause(False)
    (handle,) = await desk.clock.until(desk.port.has(1))
    desk.port.standings[handle] = BROKE
    failed = await desk.end_of(first.id)
    assert failed.state is S.FAILED
    return failed, second, third


async def test_a_chain_that_stopped_goes_on_when_that_is_made_again(desk: JobDesk) -> None:
    failed, second, third = await stopped(desk)
    assert desk.queue() == [second.id, third.id]
    assert [job.state for job in await desk.jobs.wait_for([failed.id, second.id, third.id])] == [
        S.FAILED,
        S.QUEUED,
        S.QUEUED,
    ]
    await desk.jobs.pause(True)
    again = await desk.jobs.retry(failed.id, desk.engine)
    assert desk.queue() == [again.id, second.id, third.id], "in front of what goes on from it"
    assert ((await desk.row(failed.id)).retried_as, again.link) == (again.id, failed.link)
    await desk.jobs.pause(False)
    for number in (1, 2, 3):
        await ends(desk, number + 1)
    ended = await desk.end_of(third.id)
    assert (ended.state, (await desk.row(second.id)).after) == (S.DONE, again.id)


async def test_whoever_waits_for_the_last_step_alone_is_told_too(desk: JobDesk) -> None:
    """The step that it goes on from waits as well, and nobody waits for that one."""
    _, _, third = await submitted(desk, *chain(desk).then, Step("image-to-video", {"preset": "wan22-14b"}))
    async with TaskScope("waiting") as scope:
        waiting = scope.start(desk.jobs.wait_for([third.id]), "wait")
        await desk.jobs.pause(False)
        (handle,) = await desk.clock.until(desk.port.has(1))
        desk.port.standings[handle] = BROKE
        await desk.clock.until(waiting)


async def test_and_again_from_whichever_of_those_that_failed(desk: JobDesk) -> None:
    failed, second, _ = await stopped(desk)
    again = await desk.jobs.retry(failed.id, desk.engine)
    desk.port.standings[(await desk.clock.until(desk.port.has(2)))[1]] = BROKE
    await desk.end_of(again.id)
    last = await desk.jobs.retry(failed.id, desk.engine)
    assert (await desk.row(again.id)).retried_as == last.id
    await ends(desk, 3)
    await desk.clock.until(desk.port.has(4))
    assert (await desk.row(second.id)).after == last.id


async def test_another_run_finds_what_was_made_again(desk: JobDesk) -> None:
    """The process ends between the two: the word is on the disk beside the new job."""
    failed = desk.job("a", state=S.FAILED, link=Link("a", 1, 2))
    await desk.store.save(failed)
    again = await desk.jobs.retry("a", desk.engine)
    await desk.add("b", after="a", link=Link("a", 2, 2))
    await desk.clock.until(
        desk.told.until(JobChanged, lambda event: event.job.id == "b" and event.job.after == again.id)
    )


async def test_a_job_of_a_chain_that_is_done_is_made_again_alone(desk: JobDesk) -> None:
    await desk.store.save(desk.job("a", state=S.DONE, link=Link("a", 1, 2)))
    again = await desk.jobs.retry("a", desk.engine)
    assert (again.link, again.after, (await desk.row("a")).retried_as) == (None, "", None)


async def test_cancelling_one_cancels_those_after_it(desk: JobDesk) -> None:
    last = Step("image-to-video", {"preset": "wan22-14b"})
    first, second, third = await submitted(desk, *chain(desk).then, last)
    await desk.jobs.cancel(second.id)
    await desk.end_of(third.id)
    assert [(await desk.row(job.id)).state for job in (first, second, third)] == [S.QUEUED, S.CANCELLED, S.CANCELLED]
    with pytest.raises(InvalidInput, match="was cancelled; run that again first"):
        await desk.jobs.retry(third.id, desk.engine)
    again = await desk.jobs.retry(second.id, desk.engine)
    assert again.after == first.id
    assert (await desk.jobs.retry(third.id, desk.engine)).after == again.id


async def test_what_is_undone_hangs_together_again(desk: JobDesk) -> None:
    desk.jobs.undo_seconds = 1e6  # the clock is turned until all of it is over
    first, second = await submitted(desk)
    await desk.jobs.pause(False)
    await desk.clock.until(desk.port.has(1))
    await desk.until(first.id, S.SENT)
    done = await desk.jobs.cancel_waiting()
    assert set(done.ids) == {first.id, second.id}
    await desk.clock.until(desk.jobs.wait_for([first.id, second.id]))
    back = {job.id: job for job in await desk.jobs.undo_cancel(done.token)}
    (renewed,) = [job for job in back.values() if job.retry_of == first.id]
    assert back[second.id].after == renewed.id


async def test_a_step_of_nothing_is_not_made_again(desk: JobDesk) -> None:
    _, second = await submitted(desk)
    lonely = replace(second, id="lonely", state=S.FAILED, after="gone")
    await desk.store.save(lonely)
    with pytest.raises(NotFound, match="not known any more"):
        await desk.jobs.retry("lonely", desk.engine)


# Its order


async def test_what_goes_on_from_a_job_never_stands_before_it(desk: JobDesk) -> None:
    first, second = await submitted(desk)
    await desk.add("x")
    await desk.add("y")
    await desk.jobs.move(second.id, first.id)
    assert desk.queue() == [first.id, second.id, "x", "y"]
    await desk.jobs.move(first.id, None)
    assert desk.queue() == ["x", "y", first.id, second.id]
    await desk.jobs.move(second.id, "x")
    assert desk.queue() == ["x", "y", first.id, second.id]
    await desk.jobs.move(first.id, "y")
    assert desk.queue()[:2] == ["x", first.id]
    with pytest.raises(NotFound):
        await desk.jobs.move("nobody", None)
