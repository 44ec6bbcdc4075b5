"""Half-written files of processes that were killed, swept at the next start; those of living ones are left alone."""

from __future__ import annotations

import logging
import os
import re
import shutil
from collections.abc import Iterable, Set
from pathlib import Path

from oelala_desktop.domain.job import Job
from oelala_desktop.services.loop.clock import CLOCK, Clock

log = logging.getLogger(__name__)

_RESULT = re.compile(r"oelala_\d{8}_\d{6}_([0-9a-f]{8})[._](?:.*\.)?part")
_OWN = re.compile(r".+\.(\d+)\.part(-journal|-wal|-shm)?")  # <name>.<pid>.part: inputs, preferences, backups
_OLD = 86_400.0  # seconds after which a part of a job that nobody knows any more is nobody's


def short_id(job: Job) -> str:
    """The job's part of a result's name."""
    return job.id.replace("-", "")[:8]


def sweep(folders: Iterable[Path], jobs: Set[str], inputs: Path | None, clock: Clock = CLOCK) -> int:
    """Removes parts of results of `jobs` (short ids that no process is fetching) from `folders` and, where no other
    process of this home lives, those that others left in `inputs` and the home folder above it. Returns how many
    files and folders went. Blocking."""
    removed = 0
    for folder in folders:
        for part in _listed(folder, "oelala_*part"):
            match = _RESULT.fullmatch(part.name)
            if match and (match[1] in jobs or _is_old(part, clock)):
                removed += _drop(part)
    for folder in (inputs, inputs.parent) if inputs else ():
        for part in _listed(folder, "*.part*"):
            match = _OWN.fullmatch(part.name)
            if match and (int(match[1]) != os.getpid() or _is_old(part, clock)):
                removed += _drop(part)
    return removed


def _listed(folder: Path, pattern: str) -> list[Path]:
    try:
        return list(folder.glob(pattern))
    except OSError:
        return []


def _is_old(part: Path, clock: Clock) -> bool:
    try:
        return clock.wall() - part.stat().st_mtime > _OLD
    except OSError:
        return False


def _drop(part: Path) -> int:
    try:
        if part.is_dir():
            shutil.rmtree(part)
        else:
            part.unlink(missing_ok=True)
    except OSError as error:
        log.warning("%s could not be removed: %s", part, error.strerror)
        return 0
    return 1
