"""The controls of any tool, rendered from its fields; Generate stays pinned below them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QMimeData, QTimer, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QVBoxLayout, QWidget

from oelala_desktop.domain.field import Field, FieldKind
from oelala_desktop.domain.inputs import companions
from oelala_desktop.domain.tool import Tool
from oelala_desktop.ui import focus
from oelala_desktop.ui.commands.carrier import Commands
from oelala_desktop.ui.form.cards import FormCards
from oelala_desktop.ui.form.editor import Editor
from oelala_desktop.ui.form.fields import TextEditor
from oelala_desktop.ui.form.foot import MENU, VARIATIONS, FormFoot, holds
from oelala_desktop.ui.form.input_editors import InputEditor
from oelala_desktop.ui.form.inputs import FormInputs
from oelala_desktop.ui.form.row import FieldRow
from oelala_desktop.ui.form.scroll import FormScroll
from oelala_desktop.ui.form.size_card import sizes_of, tell_frame
from oelala_desktop.ui.form.sizing import SizingRule, usual_sizing
from oelala_desktop.ui.widgets.choice import Choice

if TYPE_CHECKING:
    from oelala_desktop.ui.presets.card import PresetChoice

#: of the whole column, in pixels
LEAST_WIDTH, MOST_WIDTH = 400, 574
_SETTLED_MS = 250  # until a fold has slid open


class ToolForm(QWidget):
    """Values are kept here and not in editors, since a folded card has none yet."""

    changed = Signal(str)  # key
    generate_requested = Signal()
    preset_chosen = Signal(str)  # preset id
    files_dropped = Signal(str, list)  # key, list[Path]
    image_pasted = Signal(str, QImage)
    url_dropped = Signal(str, str)
    media_requested = Signal(str)
    preset_wished = Signal(str)  # key of a picture that carries a workflow
    instead_wished = Signal(str)  # key of an input at which another preset is offered
    help_wished = Signal(str, str)  # with the prompt: as the cards tell it
    mask_wished = Signal(str, str)  # key; paint, transparency or invert
    other_pasted = Signal(QMimeData)  # into a text, what is no text
    menu_chosen = Signal(str)  # each-line, or a command of the foot's MENU
    folded = Signal()  # a card or section was opened or shut

    def __init__(self, tool: Tool, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tool = tool
        self._fields: dict[str, Field] = {}
        self._set: dict[str, Any] = {}
        self._rows: dict[str, FieldRow] = {}
        self._choices: dict[str, tuple[Choice, ...]] = {}
        self._defaults: dict[str, str] = {}
        self._opened: frozenset[str] = frozenset()
        self._parts: dict[str, Field] = {}
        self.given = FormInputs(self)
        self._sizing: SizingRule = usual_sizing(tool)
        self._makes_sound = False
        #: "video" or "image", and how the preset's model likes to be prompted
        self.output = tool.output
        self.tips: tuple[str, ...] = ()
        self._seed: int | None = None
        #: settings that are computed from others unless a person sets them: key -> rule over all values
        self.following: dict[str, Callable[[Mapping[str, Any]], object]] = {}
        self.commands = Commands(self, "tool", everywhere=True)
        self.commands.add("generate", self.generate_requested.emit)
        for row_id in ("each-line", *MENU):
            self.commands.add(row_id, partial(self.menu_chosen.emit, row_id), partial(holds, self, row_id))
        self._scroll = FormScroll()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._scroll, 1)
        self.foot = FormFoot(self.commands)
        self.generate = self.foot.generate
        self.foot.varied.connect(self._vary)
        column.addWidget(self.foot)
        self.setMinimumWidth(LEAST_WIDTH)
        self.setMaximumWidth(MOST_WIDTH)
        self.set_fields(tool.first_fields)

    def _vary(self, count: int) -> None:
        self.edit(VARIATIONS, count)
        self._tell()

    # fields and values

    def set_fields(self, fields: Sequence[Field]) -> None:
        """What is shown, with the preset's own defaults. Values that were set stay set, and open cards open."""
        at = self._scroll.verticalScrollBar().value()
        self._fields = {field.key: field for field in fields}
        self._parts = {part.key: part for field in fields for part in companions(field)}
        self._set = {key: self._read(key, value) for key, value in self._set.items() if self._can_show(key, value)}
        self._rows = {}
        self.cards = FormCards(self, self.tool.task)
        self._scroll.set_cards(self.cards)
        focus.place_before(self.generate, self.cards)
        self.cards.preset_chosen.connect(self.preset_chosen)
        self.cards.help_wished.connect(self.help_wished)
        self.cards.open_folds(self._opened)
        self.cards.folded.connect(self._folded)
        self.cards.refresh()
        self._tell()
        if at:
            QTimer.singleShot(_SETTLED_MS, self, lambda: self._scroll.verticalScrollBar().setValue(at))

    def opened_folds(self) -> frozenset[str]:
        """Names of the cards and sections that are open, or will be as soon as a preset has them."""
        return self._opened

    def open_folds(self, names: Iterable[str]) -> None:
        self._opened |= frozenset(names)
        self.cards.open_folds(self._opened)

    def _folded(self) -> None:
        self._opened = self._opened - self.cards.foldable() | self.cards.opened_folds()
        self.folded.emit()

    @property
    def fields(self) -> Mapping[str, Field]:
        return self._fields

    def values(self) -> dict[str, Any]:
        """Every value that differs from the default of its field, by settings key; the rest is the preset's."""
        return {key: value for key, value in self._set.items() if key in self._fields or key in self._parts}

    def kept(self, key: str) -> Any:
        """What is set for a key, also where no field of the form has it."""
        return self._set.get(key)

    def effective(self) -> dict[str, Any]:
        """All values, defaults and computed ones too, as the page shows them."""
        out = {key: field.default for key, field in self._fields.items()} | self.values()
        for key, rule in self.following.items():
            if key in self._fields and key not in self._set:
                out[key] = rule(out)
        return out

    def set_values(self, values: Mapping[str, Any]) -> None:
        """Take `values` and put all others back to their defaults, without `changed`. Unknown keys are kept
        for a preset that knows them."""
        shown = {k: self._read(k, v) for k, v in values.items() if self._can_show(k, v)}
        self._set = {k: v for k, v in shown.items() if self._departs(k, v)}
        for key in self._fields:
            self._refresh(key)
        self._show_inputs()
        self.cards.refresh()
        self._tell()

    def set_value(self, key: str, value: Any) -> None:
        """Take one value, without `changed`."""
        self._store(key, value)
        self._refresh(key)
        if self._is_of_inputs(key):
            self._show_inputs()
        self.cards.refresh()
        self._tell()

    def _known(self, key: str) -> Field | None:
        return self._fields.get(key) or self._parts.get(key)

    def _is_of_inputs(self, key: str) -> bool:
        return key in self._parts or (key in self._fields and self._fields[key].is_input)

    def _can_show(self, key: str, value: Any) -> bool:
        """Two presets may have settings of their own under one name, which are of different kinds."""
        field = self._known(key)
        return field is None or value is None or field.holds(value)

    def _read(self, key: str, value: Any) -> Any:
        """A place may come as text, of a settings file; it is shown by its numbers."""
        field = self._known(key)
        return field.check(value) if field is not None and field.kind is FieldKind.POINT else value

    def _departs(self, key: str, value: Any) -> bool:
        field = self._known(key)
        if field is None:
            return True
        default = field.default
        if key in self.following or field.keeps:
            return value is not None
        return value != default and not (default is None and value == "") and not (not default and value == [])

    def _store(self, key: str, value: Any) -> None:
        if self._departs(key, value):
            self._set[key] = value
        else:
            self._set.pop(key, None)

    def edit(self, key: str, value: Any) -> None:
        """A person set `key`."""
        if key in self._fields and self._fields[key].is_input and not value:
            self._drop_parts(key)
        self._store(key, value)
        if key in self._rows:
            self._mark(key)
            self._rows[key].set_problem("")
        if self._is_of_inputs(key):
            self._show_inputs()
        for follower in self.following:
            if follower != key and follower not in self._set:
                self._refresh(follower)
        self._tell()
        self.changed.emit(key)

    def reset(self, keys: Sequence[str]) -> None:
        """Back to the defaults."""
        for key in keys:
            if key in self._set:
                self._reset(key)
        self.cards.refresh()

    def _reset(self, key: str) -> None:
        self._set.pop(key, None)
        self._refresh(key)
        field = self._fields[key]
        self.edit(key, None if key in self.following or field.keeps else field.default)

    # rows

    def row(self, key: str, *, labelled: bool = True, inline: bool = False) -> FieldRow:
        """The row of a field, made when its card is first opened."""
        if key in self._rows:
            return self._rows[key]
        editor = self.given.make_editor(self._fields[key])
        row = FieldRow(editor, labelled=labelled, inline=inline)
        self._rows[key] = row
        editor.set_default(self._defaults.get(key, ""))
        if key in self._choices:
            editor.set_choices(self._choices[key])
        self._refresh(key)
        editor.edited.connect(partial(self.edit, key))
        row.reset_requested.connect(self._reset)
        if isinstance(editor, InputEditor):
            self._connect_input(key, editor)
            self._show_inputs()
        elif isinstance(editor, TextEditor):
            editor.box.other_pasted.connect(self.other_pasted)
        return row

    def editor(self, key: str) -> Editor | None:
        row = self._rows.get(key)
        return row.editor if row else None

    def _connect_input(self, key: str, editor: InputEditor) -> None:
        editor.files_dropped.connect(partial(self.files_dropped.emit, key))
        editor.image_pasted.connect(partial(self.image_pasted.emit, key))
        editor.url_dropped.connect(partial(self.url_dropped.emit, key))
        editor.media_requested.connect(partial(self.media_requested.emit, key))
        editor.preset_wished.connect(partial(self.preset_wished.emit, key))
        editor.instead_wished.connect(partial(self.instead_wished.emit, key))
        if key == self.given.place:
            editor.take_either()
        editor.mask_wished.connect(partial(self.mask_wished.emit, key))
        editor.part_edited.connect(self.edit)
        editor.part_edited.connect(lambda part, _value: self._refresh(part))  # it may have a row of its own

    def _refresh(self, key: str) -> None:
        row = self._rows.get(key)
        if row is not None:
            row.editor.set_value(self.effective().get(key))
            self._mark(key)

    def _mark(self, key: str) -> None:
        self._rows[key].set_departed(key in self._set)
        if self._fields[key].differs:
            self._rows[key].set_caption("" if key in self._set else "each node its own")

    # what is given as files

    def give(self, key: str, value: Any) -> None:
        """A file was given: what was set for the part of another one goes. Without `changed`."""
        self._drop_parts(key)
        self.set_value(key, value)

    def _drop_parts(self, key: str) -> None:
        for part in companions(self._fields[key]):
            if part.key not in self._fields:  # one called so is the preset's own
                self._set.pop(part.key, None)

    def show_again(self) -> None:
        """More is known of what was given."""
        self._show_inputs()
        self._tell()

    def _show_inputs(self) -> None:
        self.given.refresh(self._rows, makes_sound=self._makes_sound)

    # what the page tells the form

    def set_choices(self, key: str, choices: Sequence[Choice]) -> None:
        """What the server offers for `key` (models, samplers, LoRA files)."""
        self._choices[key] = tuple(choices)
        editor = self.editor(key)
        if editor is not None:
            editor.set_choices(choices)
        self.cards.refresh()

    def set_defaults(self, names: Mapping[str, str]) -> None:
        """The models that the preset takes on this server where none is chosen, by settings key."""
        self._defaults = dict(names)
        for key, row in self._rows.items():
            row.editor.set_default(names.get(key, ""))
        self.cards.refresh()
        self._tell()

    @property
    def defaults(self) -> Mapping[str, str]:
        return self._defaults

    def set_note(self, key: str, text: str) -> None:
        """What the server has to do with a field, beside its label."""
        self.cards.set_note(key, text)

    def choices(self, key: str) -> tuple[Choice, ...]:
        return self._choices.get(key, ())

    def set_presets(self, presets: Sequence[PresetChoice], chosen: str) -> None:
        self.cards.set_presets(presets, chosen)

    def set_sizing(self, rule: SizingRule, *, has_sound: bool = False) -> None:
        """What comes of the values and of what is given, where the preset has its own way; `has_sound` says whether it
        can be heard."""
        self._sizing = rule
        self._makes_sound = has_sound
        self.show_again()

    def set_result(self, output: str, tips: Sequence[str] = ()) -> None:
        """What comes of it: "video" or "image"; and advice on prompts for its model."""
        self.output, self.tips = output, tuple(tips)

    def frame_size(self) -> tuple[int, int, int]:
        """Width, height and frames as the values stand."""
        found = self._sizing(self.effective(), self.given.facts())
        return found.width, found.height, found.frames

    def set_size_warning(self, sentence: str) -> None:
        """What is doubtful of the size; "" when nothing is."""
        self.cards.set_size_warning(sentence)

    def set_last_seed(self, seed: int | None) -> None:
        self._seed = seed
        self.cards.set_last_seed(seed)

    @property
    def last_seed(self) -> int | None:
        return self._seed

    def set_generate_reason(self, why: str) -> None:
        """Why Generate is disabled; "" enables it."""
        self.generate.set_reason(why)

    def place_of(self, key: str) -> str:
        """The field at which is said what `key` is about, which may be a part of an input; "" where there is none."""
        if key in self._fields:
            return key
        return next((name for name, field in self._fields.items() if key in {p.key for p in companions(field)}), "")

    def show_field_error(self, key: str, sentence: str, *, into_view: bool = True) -> None:
        """Show what is wrong with a field at the field, opening its card; "" clears it."""
        key = self.place_of(key)
        if not key:
            return
        row = self.cards.reveal(key) if sentence else self._rows.get(key)
        if row is None:
            return
        if isinstance(row.editor, InputEditor):
            row.editor.set_error(sentence)
        else:
            row.set_problem(sentence)
        if sentence and into_view:  # once its card has slid open
            QTimer.singleShot(_SETTLED_MS, row, lambda: self._scroll.ensureWidgetVisible(row, 0, 24))

    def show_preset(self) -> None:
        """What the preset lacks, in view."""
        card = self.cards.open_preset()
        QTimer.singleShot(_SETTLED_MS, card, lambda: self._scroll.ensureWidgetVisible(card, 0, 8))

    def _tell(self) -> None:
        values = self.effective()
        used = values | {key: name for key, name in self._defaults.items() if not values.get(key)}
        inputs = self.given.facts()
        size = self._sizing(values, inputs)
        self.cards.tell(used, size)
        self.foot.tell(int(values.get(VARIATIONS) or 1), self._fields, self.output)
        aspect = self._fields.get("aspect_ratio")
        if aspect is not None:
            self.cards.tell_sizes(sizes_of(aspect, self._sizing, values, inputs))
        tell_frame(self.editor(self.given.place or "image"), self._fields, values, size)
