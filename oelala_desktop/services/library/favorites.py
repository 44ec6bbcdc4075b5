"""Favourites belong to contents: the mark is set on what is in a file, not on its name."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from oelala_desktop.domain.errors import Unreadable
from oelala_desktop.domain.media import MediaItem
from oelala_desktop.storage.favorites import FavoriteStore, content_hash
from oelala_desktop.storage.media import MediaStore

from .announcing import Announcer


class Favorites:
    def __init__(self, store: MediaStore, marks: FavoriteStore, announcer: Announcer) -> None:
        self._store = store
        self._marks = marks
        self._announcer = announcer

    async def set_marks(self, items: Sequence[MediaItem], on: bool) -> None:
        """Raises Unreadable for a file that cannot be read to the end."""
        contents = await asyncio.to_thread(_hash_all, items)
        sizes = {contents[item.id]: item.size for item in items}
        if on:
            await self._marks.mark(sizes)
        else:
            await self._marks.unmark(sizes)
        alike = await self._alike(sizes, frozenset(item.id for item in items), favorite=not on)
        self._announcer.tell(changed=await self._store.set_favorite([*contents, *alike], on))

    async def _alike(self, sizes: dict[bytes, int], known: frozenset[int], *, favorite: bool) -> list[int]:
        """Other files of the same content."""
        ids = [item_id for item_id in await self._store.of_size(set(sizes.values())) if item_id not in known]
        others = [item for item in await self._store.many(ids) if item.favorite is favorite]
        found = await asyncio.to_thread(_hash_readable, others)
        return [item_id for item_id, digest in found.items() if digest in sizes]


def _hash_all(items: Sequence[MediaItem]) -> dict[int, bytes]:
    found = {}
    for item in items:
        try:
            found[item.id] = content_hash(Path(item.path))
        except OSError as error:
            raise Unreadable(f"{item.name} cannot be read: {error.strerror or error}.") from error
    return found


def _hash_readable(items: Sequence[MediaItem]) -> dict[int, bytes]:
    found = {}
    for item in items:
        try:
            found[item.id] = content_hash(Path(item.path))
        except OSError:
            continue
    return found
