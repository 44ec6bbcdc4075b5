"""Midjourney: `Description` is what was typed, its options among it, and the number of the job at the end."""

from __future__ import annotations

import re
from typing import Any

from oelala_desktop.metadata import jsontext
from oelala_desktop.metadata.dialects.programs.texts import Texts

NAME = "midjourney"

_JOB = re.compile(r"\s*\bJob ID:\s*[0-9a-fA-F-]{8,40}\s*\Z")
_AGAINST = re.compile(r"\s--no\s+(.*?)(?=\s--\w|$)", re.DOTALL)
_SEED = re.compile(r"\s--seed\s+(\d{1,12})\b")


def read(texts: Texts) -> dict[str, Any] | None:
    """The fields; None if no number of a job stands behind the words."""
    words = texts.text("description") or texts.text("comment")
    job = _JOB.search(words[-200:]) if words else None
    if words is None or job is None:
        return None
    prompt = words[: max(0, len(words) - 200) + job.start()].strip()
    against, seed = _AGAINST.search(prompt), _SEED.search(prompt)
    return {
        "prompt": prompt or None, "negative_prompt": against[1].strip() or None if against else None,
        "seed": jsontext.integer(seed[1]) if seed else None,
    }  # fmt: skip
