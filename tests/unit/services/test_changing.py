"""A waiting job that is changed in its place, and one that goes on from a video."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from oelala_desktop.domain.errors import InvalidField, OelalaError
from oelala_desktop.services.inputs.kept import read_facts
from tests.clock import SetClock, turns
from tests.contract.films import film

from .chains import ends, photo, submitted
from .desk import JobDesk, paused_desk
from .disk import FULL, Disk


@pytest.fixture
async def desk(tmp_path: Path, store: Disk, clock: SetClock) -> AsyncIterator[JobDesk]:
    async with paused_desk(tmp_path, store, clock) as desk:
        yield desk


# Changed while it waits


async def test_a_waiting_job_is_taken_back_and_saved_in_its_place(desk: JobDesk) -> None:
    first, second = await submitted(desk)
    await desk.add("x")
    assert desk.jobs.hold(second.id, "page")
    values = {"preset": "wan22-14b", "prompt": "a boat returns", "resolution": "720p"}
    changed = await desk.jobs.let_go(second.id, "page", replace(desk.wish("image-to-video", **values)))
    assert changed is not None and changed.awaits is not None
    assert (changed.id, changed.after, changed.link) == (second.id, first.id, second.link)
    assert changed.awaits.values["prompt"] == changed.values["prompt"] == "a boat returns"
    assert desk.queue() == [first.id, second.id, "x"] and await desk.row(second.id) == changed
    await desk.jobs.pause(False)
    await ends(desk, 1)
    await desk.clock.until(desk.port.has(2))
    assert (await desk.row(second.id)).height == 720


async def test_with_a_file_of_its_own_it_waits_for_nothing(desk: JobDesk) -> None:
    _, second = await submitted(desk)
    assert desk.jobs.hold(second.id, "page")
    given = {"preset": "wan22-14b", "image": str(photo(desk.folder))}
    changed = await desk.jobs.let_go(second.id, "page", desk.wish("image-to-video", **given))
    assert changed is not None and (changed.awaits, changed.after) == (None, "") and changed.graph


async def test_what_is_refused_is_held_on(desk: JobDesk) -> None:
    (job,) = await desk.jobs.submit(desk.wish(preset="sdxl"), desk.engine)
    assert desk.jobs.hold(job.id, "page")
    with pytest.raises(InvalidField):
        await desk.jobs.let_go(job.id, "page", desk.wish(preset="sdxl", steps=0))
    await desk.jobs.pause(False)
    await turns(20)
    assert desk.port.submitted == []
    assert await desk.jobs.let_go(job.id, "page") == job
    await desk.clock.until(desk.port.has(1))
    assert not desk.jobs.hold(job.id, "page"), "it has begun"
    assert await desk.jobs.let_go("nobody", "page") is None


async def test_a_disk_that_refuses_the_change_lets_it_go_as_it_was(desk: JobDesk) -> None:
    (job,) = await desk.jobs.submit(desk.wish(preset="sdxl"), desk.engine)
    assert desk.jobs.hold(job.id, "page")
    desk.store.refuses["save"] = [FULL]
    with pytest.raises(OelalaError, match="disk refuses"):
        await desk.jobs.let_go(job.id, "page", desk.wish(preset="sdxl", prompt="another"))
    assert await desk.row(job.id) == job


# Going on from a video


async def test_a_video_is_gone_on_from_at_its_end(desk: JobDesk) -> None:
    video = desk.folder / "walk.mp4"
    video.write_bytes(film(17, size=(848, 480)))
    wish = replace(desk.wish("image-to-video", preset="wan22-14b", prompt="on"), continues=video)
    await desk.jobs.check(wish)
    (job,) = await desk.jobs.submit(wish, desk.engine)
    (given,) = job.inputs
    assert job.continues is not None
    assert (given.key, given.original, job.continues.original) == ("image", str(video), str(video))
    assert Path(job.continues.path).read_bytes() == video.read_bytes()
    assert set(await desk.store.inputs_named() or ()) == {given.path, job.continues.path}
    assert (job.width, job.height, job.fps) == (848, 480, 24)
    facts = read_facts(Path(given.path))
    assert facts is not None and (facts.given.width, facts.given.height) == (848, 480)
    await desk.jobs.pause(False)
    await desk.clock.until(desk.port.has(1))
    assert [one.key for one in desk.port.sent] == ["image"], "the video itself stays here"


@pytest.mark.parametrize(
    ("tool", "values", "words"),
    [
        ("text-to-video", {}, "Text to Video cannot go on from a video"),
        ("image-to-video", {"image": "a.png"}, "give one of the two"),
        ("image-to-video", {}, "not a video"),
    ],
)
async def test_what_cannot_be_gone_on_from_is_refused(
    desk: JobDesk, tool: str, values: dict[str, Any], words: str
) -> None:
    note = desk.folder / "note.txt"
    note.write_text("nothing to see")
    wish = replace(desk.wish(tool, **values), continues=note)
    for ask in (desk.jobs.check(wish), desk.jobs.submit(wish, desk.engine)):
        with pytest.raises(InvalidField, match=words):
            await ask
