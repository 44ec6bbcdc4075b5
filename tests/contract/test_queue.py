"""Waiting, running, cancelling, and what the history says afterwards."""

from __future__ import annotations

import uuid
from pathlib import Path

import httpx

from oelala_desktop.comfy import messages as m
from oelala_desktop.comfy.client import ComfyClient
from tests.contract.conftest import Cleanup
from tests.contract.files import written
from tests.contract.graphs import slow, still
from tests.contract.listener import Listener
from tests.sketch.holdable import Brake
from tests.waiting import until


def new_id() -> str:
    return str(uuid.uuid4())


async def test_the_queue_runs_by_number(
    client: ComfyClient, raw: httpx.AsyncClient, start: str, prefix: str, has_slow_node: bool, tidy: Cleanup
) -> None:
    holder, *waiting = (new_id() for _ in range(5))
    for prompt_id in (*waiting, holder):
        tidy(prompt_id)
    await client.submit(holder, slow(prefix, 10, rig=has_slow_node, image=start), {})
    for number, prompt_id in enumerate(waiting[:3]):
        await client.submit(prompt_id, still(f"{prefix}_{number}", start), {})
    body = {"prompt": still(f"{prefix}_front", start), "prompt_id": waiting[3], "front": True}
    assert (await raw.post("/prompt", json=body)).status_code == 200
    queue = await client.queue()
    ours = [p for p in queue.running + queue.pending if p in {holder, *waiting}]
    assert ours == [holder, waiting[3], *waiting[:3]]
    assert queue.copies(waiting[0]) == 1
    assert queue.ahead_of(waiting[2], frozenset({holder, *waiting})) == queue.ahead_of(
        waiting[0], frozenset({holder, *waiting})
    )


async def test_cancelling_ends_ours_and_nobody_else_s(
    client: ComfyClient,
    other: ComfyClient,
    listener: Listener,
    start: str,
    prefix: str,
    has_slow_node: bool,
    tidy: Cleanup,
) -> None:
    running, theirs, waiting = new_id(), new_id(), new_id()
    for prompt_id in (running, theirs, waiting):
        tidy(prompt_id)
    await client.submit(running, slow(f"{prefix}_1", 20, rig=has_slow_node, image=start), {})
    await listener.start_of(running)
    await other.submit(theirs, slow(f"{prefix}_2", 30, rig=has_slow_node, image=start, seconds=1), {})
    await client.submit(waiting, still(f"{prefix}_3", start), {})

    await client.cancel(waiting)
    queue = await client.queue()
    assert (waiting in queue.pending, running in queue.running, theirs in queue.pending) == (False, True, True)
    assert await client.history(waiting) is None

    await client.cancel(running)
    heard = await listener.end_of(running)
    assert any(isinstance(x, m.Interrupted) for x in heard)
    await until(lambda: other.history(theirs), "the end of theirs")
    entry = await other.history(theirs)
    assert entry is not None
    assert entry.ending == "success"


async def test_cancelling_what_waits_leaves_the_running_job_of_others_alone(
    client: ComfyClient,
    other: ComfyClient,
    start: str,
    prefix: str,
    has_slow_node: bool,
    tidy: Cleanup,
    brake: Brake,
) -> None:
    theirs, ours = new_id(), new_id()
    tidy(theirs)
    brake.hold()
    await other.submit(theirs, slow(f"{prefix}_1", 40, rig=has_slow_node, image=start, seconds=2), {})
    await until(lambda: _runs(client, theirs), "theirs running")
    await client.submit(ours, still(f"{prefix}_2", start), {})
    await client.cancel(ours)
    await client.cancel(new_id())
    brake.release()
    await until(lambda: other.history(theirs), "the end of theirs")
    entry = await other.history(theirs)
    assert entry is not None
    assert entry.ending == "success"


async def _runs(client: ComfyClient, prompt_id: str) -> bool:
    return prompt_id in (await client.queue()).running


async def test_a_success_in_the_history(client: ComfyClient, listener: Listener, start: str, prefix: str) -> None:
    prompt_id = new_id()
    await client.submit(prompt_id, still(prefix, start), {"extra_pnginfo": {"oelala_params": {"seed": "1"}}})
    await listener.end_of(prompt_id)
    entry = await client.history(prompt_id)
    assert entry is not None
    assert (entry.ending, entry.failure, entry.interrupted) == ("success", None, None)
    assert [(f.node, f.type) for f in entry.files] == [("3", "output")]
    assert entry.seconds is not None
    assert 0 <= entry.seconds < 60
    await client.forget(prompt_id)
    assert await client.history(prompt_id) is None


async def test_an_interruption_is_not_a_failure(
    client: ComfyClient, listener: Listener, start: str, prefix: str, has_slow_node: bool, tidy: Cleanup
) -> None:
    prompt_id = new_id()
    tidy(prompt_id)
    await client.submit(prompt_id, slow(prefix, 50, rig=has_slow_node, image=start), {})
    await listener.start_of(prompt_id)
    await client.cancel(prompt_id)
    heard = await listener.end_of(prompt_id)
    assert not [x for x in heard if isinstance(x, m.Failed | m.Succeeded)]
    await until(lambda: client.history(prompt_id), "the history of the job")
    entry = await client.history(prompt_id)
    assert entry is not None
    assert (entry.ending, entry.failure, entry.files) == ("interrupted", None, ())
    assert entry.interrupted is not None
    assert entry.interrupted.node == "10"


async def test_a_failure_names_its_node(client: ComfyClient, listener: Listener, prefix: str, tmp_path: Path) -> None:
    """A file that is there, and so passes the check, but is no picture."""
    name = await client.upload(f"oelala_test_{uuid.uuid4().hex}.png", written(tmp_path, b"just words"))
    prompt_id = new_id()
    status, _ = await client.submit(prompt_id, still(prefix, name), {})
    assert status == 200
    heard = await listener.end_of(prompt_id)
    failed = next(x for x in heard if isinstance(x, m.Failed))
    assert (failed.node, failed.node_type) == ("1", "LoadImage")
    assert failed.exception_type
    await until(lambda: client.history(prompt_id), "the history of the job")
    entry = await client.history(prompt_id)
    assert entry is not None
    assert entry.ending == "error"
    assert entry.failure is not None
    assert (entry.failure.node, entry.failure.message) == (failed.node, failed.message)


async def test_what_was_never_sent(client: ComfyClient) -> None:
    prompt_id = new_id()
    assert await client.history(prompt_id) is None
    queue = await client.queue()
    assert queue.ahead_of(prompt_id, frozenset()) is None
    await client.cancel(prompt_id)
    await client.forget(prompt_id)


async def test_the_number_of_jobs_in_the_queue_is_announced(
    client: ComfyClient, listener: Listener, start: str, prefix: str
) -> None:
    prompt_id = new_id()
    await client.submit(prompt_id, still(prefix, start), {})
    await listener.end_of(prompt_id)
    counts = [x.remaining for x in listener.heard if isinstance(x, m.Status)]
    assert max(counts) >= 1
    assert all(count >= 0 for count in counts)
