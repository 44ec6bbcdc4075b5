"""A file as the index wants it. Blocking; call it off the loop."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from oelala_desktop.domain.errors import Unreadable
from oelala_desktop.metadata import FileMetadata, check_complete, read
from oelala_desktop.services.files.provenance import claims_of, is_sketch
from oelala_desktop.storage.favorites import Marks
from oelala_desktop.storage.media_query import join
from oelala_desktop.storage.media_writing import Claim, Entry, Stamp

from .folders import look

log = logging.getLogger(__name__)

#: seconds without a change after which a file may be done, and after which it is taken as it is
_STILL, _GIVEN_UP = 0.3, 20.0


class Found(NamedTuple):
    """A file that is not in the index yet, or not as it is now. `job_id` and `claims` where the job is known that
    made it."""

    folder: str
    name: str
    stamp: Stamp
    job_id: str | None = None
    claims: tuple[Claim, ...] = ()

    @property
    def path(self) -> str:
        return join(self.folder, self.name)


@dataclass(slots=True)
class Batch:
    entries: list[Entry] = field(default_factory=list)
    refused: list[Found] = field(default_factory=list)


def read_batch(files: Iterable[Found], marks: Marks, stop: threading.Event) -> Batch:
    """What is no media is refused; what went away is in neither list."""
    batch = Batch()
    for file in files:
        if stop.is_set():
            break
        try:
            batch.entries.append(read_entry(file, marks))
        except (Unreadable, OSError):
            if look(file.path) != "gone":
                batch.refused.append(file)
        except Exception:  # one file that we stumble over must not hide all the others
            log.exception("%s cannot be read", file.path)
            batch.refused.append(file)
    return batch


def read_entry(file: Found, marks: Marks) -> Entry:
    """Raises Unreadable for what is no media, OSError for what went away."""
    path = _folder(file.folder) / file.name
    found = read(path)
    engine = found.info.engine
    return Entry(
        folder=file.folder,
        file=file.name,
        stamp=file.stamp,
        kind=found.kind,
        format=found.format,
        width=found.width,
        height=found.height,
        frames=found.frames,
        fps=found.fps,
        duration=found.duration,
        info=found.info,
        is_sketch=engine.startswith("Sketch") if engine else is_sketch(found),
        favorite=marks.holds(path, file.stamp.size),
        job_id=file.job_id or _job_of(found),
        claims=tuple(dict.fromkeys((*claims_of(file.name, found), *file.claims))),
        has_sound=found.has_sound,
    )


@lru_cache(maxsize=64)
def _folder(path: str) -> Path:
    return Path(path)


def _job_of(found: FileMetadata) -> str | None:
    params = found.oelala_params if found.info.source == "oelala" else None
    job_id = params.get("job_id") if params else None
    return job_id if isinstance(job_id, str) else None


@dataclass(slots=True)
class Waiting:
    """A file that may still be written. `since` is when it was last seen to change (monotonic seconds)."""

    file: Found
    since: float


def settled(waiting: Iterable[Waiting], now: float) -> tuple[list[Found], list[Waiting]]:
    """Files that are done, and those to go on waiting for; what went away is in neither. A file is done when it has
    not changed for a moment and is complete by its own structure, or has not changed for so long that it never will."""
    done: list[Found] = []
    going_on: list[Waiting] = []
    for one in waiting:
        stamp = look(one.file.path)
        if not isinstance(stamp, Stamp):
            continue
        if stamp != one.file.stamp:
            going_on.append(Waiting(one.file._replace(stamp=stamp), now))
        elif now - one.since < _STILL or (now - one.since < _GIVEN_UP and not _is_complete(one.file)):
            going_on.append(one)
        else:
            done.append(one.file)
    return done, going_on


def _is_complete(file: Found) -> bool:
    try:
        check_complete(Path(file.path))
    except Unreadable:
        return False
    return True
