"""States of a job and the shape that the outside sees."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace

import pytest

from oelala_desktop.domain.job import EngineRef, JobError, JobInput, JobState, Link, Output, may_follow
from tests.unit.domain.samples import some_job

S = JobState
LEGAL = {
    S.QUEUED: {S.SENT, S.FAILED, S.CANCELLED},
    S.SENT: {S.QUEUED, S.RUNNING, S.FETCHING, S.FAILED, S.CANCELLED, S.LOST},
    S.RUNNING: {S.QUEUED, S.FETCHING, S.FAILED, S.CANCELLED, S.LOST},
    S.FETCHING: {S.QUEUED, S.DONE, S.FAILED, S.CANCELLED, S.LOST},
    S.DONE: set(),
    S.FAILED: set(),
    S.CANCELLED: set(),
    S.LOST: {S.FETCHING},
}


@pytest.mark.parametrize(("state", "following"), list(itertools.product(S, S)))
def test_transitions(state: JobState, following: JobState) -> None:
    legal = following in LEGAL[state]
    assert may_follow(state, following) is legal
    job = some_job(state=state)
    if legal or state is following:
        assert job.with_state(following, hidden=True).state is following
    else:
        with pytest.raises(ValueError, match=f"{state.value} cannot become {following.value}"):
            job.with_state(following)


def test_final_states() -> None:
    assert {s for s in S if s.is_final} == {S.DONE, S.FAILED, S.CANCELLED, S.LOST}


def test_done_is_reached_by_fetching_alone() -> None:
    assert [s for s in S if may_follow(s, S.DONE)] == [S.FETCHING]


def test_what_the_outside_sees() -> None:
    outputs = (
        Output("/o/a_clip1.mp4", "video", 848, 480, 33, 16.0, "clip1"),
        Output("/o/a.png", "image", 8, 4, None, None),
    )
    job = some_job(state=S.DONE, outputs=outputs, seed=2**64 - 1)
    row = json.loads(json.dumps(job.as_dict()))
    assert row["seed"] == 2**64 - 1
    assert row["state"] == "done"
    assert row["error"] is None
    assert row["prompt"] == "a boat"
    assert row["outputs"] == [
        {
            "path": "/o/a_clip1.mp4",
            "kind": "video",
            "width": 848,
            "height": 480,
            "frames": 33,
            "fps": 16.0,
            "role": "clip1",
        },
        {"path": "/o/a.png", "kind": "image", "width": 8, "height": 4, "frames": None, "fps": None},
    ]


def test_an_error_has_its_node_and_the_server_s_own_words() -> None:
    row = some_job(error=JobError("It failed.", "node", "Decode", "E: a\nb\ntrace")).as_dict()
    assert (row["error"], row["error_node"], row["error_detail"]) == ("It failed.", "Decode", "E: a\nb\ntrace")


def test_what_stands_for_the_result() -> None:
    clip, joined, last = (Output(f"{n}.mp4", "video", 1, 1, 1, 1.0, n) for n in ("clip1", "joined", "clip2"))
    sound, file = Output("a.flac", "audio", None, None, None, None), Output("a.bin", "file", None, None, None, None)
    assert some_job(outputs=(clip, joined, last, sound)).main_output is joined
    assert some_job(outputs=(clip, last, sound, file)).main_output is last
    assert some_job(outputs=(sound, file)).main_output is file
    assert some_job().main_output is None


def test_a_result_is_what_stands_for_it_and_the_sounds_beside_it() -> None:
    video, still = (Output(f"/{kind}", kind, 64, 48, 9, 16.0) for kind in ("video", "image"))
    first, second = (Output(f"/{number}.flac", "audio", None, None, None, None) for number in range(2))
    assert some_job(outputs=(first, still, video, second)).parts == (video, first, second)
    assert some_job(outputs=(first, second)).parts == (second, first)
    assert some_job().parts == ()
    assert [output.is_sound for output in (first, video, still)] == [True, False, False]
    assert [output.is_visual for output in (first, video, still)] == [False, True, True]


def test_what_is_absent_is_null() -> None:
    job = some_job(engine=EngineRef("sketch", "", "Sketch"), fps=0, error=JobError("It failed."), values={})
    row = job.as_dict()
    assert row["engine"] == {"kind": "sketch", "url": None, "name": "Sketch"}
    assert (row["fps"], row["prompt"], row["error"]) == (None, None, "It failed.")
    assert (row["error_node"], row["error_detail"]) == (None, None)


def test_a_row_has_these_names_and_no_other() -> None:
    """Scripts read it: over the API, and from `oelala jobs --json`."""
    error = JobError("It failed.", "node", "Decode", "raw")
    job = some_job(state=S.FAILED, finished_at=200.0, retry_of="j0", retried_as="j2", error=error)
    job = replace(job, after="j9", link=Link("j8", 2, 3))
    assert job.as_dict() == {
        "job_id": "j1", "tool": "image-to-video", "preset": "image-to-video.sketch",
        "engine": {"kind": "comfyui", "url": "http://127.0.0.1:1", "name": "ComfyUI"}, "state": "failed", "seed": 7,
        "width": 848, "height": 480, "num_frames": 33, "fps": 16, "prompt": "a boat", "created_at": 100.0,
        "finished_at": 200.0, "retry_of": "j0", "retried_as": "j2", "after": "j9",
        "chain": {"id": "j8", "number": 2, "count": 3}, "error": "It failed.", "error_node": "Decode",
        "error_detail": "raw", "outputs": [],
    }  # fmt: skip


def test_what_it_continues_is_kept_beside_its_inputs() -> None:
    given, video = JobInput("image", "/a.png", "a.png", "/a.png"), JobInput("continue", "/a.mp4", "a.mp4", "/a.mp4")
    assert some_job(inputs=(given,)).kept == (given,)
    assert some_job(inputs=(given,), continues=video).kept == (given, video)
