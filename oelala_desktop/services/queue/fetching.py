"""One result from the server into the output folder: fetched to a .part, checked by its content, given our provenance
if it came without, and renamed in one step. Server names are never paths of ours."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from oelala_desktop.domain.engine import EnginePort, ServerFile
from oelala_desktop.domain.errors import CannotSave, EngineAnswer, InvalidField, NotThisJobs, Unreadable
from oelala_desktop.domain.field import MAX_SEED
from oelala_desktop.domain.job import Job, Output
from oelala_desktop.domain.savers import saves_models
from oelala_desktop.domain.tool import VOCABULARY
from oelala_desktop.metadata import check_complete, check_sound, job_of_weights, probe, read
from oelala_desktop.metadata.weights import embed_in_weights
from oelala_desktop.metadata.writer import embed
from oelala_desktop.services.loop.threads import to_the_end

from .judging import VISUAL, bears_prefix, judge, rank
from .leftovers import short_id

log = logging.getLogger(__name__)

CURVE = "curve"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file of the server goes: its role and its stem here, the same ones on every try."""

    file: ServerFile
    role: str
    stem: str


def role_of(file: ServerFile, job: Job) -> str:
    """ "clip1"…, "joined", "curve" (of a training) or "": read off the unique prefix that the graph gave its savers."""
    if saves_models(job.graph) and rank(file) == 0:
        return CURVE
    stem = job.prefix.rsplit("/", 1)[-1]
    match = re.match(rf"{re.escape(stem)}_(clip\d+|joined)_\d", file.filename)
    return match[1] if match else ""


def result_stem(job: Job) -> str:
    """ "oelala_{date}_{time}_{job}": the same on every try, so that a fetch that was cut off finds its own file."""
    return time.strftime("oelala_%Y%m%d_%H%M%S_", time.localtime(job.created_at)) + short_id(job)


def places(job: Job, files: tuple[ServerFile, ...]) -> tuple[Place, ...]:
    """Each file with its place, in order."""
    seen: dict[str, int] = {}
    found = []
    for file in files:
        role = role_of(file, job)
        seen[role] = seen.get(role, 0) + 1
        number = f"_{seen[role]}" if seen[role] > 1 else ""
        name = role or (lora_name(job) if saves_models(job.graph) else "")
        found.append(Place(file, role, result_stem(job) + (f"_{name}" if name else "") + number))
    return tuple(found)


def lora_name(job: Job) -> str:
    """What whoever trained it called it; "" where nothing that a file may be called was said."""
    name = job.values.get("lora_name")
    try:
        return str(VOCABULARY["lora_name"].check(name)) if isinstance(name, str) else ""
    except InvalidField:  # a preset may have a setting of its own that is called so
        return ""


def is_fetched(job: Job, files: tuple[ServerFile, ...]) -> bool:
    """Whether an earlier try brought all of these already. Blocking."""
    folder = Path(job.out_dir)
    return all(already_there(folder, place.stem, job, place.role) for place in places(job, files))


async def fetch_result(engine: EnginePort, job: Job, place: Place, *, anew: frozenset[str] = frozenset()) -> Output:
    """One file of a job; what an earlier try brought is not fetched again, unless its path is in `anew`. Raises
    EngineUnreachable, EngineAnswer (NotThisJobs among it) or CannotSave; nothing half-written is left under a final
    name."""
    folder = Path(job.out_dir)
    await asyncio.to_thread(_make_folder, folder)
    there = await asyncio.to_thread(already_there, folder, place.stem, job, place.role)
    if there is not None and there.path not in anew:
        return there
    part = folder / f"{place.stem}.part"
    oldest = None if bears_prefix(job, place.file) else place.file.since
    try:
        target = await to_the_end(_open, part, undo=lambda file: file.close())
        try:
            await engine.fetch(place.file, target, str(folder), oldest=oldest)
        finally:
            await to_the_end(_close, target, folder)
        return await to_the_end(_finish, part, job, place)
    finally:
        await to_the_end(_drop, part)


def _open(part: Path) -> BinaryIO:
    try:
        return part.open("wb")
    except OSError as error:
        raise CannotSave.of_result(str(part.parent), error) from error


def _drop(part: Path) -> None:
    try:
        part.unlink(missing_ok=True)
    except OSError:
        log.warning("%s could not be removed", part)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotSave.of_result(str(folder), error) from error


def _close(target: object, folder: Path) -> None:
    try:
        with target as file:  # type: ignore[attr-defined]
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise CannotSave.of_result(str(folder), error) from error


def _finish(part: Path, job: Job, place: Place) -> Output:
    """Checks the bytes, embeds provenance if missing, renames. Runs off the loop."""
    try:
        kind, suffix = judge(part, place.file)
        final = part.with_name(place.stem + suffix)
        if kind == "visual":
            output = _check(part, final, place.role)
            _give_provenance(part, job, output)
        else:
            output = Output(str(final), kind, None, None, None, None, place.role)
            if kind == "audio":
                _check_sound(part)
            elif kind == "model":
                _take_weights(part, job)
        part.replace(final)
        sync_folder(final.parent)
    except OSError as error:
        raise CannotSave.of_result(str(part.parent), error) from error
    return output


def _check(part: Path, final: Path, role: str) -> Output:
    try:
        check_complete(part)
        return describe(part, final, role)
    except Unreadable as error:
        # a folder that was taken away under us makes the file unreadable too
        part.stat()
        raise EngineAnswer(f"The server sent a damaged file: {error}") from error


def _check_sound(part: Path) -> None:
    try:
        check_sound(part)
    except Unreadable as error:
        raise EngineAnswer(f"The server sent a damaged file: {error}") from error


def _take_weights(part: Path, job: Job) -> None:
    try:
        embed_in_weights(part, job.params)
    except Unreadable as error:
        part.stat()  # a folder that was taken away under us makes the file unreadable too
        raise EngineAnswer(f"The server sent a damaged file: {error}") from error


def _give_provenance(part: Path, job: Job, output: Output) -> None:
    """Raises NotThisJobs for a file that says it is another's."""
    owner = _owner_of(part)
    if owner not in (None, "", job.id):
        raise NotThisJobs("The server named a file that another job made.")
    if output.role or owner is None:
        # the server knows nothing of roles: it wrote the same into all files of an extended video
        embed_params(part, params_of(job, output), job.graph if owner is None else None)


def _owner_of(part: Path) -> str | None:
    """The job id in the file's `oelala_params`, "" if these have none, None if the file has no such block."""
    try:
        params = read(part).oelala_params
    except Unreadable:
        return None
    job_id = params.get("job_id") if params is not None else None
    return None if params is None else job_id if isinstance(job_id, str) else ""


def params_of(job: Job, output: Output) -> Mapping[str, Any]:
    """`oelala_params` for one of a job's files: of an extended video each has a length of its own, and each clip a
    number (`clip`, from 1) and the seed that it was sampled with. What goes on from another video has that one's size
    and rate."""
    if output.role in ("", CURVE):
        return job.params
    params = dict(job.params)
    if output.frames:
        params["num_frames"] = output.frames
        params["duration"] = round(output.frames / output.fps, 3) if output.fps else None
    if job.continues is not None:
        own = {"width": output.width, "height": output.height, "fps": output.fps}
        params |= {key: value for key, value in own.items() if value and key in params}
    if output.role.startswith("clip"):
        number = int(output.role.removeprefix("clip"))
        params |= {"clip": number, "seed": str((job.seed + number - 1) % (MAX_SEED + 1))}
    return params


def embed_params(part: Path, params: Mapping[str, Any], graph: Mapping[str, Any] | None) -> None:
    """A format that takes no metadata is kept as it came; the jobs database knows what made it."""
    try:
        embed(part, params, graph)
    except Unreadable as error:
        log.warning("no provenance in %s: %s", part.name, error)


def sync_folder(folder: Path) -> None:
    """A rename is only safe once the folder itself is on the disk; not every system lets one ask for it."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def describe(path: Path, final: Path, role: str) -> Output:
    facts = probe(path)
    return Output(str(final), facts.kind, facts.width, facts.height, facts.frames, facts.fps, role)


def already_there(folder: Path, stem: str, job: Job, role: str) -> Output | None:
    """The file of a try that ended between rename and record: same name, whole, and it says it is this job's."""
    for suffix in sorted(VISUAL.values()):
        path = folder / f"{stem}{suffix}"
        if not path.exists():
            continue
        try:
            check_complete(path)
            if job_of(path) == job.id:
                return describe(path, path, role)
        except (Unreadable, OSError):
            continue
    return _weights_there(folder / f"{stem}.safetensors", job, role)


def _weights_there(path: Path, job: Job, role: str) -> Output | None:
    try:
        is_ours = path.exists() and job_of_weights(path) == job.id
    except (Unreadable, OSError):
        return None
    return Output(str(path), "model", None, None, None, None, role) if is_ours else None


def job_of(path: Path) -> str | None:
    """The job id in a file's own `oelala_params`, or None."""
    params = read(path).oelala_params
    job_id = params.get("job_id") if params else None
    return job_id if isinstance(job_id, str) else None
