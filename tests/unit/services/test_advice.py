"""What is said of a wish that can be queued as it is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from oelala_desktop.comfy.engine import ComfyEngine
from oelala_desktop.domain.catalog import Catalog
from oelala_desktop.domain.inputs import Given
from oelala_desktop.domain.job import EngineRef
from oelala_desktop.domain.obstacle import Said
from oelala_desktop.domain.plan import Plan, plan
from oelala_desktop.services.engines.engine import Engine
from oelala_desktop.services.loop.bus import Bus
from oelala_desktop.services.loop.tasks import TaskScope
from oelala_desktop.services.queue.advice import advice, memory_advice
from oelala_desktop.services.queue.eta import place_key
from oelala_desktop.storage.jobs import JobStore
from tests.unit.domain.samples import shipped
from tests.unit.node_table import EVERYTHING, offering

I2V = "image-to-video.wan22-14b"
COMFY = EngineRef("comfyui", "http://box:8188", "box")
SKETCH = EngineRef("sketch", "", "Sketch")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[JobStore]:
    store = JobStore(tmp_path / "jobs.sqlite3")
    await store.open()
    yield store
    await store.close()


async def nowhere() -> Any:
    raise AssertionError("nothing is asked of the server")


async def said(
    store: JobStore,
    preset: str = I2V,
    *,
    ref: EngineRef = COMFY,
    size: tuple[int, int] = (1600, 900),
    catalog: Catalog = EVERYTHING,
    **values: Any,
) -> tuple[str, ...]:
    engine = Engine(ref, ComfyEngine(nowhere), Bus(), TaskScope("test"))
    made = shipped(preset)
    width, height = size
    given = {"image": (Given("a.png", "picture", width, height, is_small=min(size) < 300),)}
    wish = ({"image": "a.png"} if made.tool.needs_picture else {}) | values
    found = plan(made.tool, (made,), wish, given, catalog)
    assert isinstance(found, Plan)
    return tuple(map(str, await advice(store, engine, found, catalog.unable)))


async def test_nothing_is_said_of_what_is_usual(store: JobStore) -> None:
    for preset in (I2V, "image-to-video.wan22-5b", "text-to-image.sdxl"):
        assert await said(store, preset) == ()


async def test_weights_that_do_not_fit(store: JobStore) -> None:
    (found,) = await said(
        store,
        unet_high_noise="wan2.2_t2v_high_noise_14B_fp8_scaled.safetensors",
        unet_low_noise="wan2.2_t2v_low_noise_14B_fp8_scaled.safetensors",
    )
    assert found.startswith("These are weights for text to video")


async def test_more_than_has_come_through_before(store: JobStore) -> None:
    place = place_key(COMFY)
    await store.remember_size(place, I2V, (848, 480, 81))
    await store.remember_size(place, I2V, (640, 480, 33))
    assert await said(store, num_frames=81, resolution="480p") == ()
    (found,) = await said(store, num_frames=81, resolution="720p")
    assert found == (
        "1280 × 720 with 81 frames is more than this preset has managed on box so far (848 × 480 with 81 frames); "
        "it may run out of memory."
    )
    await store.remember_size(place, I2V, (1280, 720, 81))
    assert await said(store, num_frames=81, resolution="720p") == ()
    assert await said(store, "image-to-video.wan22-5b") == ()
    await store.remember_size(place_key(SKETCH), I2V, (64, 64, 1))
    assert await said(store, ref=SKETCH) == ()


async def test_a_small_picture_comes_last(store: JobStore) -> None:
    await store.remember_size(place_key(COMFY), I2V, (64, 64, 1))
    memory, small = await said(store, size=(320, 180))
    assert "(64 × 64)" in memory
    assert small == "a.png is only 320 × 180; the result will be soft."


async def test_a_half_of_a_lora_in_both_passes_is_said(store: JobStore) -> None:
    alone, both = {"high": "kite_high_noise.safetensors"}, {"high": "style.safetensors"}
    catalog = offering("LoraLoaderModelOnly", "lora_name", *alone.values(), *both.values())
    assert await said(store, catalog=catalog, lora_configs=[both, {**alone, "low": None}]) == ()
    assert await said(store, catalog=catalog, lora_configs=[{**alone, "enabled": False}]) == ()
    for row in (alone, {**alone, "low": alone["high"]}):
        (found,) = await said(store, catalog=catalog, lora_configs=[row])
        assert found.startswith("kite_high_noise.safetensors is made for the high noise pass and goes into both")


async def test_what_is_as_large_as_the_largest_is_nothing_to_tell(store: JobStore) -> None:
    engine = Engine(COMFY, ComfyEngine(nowhere), Bus(), TaskScope("test"))
    await store.remember_size(place_key(COMFY), I2V, (100, 50, 10))
    assert await memory_advice(store, engine, I2V, (50, 100, 10)) == ()
    assert await memory_advice(store, engine, I2V, (100, 100, 4)) == ()
    assert await memory_advice(store, engine, I2V, (100, 50, 11)) == (
        Said(
            "managed",
            {
                "width": 100,
                "height": 50,
                "frames": 11,
                "most_width": 100,
                "most_height": 50,
                "most_frames": 10,
                "engine": "box",
            },
        ),
    )


async def test_a_picture_has_one_frame(store: JobStore) -> None:
    await store.remember_size(place_key(COMFY), "text-to-image.sdxl", (1024, 1023, 1))
    assert len(await said(store, "text-to-image.sdxl")) == 1
    await store.remember_size(place_key(COMFY), "text-to-image.sdxl", (1024, 1024, 1))
    assert await said(store, "text-to-image.sdxl") == ()


async def test_what_the_server_has_and_cannot_run_is_said_if_it_is_wished(store: JobStore) -> None:
    sage = "PathchSageAttentionKJ"
    unable = replace(EVERYTHING, unable={sage: "no module", "Other": "x"})
    (found,) = await said(store, "image-to-video.wan22-14b-distorch2", catalog=unable)
    assert "sage_attention" in found and "no module" in found and "box" in found
    assert await said(store, catalog=unable) == ()


async def test_a_clip_whose_length_only_its_graph_knows_counts_as_a_picture(store: JobStore) -> None:
    await store.remember_size(place_key(COMFY), I2V, (848, 479, 1))
    made = shipped(I2V)
    given = {"image": (Given("a.png", "picture", 1600, 900),)}
    found = plan(made.tool, (made,), {"image": "a.png"}, given, EVERYTHING)
    assert isinstance(found, Plan)
    unsaid = replace(found, request=replace(found.request, num_frames=0))
    engine = Engine(COMFY, ComfyEngine(nowhere), Bus(), TaskScope("test"))
    assert [one.code for one in await advice(store, engine, unsaid, {})] == ["managed"]
