"""`oelala mcp`: the product's services as tools of the Model Context Protocol, over standard input and output.

Needs the extra `mcp`. Standard output belongs to the protocol; whatever is for a person goes to the log."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from oelala_desktop import __version__
from oelala_desktop.bootstrap import Services
from oelala_desktop.domain.chain import step_of
from oelala_desktop.domain.errors import InvalidInput, OelalaError
from oelala_desktop.domain.inputs import companions
from oelala_desktop.domain.job import Job
from oelala_desktop.domain.media import MediaItem, MediaQuery
from oelala_desktop.domain.offer import offer_of
from oelala_desktop.domain.tool import find_tool
from oelala_desktop.metadata import report
from oelala_desktop.services.queue.jobs import Wish

_MOST = 100  # files that one search gives
_LONGEST_WAIT = 3600.0  # seconds
_ABOUT = (
    "Oelala turns pictures and prompts into video with ComfyUI on the user's own machine. generate starts a job and "
    "returns at once unless wait_seconds is given; job_status tells how far it is and where its files are."
)

ToolId = Annotated[str, Field(description="image-to-video, text-to-video, text-to-image, …")]
JobId = Annotated[str, Field(description="as generate gave it")]


async def serve_mcp(options: argparse.Namespace) -> int:
    """Until standard input ends, then 0. Raises InvalidInput where the package is not installed."""
    try:
        from mcp.server.mcpserver import MCPServer
        from mcp.server.mcpserver.exceptions import ToolError
    except ImportError as error:
        raise InvalidInput("“oelala mcp” needs one more package: pip install 'oelala-desktop[mcp]'.") from error

    def told(work: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        """A refusal of ours is an answer that the caller can act on, and not a crash."""

        async def answered(*arguments: Any, **named: Any) -> Any:
            try:
                return await work(*arguments, **named)
            except OelalaError as error:
                raise ToolError(str(error)) from error

        answered.__signature__ = _signature(work)  # type: ignore[attr-defined]
        answered.__name__, answered.__doc__ = work.__name__, work.__doc__
        return answered

    async with Services() as services:
        services.log.write("mcp")
        services.current.start(options.engine)
        await services.begin()
        await services.library.start()
        server = MCPServer("oelala", title="Oelala", instructions=_ABOUT, version=__version__, log_level="ERROR")
        tools = Tools(services)
        for name in ("presets", "generate", "job_status", "cancel_job", "search_media", "read_metadata"):
            server.tool()(told(getattr(tools, name)))
        await server.run_stdio_async()
    return 0


def _signature(work: Callable[..., Any]) -> Any:
    import inspect

    return inspect.signature(work, eval_str=True)


class Tools:
    """What a caller may do; every answer is plain data."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def presets(self, tool: ToolId | None = None) -> list[dict[str, Any]]:
        """Workflows that can be asked for, what each takes as files, the frames and rates that it makes, and whether
        the connected engine can run it."""
        engine = await self._services.current.for_new_job()
        wanted = find_tool(tool) if tool else None
        rows = []
        for preset in self._services.registry.presets(wanted):
            missing = preset.missing(engine.catalog) if engine.catalog else ()
            row = {"id": preset.id, "name": preset.name, "description": preset.description}
            settings = [field.key for own in preset.fields.values() for field in (own, *companions(own))]
            rows.append(row | offer_of(preset) | {"settings": settings, "missing": [str(m) for m in missing]})
        return rows

    async def generate(
        self,
        tool: ToolId,
        prompt: Annotated[str, Field(description="what should be seen, and how it moves")] = "",
        image: Annotated[str | None, Field(description="path of the start picture on this machine")] = None,
        inputs: Annotated[
            dict[str, str | list[str]] | None,
            Field(description="paths of files by key, as presets lists them; a list of paths for pictures"),
        ] = None,
        settings: Annotated[
            dict[str, Any] | None,
            Field(description="further settings by key, as presets lists; choices: true draws {a|b} in prompts"),
        ] = None,
        preset: Annotated[
            str | None, Field(description="its id, as presets lists; else the first that the engine can run")
        ] = None,
        then: Annotated[
            list[dict[str, Any]] | None,
            Field(description="tools that go on from the result, in order: {tool, settings} each"),
        ] = None,
        continues: Annotated[
            str | None, Field(description="path of a video to go on from: the result is joined to it")
        ] = None,
        wait_seconds: Annotated[float, Field(ge=0, description="how long to wait for the result")] = 0,
    ) -> list[dict[str, Any]]:
        """Starts a video or a picture: one job, or as many as settings.variations and the steps behind it say."""
        given = {**(inputs or {}), "prompt": prompt, "image": image, "preset": preset}
        values = {**(settings or {}), **{key: value for key, value in given.items() if value}}
        engine = await self._services.current.for_new_job()
        steps = tuple(map(step_of, then or ()))
        video = Path(continues) if continues else None
        wish = Wish(find_tool(tool).id, values, self._services.paths.output, then=steps, continues=video)
        jobs = await self._services.jobs.submit(wish, engine)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(min(wait_seconds, _LONGEST_WAIT)):
                jobs = await self._services.jobs.wait_for_last([job.id for job in jobs])
        return [self._row(await self._services.jobs.find(job.id)) for job in jobs]

    async def job_status(self, job_id: JobId) -> dict[str, Any]:
        """How far a job is, what went wrong, and the paths of its files."""
        return self._row(await self._services.jobs.find(job_id))

    async def cancel_job(self, job_id: JobId) -> dict[str, Any]:
        """Ends that job and no other."""
        await self._services.jobs.cancel(job_id)
        return self._row(await self._services.jobs.find(job_id))

    async def search_media(
        self,
        text: Annotated[str, Field(description="words of the prompt or the name; each may be a beginning")] = "",
        kind: Annotated[str | None, Field(description="video or image")] = None,
        limit: Annotated[int, Field(ge=1, le=_MOST)] = 20,
    ) -> list[dict[str, Any]]:
        """Pictures and videos of the user's media folders, the newest first, with what made each."""
        library = self._services.library
        page = await library.page(MediaQuery(kind=kind, text=text, limit=limit))
        infos = await library.infos([item.id for item in page.items])
        return [_media(item) | {"prompt": infos[item.id].prompt if item.id in infos else None} for item in page.items]

    async def read_metadata(self, path: Annotated[str, Field(description="a picture or video")]) -> dict[str, Any]:
        """What made a file: prompt, models, LoRAs, seed and all settings that it tells."""
        return await asyncio.to_thread(report, Path(path))

    def _row(self, job: Job) -> dict[str, Any]:
        progress = self._services.jobs.progress_of(job.id)
        fraction = round(progress.fraction, 4) if progress else float(job.state.value == "done")
        return job.as_dict() | {"progress": fraction}


def _media(item: MediaItem) -> dict[str, Any]:
    kept = ("path", "kind", "size", "modified", "width", "height", "frames", "fps", "duration", "favorite", "job_id")
    return {key: value for key, value in asdict(item).items() if key in kept}
