"""Which items are chosen. By identity, so that new items at the top never change what is selected."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


class Selection:
    def __init__(self) -> None:
        self._keys: dict[str, None] = {}  # a set that keeps the order of choosing
        self.current: str | None = None
        self.anchor: str | None = None

    def __contains__(self, key: str) -> bool:
        return key in self._keys

    def __len__(self) -> int:
        return len(self._keys)

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(self._keys)

    def only(self, key: str) -> None:
        self._keys = {key: None}
        self.current = self.anchor = key

    def toggle(self, key: str) -> None:
        if key in self._keys:
            del self._keys[key]
        else:
            self._keys[key] = None
        self.current = self.anchor = key

    def replace(self, keys: Iterable[str]) -> None:
        self._keys = dict.fromkeys(keys)

    def stretch(self, keys: Sequence[str], current: str) -> None:
        """The range from the anchor to `current`, as with Shift; the anchor stays."""
        self._keys = dict.fromkeys(keys)
        self.current = current

    def drop(self, keys: Iterable[str]) -> None:
        """Items that are gone."""
        for key in keys:
            self._keys.pop(key, None)

    def clear(self) -> None:
        self._keys = {}
