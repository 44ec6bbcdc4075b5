"""Paints the example picture resources/examples/harbour.jpg: a misty harbour at sunrise, from nothing but noise and a
seed, so that the program comes with a picture that is nobody else's.

    python packaging/paint_examples.py
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT = 1536, 1024
TARGET = Path(__file__).resolve().parent.parent / "resources" / "examples" / "harbour.jpg"
HORIZON = 700


def _sky(rng: np.random.Generator) -> np.ndarray:
    """A vertical gradient with a soft sun, float32 [HEIGHT, WIDTH, 3] in 0…255."""
    rows = np.linspace(0, 1, HEIGHT, dtype=np.float32)[:, None, None]
    top, low = np.array([86, 132, 176], np.float32), np.array([246, 206, 168], np.float32)
    sky = np.broadcast_to(top + (low - top) * rows**0.8 * 1.25, (HEIGHT, WIDTH, 3)).copy()
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    distance = np.hypot(x - 980, y - 500)
    glow = np.exp(-((distance / 260) ** 2))[..., None]
    sky += glow * np.array([70, 40, 5], np.float32)
    sky[distance < 46] = (255, 244, 220)
    return sky + rng.normal(0, 1.2, sky.shape).astype(np.float32)


def _ridge(rng: np.random.Generator, base: float, height: float, rough: int) -> np.ndarray:
    """A skyline: midpoint noise of `rough` octaves, as the y of the edge for each column."""
    line = np.zeros(WIDTH)
    for octave in range(rough):
        knots = rng.normal(0, 1, 2 ** (octave + 2) + 2)
        line += np.interp(np.linspace(0, len(knots) - 1, WIDTH), np.arange(len(knots)), knots) / 1.9**octave
    return base - height * (line - line.min()) / np.ptp(line)


def _paint() -> Image.Image:
    rng = np.random.default_rng(22)
    canvas = np.clip(_sky(rng), 0, 255)
    rows = np.arange(HEIGHT)[:, None]
    for depth in range(5):
        edge = _ridge(rng, HORIZON + 10 - 6 * depth, 330 - 52 * depth, 5 + depth // 2)
        colour = np.array([150, 170, 182], np.float32) * (1 - depth / 6) + np.array([18, 38, 58]) * depth / 6
        haze = np.clip((rows - edge[None, :]) / 260, 0, 1)[..., None] * 40
        hill = (rows > edge[None, :]) & (rows <= HORIZON)
        canvas = np.where(hill[..., None], np.clip(colour + haze, 0, 255), canvas)
    return _water(Image.fromarray(canvas.astype(np.uint8)), rng)


def _water(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """The lower part mirrors the upper, rippled more the nearer it is."""
    pixels = np.asarray(picture).astype(np.float32)
    for y in range(HORIZON, HEIGHT):
        depth = (y - HORIZON) / (HEIGHT - HORIZON)
        source = int(HORIZON - 1 - (y - HORIZON) * 1.9) + int(rng.normal(0, 1 + 6 * depth))
        row = np.roll(pixels[np.clip(source, 0, HORIZON - 1)], int(rng.normal(0, 2 + 14 * depth)), axis=0)
        pixels[y] = row * (0.82 - 0.25 * depth) + np.array([8, 16, 24])
    water = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
    soft = water.filter(ImageFilter.GaussianBlur(1.6))
    water.paste(soft.crop((0, HORIZON, WIDTH, HEIGHT)), (0, HORIZON))
    _boats(water)
    return water.filter(ImageFilter.SMOOTH)


def _boats(picture: Image.Image) -> None:
    draw = ImageDraw.Draw(picture)
    for x, y, size in ((330, 792, 92), (620, 742, 54), (1130, 836, 120), (1370, 748, 58)):
        hull, sail = (26, 32, 40), (226, 216, 200)
        draw.polygon(
            [(x - size, y), (x + size, y), (x + size * 0.72, y + size * 0.3), (x - size * 0.7, y + size * 0.3)], hull
        )
        draw.line([(x, y), (x, y - size * 1.9)], hull, max(2, size // 26))
        draw.polygon([(x + 4, y - size * 1.85), (x + 4, y - size * 0.18), (x + size * 0.8, y - size * 0.18)], sail)
        draw.polygon(
            [(x - 4, y - size * 1.6), (x - 4, y - size * 0.18), (x - size * 0.55, y - size * 0.18)], (204, 192, 176)
        )
        for ripple in range(4):
            level = y + size * 0.34 + ripple * size * 0.1
            width = size * (0.9 - 0.18 * ripple)
            draw.line([(x - width, level), (x + width, level)], (52, 72, 88), 2)


if __name__ == "__main__":
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    _paint().save(TARGET, quality=88)
