"""`oelala generate … --then TOOL …`: what goes on from the result, and the file that a video goes on from."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

from oelala_desktop.bootstrap import Services
from oelala_desktop.domain.chain import Step
from oelala_desktop.domain.errors import InvalidInput, NotFound
from oelala_desktop.domain.job import Job, JobState
from oelala_desktop.domain.tool import find_tool

from .parser import build_parser
from .saying import say
from .values import values_of

THEN = "--then"
#: what is said of a wish as a whole
_OF_ALL = {
    "out": "--out",
    "json": "--json",
    "engine": "--engine",
    "continues": "--continue",
    "batch": "--batch",
    "prompts": "--prompts",
    "captions": "--captions",
    "grid": "--grid",
    "dry_run": "--dry-run",
    "again": "--again",
}


def steps_of(rest: Sequence[str] | None) -> tuple[Step, ...]:
    """What stands behind the first --then: a tool with its settings, and behind each further --then another. Raises
    InvalidInput or NotFound."""
    if rest is None:
        return ()
    parser, steps, words = build_parser(), [], list(rest)
    while True:
        end = words.index(THEN) if THEN in words else len(words)
        if end == 0 or words[0].startswith("-"):
            raise InvalidInput(f"{THEN}: name the tool that goes on from the result.")
        options = parser.parse_args(["generate", *words[:end]])
        usual = parser.parse_args(["generate", words[0]])
        wrong = [name for key, name in _OF_ALL.items() if getattr(options, key) != getattr(usual, key)]
        if wrong:
            raise InvalidInput(f"{wrong[0]} is for all steps: give it before the first {THEN}.")
        steps.append(Step(find_tool(options.tool).id, values_of(options, images=options.image)))
        if end == len(words):
            return tuple(steps)
        words = words[end + 1 :]


async def continued_file(services: Services, name: str) -> Path:
    """The video that a file name, the id of a job or its beginning, or the id of a file in My Media stands for. Raises
    NotFound."""
    path = await asyncio.to_thread(_file, name)
    if path is not None:
        return path
    if name.isdecimal() and len(name) < 8:  # shorter than what is shown of a job's id
        await services.library.start()
        return Path((await services.library.get(int(name))).path)
    try:
        made = (await services.jobs.find(name)).main_output
    except NotFound:
        raise NotFound(f"--continue: there is no file and no job named {name}.") from None
    if made is None or made.kind != "video":
        raise NotFound(f"--continue: job {name} has made no video.")
    return Path(made.path)


def _file(name: str) -> Path | None:
    try:
        path = Path(name).expanduser().absolute()
        return path if path.exists() else None
    except (OSError, RuntimeError, ValueError):  # too long for a name, no such user for a ~
        return None


def say_what_waits(jobs: Sequence[Job]) -> None:
    """Of chains that stopped: how much waits, and what it goes on with."""
    waiting = {job.id: job for job in jobs if job.state is JobState.QUEUED and job.after}
    for failed in {job.after: None for job in waiting.values() if job.after not in waiting}:
        count = sum(_waits_for(job, failed, waiting) for job in waiting.values())
        which = f"{count} {'step waits' if count == 1 else 'steps wait'}"
        say(f"{which} for job {failed[:8]}; “oelala jobs --retry {failed[:8]}” makes it again and goes on.")


def _waits_for(job: Job, failed: str, waiting: Mapping[str, Job]) -> bool:
    while job.after in waiting:
        job = waiting[job.after]
    return job.after == failed
