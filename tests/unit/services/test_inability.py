"""Optional parts of presets that a server has but cannot run."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from oelala_desktop.domain.catalog import Catalog
from oelala_desktop.domain.errors import NotFound
from oelala_desktop.domain.job import EngineRef, Job, JobError, JobState, Owner
from oelala_desktop.domain.obstacle import Said
from oelala_desktop.domain.preset import OptionalPart, Preset
from oelala_desktop.services.queue.inability import Inability
from tests.clock import SetClock
from tests.unit.domain.samples import build, shipped, some_job

from .disk import FULL, Disk

PRESET, PLAIN = "image-to-video.wan22-14b", "image-to-video.wan22-5b"
BOX, OTHER = EngineRef("comfyui", "http://box", "Box"), EngineRef("comfyui", "http://other")
ERROR = JobError("“Sage” failed.", "node", "Sage", "raw", {"a": "b"})
SAGE = "PathchSageAttentionKJ"
MARK = f"unable comfyui http://box {SAGE}"


def preset_of(name: str) -> Preset:
    if name not in (PRESET, PLAIN):
        raise NotFound(name)
    return shipped(name)


@pytest.fixture
def inability(store: Disk, clock: SetClock) -> Inability:
    return Inability(store, preset_of, clock)


def part() -> OptionalPart:
    return shipped(PRESET).optional[0]


def job(**changes: Any) -> Job:
    row = {"preset": PRESET, "engine": BOX, "graph": build(PRESET, {"sage_attention": True}), "prefix": "oelala/x"}
    return some_job(**row | changes)


def classes(job: Job) -> set[str]:
    return {row["class_type"] for row in job.graph.values()}


def node_of(job: Job, title: str) -> str:
    return next(node for node, row in job.graph.items() if row["_meta"]["title"] == title)


# What is known


async def test_what_is_known_is_known_of_one_server(inability: Inability, store: Disk) -> None:
    await store.set_flag(MARK, "no module")
    await store.set_flag("unable comfyui http://box2 X", "other")
    assert await inability.known(BOX) == {SAGE: "no module"}
    assert await inability.known(OTHER) == {}


async def test_what_is_asked_for_by_name_is_tried_once_more(inability: Inability, store: Disk) -> None:
    await store.set_flag(MARK, "no module")
    catalog = Catalog({})
    preset = shipped(PRESET)
    assert (await inability.seen_by(catalog, BOX, preset, {})).unable == {SAGE: "no module"}
    assert (await inability.seen_by(catalog, BOX, preset, {"sage_attention": False})).unable == {SAGE: "no module"}
    assert (await inability.seen_by(catalog, BOX, preset, {"sage_attention": True})).unable == {}
    assert await inability.seen_by(catalog, BOX, shipped(PLAIN), {}) is catalog
    await inability.try_again(BOX, preset, {"sage_attention": False})
    await inability.try_again(OTHER, preset, {"sage_attention": True})
    assert await inability.known(BOX) == {SAGE: "no module"}
    await inability.try_again(BOX, preset, {"sage_attention": True})
    assert await inability.known(BOX) == {}


# Which part failed


def test_a_part_is_told_by_the_node_that_failed(inability: Inability) -> None:
    made = job()
    assert inability.part_that_failed(made, node_of(made, "SageAttention low")) == part()
    assert inability.part_that_failed(made, node_of(made, "Decode")) is None
    assert inability.part_that_failed(made, "999") is None
    assert inability.part_that_failed(replace(made, preset="gone.preset"), node_of(made, "SageAttention low")) is None


# Made again


async def test_it_is_made_again_without_the_part(inability: Inability, store: Disk, clock: SetClock) -> None:
    owner = Owner("me", "boot")
    old = job(owner=owner, position=4.0, seed=7, state=JobState.RUNNING)
    assert SAGE in classes(old)
    made = await inability.again(old, part(), ERROR, "x" * 300)
    assert made is not None
    error, fresh = made
    assert SAGE not in classes(fresh) and fresh.params["sage_attention"] is False
    assert (fresh.state, fresh.seed, fresh.position, fresh.owner) == (JobState.QUEUED, 7, 4.0, owner)
    assert (fresh.retry_of, fresh.created_at) == ("j1", clock.date)
    assert fresh.id != "j1" and len(fresh.id) == 36
    why = "x" * 200
    said = Said("left_out", {"key": "sage_attention", "node": SAGE, "server": "Box", "why": why})
    assert fresh.warnings == (said,)
    assert error == replace(
        ERROR,
        kind="optional",
        message=f"“Sage” failed. The job is made again without this part (sage_attention), as {fresh.id[:8]}; later "
        "jobs on Box leave it out.",
    )
    assert await store.flag(MARK) == why


async def test_a_server_without_a_name_is_this_one(inability: Inability) -> None:
    made = await inability.again(job(engine=OTHER), part(), ERROR, "why")
    assert made is not None
    error, fresh = made
    assert "later jobs on this server leave it out" in error.message
    assert fresh.warnings[0].values["server"] == "this server"


async def test_what_it_cannot_do_without_is_not_made_again(inability: Inability, store: Disk) -> None:
    assert await inability.again(some_job(preset=PRESET, engine=BOX), part(), ERROR, "why") is None
    assert await store.flags("unable") == {}


async def test_a_full_disk_keeps_it_from_nothing(
    inability: Inability, store: Disk, caplog: pytest.LogCaptureFixture
) -> None:
    store.refuses["set_flag"] = [FULL]
    assert await inability.again(job(), part(), ERROR, "why") is not None
    assert caplog.messages == ["not remembered: The disk is full."]
    assert await inability.known(BOX) == {}


# Left out


async def test_what_is_known_is_left_out_with_a_word_on_it(inability: Inability, store: Disk) -> None:
    old = job(warnings=(Said("first"),))
    assert await inability.leave_out(old) is old
    await store.set_flag(MARK, "no module")
    left = await inability.leave_out(old)
    assert SAGE not in classes(left)
    assert left.warnings == (
        Said("first"),
        Said("left_out", {"key": "sage_attention", "node": SAGE, "server": "Box", "why": "no module"}),
    )
    gone = replace(old, preset="gone.preset")
    assert await inability.leave_out(gone) is gone


def test_a_reason_that_is_not_known_is_none(inability: Inability) -> None:
    assert inability.without(job(), (part(),), {}).warnings[0].values["why"] == ""
