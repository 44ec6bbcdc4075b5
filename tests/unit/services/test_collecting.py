"""A finished job's files, whatever network and disk do meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

import pytest

from oelala_desktop.domain.engine import ServerFile
from oelala_desktop.domain.errors import CannotSave, EngineAnswer, EngineUnreachable, NotThisJobs
from oelala_desktop.domain.eta import amount_of_work
from oelala_desktop.domain.job import EngineRef, Job, JobError, Output
from oelala_desktop.domain.life import Cargo
from oelala_desktop.domain.life.facts import Fetched, GaveUp, NotFetched
from oelala_desktop.services.engines.engine import Engine
from oelala_desktop.services.loop.bus import Bus
from oelala_desktop.services.loop.complaints import Complaints
from oelala_desktop.services.loop.tasks import Supervisor, TaskScope
from oelala_desktop.services.queue import joining
from oelala_desktop.services.queue.collecting import Collector, Fetching
from oelala_desktop.services.queue.eta import place_key
from oelala_desktop.services.queue.fetching import result_stem
from oelala_desktop.services.queue.joining import Astray
from oelala_desktop.services.queue.lanes import Lanes
from tests.clock import SetClock, turns
from tests.unit.domain.samples import some_job

from .disk import FULL, Disk
from .fake_engine import FakeEngine, picture
from .telling import Told

REF = EngineRef("theirs", "http://theirs", "Theirs")
GRAPH = {"1": {"class_type": "SaveImage", "inputs": {"filename_prefix": "oelala/j1"}}}
FILE = ServerFile("j1_00001_.png", "oelala", "output")
TEXT = ServerFile("j1_00001_.txt", "oelala", "output")
CUT = EngineUnreachable("The line broke.")
BAD = EngineAnswer("No picture.", detail="raw")
GONE = EngineAnswer("Not there.", status=404)


class Giving(FakeEngine):
    """Each file comes as a test says: an error, or its bytes; the last of these holds for good."""

    def __init__(self) -> None:
        super().__init__()
        self.gives: dict[str, list[Exception | bytes]] = {}

    async def fetch(self, file: ServerFile, sink: BinaryIO, folder: str, *, oldest: float | None = None) -> int:
        self.fetched.append((file.filename, oldest))
        steps = self.gives.get(file.filename, [picture()])
        step = steps.pop(0) if len(steps) > 1 else steps[0]
        if isinstance(step, Exception):
            raise step
        return sink.write(step)


@dataclass
class Desk:
    collector: Collector
    engine: Engine
    port: Giving
    job: Job
    stalls: int = 0
    unwanted: Callable[[], bool] = lambda: False

    def _stall(self) -> None:
        self.stalls += 1

    def of(self, *files: ServerFile, guessed: bool = False, job: Job | None = None) -> Fetching:
        return Fetching(job or self.job, Cargo(files, None, guessed), lambda: self.unwanted(), self._stall)

    @property
    def stem(self) -> str:
        return f"{self.job.out_dir}/{result_stem(self.job)}"


@pytest.fixture
async def desk(tmp_path: Path, store: Disk, bus: Bus, scope: TaskScope, clock: SetClock) -> Desk:
    port = Giving()
    engine = Engine(REF, port, bus, scope, clock)
    complaints = Complaints(bus, clock)
    lanes = Lanes(store, complaints, Supervisor(bus, "Following", clock=clock), 3.0, clock)
    await engine._reach()
    job = some_job(out_dir=str(tmp_path / "out"), graph=GRAPH, engine=REF, handle="h1")
    return Desk(Collector(engine, store, bus, complaints, lanes, clock=clock), engine, port, job)


# What came


async def test_what_was_asked_for_comes(desk: Desk, told: Told, clock: SetClock) -> None:
    came = await desk.collector.collect(desk.of(FILE))
    assert came == Fetched((Output(f"{desk.stem}.png", "image", 16, 16, 1, None, ""),))
    assert (desk.stalls, clock.naps, told.notices) == (0, [], [])


async def test_what_is_none_of_its_is_passed_over(desk: Desk, told: Told) -> None:
    other = ServerFile("x.png", "", "output", repeated=True)
    strange = ServerFile("y.png", "", "output")
    desk.port.gives["y.png"] = [NotThisJobs("It is old.")]
    came = await desk.collector.collect(desk.of(other, strange, FILE))
    assert isinstance(came, Fetched) and len(came.outputs) == 1
    assert [name for name, _ in desk.port.fetched] == ["y.png", "j1_00001_.png"]
    assert told.notices == []


async def test_what_cannot_be_shown_is_named(desk: Desk, told: Told) -> None:
    desk.port.gives["j1_00001_.txt"] = [b"words"]
    came = await desk.collector.collect(desk.of(TEXT, FILE))
    assert isinstance(came, Fetched) and [output.kind for output in came.outputs] == ["image", "file"]
    name = Path(f"{desk.stem}_2.txt").name
    assert told.notices == [("info", f"j1_00001_.txt is no picture, video or sound; it is kept as {name}.", "j1")]


async def test_one_that_is_refused_costs_only_itself(desk: Desk, told: Told, clock: SetClock) -> None:
    desk.port.gives["j1_00001_.txt"] = [GONE]
    came = await clock.until(desk.collector.collect(desk.of(FILE, TEXT)))
    assert isinstance(came, Fetched) and len(came.outputs) == 1
    assert told.notices == [
        ("warning", "j1_00001_.txt could not be kept, the rest of the result is here. Not there.", "j1")
    ]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ((), "The server finished this job but saved no file."),
        ((TEXT,), "The server finished this job but made no picture or video for it."),
        (
            (replace(FILE, filename="x.png", repeated=True),),
            "The server finished this job but named only files that it has not made: nothing new came of it.",
        ),
    ],
)
async def test_nothing_that_was_asked_for_is_no_result(desk: Desk, files: tuple[ServerFile, ...], message: str) -> None:
    desk.port.gives["j1_00001_.txt"] = [b"words"]
    came = await desk.collector.collect(desk.of(*files))
    assert isinstance(came, NotFetched)
    assert came.error == JobError(message, "no_output")
    assert [output.kind for output in came.kept] == ["file"] * (files == (TEXT,))


async def test_the_first_refusal_is_the_reason(desk: Desk, clock: SetClock, told: Told) -> None:
    two = replace(FILE, filename="j1_00002_.png")
    desk.port.gives = {"j1_00001_.png": [BAD], "j1_00002_.png": [GONE]}
    came = await clock.until(desk.collector.collect(desk.of(FILE, two)))
    assert came == NotFetched(JobError("No picture.", "fetch", "", "raw"))
    assert told.notices == []


# Bad answers of a server that is well


async def test_bad_answers_are_borne_five_times(desk: Desk, clock: SetClock) -> None:
    desk.port.gives["j1_00001_.png"] = [BAD] * 4 + [picture()]
    assert isinstance(await clock.until(desk.collector.collect(desk.of(FILE))), Fetched)
    assert clock.naps == [0.2, 0.4, 0.8, 1.5]
    assert desk.stalls == 0


async def test_not_more_often_also_final_ones(desk: Desk, clock: SetClock) -> None:
    for error in (BAD, GONE):
        desk.port.gives["j1_00001_.png"] = [error]
        desk.port.fetched.clear()
        assert isinstance(await clock.until(desk.collector.collect(desk.of(FILE))), NotFetched)
        assert len(desk.port.fetched) == 5


async def test_files_that_were_guessed_are_asked_for_once(desk: Desk, clock: SetClock) -> None:
    desk.port.gives["j1_00001_.png"] = [BAD, picture()]
    assert isinstance(await desk.collector.collect(desk.of(FILE, guessed=True)), NotFetched)
    assert len(desk.port.fetched) == 1


async def test_so_are_all_others_once_three_do_not_come(desk: Desk, clock: SetClock) -> None:
    files = [replace(FILE, filename=f"j1_0000{number}_.png") for number in range(1, 6)]
    desk.port.gives = {file.filename: [GONE] for file in files[:4]}
    assert isinstance(await clock.until(desk.collector.collect(desk.of(*files))), Fetched)
    asked = [name for name, _ in desk.port.fetched]
    assert [asked.count(file.filename) for file in files] == [5, 5, 5, 1, 1]


# A bad line


async def test_a_bad_line_is_borne_for_as_long_as_it_takes(desk: Desk, told: Told, clock: SetClock) -> None:
    desk.port.gives["j1_00001_.png"] = [CUT] * 12 + [picture()]
    clock.drawn = 0.0
    assert isinstance(await clock.until(desk.collector.collect(desk.of(FILE))), Fetched)
    assert clock.naps == [0.75 * seconds for seconds in [0.2, 0.4, 0.8, *[1.5] * 9]]
    assert desk.stalls == 12
    assert told.notices == [("error", "The line broke. The finished result is fetched as soon as it can be.", "j1")]


async def test_it_is_told_only_when_it_breaks_for_the_fourth_time(desk: Desk, told: Told, clock: SetClock) -> None:
    desk.port.gives["j1_00001_.png"] = [CUT] * 3 + [picture()]
    await clock.until(desk.collector.collect(desk.of(FILE)))
    assert told.notices == [] and desk.stalls == 3


async def test_answers_of_a_server_that_is_ill_are_a_bad_line(desk: Desk, clock: SetClock) -> None:
    desk.port.gives["j1_00001_.png"] = [BAD] * 7 + [picture()]
    desk.port.is_well = _ill  # type: ignore[method-assign]
    assert isinstance(await clock.until(desk.collector.collect(desk.of(FILE))), Fetched)
    assert desk.stalls == 7


async def _ill() -> bool:
    return False


async def test_an_engine_that_is_away_is_waited_for(desk: Desk, clock: SetClock, scope: TaskScope) -> None:
    desk.port.gives["j1_00001_.png"] = [CUT, picture()]
    desk.engine._set(state="offline")
    collecting = scope.start(desk.collector.collect(desk.of(FILE)), "collect")
    await clock.skip()
    for _ in range(20):  # as much as a try would need
        await asyncio.to_thread(int)
        await turns()
    assert not collecting.done() and len(desk.port.fetched) == 1
    desk.engine._set(state="online")
    assert isinstance(await collecting, Fetched)


async def test_who_is_to_be_cancelled_gives_up_with_what_is_here(desk: Desk, clock: SetClock) -> None:
    two = replace(FILE, filename="j1_00002_.png")
    desk.port.gives["j1_00002_.png"] = [CUT]
    desk.unwanted = lambda: desk.stalls == 2
    came = await clock.until(desk.collector.collect(desk.of(FILE, two)))
    assert isinstance(came, GaveUp) and [output.path for output in came.kept] == [f"{desk.stem}.png"]
    assert desk.stalls == 2


# The disk


async def test_a_full_disk_is_waited_for(desk: Desk, told: Told, clock: SetClock) -> None:
    desk.port.gives["j1_00001_.png"] = [FULL, FULL, picture()]
    assert isinstance(await clock.until(desk.collector.collect(desk.of(FILE))), Fetched)
    assert (clock.naps, desk.stalls) == ([3.0, 3.0], 2)
    assert told.notices == [("error", "The disk is full.", "j1")]
    desk.unwanted = lambda: True
    desk.port.gives["j1_00001_.png"] = [FULL]
    Path(f"{desk.stem}.png").unlink()
    assert await clock.until(desk.collector.collect(desk.of(FILE))) == GaveUp(())


# Joined


def joins(monkeypatch: pytest.MonkeyPatch, *steps: Exception | None) -> list[dict[str, Any]]:
    """What comes of joining, try by try; returns what was brought for each."""
    brought: list[dict[str, Any]] = []
    left = list(steps)

    async def with_joined(_complaints: object, _job: Job, outputs: tuple[Output, ...], states: Any) -> Any:
        brought.append(dict(states))
        step = left.pop(0)
        if step is not None:
            raise step
        return (*outputs, outputs[-1])

    monkeypatch.setattr("oelala_desktop.services.queue.collecting.with_joined", with_joined)
    return brought


async def test_what_was_brought_is_joined(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    brought = joins(monkeypatch, None)
    came = await desk.collector.collect(desk.of(FILE))
    assert isinstance(came, Fetched) and len(came.outputs) == 2
    assert brought == [{f"{desk.stem}.png": joining.state_of(f"{desk.stem}.png")}]


async def test_clips_that_went_astray_are_fetched_again(
    desk: Desk, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"{desk.stem}.png"
    joins(monkeypatch, Astray(frozenset({path})), None)
    came = await desk.collector.collect(desk.of(FILE))
    assert isinstance(came, Fetched) and len(came.outputs) == 2
    assert len(desk.port.fetched) == 2 and told.notices == []


async def test_three_times_and_not_more(desk: Desk, told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    path = f"{desk.stem}.png"
    joins(monkeypatch, *[Astray(frozenset({path}))] * 3)
    came = await desk.collector.collect(desk.of(FILE))
    assert isinstance(came, Fetched) and [output.path for output in came.outputs] == [path]
    assert len(desk.port.fetched) == 3
    assert told.notices == [
        (
            "warning",
            "Something took the clips away, or changed them, each time before they could be joined; they are not "
            "joined.",
            "j1",
        )
    ]


async def test_joining_waits_for_room(desk: Desk, told: Told, clock: SetClock, monkeypatch: pytest.MonkeyPatch) -> None:
    joins(monkeypatch, CannotSave("No room."), CannotSave("No room."), None)
    assert isinstance(await clock.until(desk.collector.collect(desk.of(FILE))), Fetched)
    assert (clock.naps, desk.stalls, told.notices) == ([3.0, 3.0], 2, [("error", "No room.", "j1")])


async def test_unless_it_is_to_be_cancelled(desk: Desk, clock: SetClock, monkeypatch: pytest.MonkeyPatch) -> None:
    joins(monkeypatch, CannotSave("No room."))
    desk.unwanted = lambda: True
    came = await clock.until(desk.collector.collect(desk.of(FILE)))
    assert isinstance(came, GaveUp) and len(came.kept) == 1


# What is learnt


async def test_how_large_it_was_and_how_long_it_took_is_remembered(desk: Desk, store: Disk) -> None:
    job = replace(desk.job, started_at=100.0, finished_at=130.0, num_frames=0, width=64, height=32)
    await desk.collector.remember(job, None)
    place = place_key(REF)
    assert await store.largest(place, job.preset) == (64, 32, 1)
    assert await store.times(place, job.preset) == [(amount_of_work(job), 30.0)]
    assert desk.port.released == ["h1"]
    await desk.collector.remember(replace(job, num_frames=9), 12.5)
    assert await store.largest(place, job.preset) == (64, 32, 9)
    assert (amount_of_work(replace(job, num_frames=9)), 12.5) in await store.times(place, job.preset)


async def test_the_newest_comes_first(desk: Desk, store: Disk, clock: SetClock) -> None:
    await desk.collector.remember(desk.job, 1.0)
    clock.move(1.0)
    await desk.collector.remember(desk.job, 2.0)
    assert [seconds for _, seconds in await store.times(place_key(REF), desk.job.preset)] == [2.0, 1.0]


@pytest.mark.parametrize(("started", "finished"), [(None, 130.0), (100.0, None), (None, None), (130.0, 130.0)])
async def test_times_that_are_not_known_are_not(
    desk: Desk, store: Disk, started: float | None, finished: float | None
) -> None:
    await desk.collector.remember(replace(desk.job, started_at=started, finished_at=finished), None)
    assert await store.times(place_key(REF), desk.job.preset) == []
    assert desk.port.released == ["h1"]


async def test_neither_disk_nor_engine_keeps_it_from_being_done(
    desk: Desk, store: Disk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    store.refuses["remember_size"] = [FULL]
    await desk.collector.remember(desk.job, 1.0)
    desk.port.fails["release"] = BAD
    await desk.collector.remember(desk.job, 1.0)
    assert [message for message in caplog.messages if message.startswith("after")] == [
        "after j1: The disk is full.",
        "after j1: No picture.",
    ]
