"""`oelala jobs`: the list; the end of what was left unfinished; one job once more; one, or all that waits, no more."""

from __future__ import annotations

import argparse
import asyncio
from contextlib import suppress
from itertools import groupby

from oelala_desktop.bootstrap import Services
from oelala_desktop.domain.errors import EngineUnreachable, InvalidInput
from oelala_desktop.domain.job import Job, JobState
from oelala_desktop.services.health.damage import as_dict, news_of_damage

from .generate import CANCEL_TIME, UNCONFIRMED, on_interrupt, print_paths, say_outcome, until_over
from .output import Bar, JsonLines, print_json
from .saying import INTERRUPTED, say
from .steps import say_what_waits

_LOOK = 0.5  # seconds between two looks at what other processes have done


async def jobs(options: argparse.Namespace) -> int:
    """With --wait: 0 when all that was unfinished is done, 1 when a job failed or is lost, 3 when an engine that has
    some does not answer, 130 after Ctrl-C, which ends no job."""
    if options.new_seed and options.retry is None:
        raise InvalidInput("--new-seed goes with --retry.")
    if options.clear and not options.damaged:
        raise InvalidInput("--clear goes with --damaged.")
    async with Services() as services:
        if options.damaged:
            return await _show_damaged(services, options)
        for text in await news_of_damage(services.store):
            say(text)
        if options.retry is not None:
            return await _retry(services, options)
        if options.cancel is not None:
            return await _cancel(services, options)
        if options.cancel_waiting:
            return await _cancel_waiting(services)
        if not options.wait:
            await _list(services, options)
            return 0
        return await _wait(services, options)


async def _list(services: Services, options: argparse.Namespace) -> None:
    rows = await services.jobs.recent(options.limit)
    if not rows and not options.json:
        say("There are no jobs.")
    for job in reversed(rows):
        _print(job, options.json)


async def _show_damaged(services: Services, options: argparse.Namespace) -> int:
    rows = await services.store.set_aside()
    if not rows and not options.json:
        say("Every job can be read.")
    for row in rows:
        if options.json:
            print_json(as_dict(row))
        else:
            print(f"{row.job_id[:8]}  {row.state:9}  {row.why}{'; restored' if row.is_restored else ''}")
    if options.clear:
        await services.store.clear_set_aside()
    return 0


async def _retry(services: Services, options: argparse.Namespace) -> int:
    """As `generate` with the same settings: waited for, and cancelled by Ctrl-C. Raises EngineUnreachable; then nothing
    was stored."""
    old = await services.jobs.find(options.retry)
    engine = services.engines.for_ref(old.engine)
    await engine.connect()
    show = JsonLines(services.bus) if options.json else Bar(services.bus)
    show.engines.see(engine.state)

    async def submit() -> list[Job]:
        job = await services.jobs.retry(old.id, engine, new_seed=options.new_seed)
        show.queued(job)
        # what waits for it goes on here, unless another process drives it
        behind = await services.jobs.adopt(lambda one: bool(old.link and one.link and one.link.chain == old.link.chain))
        services.jobs.take_up(behind, engine)
        show.ids |= {one.id for one in behind}
        return [job, *behind]

    ended = await until_over(services, submit())
    if ended is None:
        return INTERRUPTED
    if not options.json:
        print_paths(ended)
        say_what_waits(ended)
    return 0 if all(job.state is JobState.DONE for job in ended) else 1


async def _cancel(services: Services, options: argparse.Namespace) -> int:
    """0 once the job is over, whoever drives it; 3 while its server does not answer: then it ends when that does."""
    job = await services.jobs.find(options.cancel)
    # and nothing else: another process that starts now is to find the others
    mine = await services.jobs.adopt(lambda left: left.id == job.id)
    engine = services.engines.for_ref(job.engine)
    if mine and job.state is not JobState.QUEUED:
        try:
            await engine.connect()
        except EngineUnreachable as error:
            await services.jobs.cancel(job.id)
            say(f"{error} {UNCONFIRMED}")
            return error.exit_code
    if mine:
        services.jobs.take_up(mine, engine)
    await services.jobs.cancel(job.id)
    try:
        async with asyncio.timeout(CANCEL_TIME):
            job = await end_of(services, job.id)
    except TimeoutError:
        say(UNCONFIRMED)
        return 3
    say_outcome(job)
    return 0


async def _cancel_waiting(services: Services) -> int:
    """0 once they are over, whoever drives them; 3 while one who does has not said so. Nothing is sent meanwhile."""
    left = await services.jobs.adopt(lambda job: job.state in (JobState.QUEUED, JobState.SENT))
    for ref in {job.engine for job in left if job.state is JobState.SENT}:
        with suppress(EngineUnreachable):
            await services.engines.for_ref(ref).connect()
    for ref in {job.engine for job in left}:
        services.jobs.take_up([job for job in left if job.engine == ref], services.engines.for_ref(ref))
    done = await services.jobs.cancel_waiting()
    ids = (*done.ids, *done.asked)
    try:
        async with asyncio.timeout(CANCEL_TIME):
            for job_id in ids:
                await end_of(services, job_id)
    except TimeoutError:
        say(UNCONFIRMED)
        return 3
    say(f"{len(ids)} waiting {'job was' if len(ids) == 1 else 'jobs were'} cancelled." if ids else "No job waits.")
    return 0


async def end_of(services: Services, job_id: str) -> Job:
    """The job when it is over; another process may be the one that ends it."""
    while True:
        job = await services.jobs.find(job_id)
        if job.state.is_final:
            return job
        await asyncio.sleep(_LOOK)


async def _wait(services: Services, options: argparse.Namespace) -> int:
    stop = asyncio.Event()
    restore = on_interrupt(stop.set)
    finishing = services.scope.start(_finish(services, Bar(services.bus)), "finish")
    stopping = services.scope.start(stop.wait(), "interrupt")
    try:
        await asyncio.wait({finishing, stopping}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        restore()
    if not finishing.done():
        say("What the servers have goes on; “oelala jobs --wait” takes it up again.")
        return INTERRUPTED
    ended, unreachable = finishing.result()
    await _list(services, options)
    say_what_waits(ended)
    bad = any(job.state in (JobState.FAILED, JobState.LOST) or not job.state.is_final for job in ended)
    return 1 if bad else 3 if unreachable else 0


async def _finish(services: Services, show: Bar) -> tuple[list[Job], bool]:
    """What was unfinished, now that it is over, whoever drove it; and whether an engine that has some does not answer.
    Jobs that others submit meanwhile are not waited for."""
    ours, unreachable = await _take_up(services, show)
    theirs = set(await services.jobs.of_others())
    if theirs:
        count = f"{len(theirs)} unfinished {'job is' if len(theirs) == 1 else 'jobs are'}"
        paused = " Its queue is paused." if await services.jobs.was_paused() else ""
        say(f"{count} in the hands of another Oelala that runs; waiting for it.{paused}")
    await services.jobs.wait_for_last(ours)
    while left := {job: alive for job, alive in (await services.jobs.of_others()).items() if job in theirs}:
        if all(left.values()):
            await asyncio.sleep(_LOOK)
            continue
        inherited, unreached = await _take_up(services, show)
        unreachable = unreachable or unreached
        await services.jobs.wait_for_last(inherited)
        theirs -= {job for job, alive in left.items() if not alive} - set(inherited)
        ours += inherited
    return await services.jobs.wait_for_last([*ours, *theirs.difference(ours)]), unreachable


async def _take_up(services: Services, show: Bar) -> tuple[list[str], bool]:
    """Ids of the jobs that are driven here from now on, and whether an engine that has others does not answer."""
    adopted = await services.jobs.adopt()
    show.ids |= {job.id for job in adopted}
    unreachable = False
    taken: list[str] = []
    for _, group in groupby(sorted(adopted, key=_place), _place):
        mine = list(group)
        engine = services.engines.for_ref(mine[0].engine)
        try:
            await engine.connect()
        except EngineUnreachable as error:
            unreachable = True
            say(f"{error} {len(mine)} unfinished {'job waits' if len(mine) == 1 else 'jobs wait'} for it.")
            continue
        show.engines.see(engine.state)
        services.jobs.take_up(mine, engine)
        taken += [job.id for job in mine]
    return taken, unreachable


def _place(job: Job) -> tuple[str, str]:
    return job.engine.kind, job.engine.url


def _print(job: Job, as_json: bool) -> None:
    if as_json:
        print_json(job.as_dict())
        return
    files = job.error.message if job.error else ", ".join(o.path for o in job.outputs)
    if job.link is not None and not job.state.is_final:
        before = f", after {job.after[:8]}" if job.after else ""
        files = f"step {job.link.number} of {job.link.count}{before}"
    print(f"{job.id[:8]}  {job.state.value:9}  {job.preset:32}  {job.engine.name:10}  {files}")
