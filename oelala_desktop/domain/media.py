"""Pictures and videos on disk, as the gallery and the API see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .generation import GenerationInfo

SORTS = ("date", "name", "size", "duration", "favorites")


@dataclass(frozen=True, slots=True)
class MediaItem:
    """One file of the index. `id` stays the same as long as the file does (it may be renamed, not replaced); `kind` is
    "image" or "video"; `modified` and `added` are seconds since the epoch, `duration` seconds, `size` bytes."""

    id: int
    path: str
    folder: str
    name: str
    kind: str
    format: str
    size: int
    modified: float
    added: float
    width: int | None = None
    height: int | None = None
    frames: int | None = None
    fps: float | None = None
    duration: float | None = None
    has_prompt: bool = False
    is_sketch: bool = False
    is_start_image: bool = False
    favorite: bool = False
    job_id: str | None = None
    has_sound: bool = False

    @property
    def length(self) -> float | None:
        """Of a video, in seconds: frames by their rate where both are known, so that one file has one length; what its
        container claims may be rounded or count the last frame differently."""
        if self.kind != "video":
            return None
        return self.frames / self.fps if self.frames and self.fps else self.duration


@dataclass(frozen=True, slots=True)
class MediaQuery:
    """What to show. `text` is searched in prompts and names, each word as a prefix; `since` and `until` bound
    `modified`; `cursor` is a page's `next_cursor`, opaque to the caller. None means any."""

    kind: str | None = None
    text: str = ""
    favorite: bool | None = None
    hide_start_images: bool = True
    model: str | None = None
    lora: str | None = None
    engine: str | None = None
    since: float | None = None
    until: float | None = None
    sort: str = "date"
    descending: bool = True
    cursor: str | None = None
    limit: int = 200


@dataclass(frozen=True, slots=True)
class MediaListing:
    """`next_cursor` is None on the last page."""

    items: tuple[MediaItem, ...]
    next_cursor: str | None = None


@dataclass(frozen=True, slots=True)
class MediaStats:
    videos: int
    images: int


@dataclass(frozen=True, slots=True)
class Facet:
    """A value that can be filtered by, and how many files have it."""

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Facets:
    """Most used first."""

    models: tuple[Facet, ...] = ()
    loras: tuple[Facet, ...] = ()
    engines: tuple[Facet, ...] = ()


@dataclass(frozen=True, slots=True)
class Deletion:
    """Files taken out of sight, to go to the trash at `due` (seconds since the epoch) unless `token` is undone until
    then. `kept` are the favourites among those asked for: they stay until they are asked for by name."""

    token: str
    ids: tuple[int, ...]
    due: float
    kept: tuple[MediaItem, ...] = ()


@dataclass(frozen=True, slots=True)
class ExportResult:
    """`copied` are the new files. `unstripped` names those among them whose metadata could not be removed without
    loss, `failed` maps the names of files that could not be copied to a sentence that says why."""

    copied: tuple[str, ...] = ()
    unstripped: tuple[str, ...] = ()
    failed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PromptListing:
    """`next_cursor` is None on the last page."""

    prompts: tuple[DistinctPrompt, ...]
    next_cursor: str | None = None


@dataclass(frozen=True, slots=True)
class DistinctPrompt:
    """One row of the Prompts page: a prompt, how many results it has, and the newest of them."""

    prompt: str
    negative_prompt: str | None
    count: int
    newest: MediaItem
    info: GenerationInfo
