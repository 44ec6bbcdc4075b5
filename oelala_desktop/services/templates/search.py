"""Templates by words, and as rows for programs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from oelala_desktop.domain.template import Template, TemplateFacts
from oelala_desktop.domain.template_search import has_words


def found_by(templates: Iterable[Template], words: str) -> tuple[Template, ...]:
    """Those that have every word somewhere in what is told of them, in their order."""
    wanted = words.casefold().split()
    return tuple(template for template in templates if has_words(template, wanted))


def template_row(template: Template, facts: TemplateFacts | None) -> dict[str, Any]:
    """`facts` is null while its workflow was not read."""
    row = {key: value for key, value in asdict(template).items() if key not in ("picture_type", "is_open")}
    return row | {"open": template.is_open, "facts": None if facts is None else _facts_row(facts)}


def _facts_row(facts: TemplateFacts) -> dict[str, Any]:
    keys = ("file", "folder", "url", "size", "state", "found")
    return {
        "tools": [tool.id for tool in facts.tools],
        "takes": facts.takes,
        "models": [{key: getattr(model, key) for key in keys} for model in facts.models],
        "has_sound": facts.has_sound,
        "lacking": facts.lacking,
        "fault": facts.fault,
        "ready": facts.is_ready,
    }
