"""What a model's file name tells: which pass it serves, its partner, its family, its quantisation."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from .model_words import doubtful_marks, extension_of, marks, parts_of, without_marks, words_of
from .obstacle import Said

_WAN = re.compile(r"(wan) ?2[ .]?([12])(?!\d)")  # one family, spelt in many ways
#: what training and publishing count: epoch, step, rank, date, version
_COUNTED = re.compile(
    r"(e|ep|epochs?|steps?|s|rank|r|dim)\d+|(?!480$|540$|720$|1080$)\d{2,}|v(er|ersion)?\d+(\.\d+)*|\d+(e|ep|epochs?)"
    r"|e|ep|epochs?|steps?|rank|dim|v|ver|version"
)
_QUANT = re.compile(r"i?q\d(_[a-z0-9]+)*|fp8|fp16|bf16|fp32|fp4|nvfp4|mxfp[48]|int8", re.IGNORECASE)
_QUANT_DETAIL = re.compile(r"e[45]m[23](fn)?|scaled|mixed")
_TASKS = ("ti2v", "i2v", "t2v")


@dataclass(frozen=True, slots=True)
class ModelPair:
    """A high-noise file and the low-noise file that belongs to it; `name` is what their names share."""

    name: str
    high: str
    low: str


def noise_pass(path: str) -> str | None:
    """ "high", "low" or None. A word must stand alone (slow_motion, yellow and highlight mark nothing), and the file's
    own name goes before its folders'."""
    for part in reversed(parts_of(path)):
        sides = set(marks(words_of(part)).values())
        if sides:
            return sides.pop() if len(sides) == 1 else None
    return None


def display_name(path: str) -> str:
    """The file name in words, pass words left out: what a person calls the model."""
    return " ".join(without_marks(words_of(parts_of(path)[-1]))) or path


_Key = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class _Reading:
    """One way to read a path: the pass it serves and what is left of the name. `folders` are compared too, so that a
    high file and a low one of different folders are no pair."""

    path: str
    side: str
    folders: _Key
    words: tuple[str, ...]

    def key(self) -> _Key:
        return (*self.folders, tuple(_WAN.sub(r"\g<1>2.\2", " ".join(self.words).lower()).split(" ")))

    def uncounted(self) -> _Key | None:
        return self._without(_COUNTED)

    def unquantised(self) -> _Key | None:
        return self._without(_QUANT, _QUANT_DETAIL)

    def _without(self, *kinds: re.Pattern[str]) -> _Key | None:
        """None if nothing is left."""
        words = self.key()[-1]
        left = tuple(w for w in words if w and not any(kind.fullmatch(w.strip("\0")) for kind in kinds))
        return (*self.folders, left) if left else None


def _readings(path: str) -> Iterator[_Reading]:
    *folders, name = map(words_of, parts_of(path))
    places = tuple(tuple(word.lower() for word in without_marks(folder)) for folder in folders)
    side = noise_pass(path)
    if side is not None:
        yield _Reading(path, side, places, tuple(without_marks(name)))
    else:
        for side, words in doubtful_marks(name):
            yield _Reading(path, side, places, tuple(words))


def find_pairs(paths: Iterable[str], *, any_quantisation: bool = False) -> tuple[ModelPair, ...]:
    """All high/low pairs, in the order of the high files: what remains of both paths is the same. Epoch, step, rank,
    date and version may differ where one high and one low are left that differ in nothing else; so may the
    quantisation if that is wished."""
    return _find_pairs(tuple(dict.fromkeys(paths)), any_quantisation)


@lru_cache(32)  # asked at every key that is pressed, of lists that seldom change
def _find_pairs(paths: tuple[str, ...], any_quantisation: bool) -> tuple[ModelPair, ...]:
    readings = [reading for path in paths for reading in _readings(path)]
    order = {reading.path: at for at, reading in reversed(list(enumerate(readings)))}
    found = _equal(readings)
    _add_only(found, readings, _Reading.uncounted)
    if any_quantisation:
        _add_only(found, readings, _Reading.unquantised)
    return tuple(found[high] for high in sorted(found, key=lambda path: order[path]))


def _equal(readings: Iterable[_Reading]) -> dict[str, ModelPair]:
    """By high file."""
    lows = defaultdict(list)
    for reading in readings:
        if reading.side == "low":
            lows[reading.key()].append(reading.path)
    found: dict[str, ModelPair] = {}
    for reading in readings:
        fitting = lows.get(reading.key(), ()) if reading.side == "high" else ()
        if fitting and reading.path not in found:
            found[reading.path] = _pair(reading, _likest(reading.path, fitting))
    return found


def _likest(high: str, lows: Sequence[str]) -> str:
    """Of several that fit, one of the same kind of file, and spelt most alike."""
    kind, back = extension_of(high), high[::-1]

    def likeness(low: str) -> tuple[bool, int]:
        return extension_of(low) == kind, _begin_alike(high, low) + _begin_alike(back, low[::-1])

    return max(lows, key=likeness)


def _begin_alike(one: str, other: str) -> int:
    """For how many characters."""
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _add_only(
    found: dict[str, ModelPair], readings: Iterable[_Reading], key_of: Callable[[_Reading], _Key | None]
) -> None:
    """Pairs of one high and one low that are left alone with their key."""
    taken = {*found, *(pair.low for pair in found.values())}
    groups: dict[_Key, list[_Reading]] = defaultdict(list)
    for reading in readings:
        key = key_of(reading)
        if key is not None and reading.path not in taken:
            groups[key].append(reading)
    for group in groups.values():
        if sorted(reading.side for reading in group) == ["high", "low"]:
            high, low = sorted(group, key=lambda reading: reading.side)
            found[high.path] = _pair(high, low.path)


def _pair(high: _Reading, low: str) -> ModelPair:
    name = " ".join(filter(None, (word.replace("\0", "") for word in high.words)))
    return ModelPair(name or high.path, high.path, low)


def partner(path: str, paths: Iterable[str]) -> str | None:
    """The other half of `path` among `paths`."""
    for pair in find_pairs((path, *paths)):
        if path in (pair.high, pair.low):
            return pair.low if path == pair.high else pair.high
    return None


def passes_of(paths: Iterable[str]) -> dict[str, str | None]:
    """The pass that each serves, also where its name tells only beside that of its other half."""
    passes = {path: noise_pass(path) for path in paths}
    for pair in find_pairs(passes):
        passes[pair.high], passes[pair.low] = "high", "low"
    return passes


def low_half(high: str, paths: Iterable[str]) -> str | None:
    """The low half of `high` among `paths`; None if it is the high half of nothing there."""
    return next((pair.low for pair in find_pairs((high, *paths)) if pair.high == high), None)


def may_be_half(path: str) -> bool:
    """Whether its name marks a pass, or would beside that of its other half."""
    return next(_readings(path), None) is not None


def folder_of(path: str) -> str:
    """The folder part of a server's model name, "" at the root; either separator."""
    parts = re.split(r"[\\/]", path)
    return "/".join(parts[:-1])


def family(path: str) -> tuple[str | None, str | None]:
    """(task, size): ("i2v"|"t2v"|"ti2v"|None, "5b"|"14b"|"1.3b"|None). The file's own name goes before its folders',
    a word of its own before one that is part of another; who names both tasks alike serves either."""
    task = size = None
    for part in reversed(parts_of(path)):
        words = [word.lower() for word in words_of(part)]
        task = task or _task(words)
        bare = {word[1:] if word.startswith("a") else word for word in words}  # the makers call 14B "A14B"
        size = size or next((s for s in ("14b", "5b", "1.3b") if s in bare), None)
    return task, size


def _task(words: list[str]) -> str | None:
    for named in (words, re.findall(r"ti2v|i2v|t2v", " ".join(words))):
        tasks = {word for word in named if word in _TASKS}
        if tasks:
            return tasks.pop() if len(tasks) == 1 else None
    return None


def quantisation(path: str) -> str | None:
    """ "q6_k", "fp8", …, or None. A marker may be glued to it."""
    for word in words_of(parts_of(path)[-1]):
        found = _QUANT.match(word)
        if found:
            return found[0].lower()
    return None


def pair_warnings(high: str | None, low: str | None, *, task: str) -> tuple[Said, ...]:
    """What to say of a model pair that runs without an error and gives rubbish. `task` is "i2v" or "t2v"."""
    if not high or not low:
        return (Said("pair_half", {"missing": "low" if high else "high"}),) if (high or low) else ()
    out = []
    (high_task, high_size), (low_task, low_size) = family(high), family(low)
    wrong = "t2v" if task == "i2v" else "i2v"
    if wrong in (high_task, low_task):
        out.append(Said("pair_task", {"kind": "text to video" if wrong == "t2v" else "image to video"}))
    if high_size != low_size and high_size and low_size:
        out.append(Said("pair_size", {"high": high_size.upper(), "low": low_size.upper()}))
    if quantisation(high) != quantisation(low):
        out.append(Said("pair_quantised"))
    if noise_pass(high) == "low" or noise_pass(low) == "high" or any(p.high == low for p in find_pairs((high, low))):
        out.append(Said("pair_swapped"))
    return tuple(out)
