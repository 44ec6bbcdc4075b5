"""The clips of an extended video joined here: killed at any write of it, the next start joins them, once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from oelala_desktop.domain.errors import CannotSave
from oelala_desktop.domain.job import JobState, Output
from oelala_desktop.metadata import read
from oelala_desktop.services.queue import joining

from .rig import Server, running_app
from .trial import Harm, Trial

#: renames of a join: the one that brings in what made it, and the one to its final name
_RENAMES = 2


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_killed_while_joining(tmp_path: Path, server: Server, pytestconfig: pytest.Config) -> None:
    """After each rename of a join; with `--all` before each as well."""
    recorded = Trial(Harm("-", "kill app"), tmp_path / "recorded", server, 1)
    assert not (await recorded.run()).faults
    writes = (tmp_path / "recorded" / "points").read_text().splitlines()
    renames = [point for point in writes if point.startswith("replace")][-2 * _RENAMES :]
    chosen = renames if pytestconfig.getoption("--all") else [point for point in renames if point.endswith("after")]
    assert len(chosen) >= _RENAMES
    for number, point in enumerate(chosen, 2):
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


async def test_a_full_disk_keeps_no_job_that_is_to_end(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_given: object) -> Output:
        raise CannotSave("The disk is full.")

    monkeypatch.setattr(joining, "_make", full)
    async with running_app(tmp_path / "home", server.url) as app:
        job = await app.submit()
        await app.until(lambda: "The disk is full." in app.notices, "the notice")
        await app.services.jobs.cancel(job.id)
        assert (await app.end_of(job)).state is JobState.CANCELLED
