"""Flight: one job on its way from the moment it was asked for to its end, as a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

from oelala_desktop.domain.engine import ServerFile
from oelala_desktop.domain.job import Job, JobError, JobState, Progress

from .rules import RULES, Moment, Rules


class Stage(Enum):
    """What is being done about it. Behind the dash: which row the disk has meanwhile."""

    HERE = auto()  # waits here – queued
    PREPARING = auto()  # its inputs go up – queued
    CLAIMING = auto()  # the row is to say `sent`, if there is room – queued or sent
    SUBMITTING = auto()  # the engine is given it – sent
    OUT = auto()  # the engine has it, or may have it – sent, running, or fetching after a fault of ours
    REMAKING = auto()  # it failed; can it be made without the part that failed? – as before
    LANDING = auto()  # the row is to say `fetching` – as before
    FETCHING = auto()  # its files come – fetching
    RETURNING = auto()  # the engine never had it, or it died with it: the row is to say `queued` – as before
    CLOSING = auto()  # the row is to say how it ended – as before
    OVER = auto()  # the row says it


_SENDING = frozenset({Stage.PREPARING, Stage.CLAIMING, Stage.SUBMITTING})
_ASKED = frozenset({Stage.SUBMITTING, Stage.OUT})


@dataclass(frozen=True, slots=True)
class Cargo:
    """What is to be fetched. `guessed` files were found by their names and may be unfinished; `seconds` is how long the
    engine ran the job, where it said so."""

    files: tuple[ServerFile, ...]
    seconds: float | None = None
    guessed: bool = False


@dataclass(frozen=True, slots=True)
class Flight:
    """`job` is as it is told, `row` what is being written until the disk has it. Times are on the clock of Moment."""

    job: Job
    stage: Stage = Stage.HERE
    is_ours: bool = False  # the engine is started by us: a job that died with it is simply sent again
    row: Job | None = None
    beside: tuple[Job, ...] = ()  # waiting jobs, some of them new, that are written in the same moment

    # waiting here
    held: frozenset[str] = frozenset()  # why it stays where it is, though its turn has come
    freed: bool = False  # the job that it waits after is done, and it has what it takes of that
    filling: bool = False  # that is being looked at

    # what was heard
    heard: float = 0.0
    due: float | None = None  # when the engine is to be asked, silent or not
    taken_up: bool = False  # sent by an earlier process, to whose line its events go
    runs: bool = False  # the engine has said that it has begun,
    ceased: bool = False  # that it is over,
    succeeded: bool = False  # and well
    told: Progress | None = None  # what it said last

    # what is shown
    progress: Progress = field(default_factory=Progress)  # outlives a start anew
    expected: float | None = None  # seconds that it should take
    began: float | None = None

    # what is borne
    tries: int = 0  # that came to nothing
    resupplied: int = 0  # how often its inputs were asked for again
    absent: int = 0
    baffled: int = 0
    fetches: int = 0
    looking: bool = False  # its files are looked for by name
    untold: JobError | None = None  # why nothing is known of it, when that is why they are looked for

    # what is wished, and what came
    names: Mapping[str, str] = field(default_factory=dict)  # the engine's, for its inputs
    cancelling: bool = False
    flaw: JobError | None = None  # it runs, but is refused all the same: this is how it will have failed
    stalled: bool = False  # its results do not come through, for the time being
    cargo: Cargo | None = None

    @property
    def waits(self) -> bool:
        """Whether it has not begun."""
        return self.job.state in (JobState.QUEUED, JobState.SENT) and self.stage is not Stage.CLOSING

    @property
    def is_ready(self) -> bool:
        """Whether it may be sent when its turn comes."""
        is_held = bool(self.held) or self.row is not None or self.cancelling or self.job.awaits is not None
        return self.stage is Stage.HERE and not is_held and (self.freed or not self.job.after)

    @property
    def is_sending(self) -> bool:
        return self.stage in _SENDING

    @property
    def is_there(self) -> bool:
        """Whether it takes a place on the server."""
        return self.job.state in (JobState.SENT, JobState.RUNNING)

    @property
    def may_be_asked(self) -> bool:
        return self.stage in _ASKED

    def is_due(self, now: Moment, rules: Rules = RULES) -> bool:
        """Whether the engine is to be asked about it now."""
        if not self.may_be_asked or self.looking:
            return False
        silence = rules.silence_taken_up if self.taken_up else rules.silence
        return (self.due is not None and now.clock >= self.due) or now.clock - self.heard > silence


def taken_up(job: Job, handle: str, now: Moment, *, is_ours: bool) -> Flight:
    """A job as its row has it. What an earlier process had sent is asked for at once."""
    if job.state is JobState.QUEUED:
        return Flight(job, is_ours=is_ours)
    known = job.with_state(job.state, handle=job.handle or handle)
    return Flight(known, Stage.OUT, is_ours=is_ours, heard=now.clock, due=now.clock, taken_up=True)
