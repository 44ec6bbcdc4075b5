"""How far a job is, in words."""

from __future__ import annotations

from oelala_desktop.domain.job import Progress
from oelala_desktop.ui import wording

PASSES = {"high": "High noise pass", "low": "Low noise pass"}


def pass_words(progress: Progress) -> tuple[str, str]:
    """("High noise pass 2 of 3", "KSampler"): what runs now, and the node it runs in."""
    if progress.ahead:
        return f"Behind {progress.ahead} {'job' if progress.ahead == 1 else 'jobs'} of others", ""
    name = PASSES.get(progress.pass_ or "", "")
    steps = f"{progress.step} of {progress.steps}" if progress.step and progress.steps else ""
    if not name:
        return (progress.node or "Starting"), (f"step {steps}" if steps else "")
    node = "" if _plain(progress.node) == _plain(name) else progress.node or ""
    return f"{name} {steps}".strip(), node


def _plain(title: str | None) -> str:
    return "".join(filter(str.isalnum, (title or "").casefold()))


def short_words(progress: Progress) -> str:
    """ "High noise 2/3", for rows and tooltips."""
    title, _ = pass_words(progress)
    return title.replace(" pass", "").replace(" of ", "/")


def time_words(progress: Progress) -> str:
    """ "31 % · about 2 min 10 s left"; without an estimate only the percentage."""
    parts = (wording.percent(progress.fraction), wording.remaining(progress.eta))
    return " · ".join(part for part in parts if part)
