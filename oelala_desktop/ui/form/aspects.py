"""What the aspect comes to: the size beside each choice, and what of the picture is seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from oelala_desktop.domain import crop, framing
from oelala_desktop.domain.field import Field
from oelala_desktop.domain.geometry import nearest_aspect
from oelala_desktop.domain.inputs import Inputs
from oelala_desktop.ui import wording
from oelala_desktop.ui.form.editor import Editor
from oelala_desktop.ui.form.input_editors import MediaEditor, PictureEditor
from oelala_desktop.ui.form.sizing import Sizing, SizingRule

Values = Mapping[str, Any]


def sizes_of(field: Field, rule: SizingRule, values: Values, inputs: Inputs) -> dict[str, str]:
    """By aspect, the size that it comes to."""
    return {aspect: _size_words(rule({**values, "aspect_ratio": aspect}, inputs)) for aspect in field.choices}


def _size_words(size: Sizing) -> str:
    if size.frame is not None and size.frame.size == (size.frame.inner_width, size.frame.inner_height):
        return "as given"
    return wording.size(size.width, size.height) if size.width else ""


def tell_frame(editor: Editor | None, fields: Mapping[str, Field], values: Values, size: Sizing) -> None:
    """What of the picture in that editor is seen in what is made of it, or what is made round it."""
    chosen = str(values.get("aspect_ratio") or "auto")
    if isinstance(editor, PictureEditor | MediaEditor):
        editor.set_round(size.frame, framing.place_of(values), chosen)
    if isinstance(editor, PictureEditor) and size.frame is None:
        frame = (size.width, size.height) if size.width else None
        name = nearest_aspect(*frame) if chosen == "auto" and frame else chosen
        movable = frame if crop.KEY not in fields else None  # a preset's own says something else
        editor.set_frame(movable, values, "" if name == "auto" else name)
