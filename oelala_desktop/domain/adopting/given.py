"""What goes into a workflow as files: pictures, end picture, videos, sounds, masks and folders of pictures with
captions, each loader an input."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from oelala_desktop.domain import graph as edits

from .surface import Spot, Surface

#: class of loader -> (its input, kind), where no catalog says that a file is uploaded
_LOADERS = {
    "LoadImage": ("image", "picture"),
    "LoadImageMask": ("image", "mask"),
    "LoadVideo": ("file", "video"),
    "LoadAudio": ("audio", "sound"),
    "VHS_LoadVideo": ("video", "video"),
    "VHS_LoadVideoFFmpeg": ("video", "video"),
    "VHS_LoadAudioUpload": ("audio", "sound"),
    "LoadImageTextDataSetFromFolder": ("folder", "dataset"),
}
_KINDS = {"image": "picture", "video": "video", "audio": "sound"}
_END = re.compile(r"(end|last)_?(image|frame|picture)?\d*$|^(end|last)_")
_START = re.compile(r"(start|first|init)_?(image|frame|picture)?\d*$|^(start|first)_")
_FAR = 6  # nodes between a picture and the input that says what it is
_MOST_AFTER = 50  # nodes that are looked at for it at each of them


@dataclass(frozen=True, slots=True)
class Input:
    """`role` is "start" or "end" where what it feeds says so. `is_needed`: what it feeds cannot do without."""

    spot: Spot
    kind: str
    role: str = ""
    is_needed: bool = True


def inputs_of(surface: Surface) -> list[Input]:
    """Start pictures first, end pictures last of their kind."""
    users = _users(surface)
    found = []
    for node in surface.alive:
        for name, kind in _uploads(surface, node):
            mine = users.get(node, [])
            role = _role(surface, node, users) if kind == "picture" else ""
            found.append(Input(Spot(node, name), kind, role, _is_needed(surface, mine)))
    return sorted(found, key=lambda one: {"start": 0, "": 1, "end": 2}[one.role])


def _uploads(surface: Surface, node: str) -> Iterator[tuple[str, str]]:
    type_ = surface.type(node)
    if type_ in _LOADERS:
        name, kind = _LOADERS[type_]
        if isinstance(surface.inputs(node).get(name), str):
            yield name, kind
        return
    for name, value in surface.inputs(node).items():
        known = surface.described(Spot(node, name))
        if isinstance(value, str) and known is not None and known.upload in _KINDS and known.choices is not None:
            makes = surface.makes(node) or ()
            yield name, "mask" if known.upload == "image" and makes == ("MASK",) else _KINDS[known.upload]


def _users(surface: Surface) -> dict[str, list[Spot]]:
    """Node -> the inputs that its outputs go into, of all that leads to a result."""
    users: dict[str, list[Spot]] = {}
    for node in surface.alive:
        for name, value in surface.inputs(node).items():
            if edits.is_link(value):
                users.setdefault(value[0], []).append(Spot(node, name))
    return users


def _role(surface: Surface, node: str, users: dict[str, list[Spot]]) -> str:
    """By the inputs that a picture goes into, through what scales and crops it; then by what the loader is called."""
    level, seen = [node], {node}
    for _ in range(_FAR):
        names = [spot.input for here in level for spot in users.get(here, ())]
        if any(_START.search(name) for name in names):
            return "start"
        if any(_END.search(name) for name in names):
            return "end"
        after = dict.fromkeys(spot.node for here in level for spot in users.get(here, ()))
        level = [n for n in after if n not in seen and _is_picture(surface, n)][:_MOST_AFTER]
        seen |= set(level)
    title = surface.title(node).casefold()
    if re.search(r"\b(end|last)\b", title):
        return "end"
    return "start" if re.search(r"\b(start|first)\b", title) else ""


def _is_picture(surface: Surface, node: str) -> bool:
    makes = surface.makes(node)
    return makes is None or "IMAGE" in makes


def _is_needed(surface: Surface, users: list[Spot]) -> bool:
    """Of what is only given to inputs that may stay empty, nothing is lost without it."""
    return not users or any(_needs(surface, spot) for spot in users)


def _needs(surface: Surface, spot: Spot) -> bool:
    first, dot, name = spot.input.partition(".")
    growing = surface.described(Spot(spot.node, first)) if dot else None
    if growing is not None and name in growing.grows:
        return growing.grows.index(name) < growing.least
    known = surface.described(spot)
    return known is None or known.required
