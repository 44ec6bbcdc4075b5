"""Choices in the prompts of a wish, drawn for each of its jobs. Blocking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from oelala_desktop.domain.preset import Request
from oelala_desktop.domain.wording import TYPED, WORDED, draw
from oelala_desktop.services.files.wildcards import Wildcards

#: a request with its texts as drawn, and as typed what of them was drawn
Worded = tuple[Request, dict[str, str]]


def worded(wildcards: Wildcards, given: Mapping[str, Any], requests: Sequence[Request]) -> list[Worded]:
    """Only what is `given` is drawn, and only where that asks for it. Raises Obstructed."""
    texts = {key: text for key in WORDED if isinstance(text := given.get(key), str)} if _wants(given) else {}
    return [_worded(wildcards, texts, request) for request in requests]


def _wants(given: Mapping[str, Any]) -> bool:
    return given.get("choices") is True  # a preset may call a setting of its own so


def _worded(wildcards: Wildcards, texts: Mapping[str, str], request: Request) -> Worded:
    drawn = {key: draw(key, text, request.seed, partial(wildcards.lines, key)) for key, text in texts.items()}
    drawn = {key: text for key, text in drawn.items() if text != texts[key] and key in request.values}
    typed = {f"{key}{TYPED}": texts[key] for key in drawn}
    return replace(request, values={**request.values, **drawn}), typed
