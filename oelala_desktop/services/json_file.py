"""A JSON file that the user points at. Blocking."""

from __future__ import annotations

import json
from pathlib import Path

from oelala_desktop.domain.errors import InvalidInput

_LIMIT = 4 * 2**20  # bytes of a file


def read_json(path: Path) -> object:
    """What a JSON file holds. Raises InvalidInput with a sentence that names the file."""
    try:
        if path.stat().st_size > _LIMIT:
            raise InvalidInput(f"{path.name} is larger than {_LIMIT // 2**20} MiB.")
        content: object = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise InvalidInput(f"{path.name} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"{path.name} is not JSON.") from error
    return content
