"""A LoRA that was trained, put where a server on this machine finds it."""

from __future__ import annotations

import asyncio
import filecmp
import shutil
from pathlib import Path
from urllib.parse import urlsplit

from oelala_desktop.domain.address import is_loopback
from oelala_desktop.domain.errors import CannotSave
from oelala_desktop.storage.whole_file import part_of

from .engine import Engine

_FOLDER = "loras"


async def put_lora(engine: Engine, lora: Path, name: str) -> str:
    """Copies it among the engine's LoRAs, under that name or one with a number behind it, and has the engine's lists
    read anew; returns the engine's name for it. Raises CannotSave with a sentence that says where to put it by hand,
    where that folder is not known to be of this machine, or does not take it."""
    by_hand = f"Put {lora.name} into the folder models/loras of {engine.name}; it is there to choose after that."
    host = urlsplit(engine.state.url or engine.ref.url).hostname or ""
    folders = await engine.port.model_folders(_FOLDER) if is_loopback(host) else ()
    listed = (await engine.port.model_files()).get(_FOLDER, ()) if folders else ()
    folder = await asyncio.to_thread(_own_folder, folders, listed)
    if folder is None:
        raise CannotSave(by_hand)
    try:
        target = await asyncio.to_thread(_copied, lora, folder, name)
    except OSError as error:
        raise CannotSave(f"{folder} does not take it: {error.strerror or error}. {by_hand}") from error
    await engine.relearn()
    return target.name


def _own_folder(folders: tuple[str, ...], listed: tuple[str, ...]) -> Path | None:
    """The first of them that lies here. A server behind a tunnel, or in a container, may have another of that name: it
    counts when what the server lists lies in it."""
    plain = [name.replace("\\", "/") for name in listed]
    there = [folder for folder in map(Path, folders) if folder.is_absolute() and folder.is_dir()]
    if not plain:
        return next((folder for folder in there if not any(folder.glob("*.safetensors"))), None)
    return next((folder for folder in there if any((folder / name).is_file() for name in plain)), None)


def _copied(lora: Path, folder: Path, name: str) -> Path:
    """One that lies there already with the same bytes is taken as it is. Raises OSError."""
    number = 1
    while True:
        behind = f" {number}" if number > 1 else ""
        target = folder / f"{name}{behind}{lora.suffix}"
        if not target.exists():
            break
        if filecmp.cmp(target, lora, shallow=False):
            return target
        number += 1
    part = part_of(target)
    try:
        shutil.copyfile(lora, part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return target
