"""What only past jobs and the server can say of a wish before it is queued."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from oelala_desktop.domain.advising import in_order, left_out
from oelala_desktop.domain.eta import amount_of_work, expected_time
from oelala_desktop.domain.job import Job
from oelala_desktop.domain.obstacle import Said
from oelala_desktop.domain.plan import Plan
from oelala_desktop.domain.preset import Preset, Request
from oelala_desktop.services.engines.engine import Engine
from oelala_desktop.storage.jobs import JobStore

from .eta import place_key


async def advice(store: JobStore, engine: Engine, plan: Plan, unable: Mapping[str, str]) -> tuple[Said, ...]:
    """All that is to be said of a plan, most telling first. `unable` are node classes that are there but fail (class ->
    why)."""
    request = plan.request
    parts = _parts(plan.preset, request, engine, unable)
    return in_order((*plan.advice, *parts, *await memory_advice(store, engine, request.preset, _size(request))))


class Expected(NamedTuple):
    """What past jobs of a preset on an engine let expect of another: its seconds, None without any, and whether one as
    large has come through."""

    seconds: float | None
    managed: bool


async def expect(store: JobStore, engine: Engine, request: Request, newest: Job | None = None) -> Expected:
    """`newest` has just ended there, and may not be among what is remembered yet."""
    place = place_key(engine.ref)
    past = await store.times(place, request.preset)
    largest = await store.largest(place, request.preset)
    if newest is not None and newest.preset == request.preset and newest.started_at and newest.finished_at:
        past = [(amount_of_work(newest), newest.finished_at - newest.started_at), *past]
        largest = max(filter(None, (largest, _size(newest))), key=_volume)
    seconds = expected_time(past, amount_of_work(request))
    return Expected(seconds, largest is not None and _volume(_size(request)) <= _volume(largest))


def _size(wish: Job | Request) -> tuple[int, int, int]:
    return wish.width, wish.height, max(1, wish.num_frames)


async def memory_advice(
    store: JobStore, engine: Engine, preset_id: str, size: tuple[int, int, int]
) -> tuple[Said, ...]:
    """What is larger than all that has come through there may run out of memory. `size` is width and height in pixels
    and the number of frames."""
    largest = await store.largest(place_key(engine.ref), preset_id) if engine.is_ai else None
    if largest is None or _volume(size) <= _volume(largest):
        return ()
    names = ("width", "height", "frames")
    values = dict(zip(names, size, strict=True)) | dict(zip((f"most_{name}" for name in names), largest, strict=True))
    return (Said("managed", {**values, "engine": engine.name}),)


def _parts(preset: Preset, request: Request, engine: Engine, unable: Mapping[str, str]) -> Iterator[Said]:
    """What the preset has, and this server too, but cannot run."""
    for part in preset.optional:
        wanted = preset.fields[part.key].default or request.values.get(part.key)
        if wanted and part.class_type in unable:
            yield left_out(part, engine.name, unable[part.class_type])


def _volume(size: tuple[int, int, int]) -> int:
    width, height, frames = size
    return width * height * frames
