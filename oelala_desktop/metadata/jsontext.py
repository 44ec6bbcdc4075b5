"""JSON as it is found in files: with bare NaN, lone surrogates, huge numbers, encoded once or several times."""

from __future__ import annotations

import json
import math
from typing import Any

import orjson

from oelala_desktop.metadata import limits

_UINT64 = 2**64


def parse(text: bytes | str) -> Any:
    """The value, or None if it is no JSON or beyond our limits. orjson first; the tolerant reader of the standard
    library for what orjson refuses (NaN, lone surrogates, Latin-1 bytes, trailing zeros)."""
    size = len(text)
    if size > limits.JSON or (size > limits.MIB and _too_many_values(text)):
        return None
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return _parse_tolerant(text)


def _too_many_values(text: bytes | str) -> bool:
    if isinstance(text, str):
        text = text.encode("utf-8", "replace")
    return text.count(b"{") + text.count(b"[") > limits.JSON_CONTAINERS or text.count(b",") > limits.JSON_VALUES


def _parse_tolerant(text: bytes | str) -> Any:
    if isinstance(text, bytes):
        text = to_text(text)
    if len(text) > limits.JSON_TOLERANT:
        return None
    text = text.strip("\0 \t\r\n\ufeff")
    if text[:1] not in ("{", "[", '"'):
        return None
    try:
        return json.loads(text, parse_int=_bounded)
    except (ValueError, RecursionError):
        return None


def _bounded(digits: str) -> int | None:
    """An integer that is no weapon: Python takes quadratic time for, and then refuses, thousands of digits."""
    return int(digits) if len(digits) <= 25 else None


def to_object(value: Any) -> dict[str, Any] | None:
    """Decode until it is an object; None if it never becomes one."""
    for _ in range(limits.JSON_LAYERS):
        if type(value) is dict:
            return value
        if not isinstance(value, (bytes, str)):
            return None
        value = parse(value)
    return value if type(value) is dict else None


def to_text(raw: bytes) -> str:
    """UTF-8 if it is that, else Latin-1 (the charset of PNG's tEXt, W3C PNG §11.3.3.2)."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def string(value: Any) -> str | None:
    """A text that can be shown, stored and sent, or None if it is none."""
    if type(value) is not str:
        return None
    text: str = value[: limits.PROMPT] if len(value) > limits.PROMPT else value
    # A lone surrogate would break every later encoder.
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def word(value: Any) -> str:
    """A name or a number as a short text; an empty one for anything else."""
    kind = type(value)
    if kind is str:
        short: str = value[:1000]
        return short
    return str(value) if kind is int else ""


def integer(value: Any) -> int | None:
    """An exact integer from −2⁶³ to 2⁶⁴−1 out of a number or of digits, else None."""
    kind = type(value)
    if kind is str and len(value) <= 20:
        try:
            value = int(value)
        except ValueError:
            return None
    elif kind is float:
        if not value.is_integer():
            return None
        value = int(value)
    elif kind is not int:
        return None
    return value if -(2**63) <= value < _UINT64 else None


def number(value: Any) -> float | None:
    """A finite number, or None."""
    kind = type(value)
    if kind is int:
        return float(value) if -_UINT64 < value < _UINT64 else None
    if kind is str and len(value) <= 40:
        try:
            value = float(value)
        except ValueError:
            return None
    elif kind is not float:
        return None
    return value if math.isfinite(value) else None
