"""`oelala generate` for many jobs: all are checked before the first is made, and a run goes on where one stopped."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from oelala_desktop import __version__
from oelala_desktop.bootstrap import Services
from oelala_desktop.domain.batch import Fault, Row, faults_of
from oelala_desktop.domain.errors import InvalidInput, OelalaError
from oelala_desktop.domain.job import Job, JobState
from oelala_desktop.domain.preset import Preset, Request
from oelala_desktop.domain.tool import find_tool
from oelala_desktop.services.engines.engine import Engine
from oelala_desktop.services.queue.jobs import Wish
from oelala_desktop.services.thumbnails.sheet import Part, make_sheet

from .generate import check_folder, until_over, wanted_of
from .jobs import end_of
from .output import Bar, JsonLines, print_json
from .rows import is_one, rows_of
from .saying import INTERRUPTED, say


@dataclass(slots=True)
class _Batch:
    services: Services
    tool: str
    folder: Path
    rows: Sequence[Row]
    as_json: bool
    made: dict[str, Job] = field(default_factory=dict)  # by mark: done, or under way

    def wish(self, row: Row) -> Wish:
        return Wish(self.tool, row.values, self.folder, mark=row.mark)

    @property
    def left(self) -> list[Row]:
        return [row for row in self.rows if row.mark not in self.made]


async def generate_many(options: argparse.Namespace) -> int:
    """As `generate`; 2 when a row cannot be made, with all that is wrong, and then nothing is made."""
    tool = find_tool(options.tool)
    if options.then is not None or options.continues is not None:
        option = "--then" if options.then is not None else "--continue"
        others = "--dry-run" if is_one(options) else "several pictures, rows or a grid"
        raise InvalidInput(f"{option} goes with one wish at a time, not with {others}.")
    async with Services() as services:
        folder = await asyncio.to_thread(check_folder, options.out or services.paths.output)
        rows, faults = await asyncio.to_thread(rows_of, options, tool, services.registry)
        batch = _Batch(services, tool.id, folder, rows, options.json)
        preset = await _check(batch, faults, options.engine)
        engine, remark = await services.engines.choose(options.engine, preset, [wanted_of(services, tool.id, {})])
        if remark:
            say(remark)
        batch.made = await _made(services, rows, engine)
        if options.dry_run:
            return await _foresee(batch, engine)
        return await _make(batch, engine, with_sheet=bool(options.grid))


async def _check(batch: _Batch, faults: list[Fault], engine: str) -> Preset | None:
    """The preset that all rows name, if they name one. Raises BadRows, with the `faults` that are known already."""
    presets: dict[str, Preset | None] = {}
    for row in batch.rows:
        try:
            preset = await batch.services.jobs.check(batch.wish(row), engine)
        except OelalaError as error:
            faults.append((row.where, error.message))
        else:
            presets[preset.id if preset else ""] = preset
    if faults:
        raise faults_of(faults)
    return next(iter(presets.values())) if len(presets) == 1 else None


async def _made(services: Services, rows: Sequence[Row], engine: Engine) -> dict[str, Job]:
    """By mark what is done, or else under way. What Sketch made stands for nothing on a ComfyUI, nor the other way
    round."""
    found: dict[str, Job] = {}
    for job in await services.store.marked({row.mark for row in rows}):
        is_better = job.state is JobState.DONE or (not job.state.is_final and job.mark not in found)
        if is_better and job.engine.kind == engine.ref.kind:
            found[job.mark] = job
    return found


async def _foresee(batch: _Batch, engine: Engine) -> int:
    faults: list[Fault] = []
    foreseen: list[tuple[Row, Request]] = []
    for row in batch.rows:
        try:
            foreseen += [(row, request) for request in await batch.services.jobs.foresee(batch.wish(row), engine)]
        except OelalaError as error:
            faults.append((row.where, error.message))
    if faults:
        raise faults_of(faults)
    for row, request in foreseen:
        _tell_foreseen(batch, row, request)
    made = len(batch.rows) - len(batch.left)
    already = f"; {made} were made already, or are under way" if made else ""
    chance = any(str(row.values.get("seed", -1)) == "-1" for row in batch.rows)
    anew = " Seeds are drawn anew when it is made; --set seed=N keeps one." if chance else ""
    say(f"{_count(len(foreseen) - made)} would be made on {engine.name}{already}. Nothing was made.{anew}")
    return 0


def _tell_foreseen(batch: _Batch, row: Row, request: Request) -> None:
    is_made = row.mark in batch.made
    prompt = request.values.get("prompt")
    size = {"width": request.width, "height": request.height, "num_frames": request.num_frames, "fps": request.fps}
    if batch.as_json:
        told = {"row": row.where, "made": is_made, "preset": request.preset, "seed": request.seed, **size}
        print_json(
            {"event": "foreseen", **told, "prompt": prompt, "negative_prompt": request.values.get("negative_prompt")}
        )
        return
    where = f"{row.where}: " if row.where else ""
    length = f"{request.num_frames} frames at {request.fps:g} fps, " if request.num_frames > 1 else ""
    frame = f"{request.width} × {request.height}, " if request.width else ""
    note = " (made already, or under way)" if is_made else ""
    print(f"{where}{request.preset}: {frame}{length}seed {request.seed}{note}" + (f"\n    {prompt}" if prompt else ""))


async def _make(batch: _Batch, engine: Engine, *, with_sheet: bool) -> int:
    services = batch.services
    show = JsonLines(services.bus) if batch.as_json else Bar(services.bus)
    show.engines.see(engine.state)
    here, elsewhere = await _take_up(batch, show)
    _tell_made(batch)
    if elsewhere:
        say(f"{_count(len(elsewhere))} in the hands of another Oelala that runs; waiting for what it makes.")
    ended = await until_over(services, _submit(batch, engine, here, show.queued))
    if ended is None:
        return INTERRUPTED
    jobs = {job.mark: job for job in ended} | {job.mark: await end_of(services, job.id) for job in elsewhere}
    parts = [Part(row.cell, jobs.get(row.mark) or batch.made[row.mark]) for row in batch.rows]
    if not batch.as_json:
        for part in parts:
            for output in part.job.outputs:
                print(output.path)
    if with_sheet:
        await _sheet(batch, parts)
    bad = sum(part.job.state is not JobState.DONE for part in parts)
    if bad:
        say(f"{bad} of {_count(len(parts))} came to no result; the same command tries that again.")
    return 1 if bad else 0


async def _take_up(batch: _Batch, show: JsonLines | Bar) -> tuple[list[Job], list[Job]]:
    """Jobs of an earlier run that are under way: those that are driven here from now on, and those of another process
    that runs."""
    open_ = {job.id for job in batch.made.values() if not job.state.is_final}
    if not open_:
        return [], []
    services = batch.services
    adopted = await services.jobs.adopt(lambda job: job.id in open_)
    for ref in {job.engine for job in adopted}:
        there = services.engines.for_ref(ref)
        await there.connect()
        show.engines.see(there.state)
        services.jobs.take_up([job for job in adopted if job.engine == ref], there)
    show.ids |= {job.id for job in adopted}
    theirs = open_ - {job.id for job in adopted}
    return adopted, [job for job in batch.made.values() if job.id in theirs]


def _tell_made(batch: _Batch) -> None:
    done = [(row, job) for row in batch.rows if (job := batch.made.get(row.mark)) and job.state is JobState.DONE]
    if batch.as_json:
        for row, job in done:
            print_json({"event": "made", "row": row.where, **job.as_dict()})
    elif done:
        were = "was" if len(done) == 1 else "were"
        say(f"{len(done)} of {_count(len(batch.rows))} {were} made already; --again makes all once more.")


async def _submit(batch: _Batch, engine: Engine, here: list[Job], announce: Callable[[Job], None]) -> list[Job]:
    """Those that are under way, and what is left made into jobs. Raises BadRows; then none is made."""
    rows = {row.mark: row for row in batch.left}
    wishes = [batch.wish(row) for row in rows.values()]
    if not wishes:
        return here

    def tell(job: Job) -> None:
        if batch.as_json:
            print_json({"event": "row", "row": rows[job.mark].where, "job_id": job.id})
        announce(job)

    jobs, refused = await batch.services.jobs.submit_each(wishes, engine, announce=tell, whole=True)
    if refused:
        raise faults_of((rows[one.wish.mark].where, one.error.message) for one in refused)
    return [*here, *jobs]


async def _sheet(batch: _Batch, parts: Sequence[Part]) -> None:
    jobs = [part.job for part in parts]
    said: dict[str, Any] = {"tool": batch.tool, "app_version": __version__}
    for key in ("prompt", "seed", "workflow", "engine"):
        values = {str(job.params.get(key)) for job in jobs}
        if len(values) == 1 and jobs[0].params.get(key) is not None:
            said[key] = jobs[0].params[key]
    path = await asyncio.to_thread(make_sheet, batch.folder, parts, said)
    if batch.as_json:
        failed = sum(not part.path for part in parts)
        print_json({"event": "sheet", "path": str(path), "cells": len(parts), "failed": failed})
    else:
        print(path)


def _count(jobs: int) -> str:
    return f"{jobs} {'job' if jobs == 1 else 'jobs'}"
