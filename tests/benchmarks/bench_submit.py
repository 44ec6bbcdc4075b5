"""From `jobs.submit` to the first message seen for the job (a graph of 24 KB, a new picture of 100 KB), against a bare
script with one open httpx client and one open websocket that uploads, posts and waits the same."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import numpy as np
import websockets
from PIL import Image

from oelala_desktop.bootstrap import Services
from oelala_desktop.domain.engine import EngineEvent
from oelala_desktop.services.engines.engine import Engine
from oelala_desktop.services.queue.jobs import Wish
from oelala_desktop.storage.paths import Paths, shipped

GOAL = 1.6
GRAPH_BYTES = 24_000
SIDE = 184  # of a noisy PNG of about 100 KB


def run(full: bool = False) -> Iterator[dict[str, Any]]:
    rounds = 25 if full else 9
    with tempfile.TemporaryDirectory() as folder:
        ours, bare = asyncio.run(_measure(Path(folder), rounds))
    ratio = median(ours) / median(bare)
    yield {
        "name": "submit",
        "value": round(median(ours) * 1000, 2),
        "unit": "ms",
        "yardstick": "the same upload, post and wait in a bare script",
        "ratio": ratio,
        "goal": GOAL,
        "met": ratio <= GOAL,
    }


async def _measure(folder: Path, rounds: int) -> tuple[list[float], list[float]]:
    ours, bare = [], []
    _large_preset(folder)
    async with _sketch(folder) as url, Services(Paths(folder / "home", folder / "home" / "output")) as services:
        engine = services.engines.named(url)
        await engine.connect()
        seen = _Seen(engine)
        async with (
            httpx.AsyncClient(base_url=url, trust_env=False) as http,
            websockets.connect(f"ws{url.removeprefix('http')}/ws?clientId=bare", compression=None) as socket,
        ):
            for number in range(rounds + 2):
                took, graph = await _ours(services, engine, seen, folder, 2 * number)
                ours.append(took)
                bare.append(await _bare(http, socket, folder, graph, 2 * number + 1))
    # the first two rounds warm up
    return ours[2:], bare[2:]


class _Seen:
    """When the first message of each job came."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.first: dict[str, float] = {}
        self.news = asyncio.Event()

    is_waiting = False

    def reached(self) -> None:
        pass

    def listen(self) -> None:
        self._engine.attach(self)

    def hear(self, event: EngineEvent) -> None:
        handle = getattr(event, "handle", None)
        if handle and handle not in self.first:
            self.first[handle] = time.perf_counter()
            self.news.set()


async def _ours(
    services: Services, engine: Engine, seen: _Seen, folder: Path, number: int
) -> tuple[float, dict[str, Any]]:
    values = {"image": str(_picture(folder, number)), "prompt": "zoom in", "preset": "large", "seed": number}
    services.jobs.driver(engine)
    if number == 0:
        seen.listen()
    seen.news.clear()
    began = time.perf_counter()
    wish = Wish("image-to-video", {**values, **_SMALL}, services.paths.output)
    job = (await services.jobs.submit(wish, engine))[0]
    while job.id not in seen.first:
        await seen.news.wait()
        seen.news.clear()
    took = seen.first[job.id] - began
    ended = (await services.jobs.wait_for([job.id]))[0]
    assert ended.outputs, ended.error
    return took, dict(ended.graph)


_SMALL = {"resolution": "480p", "aspect_ratio": "1:1", "num_frames": 5, "fps": 8}


async def _bare(http: httpx.AsyncClient, socket: Any, folder: Path, graph: dict[str, Any], number: int) -> float:
    path = _picture(folder, number)
    prompt_id = str(uuid.uuid4())
    for node in graph.values():
        if node["class_type"] == "SaveVideo":
            node["inputs"]["filename_prefix"] = f"bare/{prompt_id}"
        if "seed" in node["inputs"]:
            node["inputs"]["seed"] = number
    began = time.perf_counter()
    files = {"image": (path.name, path.read_bytes())}
    name = (await http.post("/upload/image", files=files, data={"overwrite": "true"})).json()["name"]
    graph["1"]["inputs"]["image"] = name
    body = {"prompt": graph, "client_id": "bare", "prompt_id": prompt_id, "extra_data": {"preview_method": "auto"}}
    (await http.post("/prompt", json=body)).raise_for_status()
    while True:
        frame = await socket.recv()
        if isinstance(frame, str) and json.loads(frame)["data"].get("prompt_id") == prompt_id:
            break
    took = time.perf_counter() - began
    while not (await http.get(f"/history/{prompt_id}")).json():
        await asyncio.sleep(0.02)
    return took


def _picture(folder: Path, number: int) -> Path:
    path = folder / f"picture_{number}.png"
    if not path.exists():
        noise = np.random.default_rng(number).integers(0, 256, (SIDE, SIDE, 3), np.uint8)
        Image.fromarray(noise).save(path)
    return path


def _large_preset(folder: Path) -> None:
    """Sketch's own preset with notes at its nodes, until it has the size of a real one."""
    own = folder / "home" / "workflows" / "image-to-video"
    own.mkdir(parents=True)
    base = shipped("workflows") / "image-to-video" / "sketch"
    graph = json.loads(base.with_suffix(".json").read_text())
    missing = GRAPH_BYTES - len(json.dumps(graph))
    for node in graph.values():
        node["_meta"]["note"] = "n" * (missing // len(graph))
    (own / "large.json").write_text(json.dumps(graph))
    (own / "large.toml").write_text(base.with_suffix(".toml").read_text())


@asynccontextmanager
async def _sketch(folder: Path) -> AsyncIterator[str]:
    command = [sys.executable, "-m", "oelala_desktop.sketch", "--port", "0", "--base-dir", str(folder / "sketch")]
    process = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
    assert process.stdout is not None
    line = (await process.stdout.readline()).decode()
    try:
        yield line.strip().rpartition(" ")[2]
    finally:
        process.terminate()
        await process.wait()
