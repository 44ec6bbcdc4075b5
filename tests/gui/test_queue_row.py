"""What a row of the queue claims about its job."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from oelala_desktop.domain.job import JobError, JobState, Progress
from oelala_desktop.ui.widgets.queue_row import QueueRow
from tests.gui.seeded import MEMORY, make_job


def _row(qtbot: QtBot, state: JobState, **changes: object) -> QueueRow:
    row = QueueRow(make_job("1", state, **changes))
    qtbot.addWidget(row)
    row.resize(404, row.sizeHint().height())
    row.show()
    return row


def test_a_job_that_waits_on_the_server_claims_no_progress(qtbot: QtBot) -> None:
    row = _row(qtbot, JobState.SENT)
    row.set_progress(Progress(0.0, eta=10.0))
    assert row._line.text() == "Next on the server"
    assert not row._bar.isVisible() and not row._time.text()
    row.set_progress(Progress(0.0, ahead=2))
    assert row._line.text() == "Waiting, behind 2 jobs of others"


def test_a_running_job_names_its_node(qtbot: QtBot) -> None:
    row = _row(qtbot, JobState.RUNNING)
    row.set_progress(Progress(0.51, "KSampler", "low", 1, 3, 90.0))
    assert row._bar.isVisible() and row._line.text().startswith("Low noise 1/3")
    assert row._size.text().startswith("KSampler · ")


def test_a_failure_is_told_in_two_lines(qtbot: QtBot) -> None:
    row = _row(qtbot, JobState.FAILED, error=JobError(MEMORY + " " + MEMORY))
    lines = row._problem._lines(row._problem.width())
    assert len(lines) == 2 and lines[1].endswith("…")
    row.grab()
    assert "lower resolution help" in row._problem.toolTip()
    assert row._problem.heightForWidth(400) == 2 * row._problem.fontMetrics().lineSpacing()
    assert row._line.isHidden()
    assert row._problem.width() > 200 and row._prompt.width() > 200
