"""Where a form's inputs stand: the one place for a picture or a video, and what has its slot beside the first."""

from __future__ import annotations

from collections.abc import Mapping

from oelala_desktop.domain.field import Field, FieldKind
from oelala_desktop.domain.tool import Tool

#: the picture that a video ends on stands with the one that it begins with
_END = "end_image"


def either_of(tool: Tool, fields: Mapping[str, Field]) -> str | None:
    """The input that stands for the other too, of a tool that goes by a picture or a video."""
    keys = [key for key in reversed(tool.needs) if key in fields] if tool.takes_either else []
    return next(iter(keys), None)


def beside_of(tool: Tool, fields: Mapping[str, Field]) -> tuple[str, str] | None:
    """The input with a slot at its side, and what stands there: the end picture, or what goes with a scene."""
    place = either_of(tool, fields)
    if place is not None:
        pictures = [key for key, field in fields.items() if field.kind is FieldKind.PICTURE and key != place]
        return (place, pictures[0]) if pictures else None
    starts = [key for key, field in fields.items() if field.kind is FieldKind.PICTURE and key != _END]
    return (starts[0], _END) if starts and _END in fields else None
