"""Telling what a prompt asks for from what it forbids."""

from __future__ import annotations

import re
from collections.abc import Iterator

_CLAUSE = re.compile(r"[,.;:!?\n]|\b(?:and|while|but|with|as)\b", re.I)
_NEGATION = re.compile(
    r"\b(?:no|not|never|without|avoid(?:ing)?|don'?t|do\s+not|doesn'?t|isn'?t|none\s+of|instead\s+of)\b", re.I
)


def clauses(text: str) -> Iterator[tuple[str, list[str]]]:
    """Each clause: what stands before a "no" or "without" is wanted, what follows it is not."""
    for clause in _CLAUSE.split(text):
        asked, *refused = _NEGATION.split(clause, maxsplit=1)
        yield asked, refused
