"""The library as the grid sees it: the ids of everything that the filter shows, and the items around the view."""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from pathlib import Path

from oelala_desktop.domain.media import MediaItem
from oelala_desktop.ui import wording
from oelala_desktop.ui.gallery.items import GridItem, Section

#: items kept in memory; some hundred screens' worth
CAPACITY = 4000
#: lookups by key from which an index over the whole list is worth its making
_FEW = 8


def key_of(item_id: int) -> str:
    return str(item_id)


def id_of(key: str) -> int:
    return int(key)


def grid_item(item: MediaItem) -> GridItem:
    parts = [wording.size(item.width, item.height)] if item.width and item.height else []
    parts.append(wording.file_size(item.size))
    return GridItem(
        key_of(item.id),
        item.name,
        item.kind,
        wording.seconds(item.length) if item.length else "",
        item.is_sketch,
        item.has_prompt,
        item.favorite,
        " · ".join(parts),
        wording.day_and_time(item.modified),
        item.has_sound,
    )


def headings(days: Sequence[tuple[dt.date, int]], total: int, today: dt.date) -> tuple[Section, ...]:
    """ "Today", "Yesterday", the days of the last week, then months. `days` are in the order of the list; their counts
    are made to add up to `total`, should files have come between the two questions."""
    counts: list[tuple[str, int]] = []
    for day, count in days:
        title = heading(day, today)
        if counts and counts[-1][0] == title:
            counts[-1] = (title, counts[-1][1] + count)
        else:
            counts.append((title, count))
    sections, left = [], total
    for title, count in counts:
        sections.append(Section(title, min(count, left)))
        left -= min(count, left)
    if left:
        title = sections.pop().title if sections else ""
        sections.append(Section(title, left + (counts[-1][1] if counts else 0)))
    return tuple(sections)


def heading(day: dt.date, today: dt.date) -> str:
    ago = (today - day).days
    if ago <= 0:
        return "Today"
    if ago == 1:
        return "Yesterday"
    if ago < 7:
        return f"{day:%A}"
    return f"{day:%B %Y}"


class LibraryProvider:
    """A GridProvider over ids; keys are ids as text. `put` gives the items that `missing` named."""

    def __init__(self) -> None:
        self._ids: list[int] = []
        self._index: dict[int, int] | None = None
        self._looked_up = 0
        self._sections: tuple[Section, ...] = ()
        self._items: OrderedDict[int, MediaItem] = OrderedDict()
        self._cells: dict[int, GridItem] = {}
        self._stale: set[int] = set()

    # what the grid asks

    def count(self) -> int:
        return len(self._ids)

    def sections(self) -> Sequence[Section]:
        return self._sections or (Section("", len(self._ids)),)

    def item(self, index: int) -> GridItem | None:
        return self._cells.get(self._ids[index])

    def key(self, index: int) -> str | None:
        return key_of(self._ids[index]) if 0 <= index < len(self._ids) else None

    def index_of(self, key: str) -> int:
        wanted = id_of(key)
        if self._index is None:
            self._looked_up += 1
            if self._looked_up <= _FEW:  # a list that changes all the time is hardly looked into
                return self._ids.index(wanted) if wanted in self._ids else -1
            self._index = {item_id: at for at, item_id in enumerate(self._ids)}
        return self._index.get(wanted, -1)

    def path(self, key: str) -> Path | None:
        item = self._items.get(id_of(key))
        return Path(item.path) if item else None

    # what fills it

    @property
    def ids(self) -> Sequence[int]:
        return self._ids

    def media(self, key: str) -> MediaItem | None:
        """The item of `key` if it is loaded."""
        return self._items.get(id_of(key)) if key else None

    def set_order(self, ids: list[int], sections: Sequence[Section] = ()) -> None:
        self._ids = ids
        self._index = None
        self._looked_up = 0
        self._sections = tuple(sections)

    def remove(self, ids: Iterable[int]) -> None:
        """Takes items out at once, before the library has said how the list looks now."""
        gone = set(ids)
        kept, sections, at = [], [], 0
        for section in self.sections():
            part = [item_id for item_id in self._ids[at : at + section.count] if item_id not in gone]
            at += section.count
            kept += part
            sections.append(Section(section.title, len(part)))
        self.set_order(kept, sections)

    def missing(self, first: int, end: int) -> list[int]:
        """Ids within a stretch whose items are not here or no longer true."""
        part = self._ids[max(0, first) : end]
        return [item_id for item_id in part if item_id not in self._items or item_id in self._stale]

    def put(self, items: Iterable[MediaItem]) -> list[MediaItem]:
        """Takes loaded items; returns those whose file is another than the one known before."""
        replaced = []
        for item in items:
            before = self._items.get(item.id)
            if before is not None and (before.modified, before.size) != (item.modified, item.size):
                replaced.append(item)
            self._items[item.id] = item
            self._items.move_to_end(item.id)
            self._cells[item.id] = grid_item(item)
            self._stale.discard(item.id)
        while len(self._items) > CAPACITY:
            gone, _ = self._items.popitem(last=False)
            del self._cells[gone]
        return replaced

    def doubt(self, ids: Iterable[int]) -> None:
        """Items that changed: what is known of them is shown until they are loaded again."""
        self._stale.update(item_id for item_id in ids if item_id in self._items)

    def forget(self, ids: Iterable[int]) -> None:
        for item_id in ids:
            self._items.pop(item_id, None)
            self._cells.pop(item_id, None)
            self._stale.discard(item_id)
