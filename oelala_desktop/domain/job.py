"""Job: one submission and its way to a file on disk. Immutable snapshots; legal transitions stand here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from .engine_kinds import runs_ai
from .obstacle import Said
from .training import Losses


class JobState(StrEnum):
    QUEUED = "queued"  # here, not yet sent
    SENT = "sent"  # the server has it, or may have it
    RUNNING = "running"
    FETCHING = "fetching"  # the server has finished; the files are on their way
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    LOST = "lost"  # absent from the server's queue and from its history

    @property
    def is_final(self) -> bool:
        return self in _FINAL


_FINAL = frozenset({JobState.DONE, JobState.FAILED, JobState.CANCELLED, JobState.LOST})
_NEXT: Mapping[JobState, frozenset[JobState]] = {
    JobState.QUEUED: frozenset({JobState.SENT, JobState.FAILED, JobState.CANCELLED}),
    JobState.SENT: frozenset(
        {
            JobState.QUEUED,
            JobState.RUNNING,
            JobState.FETCHING,
            JobState.FAILED,
            JobState.CANCELLED,
            JobState.LOST,
        }
    ),
    JobState.RUNNING: frozenset(
        {JobState.QUEUED, JobState.FETCHING, JobState.FAILED, JobState.CANCELLED, JobState.LOST}
    ),
    JobState.FETCHING: frozenset({JobState.QUEUED, JobState.DONE, JobState.FAILED, JobState.CANCELLED, JobState.LOST}),
    JobState.DONE: frozenset(),
    JobState.FAILED: frozenset(),
    JobState.CANCELLED: frozenset(),
    JobState.LOST: frozenset({JobState.FETCHING}),
}


def may_follow(state: JobState, following: JobState) -> bool:
    """Whether a job may go from one state to the other. To QUEUED goes only a job whose own engine (Sketch) died."""
    return following in _NEXT[state]


@dataclass(frozen=True, slots=True)
class EngineRef:
    """Which engine a job is bound to: `kind` "comfyui" or "sketch"; `url` without a trailing slash, "" for Sketch
    (whose port changes)."""

    kind: str
    url: str = ""
    name: str = ""

    @property
    def is_ai(self) -> bool:
        """Whether models run there."""
        return runs_ai(self.kind)


@dataclass(frozen=True, slots=True)
class JobInput:
    """A file given to a job, kept under the home folder by content so that the job outlives the original. `kind` is
    "picture", "video", "sound", "mask" or "dataset"; `start` and `length` (seconds) the part of it that is meant."""

    key: str
    path: str
    upload_name: str
    original: str
    kind: str = "picture"
    start: float = 0.0
    length: float | None = None


@dataclass(frozen=True, slots=True)
class Awaited:
    """The input that comes with the result of the job before: `key` is its setting, `take` what it is of that
    ("@result" or "@last", its last frame). `values` are the settings as they were asked for: the job is planned by
    them, and its graph made, when that is here."""

    key: str
    take: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Link:
    """A job's place in a chain: `chain` is the id of the first one, `number` counts from 1 to `count`."""

    chain: str
    number: int
    count: int

    def as_dict(self) -> dict[str, Any]:
        return {"id": self.chain, "number": self.number, "count": self.count}


@dataclass(frozen=True, slots=True)
class Output:
    """A result file on this machine. `role` is "", "clip1"…, "joined", "curve"; `kind` "video", "image", "audio",
    "model" (weights that were trained) or "file" (none of these: kept, but never opened or served)."""

    path: str
    kind: str
    width: int | None
    height: int | None
    frames: int | None
    fps: float | None
    role: str = ""

    @property
    def is_visual(self) -> bool:
        """Whether it can be looked at."""
        return self.kind in ("video", "image")

    @property
    def is_sound(self) -> bool:
        """Whether it is heard and not seen."""
        return self.kind == "audio"

    def as_dict(self) -> dict[str, Any]:
        out: dict[str, Any] = {
            "path": self.path,
            "kind": self.kind,
            "width": self.width,
            "height": self.height,
            "frames": self.frames,
            "fps": self.fps,
        }
        return out | ({"role": self.role} if self.role else {})


@dataclass(frozen=True, slots=True)
class JobError:
    """Why a job failed: a sentence, the node's title, settings keys with their own sentences, the raw text."""

    message: str
    kind: str = ""
    node: str = ""
    detail: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Owner:
    """The process that drives the job: the name of the lock that it holds while it lives, and the start of the machine
    in which it does. `boot` is empty, and `lock` a process number, where an earlier version wrote it down."""

    lock: str
    boot: str


@dataclass(frozen=True, slots=True)
class Progress:
    """`fraction` 0…1 of the whole graph, below 1 until the files are here. `step` of `steps` in the node running now;
    `pass_` "high", "low" or None; `eta` seconds left, None while unknown."""

    fraction: float = 0.0
    node: str | None = None
    pass_: str | None = None
    step: int | None = None
    steps: int | None = None
    eta: float | None = None
    ahead: int | None = None  # jobs of others before ours
    losses: Losses = ()  # of a training, as far as its server tells them

    @property
    def loss(self) -> float | None:
        """The last one, of a training."""
        return self.losses[-1][1] if self.losses else None


@dataclass(frozen=True, slots=True)
class Job:
    """`id` is the ComfyUI prompt id too. `values` are the request's settled values, `params` what is embedded in
    results, `prefix` the savers' unique filename_prefix. Times are seconds since the epoch; `position` orders the
    queue."""

    id: str
    tool: str
    preset: str
    engine: EngineRef
    state: JobState
    values: Mapping[str, Any]
    params: Mapping[str, Any]
    graph: Mapping[str, Any]
    prefix: str
    seed: int
    width: int
    height: int
    num_frames: int
    fps: float
    created_at: float
    position: float
    inputs: tuple[JobInput, ...] = ()
    title: str = ""
    mark: str = ""  # what a batch knows it by
    out_dir: str = ""
    outputs: tuple[Output, ...] = ()
    error: JobError | None = None
    sent_at: float | None = None
    started_at: float | None = None
    finished_at: float | None = None
    handle: str = ""  # what its engine knows it by; "" where that is its own id, or not known yet
    after: str = ""  # the job that must be done before this one is sent
    awaits: Awaited | None = None  # what it takes of that one; None once it has it
    link: Link | None = None
    continues: JobInput | None = None  # the video that its clips are joined to; kept here, never sent
    server: str = ""  # which start of a server has it, where known
    retry_of: str | None = None
    retried_as: str | None = None  # the job that was made of it at once, when it failed by what it can do without
    hidden: bool = False
    owner: Owner | None = None
    warnings: tuple[Said, ...] = ()  # said when it was submitted: it runs, but may not come out as wished
    unknown: Mapping[str, Any] = field(default_factory=dict)  # what a later version wrote into the row; kept unread

    @property
    def main_output(self) -> Output | None:
        """What stands for the result: what was trained, the joined video where clips were chained, else the last that
        can be looked at, else the last."""
        trained = [o for o in self.outputs if o.kind == "model"]
        joined = [o for o in self.outputs if o.role == "joined" and o.is_visual]
        seen = [o for o in self.outputs if o.is_visual]
        return (trained or joined or seen or list(self.outputs) or [None])[-1]  # type: ignore[list-item]

    @property
    def parts(self) -> tuple[Output, ...]:
        """The main output and the sounds that came beside it."""
        main = self.main_output
        return () if main is None else (main, *(o for o in self.outputs if o.is_sound and o is not main))

    @property
    def prompt(self) -> str:
        """The prompt of the result: its own, or that of what it goes by where its preset takes none."""
        return str(self.values.get("prompt") or self.params.get("prompt") or "")

    @property
    def asked(self) -> str:
        """What was asked for, on one line: the title of its own, else the prompt; "" where there is neither."""
        return " ".join(str(self.title or self.values.get("prompt") or "").split())

    @property
    def kept(self) -> tuple[JobInput, ...]:
        """Every file that is kept for it."""
        return self.inputs if self.continues is None else (*self.inputs, self.continues)

    def size_of(self, outputs: tuple[Output, ...]) -> dict[str, Any]:
        """What of the size only the result can tell, by the names that it has here: a preset of the user's own may
        leave it to its graph."""
        made = replace(self, outputs=outputs).main_output
        if made is None or not made.is_visual:
            return {}
        known = {"width": made.width, "height": made.height, "num_frames": made.frames, "fps": made.fps}
        return {name: value for name, value in known.items() if value and not getattr(self, name)}

    def with_state(self, state: JobState, **changes: Any) -> Job:
        """The same job in another state. Raises ValueError on an illegal step: that is a bug, not a user's error."""
        if state != self.state and not may_follow(self.state, state):
            raise ValueError(f"job {self.id}: {self.state.value} cannot become {state.value}")
        return replace(self, state=state, **changes)

    def as_dict(self) -> dict[str, Any]:
        """The shape of `oelala jobs --json` and of the API."""
        return {
            "job_id": self.id,
            "tool": self.tool,
            "preset": self.preset,
            "engine": {"kind": self.engine.kind, "url": self.engine.url or None, "name": self.engine.name},
            "state": self.state.value,
            "seed": self.seed,
            "width": self.width,
            "height": self.height,
            "num_frames": self.num_frames,
            "fps": self.fps or None,
            "prompt": self.values.get("prompt"),
            "created_at": self.created_at,
            "finished_at": self.finished_at,
            "retry_of": self.retry_of,
            "retried_as": self.retried_as,
            "after": self.after or None,
            "chain": self.link.as_dict() if self.link else None,
            "error": self.error.message if self.error else None,
            "error_node": self.error.node or None if self.error else None,
            "error_detail": self.error.detail or None if self.error else None,
            "outputs": [o.as_dict() for o in self.outputs],
        }
