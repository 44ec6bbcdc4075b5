"""The local interface under 32 clients, against a bare FastAPI route that returns the same bytes, and against the same
loop idle. All servers stand on one loop, as they do beside the window; the clients are another process."""

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI
from PIL import Image
from starlette.responses import Response

from oelala_desktop.api.server import ApiServer
from oelala_desktop.bootstrap import Services
from oelala_desktop.domain.media import MediaQuery
from oelala_desktop.storage.paths import Paths

HEALTH, PAGE = "/health", "/list-comfyui-media?limit=100"
ROUNDS = 5
_SETTLE = 0.05  # seconds
TICK = 0.005  # seconds between two looks at the loop
THROUGHPUT, GAP = 0.6, 1.3


def run(full: bool = False) -> Iterator[dict[str, Any]]:
    yield from asyncio.run(_run(2.0 if full else 0.4))


async def _run(seconds: float) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as home:
        paths = Paths(Path(home), Path(home) / "output")
        async with Services(paths) as services, _loader() as loader:
            await _fill(services)
            services.current.start("sketch")
            await services.current.engine.wait_online()
            server = ApiServer(services, port=0)
            assert await server.start(), server.reason
            assert server.url
            bodies: dict[str, bytes] = {}
            async with httpx.AsyncClient(base_url=server.url) as client:
                for path in (HEALTH, PAGE):
                    bodies[path] = (await client.get(path)).raise_for_status().content
            try:
                async with _bare(bodies) as bare_port:
                    return await _measure(loader, int(server.url.rpartition(":")[2]), bare_port, seconds)
            finally:
                await server.stop()


async def _fill(services: Services) -> None:
    services.paths.output.mkdir(parents=True)
    for number in range(120):
        Image.new("RGB", (64, 64), (number, 90, 160)).save(services.paths.output / f"picture_{number:03}.png")
    await services.library.start()
    while len((await services.library.page(MediaQuery(limit=200))).items) < 120:
        await asyncio.sleep(0.05)


@asynccontextmanager
async def _bare(bodies: dict[str, bytes]) -> AsyncIterator[int]:
    """FastAPI and uvicorn as anybody would write them."""
    app = FastAPI()
    health, page = bodies[HEALTH], bodies[PAGE]

    @app.get("/health")
    async def get_health() -> Response:
        return Response(health, media_type="application/json")

    @app.get("/list-comfyui-media")
    async def get_page() -> Response:
        return Response(page, media_type="application/json")

    config = uvicorn.Config(app, port=0, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    async with asyncio.TaskGroup() as group:
        group.create_task(server._serve())
        while not server.started:
            await asyncio.sleep(0.01)
        yield server.servers[0].sockets[0].getsockname()[1]
        server.should_exit = True


@asynccontextmanager
async def _loader() -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.benchmarks.api_load",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    try:
        yield process
    finally:
        process.terminate()
        await process.wait()


async def _load(loader: asyncio.subprocess.Process, port: int, path: str, seconds: float) -> dict[str, float]:
    assert loader.stdin and loader.stdout
    loader.stdin.write(f"{port} {path} {seconds}\n".encode())
    answer: dict[str, float] = json.loads(await loader.stdout.readline())
    return answer


class _Gaps:
    """How long the loop takes between two looks, each TICK after the other when nothing holds it up."""

    def __init__(self) -> None:
        self.gaps: list[float] = []
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "_Gaps":
        self._task = asyncio.get_running_loop().create_task(self._watch())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._task
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _watch(self) -> None:
        last = time.perf_counter()
        while True:
            await asyncio.sleep(TICK)
            now = time.perf_counter()
            self.gaps.append(now - last)
            last = now


def _worst(gaps: list[float]) -> float:
    """The 99th percentile of all rounds, in ms."""
    return sorted(gaps)[int(len(gaps) * 0.99)] * 1000


async def _measure(
    loader: asyncio.subprocess.Process, port: int, bare_port: int, seconds: float
) -> list[dict[str, Any]]:
    rates: dict[tuple[str, str], list[float]] = {}
    gaps: dict[str, list[float]] = {"idle": [], HEALTH: [], PAGE: []}
    errors = 0.0
    for number in range(ROUNDS + 1):
        async with _Gaps() as idle:
            await asyncio.sleep(seconds)
        gaps["idle"] += idle.gaps if number else []
        for path in (HEALTH, PAGE):
            bare = await _load(loader, bare_port, path, seconds)
            loading = asyncio.get_running_loop().create_task(_load(loader, port, path, seconds))
            await asyncio.sleep(_SETTLE)  # thirty-two connections that open at once are not what lasts
            async with _Gaps() as loaded:
                await asyncio.sleep(seconds - 2 * _SETTLE)
            ours = await loading
            errors += ours["errors"]
            if number:  # the first round warms up
                gaps[path] += loaded.gaps
                rates.setdefault(("bare", path), []).append(bare["count"])
                rates.setdefault(("ours", path), []).append(ours["count"])
    rows = [_error_row(errors)]
    for path, name in ((HEALTH, "health"), (PAGE, "page of 100")):
        ours_rate, bare_rate = median(rates["ours", path]), median(rates["bare", path])
        ratio = ours_rate / bare_rate
        yardstick = "a bare FastAPI route returning the same bytes"
        rows.append(_row(f"api {name}", ours_rate, "requests/s", yardstick, ratio, THROUGHPUT, ratio >= THROUGHPUT))
        gap, idle_gap = _worst(gaps[path]), _worst(gaps["idle"])
        ratio = gap / idle_gap
        rows.append(_row(f"api {name} loop gap p99", gap, "ms", "the same loop idle", ratio, GAP, ratio <= GAP))
    return rows


def _error_row(errors: float) -> dict[str, Any]:
    return _row("api errors", errors, "answers", "none", errors, 0, errors == 0)


def _row(name: str, value: float, unit: str, yardstick: str, ratio: float, goal: float, met: bool) -> dict[str, Any]:
    keys = ("name", "value", "unit", "yardstick", "ratio", "goal", "met")
    return dict(zip(keys, (name, value, unit, yardstick, ratio, goal, met), strict=True))


if __name__ == "__main__":
    for shown in run("--full" in sys.argv):
        print(shown)
