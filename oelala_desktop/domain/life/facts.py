"""What can happen to a job: the facts that `step` takes in. Beside these, the events and answers of an engine are facts
as they are (`domain.engine`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from oelala_desktop.domain.engine import (
    Absent,
    Ended,
    JobEvent,
    Refused,
    Running,
    ServerFile,
    Taken,
    Unknown,
    Untold,
    Waiting,
)
from oelala_desktop.domain.job import Job, JobError, JobState, Output

# Waiting here


@dataclass(frozen=True, slots=True)
class Chosen:
    """Its turn has come, and there is room for it."""


@dataclass(frozen=True, slots=True)
class Held:
    """It keeps its place and is not sent. `by` names who holds it, so that two holds end one by one."""

    by: str


@dataclass(frozen=True, slots=True)
class LetGo:
    """That hold ends. `job` is what it has become, on the disk already; None leaves it as it was."""

    by: str
    job: Job | None = None


@dataclass(frozen=True, slots=True)
class Edited:
    """It was held by the one who edits it, and goes back in another form."""

    by: str
    job: Job


@dataclass(frozen=True, slots=True)
class Moved:
    """Its place is another one, on the disk already."""

    position: float


@dataclass(frozen=True, slots=True)
class PredecessorEnded:
    """The job that it waits after is over (`state` None: not known any more); `retried_as` is the one that was made
    of that."""

    state: JobState | None
    retried_as: str | None = None


@dataclass(frozen=True, slots=True)
class Filled:
    """`job` is what `of` becomes with the input that it awaited."""

    of: Job
    job: Job


@dataclass(frozen=True, slots=True)
class NotFilled:
    """It cannot be made of that: why, or None where only this try came to nothing."""

    of: Job
    error: JobError | None = None


# Sending


@dataclass(frozen=True, slots=True)
class Prepared:
    """Its inputs are there, under these names. `handle` is "" where only the engine can tell it; `expected` how many
    seconds the job should take."""

    names: Mapping[str, str]
    handle: str
    expected: float | None = None


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """The engine is down, or ill altogether; nothing of the job was written down or submitted."""


@dataclass(frozen=True, slots=True)
class InputRefused:
    """The engine is well and does not take it, or breaks off in the middle of it. `is_final`: nor will it ever."""

    error: JobError
    is_final: bool


@dataclass(frozen=True, slots=True)
class Claimed:
    """The row says `sent`, and nobody else has taken the place."""


@dataclass(frozen=True, slots=True)
class NoRoom:
    """Another process was quicker; the row says `queued`."""


# The disk


@dataclass(frozen=True, slots=True)
class Written:
    """The disk has that row, the very one that `Write` asked for."""

    row: Job


@dataclass(frozen=True, slots=True)
class NotWritten:
    row: Job
    why: str


@dataclass(frozen=True, slots=True)
class CouldNotSave:
    """The disk refused while it was being sent; the row says `queued`."""

    why: str


# Asking


@dataclass(frozen=True, slots=True)
class EngineBack:
    """It answers again, or its line is open again."""


@dataclass(frozen=True, slots=True)
class NotReached:
    """It was asked, and nothing answered."""


@dataclass(frozen=True, slots=True)
class LeftThere:
    """The engine has forgotten the job, but its files are there, or here already."""

    files: tuple[ServerFile, ...]


@dataclass(frozen=True, slots=True)
class NothingLeft:
    pass


# Its end


@dataclass(frozen=True, slots=True)
class CancelWished:
    """Somebody wants it to end; that is written down already, unless it waits here."""


@dataclass(frozen=True, slots=True)
class CancelTold:
    """The engine was told, or could not be."""


@dataclass(frozen=True, slots=True)
class Remade:
    """It is to be made again without the part that it failed by, as `fresh`; `changed` are waiting ones that go without
    it too. None of it is on the disk yet."""

    error: JobError
    fresh: Job
    changed: tuple[Job, ...] = ()


@dataclass(frozen=True, slots=True)
class NotRemade:
    error: JobError


@dataclass(frozen=True, slots=True)
class Stalled:
    """Its results do not come through, for the time being."""


@dataclass(frozen=True, slots=True)
class Fetched:
    outputs: tuple[Output, ...]


@dataclass(frozen=True, slots=True)
class NotFetched:
    """Nothing that was asked for came; `kept` came beside it."""

    error: JobError
    kept: tuple[Output, ...] = ()


@dataclass(frozen=True, slots=True)
class GaveUp:
    """It was to be cancelled and did not come through."""

    kept: tuple[Output, ...] = ()


@dataclass(frozen=True, slots=True)
class Stumbled:
    """What was being done about it met a fault of our own."""


Answer = Taken | Refused | Unknown
Stand = Waiting | Running | Ended | Absent | Untold
Fact = (
    Chosen | Held | LetGo | Edited | Moved | PredecessorEnded | Filled | NotFilled
    | Prepared | NoAnswer | InputRefused | Claimed | NoRoom | Answer
    | Written | NotWritten | CouldNotSave
    | JobEvent | EngineBack | NotReached | Stand | LeftThere | NothingLeft
    | CancelWished | CancelTold | Remade | NotRemade
    | Stalled | Fetched | NotFetched | GaveUp | Stumbled
)  # fmt: skip
