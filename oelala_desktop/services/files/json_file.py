"""A JSON file that the user points at. Blocking."""

from __future__ import annotations

import json
import stat
from pathlib import Path

from oelala_desktop.domain.errors import InvalidInput

_LIMIT = 4 * 2**20  # bytes of a file


def read_json(path: Path) -> object:
    """What a JSON file holds. Raises InvalidInput with a sentence that names the file."""
    try:
        content: object = json.loads(_read(path).decode("utf-8-sig"))
    except OSError as error:
        raise InvalidInput(f"{path.name} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"{path.name} is not JSON.") from error
    return content


def _read(path: Path) -> bytes:
    if not stat.S_ISREG(path.stat().st_mode):  # a pipe would keep its reader waiting, and a device has no end
        raise InvalidInput(f"{path.name} is not a file.")
    with path.open("rb") as file:
        content = file.read(_LIMIT + 1)
    if len(content) > _LIMIT:
        raise InvalidInput(f"{path.name} is larger than {_LIMIT // 2**20} MiB.")
    return content
