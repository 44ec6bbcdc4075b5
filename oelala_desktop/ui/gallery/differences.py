"""What two files were made with differently. Pure: from facts to rows of words."""

from __future__ import annotations

from typing import NamedTuple

from oelala_desktop.ui.widgets.facts_pane import ShownFacts, fact_rows

_NOTHING = "–"


class Difference(NamedTuple):
    label: str
    left: str
    right: str


def differences(left: ShownFacts, right: ShownFacts) -> list[Difference]:
    """Prompts first, then the rows of the popup in its order; what both have alike is left out, and so is how long each
    took."""
    texts = ("prompt", "Prompt"), ("negative_prompt", "Negative")
    pairs = [(label, *(getattr(f.generation, key) or "" for f in (left, right))) for key, label in texts]
    rows = [dict(fact_rows(ShownFacts("", "", "", f.generation))) for f in (left, right)]
    labels = dict.fromkeys([*rows[0], *rows[1]])
    pairs += [(label, rows[0].get(label, ""), rows[1].get(label, "")) for label in labels]
    return [Difference(label, a or _NOTHING, b or _NOTHING) for label, a, b in pairs if a != b]
