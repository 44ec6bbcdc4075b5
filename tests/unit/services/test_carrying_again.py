"""A job that failed by a part of its preset is made again without it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from oelala_desktop.domain.engine import Ended, Failure
from oelala_desktop.domain.events import JobChanged, JobFinished
from oelala_desktop.domain.job import Job, JobError
from oelala_desktop.domain.life import RULES, Flight, Stage
from oelala_desktop.services.engines.engine import Engine
from oelala_desktop.services.loop.bus import Bus
from oelala_desktop.services.loop.tasks import TaskScope
from oelala_desktop.services.queue.carrying import Carrier
from oelala_desktop.services.queue.inability import Inability
from tests.clock import SetClock
from tests.unit.domain.samples import build

from .carrying_out import PRESET, REF, SAGE, Desk, S, preset_of
from .disk import Disk
from .driving import nothing_to_fill
from .fake_engine import FakeEngine
from .telling import Told


@pytest.fixture
def desk(port: FakeEngine, store: Disk, bus: Bus, scope: TaskScope, clock: SetClock, tmp_path: Path) -> Desk:
    engine = Engine(REF, port, bus, scope, clock)
    inability = Inability(store, preset_of, clock)
    carrier = Carrier(engine, store, bus, scope, lambda job: {}, inability, nothing_to_fill, RULES, clock)
    return Desk(carrier, engine, port, tmp_path / "out")


# Made again without a part


def sage(desk: Desk, job_id: str, **changes: Any) -> Job:
    graph = build(PRESET, {"sage_attention": True})
    return replace(desk.job(job_id, preset=PRESET, **changes), graph=graph, prefix="oelala/x")


def has_sage(job: Job) -> bool:
    return any(row["class_type"] == SAGE for row in job.graph.values())


async def test_a_job_that_fails_by_an_optional_part_is_made_again_first_of_all(
    desk: Desk, told: Told, store: Disk
) -> None:
    failing = sage(desk, "j1", position=5.0, state=S.RUNNING, handle="h-j1", sent_at=1.0)
    node = next(n for n, row in failing.graph.items() if row["class_type"] == SAGE)
    desk.port.standings["h-j1"] = Ended((), Failure(JobError("It failed.", "node"), node, "no module"))
    desk.carrier.admit(Flight(failing, Stage.OUT, due=0.0))
    alike, other, bare = sage(desk, "j2", position=3.0), desk.job("j3", position=4.0), desk.job("j4", preset=PRESET)
    waiting = [alike, other, replace(bare, position=6.0)]
    await store.save(failing, *waiting)
    for job in waiting:
        desk.carrier.admit(Flight(job))
    desk.carrier.admit(Flight(desk.job("j5", after="j1", position=9.0)))
    await desk.carrier.ask()
    failed = (await told.until(JobFinished)).job
    assert (failed.state, failed.error and failed.error.kind) == (S.FAILED, "optional")
    assert failed.retried_as is not None
    fresh = await store.get(failed.retried_as)
    assert fresh is not None and (fresh.position, fresh.state, has_sage(fresh)) == (2.0, S.QUEUED, False)
    assert [job.id for job in desk.carrier.board.waiting] == [fresh.id, "j2", "j3", "j4", "j5"]
    changed = await store.get("j2")
    assert changed is not None and not has_sage(changed) and desk.flight("j2").job == changed
    assert desk.flight("j2").held == frozenset() and desk.flight("j2").is_ready
    assert desk.flight("j3").job is other
    assert desk.flight("j5").job.after == fresh.id
    assert {event.job.id for event in told.of(JobChanged)} >= {"j2", fresh.id}


async def test_it_comes_before_all_that_wait_also_when_it_was_the_first(desk: Desk, told: Told, store: Disk) -> None:
    failing = sage(desk, "j1", position=1.0, state=S.RUNNING, handle="h-j1", sent_at=1.0)
    node = next(n for n, row in failing.graph.items() if row["class_type"] == SAGE)
    desk.port.standings["h-j1"] = Ended((), Failure(JobError("It failed.", "node"), node, "no module"))
    desk.port.abilities = replace(desk.port.abilities, is_ours=True)
    desk.carrier.admit(Flight(failing, Stage.OUT, due=0.0))
    desk.carrier.admit(Flight(desk.job("j2", position=2.0)))
    await desk.carrier.ask()
    failed = (await told.until(JobFinished)).job
    assert failed.retried_as is not None
    assert desk.flight(failed.retried_as).job.position == 0.0
    assert desk.flight(failed.retried_as).is_ours


@pytest.mark.parametrize("node", ["15", "99"])
async def test_what_it_cannot_do_without_ends_it(desk: Desk, told: Told, node: str) -> None:
    failing = sage(desk, "j1", state=S.RUNNING, handle="h-j1", sent_at=1.0)
    error = JobError("It failed.", "node")
    desk.port.standings["h-j1"] = Ended((), Failure(error, node, "no module"))
    desk.carrier.admit(Flight(failing, Stage.OUT, due=0.0))
    await desk.carrier.ask()
    failed = (await told.until(JobFinished)).job
    assert (failed.state, failed.error, failed.retried_as) == (S.FAILED, error, None)


async def test_what_is_of_a_part_and_cannot_go_without_it_ends_it(desk: Desk, told: Told, store: Disk) -> None:
    failing = sage(desk, "j1", state=S.RUNNING, handle="h-j1", sent_at=1.0)
    node = next(n for n, row in failing.graph.items() if row["class_type"] == SAGE)
    del failing.graph[node]["inputs"]["model"]
    error = JobError("It failed.", "node")
    desk.port.standings["h-j1"] = Ended((), Failure(error, node, "no module"))
    desk.carrier.admit(Flight(failing, Stage.OUT, due=0.0))
    await desk.carrier.ask()
    assert (await told.until(JobFinished)).job.error == error
    assert await store.flags("unable") == {}
