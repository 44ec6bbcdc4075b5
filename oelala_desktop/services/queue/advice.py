"""What only past jobs and the server can say of a wish before it is queued."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from oelala_desktop.domain.advising import in_order, left_out
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
    size = request.width, request.height, max(1, request.num_frames)
    parts = _parts(plan.preset, request, engine, unable)
    return in_order((*plan.advice, *parts, *await memory_advice(store, engine, request.preset, size)))


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
