"""A world around one job: a server that takes, forgets and dies, a disk that refuses, a program that is killed. It
carries out what the job's life asks for, in any order and with any outcome that the world allows, and knows the
truth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from oelala_desktop.domain.engine import (
    Absent,
    Ceased,
    Ended,
    Failure,
    JobEvent,
    Progressed,
    Refused,
    Running,
    Standing,
    Started,
    Taken,
    Unknown,
    Untold,
    Waiting,
)
from oelala_desktop.domain.job import Awaited, Job, JobError, JobState, Link, Progress
from oelala_desktop.domain.life import RULES, Flight, Moment, Stage, step, taken_up
from oelala_desktop.domain.life import actions as do
from oelala_desktop.domain.life import facts as f
from tests.unit.domain.lives import FILE, OUTPUT, TROUBLE
from tests.unit.domain.samples import some_job

Pick = Callable[[int], int]


@dataclass
class Server:
    """`has` is what it says of the job: None, waiting, running, success, error or interrupted."""

    takes_our_ids: bool
    has: str | None = None
    made: bool = False  # the files lie there, whatever it remembers
    taken: int = 0
    events: list[JobEvent] = field(default_factory=list)  # said so far, each of which may come again
    lag: int = 0  # times that it will still say that it knows nothing of a job that is just over

    @property
    def handle(self) -> str:
        return "j1" if self.takes_our_ids else f"theirs-{self.taken}"

    def take(self) -> None:
        """Never what it has already."""
        assert self.has is None, f"sent again though the server has it ({self.has})"
        self.taken += 1
        self.has = "waiting"

    def go_on(self, success: bool) -> None:
        if self.has == "waiting":
            self.has = "running"
            self.events.append(Started(self.handle, Progress(0.1)))
        elif self.has == "running":
            self.has, self.made = ("success", True) if success else ("error", self.made)
            self.lag = RULES.absent_checks - 1
            self.events += [
                Progressed(self.handle, Progress(0.7)),
                Ceased(self.handle, Progress(0.99 if success else 0.7), success),
            ]

    def standing(self) -> Standing:
        match self.has:
            case "success" | "error" if self.lag:
                self.lag -= 1
                return Absent()
            case None:
                return Absent()
            case "waiting":
                return Waiting(1)
            case "running":
                return Running()
            case "success":
                return Ended((FILE,), None, 3.0)
            case "interrupted":
                return Ended((), Failure(JobError("stopped", "interrupted")))
            case _:
                return Ended((), Failure(JobError("failed", "memory")))


class World:
    """`is_step`: the job goes by what another one, which is done, has made."""

    def __init__(self, *, is_ours: bool = False, takes_our_ids: bool = True, is_step: bool = False) -> None:
        self.is_ours = is_ours
        self.server = Server(takes_our_ids)
        self.clock = 0.0
        self.disk: Job = some_job()
        if is_step:
            self.disk = replace(self.disk, after="j0", awaits=Awaited("image", "@result", {}), link=Link("j0", 2, 2))
        self.cancel_noted = False
        self.flight = Flight(self.disk, is_ours=is_ours)
        self.work: list[do.Action] = []  # under way
        self.bar = 0.0
        self.ever_made = False

    def now(self, chance: float = 0.5) -> Moment:
        return Moment(self.clock, 1e9 + self.clock, chance)

    def tell(self, fact: f.Fact, chance: float = 0.5) -> None:
        before = self.flight
        self.flight, actions = step(before, fact, self.now(chance))
        for action in actions:
            self._take(action)
        if before.stage is Stage.OVER:
            assert self.flight is before and not actions, "what is over is over"
        self.check()

    def _take(self, action: do.Action) -> None:
        match action:
            case do.Show(progress=progress):
                assert progress.fraction >= self.bar, "the bar went back"
                self.bar = progress.fraction
            case do.Announce(job=job):
                assert job == self.disk, "told before it was on the disk"
            case do.StopFetching():
                self.work = [one for one in self.work if not isinstance(one, do.Fetch)]
            case do.Tell() | do.Leave() | do.Follow() | do.RenewLine() | do.Complain() | do.Remember() | do.Admit():
                pass
            case do.Ask():
                pass  # whoever is due is asked
            case _:
                self.work.append(action)

    # What must hold at any moment

    def check(self) -> None:
        flight, server = self.flight, self.server
        self.ever_made = self.ever_made or server.made
        if flight.stage is Stage.OVER:
            assert flight.job == self.disk and self.disk.state.is_final
            # what the server was told or asked may still come back
            assert not any(isinstance(one, do.Write | do.Fetch | do.Claim) for one in self.work), self.work
        else:
            assert not self.disk.state.is_final or flight.stage is Stage.CLOSING, "over on the disk alone"
            assert self.work or flight.stage in (Stage.HERE, Stage.OUT), f"nothing is done any more: {flight.stage}"
        if server.has is not None and self.disk.state is JobState.QUEUED:
            raise AssertionError("a kill now would send it twice")
        if self.disk.state is JobState.DONE:
            assert self.ever_made and self.disk.outputs == (OUTPUT,), "falsely done"
        if flight.stage is Stage.CLOSING and flight.row is not None and flight.row.state is JobState.LOST:
            assert server.has is None, f"called lost, though the server has it ({server.has})"
        assert sum(not isinstance(one, do.Write | do.Cancel) for one in self.work) <= 2

    # What can happen

    def carry_out(self, which: int, pick: Pick, *, kindly: bool = False) -> None:
        """One of the things under way comes to its end; kindly, to a good one. Rows are written in their order."""
        action = self.work[which % len(self.work)]
        if isinstance(action, do.Write):
            action = next(one for one in self.work if isinstance(one, do.Write))
        self.work = [one for one in self.work if one is not action]
        fact = _Outcome(self, pick, kindly).of(action)
        if fact is not None:
            self.tell(fact)

    def look_before(self) -> None:
        """What waits for the job before it is told that this is done, as often as it is looked at."""
        if self.flight.stage is Stage.HERE and self.flight.job.after and not self.flight.freed:
            self.tell(f.PredecessorEnded(JobState.DONE))

    def ask(self, outcome: int) -> None:
        """Whoever is due is asked: 0 to 7 the truth, then an answer that cannot be understood, then none."""
        if not self.flight.is_due(self.now()):
            return
        if outcome == 9:
            self.tell(f.NotReached())
        elif outcome == 8:
            self.tell(Untold(TROUBLE))
        elif self.flight.job.handle or self.server.has is None:
            self.tell(self.server.standing())
        else:
            self.tell(Taken(self.server.handle))

    def restart_server(self) -> None:
        """It forgets; files stay."""
        self.server.has = None

    def cancel(self) -> None:
        if self.flight.stage is not Stage.HERE:
            self.cancel_noted = True
        self.tell(f.CancelWished())

    def hear(self, events: list[JobEvent]) -> None:
        """As far as they are of the submission that is followed."""
        for event in events:
            if event.handle == self.flight.job.handle:
                self.tell(event)

    def kill(self, pick: Pick) -> None:
        """What was on its way to the disk or to the server is there, or is not; the next start takes up what is."""
        for action in self.work:
            if isinstance(action, do.Submit) and pick(2) and self.server.has is None:
                self.server.take()
        for action in [one for one in self.work if isinstance(one, do.Write)]:
            if pick(2):
                break  # in their order: none without those before it
            self.disk = action.row
        for action in self.work:
            if isinstance(action, do.Claim) and self.disk.state is JobState.QUEUED and pick(2):
                self.disk = action.row
        self.work = []
        self.bar = 0.0
        if self.disk.state.is_final:
            self.flight = Flight(self.disk, Stage.OVER)
            return
        handle = "j1" if self.server.takes_our_ids else ""
        self.flight = taken_up(self.disk, self.disk.handle or handle, self.now(), is_ours=self.is_ours)
        if self.cancel_noted:
            self.tell(f.CancelWished())

    @property
    def job(self) -> Job:
        return self.flight.job

    # To its end

    def to_the_end(self) -> None:
        """From here on the world is kind: the job comes to an end, whatever has happened before."""
        for _ in range(400):
            if self.flight.stage is Stage.OVER:
                return
            if self.work:
                self.carry_out(0, lambda _: 0, kindly=True)
            elif self.flight.stage is Stage.HERE:
                held = next(iter(self.flight.held), None)
                self.tell(f.LetGo(held) if held else f.Chosen())
                self.look_before()
            self.clock += 1.0
            self.server.go_on(success=True)
            self.ask(0)
        raise AssertionError(f"never over: {self.flight}")


class _Outcome:
    """What one action comes to."""

    def __init__(self, world: World, pick: Pick, kindly: bool) -> None:
        self.world, self.pick, self.kindly = world, pick, kindly

    def of(self, action: do.Action) -> f.Fact | None:
        match action:
            case do.Fill(job=job):
                filled = f.Filled(job, replace(job, awaits=None, graph={"1": {}}))
                return self.one_of(filled, f.NotFilled(job), f.NotFilled(job, TROUBLE))
            case do.Prepare():
                return self.prepared()
            case do.Claim(row=row):
                return self.claimed(row)
            case do.Submit():
                return self.submitted()
            case do.Write():
                return self.written(action)
            case do.Look():
                return self.looked()
            case do.Cancel():
                return self.cancelled()
            case do.Fetch():
                return self.fetched(action)
            case do.TryWithout(failure=failure):
                return f.NotRemade(failure.error)
            case _:
                raise AssertionError(f"what is {action}?")

    def one_of(self, good: f.Fact, *others: f.Fact) -> f.Fact:
        return good if self.kindly else (good, good, *others)[self.pick(len(others) + 2)]

    def prepared(self) -> f.Fact:
        handle = "j1" if self.world.server.takes_our_ids else ""
        return self.one_of(
            f.Prepared({}, handle),
            f.NoAnswer(),
            f.InputRefused(TROUBLE, is_final=False),
            f.CouldNotSave("full"),
            f.Stumbled(),
        )

    def claimed(self, row: Job) -> f.Fact:
        fact = self.one_of(f.Claimed(), f.NoRoom(), f.CouldNotSave("full"), f.Stumbled())
        if isinstance(fact, f.Claimed):
            self.world.disk = row
        return fact

    def submitted(self) -> f.Fact:
        """The answer may be lost whether or not the server took it."""
        server = self.world.server
        assert self.world.disk.state not in (JobState.QUEUED, JobState.DONE), "sent before the row said so"
        assert self.world.disk.awaits is None, "sent before it had what it goes by"
        if server.has is not None:
            server.take()
        flawed = Taken("", JobError("not as asked", "rejected"))
        fact = self.one_of(Taken(""), flawed, Unknown("taken"), Unknown("not taken"), Refused(TROUBLE), f.Stumbled())
        if isinstance(fact, Refused) or fact == Unknown("not taken"):
            return fact
        server.take()
        return replace(fact, handle=server.handle) if isinstance(fact, Taken) else fact

    def written(self, action: do.Write) -> f.Fact:
        if not action.must and not self.kindly and self.pick(4) == 0:
            return f.NotWritten(action.row, "full")
        self.world.disk = action.row
        return f.Written(action.row)

    def looked(self) -> f.Fact:
        truth = f.LeftThere((FILE,)) if self.world.server.made else f.NothingLeft()
        return self.one_of(truth, f.NotReached(), Untold(TROUBLE), f.Stumbled())

    def cancelled(self) -> f.Fact:
        server = self.world.server
        if self.kindly or self.pick(3):
            server.has = {"waiting": None, "running": "interrupted"}.get(server.has or "", server.has)
        return f.CancelTold()

    def fetched(self, action: do.Fetch) -> f.Fact | None:
        good: f.Fact = f.Fetched((OUTPUT,)) if self.world.server.made else f.NotFetched(TROUBLE)
        bad: list[f.Fact] = [f.Stalled(), f.Stumbled()]
        if self.world.flight.cancelling:
            bad.append(f.GaveUp())
        if not action.cargo.guessed or self.world.server.has is None:
            bad.append(f.NotFetched(TROUBLE))
        fact = self.one_of(good, *bad)
        if isinstance(fact, f.Stalled):
            self.world.work.append(action)
        return fact
