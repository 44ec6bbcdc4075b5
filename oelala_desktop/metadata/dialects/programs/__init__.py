"""What other programs write: one small file each, which turns that program's texts into GenerationInfo's fields.

Each has `NAME`, the `source` it is called by, and `read(texts)`: the fields, or None if the texts are not its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from oelala_desktop.metadata.dialects.programs import (
    drawthings,
    fooocus,
    invokeai,
    midjourney,
    novelai,
    swarmui,
    wan2gp,
)
from oelala_desktop.metadata.dialects.programs.texts import Texts

_ALL = (swarmui, invokeai, fooocus, novelai, drawthings, wan2gp, midjourney)


def read(blocks: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The name and the fields of each program that wrote into the blocks."""
    texts = Texts(blocks)
    for program in _ALL:
        fields = program.read(texts)
        if fields is not None:
            yield program.NAME, fields
