"""The joined video of a job that is extended, or continues another video, made here of the clips' files: no server need
hold more than one clip for it."""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from oelala_desktop.domain.errors import CannotSave, Unreadable
from oelala_desktop.domain.job import Job, Output
from oelala_desktop.metadata import check_complete, probe
from oelala_desktop.services.loop.complaints import Complaints

from .fetching import already_there, describe, embed_params, params_of, result_stem, sync_folder

log = logging.getLogger(__name__)

JOINED = "joined"
State = tuple[int, int, int] | None


class Astray(Exception):
    """Clips are no longer the files that were brought here: removed, cut short or written over. `paths` are theirs."""

    def __init__(self, paths: frozenset[str]) -> None:
        super().__init__(", ".join(sorted(paths)))
        self.paths = paths


async def with_joined(
    complaints: Complaints, job: Job, outputs: tuple[Output, ...], brought: Mapping[str, State]
) -> tuple[Output, ...]:
    """The outputs and what their clips make together. `brought` is how each clip was left by whoever brought it. A file
    that is whole and this job's is taken as it is, so that a try that was cut off goes on where it stood. Clips that
    cannot be spliced stay as they are, and that is said. Raises Astray, and CannotSave while the disk refuses."""
    made = []
    for number, clips in enumerate(chains(job, outputs), 1):
        stem = f"{result_stem(job)}_{JOINED}" + (f"_{number}" if number > 1 else "")
        try:
            states = {clip.path: brought.get(clip.path) for clip in clips}
            if job.continues is not None:
                first = job.continues.path
                states = {first: await asyncio.to_thread(state_of, first), **states}
            made.append(await _join(job, states, stem))
        except Unreadable as error:
            log.warning("%s: %s", job.id, error)
            complaints.say(f"The clips are here, but could not be joined. {error.message}", job.id)
    return (*outputs, *made)


def state_of(path: str) -> State:
    """What tells whether a file is still the one that was brought; None if it is not there. Blocking."""
    try:
        found = Path(path).stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns, found.st_ino


def chains(job: Job, outputs: Sequence[Output]) -> list[list[Output]]:
    """The clips that belong together, in order; one list for each video that a clip is saved as. None where a server
    has joined them (the graphs of earlier versions did), where one is missing, or where there is but one and it
    continues nothing."""
    count = job.values.get("clip_count") or 1
    if not isinstance(count, int) or any(output.role == JOINED for output in outputs):
        return []
    if count < 2:
        whole = [o for o in outputs if not o.role and o.kind == "video" and (o.frames or 0) > 1]
        return [] if job.continues is None else [[clip] for clip in whole]
    clips = [
        [o for o in outputs if o.role == f"clip{number}" and (o.frames or 0) > 1] for number in range(1, count + 1)
    ]
    return [list(chain) for chain in zip(*clips, strict=False)]


async def _join(job: Job, clips: Mapping[str, State], stem: str) -> Output:
    stop = threading.Event()
    try:
        return await asyncio.to_thread(_make, job, clips, stem, stop)
    finally:
        stop.set()


def _make(job: Job, clips: Mapping[str, State], stem: str, stop: threading.Event) -> Output:
    folder = Path(job.out_dir)
    there = already_there(folder, stem, job, JOINED)
    if there is not None:
        return there
    part = folder / f"{stem}.part"
    try:
        try:
            final = _spliced([Path(path) for path in clips], part, stem, stop)
            output = _finished(part, final, job)
            _check_states(clips)
            part.replace(final)
            sync_folder(folder)
        finally:
            part.unlink(missing_ok=True)
    except (OSError, Unreadable) as error:
        _check_states(clips)
        if isinstance(error, OSError):
            raise CannotSave.of_result(str(folder), error) from error
        raise
    return output


def _check_states(clips: Mapping[str, State]) -> None:
    astray = frozenset(path for path, state in clips.items() if state is None or state_of(path) != state)
    if astray:
        raise Astray(astray)


def _spliced(clips: Sequence[Path], part: Path, stem: str, stop: threading.Event) -> Path:
    """Makes the part; returns the name that it is to have."""
    from oelala_desktop.services.files.splicing import splice  # decoders, only when they are needed

    splice(clips, part, probe(clips[0]).format, stop)
    return part.with_name(f"{stem}{clips[0].suffix}")


def _finished(part: Path, final: Path, job: Job) -> Output:
    """Reads what was written and puts in what made it."""
    try:
        check_complete(part)
        output = describe(part, final, JOINED)
        embed_params(part, params_of(job, output), job.graph)
    except Unreadable:
        part.stat()  # somebody may have taken it away under us
        raise
    with part.open("rb+") as file:
        os.fsync(file.fileno())
    return output
