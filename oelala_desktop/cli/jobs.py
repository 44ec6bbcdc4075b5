"""`oelala jobs`: the list, and with --wait the end of what was left unfinished."""

from __future__ import annotations

import argparse
import asyncio
from itertools import groupby

from oelala_desktop.bootstrap import Services
from oelala_desktop.domain.errors import EngineUnreachable
from oelala_desktop.domain.job import Job, JobState

from .generate import on_interrupt
from .output import Bar, print_json
from .run import INTERRUPTED, say


async def jobs(options: argparse.Namespace) -> int:
    """With --wait: 0 when all that was unfinished is done, 1 when a job failed or is lost, 3 when an engine that has
    some does not answer."""
    async with Services() as services:
        if not options.wait:
            for job in reversed(await services.jobs.recent(options.limit)):
                _print(job, options.json)
            return 0
        return await _wait(services, options)


async def _wait(services: Services, options: argparse.Namespace) -> int:
    adopted = await services.jobs.adopt()
    show = Bar(services.bus)
    show.ids = {job.id for job in adopted}
    unreachable = False
    waiting: list[str] = []
    for ref, group in groupby(sorted(adopted, key=lambda j: (j.engine.kind, j.engine.url)), lambda j: j.engine):
        mine = list(group)
        engine = services.engines.for_ref(ref)
        try:
            await engine.connect()
        except EngineUnreachable as error:
            unreachable = True
            say(f"{error} {len(mine)} unfinished {'job waits' if len(mine) == 1 else 'jobs wait'} for it.")
            continue
        services.jobs.take_up(mine, engine)
        waiting += [job.id for job in mine]
    stop = asyncio.Event()
    restore = on_interrupt(stop.set)
    done = services.scope.start(services.jobs.wait_for(waiting), "wait")
    stopping = services.scope.start(stop.wait(), "interrupt")
    try:
        await asyncio.wait({done, stopping}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        restore()
    if not done.done():
        return INTERRUPTED
    for job in reversed(await services.jobs.recent(options.limit)):
        _print(job, options.json)
    bad = any(job.state in (JobState.FAILED, JobState.LOST) for job in done.result())
    return 1 if bad else 3 if unreachable else 0


def _print(job: Job, as_json: bool) -> None:
    if as_json:
        print_json(job.as_dict())
        return
    files = ", ".join(o.path for o in job.outputs) or (job.error.message if job.error else "")
    print(f"{job.id[:8]}  {job.state.value:9}  {job.preset:32}  {job.engine.name:10}  {files}")
