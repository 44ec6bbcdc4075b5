"""`/api/jobs`: queue and history in one list, each job in one shape; and the end of one, waiting or running."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from oelala_desktop.sketch.executor import Job
from oelala_desktop.sketch.routes.replies import engine_of, json_reply

STATES = ("pending", "in_progress", "completed", "failed")
ENDS = ("execution_success", "execution_error", "execution_interrupted")
Entry = dict[str, Any]


def list_jobs(request: Request) -> Response:
    """All jobs, newest first, filtered by `status`, `workflow_id`, sorted and paged."""
    query = request.query_params
    wanted = [part.strip().lower() for part in query.get("status", "").split(",") if part.strip()]
    unknown = [state for state in wanted if state not in STATES]
    if unknown:
        text = f"Invalid status value(s): {', '.join(unknown)}. Valid values: {', '.join(STATES)}"
        return json_reply({"error": text}, 400)
    paging = _paging(dict(query))
    if isinstance(paging, str):
        return json_reply({"error": paging}, 400)
    offset, limit = paging
    jobs = [job for job in _all(request) if job["status"] in (wanted or STATES)]
    if workflow := query.get("workflow_id"):
        jobs = [job for job in jobs if job.get("workflow_id") == workflow]
    by_duration = query.get("sort_by", "created_at").lower() == "execution_duration"
    newest_first = query.get("sort_order", "desc").lower() == "desc"
    jobs.sort(key=_duration if by_duration else _created, reverse=newest_first)
    page = jobs[offset:] if limit is None else jobs[offset : offset + limit]
    has_more = offset + len(page) < len(jobs)
    pagination = {"offset": offset, "limit": limit, "total": len(jobs), "has_more": has_more}
    return json_reply({"jobs": page, "pagination": pagination})


def get_job(request: Request) -> Response:
    """One job by its id, with its graph and outputs once it has ended; 404 for an unknown one."""
    prompt_id = request.path_params["job_id"]
    queue = engine_of(request).queue
    found = queue.history_of(prompt_id)
    if found:
        entry = found[prompt_id]
        job = _ended(prompt_id, entry)
        _, _, graph, extra, _ = entry["prompt"]
        job |= {"outputs": entry["outputs"], "execution_status": entry["status"]}
        return json_reply(job | {"workflow": {"prompt": graph, "extra_data": extra}})
    for state, jobs in (("in_progress", queue.running()), ("pending", queue.waiting())):
        for queued in jobs:
            if queued.prompt_id == prompt_id:
                return json_reply(_queued(queued, state))
    return json_reply({"error": "Job not found"}, 404)


def cancel_job(request: Request) -> Response:
    """That job and no other. 200 too when there is nothing to do."""
    engine, prompt_id = engine_of(request), request.path_params["job_id"]
    cancelled = engine.queue.delete(prompt_id) or engine.queue.while_running(
        prompt_id, engine.executor.interrupt.request
    )
    return json_reply({"cancelled": cancelled})


def _paging(query: dict[str, str]) -> tuple[int, int | None] | str:
    """Offset and limit, or the sentence that refuses the query."""
    if query.get("sort_by", "created_at").lower() not in ("created_at", "execution_duration"):
        return "sort_by must be 'created_at' or 'execution_duration'"
    if query.get("sort_order", "desc").lower() not in ("asc", "desc"):
        return "sort_order must be 'asc' or 'desc'"
    limit: int | None = None
    if "limit" in query:
        try:
            limit = int(query["limit"])
        except ValueError:
            return "limit must be an integer"
        if limit <= 0:
            return "limit must be a positive integer"
    try:
        return max(0, int(query.get("offset", 0))), limit
    except ValueError:
        return "offset must be an integer"


def _all(request: Request) -> list[Entry]:
    queue = engine_of(request).queue
    jobs = [_queued(job, "in_progress") for job in queue.running()]
    jobs += [_queued(job, "pending") for job in queue.waiting()]
    return jobs + [_ended(prompt_id, entry) for prompt_id, entry in queue.history().items()]


def _created(job: Entry) -> int:
    return int(job.get("create_time", 0))


def _duration(job: Entry) -> int:
    start, end = job.get("execution_start_time"), job.get("execution_end_time")
    return end - start if start and end else 0


def _present(job: Entry) -> Entry:
    return {key: value for key, value in job.items() if value is not None}


def _workflow_id(extra: Entry) -> Any:
    info = extra.get("extra_pnginfo")
    workflow = info.get("workflow") if isinstance(info, dict) else None
    return workflow.get("id") if isinstance(workflow, dict) else None


def _queued(job: Job, state: str) -> Entry:
    return _present(
        {
            "id": job.prompt_id,
            "status": state,
            "priority": job.number,
            "create_time": job.extra.get("create_time"),
            "outputs_count": 0,
            "workflow_id": _workflow_id(job.extra),
        }
    )


def _ended(prompt_id: str, entry: Entry) -> Entry:
    number, _, _, extra, _ = entry["prompt"]
    messages = dict(entry["status"]["messages"])
    end: Entry = next((messages[name] for name in ENDS if name in messages), {})
    count, shown = _outputs(entry["outputs"])
    return _present(
        {
            "id": prompt_id,
            "status": "failed" if entry["status"]["status_str"] == "error" else "completed",
            "priority": number,
            "create_time": extra.get("create_time"),
            "execution_start_time": messages.get("execution_start", {}).get("timestamp"),
            "execution_end_time": end.get("timestamp"),
            "execution_error": messages.get("execution_error"),
            "outputs_count": count,
            "preview_output": shown,
            "workflow_id": _workflow_id(extra),
        }
    )


def _outputs(outputs: dict[str, Entry]) -> tuple[int, Entry | None]:
    """How many files there are, and the one to show: the first in the output folder, else any."""
    files = [
        {**item, "nodeId": node_id, "mediaType": media}
        for node_id, ui in outputs.items()
        for media, items in ui.items()
        if media != "animated"
        for item in items
    ]
    kept = [file for file in files if file["type"] == "output"]
    return len(files), next(iter(kept or files), None)


ROUTES = [
    Route("/api/jobs", list_jobs, methods=["GET"]),
    Route("/api/jobs/{job_id}", get_job, methods=["GET"]),
    Route("/api/jobs/{job_id}/cancel", cancel_job, methods=["POST"]),
]
