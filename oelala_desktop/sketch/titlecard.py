"""A still for jobs that start from words alone: an abstract background, the words, and what this is."""

from __future__ import annotations

import colorsys
import random

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from oelala_desktop.sketch import LABEL
from oelala_desktop.sketch.frames import Frames

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
#: characters of a prompt that are set on the card
TEXT_LIMIT = 600


def title_card(text: str, seed: int, width: int, height: int) -> Frames:
    """A picture [height, width, 3] with the text on a gradient drawn from the seed, labelled as no AI's work."""
    card = Image.fromarray(_background(seed, width, height))
    draw = ImageDraw.Draw(card)
    words = " ".join(text.split())[:TEXT_LIMIT]
    if words:
        _set_text(draw, words, width, height)
    small = _font(max(8, round(min(width, height) * 0.035)))
    margin = max(2, round(min(width, height) * 0.04))
    draw.text((margin, height - margin), LABEL, font=small, fill=(255, 255, 255), anchor="ls")
    return np.asarray(card, np.uint8)


def _background(seed: int, width: int, height: int) -> Frames:
    """Two colours blended along a direction, and soft discs of a third; dark enough for white text."""
    chance = random.Random(seed)
    hue = chance.random()
    colours = [
        np.array(colorsys.hsv_to_rgb((hue + shift) % 1, saturation, value))
        for shift, saturation, value in ((0.0, 0.65, 0.20), (0.12, 0.6, 0.48), (0.55, 0.5, 0.55))
    ]
    angle = chance.uniform(0, 2 * np.pi)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    x, y = x / max(width - 1, 1) - 0.5, y / max(height - 1, 1) - 0.5
    along = np.clip((x * np.cos(angle) + y * np.sin(angle)) + 0.5, 0, 1)[..., None]
    picture = colours[0] * (1 - along) + colours[1] * along
    aspect = width / height
    for _ in range(5):
        cx, cy, radius = chance.uniform(-0.6, 0.6), chance.uniform(-0.6, 0.6), chance.uniform(0.1, 0.35)
        distance = np.sqrt(((x - cx) * aspect) ** 2 + (y - cy) ** 2)
        glow = np.clip(1 - distance / radius, 0, 1)[..., None] ** 1.5 * chance.uniform(0.15, 0.4)
        picture = picture * (1 - glow) + colours[2] * glow
    return np.asarray(np.clip(picture * 255, 0, 255), np.uint8)


def _set_text(draw: ImageDraw.ImageDraw, words: str, width: int, height: int) -> None:
    """The words, wrapped and centred, as large as fits in the upper four fifths."""
    size = max(10, round(min(width, height) * 0.11))
    while True:
        font = _font(size)
        lines = _wrap(draw, words, font, width * 0.84)
        block = "\n".join(lines)
        box = draw.multiline_textbbox((0, 0), block, font=font, align="center", spacing=size // 3)
        if box[3] - box[1] <= height * 0.74 or size <= 8:
            break
        size = max(8, round(size * 0.88))
    shadow = max(1, size // 16)
    for offset, fill in ((shadow, (0, 0, 0)), (0, (255, 255, 255))):
        draw.multiline_text(
            (width / 2 + offset, height * 0.46 + offset),
            block,
            font=font,
            fill=fill,
            anchor="mm",
            align="center",
            spacing=size // 3,
        )


def _wrap(draw: ImageDraw.ImageDraw, words: str, font: Font, room: float) -> list[str]:
    lines: list[str] = []
    line = ""
    for word in words.split(" "):
        longer = f"{line} {word}".strip()
        if line and draw.textlength(longer, font=font) > room:
            lines.append(line)
            line = word
        else:
            line = longer
    return [*lines, line]


def _font(size: int) -> Font:
    """DejaVu where the system has it, for its many scripts; else the one that Pillow carries."""
    try:
        return ImageFont.truetype("DejaVuSans.ttf", size)
    except OSError:
        return ImageFont.load_default(size)
