"""Files of weights (safetensors): a length, that much JSON which says where each tensor lies, the tensors. Nothing of
them is ever run."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from oelala_desktop.domain.errors import Unreadable
from oelala_desktop.metadata.source import Source, open_file
from oelala_desktop.metadata.writer.replacing import copy, replacing

_MOST_HEADER = 100 * 2**20  # bytes: what the format allows
_TEXTS = "__metadata__"
_KEY = "oelala_params"


def job_of_weights(path: Path) -> str | None:
    """The job that the file says it is of. Raises Unreadable."""
    with open_file(path) as source:
        texts = _checked(source, path.name)[0].get(_TEXTS)
    try:
        params = json.loads(texts[_KEY]) if isinstance(texts, dict) else None
        job_id = params.get("job_id") if isinstance(params, dict) else None
    except (KeyError, TypeError, ValueError, RecursionError):
        return None
    return job_id if isinstance(job_id, str) else None


def embed_in_weights(path: Path, params: Mapping[str, object]) -> None:
    """Puts `oelala_params` into the header; the tensors stay bit for bit, and the file is replaced in one step. Raises
    Unreadable for a damaged file, CannotSave when the folder does not take the new one."""
    with open_file(path) as source:
        header, start = _checked(source, path.name)
        texts = header.get(_TEXTS)
        told = {**(texts if isinstance(texts, dict) else {}), _KEY: json.dumps(dict(params), ensure_ascii=False)}
        plain = json.dumps({_TEXTS: told, **{k: v for k, v in header.items() if k != _TEXTS}}).encode()
        plain += b" " * (-len(plain) % 8)  # readers may want the tensors aligned
        with replacing(path) as out:
            out.write(struct.pack("<Q", len(plain)) + plain)
            copy(source, start, source.size, out)


def _checked(source: Source, name: str) -> tuple[dict[str, Any], int]:
    """The header, and where the tensors begin."""
    head = source.at(0, 8)
    length = struct.unpack("<Q", head)[0] if len(head) == 8 else 0
    if not 2 <= length <= min(_MOST_HEADER, source.size - 8):
        raise Unreadable(f"{name} is no file of weights, or it is cut short.")
    try:
        header = json.loads(source.at(8, length))
        tensors = {key: row for key, row in header.items() if key != _TEXTS}
        ends = [int(row["data_offsets"][1]) for row in tensors.values()]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise Unreadable(f"{name} is no file of weights: its list of tensors cannot be read.") from None
    if not ends:
        raise Unreadable(f"{name} has no weights in it.")
    lacking = 8 + length + max(ends) - source.size
    if lacking:
        words = f"lacks {lacking} bytes" if lacking > 0 else f"has {-lacking} bytes too many"
        raise Unreadable(f"{name} is incomplete: it {words}.")
    return header, 8 + length
