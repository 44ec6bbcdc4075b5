"""A better prompt, written by a language model of the engine: a job as any other, whose result is a text."""

from __future__ import annotations

import asyncio
from pathlib import Path

from oelala_desktop.domain.catalog import Catalog
from oelala_desktop.domain.errors import EngineAnswer, NotRunnable, OelalaError
from oelala_desktop.domain.improving import IMPROVE, knows_by_itself, own_of, request_for, written_in
from oelala_desktop.domain.job import Job, JobState
from oelala_desktop.domain.preset import Preset
from oelala_desktop.services.engines.engine import Engine
from oelala_desktop.services.presets.registry import ToolRegistry

from .jobs import JobService, Wish

_LONGEST = 256 * 1024  # bytes of an answer that are read
_NO_MODEL = (
    "{engine} has no language model that writes prompts. Put {file} into ComfyUI/models/{folder}/ ({source}), "
    "or one of the others that “oelala presets” lists for improve."
)
_NO_NODES = "{engine} cannot write texts: its ComfyUI is older than the nodes for that. Update ComfyUI."
_NO_AI = "The built-in Sketch engine has no language model. Connect a ComfyUI to have prompts improved."


class Improver:
    """`folder` gets the texts that come."""

    def __init__(self, jobs: JobService, registry: ToolRegistry, folder: Path) -> None:
        self._jobs = jobs
        self._registry = registry
        self._folder = folder

    def lacks(self, catalog: Catalog | None, engine: str) -> str:
        """Why no prompt can be improved there, as a sentence; "" where one can, or nobody knows."""
        if catalog is None:
            return ""
        presets = self._registry.presets(IMPROVE)
        if not presets or any(not preset.missing(catalog) for preset in presets):
            return ""
        if catalog.sketch:
            return _NO_AI
        models = [model for preset in presets for model in preset.models]
        if all(any(one.kind == "nodes" for one in preset.missing(catalog)) for preset in presets) or not models:
            return _NO_NODES.format(engine=engine)
        first = models[0]
        return _NO_MODEL.format(engine=engine, file=first.file, folder=first.folder, source=first.source)

    async def ask(self, preset: Preset, prompt: str, picture: str | None, engine: Engine) -> Job:
        """The job that writes a prompt for that preset; it is waited for by `written`. Raises what `submit` raises, and
        NotRunnable where nothing there can."""
        if engine.lists is None:
            await engine.connect()
        catalog = engine.catalog
        if why := self.lacks(catalog, engine.name):
            raise NotRunnable(why)
        writer = self._writer(preset, catalog)
        given = picture if picture and writer is not None and "image" in writer.fields else None
        alone = writer is not None and knows_by_itself(writer.short_id)
        asked = prompt if alone else request_for(preset, prompt, with_picture=given is not None)
        values = {"prompt": asked, "image": given} | ({"preset": writer.short_id} if writer else {})
        await asyncio.to_thread(self._folder.mkdir, parents=True, exist_ok=True)
        wish = Wish(IMPROVE.id, values, self._folder, f"Improve: {prompt}")
        (job,) = await self._jobs.submit(wish, engine)
        return job

    def _writer(self, preset: Preset, catalog: Catalog | None) -> Preset | None:
        """The one of the model itself where it runs, else the first that does."""
        presets = self._registry.presets(IMPROVE)
        own = own_of(preset.id)
        ranked = sorted(presets, key=lambda one: one.short_id != own)
        return next((one for one in ranked if catalog is None or not one.missing(catalog)), None)

    async def written(self, job_id: str) -> str:
        """What the job wrote, when it is over; "" when it was cancelled. Raises OelalaError where nothing came."""
        (job,) = await self._jobs.wait_for_last([job_id])
        if job.state is JobState.CANCELLED:
            return ""
        if job.state is not JobState.DONE:
            raise OelalaError(job.error.message if job.error else "The prompt was not improved.")
        text = await asyncio.to_thread(_read, [Path(output.path) for output in job.outputs])
        if not text:
            raise EngineAnswer("The language model answered without a prompt. Try once more, or say more yourself.")
        return text


def _read(paths: list[Path]) -> str:
    for path in paths:
        try:
            with path.open("rb") as file:
                found = written_in(file.read(_LONGEST).decode("utf-8", "replace"))
        except OSError:
            continue
        if found:
            return found
    return ""
