"""The joined video of an extended job."""

from __future__ import annotations

import os
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from oelala_desktop.domain.errors import CannotSave, Unreadable
from oelala_desktop.domain.job import Job, JobInput, Output
from oelala_desktop.metadata import read
from oelala_desktop.services.files import splicing
from oelala_desktop.services.loop.bus import Bus
from oelala_desktop.services.loop.complaints import Complaints
from oelala_desktop.services.queue.fetching import params_of, result_stem
from oelala_desktop.services.queue.joining import Astray, chains, state_of, with_joined
from tests.unit.domain.samples import some_job

from .telling import Told
from .test_splicing import PLAIN, clip


def outputs_of(*roles: str, frames: int | None = 5) -> tuple[Output, ...]:
    return tuple(Output(f"/{role}.mp4", "video", 64, 48, frames, 8.0, role) for role in roles)


# Which clips belong together


@pytest.mark.parametrize(
    ("count", "roles", "found"),
    [
        (None, ("clip1", "clip2"), []),
        (1, ("clip1",), []),
        ("2", ("clip1", "clip2"), []),
        (2, ("clip1", "clip2"), [["clip1", "clip2"]]),
        (2, ("clip2", "", "clip1"), [["clip1", "clip2"]]),
        (3, ("clip1", "clip2"), []),
        (2, ("clip1", "clip2", "joined"), []),
        (2, ("clip2", "clip2", "clip1", "clip1"), [["clip1", "clip2"]] * 2),
        (2, ("clip2", "clip2", "clip1"), [["clip1", "clip2"]]),
        (2, ("clip2", "clip3"), []),
    ],
)
def test_which_clips_belong_together(count: object, roles: tuple[str, ...], found: list[list[str]]) -> None:
    job = some_job(values={"clip_count": count})
    assert [[output.role for output in chain] for chain in chains(job, outputs_of(*roles))] == found


def test_single_pictures_are_no_clips() -> None:
    job = some_job(values={"clip_count": 2})
    assert chains(job, outputs_of("clip1", "clip2", frames=1)) == []
    assert chains(job, outputs_of("clip1", "clip2", frames=None)) == []
    assert len(chains(job, outputs_of("clip1", "clip2", frames=2))) == 1


def test_the_state_of_a_file_tells_whether_it_is_still_the_same(tmp_path: Path) -> None:
    path = tmp_path / "a"
    assert state_of(str(path)) is None
    path.write_bytes(b"abc")
    found = path.stat()
    before = state_of(str(path))
    assert before == (3, found.st_mtime_ns, found.st_ino)
    os.utime(path, ns=(1, 1))
    assert state_of(str(path)) != before


# Joined


class Desk:
    """Two clips, and what is joined of them."""

    def __init__(self, folder: Path, bus: Bus) -> None:
        self.folder = folder
        self.complaints = Complaints(bus)
        self.job = some_job(values={"clip_count": 2}, out_dir=str(folder), params={"seed": "7", "job_id": "j1"})
        self.clips = tuple(self._clip(number) for number in (1, 2))
        self.brought = {output.path: state_of(output.path) for output in self.clips}
        self.stem = f"{result_stem(self.job)}_joined"

    def _clip(self, number: int, name: str = "clip") -> Output:
        path = clip(self.folder / f"{name}{number}.mp4", "mp4", number - 1, options=PLAIN)
        return Output(str(path), "video", 64, 48, 9, 8.0, f"clip{number}")

    async def joined(self, job: Job | None = None, *more: Output) -> tuple[Output, ...]:
        return await with_joined(self.complaints, job or self.job, (*self.clips, *more), self.brought)

    def others(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir() if not path.name.startswith("clip"))


@pytest.fixture
def desk(tmp_path: Path, bus: Bus) -> Desk:
    return Desk(tmp_path, bus)


async def test_it_lies_beside_them_and_says_what_made_it(desk: Desk) -> None:
    *clips, joined = await desk.joined()
    assert tuple(clips) == desk.clips
    assert joined == Output(str(desk.folder / f"{desk.stem}.mp4"), "video", 64, 48, 17, 8.0, "joined")
    assert desk.others() == [f"{desk.stem}.mp4"]
    found = read(Path(joined.path))
    assert found.oelala_params == {**desk.job.params, "num_frames": 17, "duration": 2.125}
    assert found.graph == desk.job.graph


async def test_it_is_called_as_its_first_clip_is(desk: Desk) -> None:
    second = Path(desk.clips[1].path).rename(desk.folder / "clip2.m4v")
    desk.clips = (desk.clips[0], replace(desk.clips[1], path=str(second)))
    desk.brought = {output.path: state_of(output.path) for output in desk.clips}
    assert Path((await desk.joined())[-1].path).name == f"{desk.stem}.mp4"


async def test_what_has_no_clips_is_as_it_was(desk: Desk) -> None:
    alone = replace(desk.job, values={})
    assert await desk.joined(alone) == desk.clips and desk.others() == []


async def test_each_chain_has_a_joined_video_of_its_own(desk: Desk) -> None:
    more = tuple(desk._clip(number, "clip_b") for number in (1, 2))
    desk.brought |= {output.path: state_of(output.path) for output in more}
    made = await desk.joined(None, *more)
    assert [Path(output.path).name for output in made[4:]] == [f"{desk.stem}.mp4", f"{desk.stem}_2.mp4"]


async def test_one_that_is_there_whole_is_taken_as_it_is(desk: Desk) -> None:
    joined = (await desk.joined())[-1]
    written = Path(joined.path).stat().st_mtime_ns
    Path(desk.clips[0].path).unlink()
    assert (await desk.joined())[-1] == joined
    assert Path(joined.path).stat().st_mtime_ns == written


async def test_clips_that_cannot_be_joined_stay_and_that_is_said(desk: Desk, told: Told) -> None:
    path = Path(desk.clips[1].path)
    path.write_bytes(path.read_bytes().replace(b"avc1", b"zzzz"))
    desk.brought[str(path)] = state_of(str(path))
    assert await desk.joined() == desk.clips
    ((level, text, job_id),) = told.notices
    assert text.startswith("The clips are here, but could not be joined. ") and (level, job_id) == ("error", "j1")
    assert desk.others() == []


async def test_clips_that_are_gone_or_changed_are_astray(desk: Desk) -> None:
    first, second = (output.path for output in desk.clips)
    os.utime(first, ns=(1, 1))
    with pytest.raises(Astray) as raised:
        await desk.joined()
    assert (raised.value.paths, str(raised.value)) == (frozenset({first}), first)
    Path(second).unlink()
    with pytest.raises(Astray) as raised:
        await desk.joined()
    assert raised.value.paths == frozenset({first, second})
    assert str(raised.value) == f"{first}, {second}"
    assert desk.others() == []


async def test_one_that_nobody_brought_is_astray(desk: Desk) -> None:
    del desk.brought[desk.clips[0].path]
    with pytest.raises(Astray):
        await desk.joined()


async def test_a_disk_that_refuses_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_given: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(splicing, "splice", full)
    with pytest.raises(CannotSave) as raised:
        await desk.joined()
    assert raised.value.message == (
        f"Cannot save into {desk.folder}: No space left on device. The result waits on the server until there is room."
    )
    assert desk.others() == []


async def test_a_part_that_somebody_takes_away_is_the_disks_fault(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(splicing, "splice", lambda clips, part, kind, stop: None)
    with pytest.raises(CannotSave):
        await desk.joined()


async def test_a_part_that_is_broken_is_not_kept(desk: Desk, told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(splicing, "splice", lambda clips, part, kind, stop: part.write_bytes(b"broken") and None)
    assert await desk.joined() == desk.clips
    assert len(told.notices) == 1 and desk.others() == []


async def test_whoever_gives_up_stops_the_work(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    stops: list[threading.Event] = []

    def noted(clips: object, part: object, kind: str, stop: threading.Event) -> None:
        assert kind == "mp4" and not stop.is_set()
        stops.append(stop)
        raise Unreadable("no")

    monkeypatch.setattr(splicing, "splice", noted)
    await desk.joined()
    assert stops[0].is_set()


def test_what_goes_on_from_a_video_is_told_as_large_and_fast_as_that() -> None:
    params = {"width": 848, "height": 480, "fps": 16, "num_frames": 17}
    job = some_job(params=params, continues=JobInput("continue", "/a.mp4", "a.mp4", "/a.mp4", "video"))
    output = Output("/a_joined.mp4", "video", 320, 180, 66, 25.0, "joined")
    own = {"width": 320, "height": 180, "fps": 25.0, "num_frames": 66, "duration": 2.64}
    assert params_of(job, output) == own
    assert params_of(job, replace(output, role="")) == params
