"""What else can be done on a tool's page, for the palette: with the job in view, and beside it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

from oelala_desktop.domain.job import JobState
from oelala_desktop.ui.commands.carrier import Commands
from oelala_desktop.ui.commands.rows import ROWS
from oelala_desktop.ui.tool.job_stage import JobStage
from oelala_desktop.ui.tool.page import ToolPage
from oelala_desktop.ui.widgets.stage_actions import GOING, ON_VIDEO

#: what needs no result
_OF_ANY = frozenset({"cancel", "retry", "reuse", "copy_prompt", "copy_seed", "copy_workflow"})


class _View(Protocol):
    """As ToolView has them."""

    page: ToolPage
    stage: JobStage

    @property
    def file_wanted(self) -> str | None: ...


def add_tool_commands(view: _View, act: Callable[[str], object]) -> Commands:
    """`act` takes what the output panel's buttons send."""
    commands = Commands(view.page, "tool")
    commands.add("history", partial(act, "history"))
    commands.add("browse", partial(act, "browse"), lambda: view.file_wanted is not None)
    for row_id in (row_id for row_id in ROWS if row_id.startswith("result.")):
        what = row_id.removeprefix("result.")
        commands.add(row_id, partial(act, what), partial(_holds, view, what))
    return commands


def _holds(view: _View, what: str) -> bool:
    job = view.stage.job
    if job is None:
        return False
    if what == "cancel":
        return not job.state.is_final
    if what == "retry":
        return job.state.is_final and job.state is not JobState.DONE
    shown = view.stage.output or job.main_output
    if what in GOING:
        kinds = ("video",) if what in ON_VIDEO else ("video", "image")
        return shown is not None and shown.kind in kinds
    return what in _OF_ANY or shown is not None
