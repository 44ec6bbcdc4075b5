"""A server's lists of templates as values. /templates/index.json is a list of groups: {title, type, templates: [{name,
title, description, mediaType, mediaSubtype, tags, models, date, usage, size, openSource, io, thumbnailVariant, …}]}, of
which older servers tell but name, description and media; /workflow_templates is {pack: [names]}.

Anybody may have written them: what has another form is left out, and what is too much cut off."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from oelala_desktop.domain.template import Template

_MOST = 5_000  # templates
_LONGEST_NAME, _LONGEST_TITLE, _LONGEST_TEXT = 150, 200, 4_000  # characters
_MOST_TAGS = 30
_MOST_BYTES = 2**53
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_PICTURES = frozenset({"webp", "png", "jpg", "jpeg", "gif"})
#: how a picture is shown that has a second one to go with it
_WITH_TWO = frozenset({"compareSlider", "hoverDissolve"})
#: what a workflow makes, the most telling first
_OUTPUTS = ("video", "3d", "audio", "image")
#: groups whose templates make what the group says
_PLAIN_GROUPS = {"Video": "video", "Image": "image", "Audio": "audio", "3D Model": "3d"}


def is_name(name: str) -> bool:
    """Whether a file of that name can be asked for, and nothing else can be meant by it."""
    plain = name.isprintable() and not set(name) & set('/\\:*?"<>|%#')
    return plain and 0 < len(name) <= _LONGEST_NAME and not name.startswith((".", " ")) and not name.endswith(" ")


def parse_index(answer: object) -> tuple[Template, ...]:
    """The first of every name."""
    found: dict[str, Template] = {}
    for group in _rows(answer):
        for row in _rows(group.get("templates")):
            name = row.get("name")
            if len(found) < _MOST and isinstance(name, str) and is_name(name) and name not in found:
                found[name] = _template(name, row, group)
    return tuple(found.values())


def parse_packs(answer: object) -> tuple[Template, ...]:
    """Their authors say nothing of them but their names."""
    found: dict[str, Template] = {}
    for pack, names in answer.items() if isinstance(answer, Mapping) else ():
        for name in names if isinstance(names, list) else ():
            if len(found) < _MOST and all(isinstance(part, str) and is_name(part) for part in (pack, name)):
                title = f"{name.replace('_', ' ')} ({pack})"[:_LONGEST_TITLE]
                key = f"{pack}:{name}"
                found[key] = Template(key, title, tags=(pack,), picture_type="jpg")
    return tuple(found.values())


def _template(name: str, row: Mapping[str, Any], group: Mapping[str, Any]) -> Template:
    kind = _text(row.get("mediaSubtype"), 10).lower()
    tags = _texts(row.get("tags"))
    has_picture = kind in _PICTURES
    two = row.get("thumbnailVariant") in _WITH_TWO
    is_open = row.get("openSource")
    date = _text(row.get("date"), 20)
    return Template(
        name=name,
        title=_text(row.get("title"), _LONGEST_TITLE) or name.replace("_", " "),
        description=_text(row.get("description"), _LONGEST_TEXT),
        output=_output(row, group, tags),
        tags=tags,
        models=_texts(row.get("models")),
        date=date if _DATE.fullmatch(date) else "",
        uses=_count(row.get("usage")),
        size=_count(row.get("size")),
        memory=_count(row.get("vram")),
        is_open=is_open if isinstance(is_open, bool) else not (name.startswith("api_") or "API" in tags),
        pictures=(2 if two else 1) if has_picture else 0,
        picture_type=kind if has_picture else "",
        needs_version=_text(row.get("minComfyUIVersion"), 40),
    )


def _output(row: Mapping[str, Any], group: Mapping[str, Any], tags: tuple[str, ...]) -> str:
    """What its nodes put out, else what it says of itself; a group says it where it is one of a kind."""
    io = row.get("io")
    made = {_text(one.get("mediaType"), 10) for one in _rows(io.get("outputs") if isinstance(io, Mapping) else None)}
    told = {word for tag in tags for word in tag.lower().rpartition(" to ")[2].split()}
    of_group = _PLAIN_GROUPS.get(str(group.get("title")), "")
    for said in (made, {of_group}, told, {_text(row.get("mediaType"), 10)} - {"image"}):
        kind = next((kind for kind in _OUTPUTS if kind in said), "")
        if kind:
            return kind
    return ""


def _rows(rows: object) -> Iterator[Mapping[str, Any]]:
    return (row for row in (rows if isinstance(rows, list) else ()) if isinstance(row, Mapping))


def _texts(rows: object) -> tuple[str, ...]:
    found = (_text(row, _LONGEST_TITLE) for row in (rows[:_MOST_TAGS] if isinstance(rows, list) else ()))
    return tuple(filter(None, found))


def _text(value: object, most: int) -> str:
    """One line, without what would turn it around."""
    plain = " ".join(value[: 2 * most].split()) if isinstance(value, str) else ""
    return "".join(letter for letter in plain if letter.isprintable())[:most]


def _count(value: object) -> int:
    number = value if isinstance(value, int | float) and not isinstance(value, bool) else 0
    return int(number) if 0 < number < _MOST_BYTES else 0
