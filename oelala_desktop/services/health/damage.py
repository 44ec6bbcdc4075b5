"""What is said of rows that could not be read, and of databases that had to be mended."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from oelala_desktop.domain.errors import CannotSave
from oelala_desktop.storage.jobs import JobStore, SetAside

HOW_TO_LOOK = "“oelala jobs --damaged” shows what is left of them."


async def news_of_damage(store: JobStore) -> list[str]:
    """Sentences, each told once."""
    found = await store.untold()
    if found:
        with suppress(CannotSave):  # then it is told again
            await store.count_as_told()
    lost, restored = _lost(found), sum(row.is_restored for row in found)
    news = [*([_restored(restored)] if restored else []), *([_kept(lost, store)] if lost else [])]
    return [*store.take_news(), *([f"{' '.join(news)} {HOW_TO_LOOK}"] if news else [])]


async def damage_so_far(store: JobStore) -> str:
    """A sentence, empty if there is nothing to say: what came back is told of once."""
    count = _lost(await store.set_aside())
    return _kept(count, store) if count else ""


def _lost(rows: list[SetAside]) -> int:
    return sum(not row.is_restored for row in rows)


def _restored(count: int) -> str:
    if count == 1:
        return "One job could not be read and came back out of a backup."
    return f"{count} jobs could not be read and came back out of a backup."


def _kept(count: int, store: JobStore) -> str:
    if count == 1:
        return f"One job could not be read; it is kept in {store.path}."
    return f"{count} jobs could not be read; they are kept in {store.path}."


def as_dict(row: SetAside) -> Mapping[str, Any]:
    """`text` is as much of the document as can be made out."""
    return {
        "job_id": row.job_id,
        "state": row.state,
        "created_at": row.created,
        "why": row.why,
        "found_at": row.at,
        "restored": row.is_restored,
        "text": _text(row.document),
    }


def _text(document: bytes) -> str:
    found = bytearray()
    unpacking = zlib.decompressobj()
    try:
        for at in range(len(document)):
            found += unpacking.decompress(document[at : at + 1], 2**20 - len(found))
            if len(found) >= 2**20 - 1:
                break
    except zlib.error:
        pass
    return found.decode("utf-8", "replace")
