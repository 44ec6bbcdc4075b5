"""The clips of an extended video joined here: killed at any write of it, the next start joins them, once."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from oelala_desktop.domain.errors import CannotSave
from oelala_desktop.domain.events import NoticePosted
from oelala_desktop.domain.job import EngineRef, JobState, Output
from oelala_desktop.metadata import read
from oelala_desktop.services import joining
from oelala_desktop.services.bus import Bus
from oelala_desktop.services.complaints import Complaints
from oelala_desktop.services.joining import chains, state_of, with_joined
from tests.unit.domain.samples import some_job
from tests.unit.services.test_splicing import PLAIN, clip

from .rig import Server, running_app
from .trial import Harm, Trial

#: renames of a join: the one that brings in what made it, and the one to its final name
_RENAMES = 2


@pytest.fixture
def server(tmp_path: Path) -> Any:
    one = Server(tmp_path / "server")
    one.start()
    yield one
    one.kill()


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_killed_while_joining(tmp_path: Path, server: Server) -> None:
    recorded = Trial(Harm("-", "kill app"), tmp_path / "recorded", server, 1)
    assert not (await recorded.run()).faults
    writes = (tmp_path / "recorded" / "points").read_text().splitlines()
    renames = [point for point in writes if point.startswith("replace")][-2 * _RENAMES :]
    for number, point in enumerate(renames, 2):
        verdict = await Trial(Harm(point, "kill app"), tmp_path / f"home{number}", server, number).run()
        assert verdict.reached and not verdict.faults, verdict


async def test_the_joined_video_says_what_made_it(tmp_path: Path, server: Server) -> None:
    async with running_app(tmp_path / "home", server.url) as app:
        job = await app.end_of(await app.submit())
    assert job.state is JobState.DONE
    joined = job.outputs[-1]
    assert [output.role for output in job.outputs] == ["clip1", "clip2", "joined"]
    assert (joined.frames, joined.fps, joined.width, joined.height) == (9, 8.0, job.width, job.height)
    found = read(Path(joined.path))
    params = found.oelala_params
    assert params == json.loads(json.dumps({**job.params, "num_frames": 9, "duration": 1.125}))
    assert found.graph == job.graph
    assert not any(row["class_type"] == "ImageBatch" for row in job.graph.values())


def outputs_of(*roles: str, frames: int = 5) -> list[Output]:
    return [Output(f"/{role}.mp4", "video", 64, 48, frames, 8.0, role) for role in roles]


@pytest.mark.parametrize(
    ("count", "roles", "found"),
    [
        (1, ("",), []),
        (2, ("clip1", "clip2"), [["clip1", "clip2"]]),
        (3, ("clip1", "clip2"), []),
        (2, ("clip1", "clip2", "joined"), []),
        (2, ("clip2", "clip2", "clip1", "clip1"), [["clip1", "clip2"]] * 2),
    ],
)
def test_which_clips_belong_together(count: int, roles: tuple[str, ...], found: list[list[str]]) -> None:
    job = some_job(values={"clip_count": count})
    assert [[output.role for output in chain] for chain in chains(job, outputs_of(*roles))] == found


def test_single_pictures_are_no_clips() -> None:
    assert chains(some_job(values={"clip_count": 2}), outputs_of("clip1", "clip2", frames=1)) == []


async def test_clips_that_cannot_be_joined_stay_and_that_is_said(tmp_path: Path) -> None:
    job = some_job(values={"clip_count": 2}, out_dir=str(tmp_path), engine=EngineRef("sketch"))
    outputs = []
    for number in (1, 2):
        path = clip(tmp_path / f"clip{number}.mp4", "mp4", number - 1, options=PLAIN)
        outputs.append(Output(str(path), "video", 64, 48, 9, 8.0, f"clip{number}"))
    whole = (tmp_path / "clip2.mp4").read_bytes()
    (tmp_path / "clip2.mp4").write_bytes(whole.replace(b"avc1", b"zzzz"))
    said: list[str] = []
    bus = Bus()
    bus.subscribe(NoticePosted, lambda event: said.append(event.text))
    complaints = Complaints(bus)

    async def joined_of() -> tuple[Output, ...]:
        return await with_joined(complaints, job, tuple(outputs), {made.path: state_of(made.path) for made in outputs})

    assert await joined_of() == tuple(outputs)
    assert len(said) == 1 and said[0].startswith("The clips are here, but could not be joined.")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["clip1.mp4", "clip2.mp4"]
    (tmp_path / "clip2.mp4").write_bytes(whole)
    joined = (await joined_of())[-1]
    written = Path(joined.path).stat().st_mtime_ns
    assert (joined.role, joined.frames) == ("joined", 17)
    assert (await joined_of())[-1] == joined
    assert Path(joined.path).stat().st_mtime_ns == written, "a second try takes it as it is"


async def test_a_full_disk_keeps_no_job_that_is_to_end(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_given: object) -> Output:
        raise CannotSave("The disk is full.")

    monkeypatch.setattr(joining, "_make", full)
    async with running_app(tmp_path / "home", server.url) as app:
        job = await app.submit()
        async with asyncio.timeout(60):
            while "The disk is full." not in app.notices:
                await asyncio.sleep(0.02)
        await app.services.jobs.cancel(job.id)
        assert (await app.end_of(job)).state is JobState.CANCELLED
