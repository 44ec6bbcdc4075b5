"""What the doctor looks at: folders, engines, presets. Each finding is a sentence and, where one helps, a fix."""

from __future__ import annotations

import asyncio
import logging
import shutil
from collections.abc import Mapping
from dataclasses import dataclass

from oelala_desktop.domain.advising import left_out
from oelala_desktop.domain.engine_kinds import SKETCH
from oelala_desktop.domain.errors import EngineError, EngineUnreachable, OelalaError
from oelala_desktop.domain.preset import Missing, Preset
from oelala_desktop.services.engines.all import BUILT_IN, EnginePool
from oelala_desktop.services.engines.engine import Engine
from oelala_desktop.services.files.writable import check_takes_files
from oelala_desktop.services.presets.registry import ToolRegistry
from oelala_desktop.services.queue.inability import Inability
from oelala_desktop.storage.jobs import JobStore
from oelala_desktop.storage.paths import Paths

from .damage import HOW_TO_LOOK, damage_so_far

log = logging.getLogger(__name__)

_SOCKET_TIME = 5.0  # seconds that a socket may take to open
_ROOM = 2 * 2**30  # bytes that should be free in the output folder

_FIXES = {
    "refused": "Start ComfyUI on that machine (python main.py --listen for another machine), or give its address "
    "with --engine http://HOST:PORT.",
    "name": "Check the spelling of the host's name, or use its number address.",
    "tls": "Use the address that the certificate is made for, or give its authority's file: "
    "oelala servers add NAME https://HOST:PORT --ca FILE.pem",
    "tls_name": "Use the name that the certificate is made for, or have one made that names this address too.",
    "tls_date": "Look at the clock here and at the certificate's dates there.",
    "wants_tls": "Give the address with https://.",
    "sign_in": "Get a token or header for programs from whoever runs that proxy: "
    "oelala servers add NAME URL --token-file FILE",
    "no_socket": "For nginx: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; "
    'proxy_set_header Connection "upgrade";',
    "not_tls": "Give the address with http:// or, for https, that of the proxy before the server.",
    "auth": "Give the token or header that the server wants: oelala servers add NAME URL --token-file FILE",
    "timeout": "Check that nothing between here and there (firewall, VPN) swallows the connection.",
    "not_comfyui": "Another program listens there; give ComfyUI's own address and path.",
    "too_old": "Update ComfyUI: git pull in its folder, then pip install -r requirements.txt.",
    "closed": "The server, or a proxy before it, ended the connection; look into its log.",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """`level`: ok, note or problem."""

    level: str
    what: str
    fix: str = ""


async def check_health(
    paths: Paths, engines: EnginePool, registry: ToolRegistry, store: JobStore, engine: str
) -> list[Finding]:
    """`engine` as on the command line. Never raises for what it finds."""
    findings = await asyncio.to_thread(_folders, paths)
    damage = await damage_so_far(store)
    findings += [Finding("note", damage, HOW_TO_LOOK)] if damage else []
    findings += [Finding("problem", fault, "Mend the preset's files or remove them.") for fault in registry.faults]
    if engine.casefold() != SKETCH:
        optional = engine.casefold() == "auto"
        asked = engines.named(engines.default_url) if optional else engines.of_this_run(engine)
        findings += await _engine(asked, registry, store, optional=optional)
    if engine.casefold() in ("auto", SKETCH):
        findings += await _engine(engines.for_ref(BUILT_IN), registry, store, optional=False)
    return findings


def _folders(paths: Paths) -> list[Finding]:
    out = []
    for name, folder in (("data", paths.data), ("output", paths.output)):
        try:
            check_takes_files(folder)
            free = shutil.disk_usage(folder).free
        except OSError as error:
            out.append(Finding("problem", f"The {name} folder {folder} cannot be written: {error.strerror}."))
            continue
        level = "ok" if free >= _ROOM else "problem"
        out.append(Finding(level, f"The {name} folder {folder} has {free / 2**30:.1f} GiB free."))
    return out


async def _engine(engine: Engine, registry: ToolRegistry, store: JobStore, *, optional: bool) -> list[Finding]:
    try:
        await engine.connect()
    except EngineUnreachable as error:
        level = "note" if optional else "problem"
        return [Finding(level, error.message, _FIXES.get(error.kind, ""))]
    except OelalaError as error:
        return [Finding("problem", error.message)]
    about, catalog = engine.about, engine.catalog
    if about is None or catalog is None:
        return [Finding("problem", f"{engine.name} answers but does not say what it can run.")]
    devices = ", ".join(about.devices) or "no device named"
    version = f"{about.words.program}, " if about.words.program else ""
    out = [Finding("ok", f"{engine.name} answers ({version}{devices}, {len(catalog.classes)} node classes).")]
    trouble = await engine.socket_of(_SOCKET_TIME)
    if trouble:
        out.append(Finding("note", trouble, _FIXES["no_socket"]))
    if all(name == "cpu" for name in about.devices) and engine.is_ai:
        out.append(Finding("note", "It runs on the processor alone: a video takes hours.", "Start it without --cpu."))
    presets = [preset for preset in registry.by_tool() if preset.sketch != engine.is_ai]
    lacking = [preset.missing(catalog) for preset in presets]
    lists = await _lists(engine) if any(m.kind == "model" for found in lacking for m in found) else {}
    out += [_preset(preset, missing, lists) for preset, missing in zip(presets, lacking, strict=True)]
    return out + await _left_out(engine, store, registry)


async def _left_out(engine: Engine, store: JobStore, registry: ToolRegistry) -> list[Finding]:
    """Parts that have failed there."""
    unable = await Inability(store, registry.find).known(engine.ref)
    parts = {
        part.class_type: part for preset in registry.by_tool() for part in preset.optional if part.class_type in unable
    }
    return [
        Finding(
            "note",
            str(left_out(part, engine.name, unable[class_type])),
            f"Mend it there (ComfyUI's log has the whole error), then ask for it once: --set {part.key}=true",
        )
        for class_type, part in parts.items()
    ]


Lists = Mapping[str, tuple[str, ...]]


async def _lists(engine: Engine) -> Lists:
    try:
        return await engine.port.model_files()
    except EngineError as error:
        log.info("no lists of models: %s", error)
        return {}


def _preset(preset: Preset, missing: tuple[Missing, ...], lists: Lists) -> Finding:
    if not missing:
        return Finding("ok", f"{preset.id} can run.")
    moves = _moves(preset, lists)
    fixes = dict.fromkeys(moves.get(m.name, m.fix) if m.kind == "model" else m.fix for m in missing)
    return Finding("note", f"{preset.id} lacks {'; '.join(map(str, missing))}.", "\n".join(fixes))


def _moves(preset: Preset, lists: Lists) -> dict[str, str]:
    """What to do about models that are there, but where no loader looks for them."""
    moves = {}
    for model in preset.models:
        place = model.misplaced(lists)
        if place is not None:
            folder, name = place
            moves[model.file] = f"{name} lies in models/{folder}; move it to models/{model.folder}."
    return moves
