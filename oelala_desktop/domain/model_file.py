"""A model that a preset loads, and which of a server's files stands for it where nobody chose one."""

from __future__ import annotations

import fnmatch
import glob
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from .models import family, find_pairs, partner, quantisation
from .spelling import match_name

_TELLING = 8  # characters besides the stars from which on a pattern tells a file among those of every kind


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A model that the graph loads. `prefer` are patterns of file names, or with a slash of whole paths, best first;
    `key` is the setting that chooses it."""

    into: tuple[str, ...]
    folder: str
    file: str
    prefer: tuple[str, ...]
    source: str = ""
    key: str | None = None

    def ranks(self, choices: tuple[str, ...]) -> dict[str, int]:
        """Those of the server's names that will do -> how well, 0 is best. Weights for another task or of another size
        are not among them, whatever else they are called."""
        found: dict[str, int] = {}
        for name in choices:
            path = name.replace("\\", "/").casefold()
            file = path.rsplit("/", 1)[-1]
            for rank, pattern in enumerate(self.prefer):
                if fnmatch.fnmatchcase(path if "/" in pattern else file, pattern.casefold()):
                    if self._serves(name):
                        found[name] = rank
                    break
        return found

    def _serves(self, name: str) -> bool:
        return all(a is None or b is None or a == b for a, b in zip(family(name), family(self.file), strict=True))

    def best(self, choices: tuple[str, ...]) -> str | None:
        """The most preferred of the server's names, or None; of those alike the very file, wherever others lie."""
        ranks = self.ranks(choices)
        return min(ranks, key=lambda name: (ranks[name], not self.is_very(name)), default=None)

    def is_very(self, name: str) -> bool:
        """Whether a server's name is that of the very file, folders and all."""
        return name.replace("\\", "/") == self.file.replace("\\", "/")

    def misplaced(self, lists: Mapping[str, tuple[str, ...]]) -> tuple[str, str] | None:
        """(folder, name) of a file that would do, in another folder than its own; None if there is none. `lists` are
        file names by folder. LoRAs have names so like their models' that only the very file counts among them, and a
        loose pattern, good enough among files of one kind, says nothing of others."""
        exact = replace(self, prefer=(glob.escape(self.file),))
        like = replace(self, prefer=tuple(p for p in self.prefer if len(p.replace("*", "")) >= _TELLING))
        for wanted, passed_over in ((exact, ()), (like, ("loras",))):
            for folder, names in lists.items():
                found = None if folder in (self.folder, *passed_over) else wanted.best(names)
                if found is not None:
                    return folder, found
        return None


_Lists = Mapping[ModelFile, tuple[str, ...]]


def choose(lists: _Lists, given: Mapping[str, Any]) -> dict[ModelFile, str]:
    """What stands for each model that `given` (by setting) does not choose, of the server's names in `lists`. The two
    halves of a model are chosen together: never one's high with another's low."""
    out = {model: name for model, choices in lists.items() if (name := model.best(choices)) is not None}
    for high, low in _halves(lists):
        out.pop(high, None)
        out.pop(low, None)
        out |= _whole(high, low, lists, given)
    return {model: name for model, name in out.items() if not _wish(model, given)}


def lacks(lists: _Lists, given: Mapping[str, Any]) -> list[ModelFile]:
    """The models that neither `given` nor the server has. Where no two halves fit each other, those are missed that are
    not the very file."""
    chosen = choose(lists, given)
    return [
        model
        for model, choices in lists.items()
        if model not in chosen and not _wish(model, given) and match_name(model.file, choices) is None
    ]


def _wish(model: ModelFile, given: Mapping[str, Any]) -> str:
    return str(given.get(model.key) or "") if model.key else ""


def _halves(lists: _Lists) -> Iterator[tuple[ModelFile, ModelFile]]:
    by_file = {model.file: model for model in lists}
    for pair in find_pairs(by_file):
        yield by_file[pair.high], by_file[pair.low]


def _whole(high: ModelFile, low: ModelFile, lists: _Lists, given: Mapping[str, Any]) -> dict[ModelFile, str]:
    for one, other in ((high, low), (low, high)):
        wish = _wish(one, given)
        if wish:  # what a person chose decides over its other half, which may yet be called as it likes
            mate = partner(match_name(wish, lists[one]) or wish, lists[other]) or other.best(lists[other])
            return {} if mate is None else {other: mate}
    highs, lows = high.ranks(lists[high]), low.ranks(lists[low])
    both = (*lists[high], *lists[low])
    for pairs in (find_pairs(both), find_pairs(both, any_quantisation=True)):
        fitting = [pair for pair in pairs if pair.high in highs and pair.low in lows]
        if fitting:
            own = quantisation(high.file)
            # the very files of those alike, else the first
            best = min(
                fitting,
                key=lambda p: (
                    max(highs[p.high], lows[p.low]),
                    quantisation(p.high) != own,
                    not (high.is_very(p.high) and low.is_very(p.low)),
                ),
            )
            return {high: best.high, low: best.low}
    return {}
