"""Decoding and tracking the frames of a recorded job, against `json.loads` of the same frames; then ten thousand
progress messages a second through a real socket, against the same loop idle."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

from oelala_desktop.comfy.client import ComfyClient
from oelala_desktop.comfy.messages import decode
from oelala_desktop.comfy.tracker import Tracker
from oelala_desktop.domain.address import Address
from oelala_desktop.domain.events import JobProgressed
from oelala_desktop.services.loop.bus import Bus

GOAL, GAP_GOAL = 0.25, 1.3
RATE = 10_000  # messages a second
TICK = 0.005  # seconds between two looks at the loop
ROUNDS = 5
_FRAMES = Path(__file__).with_name("frames.json")

#: a server that sends progress at an even pace: RATE messages a second, a few each millisecond
_SENDER = """
import asyncio, json, logging, sys, time
from websockets.asyncio.server import serve
RATE, PROMPT = int(sys.argv[1]), sys.argv[2]
async def send(socket):
    began, sent = time.perf_counter(), 0
    while True:
        due = int((time.perf_counter() - began) * RATE)
        for number in range(sent, due):
            data = {"value": number % 100000, "max": 100000, "prompt_id": PROMPT, "node": "3"}
            await socket.send(json.dumps({"type": "progress", "data": data}))
        sent = due
        await asyncio.sleep(0.001)
async def main():
    logging.disable()
    async with serve(send, "127.0.0.1", 0, compression=None) as server:
        print(server.sockets[0].getsockname()[1], flush=True)
        await asyncio.get_running_loop().create_future()
asyncio.run(main())
"""


def run(full: bool = False) -> Iterator[dict[str, Any]]:
    yield _decoding(40 if full else 15)
    yield from asyncio.run(_flood(10.0 if full else 3.0))


def _decoding(rounds: int) -> dict[str, Any]:
    recorded = json.loads(_FRAMES.read_text())
    frames: list[str] = recorded["frames"]

    def track() -> None:
        tracker = Tracker(recorded["prompt_id"], recorded["graph"])
        for frame in frames:
            tracker.apply(decode(frame))

    def parse() -> None:
        for frame in frames:
            json.loads(frame)

    ours, bare = [], []
    for _ in range(rounds + 1):
        ours.append(_timed(track))
        bare.append(_timed(parse))
    rate = len(frames) / median(ours[1:])
    ratio = median(bare[1:]) / median(ours[1:])
    yardstick = "json.loads of the same frames"
    return _row("messages decode", rate, "frames/s", yardstick, ratio, GOAL, ratio >= GOAL)


def _timed(work: Callable[[], None], times: int = 40) -> float:
    began = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - began) / times


async def _flood(seconds: float) -> list[dict[str, Any]]:
    graph = {"3": {"class_type": "KSampler", "inputs": {"steps": 20}, "_meta": {"title": "Sampler"}}}
    bus = Bus()
    shown: list[float] = []
    bus.subscribe(JobProgressed, lambda event: shown.append(event.progress.fraction))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _SENDER, str(RATE), "one", stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    port = int(await process.stdout.readline())
    idle: list[float] = []
    busy: list[float] = []
    heard = 0
    try:
        for _ in range(ROUNDS):
            idle.append(_worst(await _gaps(seconds / ROUNDS)))
            client = ComfyClient(Address(f"http://127.0.0.1:{port}"), "bench")
            tracker = Tracker("one", graph)

            async def listen(client: ComfyClient = client, tracker: Tracker = tracker) -> None:
                nonlocal heard
                async for message in client.messages():
                    heard += 1
                    if tracker.apply(message):
                        bus.publish(JobProgressed("one", tracker.progress))

            listening = asyncio.get_running_loop().create_task(listen())
            await asyncio.sleep(0.1)  # connecting is not what is measured
            busy.append(_worst(await _gaps(seconds / ROUNDS)))
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
            await client.close()
    finally:
        process.kill()
        await process.wait()
    rate = heard / (seconds + 0.1 * ROUNDS)
    ratio = median(busy) / median(idle)
    yardstick = f"the same loop idle ({median(idle):.2f} ms); {rate:,.0f} messages/s were handled"
    met = ratio <= GAP_GOAL and rate > RATE * 0.8
    return [_row("messages loop gap p99", median(busy), "ms", yardstick, ratio, GAP_GOAL, met)]


async def _gaps(seconds: float) -> list[float]:
    """How long the loop takes between two looks, each TICK after the other when nothing holds it up."""
    found = []
    end = time.perf_counter() + seconds
    last = time.perf_counter()
    while last < end:
        await asyncio.sleep(TICK)
        now = time.perf_counter()
        found.append(now - last)
        last = now
    return found


def _worst(gaps: list[float]) -> float:
    """The 99th percentile, in ms."""
    return sorted(gaps)[int(len(gaps) * 0.99)] * 1000


def _row(name: str, value: float, unit: str, yardstick: str, ratio: float, goal: float, met: bool) -> dict[str, Any]:
    keys = ("name", "value", "unit", "yardstick", "ratio", "goal", "met")
    return dict(zip(keys, (name, value, unit, yardstick, ratio, goal, met), strict=True))
