"""Every fact the app announces. Past tense; immutable; carried by services.bus."""

from __future__ import annotations

from dataclasses import dataclass

from .engine_kinds import runs_ai
from .job import Job, Progress


@dataclass(frozen=True, slots=True)
class JobChanged:
    """A job was added or its row changed."""

    job: Job


@dataclass(frozen=True, slots=True)
class JobProgressed:
    job_id: str
    progress: Progress


@dataclass(frozen=True, slots=True)
class JobPreviewed:
    """`image` is an encoded JPEG or PNG."""

    job_id: str
    image: bytes
    mime: str


@dataclass(frozen=True, slots=True)
class JobFinished:
    """A job reached a final state; for a done one the files are under their final names."""

    job: Job


@dataclass(frozen=True, slots=True)
class JobRemoved:
    job_id: str


@dataclass(frozen=True, slots=True)
class QueuePaused:
    paused: bool


@dataclass(frozen=True, slots=True)
class EngineState:
    """`state`: connecting, online, offline. `reason` is a sentence while offline. `kind` as in EngineRef. `memory` are
    the bytes of its device, 0 where they are not known."""

    kind: str
    url: str
    name: str
    state: str
    reason: str = ""
    reason_kind: str = ""
    version: str = ""
    device: str = ""
    queue_remaining: int | None = None
    memory: int = 0

    @property
    def is_ai(self) -> bool:
        """Whether models run there."""
        return runs_ai(self.kind)


@dataclass(frozen=True, slots=True)
class EngineChanged:
    engine: EngineState


@dataclass(frozen=True, slots=True)
class EngineSelected:
    """New jobs go to this engine from now on."""

    engine: EngineState


@dataclass(frozen=True, slots=True)
class MediaAdded:
    """A result lies in the output folder under its final name."""

    path: str
    job_id: str | None


@dataclass(frozen=True, slots=True)
class LibraryChanged:
    """Files of the index came, changed or went; ids of MediaItem."""

    added: tuple[int, ...] = ()
    changed: tuple[int, ...] = ()
    removed: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ScanProgressed:
    """A scan of the media folders: files looked at of those found so far; `done` when it is over."""

    looked_at: int
    found: int
    done: bool


@dataclass(frozen=True, slots=True)
class NoticePosted:
    """Something to tell the user that belongs to no field: `level` info, warning or error."""

    level: str
    text: str
    job_id: str | None = None


@dataclass(frozen=True, slots=True)
class ApiChanged:
    """The local API answers at `url`, or does not (None) for `reason`."""

    url: str | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PresetsChanged:
    """Presets came or went, or are offered in another order."""


@dataclass(frozen=True, slots=True)
class SettingChanged:
    """The setting of that key is another now. `heard_by` is who acts on it at once, empty for nobody."""

    key: str
    heard_by: str = ""


@dataclass(frozen=True, slots=True)
class TemplatesChanged:
    """The list of templates is another one, or came for the first time."""


@dataclass(frozen=True, slots=True)
class TemplateRead:
    """What a template's workflow tells is known now, or was looked at anew."""

    name: str


Event = (
    SettingChanged
    | PresetsChanged
    | JobChanged
    | JobProgressed
    | JobPreviewed
    | JobFinished
    | JobRemoved
    | QueuePaused
    | EngineChanged
    | EngineSelected
    | MediaAdded
    | LibraryChanged
    | ScanProgressed
    | NoticePosted
    | ApiChanged
    | TemplatesChanged
    | TemplateRead
)
