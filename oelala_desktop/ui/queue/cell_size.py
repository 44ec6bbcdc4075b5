"""How large the cells of the filmstrip are."""

from __future__ import annotations

from typing import NamedTuple

#: room for the outline of a cell, on all its sides
OUTLINE = 4
CAPTION, UNDER = 16, 6


class CellSize(NamedTuple):
    """In pixels; a cell without a caption says it in its tooltip."""

    width: int
    height: int
    captioned: bool = True

    @property
    def row_height(self) -> int:
        return self.height + 2 * OUTLINE + (UNDER - OUTLINE + CAPTION if self.captioned else 0)


SMALL, NORMAL, LARGE = CellSize(72, 48, False), CellSize(104, 100), CellSize(168, 124)


def cell_size(width: int, height: int) -> CellSize:
    """For a column of that size: where there is little height the stage comes first."""
    if height < 700:
        return SMALL
    return LARGE if width >= 1200 and height >= 1100 else NORMAL
