"""How jobs end badly: each end is a sentence to act on, and says which kind of end it is."""

from __future__ import annotations

import pytest

from oelala_desktop.domain import endings
from oelala_desktop.domain.errors import EngineRejected, InvalidField, OelalaError
from oelala_desktop.domain.job import EngineRef, JobError
from tests.unit.domain.samples import some_job


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (endings.NOT_SENT, "bug"),
        (endings.NOT_TAKEN_IN, "bug"),
        (endings.NEVER_TAKEN, "rejected"),
        (endings.NOTHING_BEFORE, "before"),
        (endings.STUMBLED, ""),
    ],
)
def test_each_is_a_sentence_of_its_kind(error: JobError, kind: str) -> None:
    assert (error.kind, error.node, error.detail, dict(error.fields)) == (kind, "", "", {})
    assert error.message[0].isupper() and error.message.endswith(".")


def test_a_lost_job_names_its_server() -> None:
    error = endings.lost(some_job())
    assert error.kind == "lost" and error.message.startswith("ComfyUI no longer knows this job: it was restarted, or ")
    assert error.message.endswith("It can be sent again.")
    unnamed = some_job(engine=EngineRef("comfyui", "http://127.0.0.1:1", ""))
    assert endings.lost(unnamed).message.startswith("The server no longer knows this job: ")


def test_what_a_server_said_instead_of_an_answer_is_told() -> None:
    error = endings.untold(JobError("It speaks in riddles.", "odd", "Node", "raw"))
    assert (error.kind, error.node, error.detail) == ("untold", "", "raw")
    assert "what became of this job: It speaks in riddles. A result that it made lies" in error.message


def test_an_error_is_an_end_with_the_fields_that_a_server_refused() -> None:
    plain = endings.from_error(OelalaError("No.", detail="raw"), "fetch")
    assert plain == JobError("No.", "fetch", "", "raw", {})
    refused = endings.from_error(EngineRejected("No.", detail="raw", fields={"steps": "too many"}), "rejected")
    assert refused == JobError("No.", "rejected", "", "raw", {"steps": "too many"})
    wrong = endings.from_error(InvalidField("steps", "steps: too many."), "before")
    assert wrong == JobError("steps: too many.", "before", "", "", {"steps": "steps: too many."})
