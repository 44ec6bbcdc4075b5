"""Jobs: look, cancel, repeat."""

from __future__ import annotations

import re
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from oelala_desktop.api.answer import JsonAnswer
from oelala_desktop.api.context import Context
from oelala_desktop.api.documented import errors, routes_about
from oelala_desktop.api.job_view import job_row
from oelala_desktop.api.schemas import CancelledJobs, Job, Jobs
from oelala_desktop.domain.errors import NotFound
from oelala_desktop.domain.job import Job as DomainJob
from oelala_desktop.domain.job import JobState

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
JobId = Annotated[
    str, Path(description="As the submission answered it.", examples=["8c9b1f6e-3a57-4f0c-9a55-0f0f5f3a1c11"])
]


def router(context: Context) -> APIRouter:
    routes = routes_about("jobs")
    service = context.services.jobs

    def row(job: DomainJob) -> dict[str, Any]:
        return job_row(job, service.progress_of(job.id), context.services.paths.output)

    async def find(job_id: str) -> DomainJob:
        job = await service.find(job_id) if _ID.fullmatch(job_id) else None
        if job is None or job.hidden:
            raise NotFound("There is no job of that id.")
        return job

    @routes.get("/jobs", response_model=Jobs, summary="All jobs, newest first", responses=errors(422))
    async def list_jobs(
        state: Annotated[JobState | None, Query(description="Only those in this state.")] = None,
        limit: Annotated[int, Query(ge=1, le=1000, description="How many at most.")] = 200,
    ) -> JsonAnswer:
        jobs = await service.recent(1000 if state else limit)
        return JsonAnswer({"jobs": [row(job) for job in jobs if state in (None, job.state)][:limit]})

    @routes.delete("/jobs", response_model=CancelledJobs, summary="Cancel all that waits", responses=errors(507))
    async def cancel_waiting() -> JsonAnswer:
        """Every job that has not begun; what runs goes on."""
        done = await service.cancel_waiting()
        return JsonAnswer({"cancelled": [*done.ids, *done.asked]})

    @routes.get("/jobs/{job_id}", response_model=Job, summary="One job", responses=errors(404))
    async def get_job(job_id: JobId) -> JsonAnswer:
        return JsonAnswer(row(await find(job_id)))

    @routes.delete(
        "/jobs/{job_id}", response_model=Job, summary="Cancel a job, or clear it away", responses=errors(404)
    )
    async def delete_job(job_id: JobId) -> JsonAnswer:
        """A job that is not over is cancelled, that one and no other; it stays in the list. One that is over leaves the
        list; its files stay."""
        job = await find(job_id)
        if job.state.is_final:
            await service.hide(job_id)
            return JsonAnswer(row(job))
        await service.cancel(job_id)
        return JsonAnswer(row(await service.find(job_id)))

    @routes.post(
        "/jobs/{job_id}/retry",
        status_code=202,
        response_model=Job,
        summary="The same once more",
        responses=errors(404, 422, 507),
    )
    async def retry_job(
        job_id: JobId,
        new_seed: Annotated[bool, Query(description="Draw another seed instead of repeating the result.")] = False,
    ) -> JsonAnswer:
        """A new job on the same engine, with `retry_of`."""
        old = await find(job_id)
        engine = context.services.engines.for_ref(old.engine)
        job = await service.retry(old.id, engine, new_seed=new_seed)
        return JsonAnswer(row(job), 202, {"location": f"/jobs/{job.id}"})

    return routes
