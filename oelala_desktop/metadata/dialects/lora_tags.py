"""LoRAs named in words: `<lora:name:strength>`, as A1111 invented it and several nodes read it."""

from __future__ import annotations

import re
from itertools import islice

from oelala_desktop.metadata import jsontext

_TAG = re.compile(r"<(?:lora|lyco):([^:<>]{1,300})(?::([^<>]{0,80}))?>")
_MOST = 400
#: how a text with such a name in it begins to look like one
MARKS = ("<lora:", "<lyco:")


def loras(words: str) -> list[tuple[str, float]]:
    """Name and strength of each, in order."""
    return [(match[1], _strength(match[2] or "")) for match in islice(_TAG.finditer(words), _MOST)]


def _strength(text: str) -> float:
    """The strength for the model: `unet=` by name, else the first without one, else the text encoder's `te=`."""
    named: dict[str, str] = {}
    for part in text.split(":"):
        key, _, value = part.rpartition("=")
        named.setdefault(key.strip().lower(), value)
    for key in ("unet", "", "te"):
        strength = jsontext.number(named.get(key))
        if strength is not None:
            return strength
    return 1.0
