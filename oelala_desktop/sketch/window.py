"""A part of a file in seconds, and opening files for reading."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import av


@dataclass(frozen=True)
class Window:
    """From `start`, for `length` seconds; a length of 0 is up to the end."""

    start: float = 0.0
    length: float = 0.0

    @property
    def end(self) -> float | None:
        """Where it ends, in seconds; None where the file does."""
        return self.start + self.length if self.length else None


@contextmanager
def reading(path: Path, what: str) -> Iterator[av.container.InputContainer]:
    """A file opened for its `what` ("video", "sound"). Raises ValueError for what FFmpeg cannot read, here or later."""
    try:
        with av.open(str(path), metadata_errors="replace") as container:
            yield container
    except av.FFmpegError as error:
        raise ValueError(f"{path.name} cannot be read as a {what}.") from error
