"""Jobs from submission to a file on disk, through the real services and the real wire."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import av
import pytest

from oelala_desktop.bootstrap import Services
from oelala_desktop.comfy.client import ComfyClient
from oelala_desktop.domain.errors import InvalidField
from oelala_desktop.domain.events import JobFinished, JobPreviewed, JobProgressed
from oelala_desktop.domain.field import MAX_SEED
from oelala_desktop.domain.job import JobState
from oelala_desktop.metadata import read
from oelala_desktop.services.queue.jobs import Wish
from oelala_desktop.storage.paths import Paths
from tests.contract.conftest import picture
from tests.contract.graphs import slow
from tests.contract.studio import Studio, write_presets
from tests.waiting import until

S = JobState


@pytest.fixture
async def studio(url: str, has_slow_node: bool, tmp_path: Path) -> AsyncIterator[Studio]:
    paths = Paths(tmp_path / "data", tmp_path / "output")
    write_presets(paths.own_presets, rig=has_slow_node)
    (tmp_path / "Hafen – Grüße.png").write_bytes(picture((480, 320)))
    async with Services(paths) as services:
        engine = services.engines.named(url)
        await engine.connect()
        studio = Studio(services, engine, tmp_path / "Hafen – Grüße.png")
        yield studio
        for job in await services.store.open_jobs():
            await services.jobs.cancel(job.id)
            await studio.ended(job)


async def test_a_picture_becomes_a_video_that_knows_what_made_it(studio: Studio) -> None:
    job = await studio.run("plain", num_frames=33, prompt="a boat – Grüße 🎬", seed=str(MAX_SEED))
    assert job.state is S.DONE, job.error
    assert [(o.kind, o.width, o.height, o.frames, o.fps) for o in job.outputs] == [("video", 720, 480, 33, 16.0)]
    path = Path(job.outputs[0].path)
    assert studio.files() == [path.name]
    assert path.name.startswith("oelala_")
    with av.open(str(path)) as container:
        assert sum(1 for _ in container.decode(video=0)) == 33
    found = read(path)
    assert found.oelala_params is not None
    assert found.oelala_params["job_id"] == job.id
    assert found.oelala_params["seed"] == str(MAX_SEED)
    assert (found.info.prompt, found.info.seed, found.info.num_frames) == ("a boat – Grüße 🎬", MAX_SEED, 33)
    assert found.oelala_params["image"] == "Hafen – Grüße.png"


async def test_what_is_announced_on_the_way(studio: Studio) -> None:
    job = await studio.run("plain", num_frames=9)
    assert studio.states_of(job) in (
        [S.QUEUED, S.SENT, S.RUNNING, S.FETCHING, S.DONE],
        [S.QUEUED, S.SENT, S.FETCHING, S.DONE],
    )
    fractions = [e.progress.fraction for e in studio.events if isinstance(e, JobProgressed)]
    assert fractions == sorted(fractions)
    assert all(fraction < 1 for fraction in fractions)
    assert [e.job.state for e in studio.events if isinstance(e, JobFinished)] == [S.DONE]


async def test_previews_reach_the_job_they_belong_to(studio: Studio) -> None:
    job = (await studio.submit("slow"))[0]
    await studio.running(job)
    await studio.heard(lambda event: isinstance(event, JobPreviewed) and event.job_id == job.id, "a preview")
    await studio.services.jobs.cancel(job.id)
    assert (await studio.ended(job))[0].state is S.CANCELLED


async def test_variations_are_jobs_with_seeds_of_their_own(studio: Studio) -> None:
    jobs = await studio.submit("plain", num_frames=5, variations=3, seed=str(MAX_SEED - 1))
    ended = await studio.ended(*jobs)
    assert [job.seed for job in ended] == [MAX_SEED - 1, MAX_SEED, 0]
    assert [job.state for job in ended] == [S.DONE] * 3
    assert len(studio.files()) == 3


async def test_a_repeat_of_the_same_settings_makes_a_file_of_its_own(studio: Studio) -> None:
    first, second = await studio.run("plain", num_frames=5, seed=1), await studio.run("plain", num_frames=5, seed=1)
    assert first.outputs[0].path != second.outputs[0].path
    assert len(studio.files()) == 2


async def test_cancelling_what_runs_what_waits_there_and_what_waits_here(studio: Studio, other: ComfyClient) -> None:
    jobs = [(await studio.submit("slow", seed=n))[0] for n in range(4)]
    await studio.running(jobs[0])
    await until(lambda: _waits(other, jobs[1].id), "the second job waiting there")
    queue = await other.queue()
    assert {job.id for job in jobs} & {*queue.running, *queue.pending} == {jobs[0].id, jobs[1].id}
    for job in reversed(jobs):
        await studio.services.jobs.cancel(job.id)
    assert [job.state for job in await studio.ended(*jobs)] == [S.CANCELLED] * 4
    assert studio.files() == []


async def test_somebody_else_stops_our_job(studio: Studio, other: ComfyClient) -> None:
    job = (await studio.submit("slow"))[0]
    await studio.running(job)
    await other.cancel(job.id)
    ended = (await studio.ended(job))[0]
    assert ended.state is S.FAILED
    assert ended.error is not None
    assert ended.error.kind == "interrupted"
    assert "was stopped on the server" in ended.error.message
    assert "not from here" in ended.error.message


async def test_a_refusal_is_tied_to_the_setting(studio: Studio) -> None:
    """The list has changed on the server since it was read: a name that was good is not any more."""
    jobs = await studio.submit("plain", num_frames=5)
    assert (await studio.ended(*jobs))[0].state is S.DONE
    job = await studio.run("plain", num_frames=5, scaler="lanczos 2")
    assert job.state is S.FAILED
    assert job.error is not None
    assert job.error.kind == "rejected"
    assert job.error.message == "This server has no upscale_method named lanczos 2 (“Scale”). The nearest is lanczos."
    assert dict(job.error.fields) == {"scaler": job.error.message}


async def test_nothing_is_stored_when_a_setting_is_wrong(studio: Studio) -> None:
    with pytest.raises(InvalidField):
        await studio.submit("plain", steps=0)
    assert await studio.services.store.recent(9) == []
    assert list(studio.services.paths.inputs.iterdir()) == []


async def test_a_retry_is_a_job_of_its_own(studio: Studio) -> None:
    job = await studio.run("plain", num_frames=5, seed=7)
    again = await studio.services.jobs.retry(job.id, studio.engine)
    fresh = await studio.services.jobs.retry(job.id, studio.engine, new_seed=True)
    ended = await studio.ended(again, fresh)
    assert [j.state for j in ended] == [S.DONE, S.DONE]
    assert [j.retry_of for j in ended] == [job.id, job.id]
    assert ended[0].seed == 7 != ended[1].seed
    assert len(studio.files()) == 3
    params = read(Path(ended[1].outputs[0].path)).oelala_params
    assert params is not None
    assert params["seed"] == str(ended[1].seed)


async def test_a_paused_queue_sends_nothing_and_its_order_can_be_changed(studio: Studio, other: ComfyClient) -> None:
    jobs = studio.services.jobs
    await jobs.pause(True)
    a, b, c = [(await studio.submit("plain", num_frames=5, seed=n))[0] for n in range(3)]
    await jobs.move(c.id, a.id)
    await jobs.move(a.id, None)
    await studio.looked()
    assert not {a.id, b.id, c.id} & set(sum(await _queue(other), ()))
    assert [job.state for job in await jobs.recent()] == [S.QUEUED] * 3
    await jobs.pause(False)
    ended = await studio.ended(a, b, c)
    order = sorted(ended, key=lambda job: job.sent_at or 0)
    assert [job.seed for job in order] == [2, 1, 0]


async def _waits(client: ComfyClient, job_id: str) -> bool:
    return job_id in (await client.queue()).pending


async def _queue(client: ComfyClient) -> tuple[tuple[str, ...], tuple[str, ...]]:
    queue = await client.queue()
    return queue.running, queue.pending


async def test_the_jobs_of_others_before_ours_are_counted(
    studio: Studio, other: ComfyClient, start: str, prefix: str, has_slow_node: bool
) -> None:
    theirs = str(uuid.uuid4())
    await other.submit(theirs, slow(prefix, 77, rig=has_slow_node, image=start), {})
    await until(lambda: _runs(other, theirs), "their job running")
    job = (await studio.submit("plain", num_frames=5))[0]
    await studio.heard(lambda event: isinstance(event, JobProgressed) and event.progress.ahead == 1, "one job ahead")
    await other.cancel(theirs)
    assert (await studio.ended(job))[0].state is S.DONE


async def _runs(client: ComfyClient, prompt_id: str) -> bool:
    return prompt_id in (await client.queue()).running


async def test_what_is_said_of_a_wish_stands_in_its_job(studio: Studio, tmp_path: Path) -> None:
    small = tmp_path / "small.png"
    small.write_bytes(picture((200, 100)))
    wish = Wish("image-to-video", {"image": str(small), "preset": "plain"}, studio.out)
    (job,) = await studio.services.jobs.submit(wish, studio.engine)
    assert [str(one) for one in job.warnings] == ["small.png is only 200 × 100; the result will be soft."]
    await studio.ended(job)
