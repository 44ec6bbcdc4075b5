"""The values of the engine port."""

from __future__ import annotations

import pytest

from oelala_desktop.domain import endings
from oelala_desktop.domain.bodies import Body, refuse_encoding
from oelala_desktop.domain.engine import ServerFile, order_of
from oelala_desktop.domain.engine_kinds import runs_ai
from oelala_desktop.domain.errors import CannotSave, EngineAnswer, EngineRejected
from oelala_desktop.domain.events import EngineState
from oelala_desktop.domain.job import EngineRef, JobError

from .samples import some_job


def test_an_order_has_the_engine_s_names_and_the_job_keeps_ours() -> None:
    graph = {"1": {"class_type": "LoadImage", "inputs": {"image": "a.png", "size": 3}}, "2": {"class_type": "X"}}
    job = some_job(graph=graph)
    order = order_of(job, "theirs-1", {"Load.image": "image"}, {"a.png": "up/a (1).png", "b.png": "b"})
    assert order.graph["1"]["inputs"] == {"image": "up/a (1).png", "size": 3}
    assert (order.id, order.handle, order.prefix, order.params) == ("j1", "theirs-1", job.prefix, job.params)
    assert graph["1"]["inputs"] == {"image": "a.png", "size": 3}


def test_a_server_s_name_is_shown_short_and_harmless() -> None:
    assert ServerFile("x" * 60, "", "output").shown == "x" * 60
    assert ServerFile("x" * 61, "", "output").shown == "x" * 59 + "…"
    assert ServerFile("a\u202eb.png", "sub\\dir", "output").shown == "a?b.png"
    assert ServerFile("a.png", "sub\\dir", "output").path == "sub/dir/a.png"


def test_where_no_model_runs() -> None:
    assert not runs_ai("sketch") and runs_ai("comfyui") and runs_ai("of a later version")
    assert not EngineRef("sketch").is_ai and EngineRef("comfyui", "http://box").is_ai
    assert not EngineState("sketch", "", "Sketch", "online").is_ai


def test_a_body_is_counted_and_never_unpacked() -> None:
    body = Body(4, "Too large.")
    body.take(b"ab")
    body.take(b"cd")
    assert body.whole() == b"abcd"
    with pytest.raises(EngineAnswer, match="Too large"):
        body.take(b"e")
    for encoding in (None, "", " Identity "):
        refuse_encoding(encoding)
    with pytest.raises(EngineAnswer, match="compressed"):
        refuse_encoding("gzip")


def test_endings_in_words() -> None:
    job = some_job()
    assert endings.lost(job).message.startswith("ComfyUI no longer knows this job")
    assert endings.lost(some_job(engine=EngineRef("comfyui"))).message.startswith("The server no longer")
    untold = endings.untold(JobError("It says nothing.", detail="raw"))
    assert "It says nothing. A result" in untold.message and untold.detail == "raw"
    rejected = endings.from_error(EngineRejected("No.", fields={"vae": "None."}, detail="raw"), "rejected")
    assert rejected == JobError("No.", "rejected", "", "raw", {"vae": "None."})
    assert endings.from_error(CannotSave("Full."), "fetch").fields == {}


def test_a_folder_that_takes_no_result_says_why() -> None:
    full = CannotSave.of_result("/out", OSError(28, "No space left on device"))
    assert full.message.startswith("Cannot save into /out: No space left on device. The result waits")
    assert "odd" in CannotSave.of_result("/out", OSError("odd")).message
