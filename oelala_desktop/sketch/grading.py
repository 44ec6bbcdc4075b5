"""Colours by the words of a prompt: which look they ask for, and giving it to a picture."""

from __future__ import annotations

import colorsys
import random
import re
from dataclasses import dataclass
from functools import reduce

import cv2
import numpy as np
import numpy.typing as npt

from oelala_desktop.sketch.clauses import clauses
from oelala_desktop.sketch.frames import Frames

Colour = tuple[float, float, float]
Table = npt.NDArray[np.uint8]
#: how much of red, green and blue is in the brightness of a colour (Rec. 601, as cv2 counts)
LUMA = np.array((0.299, 0.587, 0.114))


@dataclass(frozen=True)
class Look:
    """What becomes of a picture. Every number is a factor, and 1 leaves it; but `fade` lifts the blacks, `vignette`
    darkens the corners, and of each of `tones`, a colour from 0 to 1, so much is laid over by brightness: all from 0,
    which is none, to 1."""

    saturation: float = 1.0
    brightness: float = 1.0
    contrast: float = 1.0
    balance: Colour = (1.0, 1.0, 1.0)
    fade: float = 0.0
    vignette: float = 0.0
    tones: tuple[tuple[Colour, float], ...] = ()
    inverted: bool = False

    def __add__(self, other: Look) -> Look:
        """Both, one after the other."""
        red, green, blue = (mine * theirs for mine, theirs in zip(self.balance, other.balance, strict=True))
        return Look(
            self.saturation * other.saturation,
            self.brightness * other.brightness,
            self.contrast * other.contrast,
            (red, green, blue),
            max(self.fade, other.fade),
            max(self.vignette, other.vignette),
            (*self.tones, *other.tones),
            self.inverted != other.inverted,
        )


#: so much of a colour that is named shows
_TONED = 0.55
_COLOURS: dict[str, Colour] = {
    r"red|crimson|scarlet|ruby": (0.86, 0.12, 0.14),
    r"orange|amber": (0.96, 0.52, 0.10),
    r"yellow": (0.95, 0.83, 0.18),
    r"green|emerald": (0.16, 0.66, 0.28),
    r"teal|turquoise|cyan|aqua": (0.10, 0.66, 0.70),
    r"blue|azure|navy": (0.16, 0.36, 0.86),
    r"purple|violet|lilac": (0.52, 0.26, 0.80),
    r"magenta|fuchsia": (0.86, 0.16, 0.66),
    r"pink|rose": (0.96, 0.50, 0.66),
    r"brown": (0.52, 0.33, 0.18),
}
_SEPIA: Colour = (0.62, 0.48, 0.32)
_LOOKS: dict[str, Look] = {
    r"monochrome|gr[ae]y[- ]?scale": Look(saturation=0),
    r"noir": Look(saturation=0, contrast=1.45, brightness=0.9, vignette=0.45),
    r"sepia": Look(saturation=0, tones=((_SEPIA, 1.0),), vignette=0.15),
    r"warm(?:er|th)?|golden|sunset|sunrise|autumn(?:al)?|cosy|cozy": Look(
        balance=(1.14, 1.01, 0.80), saturation=1.1, brightness=1.04
    ),
    r"cold(?:er)?|cool(?:er)?|icy|frost(?:y|ed)?|winter|wintry": Look(balance=(0.82, 0.98, 1.16), saturation=0.85),
    r"night(?:time)?|midnight|moonlight|moonlit": Look(
        balance=(0.58, 0.76, 1.18), saturation=0.55, brightness=0.52, contrast=1.1, vignette=0.5
    ),
    r"bright(?:er)?|lighter|sunny|sunlit|airy": Look(brightness=1.4),
    r"dark(?:er)?|dim(?:mer)?|gloomy": Look(brightness=0.6, saturation=0.9, vignette=0.25),
    r"vintage|retro|nostalgic|faded": Look(
        balance=(1.10, 1.0, 0.84), saturation=0.68, contrast=0.9, fade=0.13, vignette=0.35
    ),
    r"(?:high|strong|more)[- ]contrast|contrasty|punchy|dramatic": Look(contrast=1.5, saturation=1.08),
    r"(?:low|soft|less)[- ]contrast|hazy|misty|foggy": Look(contrast=0.68, fade=0.1, saturation=0.85),
    r"vivid|vibrant|colou?rful|saturated": Look(saturation=1.65, contrast=1.05),
    r"muted|pastel|pale|desaturated": Look(saturation=0.45, fade=0.06, brightness=1.06),
    r"cinematic": Look(balance=(1.06, 1.0, 0.96), contrast=1.18, saturation=0.9, vignette=0.3),
    r"inverted|negative": Look(inverted=True),
} | {words: Look(saturation=0.5, tones=((colour, _TONED),)) for words, colour in _COLOURS.items()}
_WORDS = [(re.compile(rf"\b(?:{words})\b", re.I), look) for words, look in _LOOKS.items()]
#: what would fall apart at its "and"
_ONE_WORD = re.compile(r"\bblack[- ]and[- ]white\b|\bblack\s*&\s*white\b|\bb\s*&\s*w\b", re.I)
_SLIGHT = re.compile(r"\b(?:slight(?:ly)?|subtl[ey]|gentl[ey]|a\s+(?:bit|little|touch|hint))\b", re.I)


def look_of(prompt: str, seed: int) -> tuple[Look, float]:
    """The look that the words ask for, and how much of it from 0 to 1; a mild one drawn from the seed where they know
    none. What they forbid ("no sepia") is not taken."""
    found: dict[str, Look] = {}
    amount = 1.0
    for asked, _ in clauses(_ONE_WORD.sub("monochrome", prompt)):
        for pattern, look in _WORDS:
            if pattern.search(asked):
                found[pattern.pattern] = look
                amount = min(amount, 0.5) if _SLIGHT.search(asked) else amount
    return (reduce(Look.__add__, found.values()), amount) if found else (_drawn(seed), 1.0)


def _drawn(seed: int) -> Look:
    chance = random.Random(seed)
    tone = colorsys.hsv_to_rgb(chance.random(), 0.45, 0.7)
    return Look(chance.uniform(0.85, 1.25), contrast=chance.uniform(1.04, 1.16), vignette=0.18, tones=((tone, 0.18),))


class Grading:
    """One look for pictures [height, width, 3] of one size; so much of it as `amount` says, from 0 to 1."""

    def __init__(self, look: Look, amount: float, width: int, height: int) -> None:
        self._look, self._amount = look, amount
        self._matrix = look.saturation * np.eye(3) + (1 - look.saturation) * np.tile(LUMA, (3, 1))
        self._tones = [(_gradient(colour), part) for colour, part in look.tones]
        self._curves = _curves(look)
        self._shade = _vignette(look.vignette, width, height) if look.vignette else None

    def give(self, picture: Frames, to: Frames) -> None:
        """Writes the picture with the look into `to`, which may be the picture itself."""
        given = np.ascontiguousarray(picture)
        made = given if self._look.saturation == 1 else cv2.transform(given, self._matrix)
        for gradient, part in self._tones:
            grey = cv2.cvtColor(cv2.cvtColor(given, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
            made = cv2.addWeighted(made, 1 - part, cv2.LUT(grey, gradient), part, 0)
        made = cv2.LUT(made, self._curves)
        if self._shade is not None:
            made = cv2.multiply(made, self._shade, scale=1 / 255)
        to[:] = made if self._amount >= 1 else cv2.addWeighted(given, 1 - self._amount, made, self._amount, 0)


def _gradient(colour: Colour) -> Table:
    """From black over the colour, at its own brightness, to white: a table [1, 256, 3] by brightness."""
    middle = float(LUMA @ colour)
    at = np.linspace(0, 1, 256)
    rows = [np.interp(at, (0, middle, 1), (0, part, 1)) for part in colour]
    return _table(np.stack(rows, 1))


def _curves(look: Look) -> Table:
    """What each value of red, green and blue becomes: a table [1, 256, 3]."""
    at = np.linspace(0, 1, 256)
    curve = at ** (1 / look.brightness)
    if look.contrast != 1:
        curve = 0.5 + (curve - 0.5) * look.contrast if look.contrast < 1 else _steeper(curve, look.contrast)
    rows = np.stack([curve * part for part in look.balance], 1).clip(0, 1)
    rows = 1 - rows if look.inverted else rows
    return _table(look.fade + rows * (1 - look.fade))


def _steeper(curve: npt.NDArray[np.float64], contrast: float) -> npt.NDArray[np.float64]:
    """An S that is so much steeper in the middle and clips nothing."""
    low = 0.5 * (2 * curve.clip(0, 0.5)) ** contrast
    high = 1 - 0.5 * (2 * (1 - curve).clip(0, 0.5)) ** contrast
    return np.where(curve < 0.5, low, high)


def _table(rows: npt.NDArray[np.float64]) -> Table:
    return np.asarray(np.rint(rows.clip(0, 1) * 255), np.uint8)[None]


def _vignette(amount: float, width: int, height: int) -> Frames:
    """How much of the light is left, 255 in the middle, as a picture."""
    x, y = np.linspace(-1, 1, width), np.linspace(-1, 1, height)
    away = ((x[None] ** 2 + y[:, None] ** 2) / 2).clip(0, 1) ** 1.3
    shade = np.rint(255 * (1 - amount * away)).astype(np.uint8)
    return np.repeat(shade[..., None], 3, axis=2)
