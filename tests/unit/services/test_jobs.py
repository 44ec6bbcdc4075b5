"""Jobs from a wish to the list of jobs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from oelala_desktop import __version__
from oelala_desktop.domain.engine import Order, Refused, Submitted
from oelala_desktop.domain.errors import CannotSave, EngineUnreachable, InvalidField, NotFound, NotRunnable
from oelala_desktop.domain.events import JobChanged
from oelala_desktop.domain.field import MAX_SEED, Field, FieldKind
from oelala_desktop.domain.job import Job, JobError, JobState, Owner
from oelala_desktop.metadata.writer import embed
from oelala_desktop.services.presets.registry import ToolRegistry
from oelala_desktop.services.queue.eta import place_key
from oelala_desktop.services.queue.jobs import Wish
from tests.clock import SetClock, turns
from tests.own_preset import TOOL, make_inputs, write_preset
from tests.unit.domain.samples import build, shipped
from tests.unit.node_table import EVERYTHING

from .desk import HERE, THERE, JobDesk, paused_desk
from .disk import FULL, Disk
from .fake_engine import FakeEngine

S = JobState
SDXL, WAN = "text-to-image.sdxl", "image-to-video.wan22-14b"
FIRST = "text-to-image.z-image-turbo"  # in the order of preference
OTHER = Owner("other", "boot")


@pytest.fixture
async def desk(tmp_path: Path, store: Disk, clock: SetClock) -> AsyncIterator[JobDesk]:
    async with paused_desk(tmp_path, store, clock) as desk:
        yield desk


def photo(folder: Path, name: str = "boat.png", size: tuple[int, int] = (640, 480)) -> Path:
    path = folder / name
    Image.new("RGB", size, (10, len(name), 200)).save(path)
    return path


async def submitted(desk: JobDesk, tool: str = "text-to-image", **values: Any) -> list[Job]:
    return await desk.jobs.submit(desk.wish(tool, **values), desk.engine)


# Submitted


async def test_a_wish_is_written_down_before_anything_leaves(desk: JobDesk) -> None:
    announced: list[str] = []
    wish = desk.wish(preset="sdxl", prompt="a boat", seed="7", steps=12)
    (job,) = await desk.jobs.submit(wish, desk.engine, announce=lambda job: announced.append(job.id))
    assert await desk.row(job.id) == job
    assert announced == [job.id] and [event.job for event in desk.told.of(JobChanged)] == [job]
    assert (job.tool, job.preset, job.state, job.seed, job.title) == ("text-to-image", SDXL, S.QUEUED, 7, "a title")
    assert (job.width, job.height, job.num_frames) == (1024, 1024, 1)
    assert (job.engine, job.owner, job.position) == (replace(HERE, name="Theirs"), desk.presence.me, 1.0)
    assert (job.created_at, job.out_dir) == (desk.clock.date, str(desk.folder / "out"))
    assert len(job.id) == 36 and job.prefix == f"oelala/{job.id}"
    (saver,) = (row for row in job.graph.values() if row["class_type"] == "SaveImage")
    assert saver["inputs"]["filename_prefix"] == job.prefix
    when = time.strftime("%Y-%m-%dT%H:%M:%S%z", time.localtime(desk.clock.date))
    expected = {
        "prompt": "a boat", "seed": "7", "steps": 12, "engine": "Theirs 1", "created_at": when, "job_id": job.id,
        "app_version": __version__,
    }  # fmt: skip
    assert expected.items() <= job.params.items()
    assert job.values["steps"] == 12 and job.warnings == () and job.inputs == ()
    assert desk.queue() == [job.id] and desk.port.submitted == []


async def test_variations_count_on_from_a_seed_or_draw_their_own(desk: JobDesk) -> None:
    jobs = await submitted(desk, preset="sdxl", seed=str(MAX_SEED), variations=3)
    assert [job.seed for job in jobs] == [MAX_SEED, 0, 1]
    assert [job.position for job in jobs] == [1.0, 2.0, 3.0]
    assert [job.params["seed"] for job in jobs] == [str(MAX_SEED), "0", "1"]
    desk.clock.drawn = 0.25
    jobs = await submitted(desk, preset="sdxl", variations=2)
    assert [job.seed for job in jobs] == [2**61, 2**61]
    assert len(await submitted(desk, preset="sdxl")) == 1


async def test_the_first_preset_that_runs_there_is_taken(desk: JobDesk) -> None:
    (job,) = await submitted(desk, prompt="a boat")
    assert job.preset == FIRST


async def test_settings_that_are_wrong_are_told_at_their_field_and_nothing_is_stored(desk: JobDesk) -> None:
    for field, values in (("steps", {"steps": 0}), ("preset", {"preset": 3}), ("nonsense", {"nonsense": 1})):
        with pytest.raises(InvalidField) as raised:
            await submitted(desk, **values)
        assert raised.value.field == field
    with pytest.raises(NotFound):
        await submitted(desk, preset="gone")
    assert await desk.store.open_jobs() == []


@pytest.mark.parametrize("name", [None, ""])
async def test_no_preset_is_any_preset(desk: JobDesk, name: str | None) -> None:
    assert len(await submitted(desk, preset=name)) == 1


async def test_what_is_not_there_is_told(desk: JobDesk) -> None:
    desk.port.listed = replace(EVERYTHING, classes={})
    with pytest.raises(NotRunnable):
        await submitted(desk, preset="sdxl")


async def test_an_engine_that_has_said_nothing_yet_is_asked_first(desk: JobDesk) -> None:
    await submitted(desk, preset="sdxl")
    calls = desk.port.calls.count("lists")
    await submitted(desk, preset="sdxl")
    assert (calls, desk.port.calls.count("lists")) == (1, 1)
    desk.other_port.is_down = True
    with pytest.raises(EngineUnreachable):
        await desk.jobs.submit(desk.wish(preset="sdxl"), desk.other)


async def test_many_at_once_those_that_can_be_met(desk: JobDesk) -> None:
    wishes = [desk.wish(preset="sdxl", seed="1"), desk.wish(steps=0), desk.wish(preset="sdxl", seed="2")]
    jobs, refused = await desk.jobs.submit_each(wishes, desk.engine)
    assert [job.seed for job in jobs] == [1, 2]
    assert [(one.wish, getattr(one.error, "field", "")) for one in refused] == [(wishes[1], "steps")]
    assert desk.store.calls.count("append") == 1
    jobs, refused = await desk.jobs.submit_each([wishes[1]], desk.engine)
    assert (jobs, len(refused), desk.store.calls.count("append")) == ([], 1, 1)


async def test_a_disk_that_refuses_stores_nothing(desk: JobDesk) -> None:
    desk.store.refuses["append"] = [FULL]
    with pytest.raises(CannotSave):
        await submitted(desk, preset="sdxl")
    assert desk.told.of(JobChanged) == [] and desk.queue() == []


async def test_whoever_asks_first_comes_first_however_long_its_files_take(desk: JobDesk) -> None:
    await submitted(desk, preset="sdxl")
    held = asyncio.Event()
    make = desk.jobs.maker.make

    async def slow(wish: Wish, engine: Any) -> list[Job]:
        if wish.title == "slow":
            await held.wait()
        return await make(wish, engine)

    desk.jobs.maker.make = slow  # type: ignore[method-assign]
    first = desk.scope.start(desk.jobs.submit(replace(desk.wish(preset="sdxl"), title="slow"), desk.engine), "first")
    await turns()
    second = desk.scope.start(desk.jobs.submit(desk.wish(preset="sdxl"), desk.engine), "second")
    elsewhere = desk.scope.start(desk.jobs.submit(desk.wish(preset="sketch"), desk.other), "elsewhere")
    (apart,) = await elsewhere
    assert not second.done()
    held.set()
    ((a,), (b,)) = await first, await second
    assert desk.queue()[1:] == [a.id, b.id] and apart.position < a.position < b.position


# With files


async def test_what_is_given_is_kept_and_named_in_the_result(desk: JobDesk) -> None:
    path = photo(desk.folder)
    embed(path, {"prompt": "an old boat"}, None)
    (job,) = await submitted(desk, "image-to-video", preset="wan22-14b", image=str(path), prompt="a boat")
    (given,) = job.inputs
    assert (given.key, given.kind, given.original) == ("image", "picture", str(path))
    assert Path(given.path).parent == desk.inputs.folder and Path(given.path).is_file()
    assert any(row["inputs"].get("image") == given.upload_name for row in job.graph.values())
    assert job.params["image"] == "boat.png"
    assert (job.params["image_bytes"], job.params["original_t2i_prompt"]) == (path.stat().st_size, "an old boat")
    assert job.values["image"] == given.path
    second = photo(desk.folder, "end.png")
    (job,) = await submitted(desk, "image-to-video", preset="wan22-14b", image=str(path), end_image=str(second))
    assert [one.key for one in job.inputs] == ["image", "end_image"] and job.params["end_image"] == "end.png"
    plain = photo(desk.folder, "plain.png")
    (job,) = await submitted(desk, "image-to-video", preset="wan22-14b", image=str(plain))
    assert "original_t2i_prompt" not in job.params


async def test_a_result_without_a_prompt_of_its_own_has_that_of_what_it_goes_by(desk: JobDesk) -> None:
    path = photo(desk.folder)
    embed(path, {"prompt": "an old boat", "negative_prompt": "people"}, None)
    (job,) = await submitted(desk, "upscaler", preset="esrgan", image=str(path))
    assert (job.params["prompt"], job.params["negative_prompt"]) == ("an old boat", "people")
    assert "prompt" not in job.values and job.prompt == "an old boat"
    (job,) = await submitted(desk, "upscaler", preset="esrgan", image=str(photo(desk.folder, "plain.png")))
    assert "prompt" not in job.params and job.prompt == ""


async def test_settings_are_checked_before_files_are_looked_at(desk: JobDesk) -> None:
    with pytest.raises(InvalidField) as raised:
        await submitted(desk, "image-to-video", preset="wan22-14b", image="/gone.png", steps=0)
    assert raised.value.field == "steps"
    with pytest.raises(InvalidField) as raised:
        await submitted(desk, "image-to-video", preset="wan22-14b", image="/gone.png")
    assert raised.value.field == "image"


async def test_fixed_loras_of_a_preset_are_named(desk: JobDesk) -> None:
    path = photo(desk.folder)
    row = {"high": "style.safetensors", "strength": 0.5}
    (job,) = await submitted(desk, "image-to-video", preset="wan22-14b-fast", image=str(path), lora_configs=[row])
    rows = job.params["lora_configs"]
    assert [one.get("fixed", False) for one in rows] == [True, True, False]
    (bare,) = await submitted(desk, "image-to-video", preset="wan22-14b-fast", image=str(path))
    assert [one["fixed"] for one in bare.params["lora_configs"]] == [True, True]


# What is said beforehand


async def test_a_job_knows_what_was_said_of_it(desk: JobDesk) -> None:
    await desk.store.remember_size(place_key(HERE), SDXL, (64, 64, 1))
    (job,) = await submitted(desk, preset="sdxl")
    assert [said.code for said in job.warnings] == ["managed"]
    assert await desk.jobs.memory_advice(SDXL, (1024, 1024, 1), desk.engine) == job.warnings
    assert await desk.jobs.memory_advice(SDXL, (64, 64, 1), desk.engine) == ()


async def test_a_part_that_the_server_cannot_run_is_left_out_unless_it_is_asked_for(desk: JobDesk) -> None:
    path, preset, sage = photo(desk.folder), "wan22-14b-distorch2", "PathchSageAttentionKJ"
    flag = f"unable {place_key(HERE)} {sage}"
    await desk.store.set_flag(flag, "no module")
    (job,) = await submitted(desk, "image-to-video", preset=preset, image=str(path))
    assert not any(row["class_type"] == sage for row in job.graph.values())
    assert [said.code for said in job.warnings] == ["left_out"] and await desk.store.flag(flag) == "no module"
    (job,) = await submitted(desk, "image-to-video", preset=preset, image=str(path), sage_attention=True)
    assert any(row["class_type"] == sage for row in job.graph.values())
    assert job.warnings == () and await desk.store.flag(flag) is None


# Without an engine


async def test_what_can_be_told_without_an_engine(desk: JobDesk) -> None:
    assert await desk.jobs.check(desk.wish()) is None
    found = await desk.jobs.check(desk.wish(preset="sdxl"))
    assert found is not None and found.id == SDXL
    for tool, values, field in (
        ("text-to-image", {"steps": 0}, "steps"),
        ("text-to-image", {"preset": "sdxl", "steps": 0}, "steps"),
        ("image-to-video", {}, "image"),
        ("image-to-video", {"image": "/gone.png"}, "image"),
        ("image-to-video", {"preset": "wan22-14b", "image": "/gone.png"}, "image"),
    ):
        with pytest.raises(InvalidField) as raised:
            await desk.jobs.check(desk.wish(tool, **values))
        assert raised.value.field == field
    assert desk.port.calls == []


async def test_a_wish_that_only_a_later_preset_can_meet_is_sound(desk: JobDesk) -> None:
    rows = [{"low": "a.safetensors"}]
    await desk.jobs.check(desk.wish(lora_configs=rows))
    for values in ({"preset": "sdxl", "lora_configs": rows}, {"steps": 20, "switch_step": 30}):
        with pytest.raises(InvalidField):
            await desk.jobs.check(desk.wish(**values))
    # files are then those of the later one
    with pytest.raises(InvalidField) as raised:
        await desk.jobs.check(desk.wish("image-to-video", image="/gone.png", end_image="/gone too.png"))
    assert raised.value.field == "image"


async def test_settings_that_only_a_preset_of_ones_own_has_are_its_to_check(desk: JobDesk) -> None:
    motion = Field("motion", FieldKind.NUMBER, "Motion", "sampling", minimum=0, maximum=1)
    own = shipped(SDXL)
    own = replace(own, id="text-to-image.own", fields={**own.fields, "motion": motion})
    desk.jobs.maker.registry = ToolRegistry()
    desk.jobs.maker.registry.offer(own)
    for name in ("own", own.id):
        assert await desk.jobs.check(desk.wish(preset=name, motion="0.5")) is own
    assert await desk.jobs.check(desk.wish(motion="0.5")) is None, "it is the only one there is"
    with pytest.raises(InvalidField) as raised:
        await desk.jobs.check(desk.wish(preset="own", motion=2))
    assert raised.value.field == "motion"
    (job,) = await submitted(desk, preset="own", motion=1)
    assert job.values["motion"] == 1.0


# An engine without lists


@pytest.fixture
def unlisted(desk: JobDesk) -> JobDesk:
    desk.port.listed = FakeEngine().listed
    return desk


async def test_an_engine_without_lists_gets_what_is_likely_to_run_there(unlisted: JobDesk) -> None:
    path = photo(unlisted.folder)
    (job,) = await submitted(unlisted, "image-to-video", image=str(path), preset="wan22-14b", sage_attention=True)
    graph = build(WAN, {"sage_attention": True})
    assert {row["class_type"] for row in job.graph.values()} == {row["class_type"] for row in graph.values()}
    loaders = [row["inputs"]["unet_name"] for row in job.graph.values() if row["class_type"] == "UNETLoader"]
    assert loaders == [
        "wan2.2_i2v_high_noise_14B_fp8_scaled.safetensors",
        "wan2.2_i2v_low_noise_14B_fp8_scaled.safetensors",
    ]
    (job,) = await submitted(unlisted, prompt="a boat")
    assert job.preset == FIRST
    assert unlisted.engine.catalog is None and unlisted.port.calls.count("lists") == 1


async def test_its_refusal_is_told_at_its_field(unlisted: JobDesk) -> None:
    def refuse(order: Order) -> Submitted:
        fields = {order.keys["Sampler.steps"]: "too many", order.keys["Checkpoint.ckpt_name"]: "not there"}
        return Refused(JobError("It will not take this.", "rejected", fields=fields))

    unlisted.port.answer = refuse
    (job,) = await submitted(unlisted, preset="sdxl")
    await unlisted.jobs.pause(False)
    ended = await unlisted.end_of(job.id)
    assert ended.state is S.FAILED and ended.error is not None
    assert ended.error.fields == {"steps": "too many", "checkpoint": "not there"}
    assert (await unlisted.row(job.id)).error == ended.error


async def test_it_makes_the_job_as_any_other(unlisted: JobDesk) -> None:
    (job,) = await submitted(unlisted, preset="sdxl")
    await unlisted.jobs.pause(False)
    (handle,) = await unlisted.clock.until(unlisted.port.has(1))
    unlisted.port.end(handle)
    assert (await unlisted.end_of(job.id)).state is S.DONE


async def test_a_job_of_a_preset_that_is_gone_has_no_fields(desk: JobDesk) -> None:
    keys: list[Any] = []

    def refuse(order: Order) -> Submitted:
        keys.append(order.keys)
        return Refused(JobError("No."))

    desk.port.answer = refuse
    await desk.add("a", preset="gone.preset")
    await desk.jobs.pause(False)
    await desk.end_of("a")
    assert keys == [{}]


# Drivers


async def test_each_engine_has_one_driver_which_keeps_it_connected(desk: JobDesk) -> None:
    driver = desk.jobs.driver(desk.engine)
    assert desk.jobs.driver(desk.engine) is driver and desk.jobs.driver(desk.other) is not driver
    assert driver.paused
    await desk.port.called("events")


async def test_progress_is_found_wherever_it_is(desk: JobDesk) -> None:
    await desk.jobs.pause(False)
    await desk.add("a")
    await desk.add("b", engine=THERE)
    (handle,) = await desk.clock.until(desk.other_port.has(1))
    desk.other_port.run(handle, 0.4)
    await desk.until("b", S.RUNNING)
    found = desk.jobs.progress_of("b")
    assert found is not None and found.fraction == 0.4
    assert desk.jobs.progress_of("nobody") is None


# Files of every kind


async def test_every_kind_of_file_is_kept_and_named(unlisted: JobDesk) -> None:
    home = unlisted.folder / "home"
    preset = write_preset(home)
    registry = ToolRegistry(home / "workflows")
    registry.load()
    unlisted.registry.offer(registry.find(preset))
    given = make_inputs(unlisted.folder / "given")
    (job,) = await submitted(unlisted, TOOL, preset=preset, video_smaller=True, **given)
    assert [(one.key, one.kind) for one in job.inputs] == [
        ("video", "video"),
        ("images", "picture"),
        ("images", "picture"),
        ("mask", "mask"),
        ("sound", "sound"),
    ]
    named = {key: job.params[key] for key in ("video", "images", "mask", "sound")}
    assert named == {
        "video": "scene.mp4",
        "images": ["red.png", "blue.png"],
        "mask": "right half.png",
        "sound": "music.flac",
    }
    assert (job.width, job.height) == (96, 64) and "image_bytes" not in job.params
    loaded = {row["inputs"].get("file") for row in job.graph.values() if row["class_type"] == "LoadVideo"}
    assert loaded == {job.inputs[0].upload_name}
