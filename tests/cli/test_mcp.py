"""`oelala mcp`, driven by the protocol's own client over the process's standard input and output."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.program import HARBOUR, Program
from tests.own_preset import check_result, make_inputs, write_preset

if TYPE_CHECKING:
    from mcp import ClientSession

TINY = {"num_frames": 5, "fps": 8, "aspect_ratio": "1:1", "preset": "sketch"}


@asynccontextmanager
async def connected(oelala: Program) -> AsyncIterator[ClientSession]:
    mcp = pytest.importorskip("mcp")
    command = mcp.StdioServerParameters(
        command=sys.executable, args=["-m", "oelala_desktop", "mcp", "--engine", "sketch"], env=oelala.environment
    )
    async with mcp.stdio_client(command) as (read, write), mcp.ClientSession(read, write) as session:
        await session.initialize()
        yield session


async def call(session: ClientSession, name: str, **arguments: Any) -> Any:
    """What a tool gives; an AssertionError with its words if it refuses."""
    result = await session.call_tool(name, arguments)
    assert not result.is_error, result.content
    content: Any = result.structured_content
    return content["result"] if set(content) == {"result"} else content


async def refused(session: ClientSession, name: str, **arguments: Any) -> str:
    result = await session.call_tool(name, arguments)
    assert result.is_error
    return str(result.content[0].text)  # type: ignore[union-attr]


async def test_a_video_from_a_picture(oelala: Program) -> None:
    async with connected(oelala) as session:
        names = {tool.name for tool in (await session.list_tools()).tools}
        assert names == {"presets", "generate", "job_status", "cancel_job", "search_media", "read_metadata"}
        rows = {row["id"]: row for row in await call(session, "presets", tool="image-to-video")}
        assert rows["image-to-video.sketch"]["missing"] == [] and rows["image-to-video.wan22-14b"]["missing"]
        asked = {"tool": "image-to-video", "prompt": "zoom in on a pier", "image": str(HARBOUR), "settings": TINY}
        (job,) = await call(session, "generate", **asked, wait_seconds=60)
        assert (job["state"], job["progress"]) == ("done", 1.0)
        video = Path(job["outputs"][0]["path"])
        assert video.exists()
        assert await call(session, "job_status", job_id=job["job_id"]) == job
        told = await call(session, "read_metadata", path=str(video))
        assert told["prompt"] == "zoom in on a pier" and told["num_frames"] == 5
        found = await call(session, "search_media", text="pier", kind="video")
        assert [(row["path"], row["prompt"]) for row in found] == [(str(video), "zoom in on a pier")]


async def test_every_kind_of_input_by_its_key(fresh: Program, tmp_path: Path) -> None:
    preset, inputs = write_preset(fresh.home), make_inputs(tmp_path / "given")
    async with connected(fresh) as session:
        (row,) = [row for row in await call(session, "presets", tool="video-to-video") if row["id"] == preset]
        assert {given["key"] for given in row["inputs"]} == set(inputs)
        assert row["frames"]["step"] == 17 and "video_start" in row["settings"]
        asked = {"tool": "video-to-video", "settings": {"num_frames": 22, "video_start": 1}}
        (job,) = await call(session, "generate", **asked, preset=preset, inputs=inputs, wait_seconds=60)
        assert job["state"] == "done", job["error"]
        check_result(Path(job["outputs"][0]["path"]).read_bytes(), frames=22, numbers=range(24, 48))
        told = await refused(session, "generate", **asked, inputs=inputs | {"video": inputs["images"]})
        assert told.endswith("video: 2 files were given; it takes one.")
        told = await refused(session, "generate", **asked, preset="inlai", inputs=inputs)
        assert "Did you mean inlay?" in told
        told = await refused(session, "generate", **asked, inputs={"vidio": inputs["video"]})
        assert "Did you mean video?" in told


async def test_refusals_are_sentences(oelala: Program) -> None:
    async with connected(oelala) as session:
        assert "Did you mean" in await refused(session, "generate", tool="image-to-vidio")
        told = await refused(session, "generate", tool="text-to-video", prompt="x", settings={"stepz": 3})
        assert "Did you mean steps?" in told
        assert await refused(session, "job_status", job_id="nobody")


def test_without_a_caller_it_ends(oelala: Program) -> None:
    ran = oelala.run("mcp", "--engine", "sketch")
    assert (ran.code, ran.out) == (0, ""), ran


async def test_an_input_of_some_presets_needs_no_preset_s_name(oelala: Program) -> None:
    async with connected(oelala) as session:
        given = {"image": str(HARBOUR), "inputs": {"face": str(HARBOUR)}}
        said = await refused(session, "generate", tool="face-swap", **given)
        assert "Face Swap needs an AI model, and the built-in Sketch engine runs none." in said
