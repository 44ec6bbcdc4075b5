"""`oelala generate` and `oelala try`."""

from __future__ import annotations

import argparse
import asyncio
import signal
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from oelala_desktop.bootstrap import Services
from oelala_desktop.domain.errors import CannotSave, OelalaError
from oelala_desktop.domain.job import Job, JobState
from oelala_desktop.domain.tool import find_tool
from oelala_desktop.services.engines.all import Wanted
from oelala_desktop.services.engines.engine import Engine
from oelala_desktop.services.files.writable import check_takes_files
from oelala_desktop.services.queue.jobs import Wish
from oelala_desktop.storage.paths import shipped

from .output import Bar, JsonLines
from .saying import INTERRUPTED, say
from .steps import continued_file, say_what_waits, steps_of
from .values import values_of

CANCEL_TIME = 20.0  # seconds that a cancel waits for the server's word
UNCONFIRMED = "The server has not confirmed it yet; “oelala jobs --wait” takes it up again."


async def generate(options: argparse.Namespace) -> int:
    """0 when every job is done, 1 when one is not, 130 after Ctrl-C. Raises OelalaError before anything is stored."""
    is_try = options.command == "try"
    tool = "image-to-video" if is_try else find_tool(options.tool).id
    values = _example() if is_try else values_of(options, images=options.image)
    async with Services() as services:
        folder = await asyncio.to_thread(check_folder, getattr(options, "out", None) or services.paths.output)
        wish = Wish(tool, values, folder, then=() if is_try else steps_of(options.then))
        if not is_try and options.continues is not None:
            wish = replace(wish, continues=await continued_file(services, options.continues))
        preset = await services.jobs.check(wish, options.engine)  # before an engine is asked for, or started
        engine, remark = await services.engines.choose(options.engine, preset, _steps(services, wish))
        if remark:
            say(remark)
        show = JsonLines(services.bus) if getattr(options, "json", False) else Bar(services.bus)
        show.engines.see(engine.state)
        ended = await until_over(services, services.jobs.submit(wish, engine, announce=show.queued))
        if ended is None:
            return INTERRUPTED
        if isinstance(show, Bar):
            print_paths(ended)
            say_what_waits(ended)
            if is_try and all(job.state is JobState.DONE for job in ended):
                _praise(ended[0], engine)
        return 0 if all(job.state is JobState.DONE for job in ended) else 1


def wanted_of(services: Services, tool_id: str, values: Mapping[str, Any]) -> Wanted:
    """What may be taken for it. Raises NotFound for a preset that is named and not there."""
    tool, name = find_tool(tool_id), values.get("preset")
    presets = (services.registry.find(str(name), tool),) if name else services.registry.presets(tool)
    return Wanted(tool, presets, values)


def _steps(services: Services, wish: Wish) -> list[Wanted]:
    steps = ((wish.tool, wish.values), *((step.tool, step.values) for step in wish.then))
    return [wanted_of(services, tool, values) for tool, values in steps]


async def until_over(services: Services, submitting: Awaitable[list[Job]]) -> list[Job] | None:
    """What is being submitted, when it is over; None after Ctrl-C, which cancels it on the server and says so."""
    # from here on a job may be stored: Ctrl-C has to take it back
    stop = asyncio.Event()
    restore = on_interrupt(stop.set)
    try:
        jobs = await submitting
        for warning in dict.fromkeys(str(said) for job in jobs for said in job.warnings):
            say(warning)
        return await _wait(services, jobs, stop)
    finally:
        restore()


async def _wait(services: Services, jobs: list[Job], stop: asyncio.Event) -> list[Job] | None:
    """The jobs when they are over; None once `stop` is set, which cancels them on the server and says so."""
    ids = [job.id for job in jobs]
    waiting = services.scope.start(services.jobs.wait_for_last(ids), "wait")
    stopping = services.scope.start(stop.wait(), "interrupt")
    await asyncio.wait({waiting, stopping}, return_when=asyncio.FIRST_COMPLETED)
    if waiting.done():
        return waiting.result()
    await _cancel(services, ids, waiting)
    return None


async def _cancel(services: Services, ids: list[str], waiting: asyncio.Task[list[Job]]) -> None:
    say("Cancelling …")
    for job_id in ids:
        try:
            await services.jobs.cancel(job_id)
        except OelalaError:
            continue  # over already
    try:
        async with asyncio.timeout(CANCEL_TIME):
            ended = await waiting
    except TimeoutError:
        say(UNCONFIRMED)
        return
    for job in ended:
        say_outcome(job)


def say_outcome(job: Job) -> None:
    """What became of a job that was to be cancelled."""
    words = "was cancelled" if job.state is JobState.CANCELLED else f"had already ended: {job.state.value}"
    say(f"Job {job.id[:8]} {words}.")


def on_interrupt(stop: Callable[[], None]) -> Callable[[], None]:
    """Calls `stop` on Ctrl-C instead of raising; returns what undoes that."""
    loop = asyncio.get_running_loop()
    previous = signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, lambda *_: loop.call_soon_threadsafe(stop))

    def restore() -> None:
        signal.signal(signal.SIGINT, previous)

    return restore


def print_paths(jobs: list[Job]) -> None:
    for job in jobs:
        for output in job.outputs:
            print(output.path)


def _praise(job: Job, engine: Engine) -> None:
    made_by = engine.name if engine.is_ai else "the built-in Sketch engine (no AI model)"
    say(f"Made by {made_by} with preset {job.preset}.")
    if not engine.is_ai:
        say("With ComfyUI running, the same command uses Wan 2.2; README.md says how to connect it.")


def check_folder(name: str | Path) -> Path:
    """A folder that takes no files is better known before the video is made than after."""
    try:
        folder = Path(name).expanduser().absolute()
        str(folder).encode()
        check_takes_files(folder)
    except (OSError, RuntimeError, UnicodeEncodeError) as error:
        # no such user for a ~, or bytes that are no text
        reason = error.strerror if isinstance(error, OSError) else "that is no name of a folder"
        raise CannotSave(f"Cannot save into {name}: {reason}. Give another folder with --out.") from error
    return folder


def _example() -> dict[str, Any]:
    picture = shipped("resources") / "examples" / "harbour.jpg"
    return {"image": str(picture), "prompt": "slow zoom in, then pan left", "duration": 3}
