"""The server under test: Sketch in a process of its own, or the ComfyUI that --comfy names. Other people's jobs on it
are not touched."""

from __future__ import annotations

import io
import subprocess
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest
from PIL import Image

from oelala_desktop.comfy import messages as m
from oelala_desktop.comfy.client import ComfyClient
from oelala_desktop.domain.address import parse_address
from tests.contract.listener import Listener
from tests.contract.workbench import Workbench
from tests.sketch.holdable import Brake
from tests.waiting import until


@pytest.fixture(scope="session")
def one_brake(tmp_path_factory: pytest.TempPathFactory) -> Brake:
    return Brake(tmp_path_factory.mktemp("brake") / "hold")


@pytest.fixture
def brake(one_brake: Brake) -> Iterator[Brake]:
    """Holds the jobs of Sketch; those of a real server last for as long as they were asked to."""
    yield one_brake
    one_brake.release()


@pytest.fixture(scope="session")
def url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, one_brake: Brake) -> Iterator[str]:
    given = request.config.getoption("--comfy")
    if given:
        yield parse_address(str(given)).url
        return
    base = str(tmp_path_factory.mktemp("sketch"))
    command = [*one_brake.command, "--port", "0", "--idle-exit", "0", "--base-dir", base]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip().rpartition(" ")[2]
        process.terminate()
        process.wait(40)


@pytest.fixture(scope="session")
def is_sketch(url: str) -> bool:
    return bool(httpx.get(f"{url}/system_stats", trust_env=False).json()["system"].get("sketch"))


@pytest.fixture(scope="session")
def has_slow_node(url: str, is_sketch: bool) -> bool:
    """Whether the slow test node is there; without it and without Sketch's own, slow jobs cannot be made."""
    if is_sketch:
        return False
    if not httpx.get(f"{url}/object_info/RigSlow", trust_env=False).json():
        pytest.skip("this ComfyUI has no RigSlow node, and without a model nothing else on it is slow")
    return True


def picture(size: tuple[int, int] = (320, 192), seed: int = 0) -> bytes:
    noise = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), np.uint8)
    out = io.BytesIO()
    Image.fromarray(noise).resize(size, Image.Resampling.BICUBIC).save(out, "PNG")
    return out.getvalue()


@pytest.fixture(scope="session")
def start(url: str) -> str:
    """The server's name of a start picture."""
    name = f"oelala_test_{uuid.uuid4().hex[:8]}.png"
    answer = httpx.post(f"{url}/upload/image", files={"image": (name, picture())}, trust_env=False)
    return str(answer.json()["name"])


@pytest.fixture
async def client(url: str) -> AsyncIterator[ComfyClient]:
    client = ComfyClient(parse_address(url), uuid.uuid4().hex)
    yield client
    await client.close()


@pytest.fixture
async def other(url: str) -> AsyncIterator[ComfyClient]:
    """Somebody else's client of the same server."""
    client = ComfyClient(parse_address(url), uuid.uuid4().hex)
    yield client
    await client.close()


@pytest.fixture
async def raw(url: str) -> AsyncIterator[httpx.AsyncClient]:
    """The wire itself."""
    async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=30) as http:
        yield http


@pytest.fixture
async def listener(client: ComfyClient) -> AsyncIterator[Listener]:
    """All that is said on the client's own socket."""
    async with Listener(client) as listener:
        yield listener


@pytest.fixture
def bench(client: ComfyClient, listener: Listener, raw: httpx.AsyncClient) -> Workbench:
    """Runs graphs and looks at what comes of them."""
    return Workbench(client, listener, raw)


@pytest.fixture
def prefix() -> str:
    """A name that no other job's files have."""
    return f"oelala/test_{uuid.uuid4().hex}"


Cleanup = Callable[[str], None]


@pytest.fixture
async def tidy(client: ComfyClient) -> AsyncIterator[Cleanup]:
    """Prompts given to it are off the server at the end, whatever the test came to."""
    prompts: list[str] = []
    yield prompts.append
    for prompt_id in prompts:
        await client.cancel(prompt_id)
    for prompt_id in prompts:
        await until(lambda p=prompt_id: _is_gone(client, p), "a job of this test gone")  # type: ignore[misc]


async def _is_gone(client: ComfyClient, prompt_id: str) -> bool:
    queue = await client.queue()
    return prompt_id not in queue.running + queue.pending


def out_of(folder: Path, suffix: str) -> list[Path]:
    return sorted(p for p in folder.iterdir() if p.suffix == suffix)


__all__ = ["m", "out_of"]
