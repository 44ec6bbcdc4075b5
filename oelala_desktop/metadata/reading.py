"""Reading a file: its container, the blocks in it, and what the most trusted of them say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from oelala_desktop.domain.errors import Unreadable
from oelala_desktop.domain.generation import GenerationInfo
from oelala_desktop.metadata import jsontext
from oelala_desktop.metadata.containers import walk
from oelala_desktop.metadata.contents import Contents
from oelala_desktop.metadata.dialects import a1111, comfy_prompt, comfy_workflow, oelala
from oelala_desktop.metadata.source import from_memory, open_file

_READ_FIELDS = 19
#: one text that holds all blocks (VHS before 2026, and a few JPEG writers)
_WRAPPERS = ("comment", "parameters", "description")
_BLOCKS = (oelala.KEY, "prompt", "workflow", "original_t2i_prompt")


@dataclass(frozen=True, slots=True)
class MediaFacts:
    """What a file is: `kind` image or video, `format` by content, pixels, frames, frames a second, seconds."""

    kind: str
    format: str
    width: int | None
    height: int | None
    frames: int | None
    fps: float | None
    duration: float | None


@dataclass(frozen=True, slots=True)
class FileMetadata:
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

    @property
    def graph(self) -> dict[str, Any] | None:
        """The `prompt` block: the graph that was run, in ComfyUI's API form. Parsed on each call."""
        return jsontext.to_object(self.blocks.get("prompt"))

    @property
    def workflow(self) -> dict[str, Any] | None:
        """The `workflow` block: the graph as ComfyUI's editor saves it. Parsed on each call."""
        return _drawn(self.blocks)

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
    found = _understand(contents.blocks, contents)
    if found.source is None and (contents.format in _WITH_COMPANION):
        beside = _companion(path)
        if beside is not None:
            return _result(contents, _understand(beside[1], contents), beside[1], beside[0])
    return _result(contents, found, contents.blocks, None)


def read_bytes(data: bytes | memoryview, name: str) -> FileMetadata:
    """The same for an upload in memory; `name` is what error sentences call it."""
    contents = walk(from_memory(data, name))
    return _result(contents, _understand(contents.blocks, contents), contents.blocks, None)


def probe(path: Path) -> MediaFacts:
    """What a file is, from its headers alone. Raises Unreadable as `read` does."""
    with open_file(path) as source:
        found = walk(source)
    return MediaFacts(found.kind, found.format, found.width, found.height, found.frames, found.fps, found.duration)


def check_complete(path: Path) -> None:
    """Raises Unreadable if the file's own structure says that bytes are missing (a PNG without its last chunk, a JPEG
    without its end mark, a video whose frames lie beyond the end, …)."""
    with open_file(path) as source:
        found = walk(source)
    if found.damage:
        raise Unreadable(f"{path.name} is incomplete: it {found.damage}.")


# SaveAnimatedWEBP and the like carry their own; VHS writes the PNG beside every video and GIF.
_WITH_COMPANION = frozenset({"mp4", "mov", "webm", "mkv", "gif"})


def _companion(path: Path) -> tuple[str, dict[str, Any]] | None:
    """The PNG that VHS writes beside a video (`X.png` beside `X.mp4` and `X-audio.mp4`)."""
    for stem in dict.fromkeys((path.stem, path.stem.removesuffix("-audio"))):
        try:
            with open_file(path.with_name(stem + ".png")) as source:
                if source.head[:4] == b"\x89PNG":
                    return stem + ".png", walk(source).blocks
        except Unreadable:
            continue
    return None


def _result(contents: Contents, info: GenerationInfo, blocks: dict[str, Any], companion: str | None) -> FileMetadata:
    return FileMetadata(
        contents.kind, contents.format, contents.width, contents.height, contents.frames, contents.fps,
        contents.duration, info, blocks, companion,
    )  # fmt: skip


def _unwrap(blocks: dict[str, Any]) -> None:
    """Take the blocks out of a text that holds them all, unless the file has them on their own."""
    for wrapper in _WRAPPERS:
        value = blocks.get(wrapper)
        if value is None or value[:1] not in (b"{", "{", b'"', '"') or _unwrap_prompt(blocks, wrapper, value):
            continue
        inner = jsontext.to_object(value)
        if inner is None:
            continue
        for key in (*_BLOCKS, "parameters"):
            if key in inner and (key not in blocks or key == wrapper):
                blocks[key] = inner[key]
        if "prompt" not in blocks and comfy_prompt.is_graph(inner):
            blocks["prompt"] = inner


def _unwrap_prompt(blocks: dict[str, Any], wrapper: str, value: bytes | str) -> bool:
    """VHS's comment begins with `prompt` as a JSON string; the rest is the editor's graph, many times as large and
    not needed to understand the file. Whether that is what `value` is."""
    if type(value) is not bytes or not value.startswith(b'{"prompt": "') or "prompt" in blocks:
        return False
    if b'"oelala_params"' in value or b'"original_t2i_prompt"' in value or b'"parameters"' in value:
        return False
    # Inside the string every quote has a backslash before it, so this is where the next key begins.
    end = value.find(b'", "', 12)
    prompt = jsontext.parse(value[11 : end + 1]) if end > 0 else None
    if type(prompt) is not str:
        return False
    blocks["prompt"] = prompt
    return True


def _drawn(blocks: Mapping[str, Any]) -> dict[str, Any] | None:
    """The editor's graph, also out of a text that holds all blocks."""
    if "workflow" in blocks:
        return jsontext.to_object(blocks["workflow"])
    inner = jsontext.to_object(blocks.get("comment"))
    return None if inner is None else jsontext.to_object(inner.get("workflow"))


def _understand(blocks: dict[str, Any], contents: Contents) -> GenerationInfo:
    if not blocks:
        return GenerationInfo()
    _unwrap(blocks)
    moving = contents.format in _WITH_COMPANION or "CreationTime" in blocks
    source: str | None = None
    taken: dict[str, Any] = {}
    sources: dict[str, str] = {}
    if oelala.KEY in blocks or "original_t2i_prompt" in blocks:
        source = _take_ours(blocks, taken, sources)
    if len(taken) < _READ_FIELDS:
        name, fields = _comfy(blocks, moving=moving)
        if name is not None:
            source = source or name
            _take(name, fields, taken, sources)
    if "parameters" in blocks and len(taken) < _READ_FIELDS:
        text = _plain(blocks["parameters"])
        said = a1111.read(text) if text else None
        if said is not None:
            source = source or "a1111"
            _take("a1111", said, taken, sources)
    if source is None:
        return GenerationInfo()
    _add_duration(taken, sources, contents)
    return GenerationInfo(source=source, sources=sources, **taken)


def _take(name: str, fields: dict[str, Any], taken: dict[str, Any], sources: dict[str, str]) -> None:
    """Fields that no more trusted block had. An empty list of models or LoRAs says nothing."""
    if not taken:
        taken.update({key: value for key, value in fields.items() if value is not None and value != ()})
        sources.update(dict.fromkeys(taken, name))
        return
    for key, value in fields.items():
        if value is not None and key not in taken and value != ():
            taken[key] = value
            sources[key] = name


def _take_ours(blocks: dict[str, Any], taken: dict[str, Any], sources: dict[str, str]) -> str | None:
    source = None
    params = jsontext.to_object(blocks.get(oelala.KEY))
    if params is not None:
        source = "oelala"
        fields = oelala.read(params)
        _take(source, fields, taken, sources)
        if fields.get("loras") == ():
            # Ours lists what was used: none is an answer.
            taken["loras"], sources["loras"] = (), source
    text = _plain(blocks.get("original_t2i_prompt"))
    if text:
        source = "oelala"
        _take(source, {"original_t2i_prompt": text}, taken, sources)
    return source


def _comfy(blocks: dict[str, Any], *, moving: bool) -> tuple[str | None, dict[str, Any]]:
    graph = jsontext.to_object(blocks.get("prompt"))
    if graph is not None and comfy_prompt.is_graph(graph):
        return "prompt", comfy_prompt.read(graph, moving=moving)
    drawn = _drawn(blocks)
    if drawn is not None:
        return "workflow", comfy_prompt.read(comfy_workflow.to_graph(drawn), moving=moving)
    return None, {}


def _plain(value: Any) -> str | None:
    """A block as text; a JSON string is unquoted."""
    if isinstance(value, bytes):
        value = jsontext.to_text(value)
    if type(value) is str and value[:1] == '"':
        value = jsontext.parse(value) or value
    return jsontext.string(value)


def _add_duration(taken: dict[str, Any], sources: dict[str, str], contents: Contents) -> None:
    if "duration" in taken:
        return
    if contents.duration:
        taken["duration"], sources["duration"] = contents.duration, "file"
        return
    frames, fps = taken.get("num_frames"), taken.get("fps")
    if frames and fps and frames > 1:
        taken["duration"], sources["duration"] = round(frames / fps, 3), sources["num_frames"]
