"""What it takes to give a job to its engine."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from oelala_desktop.domain.engine import Taken, Unknown
from oelala_desktop.domain.errors import EngineAnswer, EngineRejected
from oelala_desktop.domain.eta import amount_of_work
from oelala_desktop.domain.job import EngineRef, Job, JobError, JobInput, JobState, Owner
from oelala_desktop.domain.life.facts import Claimed, CouldNotSave, InputRefused, NoAnswer, NoRoom, Prepared
from oelala_desktop.services.engines.engine import Engine
from oelala_desktop.services.loop.bus import Bus
from oelala_desktop.services.loop.tasks import TaskScope
from oelala_desktop.services.queue.eta import place_key
from oelala_desktop.services.queue.sending import Sender
from tests.clock import SetClock
from tests.unit.domain.samples import some_job

from .disk import FULL, Disk
from .fake_engine import FakeEngine

REF = EngineRef("theirs", "http://theirs", "Theirs")
OTHER = Owner("other", "boot")


@pytest.fixture
def engine(port: FakeEngine, bus: Bus, scope: TaskScope, clock: SetClock) -> Engine:
    return Engine(REF, port, bus, scope, clock)


@pytest.fixture
def sender(engine: Engine, store: Disk) -> Sender:
    return Sender(engine, store, lambda job: {"Save.steps": f"steps of {job.id}"}, 1.5)


def job_with(*inputs: JobInput, **changes: Any) -> Job:
    return some_job(engine=REF, inputs=inputs, **changes)


def given(tmp_path: Path, name: str = "a.png") -> JobInput:
    path = tmp_path / name
    path.write_bytes(b"a picture")
    return JobInput("image", str(path), f"oelala_{name}", name)


# Prepared


async def test_inputs_go_up_and_the_line_is_waited_for(
    sender: Sender, port: FakeEngine, store: Disk, tmp_path: Path, clock: SetClock
) -> None:
    one, two = given(tmp_path), given(tmp_path, "b.png")
    job = job_with(one, two, replace(one, key="end_image"))
    await store.remember_time(place_key(REF), job.preset, amount_of_work(job), 40.0, 1.0)
    prepared = await clock.until(sender.prepare(job))
    names = {"oelala_a.png": "there/oelala_a.png", "oelala_b.png": "there/oelala_b.png"}
    assert prepared == Prepared(names, "", 40.0)
    assert port.calls == ["send", "send"], "one that is given twice goes up once"
    assert (clock.naps, clock.now) == ([1.5], 1001.5)


async def test_a_handle_of_ours_is_known_before(sender: Sender, port: FakeEngine, clock: SetClock) -> None:
    port.abilities = replace(port.abilities, takes_our_ids=True)
    assert await clock.until(sender.prepare(job_with())) == Prepared({}, "j1", None)


async def test_an_engine_that_is_down_gives_no_answer(
    sender: Sender, port: FakeEngine, tmp_path: Path, clock: SetClock
) -> None:
    port.is_down = True
    assert await sender.prepare(job_with(given(tmp_path))) == NoAnswer()
    assert clock.naps == []


@pytest.mark.parametrize(
    ("error", "is_final"),
    [
        (EngineAnswer("It broke off.", detail="raw"), False),
        (EngineAnswer("Busy.", status=429), False),
        (EngineAnswer("Too large.", status=413), True),
        (EngineRejected("Bad name.", fields={"image": "bad"}), False),
    ],
)
async def test_one_that_is_well_and_does_not_take_it_refuses(
    sender: Sender, port: FakeEngine, tmp_path: Path, error: EngineAnswer, is_final: bool
) -> None:
    port.fails["send"] = error
    refused = await sender.prepare(job_with(given(tmp_path)))
    fields = {"image": "bad"} if isinstance(error, EngineRejected) else {}
    assert refused == InputRefused(JobError(error.message, "upload", "", error.detail, fields), is_final)


async def test_a_final_refusal_is_one_even_of_an_engine_that_then_goes_down(
    sender: Sender, port: FakeEngine, tmp_path: Path
) -> None:
    port.fails["send"] = EngineAnswer("Too large.", status=413)
    port.is_down = True
    assert isinstance(await sender.prepare(job_with(given(tmp_path))), InputRefused)
    assert "is_well" not in port.calls


async def test_what_was_kept_for_it_and_is_gone_is_final(sender: Sender, port: FakeEngine, tmp_path: Path) -> None:
    one = given(tmp_path)
    Path(one.path).unlink()
    Path(one.path).mkdir()
    refused = await sender.prepare(job_with(one))
    assert refused == InputRefused(JobError(f"What was kept for this job is gone: {one.path}.", "upload"), True)
    assert port.calls == []


async def test_pictures_to_learn_from_of_which_nothing_can_be_read_are_not_sent_as_none(
    sender: Sender, port: FakeEngine, tmp_path: Path
) -> None:
    one = replace(given(tmp_path, "a.dataset"), kind="dataset")
    refused = await sender.prepare(job_with(one))
    assert refused == InputRefused(JobError(f"What was kept for this job cannot be read: {one.path}.", "upload"), True)
    assert port.calls == []


async def test_a_disk_that_refuses_meanwhile_is_told(sender: Sender, store: Disk) -> None:
    store.refuses["times"] = [FULL]
    assert await sender.prepare(job_with()) == CouldNotSave("The disk is full.")


# Room


async def test_there_is_room_while_others_have_fewer(tmp_path: Path, engine: Engine) -> None:
    store = Disk(tmp_path / "shared.sqlite3", is_alive=lambda owner: owner == OTHER)
    await store.open()
    try:
        sender = Sender(engine, store, lambda job: {}, 1.5)
        mine = job_with(owner=Owner("me", "boot"))
        await store.save(job_with(id="x", owner=OTHER, state=JobState.SENT))
        assert await sender.is_room(mine, 2)
        assert not await sender.is_room(mine, 1)
        store.refuses["on_server_of_others"] = [FULL]
        assert await sender.is_room(mine, 1), "what cannot be counted holds up nothing: the place is claimed later"
    finally:
        await store.close()


async def test_the_place_is_claimed_with_the_row(sender: Sender, store: Disk) -> None:
    row = job_with(state=JobState.SENT)
    assert await sender.claim(row, 1, asyncio.Lock()) == Claimed()
    assert await store.get("j1") == row


async def test_another_process_may_be_quicker(sender: Sender, store: Disk) -> None:
    row = job_with(state=JobState.SENT)
    assert await sender.claim(row, 0, asyncio.Lock()) == NoRoom()
    store.refuses["claim"] = [FULL]
    assert await sender.claim(row, 1, asyncio.Lock()) == CouldNotSave("The disk is full.")
    assert await store.get("j1") is None


async def test_a_claim_waits_while_places_are_given(sender: Sender, store: Disk, scope: TaskScope) -> None:
    order = asyncio.Lock()
    await order.acquire()
    claiming = scope.start(sender.claim(job_with(), 1, order), "claim")
    await asyncio.sleep(0)
    assert store.calls == []
    order.release()
    assert await claiming == Claimed()


# Submitted


async def test_it_is_submitted_with_the_names_there_and_the_keys_of_its_fields(
    sender: Sender, port: FakeEngine, caplog: pytest.LogCaptureFixture
) -> None:
    graph = {"1": {"class_type": "LoadImage", "inputs": {"image": "oelala_a.png"}}}
    job = job_with(graph=graph, handle="h1")
    assert await sender.submit(job, {"oelala_a.png": "there/a.png"}) == Taken("h1")
    (order,) = port.submitted
    assert order.graph["1"]["inputs"] == {"image": "there/a.png"}
    assert (order.id, order.handle, order.keys) == ("j1", "h1", {"Save.steps": "steps of j1"})
    assert (order.params, order.prefix) == (job.params, job.prefix)
    port.answer = lambda order: Unknown("cut")
    assert await sender.submit(job, {}) == Unknown("cut")
    assert caplog.messages == ["submitting j1: cut"]
