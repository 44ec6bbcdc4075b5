"""What the command line says to the person beside its output, and its exit code when it was interrupted."""

from __future__ import annotations

import sys

#: as shells give it after Ctrl-C
INTERRUPTED = 130


def say(text: str) -> None:
    """A line for the person, on stderr."""
    print(text, file=sys.stderr, flush=True)
