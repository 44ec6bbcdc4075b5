"""Going on from a video: its last frame, what is chosen like it, and the two in one."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from oelala_desktop.domain.errors import InvalidMedia, Unreadable
from oelala_desktop.domain.inputs import Given
from oelala_desktop.domain.job import Awaited, Job, JobInput, Output
from oelala_desktop.domain.plan import Plan, plan
from oelala_desktop.services.inputs.last_frame import last_frame
from oelala_desktop.services.inputs.store import InputStore
from oelala_desktop.services.loop.bus import Bus
from oelala_desktop.services.loop.complaints import Complaints
from oelala_desktop.services.queue.continuing import alike, kept_whole, taken_for
from oelala_desktop.services.queue.joining import chains, state_of, with_joined
from tests.unit.domain.samples import shipped, some_job

from .telling import Told
from .test_splicing import FRAMES, PLAIN, TURNED, clip, is_whole_chain, pitches, shade

SIZE = (96, 64)
WAN = shipped("image-to-video.wan22-14b")


def brightness(picture: bytes) -> float:
    return float(np.asarray(Image.open(BytesIO(picture)).convert("L")).mean())


@pytest.mark.parametrize("options", [PLAIN, TURNED], ids=["plain", "frames out of order"])
def test_the_last_frame_is_the_one_shown_last(tmp_path: Path, options: dict[str, str]) -> None:
    path = clip(tmp_path / "a.mp4", "mp4", 0, size=SIZE, options=options)
    found = last_frame(path)
    assert Image.open(BytesIO(found)).size == SIZE
    assert abs(brightness(found) - shade(FRAMES - 1)) < 4


def test_of_an_animated_picture_too(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (64, 48), (shade(n),) * 3) for n in range(3)]
    frames[0].save(tmp_path / "a.webp", save_all=True, append_images=frames[1:], quality=90)
    assert abs(brightness(last_frame(tmp_path / "a.webp")) - shade(2)) < 4


def test_what_is_none_is_told_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_text("no video")
    with pytest.raises(Unreadable, match=r"a\.mp4"):
        last_frame(tmp_path / "a.mp4")
    with pytest.raises(InvalidMedia, match=r"a\.mp4") as raised:
        InputStore(tmp_path / "kept").last_frame(tmp_path / "a.mp4", "continue")
    assert raised.value.field == "continue"


def test_it_is_kept_as_any_picture_and_names_the_video(tmp_path: Path) -> None:
    path = clip(tmp_path / "a.mp4", "mp4", 0, size=SIZE, options=PLAIN)
    store = InputStore(tmp_path / "kept")
    kept = store.last_frame(path, "image")
    assert (kept.original, kept.given.name, kept.path.parent) == (str(path), "a.png", store.folder)
    assert store.last_frame(path, "image").path == kept.path, "once by its content"


# What a step takes of the one before it


def before(path: Path, kind: str = "video") -> Job:
    return some_job(outputs=(Output(str(path), kind, 64, 48, 9, 8.0),))


def test_a_step_takes_the_result_or_its_last_frame(tmp_path: Path) -> None:
    path = clip(tmp_path / "a.mp4", "mp4", 0, size=SIZE, options=PLAIN)
    store = InputStore(tmp_path / "kept")
    assert taken_for(store, Awaited("video", "@result", {}), before(path)) == path
    assert taken_for(store, Awaited("image", "@last", {}), before(path)).suffix == ".png"
    assert taken_for(store, Awaited("image", "@last", {}), before(path, "image")) == path, "a picture is its own end"
    for job in (some_job(outputs=()), before(path, "audio")):
        with pytest.raises(InvalidMedia, match="made no picture and no video"):
            taken_for(store, Awaited("image", "@result", {}), job)


# Like the video


def settled(**values: object) -> Plan:
    found = plan(WAN.tool, (WAN,), {"image": "a.png", **values}, FACTS, None)
    assert isinstance(found, Plan)
    return found


FACTS = {"image": (Given("a.png", "picture", 1280, 720),)}
VIDEO = Given("walk.mp4", "video", 1280, 720, 49, 24.0, 49 / 24)


def test_what_is_left_open_is_chosen_like_the_video() -> None:
    request = alike(settled(), FACTS, None, VIDEO).request
    assert (request.width, request.height, request.fps) == (1280, 720, 24)


def test_what_was_asked_for_stays() -> None:
    request = alike(settled(resolution="480p", fps=8), FACTS, None, VIDEO).request
    assert (request.height, request.fps) == (480, 8)


def test_where_no_choice_comes_to_it_the_plan_is_as_it_was() -> None:
    odd = replace(VIDEO, width=333, height=222, rate=29.97)
    request = alike(settled(), FACTS, None, odd).request
    assert request == settled().request


# The two in one


def outputs(*paths: Path, role: str = "") -> tuple[Output, ...]:
    return tuple(Output(str(path), "video", 64, 48, FRAMES, 8.0, role) for path in paths)


async def joined(folder: Path, bus: Bus, first: Path, *made: Output) -> tuple[Output, ...]:
    given = JobInput("continue", str(first), first.name, f"/home/{first.name}", "video")
    job = some_job(values={}, out_dir=str(folder), params={"job_id": "j1"}, continues=given)
    states = {output.path: state_of(output.path) for output in made}
    return await with_joined(Complaints(bus), job, made, states)


@pytest.mark.parametrize("tones", [(0, 0), (400, 800), (400, 0), (0, 800)])
async def test_the_new_clip_follows_the_video_and_their_sound_goes_along(
    tmp_path: Path, bus: Bus, tones: tuple[int, int]
) -> None:
    first, second = (clip(tmp_path / f"{n}.mp4", "mp4", n, options=PLAIN, tone=tone) for n, tone in enumerate(tones))
    made, both = await joined(tmp_path, bus, first, *outputs(second))
    assert (made.role, both.role, both.frames) == ("", "joined", 2 * FRAMES - 1)
    assert is_whole_chain(Path(both.path), 2), "the frame at the joint is there once"
    spans = [span for span, tone in zip(((0.2, 0.8), (1.2, 1.8)), tones, strict=True) if tone]
    if spans:
        heard = pitches(Path(both.path), spans)
        assert all(abs(a - b) < 12 for a, b in zip(heard, filter(None, tones), strict=True)), heard
    assert some_job(outputs=(made, both)).main_output == both


def test_all_clips_of_an_extended_job_follow_it() -> None:
    given = JobInput("continue", "/a.mp4", "a.mp4", "/home/a.mp4", "video")
    clips = (*outputs(Path("/1.mp4"), role="clip1"), *outputs(Path("/2.mp4"), role="clip2"))
    job = some_job(values={"clip_count": 2}, continues=given)
    assert chains(job, clips) == [list(clips)]
    assert chains(replace(job, values={}), outputs(Path("/1.mp4"))) == [list(outputs(Path("/1.mp4")))]
    assert chains(replace(job, values={}, continues=None), outputs(Path("/1.mp4"))) == []
    still = Output("/1.png", "image", 64, 48, 1, None)
    assert chains(replace(job, values={}), (still,)) == []


async def test_a_video_that_is_kept_no_more_leaves_the_clip_as_it_is(tmp_path: Path, bus: Bus, told: Told) -> None:
    first, second = (clip(tmp_path / f"{n}.mp4", "mp4", n, options=PLAIN) for n in range(2))
    first.write_bytes(b"no video any more")
    (made,) = await joined(tmp_path, bus, first, *outputs(second))
    assert made.path == str(second) and "could not be joined" in told.notices[0][1]


def test_the_copy_is_byte_for_byte(tmp_path: Path) -> None:
    path = clip(tmp_path / "a.MP4", "mp4", 0, size=SIZE, options=PLAIN, tone=400)
    given, kept = kept_whole(InputStore(tmp_path / "kept"), path)
    assert Path(kept.path).read_bytes() == path.read_bytes()
    assert (given.frames, given.has_sound, kept.kind, Path(kept.path).suffix) == (FRAMES, True, "video", ".mp4")
    again = kept_whole(InputStore(tmp_path / "kept"), Path(kept.path))[1]
    assert again.path == kept.path, "what is kept needs no second copy"
