"""Disks that are full, read-only or gone: "cannot save" is said, nothing half-written lies under a final name, and all
goes on as soon as there is room."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import httpx
import numpy as np
import pytest

from oelala_desktop.domain.errors import CannotSave
from oelala_desktop.domain.job import JobState, Output
from oelala_desktop.services.inputs.videos import cut_video
from oelala_desktop.services.queue.joining import state_of, with_joined
from tests.unit.domain.samples import some_job
from tests.unit.services.inputs.making import video

from .proxy import Fault, Proxy
from .rig import Server, faults_in, running_app

ONE = {"clip_count": 1}

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux") or os.geteuid() != 0, reason="mounting a small disk needs Linux and root"
)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 1 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("this system does not let us mount a small disk")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=False)


def fill(disk: Path, keep: int = 0) -> Path:
    """Leaves at most `keep` bytes free."""
    ballast = disk / "ballast"
    free = shutil.disk_usage(disk).free
    with ballast.open("wb") as file, contextlib.suppress(OSError):
        file.write(bytes(max(0, free - keep)))
    return ballast


def final_names(folder: Path) -> list[str]:
    return [path.name for path in folder.glob("oelala_*") if path.suffix != ".part"]


async def test_a_full_output_folder_is_waited_for(tmp_path: Path, proxy: Proxy, disk: Path) -> None:
    ballast = fill(disk, keep=8192)
    async with running_app(tmp_path / "home", proxy.url) as app:
        job = await app.submit(**ONE, out=disk)
        said = await app.notice()
        assert said.startswith(f"Cannot save into {disk}: ")
        assert said.endswith("The result waits on the server until there is room.")
        await proxy.news.until(lambda: [str(p) for p in proxy.points].count("before GET /view 4"), "a fourth try")
        assert len(app.notices) == 1
        assert final_names(disk) == []
        ballast.unlink()
        job = await app.end_of(job)
        assert job.state is JobState.DONE
    assert len(final_names(disk)) == 1
    assert not list(disk.glob("*.part*"))


async def test_a_folder_that_becomes_read_only_is_waited_for(tmp_path: Path, server: Server, disk: Path) -> None:
    async with running_app(tmp_path / "home", server.url) as app:
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        job = await app.submit(**ONE, out=disk)
        assert "Cannot save into" in await app.notice()
        assert final_names(disk) == []
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
        job = await app.end_of(job)
        assert job.state is JobState.DONE
    assert len(final_names(disk)) == 1


@pytest.mark.parametrize("moment", ["before GET /view 1", "after GET /view 1", "after GET /view 2"])
async def test_a_result_folder_that_is_removed_in_mid_job(tmp_path: Path, proxy: Proxy, moment: str) -> None:
    output = tmp_path / "home" / "output"

    async def remove() -> None:
        shutil.rmtree(output, ignore_errors=True)

    proxy.script = lambda point: Fault(hook=remove) if str(point) == moment else None
    async with running_app(tmp_path / "home", proxy.url) as app:
        job = await app.end_of(await app.submit())
        assert job.state is JobState.DONE
        assert app.notices == [] or app.notices[0].startswith("Cannot save")
    assert not faults_in(tmp_path / "home", [job])


async def test_a_disk_that_is_full_for_the_join_alone(tmp_path: Path, proxy: Proxy, disk: Path) -> None:
    ballast: list[Path] = []

    async def leave_room_for_one_more() -> None:
        (clip,) = disk.glob("*_clip1.mp4")
        ballast.append(fill(disk, keep=clip.stat().st_size * 11 // 5))  # it is written once more when it is embedded in

    script = {"after GET /view 2": Fault(hook=leave_room_for_one_more)}
    proxy.script = lambda point: script.get(str(point))
    async with running_app(tmp_path / "home", proxy.url) as app:
        job = await app.submit(out=disk)
        assert (await app.notice()).startswith(f"Cannot save into {disk}: ")
        assert sorted(name.rpartition("_")[2] for name in final_names(disk)) == ["clip1.mp4", "clip2.mp4"]
        assert (await app.services.jobs.recent())[0].state is JobState.FETCHING
        ballast[0].unlink()
        job = await app.end_of(job)
        assert len(app.notices) == 1
    assert not faults_in(tmp_path / "home", [job], output=disk)


def noisy(path: Path) -> Path:
    """A video of 9 frames that takes much room (67 KB)."""
    chance = np.random.default_rng(4)
    with av.open(str(path), "w") as out:
        stream: Any = out.add_stream("libx264", rate=8, options={"preset": "ultrafast", "crf": "4", "bf": "0"})
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for _ in range(9):
            picture = chance.integers(0, 256, (64, 64, 3), np.uint8)
            out.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        out.mux(stream.encode(None))
    return path


@pytest.mark.parametrize("room", [0, 4096, 40_000, 60_000, 80_000, 100_000])
async def test_no_half_of_a_joined_video_is_taken_for_all_of_it(disk: Path, room: int) -> None:
    job = some_job(values={"clip_count": 2}, out_dir=str(disk))
    paths = [noisy(disk / f"clip{number}.mp4") for number in (1, 2)]
    outputs = tuple(Output(str(path), "video", 64, 64, 9, 8.0, path.stem) for path in paths)
    states = {made.path: state_of(made.path) for made in outputs}
    board: Any = SimpleNamespace()
    ballast = fill(disk, keep=room)
    with pytest.raises(CannotSave, match="Cannot save into"):
        await with_joined(board, job, outputs, states)
    assert not list(disk.glob("oelala_*"))
    ballast.unlink()
    assert (await with_joined(board, job, outputs, states))[-1].frames == 17


async def test_a_jobs_database_on_a_full_disk(tmp_path: Path, server: Server, disk: Path) -> None:
    """Nothing leaves that could not be written down; what is out ends once there is room."""
    home = disk / "home"
    async with running_app(home, server.url) as app:
        done = await app.end_of(await app.submit(**ONE, out=tmp_path / "out"))
        assert done.state is JobState.DONE
        ballast = fill(disk)
        before = await _accepted(server)
        with pytest.raises(CannotSave, match=r"does not take changes|Cannot keep"):
            await app.submit(**ONE, out=tmp_path / "out", prompt="pan left")
        assert await _accepted(server) == before
        ballast.unlink()
        server.brake.hold()
        job = await app.submit(**ONE, out=tmp_path / "out", prompt="pan left")
        await app.running(job)
        ballast = fill(disk)
        server.brake.release()
        await app.notice()
        ballast.unlink()
        assert (await app.end_of(job)).state is JobState.DONE
    async with running_app(home, server.url, connect=False) as app:
        jobs = await app.services.jobs.recent()
        assert [j.state for j in jobs] == [JobState.DONE, JobState.DONE]
    assert not faults_in(home, jobs, files=1, output=tmp_path / "out")


async def _accepted(server: Server) -> int:
    async with httpx.AsyncClient(base_url=server.url) as http:
        return len((await http.get("/history")).json())


async def test_a_home_on_a_full_disk_says_so_at_start(tmp_path: Path, disk: Path) -> None:
    fill(disk)
    with pytest.raises(CannotSave, match=r"cannot be (opened|used)"):
        async with running_app(disk / "home", "http://127.0.0.1:9", connect=False):
            pass


@pytest.mark.parametrize("voice", ["aac", ""], ids=["with sound", "silent"])
def test_a_part_of_a_video_that_does_not_fit_is_no_fault_of_the_video(tmp_path: Path, disk: Path, voice: str) -> None:
    given = video(tmp_path / "given.mp4", 60, size=(640, 360), noise=60, sound=voice)
    for _ in range(2):
        with pytest.raises(OSError, match="No space left"):
            cut_video(given, disk / "part.mp4", 0.53, exact=True)
        assert not list(disk.iterdir())
