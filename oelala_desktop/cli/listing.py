"""`oelala presets`, `oelala models` and `oelala doctor`: what there is, what is missing, and the exact fix."""

from __future__ import annotations

import argparse
import asyncio
from typing import Any

from oelala_desktop.bootstrap import Services
from oelala_desktop.domain.catalog import Catalog
from oelala_desktop.domain.models import find_pairs
from oelala_desktop.domain.offer import offer_of, offer_words
from oelala_desktop.services.health.doctor import check_health

from .output import print_json
from .saying import say
from .workflows import add_preset, connected


async def presets(options: argparse.Namespace) -> int:
    async with Services() as services:
        if options.add:
            return await add_preset(services, options)
        engine, catalog = await connected(services, options)
        for fault in services.registry.faults:
            say(fault)
        say(f"On {engine.name}:")
        for preset in services.registry.by_tool():
            missing = preset.missing(catalog)
            row: dict[str, Any] = {
                "id": preset.id,
                "name": preset.name,
                "tool": preset.tool.id,
                "description": preset.description,
                **offer_of(preset),
                "runnable": not missing,
                "missing": [{"kind": m.kind, "name": m.name, "where": m.where, "fix": m.fix} for m in missing],
            }
            if options.json:
                print_json(row)
            else:
                print(f"{'✓' if not missing else '·'} {preset.id:38} {preset.name} – {preset.description}")
                for words in (*offer_words(row), *(f"lacks {m}" for m in missing)):
                    print(f"    {words}")
    return 0


async def models(options: argparse.Namespace) -> int:
    async with Services() as services:
        engine, catalog = await connected(services, options)
        rows = _model_rows(catalog)
        if options.json:
            for row in rows:
                print_json(row)
            return 0
        say(f"On {engine.name}:" if rows else f"{engine.name} has no models.")
        for row in rows:
            print(f"{row['kind']:12} {row['name']}" + (f"  ({row['high']} + {row['low']})" if "high" in row else ""))
    return 0


_LISTS = (
    ("model", (("UNETLoader", "unet_name"), ("UnetLoaderGGUF", "unet_name"))),
    ("checkpoint", (("CheckpointLoaderSimple", "ckpt_name"),)),
    ("vae", (("VAELoader", "vae_name"),)),
    ("text encoder", (("CLIPLoader", "clip_name"),)),
)


def _model_rows(catalog: Catalog) -> list[dict[str, Any]]:
    lists = {
        kind: list(dict.fromkeys(name for spot in spots for name in catalog.choices(*spot) or ()))
        for kind, spots in _LISTS
    }
    rows: list[dict[str, Any]] = [
        {"kind": "pair", "name": pair.name, "high": pair.high, "low": pair.low} for pair in find_pairs(lists["model"])
    ]
    rows += [{"kind": kind, "name": name} for kind, names in lists.items() for name in names]
    return rows + [{"kind": "lora", "name": name} for name in catalog.loras]


async def doctor(options: argparse.Namespace) -> int:
    """0 when a video can be made, 1 when something stands in the way."""
    async with Services() as services:
        findings = await check_health(
            services.paths, services.engines, services.registry, services.store, options.engine
        )
    for finding in findings:
        if options.json:
            print_json({"level": finding.level, "what": finding.what, "fix": finding.fix or None})
            continue
        print(f"{ {'ok': '✓', 'note': '·', 'problem': '✗'}[finding.level] } {finding.what}")
        if finding.fix:
            print("\n".join(f"    {line}" for line in finding.fix.splitlines()))
    await asyncio.sleep(0)
    return 1 if any(f.level == "problem" for f in findings) else 0
