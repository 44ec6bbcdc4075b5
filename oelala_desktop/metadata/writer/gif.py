"""Placeholder."""

from __future__ import annotations

from typing import BinaryIO

from oelala_desktop.domain.errors import Unreadable
from oelala_desktop.metadata.source import Source


def write(source: Source, texts: dict[str, bytes], out: BinaryIO) -> None:
    raise Unreadable(f"{source.name} is of a format that takes no metadata yet.")
