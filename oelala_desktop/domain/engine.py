"""The engine port: what the product asks of whatever makes its pictures and videos, in words of its own. `comfy` has an
adapter; services know this alone.

The truth about a job is what `ask` answers. `events` only make it quicker: they may come twice, late, or not at all.
Every call has a limit in time and size, and raises an EngineError where it cannot answer.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Protocol

from .catalog import Catalog
from .job import Job, JobError, JobInput, Progress
from .template import Template, TemplateList

_SHOWN = 60  # characters of a server's name in a sentence


@dataclass(frozen=True, slots=True)
class ServerFile:
    """A file as the server names it; `node` is the id of the node that made it. Never a path of ours. `since` is when
    its job began, by the server's clock; `repeated` marks what its node had from an earlier run, not made anew."""

    filename: str
    subfolder: str
    type: str
    node: str = ""
    since: float | None = field(default=None, compare=False)
    repeated: bool = field(default=False, compare=False)

    @property
    def path(self) -> str:
        """Within the server's folder of that type."""
        return f"{self.subfolder}/{self.filename}".replace("\\", "/").lstrip("/")

    @property
    def shown(self) -> str:
        """Its name in a sentence of ours: short, and without what would turn the line around."""
        plain = "".join(c if c.isprintable() else "?" for c in self.path.rpartition("/")[2])
        return plain if len(plain) <= _SHOWN else plain[: _SHOWN - 1] + "…"


@dataclass(frozen=True, slots=True)
class FolderFile:
    """A file of a folder that is sent as a whole: `name` within it, and its path here, else what is in it."""

    name: str
    path: str = ""
    content: bytes = field(default=b"", repr=False)


# Who answers


@dataclass(frozen=True, slots=True)
class Abilities:
    """What tells engines apart, beside their words.

    `is_ours`: it is started by us, so a job that died with it is simply sent again. `takes_our_ids`: a job is known
    there by our own id, before the answer to its submission; else by a handle that the engine gives. `has_lists`: it
    tells which nodes and models it has. `upload_limit` is the most bytes of a file, None where it does not say."""

    is_ai: bool = True
    is_ours: bool = False
    takes_our_ids: bool = True
    has_lists: bool = True
    interrupts_one: bool = True
    previews: bool = True
    frees_memory: bool = True
    upload_limit: int | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """What it is called: `family` in the name of an engine that only has an address, `made_by` in what results tell of
    their making, `program` with its version in the doctor's line (empty where that says nothing). `no_line` is the
    sentence for an engine that answers, but tells of nothing by itself in time."""

    family: str
    made_by: str
    program: str = ""
    no_line: str = ""


@dataclass(frozen=True, slots=True)
class Reach:
    """Who answers. `kind` as in EngineRef, `url` where it is now, `devices` by their names in words, `memory`
    in bytes of the first, 0 where that is not known."""

    kind: str
    url: str
    version: str
    devices: tuple[str, ...]
    abilities: Abilities
    words: Words
    memory: int = 0


@dataclass(frozen=True, slots=True)
class Unlisted:
    """An engine that tells neither its nodes nor its models."""


Lists = Catalog | Unlisted


# A job on its way


@dataclass(frozen=True, slots=True)
class Order:
    """A job as an engine gets it. `handle` is what the engine knows it by, "" while that is not known; `graph` has the
    engine's own names for what was sent; `params` are kept with the results, `prefix` is what its savers' names begin
    with, and `keys` maps "Title.input" to the setting that fills it."""

    id: str
    handle: str
    graph: Mapping[str, Mapping[str, Any]]
    params: Mapping[str, Any]
    prefix: str
    keys: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Taken:
    """The engine has it, under this handle. `flaw`: it runs, but what would come is not what was asked for."""

    handle: str
    flaw: JobError | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """It will not take it. `lost_inputs`: for want of files that it took before; sent once more, it may."""

    error: JobError
    lost_inputs: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """Neither yes nor no came: it may have the job, or not. `why` is for the log."""

    why: str


Submitted = Taken | Refused | Unknown


# How a job stands


@dataclass(frozen=True, slots=True)
class Waiting:
    """It has not begun; `ahead` counts jobs of others before it."""

    ahead: int


@dataclass(frozen=True, slots=True)
class Running:
    pass


@dataclass(frozen=True, slots=True)
class Failure:
    """Why it ended badly. `node` is the id of the node that failed, where one did, and `reason` what that said, without
    a full stop. An `error` of kind "interrupted" was stopped by somebody."""

    error: JobError
    node: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Ended:
    """It is over: with `files`, or with a `failure`. `seconds` is how long it ran, where the engine knows."""

    files: tuple[ServerFile, ...] = ()
    failure: Failure | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Absent:
    """The engine is well and does not know it."""


@dataclass(frozen=True, slots=True)
class Untold:
    """The engine is well, but what it says of this job cannot be understood."""

    error: JobError


Standing = Waiting | Running | Ended | Absent | Untold


# What an engine tells by itself


@dataclass(frozen=True, slots=True)
class Listening:
    """The line is open; whatever came before was missed."""


@dataclass(frozen=True, slots=True)
class Counted:
    """How many jobs it has, those of others among them."""

    jobs: int


@dataclass(frozen=True, slots=True)
class ListsChanged:
    pass


@dataclass(frozen=True, slots=True)
class Started:
    handle: str
    progress: Progress


@dataclass(frozen=True, slots=True)
class Progressed:
    """Something was said of it; `progress` may be the same as before."""

    handle: str
    progress: Progress


@dataclass(frozen=True, slots=True)
class Previewed:
    """An encoded picture of what it is making; `handle` is None where the engine does not say whose it is."""

    handle: str | None
    image: bytes = field(repr=False)
    mime: str


@dataclass(frozen=True, slots=True)
class Ceased:
    """It seems to be over: a hint to ask. `succeeded` where it is said to have gone well."""

    handle: str
    progress: Progress
    succeeded: bool = False


JobEvent = Started | Progressed | Ceased
EngineEvent = Listening | Counted | ListsChanged | Previewed | JobEvent


class EnginePort(Protocol):
    """One engine, wherever it is; what speaks its wire is the adapter's own affair."""

    @property
    def abilities(self) -> Abilities:
        """As far as they are known now."""

    async def reach(self) -> Reach:
        """Who answers; finds it first, and starts it where that is for us to do. Raises EngineUnreachable."""

    async def is_well(self) -> bool:
        """Whether it answers a plain question now."""

    async def lists(self) -> Lists: ...

    async def new_lists(self) -> Lists | None:
        """None if they are what this said last."""

    async def model_files(self) -> Mapping[str, tuple[str, ...]]:
        """File names in every folder of models, by folder."""

    async def model_folders(self, kind: str) -> tuple[str, ...]:
        """Where files of that folder of models lie, as paths of the engine's own machine; nothing where it does not
        say."""

    async def lora_metadata(self, name: str) -> Mapping[str, Any]:
        """What the header of that LoRA's file tells of it; nothing where the engine does not say."""

    async def templates(self) -> TemplateList:
        """Raises EngineAnswer where it has none to offer."""

    async def template(self, name: str) -> dict[str, Any]:
        """Its workflow."""

    async def template_picture(self, template: Template, number: int) -> bytes:
        """Its picture of that number, from 1 on, as it is encoded."""

    async def saved_workflows(self) -> tuple[str, ...]:
        """Those that its users saved, by their paths there."""

    async def saved_workflow(self, path: str) -> dict[str, Any]: ...

    async def save_workflow(self, name: str, content: Mapping[str, Any]) -> str:
        """Saves it there, in place of none, under that name or with a number behind it; returns its path there."""

    def events(self) -> AsyncGenerator[EngineEvent]:
        """Listening first, then what happens, until the line breaks (then EngineUnreachable)."""

    async def renew_line(self) -> None:
        """The line seems to be dead without knowing it: it ends, so that it can be opened anew."""

    async def send(self, given: JobInput) -> str:
        """Brings a file there, once; returns its name there. One that is gone here is a final EngineAnswer."""

    async def send_folder(self, name: str, files: Sequence[FolderFile]) -> str:
        """Brings these files there, each once, into a folder of that name, which says what is in it; returns the
        folder's name there. One that is gone here is a final EngineAnswer."""

    def handle_for(self, job_id: str) -> str:
        """What the job will be known by there; "" if only the engine can tell."""

    async def submit(self, order: Order) -> Submitted: ...

    async def find(self, order: Order) -> Taken | Absent:
        """Whether the engine has a job that was submitted without an answer, and under which handle."""

    def follow(self, order: Order) -> None:
        """Its events are to be told, from now on and from the beginning; `submit` does this by itself."""

    def leave(self, handle: str) -> None:
        """Its events are of no interest any more."""

    def ask(self, orders: Sequence[Order]) -> AsyncGenerator[tuple[Order, Standing]]:
        """How each stands, as soon as it is known. Raises EngineError when the engine as a whole does not answer."""

    async def leftovers(self, order: Order) -> tuple[ServerFile, ...]:
        """What lies there of a job that it has forgotten; nothing if not all that was asked for is there."""

    async def fetch(self, file: ServerFile, sink: BinaryIO, folder: str, *, oldest: float | None = None) -> int:
        """Writes the file into `sink`, which lies in `folder`; returns its size in bytes.

        Raises EngineAnswer when it is too large or no file, NotThisJobs when it was written before `oldest` (seconds
        since the epoch, by the engine's clock), EngineUnreachable when the line is bad, CannotSave when the disk
        refuses."""

    async def cancel(self, handle: str) -> None:
        """Ends that job and no other, whether it waits or runs."""

    async def release(self, handle: str) -> None:
        """Its results are here: what is kept of them there for us alone may go."""

    async def free(self) -> None:
        """Gives back the memory that its models take."""

    async def close(self) -> None: ...


def order_of(job: Job, handle: str, keys: Mapping[str, str], names: Mapping[str, str] | None = None) -> Order:
    """`names` are the engine's own for what was sent there, by ours."""
    return Order(job.id, handle, named(job.graph, names or {}), job.params, job.prefix, keys)


def named(graph: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """The graph with an engine's names for the inputs."""
    out = {node: dict(row) for node, row in graph.items()}
    for row in out.values():
        inputs = row.get("inputs", {})
        sent = {key: names[value] for key, value in inputs.items() if isinstance(value, str) and value in names}
        if sent:
            row["inputs"] = {**inputs, **sent}
    return out
