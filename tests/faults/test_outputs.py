"""Every output is judged alone: what else a graph saves beside the video never costs the video, and what the server
names but this job has not made is never taken for its result."""

from __future__ import annotations

import json
import os
import uuid
from collections import Counter
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from starlette.requests import Request
from starlette.responses import Response

from oelala_desktop.api.job_view import job_row
from oelala_desktop.api.schemas import Job as JobSchema
from oelala_desktop.domain.events import MediaAdded
from oelala_desktop.domain.job import Job, JobState
from oelala_desktop.services.loop.clock import CLOCK

from .hostile import Hostile
from .rig import App, running_app
from .samples import SAMPLES

Entry = dict[str, Any]
PAGE = b"<!DOCTYPE html><html><title>Please sign in</title></html>"


def sound(container: str = "flac", codec: str = "flac") -> bytes:
    """Half a second of a tone."""
    out = BytesIO()
    wave = (np.sin(np.arange(24_000) / 10) * 12_000).astype(np.int16).reshape(1, -1)
    with av.open(out, "w", format=container) as file:
        stream = file.add_stream(codec, rate=48_000, layout="mono")
        frame = av.AudioFrame.from_ndarray(wave, format="s16", layout="mono")
        frame.sample_rate = 48_000
        resampler = av.AudioResampler(stream.format, stream.layout, stream.rate, stream.frame_size or None)
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            file.mux(stream.encode(piece))
        file.mux(stream.encode(None))
    return out.getvalue()


def named_too(hostile: Hostile, change: Callable[[Entry], None]) -> None:
    """The server's history as `change` alters it."""

    async def answer(request: Request) -> Response:
        prompt_id = request.scope["path"].rpartition("/")[2]
        entries = hostile.engine.queue.history_of(prompt_id)
        for entry in entries.values():
            change(entry)
        return Response(json.dumps(entries), media_type="application/json")

    hostile.answers["GET /history"] = answer


def saved(
    hostile: Hostile, name: str, content: bytes, *, folder: str = "", kind: str = "output", age: float = 0.0
) -> dict[str, str]:
    """A file that lies on the server, as a node reports it. `age` is in seconds."""
    place = hostile.engine.folders.base / kind / folder
    place.mkdir(parents=True, exist_ok=True)
    (place / name).write_bytes(content)
    if age:
        then = (place / name).stat().st_mtime - age
        os.utime(place / name, (then, then))
    return {"filename": name, "subfolder": folder, "type": kind}


def with_extra(hostile: Hostile, key: str, name: str, content: bytes, *, first: bool = False, **more: Any) -> None:
    """Beside the video that Sketch makes the server names one more file, written while the job runs."""

    def change(entry: Entry) -> None:
        extra = {"77": {key: [saved(hostile, name, content, **more)]}}
        entry["outputs"] = {**extra, **entry["outputs"]} if first else {**entry["outputs"], **extra}

    named_too(hostile, change)


def instead(hostile: Hostile, *files: dict[str, str]) -> None:
    """Nothing that Sketch made is named, these are."""
    named_too(hostile, lambda entry: entry.update(outputs={"77": {"images": list(files)}}))


async def one_job(home: Path, hostile: Hostile) -> tuple[Job, App, list[str]]:
    shown: list[str] = []
    async with running_app(home, hostile.url) as app:
        app.services.bus.subscribe(MediaAdded, lambda event: shown.append(event.path))
        job = await app.end_of(await app.submit(clip_count=1))
        return job, app, shown


def only_the_video(home: Path, job: Job) -> bool:
    assert job.state is JobState.DONE, job.error
    files = sorted(p.name for p in (home / "output").iterdir())
    return [o.kind for o in job.outputs] == ["video"] and files == [Path(job.outputs[0].path).name]


@pytest.mark.parametrize("first", [False, True], ids=["after", "before"])
@pytest.mark.parametrize(
    ("container", "codec", "suffix"),
    [
        ("flac", "flac", ".flac"),
        ("mp3", "libmp3lame", ".mp3"),
        ("ogg", "libopus", ".opus"),
        ("wav", "pcm_s16le", ".wav"),
        ("ipod", "aac", ".m4a"),
    ],
)
async def test_a_sound_is_kept_beside_the_video(
    tmp_path: Path, hostile: Hostile, container: str, codec: str, suffix: str, first: bool
) -> None:
    content = sound(container, codec)
    with_extra(hostile, "audio", f"ComfyUI_00001_{suffix}", content, folder="audio", first=first)
    home = tmp_path / "home"
    job, app, shown = await one_job(home, hostile)
    assert job.state is JobState.DONE, job.error
    assert [o.kind for o in job.outputs] == ["video", "audio"]
    video, kept = (Path(o.path) for o in job.outputs)
    assert kept.name == f"{video.stem}_2{suffix}"
    assert kept.read_bytes() == content
    assert job.main_output is job.outputs[0]
    assert shown == [str(video)]
    assert app.notices == []
    assert sorted(p.name for p in (home / "output").iterdir()) == sorted([video.name, kept.name])
    row = job_row(job, None, home / "output")
    assert [o["url"] is None for o in row["outputs"]] == [False, True]
    JobSchema.model_validate(row)


@pytest.mark.parametrize(
    ("name", "suffix"),
    [("x_00001_.latent", ".latent"), ("notes.txt", ".txt"), ("tool.exe", ".bin"), ("x.svg", ".bin"), ("bare", ".bin")],
)
async def test_any_other_file_is_kept_and_named(tmp_path: Path, hostile: Hostile, name: str, suffix: str) -> None:
    with_extra(hostile, "latents", name, b"MZ\x90 some bytes", first=True)
    home = tmp_path / "home"
    job, app, shown = await one_job(home, hostile)
    assert job.state is JobState.DONE, job.error
    assert [o.kind for o in job.outputs] == ["video", "file"]
    kept = Path(job.outputs[1].path)
    assert kept.suffix == suffix and kept.read_bytes() == b"MZ\x90 some bytes"
    assert app.notices == [f"{name} is no picture, video or sound; it is kept as {kept.name}."]
    assert shown == [job.outputs[0].path]
    assert job_row(job, None, home / "output")["outputs"][1]["url"] is None


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("x_00001_.png", PAGE, "neither a picture nor a video"),
        ("x_00001_.flac", PAGE, "is no sound"),
        ("x_00001_.latent", PAGE, "a web page instead of x_00001_.latent"),
        ("x_00001_.wav", sound("wav", "pcm_s16le")[:999], "ends inside its sound"),
        ("x_00001_.opus", sound("ogg", "libopus")[:-99], "ends inside its sound"),
        ("x_00001_.png", SAMPLES["png"]()[:-40], "a damaged file"),
    ],
)
async def test_what_claims_to_be_one_and_is_not_costs_only_itself(
    tmp_path: Path, hostile: Hostile, name: str, content: bytes, words: str
) -> None:
    with_extra(hostile, "images", name, content, first=True)
    job, app, _ = await one_job(tmp_path / "home", hostile)
    assert only_the_video(tmp_path / "home", job)
    assert len(app.notices) == 1
    assert app.notices[0].startswith(f"{name} could not be kept") and words in app.notices[0]


async def test_a_file_that_is_not_given_out_costs_only_itself(tmp_path: Path, hostile: Hostile) -> None:
    absent = {"filename": "gone.flac", "subfolder": "", "type": "output"}
    named_too(hostile, lambda entry: entry["outputs"].update({"77": {"audio": [absent]}}))
    job, app, _ = await one_job(tmp_path / "home", hostile)
    assert only_the_video(tmp_path / "home", job)
    assert "gone.flac could not be kept" in app.notices[0] and "status 404" in app.notices[0]


async def test_many_files_that_are_not_given_out_do_not_hold_up_the_video(
    tmp_path: Path, hostile: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CLOCK, "jittered", lambda seconds: 0.0)
    absent = [{"filename": f"gone{number}.flac", "subfolder": "", "type": "output"} for number in range(60)]
    asked: Counter[str] = Counter()

    async def count(request: Request) -> None:
        asked[request.query_params["filename"]] += 1

    hostile.answers["GET /view"] = count
    named_too(
        hostile,
        lambda entry: entry.update(
            outputs={"77": {"audio": absent[:30]}, **entry["outputs"], "78": {"audio": absent[30:]}}
        ),
    )
    job, app, _ = await one_job(tmp_path / "home", hostile)
    assert only_the_video(tmp_path / "home", job)
    assert len(app.notices) == 60
    assert sorted(asked[file["filename"]] for file in absent) == [1] * 57 + [5] * 3


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("n" * 70_000 + ".flac", "n" * 59 + "…"),  # longer than any address
        ("half a pair \ud83d.flac", "half a pair ?.flac"),
        ("line\nend \u202ecalf.exe", "line?end ?calf.exe"),
    ],
)
async def test_a_name_that_no_file_can_have_costs_only_itself(
    tmp_path: Path, hostile: Hostile, name: str, shown: str
) -> None:
    absent = {"filename": name, "subfolder": "", "type": "output"}
    named_too(hostile, lambda entry: entry["outputs"].update({"77": {"audio": [absent]}}))
    job, app, _ = await one_job(tmp_path / "home", hostile)
    assert only_the_video(tmp_path / "home", job)
    assert app.notices[0].startswith(f"{shown} could not be kept")
    assert app.notices[0].isprintable() and len(app.notices[0]) < 300


async def test_a_job_fails_when_nothing_asked_for_came(tmp_path: Path, hostile: Hostile) -> None:
    """The sound is here all the same, and the job says so."""
    content = sound()

    def change(entry: Entry) -> None:
        page = saved(hostile, "x_00001_.mp4", PAGE)
        entry["outputs"] = {"5": {"images": [page]}, "6": {"audio": [saved(hostile, "a_00001_.flac", content)]}}

    named_too(hostile, change)
    job, _, _ = await one_job(tmp_path / "home", hostile)
    assert job.state is JobState.FAILED
    assert job.error is not None and "neither a picture nor a video" in job.error.message
    assert [o.kind for o in job.outputs] == ["audio"]
    assert Path(job.outputs[0].path).read_bytes() == content


async def test_what_was_given_to_the_job_is_no_result(tmp_path: Path, hostile: Hostile) -> None:
    with_extra(hostile, "images", "start.png", SAMPLES["png"](), kind="input", first=True)
    job, _, _ = await one_job(tmp_path / "home", hostile)
    assert only_the_video(tmp_path / "home", job)


async def test_only_what_was_given_is_no_result_either(tmp_path: Path, hostile: Hostile) -> None:
    instead(hostile, saved(hostile, "start.png", SAMPLES["png"](), kind="input"))
    job, _, _ = await one_job(tmp_path / "home", hostile)
    assert job.state is JobState.FAILED
    assert job.error is not None and "saved no file" in job.error.message


async def test_a_file_named_after_another_job_is_not_taken(tmp_path: Path, hostile: Hostile) -> None:
    with_extra(hostile, "images", f"{uuid.uuid4()}_00001_.png", SAMPLES["png"](), folder="oelala", first=True)
    job, _, _ = await one_job(tmp_path / "home", hostile)
    assert only_the_video(tmp_path / "home", job)


async def test_a_file_that_says_it_is_another_job_s_is_not_taken(tmp_path: Path, hostile: Hostile) -> None:
    home = tmp_path / "home"
    first, _, _ = await one_job(home, hostile)
    made = Path(first.outputs[0].path)
    with_extra(hostile, "gifs", "again_00001.mp4", made.read_bytes())
    made.unlink()
    second, _, _ = await one_job(home, hostile)
    assert only_the_video(home, second)


async def test_a_file_that_lay_there_before_is_not_taken(tmp_path: Path, hostile: Hostile) -> None:
    with_extra(hostile, "images", "old_00001_.png", SAMPLES["png"](), age=60.0)
    job, _, _ = await one_job(tmp_path / "home", hostile)
    assert only_the_video(tmp_path / "home", job)


async def test_an_old_file_alone_is_no_result(tmp_path: Path, hostile: Hostile) -> None:
    instead(hostile, saved(hostile, "old_00001_.mp4", SAMPLES["mp4"](), age=60.0))
    job, _, _ = await one_job(tmp_path / "home", hostile)
    assert job.state is JobState.FAILED and not job.outputs
    assert job.error is not None and "nothing new came of it" in job.error.message


async def test_what_a_cached_node_repeats_lay_there_before(tmp_path: Path, hostile: Hostile) -> None:
    """ComfyUI names the old file again when all of a saver's inputs are as they were."""

    def change(entry: Entry) -> None:
        entry["outputs"]["77"] = {"images": [saved(hostile, "same_00001_.png", SAMPLES["png"]())]}
        cached = {"nodes": ["77"], "prompt_id": "", "timestamp": 0}
        entry["status"]["messages"].append(["execution_cached", cached])

    named_too(hostile, change)
    job, _, _ = await one_job(tmp_path / "home", hostile)
    assert only_the_video(tmp_path / "home", job)
