"""Decides which pictures are start pictures, whenever a picture or a video that speaks of one comes or goes."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterable
from pathlib import Path

from oelala_desktop.domain.errors import OelalaError
from oelala_desktop.services.files.provenance import is_companion
from oelala_desktop.storage.media_starts import Candidate, Claimed, StartStore

from .folders import is_below

_LENGTH = 24


async def settle_starts(store: StartStore, touched: Iterable[bytes], sizes: Iterable[int]) -> list[int]:
    """Ids of pictures that became start pictures or ceased to be, among those of these names and sizes."""
    candidates = await store.candidates(touched, sizes)
    unread = [c for c in candidates if c.digest is None and any(claim.digest for claim in c.claims)]
    digests = {c.id: digest for c in unread if (digest := await asyncio.to_thread(_digest, c.path, _wanted(c)))}
    beside = [c for c in candidates if any(_is_beside(claim, c) for claim in c.claims)]
    companions = {c.id for c in beside if await asyncio.to_thread(is_companion, Path(c.path))}
    standing = {}
    for candidate in candidates:
        digest = candidate.digest or digests.get(candidate.id)
        start = candidate.id in companions or any(_holds(claim, candidate, digest) for claim in candidate.claims)
        if start != candidate.is_start:
            standing[candidate.id] = start
    await store.settle(standing, digests)
    return list(standing)


def _holds(claim: Claimed, picture: Candidate, digest: str | None) -> bool:
    match claim.rule:
        case "digest":
            return digest is not None and digest == claim.digest
        case "name":
            # Only the name is known. Servers number their pictures anew in each folder: one far away does not count.
            near = is_below(picture.folder, claim.folder) or is_below(claim.folder, picture.folder)
            return claim.file == picture.file and (near or picture.namesakes == 1)
        case _:
            return False


def _is_beside(claim: Claimed, picture: Candidate) -> bool:
    return claim.rule == "companion" and claim.folder == picture.folder and claim.file == picture.file


def _wanted(candidate: Candidate) -> frozenset[str]:
    return frozenset(claim.digest for claim in candidate.claims if claim.digest)


def _digest(path: str, wanted: frozenset[str]) -> str | None:
    """The digest under which a picture is sent to a server: of its bytes, or, if it is sent turned upright or as
    another format, of those. Blocking."""
    try:
        plain = hashlib.sha256(Path(path).read_bytes()).hexdigest()[:_LENGTH]
    except OSError:
        return None
    if plain in wanted:
        return plain
    from oelala_desktop.services.inputs.pictures import read_picture  # a picture library, only when it is needed

    try:
        sent = read_picture(Path(path), max_bytes=2**31)
    except OelalaError:
        return plain
    return hashlib.sha256(sent.content).hexdigest()[:_LENGTH]
