"""What the aspect comes to: the size beside each choice, and what of the picture is seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from oelala_desktop.domain import crop
from oelala_desktop.domain.field import Field
from oelala_desktop.domain.geometry import nearest_aspect
from oelala_desktop.domain.inputs import Inputs
from oelala_desktop.ui import wording
from oelala_desktop.ui.form.editor import Editor
from oelala_desktop.ui.form.input_editors import PictureEditor
from oelala_desktop.ui.form.sizing import Sizing, SizingRule

Values = Mapping[str, Any]


def sizes_of(field: Field, rule: SizingRule, values: Values, inputs: Inputs) -> dict[str, str]:
    """By aspect, the size that it comes to."""
    found = {aspect: rule({**values, "aspect_ratio": aspect}, inputs) for aspect in field.choices}
    return {aspect: wording.size(size.width, size.height) if size.width else "" for aspect, size in found.items()}


def tell_frame(editor: Editor | None, fields: Mapping[str, Field], values: Values, size: Sizing) -> None:
    """What of the picture in that editor is seen in what is made of it."""
    if isinstance(editor, PictureEditor):
        chosen = str(values.get("aspect_ratio") or "auto")
        frame = (size.width, size.height) if size.width else None
        name = nearest_aspect(*frame) if chosen == "auto" and frame else chosen
        movable = frame if crop.KEY not in fields else None  # a preset's own says something else
        editor.set_frame(movable, values, "" if name == "auto" else name)
