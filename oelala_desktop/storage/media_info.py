"""GenerationInfo as the index keeps it: a JSON list of its fields in order, four times quicker than by name."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import fields
from operator import attrgetter
from typing import Any

import orjson

from oelala_desktop.domain.generation import GenerationInfo, UsedLora, UsedModel

from .sqlite_errors import Damaged

_NAMES = tuple(field.name for field in fields(GenerationInfo))
_values = attrgetter(*_NAMES)
_MODELS, _LORAS = _NAMES.index("models"), _NAMES.index("loras")

#: changes with the fields
LAYOUT = zlib.crc32(" ".join(_NAMES).encode()) & 0xFFFF


def pack(info: GenerationInfo) -> bytes:
    values = list(_values(info))
    values[_MODELS] = [(model.name, model.pass_) for model in info.models]
    values[_LORAS] = [(lora.name, lora.strength, lora.pass_) for lora in info.loras]
    try:
        return orjson.dumps(values)
    except TypeError:  # a lone surrogate or a number that is none of JSON's: both only in hostile files
        return orjson.dumps(_made_plain(values))


def unpack(stored: str) -> GenerationInfo:
    """Raises Damaged."""
    try:
        values = orjson.loads(stored)
        values[_MODELS] = tuple([UsedModel(*model) for model in values[_MODELS]])
        values[_LORAS] = tuple([UsedLora(*lora) for lora in values[_LORAS]])
        return GenerationInfo(*values)
    except (ValueError, TypeError, LookupError):
        raise Damaged("what made a file is not readable in it") from None  # the first error quotes what it read


def _made_plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {clean_words(str(key)): _made_plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_made_plain(inner) for inner in value]
    if isinstance(value, str):
        return clean_words(value)
    if type(value) is int and not -(2**63) <= value < 2**64:
        return None
    return value


def clean_words(text: str) -> str:
    """Without halves of characters, which JSON texts of other programs may hold."""
    return text.encode("utf-8", "replace").decode()
