"""Reading a file: its container, the blocks in it, and what the most trusted of them say."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from oelala_desktop.domain.errors import Unreadable
from oelala_desktop.domain.generation import GenerationInfo
from oelala_desktop.metadata import jsontext
from oelala_desktop.metadata.beside import companion_names
from oelala_desktop.metadata.containers import walk
from oelala_desktop.metadata.contents import Contents
from oelala_desktop.metadata.dialects import a1111, oelala
from oelala_desktop.metadata.source import from_memory, open_file
from oelala_desktop.metadata.understanding import MOVING, drawn, understand


@dataclass(frozen=True, slots=True)
class MediaFacts:
    """What a file is: `kind` image or video, `format` by content, pixels, frames, frames a second, seconds, and whether
    it has a sound track."""

    kind: str
    format: str
    width: int | None
    height: int | None
    frames: int | None
    fps: float | None
    duration: float | None
    has_sound: bool = False


class FileMetadata(NamedTuple):
    """What a file is and what made it. `blocks` are the texts in it, raw; `companion` names the PNG of the same stem
    that they came from, if the file had none of its own."""

    kind: str
    format: str
    width: int | None
    height: int | None
    frames: int | None
    fps: float | None
    duration: float | None
    info: GenerationInfo
    blocks: Mapping[str, Any]
    companion: str | None = None
    has_sound: bool = False

    @property
    def graph(self) -> dict[str, Any] | None:
        """The `prompt` block: the graph that was run, in ComfyUI's API form. Parsed on each call."""
        return jsontext.to_object(self.blocks.get("prompt"))

    @property
    def workflow(self) -> dict[str, Any] | None:
        """The `workflow` block: the graph as ComfyUI's editor saves it. Parsed on each call."""
        return drawn(self.blocks)

    @property
    def oelala_params(self) -> dict[str, Any] | None:
        """Our own block with all of its keys. Parsed on each call."""
        return jsontext.to_object(self.blocks.get(oelala.KEY))

    @property
    def parameters(self) -> dict[str, str]:
        """All keys of an A1111 block, the ones that have no field of their own too; empty if there is none."""
        return a1111.settings(self.blocks.get("parameters"))


def read(path: Path) -> FileMetadata:
    """Everything that a file tells without decoding a pixel. A file without metadata has `info.source` None. Raises
    Unreadable (a sentence that names the file) when it is missing, empty, a folder, of no known kind or damaged
    beyond use."""
    source = open_file(path)
    try:
        contents = walk(source)
    finally:
        source.close()
    found = understand(contents.blocks, contents, source.name)
    if found.source is None and contents.format in MOVING:
        beside = _companion(path)
        if beside is not None:
            return _result(contents, understand(beside[1], contents, path.name), beside[1], beside[0])
    return _result(contents, found, contents.blocks, None)


def read_bytes(data: bytes | memoryview, name: str) -> FileMetadata:
    """The same for an upload in memory; `name` is what error sentences call it."""
    contents = walk(from_memory(data, name))
    return _result(contents, understand(contents.blocks, contents, name), contents.blocks, None)


def probe(path: Path, opener: Callable[[Path, int], int] = os.open) -> MediaFacts:
    """What a file is, from its headers alone. Raises Unreadable as `read` does. `opener` is given the path and flags,
    as `os.open` is."""
    with open_file(path, opener) as source:
        found = walk(source)
    return MediaFacts(
        found.kind, found.format, found.width, found.height, found.frames, found.fps, found.duration, found.has_sound
    )


def check_complete(path: Path) -> None:
    """Raises Unreadable if the file's own structure says that bytes are missing (a PNG without its last chunk, a JPEG
    without its end mark, a video whose frames lie beyond the end, …)."""
    with open_file(path) as source:
        found = walk(source)
    if found.damage:
        raise Unreadable(f"{path.name} is incomplete: it {found.damage}.")


def _companion(path: Path) -> tuple[str, dict[str, Any]] | None:
    """The name and the texts of a video's companion. A picture that happens to be called so and tells nothing is
    none."""
    for name in companion_names(path.name):
        try:
            with open_file(path.with_name(name)) as source:
                blocks = walk(source).blocks if source.head[:4] == b"\x89PNG" else {}
                if blocks:
                    return name, blocks
        except Unreadable:
            continue
    return None


def _result(contents: Contents, info: GenerationInfo, blocks: dict[str, Any], companion: str | None) -> FileMetadata:
    return FileMetadata(
        contents.kind, contents.format, contents.width, contents.height, contents.frames, contents.fps,
        contents.duration, info, blocks, companion, contents.has_sound,
    )  # fmt: skip
