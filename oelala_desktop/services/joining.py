"""The joined video of an extended job, made here of its clips' files: no server need hold more than one clip for it."""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from collections.abc import Sequence
from pathlib import Path

from oelala_desktop.comfy.transfer import cannot_save
from oelala_desktop.domain.errors import CannotSave, Unreadable
from oelala_desktop.domain.job import Job, Output
from oelala_desktop.metadata import check_complete, probe

from .board import Board
from .fetching import _already_there, _describe, _embed, _sync_folder, params_of, result_stem

log = logging.getLogger(__name__)

JOINED = "joined"


async def with_joined(board: Board, job: Job, outputs: tuple[Output, ...]) -> tuple[Output, ...]:
    """The outputs and what their clips make together. A file that is whole and this job's is taken as it is, so that a
    try that was cut off goes on where it stood; without room on the disk it waits. Clips that cannot be spliced stay
    as they are, and that is said."""
    made = []
    for number, clips in enumerate(chains(job, outputs), 1):
        stem = f"{result_stem(job)}_{JOINED}" + (f"_{number}" if number > 1 else "")
        while True:
            try:
                made.append(await _join(job, clips, stem))
            except CannotSave as error:
                await board.wait_for_room(error, job.id)
                continue
            except Unreadable as error:
                log.warning("%s: %s", job.id, error)
                board.complain(f"The clips are here, but could not be joined. {error.message}", job.id)
            break
    return (*outputs, *made)


def chains(job: Job, outputs: Sequence[Output]) -> list[list[Output]]:
    """The clips that belong together, in order; one list for each video that a clip is saved as. None where a server
    has joined them (the graphs of earlier versions did), or where one is missing."""
    count = job.values.get("clip_count") or 1
    if not isinstance(count, int) or count < 2 or any(output.role == JOINED for output in outputs):
        return []
    clips = [
        [o for o in outputs if o.role == f"clip{number}" and (o.frames or 0) > 1] for number in range(1, count + 1)
    ]
    return [list(chain) for chain in zip(*clips, strict=False)]


async def _join(job: Job, clips: Sequence[Output], stem: str) -> Output:
    stop = threading.Event()
    try:
        return await asyncio.to_thread(_make, job, [Path(clip.path) for clip in clips], stem, stop)
    finally:
        stop.set()


def _make(job: Job, clips: Sequence[Path], stem: str, stop: threading.Event) -> Output:
    from .splicing import splice  # decoders, only when they are needed

    folder = Path(job.out_dir)
    there = _already_there(folder, stem, job, JOINED)
    if there is not None:
        return there
    kind = probe(clips[0]).format
    part, final = folder / f"{stem}.part", folder / f"{stem}{clips[0].suffix}"
    try:
        try:
            splice(clips, part, kind, stop)
            check_complete(part)
            output = _describe(part, final, JOINED)
            _embed(part, params_of(job, output), job.graph)
            _flush(part)
            part.replace(final)
            _sync_folder(folder)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise cannot_save(str(folder), error) from error
    return output


def _flush(part: Path) -> None:
    with part.open("rb+") as file:
        os.fsync(file.fileno())
