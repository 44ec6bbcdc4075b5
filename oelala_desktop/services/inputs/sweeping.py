"""What was given and is named by nobody any more goes, once a day at most."""

from __future__ import annotations

import asyncio
import logging

from oelala_desktop.domain.inputs import names_in
from oelala_desktop.domain.tool import TOOLS
from oelala_desktop.services.settings.known import form_of
from oelala_desktop.services.settings.store import Settings
from oelala_desktop.storage.jobs import JobStore

from .store import InputStore

log = logging.getLogger(__name__)
_FLAG = "inputs swept"
_PAUSE = 86_400.0  # seconds


async def sweep_inputs(store: InputStore, jobs: JobStore, settings: Settings, now: float) -> int:
    """How many went. Nothing does while a job cannot be read: nobody knows what it names."""
    last = await jobs.flag(_FLAG)
    if last is not None and 0 <= now - _number(last) < _PAUSE:
        return 0
    named = None if await jobs.set_aside() else await jobs.inputs_named()
    if named is None:
        return 0
    for tool in TOOLS:
        for value in settings.get(form_of(tool)).values():
            named |= set(names_in(value))
    gone = await asyncio.to_thread(store.sweep, named, now)
    await jobs.set_flag(_FLAG, str(now))
    log.info("%d kept inputs that nobody names are gone", gone)
    return gone


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
