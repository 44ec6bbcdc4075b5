"""The cards of a tool's form: which fields stand where, and what the cards say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from oelala_desktop.domain.field import Field, FieldKind
from oelala_desktop.domain.inputs import Inputs
from oelala_desktop.ui import theme, wording
from oelala_desktop.ui.fields import SeedEditor, SliderEditor, TextEditor
from oelala_desktop.ui.input_editors import InputEditor
from oelala_desktop.ui.pages.field_row import FieldRow
from oelala_desktop.ui.pages.sizing import Sizing
from oelala_desktop.ui.pages.summaries import SUMMARIES
from oelala_desktop.ui.widgets.button import Button
from oelala_desktop.ui.widgets.card import Card, FoldCard
from oelala_desktop.ui.widgets.fold import FoldSection
from oelala_desktop.ui.widgets.label import Label
from oelala_desktop.ui.widgets.scroll import Column

if TYPE_CHECKING:  # what stands in folds and popovers is imported when it is opened, which start-up gains by
    from oelala_desktop.ui.pages.preset_card import PresetCard, PresetChoice
    from oelala_desktop.ui.pages.tool_form import ToolForm
    from oelala_desktop.ui.widgets.model_pair import ModelPairPicker
    from oelala_desktop.ui.widgets.popover import TipsPopover

_FOLDED = (
    ("model", "Model", "layers"),
    ("lora", "LoRA", "blend"),
    ("sampling", "Sampling", "sliders-horizontal"),
    ("memory", "Memory", "memory-stick"),
)
_KNOWN = {"prompt", "size", *(group for group, _, _ in _FOLDED)}
#: the picture that a video ends on stands with the one that it begins with
_END = "end_image"
#: width of the cards in pixels
WIDTH = 400
#: fields narrow enough to share a line
_SHORT = {"steps", "switch_step", "sampler", "scheduler", "shift", "guidance", "variations", "cfg"}
_PAIR = ("unet_high_noise", "unet_low_noise")


class FormCards(Column):
    """Asks the form for the rows of its fields; knows only where they go."""

    preset_chosen = Signal(str)  # preset id
    folded = Signal()

    def __init__(self, form: ToolForm, task: str) -> None:
        super().__init__()
        self._form = form
        self._task = task
        self._cards: dict[str, Card | FoldCard] = {}
        self._folds: dict[str, FoldSection] = {}
        self._pair: ModelPairPicker | None = None
        self._tips: TipsPopover | None = None
        self._preset: PresetCard | None = None
        self._notes: dict[str, str] = {}
        self._doubt: Label | None = None
        self._line: Label | None = None
        self._presets: tuple[Sequence[PresetChoice], str] = ((), "")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 4, 0)
        self.setMaximumWidth(WIDTH + 4)
        self._column.setSpacing(8)
        self._build()
        self._column.addStretch(1)
        for fold in self._folds_by_name().values():
            fold.toggled.connect(self.folded)

    def foldable(self) -> frozenset[str]:
        """Names of all cards and sections that open and shut."""
        return frozenset(self._folds_by_name())

    def _folds_by_name(self) -> dict[str, FoldCard | FoldSection]:
        cards = {group: card for group, card in self._cards.items() if isinstance(card, FoldCard)}
        return {**cards, **self._folds}

    def opened_folds(self) -> frozenset[str]:
        return frozenset(name for name, fold in self._folds_by_name().items() if fold.fold.is_open)

    def open_folds(self, names: frozenset[str]) -> None:
        for name, fold in self._folds_by_name().items():
            if name in names:
                fold.set_open(True)

    def open_preset(self) -> QWidget:
        card = self._cards["preset"]
        if isinstance(card, FoldCard):
            card.set_open(True)
        return card

    def _keys(self, group: str) -> list[str]:
        keys = [key for key, field in self._form.fields.items() if field.group == group]
        if "duration" in keys and "num_frames" in keys:
            keys.remove("num_frames")  # two ways to say the same; the caption shows the frames
        return keys

    def _build(self) -> None:
        self._inputs([field for field in self._form.fields.values() if field.is_input])
        if self._keys("prompt"):
            self._prompts(self._keys("prompt"))
        self._sizes(self._keys("size"))
        for group, title, icon in _FOLDED:
            if self._keys(group):
                self._add(group, FoldCard(title, partial(self._make_group, group), icon=icon))
        others = [f.key for f in self._form.fields.values() if f.group not in _KNOWN and not f.is_input]
        if others:
            self._add("more", FoldCard("More", partial(self._rows, others), icon="ellipsis"))
        self._add("preset", FoldCard("Preset", self._make_preset, icon="workflow"))

    def _add(self, group: str, card: Card | FoldCard) -> None:
        self._cards[group] = card
        self._column.addWidget(card)

    # cards that are always open

    def _inputs(self, fields: list[Field]) -> None:
        """A card each, whose head is the input's own."""
        start = next((field.key for field in fields if field.kind is FieldKind.PICTURE and field.key != _END), None)
        for field in fields:
            if field.key == _END and start is not None:
                continue
            card = Card()
            card.body.addWidget(self._form.row(field.key, labelled=False))
            if field.key == start and _END in self._form.fields:
                self._folds[_END] = FoldSection(self._form.fields[_END].label, self._end_picture)
                card.body.addWidget(self._folds[_END])
            self._add(field.key, card)

    def _end_picture(self) -> QWidget:
        holder = self._bare(_END)
        editor = self._form.editor(_END)
        if isinstance(editor, InputEditor):
            editor.without_title()
        return holder

    def _prompts(self, keys: list[str]) -> None:
        card = Card("Prompt")
        row = self._form.row("prompt", labelled=False)
        card.body.addWidget(row)
        if isinstance(row.editor, TextEditor):
            box = row.editor.box
            box.counted.connect(lambda text, wrong: card.set_caption(text, "error" if wrong else "muted"))
            card.set_caption(box.counter)
        tips = Button("Tips", "plain", icon="lightbulb", height=28)
        tips.clicked.connect(lambda: self._open_tips(tips))
        if "negative_prompt" in keys:
            fold = FoldSection("Negative prompt", partial(self._bare, "negative_prompt"), beside=tips)
            self._folds["negative_prompt"] = fold
            card.body.addWidget(fold)
        else:
            card.body.addWidget(tips, 0, Qt.AlignmentFlag.AlignRight)
        self._add("prompt", card)

    def _bare(self, key: str) -> QWidget:
        """A field alone inside a fold, whose header is its label."""
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 4, 0, 0)
        column.addWidget(self._form.row(key, labelled=False))
        return holder

    def _open_tips(self, anchor: QWidget) -> None:
        if self._tips is None:
            from oelala_desktop.ui.pages.tips import PROMPT_TIPS
            from oelala_desktop.ui.widgets.popover import TipsPopover

            self._tips = TipsPopover("Writing a prompt", PROMPT_TIPS.get(self._form.tool.output, ()))
        self._tips.open_at(anchor, align_right=True)

    def _sizes(self, keys: list[str]) -> None:
        title = self._form.fields["resolution"].label if "resolution" in keys else "Length" if keys else "Size"
        card = Card(title)
        rest = [key for key in keys if key not in ("resolution", "duration", "fps")]
        if "resolution" in keys:
            resolution = self._form.row("resolution", labelled=False)
            card.body.addWidget(resolution)
            resolution.use_head(card.head)
        if "aspect_ratio" in rest:
            card.body.addWidget(self._form.row("aspect_ratio"))
            rest.remove("aspect_ratio")
        times = [key for key in ("duration", "fps") if key in keys]
        if times:
            line = QHBoxLayout()
            line.setSpacing(16)
            for time_key in times:
                line.addWidget(self._form.row(time_key), 3 if time_key == "duration" else 2, Qt.AlignmentFlag.AlignTop)
            card.body.addLayout(line)
        duration = self._form.editor("duration")
        if isinstance(duration, SliderEditor):
            duration.show_figure(False)
        for key in rest:
            card.body.addWidget(self._form.row(key, inline=key == "clip_count"))
        self._line = Label("", tone="muted", size=theme.CAPTION, wrap=True)
        self._line.hide()
        card.body.addWidget(self._line)
        self._doubt = Label("", tone="warning", size=theme.CAPTION, wrap=True)
        self._doubt.hide()
        card.body.addWidget(self._doubt)
        self._add("size", card)

    # folded cards

    def _make_group(self, group: str) -> QWidget:
        keys = self._keys(group)
        if group == "model" and all(key in keys for key in _PAIR):
            return self._make_models([key for key in keys if key not in _PAIR])
        if group == "lora":
            return self._rows(keys, labelled=False)
        return self._rows(keys)

    def _rows(self, keys: Sequence[str], labelled: bool = True) -> QWidget:
        """Fields below each other; short ones share a line."""
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        line: QHBoxLayout | None = None
        for key in keys:
            row = self._form.row(key, labelled=labelled)
            if key in self._notes:
                row.set_caption(self._notes[key])
            if key in _SHORT:
                if line is None or line.count() == 2:
                    line = QHBoxLayout()
                    line.setSpacing(12)
                    column.addLayout(line)
                line.addWidget(row, 1, Qt.AlignmentFlag.AlignTop)
            else:
                line = None
                column.addWidget(row)
            if isinstance(row.editor, SeedEditor):
                row.editor.box.set_last(self._form.last_seed)
        return holder

    def _make_preset(self) -> QWidget:
        from oelala_desktop.ui.pages.preset_card import PresetCard

        self._preset = PresetCard()
        self._preset.set_presets(*self._presets)
        self._preset.chosen.connect(self.preset_chosen)
        return self._preset

    def _make_models(self, others: list[str]) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        from oelala_desktop.ui.widgets.model_pair import ModelPairPicker

        self._pair = ModelPairPicker(self._task)
        self._pair.changed.connect(self._take_pair)
        column.addWidget(Label("High and low noise", tone="text2", size=theme.CAPTION))
        column.addWidget(self._pair)
        if others:
            column.addWidget(self._rows(others))
        self._show_pair()
        return holder

    def _take_pair(self, high: str, low: str) -> None:
        self._form.edit(_PAIR[0], high or None)
        self._form.edit(_PAIR[1], low or None)

    def _show_pair(self) -> None:
        if self._pair is not None:
            files = [choice.value for choice in self._form.choices(_PAIR[0])]
            self._pair.set_default(*(self._form.defaults.get(key, "") for key in _PAIR))
            self._pair.set_files(files)
            values = self._form.effective()
            self._pair.set_value(str(values.get(_PAIR[0]) or ""), str(values.get(_PAIR[1]) or ""))

    # what the cards say

    def refresh(self) -> None:
        """Values or lists changed that are shown otherwise than by a row of their own."""
        self._show_pair()

    def set_note(self, key: str, text: str) -> None:
        """Kept until the row of `key` is there."""
        self._notes[key] = text
        if self._form.editor(key) is not None:
            self._form.row(key).set_caption(text)

    def tell_inputs(self, inputs: Inputs) -> None:
        """What is given to an input that may be folded."""
        fold = self._folds.get(_END)
        if fold is not None:
            end = next(iter(inputs.get(_END, ())), None)
            fold.header.set_summary(end.name if end else "")
            if end is not None and not fold.fold.is_open:
                fold.set_open(True)

    def set_presets(self, presets: Sequence[PresetChoice], chosen: str) -> None:
        self._presets = (presets, chosen)
        if self._preset is not None:
            self._preset.set_presets(presets, chosen)
        card = self._cards["preset"]
        if isinstance(card, FoldCard):
            name = next((preset.name for preset in presets if preset.id == chosen), "None yet")
            card.set_summary(name)

    def set_size_warning(self, sentence: str) -> None:
        if self._doubt is not None:
            self._doubt.setText(sentence)
            self._doubt.setVisible(bool(sentence))

    def set_last_seed(self, seed: int | None) -> None:
        editor = self._form.editor("seed")
        if isinstance(editor, SeedEditor):
            editor.box.set_last(seed)

    def tell(self, values: Mapping[str, Any], size: Sizing) -> None:
        """Captions and summaries from all values, and what comes of them."""
        card = self._cards["size"]
        if isinstance(card, Card):
            card.setVisible(bool(self._keys("size") or size.line))
            card.set_caption(size.caption)
        if self._line is not None:
            self._line.setText(size.line)
            self._line.setVisible(bool(size.line))
        if "duration" in self._form.fields:
            clips = int(values.get("clip_count") or 1)
            text = f"{wording.seconds(float(values.get('duration') or 0))} · {wording.frames(size.frames)}"
            self._form.row("duration").set_caption(f"{clips} × {text}" if clips > 1 else text)
        for group, summary in SUMMARIES.items():
            folded = self._cards.get(group)
            if isinstance(folded, FoldCard):
                folded.set_summary(summary(values))

    def reveal(self, key: str) -> FieldRow | None:
        """Open whatever `key` is folded in, and give its row."""
        group = self._form.fields[key].group
        card = self._cards.get(key) or self._cards.get(group) or self._cards.get("more")
        if isinstance(card, FoldCard):
            card.set_open(True)
        if key in self._folds:
            self._folds[key].set_open(True)
        return self._form.row(key)
