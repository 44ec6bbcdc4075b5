"""Clips that go astray between their fetch and their join: the server still has them, so they are fetched again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from oelala_desktop.domain.job import JobState
from tests.unit.services.test_splicing import PLAIN, clip

from .proxy import Fault, Point, Proxy
from .rig import Server, faults_in, running_app

Harm = Callable[[Path], object]


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-100])


def change_a_frame(path: Path) -> None:
    """In the middle of the frames: the file is whole by its structure, and still says whose it is."""
    content = bytearray(path.read_bytes())
    content[content.index(b"mdat") + 900] ^= 0x10
    path.write_bytes(content)


def write_over(path: Path) -> None:
    clip(path, "mp4", 0, options=PLAIN)


@pytest.mark.parametrize("harm", [Path.unlink, cut, change_a_frame, write_over])
async def test_a_clip_is_fetched_again(tmp_path: Path, proxy: Proxy, harm: Harm) -> None:
    output = tmp_path / "home" / "output"
    whole: list[bytes] = []

    async def befall() -> None:
        (first,) = output.glob("*_clip1.mp4")
        whole.append(first.read_bytes())
        harm(first)

    proxy.script = _at("after GET /view 2", befall)
    async with running_app(tmp_path / "home", proxy.url) as app:
        job = await app.end_of(await app.submit())
        assert (job.state, app.notices) == (JobState.DONE, [])
    assert not faults_in(tmp_path / "home", [job])
    assert [Path(job.outputs[0].path).read_bytes()] == whole
    assert [made.frames for made in job.outputs] == [5, 5, 9]


async def test_what_is_taken_away_each_time_ends(tmp_path: Path, proxy: Proxy) -> None:
    output = tmp_path / "home" / "output"

    async def take_away() -> None:
        for path in output.glob("*_clip*.mp4"):
            path.unlink()

    proxy.script = lambda point: Fault(hook=take_away) if str(point).startswith("after GET /view") else None
    async with running_app(tmp_path / "home", proxy.url) as app:
        job = await app.end_of(await app.submit())
        assert job.state is JobState.DONE
        assert len(app.notices) == 1 and app.notices[0].startswith("Something took the clips away, or changed them, ")
    assert [made.role for made in job.outputs] == ["clip1", "clip2"]
    assert not list(output.glob("*.part*"))


async def test_a_clip_that_the_server_has_no_more_either(tmp_path: Path, server: Server, proxy: Proxy) -> None:
    output = tmp_path / "home" / "output"

    async def remove_both() -> None:
        for folder in (output, server.base):
            for path in folder.rglob("*_clip1*.mp4"):
                path.unlink()

    proxy.script = _at("after GET /view 2", remove_both)
    async with running_app(tmp_path / "home", proxy.url) as app:
        job = await app.end_of(await app.submit())
        assert job.state is JobState.DONE
        assert len(app.notices) == 1 and "could not be kept, the rest of the result is here." in app.notices[0]
    assert [made.role for made in job.outputs] == ["clip2"]
    assert not faults_in(tmp_path / "home", [job], files=1)


def _at(moment: str, hook: Callable[[], Awaitable[None]]) -> Callable[[Point], Fault | None]:
    return lambda point: Fault(hook=hook) if str(point) == moment else None
