"""The file that a graph is found in, as far as it tells which of the graph's outputs it is."""

from __future__ import annotations

from typing import NamedTuple


class Written(NamedTuple):
    """`name` of the file; `moving`: it is a video; pixels, if they are known."""

    name: str
    moving: bool
    width: int | None
    height: int | None
