"""Deleting with time to think: out of sight at once, into the system's trash ten seconds later, and not if undone."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Iterable, Mapping, Sequence

from oelala_desktop.domain.errors import NotFound
from oelala_desktop.domain.events import NoticePosted
from oelala_desktop.domain.media import Deletion, MediaItem
from oelala_desktop.services.loop.bus import Bus
from oelala_desktop.services.loop.clock import CLOCK, Clock
from oelala_desktop.services.loop.tasks import TaskScope
from oelala_desktop.storage.media import MediaStore
from oelala_desktop.storage.media_writing import Stamp
from oelala_desktop.storage.presence import Presence

from .announcing import Announcer
from .folders import look

log = logging.getLogger(__name__)

#: seconds until a deletion becomes one
DELAY = 10.0


class Trash:
    def __init__(
        self,
        store: MediaStore,
        bus: Bus,
        scope: TaskScope,
        announcer: Announcer,
        presence: Presence,
        delay: float,
        clock: Clock = CLOCK,
    ) -> None:
        self._store = store
        self._bus = bus
        self._scope = scope
        self._announcer = announcer
        self._presence = presence
        self._delay = delay
        self._clock = clock
        self._pending: dict[str, dict[int, Stamp]] = {}

    async def hide(
        self, items: Sequence[MediaItem], kept: tuple[MediaItem, ...], along: Sequence[MediaItem] = ()
    ) -> Deletion:
        """`along` are files that belong to the chosen ones: they go and come back with them, and are not counted."""
        stamps = await self._store.stamps([item.id for item in (*items, *along)])
        hidden = await self._store.hide(list(stamps), self._presence.me)
        uncounted = {item.id for item in along}
        ids = tuple(item_id for item_id in hidden if item_id not in uncounted)
        deletion = Deletion(secrets.token_urlsafe(9), ids, self._clock.wall() + self._delay, kept)
        if hidden:
            self._pending[deletion.token] = {item_id: stamps[item_id] for item_id in hidden}
            self._announcer.tell(removed=hidden)
            self._scope.start(self._delete_later(deletion.token), "delete")
        return deletion

    async def show_abandoned(self) -> None:
        """What a process was about to delete that is no more stays. What another one hides, which may still be undone
        there, stays hidden. To be called before anything is hidden here."""
        hidden = await self._store.hidden()
        me = self._presence.me
        alive = {owner: owner != me and self._presence.is_alive(owner) for owner in set(hidden.values())}
        await self._store.show([item_id for item_id, owner in hidden.items() if not alive[owner]])

    async def undo(self, token: str) -> tuple[int, ...]:
        """Raises NotFound when it is too late."""
        stamps = self._pending.pop(token, None)
        if stamps is None:
            raise NotFound("It is too late to undo this; the files are in the trash of your system.")
        await self.show(stamps)
        return tuple(stamps)

    async def show(self, ids: Iterable[int]) -> None:
        self._announcer.tell(added=await self._store.show(list(ids)))

    async def _delete_later(self, token: str) -> None:
        await self._clock.sleep(self._delay)
        stamps = self._pending.pop(token, None)
        if stamps is not None:
            await self._delete(stamps)

    async def flush(self) -> None:
        """All that is pending goes now."""
        while self._pending:
            _, stamps = self._pending.popitem()
            await self._delete(stamps)

    async def _delete(self, stamps: Mapping[int, Stamp]) -> None:
        """`stamps` tell the files that were chosen from others that have taken their names since."""
        items = await self._store.many(list(stamps))
        failed = await asyncio.to_thread(_send_all, [(item, stamps[item.id]) for item in items])
        await self._store.remove([item.id for item in items if item.id not in failed])
        if failed:
            await self.show(failed)
            text = next(iter(failed.values()))
            more = f" {len(failed) - 1} more could not be moved either." if len(failed) > 1 else ""
            self._bus.publish(NoticePosted("error", text + more))


def _send_all(files: Iterable[tuple[MediaItem, Stamp]]) -> dict[int, str]:
    """Ids of files that stay, with the reason. A file that was replaced since is none of those that were chosen."""
    from send2trash import send2trash

    failed = {}
    for item, stamp in files:
        now = look(item.path)
        if now == "gone":
            continue
        if now != stamp:
            failed[item.id] = f"{item.name} was changed by another program meanwhile, so it was not deleted."
            continue
        try:
            send2trash(item.path)
        except (OSError, ValueError) as error:
            log.warning("trash: %s", error)
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            failed[item.id] = f"{item.name} could not be moved to the trash: {reason}."
    return failed
