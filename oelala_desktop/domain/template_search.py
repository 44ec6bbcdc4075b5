"""Templates searched, filtered and put in order, and how each stands with a server. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from .template import Template, TemplateFacts
from .tool import TOOLS, Tool

#: what is known of the template of that name
Facts = Callable[[str], TemplateFacts | None]
Sort = Literal["uses", "date", "size"]
Kind = Literal["ready", "missing", "version", "nodes", "paid", "fault", "unknown"]

#: the tool that a tag stands for, while a template's workflow has not been read
_TAGS: Mapping[str, str] = {
    "Text to Video": "text-to-video",
    "Image to Video": "image-to-video",
    "FLF2V": "image-to-video",
    "Reference to Video": "image-to-video",
    "Video to Video": "video-to-video",
    "Video Edit": "video-to-video",
    "Text to Image": "text-to-image",
    "Image Edit": "image-to-image",
    "Inpainting": "image-to-image",
    "Outpainting": "reframe",
    "Image Upscale": "upscaler",
}
_HEARD = frozenset({"Audio", "Lip Sync", "Text to Music", "Music", "Text to Speech", "Text to Audio", "Audio to Video"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """`text` are words in any order, `tool` is the id of one; `memory` are the bytes of a GPU that it has to fit in, 0
    for any; `paid` lets those in that run on paid services."""

    text: str = ""
    tool: str = ""
    sound: bool = False
    memory: int = 0
    ready: bool = False
    no_download: bool = False
    paid: bool = False
    sort: Sort = "uses"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a template stands with a server. `count` are files or node classes that are missing, `size` the bytes of the
    files, as far as they are known; `version` is the ComfyUI it needs."""

    kind: Kind
    count: int = 0
    size: int = 0
    version: str = ""


def search(templates: Iterable[Template], facts: Facts, wanted: Wanted, version: str = "") -> list[Template]:
    """In the order that is wanted. `version` is the server's, "" where it is not known."""
    words = wanted.text.casefold().split()
    found = [t for t in templates if _is_wanted(t, facts(t.name), wanted, words, version)]
    found.sort(key=lambda t: -t.uses)
    if wanted.sort == "date":
        found.sort(key=lambda t: t.date, reverse=True)
    elif wanted.sort == "size":
        found.sort(key=lambda t: (not t.size, t.size))  # what does not say comes last
    return found


def has_words(t: Template, words: Sequence[str]) -> bool:
    """Whether each of them, in small letters, stands somewhere in what is told of it."""
    text = " ".join((t.name, t.title, *t.tags, *t.models, t.output, t.description)).casefold()
    return all(word in text for word in words)


def _is_wanted(t: Template, facts: TemplateFacts | None, wanted: Wanted, words: list[str], version: str) -> bool:
    if not (t.is_open or wanted.paid):
        return False
    if wanted.tool and wanted.tool not in (tool.id for tool in tools_of(t, facts)):
        return False
    if (wanted.sound and not has_sound(t, facts)) or (wanted.memory and memory_of(t, facts) > wanted.memory):
        return False
    if wanted.ready and standing(t, facts, version).kind != "ready":
        return False
    if wanted.no_download and not _is_all_there(t, facts):
        return False
    return has_words(t, words)


def _is_all_there(t: Template, facts: TemplateFacts | None) -> bool:
    """Whether nothing would have to be fetched: of what was not read yet, only where it has no files at all."""
    return not facts.missing if facts is not None else not (t.size or (t.is_open and t.models))


def tools_of(t: Template, facts: TemplateFacts | None) -> tuple[Tool, ...]:
    """Those that it fits; a guess by its tags while it was not read."""
    if facts is not None and (facts.tools or facts.fault):
        return facts.tools
    return tuple(TOOLS[tool] for tool in dict.fromkeys(_TAGS[tag] for tag in t.tags if tag in _TAGS))


def has_sound(t: Template, facts: TemplateFacts | None) -> bool:
    return t.output == "audio" or (facts.has_sound if facts is not None else bool(_HEARD.intersection(t.tags)))


def memory_of(t: Template, facts: TemplateFacts | None) -> int:
    """Bytes that a GPU needs: what the list says, else those of the largest file, for one after the other is loaded;
    of all files where no single one is known; 0 where nothing is."""
    largest = max((model.size for model in facts.models), default=0) if facts is not None else 0
    return t.memory or largest or t.size


def standing(t: Template, facts: TemplateFacts | None, version: str = "") -> Standing:
    """What stands in the way of running it, the gravest first."""
    if not t.is_open:
        return Standing("paid")
    if version and t.needs_version and _numbers(version) < _numbers(t.needs_version):
        return Standing("version", version=t.needs_version)
    if facts is None:
        return Standing("unknown")
    if facts.lacking:
        return Standing("nodes", count=len(facts.lacking))
    if facts.missing:
        return Standing("missing", count=len(facts.missing), size=sum(model.size for model in facts.missing))
    return Standing("fault" if facts.fault else "ready")


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version)[:3])
