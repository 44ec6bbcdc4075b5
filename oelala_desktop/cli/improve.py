"""`oelala improve`: a better prompt, written by a language model of the engine."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from oelala_desktop.bootstrap import Services
from oelala_desktop.domain.improving import IMPROVE
from oelala_desktop.domain.job import Job
from oelala_desktop.domain.preset import Preset
from oelala_desktop.domain.tool import find_tool
from oelala_desktop.services.engines.engine import Engine

from .generate import until_over, wanted_of
from .output import print_json
from .saying import INTERRUPTED
from .workflows import connected


async def improve(options: argparse.Namespace) -> int:
    """The prompt on stdout. 130 after Ctrl-C."""
    picture = await asyncio.to_thread(_whole, options.image) if options.image else None
    async with Services() as services:
        engine, _ = await connected(services, options, [wanted_of(services, IMPROVE.id, {})])
        preset = _preset(services, options.preset, engine)
        asking = services.improver.ask(preset, options.prompt, picture, engine)

        async def submitting() -> list[Job]:
            return [await asking]

        ended = await until_over(services, submitting())
        if ended is None:
            return INTERRUPTED
        text = await services.improver.written(ended[0].id)
    if options.json:
        print_json({"prompt": text, "preset": preset.id, "written_by": ended[0].preset})
    elif text:
        print(text)
    return 0 if text else 1


def _whole(name: str) -> str:
    return str(Path(name).expanduser().absolute())


def _preset(services: Services, name: str, engine: Engine) -> Preset:
    """The one that is named, or that the tool of that name would take there. Raises NotFound."""
    if "." in name:
        return services.registry.find(name)
    presets = services.registry.require(find_tool(name))
    catalog = engine.catalog
    return next((one for one in presets if catalog is None or not one.missing(catalog)), presets[0])
