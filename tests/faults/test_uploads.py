"""What a job is given, on its way to a server."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from oelala_desktop.domain.job import JobState
from oelala_desktop.domain.life import RULES

from .proxy import Fault, Point, Proxy
from .rig import picture, running_app


@pytest.mark.parametrize(("same", "uploads"), [(True, 1), (False, 2)], ids=["the same", "others of the same name"])
async def test_each_picture_goes_up_once(tmp_path: Path, proxy: Proxy, same: bool, uploads: int) -> None:
    home = tmp_path / "home"
    start = picture(home / "given")
    end = tmp_path / "other" / start.name
    end.parent.mkdir()
    if same:
        end.write_bytes(start.read_bytes())
    else:
        Image.linear_gradient("L").convert("RGB").save(end)
    async with running_app(home, proxy.url) as app:
        job = await app.end_of(await app.submit(end_image=str(end), clip_count=1))
        assert job.state is JobState.DONE, job.error
    assert [str(p) for p in proxy.points if "upload" in p.name and p.side == "after"] == [
        f"after POST /upload/image {number}" for number in range(1, uploads + 1)
    ]
    used = {node["inputs"]["image"] for node in job.graph.values() if node["class_type"] == "LoadImage"}
    assert len(used) == uploads


async def test_a_server_that_breaks_off_every_upload_does_not_hold_up_the_queue(tmp_path: Path, proxy: Proxy) -> None:
    """As a proxy does that takes no large bodies: everything else is answered, and the job would wait for ever."""

    def breaks_off(point: Point) -> Fault | None:
        return Fault("cut") if "upload" in point.name and point.side == "before" else None

    proxy.script = breaks_off
    async with running_app(tmp_path / "home", proxy.url) as app:
        job = await app.end_of(await app.submit(clip_count=1), 60)
        assert job.state is JobState.FAILED and job.error and job.error.kind == "upload", job.error
        assert sum("upload" in point.name for point in proxy.points) == RULES.tries
        proxy.script = lambda point: None
        again = await app.end_of(await app.services.jobs.retry(job.id, app.engine))
        assert again.state is JobState.DONE, again.error


def _pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


@pytest.mark.parametrize("damage", [Path.unlink, _pipe], ids=["gone", "a pipe"])
async def test_a_kept_file_that_is_none_any_more_ends_its_job_alone(
    tmp_path: Path, proxy: Proxy, damage: Callable[[Path], None]
) -> None:
    async with running_app(tmp_path / "home", proxy.url) as app:
        proxy.refusing = True  # so that the job waits here
        job = await app.submit(clip_count=1)
        damage(Path(job.inputs[0].path))
        proxy.refusing = False
        ended = await app.end_of(job, 60)
        assert ended.state is JobState.FAILED and ended.error, ended.state
        assert "What was kept for this job is gone" in ended.error.message
        assert (await app.end_of(await app.submit(clip_count=1))).state is JobState.DONE
