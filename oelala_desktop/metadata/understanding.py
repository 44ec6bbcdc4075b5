"""From the texts of a file to what they say: which are there, which is believed first, what only the file tells."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

from oelala_desktop.domain.generation import GenerationInfo
from oelala_desktop.metadata import jsontext
from oelala_desktop.metadata.contents import Contents
from oelala_desktop.metadata.dialects import a1111, comfy_prompt, comfy_workflow, oelala, programs
from oelala_desktop.metadata.dialects.written import Written

#: fields that come of blocks; when one has given them all, the others need not be read
_READ_FIELDS = len(GenerationInfo.__dataclass_fields__.keys() - {"source", "sources"})
#: one text that holds all blocks (VHS before 2026, and a few JPEG writers)
_WRAPPERS = ("comment", "parameters", "description", "Comment", "Description", "UserComment")
_GRAPHS = ("prompt", "workflow")
#: how JSON begins, be it inside a string
_OPENINGS = (b"{", "{", b'"', '"')
_BLOCKS = (oelala.KEY, *_GRAPHS, "original_t2i_prompt")
#: blocks that no other program writes its own things into
_COMFY = frozenset({*_BLOCKS, "encoder", "too", "CreationTime", "extra_pnginfo"})
_NONE: frozenset[str] = frozenset()
#: formats of which a saver makes a video; animated pictures carry their own mark
MOVING = frozenset({"mp4", "mov", "webm", "mkv", "gif"})


def understand(blocks: dict[str, Any], contents: Contents, name: str) -> GenerationInfo:
    """What the texts say; `name` is the file's own, which tells several outputs of one graph apart. Blocks that lie
    in one text are added to `blocks`."""
    if not blocks:
        return GenerationInfo()
    others: Set[str] = _NONE
    if not _COMFY.issuperset(blocks):
        others = _unwrap(blocks, blocks.keys() - _COMFY)
    found = _Found()
    if oelala.KEY in blocks or "original_t2i_prompt" in blocks:
        _take_ours(blocks, found)
    moving = contents.format in MOVING or "CreationTime" in blocks
    if len(found.fields) < _READ_FIELDS:
        _take_comfy(blocks, Written(name, moving, contents.width, contents.height), found)
        if others:
            _take_others({key: blocks[key] for key in others}, found)
    if found.source is None:
        return GenerationInfo()
    if (contents.frames or 0) > 1 or contents.kind == "video":
        size = {"width": contents.width, "height": contents.height} if "width" not in found.fields else {}
        found.take("file", {**size, "num_frames": contents.frames, "fps": contents.fps})
    _add_duration(found, contents)
    return GenerationInfo(source=found.source, sources=found.sources, **found.fields)


class _Found:
    """Fields from the most trusted block that has them."""

    __slots__ = ("fields", "source", "sources")

    def __init__(self) -> None:
        self.source: str | None = None
        self.fields: dict[str, Any] = {}
        self.sources: dict[str, str] = {}

    def take(self, name: str, fields: Mapping[str, Any]) -> None:
        """Fields that no more trusted block had. An empty list of models or LoRAs says nothing."""
        self.source = self.source or name
        if not self.fields:
            self.fields = {key: value for key, value in fields.items() if value is not None and value != ()}
            self.sources = dict.fromkeys(self.fields, name)
            return
        for key, value in fields.items():
            if value is not None and key not in self.fields and value != ():
                self.fields[key] = value
                self.sources[key] = name


def _unwrap(blocks: dict[str, Any], others: Set[str]) -> Set[str]:
    """Take the blocks out of a text that holds them all, unless the file has them on their own. Returns the names of
    the texts that are left to other programs."""
    left = set(others)
    _rename(blocks, others)
    for wrapper in _WRAPPERS:
        value = blocks.get(wrapper)
        if value is None:
            continue
        if value[:1] not in _OPENINGS:
            _unlabel(blocks, value)
            continue
        if _unwrap_prompt(blocks, wrapper, value):
            left.discard(wrapper)
            continue
        inner = jsontext.to_object(value)
        if inner is None:
            continue
        _take_out(blocks, wrapper, inner)
        if "parameters" in inner:
            left.add("parameters")
    return left


def _take_out(blocks: dict[str, Any], wrapper: str, inner: dict[str, Any]) -> None:
    """The blocks in an object, or the one graph that it is itself."""
    for key in (*_BLOCKS, "parameters"):
        if key in inner and (key not in blocks or key == wrapper) and (key not in _GRAPHS or _is_json(inner[key])):
            blocks[key] = inner[key]
    if "prompt" not in blocks and comfy_prompt.is_graph(inner):
        blocks["prompt"] = inner
    if "workflow" not in blocks and type(inner.get("nodes")) is list and "links" in inner:
        blocks["workflow"] = inner


def _rename(blocks: dict[str, Any], others: Set[str]) -> None:
    """Graphs whose names begin with a capital, or are in capitals."""
    for key in others:
        name = key.lower()
        if name in _GRAPHS and name not in blocks and blocks[key][:1] in (b"{", "{"):
            blocks[name] = blocks[key]


def _unlabel(blocks: dict[str, Any], value: bytes | str) -> None:
    """Take a graph whose name stands before it in the same text: `Prompt:{…}`."""
    name, _, graph = (_plain(value[:12]) or "").partition(":")
    key = name.lower()
    if key in _GRAPHS and key not in blocks and graph.lstrip()[:1] == "{":
        blocks[key] = value[len(name) + 1 :]


def _is_json(value: Any) -> bool:
    """Whether a value may be a graph; other programs keep their words under the same name."""
    return type(value) is dict or (type(value) is str and value.lstrip()[:1] in ("{", '"'))


def _unwrap_prompt(blocks: dict[str, Any], wrapper: str, value: bytes | str) -> bool:
    """VHS's comment begins with `prompt` as a JSON string; the rest is the editor's graph, many times as large and
    not needed to understand the file. Whether that is what `value` is."""
    if type(value) is not bytes or not value.startswith(b'{"prompt": "{') or "prompt" in blocks:
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


def drawn(blocks: Mapping[str, Any]) -> dict[str, Any] | None:
    """The editor's graph, also out of a text that holds all blocks."""
    if "workflow" in blocks:
        return jsontext.to_object(blocks["workflow"])
    inner = jsontext.to_object(blocks.get("comment"))
    return None if inner is None else jsontext.to_object(inner.get("workflow"))


def _take_ours(blocks: dict[str, Any], found: _Found) -> None:
    params = jsontext.to_object(blocks.get(oelala.KEY))
    if params is not None:
        fields = oelala.read(params)
        found.take("oelala", fields)
        if fields.get("loras") == ():
            # Ours lists what was used: none is an answer.
            found.fields["loras"], found.sources["loras"] = (), "oelala"
    text = _plain(blocks.get("original_t2i_prompt"))
    if text:
        found.take("oelala", {"original_t2i_prompt": text})


def _take_comfy(blocks: dict[str, Any], written: Written, found: _Found) -> None:
    graph = jsontext.to_object(blocks.get("prompt"))
    if graph is not None and comfy_prompt.is_graph(graph):
        found.take("prompt", comfy_prompt.read(graph, written))
        return
    editors = drawn(blocks)
    if editors is not None:
        found.take("workflow", comfy_prompt.read(comfy_workflow.to_graph(editors), written))


def _take_others(blocks: dict[str, Any], found: _Found) -> None:
    """What programs other than ComfyUI wrote: A1111's text, wherever it lies, or their own."""
    if _take_a1111(blocks, ("parameters",), found):
        return
    # a program that tells all in a way of its own may describe it in A1111's as well
    for name, said in programs.read(blocks):
        found.take(name, said)
    _take_a1111(blocks, _WRAPPERS, found)


def _take_a1111(blocks: dict[str, Any], keys: tuple[str, ...], found: _Found) -> bool:
    """Whether one of the texts is A1111's."""
    for key in keys:
        text = _plain(blocks.get(key))
        said = a1111.read(text) if text and text.lstrip()[:1] != "{" else None
        if said is not None:
            found.take("a1111", said)
            return True
    return False


def _plain(value: Any) -> str | None:
    """A block as text; a JSON string is unquoted."""
    if isinstance(value, bytes):
        value = jsontext.to_text(value)
    if type(value) is str and value[:1] == '"':
        value = jsontext.parse(value) or value
    return jsontext.string(value)


def _add_duration(found: _Found, contents: Contents) -> None:
    if "duration" in found.fields:
        return
    if contents.duration:
        found.take("file", {"duration": contents.duration})
        return
    frames, fps = found.fields.get("num_frames"), found.fields.get("fps")
    if frames and fps and frames > 1:
        found.take(found.sources["num_frames"], {"duration": round(frames / fps, 3)})
