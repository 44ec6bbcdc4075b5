"""A JSON file that the user points at. Blocking."""

from __future__ import annotations

import json
import stat
from pathlib import Path

from oelala_desktop.domain.errors import InvalidInput

_LIMIT = 4 * 2**20  # bytes of a file


def read_json(path: Path, limit: int = _LIMIT) -> object:
    """What a JSON file of at most `limit` bytes holds. Raises InvalidInput with a sentence that names the file."""
    try:
        content: object = json.loads(_read(path, limit).decode("utf-8-sig"))
    except OSError as error:
        raise InvalidInput(f"{path.name} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise InvalidInput(f"{path.name} is not JSON.") from error
    return content


def _read(path: Path, limit: int) -> bytes:
    if not stat.S_ISREG(path.stat().st_mode):  # a pipe would keep its reader waiting, and a device has no end
        raise InvalidInput(f"{path.name} is not a file.")
    with path.open("rb") as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        raise InvalidInput(f"{path.name} is larger than {limit // 2**20} MiB.")
    return content
