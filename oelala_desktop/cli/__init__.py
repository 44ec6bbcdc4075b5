"""The command line: what was asked for on stdout, everything else on stderr, an exit code that tells how it went."""

from __future__ import annotations

from .run import run

__all__ = ["run"]
