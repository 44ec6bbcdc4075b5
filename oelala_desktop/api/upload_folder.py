"""Where uploads lie while their request lasts: a folder of its own under the home folder, swept if we are killed."""

from __future__ import annotations

import asyncio
import re
import secrets
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from oelala_desktop.domain.errors import CannotSave
from oelala_desktop.domain.job import Owner
from oelala_desktop.storage.presence import Presence


@asynccontextmanager
async def upload_folder(home: Path, presence: Presence) -> AsyncIterator[Path]:
    """A folder for one request's files, named after this process so that a later start can tell whose it was."""
    folder = home / f"{presence.me.lock}-{secrets.token_hex(6)}"
    try:
        await asyncio.to_thread(folder.mkdir, mode=0o700, parents=True)
    except OSError as error:
        raise CannotSave(f"Uploads cannot be kept in {home.name}: {error.strerror}.") from error
    try:
        yield folder
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


def sweep_uploads(home: Path, presence: Presence) -> None:
    """Removes what processes that are gone left behind."""
    for folder in home.iterdir() if home.is_dir() else ():
        match = re.fullmatch(r"(p?[0-9a-f]+)-([0-9.]+-)?[0-9a-f]+", folder.name)
        if match and not presence.is_alive(Owner(match[1], "" if match[1].isdecimal() else presence.me.boot)):
            shutil.rmtree(folder, ignore_errors=True)
