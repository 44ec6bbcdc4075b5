"""The words that a LoRA listens to, as those who trained it wrote them into its file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

_PHRASES = ("modelspec.trigger_phrase", "trigger_phrase", "ss_trigger_words", "trigger_words", "ss_trigger")
_MOST_WORDS, _LONGEST = 6, 200  # of them, and characters of each


def trigger_words(metadata: Mapping[str, Any]) -> tuple[str, ...]:
    """What is said outright, else the captions' tags that every picture of a folder had; nothing where none of it can
    be told. `metadata` is that of a safetensors file's header."""
    for key in _PHRASES:
        said = _plain(metadata.get(key))
        if said:
            return said
    return _always_there(metadata.get("ss_tag_frequency"))


def _plain(value: Any) -> tuple[str, ...]:
    if isinstance(value, str) and value.lstrip().startswith("["):
        value = _parsed(value)
    parts = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else []
    words = [" ".join(part.split())[:_LONGEST] for part in parts if isinstance(part, str)]
    return tuple(dict.fromkeys(word for word in words if word and word.isprintable()))[:_MOST_WORDS]


def _always_there(value: Any) -> tuple[str, ...]:
    """Tags as frequent as the most frequent of their folder, where the others are not."""
    folders = _parsed(value) if isinstance(value, str) else value
    found: list[str] = []
    for tags in folders.values() if isinstance(folders, dict) else ():
        counts = {tag: n for tag, n in tags.items() if isinstance(n, int)} if isinstance(tags, dict) else {}
        most = max(counts.values(), default=0)
        always = [tag for tag, n in counts.items() if n == most]
        if most > 1 and len(always) <= max(1, len(counts) // 4):
            found += always
    return _plain(found)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
