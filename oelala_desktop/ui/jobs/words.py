"""What is said of a job of the queue: its name, the caption under its cell, when it starts, and of the queue as a
whole."""

from __future__ import annotations

from pathlib import PurePath
from typing import NamedTuple

from oelala_desktop.domain.chain import name_of_step
from oelala_desktop.domain.job import Job, JobInput, JobState, Progress
from oelala_desktop.domain.tool import TOOLS
from oelala_desktop.ui import wording
from oelala_desktop.ui.jobs.order import Section, section_of
from oelala_desktop.ui.widgets.progress import short_words
from oelala_desktop.ui.wording import NBSP

_LONGEST = 60
_FAILURES = {"memory": "Out of memory", "interrupted": "Stopped there", "node": "A node failed"}


class Standing(NamedTuple):
    """Where a job stands, beside its own row. `place` counts those that wait from 1, 0 for others; `starts` are the
    seconds until it begins, None while nobody knows."""

    progress: Progress | None = None
    place: int = 0
    starts: float | None = None
    after: int = 0  # the place of the job that must be done before it
    paused: bool = False
    before: Job | None = None  # that job, while it is not done
    unseen: bool = False  # that one was taken off the list


class Counts(NamedTuple):
    """How many jobs of each kind; `ends`: the seconds until all are done, None while nobody knows."""

    done: int = 0
    running: int = 0
    waiting: int = 0
    failed: int = 0
    ends: float | None = None
    paused: bool = False
    over: int = 0  # of whatever end, those that were cancelled too


def file_name(given: JobInput) -> str:
    """ "harbour.jpg": as it was called where it came from."""
    return PurePath(given.original.replace("\\", "/")).name or given.key


def name_of(job: Job) -> str:
    """ "harbour": its own title, else the picture that it was made of, else what it was asked for."""
    for given in job.inputs if not job.title else ():
        return PurePath(file_name(given)).stem
    words = job.asked
    if not words:
        return TOOLS[job.tool].name if job.tool in TOOLS else job.tool
    return words if len(words) <= _LONGEST else words[: _LONGEST - 1].rstrip() + "…"


def title_of(job: Job, most: int = 400) -> str:
    """What was asked for, in at most about so many characters; without a prompt "Upscaler · walk.mp4"."""
    if words := job.asked[:most]:
        return words
    given = str(job.values.get("lora_name") or "") or next(map(file_name, job.inputs), "")
    return " · ".join(filter(None, (name_of_step(job.tool), given)))[:most]


def rough(seconds: float) -> str:
    """A guess at a time to wait: in tens of seconds below two minutes, then in minutes."""
    return wording.span(max(10, round(seconds / 10) * 10) if seconds < 120 else round(seconds / 60) * 60)


def starts_words(standing: Standing) -> str:
    """ "starts in 2 min" for the next one, "in 5 min" for those behind it."""
    if standing.paused:
        return "paused"
    if standing.unseen:
        return "waits for the step before it"
    if standing.before is not None:
        return waits_words(standing.before)
    if standing.after:
        return f"after {standing.after}"
    first = standing.place <= 1
    if standing.starts is None:
        return "next" if first else "waiting"
    if standing.starts < 5:
        return "starts now" if first else "waiting"
    return f"{'starts ' if first else ''}in {rough(standing.starts)}"


def waits_words(before: Job) -> str:
    """ "waits for Text to Image", and how that ended where nothing goes on by itself."""
    failed = section_of(before) is Section.FAILED
    return f"waits for {name_of_step(before.tool)}{', which failed' if failed else ''}"


def step_words(job: Job) -> str:
    """ "2 of 3" of a chain, else nothing."""
    return f"{job.link.number} of {job.link.count}" if job.link is not None else ""


def seed_words(seed: int) -> str:
    """ "seed …3377": a row of neighbours differs in the last figures."""
    text = str(seed)
    return f"seed{NBSP}{'…' + text[-4:] if len(text) > 4 else text}"


def failure_words(job: Job) -> str:
    """Two or three words for what the sentence of the error tells in whole."""
    if job.state is JobState.LOST:
        return "Lost"
    return _FAILURES.get(job.error.kind if job.error else "", "Failed")


def running_words(job: Job, progress: Progress | None) -> str:
    """ "2 min 10 s left", without a guess what it does."""
    if job.state is JobState.FETCHING:
        return "saving"
    if progress is None:
        return "starting"
    if progress.ahead:
        return f"behind {progress.ahead}"
    left = wording.remaining(progress.eta).removeprefix(f"about{NBSP}")
    return left or short_words(progress)


def caption(job: Job, standing: Standing) -> str:
    """The line under a cell of the filmstrip."""
    match section_of(job):
        case Section.RUNNING:
            return running_words(job, standing.progress)
        case Section.WAITING:
            ahead = standing.progress.ahead if standing.progress else None
            words = f"behind {ahead}" if ahead else starts_words(standing)
            return " · ".join(filter(None, (step_words(job), words)))
        case Section.FAILED:
            return failure_words(job)
        case _:
            return seed_words(job.seed)


def length_words(job: Job) -> str:
    """ "5.1 s" of a finished video, else nothing."""
    made = job.main_output
    if made is None or made.kind != "video" or not made.frames or not made.fps:
        return ""
    return wording.seconds(made.frames / made.fps)


def spoken(job: Job, standing: Standing, *, favourite: bool = False) -> str:
    """All of a cell in words: "running, harbour, 31 %, about 2 min left"."""
    section, progress = section_of(job), standing.progress
    parts = [str(section), name_of(job)]
    if section is Section.RUNNING and progress:
        parts += [wording.percent(progress.fraction), wording.remaining(progress.eta)]
        parts.append(f"step {step_words(job)}" if job.link else "")
    elif section is Section.WAITING:
        parts += [f"place {standing.place}" if standing.place else "", caption(job, standing)]
    elif section is Section.FAILED:
        parts.append(job.error.message if job.error else failure_words(job))
    else:
        parts += [length_words(job), f"seed {job.seed}", "favorite" if favourite else ""]
        parts.append("" if job.engine.is_ai else "made by Sketch")
    return ", ".join(part for part in parts if part)


def summary(counts: Counts) -> str:
    """ "12 done · 1 running · 4 waiting · all done in about 16 min"."""
    named = ((counts.done, "done"), (counts.running, "running"), (counts.waiting, "waiting"), (counts.failed, "failed"))
    parts = [f"{wording.count(number)} {word}" for number, word in named if number]
    if counts.paused:
        parts.insert(0, "Paused")
    elif counts.ends is not None and counts.running + counts.waiting:
        parts.append(f"all done in about {rough(counts.ends)}")
    return " · ".join(parts) or "Nothing made yet"
