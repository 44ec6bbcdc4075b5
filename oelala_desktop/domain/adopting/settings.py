"""Steps, sampler, seed, size and whatever else a workflow has values for, each where its value really stands: in front
of the switches, sums and primitives that lead to it.

One setting stands for several nodes only where all of them have the same value now."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from oelala_desktop.domain import graph as edits
from oelala_desktop.domain.field import MAX_SEED
from oelala_desktop.domain.graph_size import LENGTHS, RATES, is_count
from oelala_desktop.domain.savers import prefix_input
from oelala_desktop.domain.size_rule import AMOUNTS
from oelala_desktop.domain.tool import VOCABULARY

from .exposure import Exposure
from .surface import Spot, Surface

#: settings key -> names of inputs that it goes into
_NAMES: Mapping[str, tuple[str, ...]] = {
    "steps": ("steps",),
    "cfg": ("cfg", "cfg_scale"),
    "guidance": ("guidance",),
    "sampler": ("sampler_name",),
    "scheduler": ("scheduler",),
    "shift": ("shift",),
    "denoise": ("denoise",),
    "fps": RATES,
}
_SEEDS = ("seed", "noise_seed")
_SIZES: Mapping[str, tuple[str, ...]] = {
    "width": ("width",),
    "height": ("height",),
    "num_frames": (*LENGTHS, "frames_number", "video_length", "num_video_frames"),
}
_OF_VIDEOS = frozenset({"num_frames", "fps"})
_OF_SIZE = frozenset({*_SIZES, "fps"})
_OF_SAMPLING = frozenset({"steps", "cfg", "guidance", "sampler", "scheduler", "shift"})
#: of sums: what a size is rounded to
_MULTIPLES = frozenset({"multiple", "multiple_of", "divisible_by"})
#: keys that a request has for itself
_TAKEN = frozenset({"preset", "tool", "workflow", "filename", "crop", "denoise", *AMOUNTS})
#: in a form, what has no name of its own in the product
_LABELS = {"width": "Width", "height": "Height", "num_frames": "Frames", "denoise": "Denoise", "filename": "File name"}
_KINDS = {"width": "integer", "height": "integer", "denoise": "number"}
_TYPED = re.compile(r"(?:Float|Int|Boolean|String|Text String|Input Text)\s*[(（](.+)[)）]")
_WHOLE = re.compile(r"[^\w]+")
_BOUND = 1e9  # a setting with larger bounds has none
_LONGEST_LABEL = 60
_FAR = 8  # nodes between a size and the picture that it is taken from
_MOST_BEFORE = 50  # nodes that are looked at for it at each of them


class Naming:
    """Keys that no two settings share, and what each is called: as its author says, else by its node."""

    def __init__(self, surface: Surface, labels: Mapping[Spot, str]) -> None:
        self._surface = surface
        self._labels = labels
        self._used = {*VOCABULARY, *_SIZES, *_TAKEN}
        self._numbers: dict[str, int] = {}

    def key(self, wish: str) -> str:
        wanted = _WHOLE.sub("_", wish.casefold()).strip("_")[:_LONGEST_LABEL] or "setting"
        key, number = wanted, self._numbers.get(wanted, 1)
        while key in self._used:
            number += 1
            key = f"{wanted}_{number}"
        self._numbers[wanted] = number
        self._used.add(key)
        return key

    def is_named(self, spot: Spot) -> bool:
        return bool(self._labels.get(spot))

    def label(self, spot: Spot, *, short: bool = False) -> str:
        """As its author says; else its node's own title for what is all that the node has, else both. `short` leaves
        out a title that nobody gave."""
        told = self._labels.get(spot)
        if told:
            return _spoken(told)
        name = spot.input.rpartition(".")[2].replace("_", " ")
        title = _bare(self._surface.title(spot.node))
        if short and not self._surface.has_title(spot.node) and name != "value":
            return _spoken(name)
        if spot.input in ("value", "text", "string", "prompt", "image", "file", "audio", "video"):
            return title[:_LONGEST_LABEL]
        return f"{title}: {name}"[:_LONGEST_LABEL]


def _bare(title: str) -> str:
    """What a node of one value is called, without its type: "Float (Duration)" is a duration."""
    found = _TYPED.fullmatch(title)
    return found[1] if found else title


def _spoken(label: str) -> str:
    words = label.replace("_", " ").strip()
    return (words[:1].upper() + words[1:])[:_LONGEST_LABEL]


def settings_of(surface: Surface, naming: Naming, output: str) -> Iterator[Exposure]:
    """`output` as the tools have it: what makes no video has no frames to count, by the product's own words."""
    places = list(_places(surface))
    roles, hidden = _roles(surface, places), _hidden(surface, places)
    for key in (*_SIZES, *_NAMES):
        direct = [spot for spot, (role, is_direct) in roles.items() if role == key and is_direct]
        for number, group in enumerate(_alike(surface, direct)):
            is_first = number == 0 and key not in hidden and (output == "video" or key not in _OF_VIDEOS)
            yield _exposed(surface, naming, key if is_first else "", key, group)
        for spot in (spot for spot, (role, is_direct) in roles.items() if role == key and not is_direct):
            if surface.kind(spot) in ("integer", "number", "choice") and spot.input not in _MULTIPLES:
                label = naming.label(spot) if naming.is_named(spot) or spot.input == "value" else _spoken(spot.input)
                yield own(surface, naming, [spot], kept=True, label=label, group="size" if key in _OF_SIZE else "")


def seeds_of(surface: Surface) -> Iterator[Exposure]:
    spots: dict[Spot, None] = {}
    for node in surface.alive:
        for name in surface.inputs(node):
            if name.rpartition(".")[2] in _SEEDS:
                found = (one.spot for one in surface.behind(node, name) if one.is_direct)
                spots |= {spot: None for spot in found if _is_seed(surface.value(spot))}
    if spots:
        first = next(iter(spots))
        yield Exposure("seed", VOCABULARY["seed"].label, tuple(map(surface.target, spots)), surface.value(first))


def names_of(surface: Surface) -> Iterator[Exposure]:
    spots = [
        s
        for s in surface.spots()
        if s.input == prefix_input(surface.type(s.node))
        and isinstance(surface.value(s), str)
        and surface.is_output(s.node)
    ]
    if spots:
        yield Exposure("filename", _LABELS["filename"], tuple(map(surface.target, spots)), surface.value(spots[0]))


def own(
    surface: Surface, naming: Naming, spots: Sequence[Spot], *, kept: bool, label: str = "", group: str = ""
) -> Exposure:
    """A setting that the product does not know; `group` is where it stands in a form."""
    spot = spots[0]
    label = label or naming.label(spot)
    kind = surface.kind(spot)
    return Exposure(
        naming.key(label),
        label,
        tuple(map(surface.target, spots)),
        surface.value(spot),
        kept,
        kind,
        _bounds(surface, spot, kind) | ({"group": group} if group else {}),
    )


def _roles(surface: Surface, places: Sequence[tuple[str, str, str]]) -> dict[Spot, tuple[str, bool]]:
    """Values -> the setting that they are, and whether it arrives as it is. One of several is what comes first."""
    roles: dict[Spot, tuple[str, bool]] = {}
    for wanted in (True, False):
        for key, node, name in places:
            for found in surface.behind(node, name):
                fits = surface.can_hold(found.spot) and (not wanted or _fits(key, surface.value(found.spot)))
                if found.is_direct is wanted and found.is_taken and fits:
                    roles.setdefault(found.spot, (key, wanted))
    return roles


def _places(surface: Surface) -> Iterator[tuple[str, str, str]]:
    """(setting, node, input) of all inputs that settings go into."""
    for node in surface.alive:
        inputs = surface.inputs(node)
        for key, names in _NAMES.items():
            yield from ((key, node, name) for name in names if name in inputs)
        if _is_sized(surface, node):
            for key, names in _SIZES.items():
                for name in (name for name in names if name in inputs):
                    yield (key, node, name) if surface.behind(node, name) else (key, *_of_picture(surface, node, name))


def _hidden(surface: Surface, places: Sequence[tuple[str, str, str]]) -> set[str]:
    """Settings that one of the nodes is given by what cannot be looked through: those of the others are not its."""
    return {
        key
        for key, node, name in places
        if key in _OF_SAMPLING and edits.is_link(surface.inputs(node)[name]) and not surface.behind(node, name)
    }


def _of_picture(surface: Surface, node: str, name: str) -> tuple[str, str]:
    """Where a size that is taken from a picture is said: at the first node before it that gives the picture one."""
    level, seen = [node], {node}
    for _ in range(_FAR):
        before = [v[0] for n in level for v in surface.inputs(n).values() if edits.is_link(v) and v[0] in surface.graph]
        level = [n for n in dict.fromkeys(before) if n not in seen][:_MOST_BEFORE]
        seen |= set(level)
        for here in level:
            found = next((n for n in surface.inputs(here) if n.rpartition(".")[2] == name), "")
            if found and surface.behind(here, found):
                return here, found
    return node, name


def _is_sized(surface: Surface, node: str) -> bool:
    """Whether it says how large or long the result is: what makes a latent, or a conditioning of that size."""
    inputs, makes = surface.inputs(node), surface.makes(node)
    if makes is None:  # by two of these: a size, a length, a number of results
        told = {"width", "height"} <= inputs.keys(), not inputs.keys().isdisjoint(_SIZES["num_frames"])
        return sum((*told, "batch_size" in inputs)) >= 2
    return "LATENT" in makes and not any(n in inputs for n in ("samples", "upscale_method"))


def _fits(key: str, value: object) -> bool:
    if key in ("sampler", "scheduler"):
        return isinstance(value, str) and 0 < len(value) <= 100
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    if key == "fps":
        return value >= 1
    return is_count(value) if key in (*_SIZES, "steps") else True


def _is_seed(value: object) -> bool:
    return type(value) is int and 0 <= value <= MAX_SEED


def _alike(surface: Surface, spots: Iterable[Spot]) -> list[list[Spot]]:
    """Those of one value together, the most first."""
    groups: dict[Any, list[Spot]] = {}
    for spot in spots:
        groups.setdefault(surface.value(spot), []).append(spot)
    return sorted(groups.values(), key=len, reverse=True)


def _exposed(surface: Surface, naming: Naming, key: str, role: str, spots: Sequence[Spot]) -> Exposure:
    """One of the product's settings; without a `key` one beside it, for nodes that have another value."""
    known, value = VOCABULARY.get(role), surface.value(spots[0])
    label = known.label if known and role not in _LABELS else _LABELS[role]
    if not key:
        told = naming.label(spots[0])
        label = told if naming.is_named(spots[0]) else f"{label} – {surface.title(spots[0].node)}"[:_LONGEST_LABEL]
        return own(surface, naming, spots, kept=True, label=label, group="size" if role in _OF_SIZE else "")
    kept = role != "denoise" or value != 1
    kind = _KINDS.get(role, "")
    row = _bounds(surface, spots[0], kind or surface.kind(spots[0])) if role in (*_SIZES, "denoise") else {}
    if role == "fps" and not float(value).is_integer():
        kind, row = "number", {"minimum": 1}
    return Exposure(key, label, tuple(map(surface.target, spots)), value, kept, kind, row)


def _bounds(surface: Surface, spot: Spot, kind: str) -> dict[str, Any]:
    """What the server says may stand there, as far as a form has a use for it."""
    known, value = surface.described(spot), surface.value(spot)
    if known is None or kind not in ("integer", "number"):
        return {}
    whole = int if kind == "integer" else float
    row: dict[str, Any] = {}
    if known.minimum is not None and -_BOUND < known.minimum <= value:
        row["minimum"] = whole(known.minimum)
    if known.maximum is not None and value <= known.maximum < _BOUND:
        row["maximum"] = whole(known.maximum)
    if known.step is not None and 0 < known.step < _BOUND:
        row["step"] = whole(known.step) or 1
    return row


def switch_step_of(surface: Surface, passes: Sequence[str]) -> Iterator[Exposure]:
    """The step at which the second of two passes takes over, where nothing lies in front of it."""
    if len(passes) != 2:
        return
    ends = [surface.inputs(node).get(name) for node, name in zip(passes, ("end_at_step", "start_at_step"), strict=True)]
    first, second = (surface.inputs(node).get("steps") for node in passes)
    if is_count(ends[0]) and ends[0] == ends[1] and is_count(first) and first == second:
        spots = [Spot(passes[0], "end_at_step"), Spot(passes[1], "start_at_step")]
        yield Exposure("switch_step", VOCABULARY["switch_step"].label, tuple(map(surface.target, spots)), ends[0])
