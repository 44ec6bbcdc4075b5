"""The card of sizes: resolution and aspect, or the plain width and height of a workflow that has its own, duration and
rate, and what comes of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QSizePolicy

from oelala_desktop.domain import crop, framing
from oelala_desktop.domain.field import Field
from oelala_desktop.domain.geometry import nearest_aspect
from oelala_desktop.domain.inputs import Inputs
from oelala_desktop.ui import wording
from oelala_desktop.ui.form.editor import Editor
from oelala_desktop.ui.form.fields import SliderEditor
from oelala_desktop.ui.form.host import FormHost
from oelala_desktop.ui.form.input_editors import MediaEditor, PictureEditor
from oelala_desktop.ui.form.sizing import Sizing, SizingRule
from oelala_desktop.ui.style import theme
from oelala_desktop.ui.widgets.card import Card
from oelala_desktop.ui.widgets.label import Label

#: what it has in its two lines; the rest of sizes is rare and folded
_SIZES = ("resolution", "aspect_ratio", "duration", "fps")
#: how much larger, how much smoother, how much of what is given may change: a line each, before all else
_TIMES = ("factor", "smooth", "strength")
_MOST_PLAIN = 6
_WIDE = 3  # shares of a line that a resolution and a duration take, to 2 of what stands beside them


def held(fields: Sequence[Field]) -> tuple[str, ...]:
    """Keys of what the card shows, of all fields of sizes."""
    plain = [f.key for f in fields if f.key not in (*_SIZES, *_TIMES) and f.keeps][:_MOST_PLAIN]
    keys = [field.key for field in fields]
    times = [k for k in _TIMES if k in keys]
    return (*times, *(k for k in _SIZES[:2] if k in keys), *plain, *(k for k in _SIZES[2:] if k in keys))


class SizeCard(Card):
    def __init__(self, form: FormHost, keys: Sequence[str]) -> None:
        super().__init__()
        self._form = form
        self._keys = tuple(keys)
        plain = [key for key in keys if key not in (*_SIZES, *_TIMES)]
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(0, 1 if plain else _WIDE)
        grid.setColumnStretch(1, 1 if plain else 2)
        at = 0
        for pair in (
            *((key,) for key in _TIMES),
            _SIZES[:2],
            *(tuple(plain[n : n + 2]) for n in range(0, len(plain), 2)),
            _SIZES[2:],
        ):
            there = [key for key in pair if key in keys]
            for column, key in enumerate(there):
                span = 2 if len(there) == 1 else 1
                row = form.row(key)
                row.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)  # shares alone count
                grid.addWidget(row, at, column, 1, span, Qt.AlignmentFlag.AlignTop)
            at += bool(there)
        if at:
            self.body.addLayout(grid)
        duration = form.editor("duration")
        if isinstance(duration, SliderEditor):
            duration.show_figure(False)
        self._line = Label("", tone="muted", size=theme.CAPTION, wrap=True)
        self._expected = Label("", tone="muted", size=theme.CAPTION, wrap=True)
        self._doubt = Label("", tone="warning", size=theme.CAPTION, wrap=True)
        for label in (self._line, self._expected, self._doubt):
            label.hide()
            self.body.addWidget(label)

    def warn(self, sentence: str) -> None:
        self._doubt.setText(sentence)
        self._doubt.setVisible(bool(sentence))

    def tell_expected(self, sentence: str) -> None:
        """How long it takes, as far as that can be said."""
        self._expected.setText(sentence)
        self._expected.setVisible(bool(sentence))

    def tell(self, values: Mapping[str, Any], size: Sizing) -> None:
        """What comes of all values: beside the control that says it, else in a line of its own."""
        place = next((key for key in _SIZES[:2] if key in self._keys), "")
        said = place or "width" in self._keys
        line = " · ".join(filter(None, ("" if said else size.caption, size.line)))
        self.setVisible(bool(self._keys or line))
        if place:
            self._form.row(place).set_caption(size.caption)
        self._line.setText(line)
        self._line.setVisible(bool(line))
        for key in _TIMES:
            if key in self._keys and not self._form.fields[key].differs:  # of those the row says so itself
                self._form.row(key).set_caption(size.notes.get(key, ""))
        if "fps" in self._keys:
            self._form.row("fps").set_caption(f"{float(values.get('fps') or 0):g}{wording.NBSP}fps")
        if "duration" in self._keys:
            clips = int(values.get("clip_count") or 1)
            text = f"{wording.seconds(float(values.get('duration') or 0))} · {wording.frames(size.frames)}"
            self._form.row("duration").set_caption(f"{clips} × {text}" if clips > 1 else text)


def sizes_of(field: Field, rule: SizingRule, values: Mapping[str, Any], inputs: Inputs) -> dict[str, str]:
    """By aspect, the size that it comes to."""
    return {aspect: _size_words(rule({**values, "aspect_ratio": aspect}, inputs)) for aspect in field.choices}


def _size_words(size: Sizing) -> str:
    if size.frame is not None and size.frame.size == (size.frame.inner_width, size.frame.inner_height):
        return "as given"
    return wording.size(size.width, size.height) if size.width else ""


def tell_frame(editor: Editor | None, fields: Mapping[str, Field], values: Mapping[str, Any], size: Sizing) -> None:
    """What of the picture in that editor is seen in what is made of it, or what is made round it."""
    chosen = str(values.get("aspect_ratio") or "auto")
    if isinstance(editor, PictureEditor | MediaEditor):
        editor.set_round(size.frame, framing.place_of(values), chosen)
    if isinstance(editor, PictureEditor) and size.frame is None:
        frame = (size.width, size.height) if size.width else None
        name = nearest_aspect(*frame) if chosen == "auto" and frame else chosen
        movable = frame if crop.KEY not in fields else None  # a preset's own says something else
        editor.set_frame(movable, values, "" if name == "auto" else name)
