"""Settings in force: read and set at once, written to disk soon after and always before closing."""

from __future__ import annotations

import asyncio
import logging
from typing import Any, TypeVar

from oelala_desktop.domain.errors import CannotSave
from oelala_desktop.domain.events import NoticePosted, SettingChanged
from oelala_desktop.services.loop.bus import Bus
from oelala_desktop.services.loop.clock import CLOCK, Clock
from oelala_desktop.services.loop.tasks import TaskScope
from oelala_desktop.storage.preferences import Preferences

from .known import Setting

log = logging.getLogger(__name__)
T = TypeVar("T")
_NONE: Any = object()
_PAUSE = 0.4  # seconds in which further changes join the same write


class Settings:
    """`set` never waits for the disk."""

    def __init__(self, preferences: Preferences, bus: Bus, scope: TaskScope, clock: Clock = CLOCK) -> None:
        self._preferences = preferences
        self._bus = bus
        self._scope = scope
        self._clock = clock
        self._changes: dict[str, Any] = {}
        self._saving: asyncio.Task[None] | None = None

    def get(self, setting: Setting[T]) -> T:
        """What is set, else its default. It is sound: what is not was set aside when the file was read."""
        value: T = self._changes.get(setting.key, _NONE)
        return self._preferences.get(setting.key, setting.default) if value is _NONE else value

    def set(self, setting: Setting[T], value: T) -> None:
        if self.get(setting) == value:
            return
        self._changes[setting.key] = value
        self._bus.publish(SettingChanged(setting.key, setting.heard_by))
        if self._scope.is_closed:
            return  # closing; `flush` writes it if it comes in time
        if self._saving is None or self._saving.done():
            self._saving = self._scope.start(self._save_soon(), "save settings")

    async def flush(self) -> None:
        """Writes what is not written yet."""
        changes = dict(self._changes)
        if not changes:
            return
        try:
            await asyncio.to_thread(self._preferences.update, changes)
        except CannotSave as error:
            self._bus.publish(NoticePosted("error", error.message))
            return
        for key, value in changes.items():
            if self._changes.get(key) == value:
                del self._changes[key]

    async def _save_soon(self) -> None:
        while self._changes:
            await self._clock.sleep(_PAUSE)
            before = dict(self._changes)
            await self.flush()
            if self._changes == before:
                return  # the disk refuses; the next change tries again
