"""The engine port over the real wire: what services know of an engine, kept by its adapter."""

from __future__ import annotations

import asyncio
import io
import uuid
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest

from oelala_desktop.comfy.client import ComfyClient
from oelala_desktop.comfy.engine import ComfyEngine
from oelala_desktop.domain.address import Address, parse_address
from oelala_desktop.domain.catalog import Catalog
from oelala_desktop.domain.engine import (
    Absent,
    Ceased,
    Ended,
    EngineEvent,
    EnginePort,
    Listening,
    Order,
    Progressed,
    Refused,
    Running,
    Standing,
    Started,
    Taken,
    Waiting,
)
from oelala_desktop.domain.errors import EngineUnreachable
from oelala_desktop.domain.job import JobInput
from tests.contract.conftest import Cleanup, picture
from tests.contract.graphs import Graph, slow, still
from tests.waiting import Signal, until


@pytest.fixture
async def port(url: str) -> AsyncIterator[EnginePort]:
    async def locate() -> Address:
        return parse_address(url)

    engine: EnginePort = ComfyEngine(locate)
    await engine.reach()
    yield engine
    await engine.close()


def order(graph: Graph, prefix: str, **keys: str) -> Order:
    job_id = str(uuid.uuid4())
    targets = {f"Scale.{key}": value for key, value in keys.items()}
    return Order(job_id, job_id, graph, {"job_id": job_id}, prefix, targets)


async def standing(port: EnginePort, one: Order) -> Standing:
    async with aclosing(port.ask([one])) as answers:
        async for asked, found in answers:
            assert asked is one
            return found
    raise AssertionError("no answer")


async def ended(port: EnginePort, one: Order) -> Ended:
    found: list[Standing] = []

    async def is_over() -> bool:
        found.append(await standing(port, one))
        return isinstance(found[-1], Ended)

    await until(is_over, "the end of the job")
    assert isinstance(found[-1], Ended)
    return found[-1]


async def test_who_answers(port: EnginePort, url: str, is_sketch: bool) -> None:
    reach = await port.reach()
    assert (reach.url, reach.kind) == (url, "sketch" if is_sketch else "comfyui")
    assert reach.abilities == replace(port.abilities, upload_limit=reach.abilities.upload_limit)
    assert reach.abilities.is_ai is not is_sketch and not reach.abilities.is_ours
    assert reach.words.family in reach.words.made_by
    assert await port.is_well()


async def test_before_it_is_reached_nothing_is_asked(url: str) -> None:
    async def locate() -> Address:
        return parse_address(url)

    engine = ComfyEngine(locate)
    assert not await engine.is_well()
    with pytest.raises(EngineUnreachable):
        await engine.lists()


async def test_its_lists(port: EnginePort, is_sketch: bool) -> None:
    lists = await port.lists()
    assert isinstance(lists, Catalog) and lists.has("SaveImage") and lists.sketch is is_sketch
    assert lists.upload_limit == port.abilities.upload_limit
    assert isinstance(await port.model_files(), dict)


async def test_the_way_of_a_job(port: EnginePort, prefix: str, tmp_path: Path) -> None:
    kept = tmp_path / "kept.png"
    kept.write_bytes(picture())
    given = JobInput("image", str(kept), f"oelala_{uuid.uuid4().hex}.png", "start.png")
    name = await port.send(given)
    kept.unlink()
    assert await port.send(given) == name  # it goes there once
    one = order(still(prefix, name), prefix)
    heard: list[EngineEvent] = []
    news = Signal()

    async def listen() -> None:
        async with aclosing(port.events()) as events:
            async for event in events:
                heard.append(event)
                news.tell()

    async with asyncio.TaskGroup() as group:
        ear = group.create_task(listen())
        await news.until(lambda: heard, "a word of the server's")
        assert isinstance(await standing(port, one), Absent)
        assert isinstance(await port.find(one), Absent)
        assert await port.submit(one) == Taken(one.id)
        over = await ended(port, one)
        await news.until(lambda: any(isinstance(event, Ceased) for event in heard), "word of the end")
        ear.cancel()
    assert isinstance(heard[0], Listening)
    ours = [event for event in heard if isinstance(event, Started | Progressed | Ceased)]
    assert {event.handle for event in ours} == {one.id}
    assert isinstance(ours[0], Started) and [isinstance(event, Ceased) for event in ours].index(True) > 0
    fractions = [event.progress.fraction for event in ours]
    assert fractions == sorted(fractions)
    (file,) = over.files
    assert over.failure is None and file.path.startswith(prefix)
    assert await port.leftovers(one) == over.files
    sink = io.BytesIO()
    assert await port.fetch(file, sink, str(tmp_path)) == len(sink.getvalue())
    assert sink.getvalue().startswith(b"\x89PNG")
    assert await port.find(one) == Taken(one.id)
    await port.release(one.handle)
    assert isinstance(await standing(port, one), Ended)  # it is not ours: its history is left alone


async def _is_in(heard: list[EngineEvent], kind: type) -> bool:
    return any(isinstance(event, kind) for event in heard)


async def test_a_refusal_names_the_setting(port: EnginePort, prefix: str, start: str) -> None:
    graph = still(prefix, start)
    graph["2"]["inputs"]["upscale_method"] = "lanczos 2"
    answer = await port.submit(order(graph, prefix, upscale_method="scaler"))
    assert isinstance(answer, Refused) and not answer.lost_inputs
    assert answer.error.kind == "rejected"
    assert dict(answer.error.fields) == {"scaler": answer.error.message}


async def test_what_runs_waits_and_is_cancelled(
    port: EnginePort, prefix: str, start: str, has_slow_node: bool, client: ComfyClient, tidy: Cleanup
) -> None:
    running, waiting = (
        order(slow(f"{prefix}_{n}", 1000 + n, rig=has_slow_node, image=start), f"{prefix}_{n}") for n in range(2)
    )
    for one in (running, waiting):
        tidy(one.id)
        assert await port.submit(one) == Taken(one.id)

    async def is_running() -> bool:
        return isinstance(await standing(port, running), Running)

    await until(is_running, "the job running")
    assert await standing(port, waiting) == Waiting(0)  # what is before it is ours
    port.leave(running.handle)
    assert await standing(port, waiting) == Waiting(1)
    await port.cancel(waiting.handle)
    assert isinstance(await standing(port, waiting), Absent)
    await port.cancel(running.handle)
    stopped = await ended(port, running)
    assert stopped.failure is not None and stopped.failure.error.kind == "interrupted"
    assert stopped.files == ()
    assert await port.leftovers(waiting) == ()
