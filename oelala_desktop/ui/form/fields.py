"""From a field to its editor: EDITORS is the one table. A new kind of field is one row here and one widget."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit

from oelala_desktop.domain.errors import InvalidField
from oelala_desktop.domain.field import Field, FieldKind
from oelala_desktop.domain.obstacle import Obstructed
from oelala_desktop.domain.spelling import base_name
from oelala_desktop.domain.tool import MAX_PROMPT
from oelala_desktop.ui.form.editor import Editor
from oelala_desktop.ui.form.input_editors import MaskEditor, MediaEditor, PictureEditor, PicturesEditor
from oelala_desktop.ui.style import theme
from oelala_desktop.ui.widgets.choice import Choice
from oelala_desktop.ui.widgets.label import Label
from oelala_desktop.ui.widgets.line_edit import LineEdit
from oelala_desktop.ui.widgets.number_box import NumberBox, figure, mark_wrong
from oelala_desktop.ui.widgets.segmented import Segment, Segmented
from oelala_desktop.ui.widgets.slider import Slider
from oelala_desktop.ui.widgets.text_box import TextBox
from oelala_desktop.ui.widgets.toggle import Toggle

_MOST_SEGMENTS = 10
_TIMES, _FACTORS = "×", ("2", "3", "4")
_MOST_COUNTED = 6  # so few whole numbers are shown all at once
_MOST_SLIDER_STEPS = 40
_VAST = 10**9  # what a setting without a bound goes to


class TextEditor(Editor):
    def __init__(self, field: Field) -> None:
        super().__init__(field)
        self.box = TextBox(field.label, placeholder=field.help, limit=int(field.maximum or MAX_PROMPT), lines=6, most=6)
        self.box.text_edited.connect(self.edited.emit)
        self.box.counted.connect(lambda _counter, _wrong: self.problem_changed.emit(self.box.problem))
        self._hold(self.box)

    def set_value(self, value: Any) -> None:
        self.box.set_text(str(value or ""))


class LineEditor(Editor):
    """`settled` is sent when a person is done with typing, for what must not follow every letter."""

    settled = Signal(object)

    def __init__(self, field: Field) -> None:
        super().__init__(field)
        self._edit = LineEdit()
        self._edit.setAccessibleName(field.label)
        self._edit.setFixedHeight(theme.HEIGHT)
        self._edit.textEdited.connect(self._typed)
        self._edit.editingFinished.connect(self._finished)
        self._hold(self._edit)

    def set_value(self, value: Any) -> None:
        self._edit.setText(str(value or ""))
        self._edit.setCursorPosition(0)

    def conceal(self) -> None:
        """Shows dots, as for a password."""
        self._edit.setEchoMode(QLineEdit.EchoMode.Password)

    def _typed(self, text: str) -> None:
        try:
            self.field.check(text)
        except InvalidField as error:
            mark_wrong(self._edit, True)
            self.problem_changed.emit(error.obstacle.at_field if isinstance(error, Obstructed) else error.message)
        else:
            mark_wrong(self._edit, False)
            self.problem_changed.emit("")
        self.edited.emit(text)

    def _finished(self) -> None:
        if self._edit.isModified():  # it also comes when the focus only passes by
            self._edit.setModified(False)
            self.settled.emit(self._edit.text())


class PointEditor(LineEditor):
    """A place by its two numbers."""

    def set_value(self, value: Any) -> None:
        """As text it stays what somebody typed, who may not be done with it."""
        super().set_value(f"{value['x']:g}, {value['y']:g}" if isinstance(value, Mapping) else value)


class ComboEditor(Editor):
    """A model or an open list. For models an empty value means the preset's own choice."""

    def __init__(self, field: Field) -> None:
        super().__init__(field)
        from oelala_desktop.ui.widgets.combo import ComboBox  # stands in folded cards: not needed at start

        self._left = "Preset default"  # what a value left open is called
        self._listed: tuple[Choice, ...] = tuple(Choice(choice, choice) for choice in field.choices)
        self.combo = ComboBox(field.label, placeholder=self._left)
        self.combo.set_choices(self._listed)
        self.combo.value_changed.connect(lambda value: self.edited.emit(value or None))
        self._hold(self.combo)

    def set_value(self, value: Any) -> None:
        self.combo.set_value(str(value or ""))

    def set_choices(self, choices: Sequence[Choice]) -> None:
        own = [Choice("", self._left)] if self.field.kind is FieldKind.MODEL and choices else []
        self._listed = tuple(choices)
        self.combo.set_choices([*own, *choices])

    def set_default(self, name: str) -> None:
        base = base_name(name)
        self._left = f"{base} · default" if base else "Preset default"
        self.set_choices(self._listed)


class SegmentEditor(Editor):
    """A closed list of few choices; more than five stand in two rows."""

    def __init__(self, field: Field, choices: Sequence[str] = ()) -> None:
        super().__init__(field)
        self._show(choices or field.choices)

    def _show(self, choices: Sequence[str]) -> None:
        while (item := self._column.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        segments = [Segment(choice, self._name(choice)) for choice in choices]
        self.segmented = Segmented(segments, self.field.label, columns=self._across(len(segments)))
        self.segmented.value_changed.connect(self._tell)
        self._hold(self.segmented)

    def _name(self, choice: str) -> str:
        return choice.capitalize() if choice.isalpha() else choice

    def _across(self, count: int) -> int:
        return 5 if count > 5 else 0

    def set_value(self, value: Any) -> None:
        self.segmented.set_value("" if value is None else str(value))

    def _tell(self, value: str) -> None:
        self.edited.emit(int(value) if self.field.kind is FieldKind.INTEGER else value)


class TimesEditor(SegmentEditor):
    """How many times as much, of a few. Another number that was set stands beside them."""

    def __init__(self, field: Field, choices: Sequence[str]) -> None:
        super().__init__(field, choices)
        self._choices = tuple(choices)

    def _name(self, choice: str) -> str:
        return f"{choice}{_TIMES}" if float(choice) > 1 else "Off"

    def _across(self, count: int) -> int:
        return 0  # they are short

    def set_value(self, value: Any) -> None:
        text = f"{float(value or 1):g}"
        if text not in self._choices:
            self._choices = tuple(sorted((*self._choices, text), key=float))
            self._show(self._choices)
        self.segmented.set_value(text)

    def _tell(self, value: str) -> None:
        self.edited.emit(int(value) if self.field.kind is FieldKind.INTEGER else float(value))


class SliderEditor(Editor):
    def __init__(self, field: Field) -> None:
        super().__init__(field)
        step = field.step or 1
        self._decimals = 0 if float(step).is_integer() else 1 if float(step * 10).is_integer() else 2
        self.slider = Slider(field.minimum or 0, field.maximum or 1, step, field.label)
        self._figure = Label("", tone="text2")
        self._figure.setFixedWidth(36)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.slider, 1)
        row.addWidget(self._figure)
        self._column.addLayout(row)
        self.setFocusProxy(self.slider)
        self.setMinimumHeight(34)  # in line with the frames of segments beside it
        self.slider.number_changed.connect(self._tell)

    def show_figure(self, shown: bool) -> None:
        """The number beside the slider, not needed where a caption tells it."""
        self._figure.setVisible(shown)

    def set_words(self, words: str) -> None:
        self.slider.setAccessibleDescription(words)

    def set_value(self, value: Any) -> None:
        self.slider.set_number(float(value if value is not None else self.field.minimum or 0))
        self._show()

    def _tell(self, number: float) -> None:
        self._show()
        self.edited.emit(int(number) if self.field.kind is FieldKind.INTEGER else number)

    def _show(self) -> None:
        number = self.slider.number()
        self._figure.setText(figure(number, self._decimals))


class NumberEditor(Editor):
    def __init__(self, field: Field) -> None:
        super().__init__(field)
        whole = field.kind is FieldKind.INTEGER
        low = field.minimum if field.minimum is not None else -_VAST
        high = field.maximum if field.maximum is not None else _VAST
        step = field.step or (1 if whole or high - low > _VAST else _tenth(high - low))
        self.box = NumberBox(low, high, step, field.label, decimals=0 if whole else 1)
        self.box.number_changed.connect(lambda number: self.edited.emit(int(number) if whole else number))
        self.box.problem_changed.connect(self.problem_changed)
        self._hold(self.box)

    def set_value(self, value: Any) -> None:
        self.box.set_number(float(value if value is not None else self.field.minimum or 0))


class SeedEditor(Editor):
    def __init__(self, field: Field) -> None:
        super().__init__(field)
        from oelala_desktop.ui.widgets.seed_box import SeedBox  # folded at start

        self.box = SeedBox(field.label)
        self.box.seed_changed.connect(self.edited.emit)
        self.box.problem_changed.connect(self.problem_changed)
        self._hold(self.box)

    def set_value(self, value: Any) -> None:
        self.box.set_seed(int(value if value is not None else -1))


class SwitchEditor(Editor):
    def __init__(self, field: Field) -> None:
        super().__init__(field)
        self.toggle = Toggle(field.label, field.help.rstrip("."))
        self.toggle.clicked.connect(lambda on: self.edited.emit(on))  # `emit` itself would get no argument
        self._hold(self.toggle)

    def set_value(self, value: Any) -> None:
        self.toggle.setChecked(bool(value))


class LoraEditor(Editor):
    def __init__(self, field: Field) -> None:
        super().__init__(field)
        from oelala_desktop.ui.widgets.lora_rows import LoraRows  # folded at start

        self.rows = LoraRows()
        self.rows.changed.connect(lambda: self.edited.emit(self.rows.configs()))
        self._hold(self.rows)

    def set_value(self, value: Any) -> None:
        self.rows.set_configs(value or ())

    def set_choices(self, choices: Sequence[Choice]) -> None:
        self.rows.set_files([choice.value for choice in choices])


class AspectEditor(ComboEditor):
    """Aspects with the size that each comes to."""

    def __init__(self, field: Field) -> None:
        super().__init__(field)
        self.tell_sizes({})

    def tell_sizes(self, sizes: Mapping[str, str]) -> None:
        """By aspect, what is said beside it."""
        self.combo.set_choices(
            [Choice(c, c.capitalize() if c.isalpha() else c, note=sizes.get(c, "")) for c in self.field.choices]
        )


def _choice(field: Field) -> Editor:
    if field.key == "aspect_ratio":
        return AspectEditor(field)
    few = field.choices and len(field.choices) <= _MOST_SEGMENTS and not field.open_choices
    return SegmentEditor(field) if few else ComboEditor(field)


def _tenth(span: float) -> float:
    """A step for a setting that says none: a power of ten."""
    return float(10 ** (math.floor(math.log10(span)) - 1)) if span > 0 else 1.0


def _factors(field: Field) -> tuple[str, ...]:
    """Of how much larger something is made, those that its preset allows."""
    low, high = field.minimum or 1, field.maximum or float(_FACTORS[-1])
    return tuple(choice for choice in _FACTORS if low <= float(choice) <= high)


def _number(field: Field) -> Editor:
    times = _factors(field) if field.key == "factor" else field.choices if field.unit == _TIMES else ()
    if times:
        return TimesEditor(field, times)
    if field.choices:
        return SegmentEditor(field)
    low, high = field.minimum, field.maximum
    if field.kind is FieldKind.INTEGER and low is not None and high is not None and high - low < _MOST_COUNTED:
        return SegmentEditor(field, [str(number) for number in range(int(low), int(high) + 1)])
    stepped = field.kind is FieldKind.NUMBER and low is not None and high is not None and field.step
    if stepped and (high or 0) - (low or 0) <= _MOST_SLIDER_STEPS * (field.step or 1):
        return SliderEditor(field)
    return NumberEditor(field)


def _dataset(field: Field) -> Editor:
    from oelala_desktop.ui.form.dataset_editor import DatasetEditor  # one tool has it

    return DatasetEditor(field)


EDITORS: dict[FieldKind, Callable[[Field], Editor]] = {
    FieldKind.PICTURE: PictureEditor,
    FieldKind.PICTURES: PicturesEditor,
    FieldKind.VIDEO: MediaEditor,
    FieldKind.SOUND: MediaEditor,
    FieldKind.MASK: MaskEditor,
    FieldKind.DATASET: _dataset,
    FieldKind.TEXT: TextEditor,
    FieldKind.LINE: LineEditor,
    FieldKind.MODEL: ComboEditor,
    FieldKind.LORAS: LoraEditor,
    FieldKind.CHOICE: _choice,
    FieldKind.INTEGER: _number,
    FieldKind.NUMBER: _number,
    FieldKind.SEED: SeedEditor,
    FieldKind.SWITCH: SwitchEditor,
    FieldKind.POINT: PointEditor,
}


def editor_for(field: Field) -> Editor:
    return EDITORS[field.kind](field)
