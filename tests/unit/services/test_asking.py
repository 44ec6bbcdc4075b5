"""What is asked of an engine about jobs that it has, or may have."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from oelala_desktop.domain.engine import Absent, Order, Running, ServerFile, Standing, Taken, Untold
from oelala_desktop.domain.errors import EngineAnswer, EngineUnreachable
from oelala_desktop.domain.job import EngineRef, Job, JobError
from oelala_desktop.domain.life.facts import CancelTold, LeftThere, NothingLeft, NotReached
from oelala_desktop.metadata.writer import embed
from oelala_desktop.services.engines.engine import Engine
from oelala_desktop.services.loop.bus import Bus
from oelala_desktop.services.loop.complaints import Complaints
from oelala_desktop.services.loop.tasks import TaskScope
from oelala_desktop.services.queue.asking import Asker
from oelala_desktop.services.queue.fetching import result_stem
from tests.clock import SetClock
from tests.unit.domain.samples import some_job

from .disk import FULL, Disk
from .fake_engine import FakeEngine, picture
from .telling import Told

REF = EngineRef("theirs", "http://theirs", "Theirs")
FILE = ServerFile("j1_00001_.png", "oelala", "output", "1")
BROKEN = EngineAnswer("Broken.", detail="raw")


@pytest.fixture
def asker(port: FakeEngine, bus: Bus, scope: TaskScope, store: Disk, clock: SetClock) -> Asker:
    return Asker(Engine(REF, port, bus, scope, clock), store, Complaints(bus, clock))


def job(job_id: str = "j1", handle: str = "", **changes: Any) -> Job:
    graph = {"1": {"class_type": "SaveImage", "inputs": {"filename_prefix": f"oelala/{job_id}"}}}
    return some_job(id=job_id, handle=handle, prefix=f"oelala/{job_id}", graph=graph, **changes)


async def answers(asker: Asker, *jobs: Job) -> list[tuple[str, Standing | Taken]]:
    return [answer async for answer in asker.ask(jobs)]


# How they stand


async def test_those_with_a_handle_are_asked_for_the_others_are_looked_for(asker: Asker, port: FakeEngine) -> None:
    port.standings["h2"] = Running()
    port.orders["h1"] = Order("j1", "h1", {}, {}, "")
    found = await answers(asker, job("j1"), job("j2", "h2"), job("j3"))
    assert found == [("j2", Running()), ("j1", Taken("h1")), ("j3", Absent())]
    assert (port.asked, port.searched) == (["h2"], ["j1", "j3"])


async def test_what_it_says_of_one_holds_up_no_other(asker: Asker, port: FakeEngine) -> None:
    port.fails["find"] = BROKEN
    found = await answers(asker, job("j1"), job("j2", "h2"), job("j3"))
    untold = Untold(JobError("Broken.", "", "", "raw"))
    assert found == [("j2", Absent()), ("j1", untold), ("j3", untold)]


async def test_an_engine_that_does_not_answer_at_all_is_not_reached(asker: Asker, port: FakeEngine) -> None:
    port.fails["find"] = BROKEN
    port.is_down = True
    with pytest.raises(EngineUnreachable):
        await answers(asker, job("j2", "h2"))
    port.ask = FakeEngine().ask  # type: ignore[method-assign]
    with pytest.raises(EngineAnswer):
        await answers(asker, job("j1"))


# What lies there


async def test_a_graph_whose_savers_are_unknown_leaves_nothing(asker: Asker, port: FakeEngine) -> None:
    strange = {"1": {"class_type": "MySaver", "inputs": {"filename_prefix": "oelala/j1"}}}
    assert await asker.look(replace(job(), graph=strange)) == NothingLeft()
    assert port.calls == []


async def test_files_that_lie_there_are_its_result(asker: Asker, port: FakeEngine, tmp_path: Path) -> None:
    port.left = (FILE,)
    assert await asker.look(job(out_dir=str(tmp_path))) == LeftThere((FILE,))
    port.left = ()
    assert await asker.look(job(out_dir=str(tmp_path))) == NothingLeft()


async def test_an_engine_that_is_well_and_does_not_tell_is_told_from_one_that_is_down(
    asker: Asker, port: FakeEngine, tmp_path: Path
) -> None:
    port.fails["leftovers"] = BROKEN
    assert await asker.look(job(out_dir=str(tmp_path))) == Untold(JobError("Broken.", "", "", "raw"))
    port.is_down = True
    assert await asker.look(job(out_dir=str(tmp_path))) == NotReached()


async def test_what_is_here_already_is_taken_whatever_it_says(asker: Asker, port: FakeEngine, tmp_path: Path) -> None:
    made = job(out_dir=str(tmp_path))
    path = tmp_path / f"{result_stem(made)}.png"
    path.write_bytes(picture())
    embed(path, {"job_id": "j1"}, None)
    assert await asker.look(made) == LeftThere((FILE,))
    port.fails["leftovers"] = BROKEN
    port.is_down = True
    assert await asker.look(made) == LeftThere((FILE,))


async def test_only_what_was_asked_for_must_be_here(asker: Asker, tmp_path: Path) -> None:
    made = job(out_dir=str(tmp_path))
    sound = {"class_type": "SaveAudio", "inputs": {"filename_prefix": "oelala/j1"}}
    made = replace(made, graph={**made.graph, "2": sound})
    path = tmp_path / f"{result_stem(made)}.png"
    path.write_bytes(picture())
    embed(path, {"job_id": "j1"}, None)
    assert await asker.look(made) == LeftThere((FILE,))


# Cancelled


async def test_the_engine_is_told_to_end_it(asker: Asker, port: FakeEngine, store: Disk) -> None:
    assert await asker.cancel("j1", "h1", note=False) == CancelTold()
    assert (port.cancelled, await store.cancels()) == (["h1"], frozenset())


async def test_the_wish_is_written_down_first(asker: Asker, port: FakeEngine, store: Disk) -> None:
    port.is_down = True
    assert await asker.cancel("j1", "h1", note=True) == CancelTold()
    assert (port.cancelled, await store.cancels()) == ([], frozenset({"j1"}))


async def test_a_wish_that_cannot_be_written_down_is_told_and_passed_on(
    asker: Asker, port: FakeEngine, store: Disk, told: Told
) -> None:
    store.refuses["ask_cancel"] = [FULL]
    assert await asker.cancel("j1", "h1", note=True) == CancelTold()
    assert port.cancelled == ["h1"]
    assert told.notices == [("error", "The disk is full.", "j1")]
