"""Hostile and broken answers: refused by size, type and time, never taken for a result, never a path of ours; and the
job still ends."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import random
import resource
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse

from oelala_desktop.comfy import transfer
from oelala_desktop.domain.job import Job, JobState
from oelala_desktop.metadata import read

from .hostile import Frame, Hostile
from .rig import App, faults_in, running_app
from .samples import SAMPLES, content_of

ALL = pytest.mark.exhaustive
ONE = {"clip_count": 1}


async def one_job(home: Path, hostile: Hostile, **changes: Any) -> tuple[Job, App]:
    async with running_app(home, hostile.url) as app:
        job = await app.submit(**ONE, **changes)
        return await app.end_of(job), app


def nothing_here(home: Path, job: Job) -> bool:
    output = home / "output"
    return not faults_in(home, [job], files=1) and not (output.is_dir() and any(output.iterdir()))


@pytest.mark.parametrize("kind", sorted(SAMPLES))
async def test_a_result_without_metadata_is_given_ours(tmp_path: Path, hostile: Hostile, kind: str) -> None:
    """A server that strips metadata: pixels and streams stay as they came."""
    plain = SAMPLES[kind]()
    hostile.say("/view", plain, kind="application/octet-stream")
    job, _ = await one_job(tmp_path / "home", hostile)
    assert job.state is JobState.DONE, job.error
    path = Path(job.outputs[0].path)
    assert path.suffix == f".{kind}"
    found = read(path)
    assert found.oelala_params is not None
    assert found.oelala_params["job_id"] == job.id
    assert found.info.prompt == "zoom in"
    assert path.read_bytes() != plain
    assert content_of(kind, path.read_bytes()) == content_of(kind, plain)
    assert not faults_in(tmp_path / "home", [job], files=1)


@pytest.mark.parametrize(
    "name", ["../../../../tmp/evil.mp4", "/etc/passwd", "a\\..\\b.mp4", "\u202egpj.mp4", "x" * 300]
)
async def test_names_of_the_server_are_never_paths_here(tmp_path: Path, hostile: Hostile, name: str) -> None:
    async def renamed(request: Request) -> Response:
        job_id = request.scope["path"].rpartition("/")[2]
        outputs = {"9": {"images": [{"filename": name, "subfolder": "../..", "type": "output"}]}}
        return JSONResponse({job_id: {"outputs": outputs, "status": {"status_str": "success", "completed": True}}})

    hostile.answers["GET /history"] = renamed
    hostile.say("/view", SAMPLES["mp4"](), kind="video/mp4")
    home = tmp_path / "home"
    job, _ = await one_job(home, hostile)
    assert job.state is JobState.DONE
    made = Path(job.outputs[0].path)
    assert made.parent == home / "output"
    assert made.name.startswith("oelala_") and made.name.endswith(f"{job.id.replace('-', '')[:8]}.mp4")
    assert [p.name for p in (home / "output").iterdir()] == [made.name]


@pytest.mark.parametrize("body", ["html", "half", "empty", "noise"])
async def test_what_is_no_whole_picture_or_video_is_no_result(tmp_path: Path, hostile: Hostile, body: str) -> None:
    mp4 = SAMPLES["mp4"]()
    bodies = {
        "html": b"<!doctype html><title>Please log in</title>",
        "half": mp4[: len(mp4) // 2],
        "empty": b"",
        "noise": random.Random(4).randbytes(5000),
    }
    hostile.say("/view", bodies[body], kind="video/mp4")
    job, _ = await one_job(tmp_path / "home", hostile)
    assert job.state is JobState.FAILED
    assert job.error is not None and job.error.kind == "fetch" and job.error.message.startswith("The server sent")
    assert nothing_here(tmp_path / "home", job)


async def test_a_result_cut_short_on_its_way_is_fetched_again(tmp_path: Path, hostile: Hostile) -> None:
    tries = 0
    mp4 = SAMPLES["mp4"]()

    async def cut(request: Request) -> Response:
        nonlocal tries
        tries += 1

        async def part() -> AsyncIterator[bytes]:
            yield mp4[:1000]

        return Response(mp4) if tries > 2 else StreamingResponse(part(), headers={"content-length": str(len(mp4))})

    hostile.answers["/view"] = cut
    job, _ = await one_job(tmp_path / "home", hostile)
    assert job.state is JobState.DONE
    assert tries == 3
    assert not faults_in(tmp_path / "home", [job], files=1)


async def test_a_size_beyond_the_limit_is_not_even_begun(tmp_path: Path, hostile: Hostile) -> None:
    async def endless(request: Request) -> Response:
        async def zeros() -> AsyncIterator[bytes]:
            yield bytes(2**16)
            await asyncio.Event().wait()

        return StreamingResponse(zeros(), headers={"content-length": str(2**40)})

    hostile.answers["/view"] = endless
    job, _ = await one_job(tmp_path / "home", hostile)
    assert job.state is JobState.FAILED
    assert job.error is not None and "larger than 4 GiB" in job.error.message
    assert nothing_here(tmp_path / "home", job)


async def test_compressed_bytes_are_not_unpacked(tmp_path: Path, hostile: Hostile) -> None:
    bomb = gzip.compress(gzip.compress(bytes(2**28)))

    async def explode(request: Request) -> Response:
        return Response(bomb, headers={"content-encoding": "gzip, gzip"})

    asked = 0

    async def explode_twice(request: Request) -> Response | None:
        nonlocal asked
        asked += 1
        return await explode(request) if asked < 3 else None

    hostile.answers["/view"] = explode
    hostile.answers["GET /queue"] = explode_twice
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    job, _ = await one_job(tmp_path / "home", hostile)
    assert job.state is JobState.FAILED
    assert job.error is not None and "not unpacked" in job.error.message
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) < 200 * 1024
    assert nothing_here(tmp_path / "home", job)


async def test_a_redirected_result_is_not_followed(tmp_path: Path, hostile: Hostile) -> None:
    async def away(request: Request) -> Response:
        return RedirectResponse("http://127.0.0.1:9/elsewhere.mp4")

    hostile.answers["/view"] = away
    job, _ = await one_job(tmp_path / "home", hostile)
    assert job.state is JobState.FAILED
    assert nothing_here(tmp_path / "home", job)


async def test_one_byte_a_second_is_given_up_and_tried_again(
    tmp_path: Path, hostile: Hostile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfer, "_SLOW_FOR", 0.1)
    quick = asyncio.Event()
    tries = 0
    mp4 = SAMPLES["mp4"]()

    async def trickle(request: Request) -> Response:
        nonlocal tries
        tries += 1

        async def bytewise() -> AsyncIterator[bytes]:
            for offset in range(len(mp4)):
                yield mp4[offset : offset + 1]
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(quick.wait(), 0.06)

        return StreamingResponse(bytewise(), headers={"content-length": str(len(mp4))})

    hostile.answers["/view"] = trickle
    async with running_app(tmp_path / "home", hostile.url) as app:
        job = await app.submit(**ONE)
        await app.notice()
        quick.set()
        job = await app.end_of(job)
        assert job.state is JobState.DONE
        assert len(app.notices) == 1 and "too slowly" in app.notices[0]
    assert tries >= 4
    assert not faults_in(tmp_path / "home", [job], files=1)


async def test_a_stalled_result_can_be_given_up_by_the_user(tmp_path: Path, hostile: Hostile) -> None:
    async def ill(request: Request) -> Response:
        return Response("gateway", 502)

    hostile.answers["/view"] = ill
    async with running_app(tmp_path / "home", hostile.url) as app:
        job = await app.submit(**ONE)
        await hostile.news.until(lambda: hostile.seen.count("GET /view") >= 3, "a third try")
        await app.services.jobs.cancel(job.id)
        job = await app.end_of(job)
        assert job.state is JobState.CANCELLED
    assert nothing_here(tmp_path / "home", job)


def _told(frame: Frame, kind: str) -> dict[str, Any] | None:
    message = json.loads(frame) if isinstance(frame, str) else {}
    return message["data"] if message.get("type") == kind else None


async def test_a_frame_of_forty_mebibytes(tmp_path: Path, hostile: Hostile) -> None:
    huge = json.dumps({"type": "logs", "data": {"text": "x" * (40 * 2**20)}})
    sent = 0

    def with_huge(frame: Frame) -> list[Frame]:
        nonlocal sent
        if _told(frame, "execution_start") is not None:
            sent += 1
            return [huge, frame]
        return [frame]

    hostile.frames = with_huge
    job, _ = await one_job(tmp_path / "home", hostile)
    assert sent == 1
    assert job.state is JobState.DONE


async def test_endless_negative_and_senseless_progress(tmp_path: Path, hostile: Hostile) -> None:
    chance = random.Random(11)
    values: list[Any] = [-1, -1e308, 1e308, 0, 10**30, "12", None, [], {}, True]

    def senseless(frame: Frame) -> list[Frame]:
        told = _told(frame, "progress")
        if told is None:
            return [frame, b"\x00", b"\x00\x00\x00\x01", "{", '{"type":1}', b"\x00\x00\x00\x04\xff\xff\xff\xff"]
        many: list[Frame] = []
        for _ in range(300):
            wrong = {**told, "value": chance.choice(values), "max": chance.choice(values)}
            wrong["prompt_id"] = chance.choice([told["prompt_id"], "another", None, 5])
            many.append(json.dumps({"type": chance.choice(["progress", "executing", "executed"]), "data": wrong}))
        return [*many, frame]

    hostile.frames = senseless
    job, app = await one_job(tmp_path / "home", hostile)
    assert job.state is JobState.DONE
    assert not app.bar_fell()
    assert all(0 <= fraction < 1 for bar in app.bars.values() for fraction in bar)


@pytest.mark.parametrize(
    "body",
    ["{", "[" * 100_000, *(pytest.param(b, marks=ALL) for b in ("[]", "null", "12", '{"queue_running": 3}', "NaN"))],
)
async def test_senseless_json_is_asked_again(tmp_path: Path, hostile: Hostile, body: str) -> None:
    asked = 0

    def for_a_while(real: str) -> None:
        async def answer(request: Request) -> Response | None:
            nonlocal asked
            asked += 1
            return Response(body, media_type="application/json") if asked < 3 else None

        hostile.answers[real] = answer

    for_a_while("GET /queue")
    for_a_while("GET /history")
    job, _ = await one_job(tmp_path / "home", hostile)
    assert job.state is JobState.DONE
    assert not faults_in(tmp_path / "home", [job], files=1)


async def test_half_a_graph_is_not_what_was_asked_for(tmp_path: Path, hostile: Hostile) -> None:
    """A 200 with node_errors: the server dropped an output. The job is taken back and fails at its field."""

    async def dropped(request: Request) -> Response:
        body = await request.json()
        saver = next(i for i, n in body["prompt"].items() if n["class_type"] == "SketchCameraMove")
        fault = {"type": "value_bigger_than_max", "message": "too big", "details": "", "extra_info": {
            "input_name": "frames", "received_value": 5}}  # fmt: skip
        errors = {saver: {"class_type": "SketchCameraMove", "errors": [fault]}}
        return JSONResponse({"prompt_id": body["prompt_id"], "number": 1, "node_errors": errors})

    hostile.answers["POST /prompt"] = dropped
    job, _ = await one_job(tmp_path / "home", hostile)
    assert job.state is JobState.FAILED
    assert job.error is not None and job.error.kind == "rejected"
    assert job.error.fields.get("num_frames") or job.error.fields
    assert hostile.seen.count("POST /prompt") == 1
    assert f"POST /api/jobs/{job.id}/cancel" in hostile.seen


async def test_a_picture_lost_between_upload_and_submission_goes_up_again(tmp_path: Path, hostile: Hostile) -> None:
    """A server that was started anew in that moment, with an input folder of its own."""

    async def forgetful(request: Request) -> Response | None:
        if hostile.seen.count("POST /prompt") > 1:
            return None
        graph = (await request.json())["prompt"]
        node = next(i for i, row in graph.items() if row["class_type"] == "LoadImage")
        told = {"type": "custom_validation_failed", "message": "Custom validation failed for node"}
        error = told | {"details": f"image - Invalid image file: {graph[node]['inputs']['image']}", "extra_info": {}}
        refused = {node: {"errors": [error], "dependent_outputs": [], "class_type": "LoadImage"}}
        summary = {"type": "prompt_outputs_failed_validation", "message": "", "details": "", "extra_info": {}}
        return JSONResponse({"error": summary, "node_errors": refused}, 400)

    hostile.answers["POST /prompt"] = forgetful
    async with running_app(tmp_path / "home", hostile.url) as app:
        job = await app.end_of(await app.submit(**ONE))
        assert job.state is JobState.DONE, job.error
    assert hostile.seen.count("POST /upload/image") == 2
    assert not faults_in(tmp_path / "home", [job], files=1)
