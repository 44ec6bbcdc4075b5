"""How jobs end badly here, as sentences to act on. What a server says itself, its adapter puts into words."""

from __future__ import annotations

from .errors import EngineRejected, InvalidField, OelalaError
from .job import Job, JobError

NOT_SENT = JobError("The job could not be sent, through a fault of Oelala's own; its log has more.", "bug")
NOT_TAKEN_IN = JobError("The result could not be taken in, through a fault of Oelala's own; its log has more.", "bug")
NEVER_TAKEN = JobError("The server answers, but does not take this job. Its own log tells more.", "rejected")
NOTHING_BEFORE = JobError("The job that this one goes on from is not known any more; it cannot be made.", "before")
STUMBLED = JobError("Oelala stumbled over the answer.")


def lost(job: Job) -> JobError:
    message = (
        f"{job.engine.name or 'The server'} no longer knows this job: it was restarted, or its queue was cleared, "
        "before the result was written. It can be sent again."
    )
    return JobError(message, "lost")


def untold(error: JobError) -> JobError:
    message = (
        f"The server does not tell what became of this job: {error.message} A result that it made lies in its output "
        "folder; the job can be sent again."
    )
    return JobError(message, "untold", "", error.detail)


def from_error(error: OelalaError, kind: str) -> JobError:
    fields = error.fields if isinstance(error, EngineRejected) else {}
    if isinstance(error, InvalidField):
        fields = {error.field: error.message}
    return JobError(error.message, kind, "", error.detail, dict(fields))
