"""Writing what made a file into the file, with pixels and streams untouched."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from oelala_desktop.domain.errors import CannotSave, Unreadable
from oelala_desktop.metadata import limits
from oelala_desktop.metadata.sniff import sniff
from oelala_desktop.metadata.source import Source, open_file
from oelala_desktop.metadata.writer import gif, isobmff, jpeg, matroska, png, webp
from oelala_desktop.metadata.writer.replacing import replacing

__all__ = ["embed"]

Texts = dict[str, bytes]

_WRITERS: dict[str, Callable[[Source, Texts, BinaryIO], None]] = {
    "png": png.write,
    "jpeg": jpeg.write,
    "webp": webp.write,
    "gif": gif.write,
    "mp4": isobmff.write,
    "mov": isobmff.write,
    "webm": matroska.write,
    "mkv": matroska.write,
}


#: what reading numbers and names out of damaged bytes ends in
_DAMAGED = (struct.error, ValueError, LookupError, ArithmeticError, TypeError, RecursionError, MemoryError)


def embed(
    path: Path, params: Mapping[str, object], graph: Mapping[str, Any] | None = None, workflow: Any = None
) -> None:
    """Put `oelala_params` (and `prompt`, `workflow` if given) into a picture or video. Blocks of these names are
    replaced, all other metadata stays; pixels and streams stay bit for bit. The file is replaced in one step, so
    it is always either the old or the new one.

    Raises Unreadable for a damaged file or a format that takes no metadata, CannotSave when the folder does not take
    the new file."""
    texts = {"oelala_params": _json(dict(params))}
    if graph is not None:
        texts["prompt"] = _json(graph)
    if workflow is not None:
        texts["workflow"] = _json(workflow)
    if any(len(text) > limits.TEXT for text in texts.values()):
        raise CannotSave(f"The metadata for {path.name} is larger than {limits.TEXT // limits.MIB} MiB.")
    with open_file(path) as source:
        writer = _WRITERS.get(sniff(source.head) or "")
        if writer is None:
            raise Unreadable(f"{path.name} is of a format that takes no metadata.")
        with replacing(path) as out:
            try:
                writer(source, texts, out)
            except _DAMAGED as error:
                raise Unreadable(f"{path.name} is damaged.", detail=repr(error)) from error


def _json(value: Any) -> bytes:
    # ASCII, as ComfyUI itself writes it: PNG's tEXt knows no UTF-8, and nobody can then guess the charset wrong.
    return json.dumps(value, default=str).encode("ascii")
