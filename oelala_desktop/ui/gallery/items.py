"""What the grid shows and where it gets it from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol


class GridItem(NamedTuple):
    """`kind` is "video" or "image"; `badge` the length in words ("5.1 s"), empty for a picture. `facts` ("848 × 480 ·
    4.2 MB") and `date` stand in the list; `has_sound` is marked beside the length."""

    key: str
    name: str
    kind: str = "video"
    badge: str = ""
    sketch: bool = False
    has_prompt: bool = False
    favorite: bool = False
    facts: str = ""
    date: str = ""
    has_sound: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of `count` items under a heading such as "Today"; an empty title has no heading."""

    title: str
    count: int


class GridProvider(Protocol):
    """A window onto a list of any length. All of it must answer at once, from memory."""

    def count(self) -> int: ...

    def sections(self) -> Sequence[Section]:
        """Headings in order; their counts add up to count()."""

    def item(self, index: int) -> GridItem | None:
        """None while that part of the list is not loaded yet; the provider then says so later."""

    def key(self, index: int) -> str | None:
        """The identity at `index`, None while it is not loaded."""

    def index_of(self, key: str) -> int:
        """Where an item is now, −1 if it is not in the list (or not loaded)."""

    def path(self, key: str) -> Path | None:
        """Its file, for dragging out."""


class ListProvider:
    """A provider over items that are all in memory."""

    def __init__(self, items: Sequence[GridItem] = (), sections: Sequence[Section] = ()) -> None:
        self._items = list(items)
        self._sections = tuple(sections)
        self._index: dict[str, int] | None = None
        self.paths: dict[str, Path] = {}

    def set_items(self, items: Sequence[GridItem], sections: Sequence[Section] = ()) -> None:
        self._items = list(items)
        self._sections = tuple(sections)
        self._index = None

    def count(self) -> int:
        return len(self._items)

    def sections(self) -> Sequence[Section]:
        return self._sections or (Section("", len(self._items)),)

    def item(self, index: int) -> GridItem | None:
        return self._items[index]

    def key(self, index: int) -> str | None:
        return self._items[index].key

    def index_of(self, key: str) -> int:
        if self._index is None:
            self._index = {item.key: at for at, item in enumerate(self._items)}
        return self._index.get(key, -1)

    def path(self, key: str) -> Path | None:
        return self.paths.get(key)
