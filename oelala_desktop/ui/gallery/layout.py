"""Where the cells of the grid lie. Pure arithmetic over sections, so its cost does not grow with the items."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from oelala_desktop.ui.gallery.items import Section

GAP, SIDE, HEAD = 12, 16, 32
#: between rows of the list, and the height of one
ROW_GAP, ROW = 2, 56
#: height of a cell for a width of one
RATIO = 1.08
#: the densities one can choose, in columns; 0 means as many as fit
DENSITIES = (4, 5, 6, 8)
_FITTING = 176


def columns_for(density: int, width: int) -> int:
    """The number of columns: `density`, or for 0 what fits at about 176 px each."""
    return density or max(2, (width - 2 * SIDE + GAP) // (_FITTING + GAP))


class Box(NamedTuple):
    """A rectangle in whole pixels of the content, not of the window."""

    x: int
    y: int
    width: int
    height: int


class GridLayout:
    """For a viewport `width` pixels wide. Cells of a section begin on a new row below its heading. `row` is the height
    of a row of the list, 0 for cells whose height follows from their width."""

    def __init__(self, width: int, columns: int, sections: Sequence[Section], row: int = 0) -> None:
        self.columns = columns
        room = max(columns, width - 2 * SIDE - GAP * (columns - 1))
        self.cell_width = room // columns
        self._spare = room - self.cell_width * columns
        self.cell_height = row or round(self.cell_width * RATIO)
        self.pitch = self.cell_height + (ROW_GAP if row else GAP)
        self._sections = [section for section in sections if section.count]
        self._starts: list[int] = []  # index of the first item
        self._tops: list[int] = []  # y of the heading
        index, y = 0, 4
        for section in self._sections:
            self._starts.append(index)
            self._tops.append(y)
            rows = -(-section.count // columns)
            y += self._head(section) + rows * self.pitch
            index += section.count
        self.count = index
        self.height = y + SIDE - GAP if index else 0

    @staticmethod
    def _head(section: Section) -> int:
        return HEAD if section.title else 12

    def _x(self, column: int) -> tuple[int, int]:
        """(left, width) of a column; pixels that do not divide go to the first columns."""
        extra = min(column, self._spare)
        width = self.cell_width + (1 if column < self._spare else 0)
        return SIDE + column * (self.cell_width + GAP) + extra, width

    def box(self, index: int) -> Box:
        """The cell of item `index`."""
        at = bisect_right(self._starts, index) - 1
        row, column = divmod(index - self._starts[at], self.columns)
        x, width = self._x(column)
        y = self._tops[at] + self._head(self._sections[at]) + row * self.pitch
        return Box(x, y, width, self.cell_height)

    def visible(self, top: int, bottom: int) -> tuple[int, int]:
        """(first, last + 1) of the items that touch the stretch from `top` to `bottom`."""
        if not self._sections:
            return 0, 0
        return self._first_at(top), self._end_at(bottom)

    def _section_at(self, y: int) -> int:
        return max(0, bisect_right(self._tops, y) - 1)

    def _row_at(self, at: int, y: int) -> int:
        return (y - self._tops[at] - self._head(self._sections[at])) // self.pitch

    def _first_at(self, y: int) -> int:
        at = self._section_at(y)
        row = max(0, self._row_at(at, y))
        return min(self.count, self._starts[at] + min(self._sections[at].count, row * self.columns))

    def _end_at(self, y: int) -> int:
        at = self._section_at(y)
        row = self._row_at(at, y)
        return self._starts[at] + min(self._sections[at].count, max(0, row + 1) * self.columns)

    def heads(self, top: int, bottom: int) -> list[tuple[str, int]]:
        """(title, y) of the headings in a stretch."""
        if not self._sections:
            return []
        first, last = self._section_at(top), self._section_at(bottom)
        return [(self._sections[i].title, self._tops[i]) for i in range(first, last + 1) if self._sections[i].title]

    def hit(self, x: int, y: int) -> int:
        """The item at a point, −1 between cells."""
        first, end = self.visible(y, y)
        for index in range(first, end):
            box = self.box(index)
            if box.x <= x < box.x + box.width and box.y <= y < box.y + box.height:
                return index
        return -1

    def step(self, index: int, rows: int) -> int:
        """The item `rows` rows below (above if negative), in the same column or the nearest there is."""
        box = self.box(index)
        goal = index
        for _ in range(abs(rows)):
            after = self._neighbour_row(goal, 1 if rows > 0 else -1, box.x)
            if after == goal:
                break
            goal = after
        return goal

    def _neighbour_row(self, index: int, direction: int, x: int) -> int:
        at = bisect_right(self._starts, index) - 1
        start, count = self._starts[at], self._sections[at].count
        row = (index - start) // self.columns
        column = next((c for c in range(self.columns) if self._x(c)[0] == x), 0)
        row += direction
        if row < 0:
            if at == 0:
                return index
            at -= 1
            start, count = self._starts[at], self._sections[at].count
            row = (count - 1) // self.columns
        elif row * self.columns >= count:
            if at + 1 == len(self._sections):
                return index
            at += 1
            start, count, row = self._starts[at], self._sections[at].count, 0
        return start + min(count - 1, row * self.columns + column)
