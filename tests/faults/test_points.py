"""Every point of a recorded job, each with every harm that can befall it there. A seeded sample by default, all of them
with `--all`."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from .proxy import Point
from .rig import Server
from .trial import Harm, Trial, Verdict

SAMPLE = 12
SEED = 20_260

_MESSAGE = ("cut", "delay", "repeat", "drop", "reorder", "swallow", "kill app", "kill server")
_BEFORE = ("cut", "delay", "repeat", "swallow", "kill app", "kill server")
_AFTER = ("cut", "delay", "swallow", "kill app", "kill server")
_OWN_SERVER = 3  # trials at a time that have a server to themselves
_SHARED = 4  # trials at a time on the shared one


def harms(points: Sequence[Point], writes: Sequence[str]) -> Iterator[Harm]:
    for point in dict.fromkeys(points):
        if point.is_message:
            kinds: tuple[str, ...] = _MESSAGE if point.side == "before" else ()
        else:
            kinds = _BEFORE if point.side == "before" else _AFTER
        for kind in kinds:
            yield Harm(str(point), kind)
    for write in writes:
        yield Harm(write, "kill app")


async def recorded(folder: Path, server: Server) -> list[Harm]:
    """The points of a job that nothing befalls, as a process of its own and its recovery pass them."""
    trial = Trial(Harm("-", "kill app"), folder / "recorded", server, 1)
    verdict = await trial.run()
    assert not verdict.faults, verdict.faults
    writes = (folder / "recorded" / "points").read_text().splitlines()
    return list(harms(trial.proxy.points, writes))


async def every(trials: Sequence[Harm], folder: Path, server: Server) -> list[Verdict]:
    own, shared = asyncio.Semaphore(_OWN_SERVER), asyncio.Semaphore(_SHARED)

    async def one(number: int, harm: Harm) -> Verdict:
        home = folder / f"home{number}"
        if harm.kind != "kill server":
            async with shared:
                return await Trial(harm, home, server, number + 2).run()
        async with own:
            mine = Server(folder / f"server{number}")
            await asyncio.to_thread(mine.start)
            try:
                return await Trial(harm, home, mine, number + 2).run()
            finally:
                await asyncio.to_thread(mine.kill)

    return await asyncio.gather(*(one(number, harm) for number, harm in enumerate(trials)))


@pytest.mark.slow
@pytest.mark.timeout(7200)
async def test_every_point(tmp_path: Path, pytestconfig: pytest.Config, capsys: pytest.CaptureFixture[str]) -> None:
    server = Server(tmp_path / "server")
    server.start()
    try:
        whole = await recorded(tmp_path, server)
        chosen = whole
        if not pytestconfig.getoption("--all"):
            chosen = random.Random(SEED).sample(whole, SAMPLE)
        verdicts = await every(chosen, tmp_path, server)
    finally:
        server.kill()
    faults = [text for verdict in verdicts for text in verdict.faults]
    with capsys.disabled():
        print()
        print("\n".join(faults))
        print(summary(verdicts, len(whole)))
    assert not faults


def summary(verdicts: Sequence[Verdict], whole: int) -> str:
    reached = sum(v.reached for v in verdicts)
    lost = sum(bool(v.lost) for v in verdicts)
    doubled = sum(bool(v.duplicated) for v in verdicts)
    false = sum(bool(v.false) for v in verdicts)
    done = sum(v.state == "done" for v in verdicts)
    honest = sum(v.state == "lost" for v in verdicts)
    none = sum(not v.state for v in verdicts)
    return (
        f"faults: {len(verdicts)} of {whole} points × harms, {reached} of them passed; {done} done, {honest} honestly "
        f"lost with their server, {none} killed before there was a job; lost {lost}, duplicated "
        f"{doubled}, falsely done {false}"
    )
