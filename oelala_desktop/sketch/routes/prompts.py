"""Queueing, cancelling and looking up jobs."""

from __future__ import annotations

import time
import uuid
from typing import Any

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from oelala_desktop.sketch.executor import Job
from oelala_desktop.sketch.input_check import problem
from oelala_desktop.sketch.routes.replies import body_of, empty, engine_of, json_reply
from oelala_desktop.sketch.validation import validate


def get_prompt(request: Request) -> Response:
    return json_reply({"exec_info": {"queue_remaining": engine_of(request).queue.remaining()}})


async def post_prompt(request: Request) -> Response:
    """Check a graph and queue it. 400 with the reasons when no output of it can run."""
    engine = engine_of(request)
    body = await body_of(request)
    if "number" in body:
        number = float(body["number"])
    else:
        number = next(engine.numbers)
        # a word or a list holds no prompt, which is answered below
        if isinstance(body, dict) and body.get("front"):
            number = -number
    if "prompt" not in body:
        error = problem("no_prompt", "No prompt provided", "No prompt provided")
        return json_reply({"error": error, "node_errors": {}}, 400)
    graph = body["prompt"]
    prompt_id = str(body.get("prompt_id", uuid.uuid4()))
    verdict = validate(graph, engine.catalog, engine.folders, body.get("partial_execution_targets"))
    if verdict.error is not None:
        return json_reply({"error": verdict.error, "node_errors": verdict.node_errors}, 400)
    extra: dict[str, Any] = body.get("extra_data", {})
    if body.get("client_id") is not None:
        extra["client_id"] = str(body["client_id"])
    extra["create_time"] = time.time_ns() // 1_000_000
    engine.queue.put(Job(number, prompt_id, graph, extra, verdict.outputs))
    return json_reply({"prompt_id": prompt_id, "number": number, "node_errors": verdict.node_errors})


def get_queue(request: Request) -> Response:
    queue = engine_of(request).queue
    return json_reply(
        {
            "queue_running": [job.as_list() for job in queue.running()],
            "queue_pending": [job.as_list() for job in queue.waiting()],
        }
    )


async def post_queue(request: Request) -> Response:
    """Clear the queue or take jobs out of it. Always 200; a running or unknown job is left alone."""
    queue = engine_of(request).queue
    body = await body_of(request)
    if body.get("clear"):
        queue.clear()
    for prompt_id in body.get("delete", ()):
        queue.delete(prompt_id)
    return empty()


def get_history(request: Request) -> Response:
    max_items = request.query_params.get("max_items")
    offset = int(request.query_params.get("offset", -1))
    return json_reply(engine_of(request).queue.history(None if max_items is None else int(max_items), offset))


def get_history_entry(request: Request) -> Response:
    return json_reply(engine_of(request).queue.history_of(request.path_params["prompt_id"]))


async def post_history(request: Request) -> Response:
    """Forget ended jobs, and with them their files, which are copies for fetching and nothing else."""
    queue = engine_of(request).queue
    body = await body_of(request)
    gone: list[dict[str, Any]] = queue.forget_all() if body.get("clear") else []
    for prompt_id in body.get("delete", ()):
        gone += queue.forget(prompt_id)
    await to_thread.run_sync(engine_of(request).folders.discard, gone, queue.outputs())
    return empty()


async def post_interrupt(request: Request) -> Response:
    """Stop the running job: any, or only the one that is named. The body may be missing or empty; earlier releases did
    not read it."""
    engine = engine_of(request)
    try:
        body = await body_of(request)
    except ValueError:
        body = {}
    wanted = body.get("prompt_id") if engine.protocol.interrupts_by_id else None
    if wanted:
        engine.queue.while_running(wanted, engine.executor.interrupt.request)
    else:
        engine.executor.interrupt.request()
    return empty()


async def post_free(request: Request) -> Response:
    """Forget kept results. There are no models to unload."""
    body = await body_of(request)
    if body.get("unload_models") or body.get("free_memory"):
        engine_of(request).executor.forget()
    return empty()


ROUTES = [
    Route("/prompt", get_prompt, methods=["GET"]),
    Route("/prompt", post_prompt, methods=["POST"]),
    Route("/queue", get_queue, methods=["GET"]),
    Route("/queue", post_queue, methods=["POST"]),
    Route("/history", get_history, methods=["GET"]),
    Route("/history", post_history, methods=["POST"]),
    Route("/history/{prompt_id}", get_history_entry, methods=["GET"]),
    Route("/interrupt", post_interrupt, methods=["POST"]),
    Route("/free", post_free, methods=["POST"]),
]
