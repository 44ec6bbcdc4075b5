"""Which picture a video begins with, as its own graph and our own block say. No time stamps are compared."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from oelala_desktop.domain.errors import Unreadable
from oelala_desktop.domain.job import Job
from oelala_desktop.metadata import FileMetadata, read
from oelala_desktop.metadata.beside import companion_names
from oelala_desktop.storage.media_writing import Claim

#: inputs through which nodes take a first frame, whichever pack they come from
_FIRST_FRAME = ("start_image", "first_frame", "first_image", "start_frame", "init_image", "image_start")
#: nodes that take it as plain `image`
_TAKES_IMAGE = frozenset({"SketchCameraMove"})
#: how a picture passes through nodes that scale, crop or pad it
_PASSES_ON = ("image", "images", "pixels", "input", "samples")
_MOST_STEPS = 24
#: bytes
_SKETCH_GRAPH = 16_384
_UPLOAD = re.compile(r"oelala_([0-9a-f]{24})\.\w+")
_SUBFOLDER_MARK = re.compile(r"\s*\[(?:input|output|temp)\]$")


def claims_of(file: str, found: FileMetadata) -> tuple[Claim, ...]:
    """What a video says about pictures; nothing for a still."""
    if found.kind != "video" and not (found.frames and found.frames > 1):
        return ()
    claims = [*_first_frames(found)]
    if found.companion is not None:
        claims.append(Claim("companion", found.companion))
    elif mentions(found, b"VHS_VideoCombine"):
        claims.append(Claim("companion", companion_names(file)[-1]))
    return tuple(dict.fromkeys(claims))


def claims_of_job(job: Job) -> tuple[Claim, ...]:
    """What a job knows of its own first frame, should the file not say it."""
    start = next((given for given in job.inputs if given.key == "image"), None)
    digest = _UPLOAD.fullmatch(start.upload_name) if start else None
    if start is None or digest is None:
        return ()
    size = _size(job.params)
    return (Claim("digest", _plain_name(start.original) or start.upload_name, digest[1], size),)


def is_companion(path: Path) -> bool:
    """Whether a PNG is one that the node pack's saver writes beside its videos. Blocking."""
    try:
        return mentions(read(path), b"VHS_VideoCombine")
    except Unreadable:
        return False


def is_sketch(found: FileMetadata) -> bool:
    """Whether the built-in engine made a file that does not name its engine; its graphs are small."""
    block = found.blocks.get("prompt")
    return block is not None and len(block) < _SKETCH_GRAPH and mentions(found, b"SketchCameraMove")


def mentions(found: FileMetadata, word: bytes) -> bool:
    """Whether the graph has this word in it; far quicker than parsing it."""
    block = found.blocks.get("prompt")
    if isinstance(block, bytes):
        return word in block
    return word.decode() in (block if isinstance(block, str) else str(block or ""))


def _first_frames(found: FileMetadata) -> Iterator[Claim]:
    if not mentions(found, b"LoadImage"):
        return
    graph = found.graph
    if not graph:
        return
    for name in first_pictures(graph):
        digest = _UPLOAD.fullmatch(name)
        if digest is None:
            yield Claim("name", name)
            continue
        params = found.oelala_params or {}
        original = params.get("image")
        yield Claim("digest", original if isinstance(original, str) and original else name, digest[1], _size(params))


def _size(params: Mapping[str, Any]) -> int | None:
    """Bytes of the start picture's file, if a result's settings tell."""
    size = params.get("image_bytes")
    return size if type(size) is int and 0 < size < 2**63 else None


def first_pictures(graph: Mapping[str, Any]) -> list[str]:
    """File names, without folders, of the pictures that a graph loads as first frames."""
    names = []
    for node in graph.values():
        inputs = _inputs(node)
        keys = [*_FIRST_FRAME, "image"] if _class(node) in _TAKES_IMAGE else [*_FIRST_FRAME]
        for key in keys:
            name = _loaded(graph, inputs.get(key))
            if name and name not in names:
                names.append(name)
    return names


def _loaded(graph: Mapping[str, Any], link: Any) -> str | None:
    for _ in range(_MOST_STEPS):
        if not isinstance(link, list) or not link or not isinstance(link[0], str | int):
            return None
        node = graph.get(str(link[0]))
        inputs = _inputs(node)
        if _class(node).startswith("LoadImage"):
            name = inputs.get("image")
            return _plain_name(name) if isinstance(name, str) else None
        link = next((inputs[key] for key in _PASSES_ON if isinstance(inputs.get(key), list)), None)
    return None


def _plain_name(name: str) -> str | None:
    plain = _SUBFOLDER_MARK.sub("", name).replace("\\", "/").rsplit("/", 1)[-1]
    return plain or None


def _inputs(node: Any) -> Mapping[str, Any]:
    inputs = node.get("inputs") if isinstance(node, dict) else None
    return inputs if isinstance(inputs, dict) else {}


def _class(node: Any) -> str:
    name = node.get("class_type") if isinstance(node, dict) else None
    return name if isinstance(name, str) else ""
