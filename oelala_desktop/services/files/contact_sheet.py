"""A contact sheet: many small pictures in one, each with what it is written below it. Blocking."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image, ImageDraw, ImageFont

    Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

_GAP, _LINE, _TEXT = 12, 18, 14  # pixels
_GROUND, _INK, _FAINT, _BAD = (24, 24, 27), (236, 236, 240), (150, 150, 158), (64, 32, 34)
_MANY = 100  # cells from which on they are smaller
_LARGE, _SMALL = 320, 192


@dataclass(frozen=True, slots=True)
class Cell:
    """`lines` stand below the picture; without one, `note` says why there is none."""

    lines: tuple[str, ...]
    picture: Image.Image | None
    note: str = ""


def cell_size(count: int) -> int:
    """The longer side of each of so many pictures, in pixels."""
    return _LARGE if count <= _MANY else _SMALL


def draw_sheet(cells: Sequence[Cell], columns: int) -> Image.Image:
    """Row after row, all cells as large as the largest picture."""
    from PIL import Image, ImageDraw, ImageFont

    size = cell_size(len(cells))
    pictures = [cell.picture for cell in cells if cell.picture is not None]
    width = max((picture.width for picture in pictures), default=size)
    height = max((picture.height for picture in pictures), default=size * 9 // 16)
    step_x = max(width, size * 3 // 4) + _GAP
    step_y = height + _LINE * max((len(cell.lines) for cell in cells), default=0) + 2 * _GAP
    rows = -(-len(cells) // columns)
    sheet = Image.new("RGB", (columns * step_x + _GAP, rows * step_y + _GAP), _GROUND)
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(_TEXT)
    for number, cell in enumerate(cells):
        x, y = _GAP + number % columns * step_x, _GAP + number // columns * step_y
        if cell.picture is not None:
            sheet.paste(cell.picture, (x + (width - cell.picture.width) // 2, y + (height - cell.picture.height) // 2))
        else:
            _draw_note(draw, font, cell.note, (x, y, x + width, y + height))
        for line, text in enumerate(cell.lines):
            draw.text((x, y + height + _GAP // 2 + line * _LINE), _cut(font, text, step_x - _GAP), _INK, font)
    return sheet


def _draw_note(draw: ImageDraw.ImageDraw, font: Font, note: str, box: tuple[int, int, int, int]) -> None:
    left, top, right, bottom = box
    draw.rectangle((left, top, right - 1, bottom - 1), _BAD)
    lines = textwrap.wrap(note, max(8, (right - left) // 8), max_lines=max(1, (bottom - top) // _LINE - 1))
    for number, text in enumerate(lines):
        draw.text((left + _GAP // 2, top + _GAP // 2 + number * _LINE), text, _INK if not number else _FAINT, font)


def _cut(font: Font, text: str, width: int) -> str:
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(f"{text}…") > width:
        text = text[:-1]
    return f"{text}…"
