"""What is to be done about a job: the actions that `step` asks for. One that comes to something says which facts it
comes to; until then nothing else need be done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from oelala_desktop.domain.engine import Failure
from oelala_desktop.domain.job import Job, Progress

from .flight import Cargo


@dataclass(frozen=True, slots=True)
class Prepare:
    """Bring its inputs there → Prepared, NoAnswer, InputRefused, CouldNotSave, Stumbled."""

    job: Job


@dataclass(frozen=True, slots=True)
class Fill:
    """The job before it is done: make it of what that made → Filled, NotFilled."""

    job: Job


@dataclass(frozen=True, slots=True)
class Claim:
    """Write the row, which says `sent`, if this home has room on the server → Claimed, NoRoom, CouldNotSave,
    Stumbled."""

    row: Job


@dataclass(frozen=True, slots=True)
class Submit:
    """Give it to the engine, once → Taken, Refused, Unknown, Stumbled."""

    job: Job
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Ask:
    """It is due: ask how it stands, or whether it is there → Waiting, Running, Ended, Absent, Untold, Taken,
    NotReached."""


@dataclass(frozen=True, slots=True)
class Look:
    """Look for its files by name → LeftThere, NothingLeft, Untold, NotReached."""

    job: Job


@dataclass(frozen=True, slots=True)
class Cancel:
    """Tell the engine → CancelTold. With `note` the wish is written down first."""

    handle: str
    note: bool = False


@dataclass(frozen=True, slots=True)
class TryWithout:
    """Can it be made without the part that failed? → Remade, NotRemade."""

    job: Job
    failure: Failure


@dataclass(frozen=True, slots=True)
class Fetch:
    """→ Stalled and then Fetched, NotFetched, GaveUp, Stumbled."""

    job: Job
    cargo: Cargo


@dataclass(frozen=True, slots=True)
class StopFetching:
    pass


@dataclass(frozen=True, slots=True)
class Write:
    """Write the row, and those beside it, in one transaction and after all that was asked to be written of this job
    before → Written, NotWritten. With `must` it is tried until the disk takes it."""

    row: Job
    must: bool = False
    beside: tuple[Job, ...] = ()


@dataclass(frozen=True, slots=True)
class Admit:
    """These wait here now, in the place of those of the same ids."""

    jobs: tuple[Job, ...]


@dataclass(frozen=True, slots=True)
class Follow:
    """Its events are wanted from now on."""

    job: Job


@dataclass(frozen=True, slots=True)
class Leave:
    """Its events are wanted no more."""

    handle: str


@dataclass(frozen=True, slots=True)
class RenewLine:
    """The line is dead without knowing it."""


@dataclass(frozen=True, slots=True)
class Tell:
    job: Job


@dataclass(frozen=True, slots=True)
class Show:
    progress: Progress


@dataclass(frozen=True, slots=True)
class Announce:
    """It is over, and on the disk."""

    job: Job


@dataclass(frozen=True, slots=True)
class Remember:
    """What can be learnt of a job that is done, and what the engine kept of it for us may go."""

    job: Job
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Complain:
    text: str


Action = (
    Fill | Prepare | Claim | Submit | Ask | Look | Cancel | TryWithout | Fetch | StopFetching | Write
    | Admit | Follow | Leave | RenewLine | Tell | Show | Announce | Remember | Complain
)  # fmt: skip
