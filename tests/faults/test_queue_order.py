"""The order of the queue, whatever happens at the same time, and the end of all that waits, undone."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from PIL import Image

from oelala_desktop.domain.engine import Started
from oelala_desktop.domain.errors import CannotSave, NotFound
from oelala_desktop.domain.job import Job, JobState, Progress
from oelala_desktop.services.queue.jobs import Wish

from .rig import SETTINGS, App, Server, faults_in, running_app
from .test_queue import ONE, on_server


def pictures(folder: Path, count: int) -> list[Path]:
    """The first one takes longest to read."""
    folder.mkdir(exist_ok=True)
    paths = [folder / f"{n}.png" for n in range(count)]
    for n, path in enumerate(paths):
        side = 1800 if n == 0 else 64 + n
        Image.effect_noise((side, side), 40 + n).save(path)
    return paths


def wish(app: App, picture: Path, **changes: object) -> Wish:
    values = {**SETTINGS, **ONE, "image": str(picture), **changes}
    return Wish("image-to-video", values, app.services.paths.output)


def originals(jobs: list[Job]) -> list[str]:
    return [Path(job.inputs[0].original).name for job in jobs]


async def test_presses_at_the_same_time_keep_their_order(tmp_path: Path, server: Server) -> None:
    paths = pictures(tmp_path / "given", 8)
    async with running_app(tmp_path / "home", server.url) as app:
        await app.services.jobs.pause(True)
        await asyncio.gather(*(app.services.jobs.submit(wish(app, path), app.engine) for path in paths))
        assert originals(app.services.jobs.driver(app.engine).waiting) == [path.name for path in paths]
    async with running_app(tmp_path / "home", server.url) as app:
        taken = await app.take_up()
        assert originals(taken) == [path.name for path in paths]
        assert len({job.position for job in taken}) == len(paths)


async def test_one_that_gives_up_lets_nobody_overtake(tmp_path: Path, server: Server) -> None:
    first, second, third = pictures(tmp_path / "given", 3)
    second.write_bytes(b"no picture")
    async with running_app(tmp_path / "home", server.url) as app:
        service = app.services.jobs
        await service.pause(True)
        refused = asyncio.gather(
            *(service.submit(wish(app, path), app.engine) for path in (first, second, third)), return_exceptions=True
        )
        assert [isinstance(outcome, Exception) for outcome in await refused] == [False, True, False]
        assert originals(service.driver(app.engine).waiting) == [first.name, third.name]


async def test_many_at_once_are_one_transaction_without_those_that_cannot_be(tmp_path: Path, server: Server) -> None:
    paths = pictures(tmp_path / "given", 5)
    paths[2].write_bytes(b"no picture")
    async with running_app(tmp_path / "home", server.url) as app:
        service, store = app.services.jobs, app.services.store
        await service.pause(True)
        written, append = [], store.append

        async def counted(*jobs: Job) -> list[Job]:
            written.append(len(jobs))
            return await append(*jobs)

        store.append = counted  # type: ignore[method-assign]
        jobs, refused = await service.submit_each([wish(app, path) for path in paths], app.engine)
        assert written == [4]
        assert originals(jobs) == [path.name for path in paths if path != paths[2]]
        assert [one.wish.values["image"] for one in refused] == [str(paths[2])]
        assert originals(service.driver(app.engine).waiting) == originals(jobs)


async def test_any_swaps_of_neighbours(tmp_path: Path, server: Server) -> None:
    async with running_app(tmp_path / "home", server.url) as app:
        service = app.services.jobs
        await service.pause(True)
        a, b, c = [job.id for job in await app.submit_all(**ONE, variations=3)]
        for _ in range(60):
            await service.move(c, b)
            await service.move(b, c)
        await service.move(c, b)
        assert [job.id for job in service.driver(app.engine).waiting] == [a, c, b]
    async with running_app(tmp_path / "home", server.url) as app:
        assert [job.id for job in await app.take_up()] == [a, c, b]


async def test_cancel_all_that_waits_and_undo_it(tmp_path: Path, server: Server) -> None:
    server.brake.hold()
    async with running_app(tmp_path / "home", server.url) as app:
        service = app.services.jobs
        running = await app.submit(**ONE)
        there = await app.submit(**ONE, seed=2)
        await app.there(2)
        here = [await app.submit(**ONE, seed=n) for n in (3, 4, 5)]
        done = await service.cancel_waiting()
        assert set(done.ids) == {there.id, *(job.id for job in here)}
        assert await on_server(server.url) == ([running.id], [])
        ended = [await app.end_of(job) for job in (there, *here)]
        assert [job.state for job in ended] == [JobState.CANCELLED] * 4
        await service.pause(True)
        later = await app.submit(**ONE, seed=6)
        back = await service.undo_cancel(done.token)
        # what the server had once goes out under another id: it would answer for the old one
        assert [job.retry_of for job in back if job.id not in done.ids] == [there.id]
        again = next(job for job in back if job.retry_of)
        order = [again.id, *(job.id for job in here), later.id]
        assert [job.id for job in service.driver(app.engine).waiting] == order
        with pytest.raises(NotFound):
            await service.undo_cancel(done.token)
        await service.pause(False)
        server.brake.release()
        ended = [await app.end_of(job) for job in (running, again, *here, later)]
        assert [job.state for job in ended] == [JobState.DONE] * 6
    assert not faults_in(tmp_path / "home", ended, files=1)


async def test_two_undos_at_once_bring_each_job_back_once(tmp_path: Path, server: Server) -> None:
    server.brake.hold()
    async with running_app(tmp_path / "home", server.url) as app:
        service = app.services.jobs
        running, there = await app.submit(**ONE), await app.submit(**ONE, seed=2)
        await app.there(2)
        token = (await service.cancel_waiting()).token
        await service.pause(True)
        outcomes = await asyncio.gather(*(service.undo_cancel(token) for _ in range(2)), return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [list, NotFound]
        assert [job.retry_of for job in service.driver(app.engine).waiting] == [there.id]
        server.brake.release()
        await app.end_of(running)


async def test_what_begins_or_comes_meanwhile_is_not_cancelled(tmp_path: Path, server: Server) -> None:
    server.brake.hold()
    async with running_app(tmp_path / "home", server.url) as app:
        service, store, driver = app.services.jobs, app.services.store, app.services.jobs.driver(app.engine)
        running, there = await app.submit(**ONE), await app.submit(**ONE, seed=2)
        await app.there(2)
        late: list[Job] = []
        save, open_jobs = store.save, store.open_jobs

        async def begins(*jobs: Job) -> None:
            if not jobs:
                driver.happened(there.id, Started(there.id, Progress()))
            await save(*jobs)

        async def comes() -> list[Job]:
            late.append(await app.submit(**ONE, seed=3))
            return await open_jobs()

        store.save, store.open_jobs = begins, comes  # type: ignore[method-assign]
        done = await service.cancel_waiting()
        store.save, store.open_jobs = save, open_jobs  # type: ignore[method-assign]
        assert (done.ids, done.asked) == ((), ())
        server.brake.release()
        ended = [await app.end_of(job) for job in (running, there, *late)]
        assert [job.state for job in ended] == [JobState.DONE] * 3


async def test_what_was_undone_waits_on_after_a_restart_and_the_rest_is_over(tmp_path: Path, server: Server) -> None:
    async with running_app(tmp_path / "home", server.url) as app:
        service = app.services.jobs
        await service.pause(True)
        first = await app.submit_all(**ONE, variations=2)
        await service.undo_cancel((await service.cancel_waiting()).token)
        await app.submit_all(**ONE, seed=9)
        service.undo_seconds = 0.0
        await service.move(first[1].id, first[0].id)
        for job in first:
            assert (await service.find(job.id)).state is JobState.QUEUED
    async with running_app(tmp_path / "home", server.url) as app:
        taken = await app.take_up()
        assert [job.id for job in taken][:2] == [first[1].id, first[0].id]
        service = app.services.jobs
        service.undo_seconds = 0.0
        with pytest.raises(NotFound):
            await service.undo_cancel((await service.cancel_waiting()).token)
    async with running_app(tmp_path / "home", server.url) as app:
        assert await app.take_up() == []


async def test_a_disk_that_refuses_leaves_all_of_them_waiting(tmp_path: Path, server: Server) -> None:
    async with running_app(tmp_path / "home", server.url) as app:
        service, store = app.services.jobs, app.services.store
        await service.pause(True)
        jobs = await app.submit_all(**ONE, variations=3)
        save = store.save

        async def refuse(*_jobs: Job) -> None:
            raise CannotSave("The disk is full.")

        store.save = refuse  # type: ignore[method-assign]
        with pytest.raises(CannotSave):
            await service.cancel_waiting()
        store.save = save  # type: ignore[method-assign]
        assert [job.id for job in service.driver(app.engine).waiting] == [job.id for job in jobs]


async def test_jobs_of_another_process_end_there(tmp_path: Path, server: Server) -> None:
    home = tmp_path / "home"
    async with running_app(home, server.url) as driving, running_app(home, server.url) as asking:
        await driving.services.jobs.pause(True)
        jobs = await driving.submit_all(**ONE, variations=2)
        done = await asking.services.jobs.cancel_waiting()
        assert (done.ids, set(done.asked)) == ((), {job.id for job in jobs})
        assert [(await driving.end_of(job)).state for job in jobs] == [JobState.CANCELLED] * 2
