"""What a row of the queue claims about its job."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from oelala_desktop.domain.job import JobError, JobState, Progress
from oelala_desktop.ui.widgets.queue_row import QueueRow
from tests.gui.reach import every, seen, text, words
from tests.gui.seeded import MEMORY, PROMPT, make_job


def _row(qtbot: QtBot, state: JobState, **changes: object) -> QueueRow:
    row = QueueRow(make_job("1", state, **changes))
    qtbot.addWidget(row)
    row.resize(404, row.sizeHint().height())
    row.show()
    return row


def test_a_job_that_waits_on_the_server_claims_no_progress(qtbot: QtBot) -> None:
    row = _row(qtbot, JobState.SENT)
    row.set_progress(Progress(0.0, eta=10.0))
    assert row.accessibleDescription() == "Next on the server"
    assert not seen(row, "Progress") and "about" not in words(row)
    row.set_progress(Progress(0.0, ahead=2))
    assert seen(row, "Waiting, behind 2 jobs of others")


def test_a_running_job_names_its_node(qtbot: QtBot) -> None:
    row = _row(qtbot, JobState.RUNNING)
    row.set_progress(Progress(0.51, "KSampler", "low", 1, 3, 90.0))
    assert seen(row, "Progress") and row.accessibleDescription().startswith("Low noise 1/3")
    assert seen(row, "KSampler · …") and seen(row, "about 1 min 30 s")


def test_a_failure_is_told_in_two_lines(qtbot: QtBot) -> None:
    row = _row(qtbot, JobState.FAILED, error=JobError(MEMORY + " " + MEMORY))
    problem = text(row, MEMORY + " …")
    row.grab()
    assert "lower resolution help" in problem.toolTip(), "it is cut"
    assert problem.heightForWidth(400) == 2 * problem.fontMetrics().lineSpacing()
    assert len(every(row, MEMORY + " …")) == 1
    assert problem.width() > 200 and text(row, PROMPT).width() > 200
