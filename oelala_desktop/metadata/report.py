"""The line that the command line prints for a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from oelala_desktop.domain.errors import Unreadable
from oelala_desktop.domain.reuse import typed_in
from oelala_desktop.domain.wording import TYPED
from oelala_desktop.metadata.reading import read


def report(path: Path) -> dict[str, Any]:
    """`file`, the fields of GenerationInfo and `has_sound`, and where a prompt was drawn from choices what was typed:
    `prompt_choices`, `negative_prompt_choices`. `file` and `error` (a sentence) if it cannot be read."""
    try:
        found = read(path)
    except Unreadable as error:
        return {"file": str(path), "error": str(error)}
    typed = {key + TYPED: text for key, text in typed_in(found.oelala_params or {}).items()}
    return {"file": str(path), **found.info.as_dict(), **typed, "has_sound": found.has_sound}
