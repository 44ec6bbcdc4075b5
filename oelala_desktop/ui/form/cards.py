"""The cards of a tool's form: which fields stand where, and what the cards say."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from oelala_desktop.domain.field import Field
from oelala_desktop.ui import focus
from oelala_desktop.ui.form.fields import AspectEditor, LoraEditor, SeedEditor, TextEditor
from oelala_desktop.ui.form.foot import VARIATIONS
from oelala_desktop.ui.form.host import FormHost
from oelala_desktop.ui.form.input_editors import MediaEditor, PictureEditor, SlotEditor
from oelala_desktop.ui.form.inputs import beside_of
from oelala_desktop.ui.form.prompt_card import PromptCard
from oelala_desktop.ui.form.row import FieldRow
from oelala_desktop.ui.form.size_card import SizeCard, held
from oelala_desktop.ui.form.sizing import Sizing
from oelala_desktop.ui.form.summaries import SUMMARIES
from oelala_desktop.ui.style import theme
from oelala_desktop.ui.widgets.button import Button
from oelala_desktop.ui.widgets.card import Card
from oelala_desktop.ui.widgets.crop_stage import HIGH, LEAST
from oelala_desktop.ui.widgets.fold import Fold
from oelala_desktop.ui.widgets.fold_row import FoldRow, RowsCard
from oelala_desktop.ui.widgets.label import Label
from oelala_desktop.ui.widgets.scroll import Column, settle

if TYPE_CHECKING:  # what stands in folds and popovers is imported when it is opened, which start-up gains by
    from oelala_desktop.ui.form.proposal import Proposal
    from oelala_desktop.ui.presets.card import PresetChoice, PresetChooser
    from oelala_desktop.ui.widgets.model_pair import ModelPairPicker

_FOLDED = (
    ("model", "Model", "layers"),
    ("lora", "LoRA", "blend"),
    ("sampling", "Sampling", "sliders-horizontal"),
    ("training", "Training", "graduation-cap"),
)
#: of what is folded, what is always in view: what a LoRA is called up by, and called
_UPFRONT = ("trigger", "lora_name")
_KNOWN = {"prompt", "size", *(group for group, _, _ in _FOLDED)}
#: tools whose presets are no ways to the same end
_BY_INTENT = frozenset({"video-to-video"})
#: what is in view in another card than that of its group
_ELSEWHERE = {"strength": "size"}
_LEAST_LINES = 4  # of the prompt, in a low window
#: fields narrow enough to share a line
_SHORT = {"steps", "switch_step", "sampler", "scheduler", "shift", "guidance", "cfg", *_UPFRONT}
_SHORT |= {"train_size", "learning_rate", "rank", "batch_size", "algorithm", "optimizer", "loss_function"}
_PAIR = ("unet_high_noise", "unet_low_noise")


class FormCards(Column):
    """Asks the form for the rows of its fields; knows only where they go."""

    preset_chosen = Signal(str)  # preset id
    folded = Signal()
    help_wished = Signal(str, str)  # "improve" the prompt, "leave" what is proposed, or "words" of a LoRA's file

    def __init__(self, form: FormHost, task: str) -> None:
        super().__init__()
        self._form = form
        self._task = task
        self._cards: dict[str, Card] = {}
        self._folding: dict[str, FoldRow] = {}
        self._negative: tuple[Button, Fold] | None = None
        self._each_line: Button | None = None
        self._stage: PictureEditor | None = None
        self._pair: ModelPairPicker | None = None
        self._preset: PresetChooser | None = None
        self._intents: Card | None = None  # of the presets, where they differ in what they are for
        self._notes: dict[str, str] = {}
        self._presets: tuple[Sequence[PresetChoice], str] = ((), "")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._build()
        self._column.addStretch(1)
        for fold in self._folds().values():
            fold.toggled.connect(self.folded)

    def foldable(self) -> frozenset[str]:
        """Names of all cards and sections that open and shut."""
        return frozenset(self._folds())

    def _folds(self) -> dict[str, FoldRow | Fold]:
        folds: dict[str, FoldRow | Fold] = dict(self._folding)
        return folds | ({"negative_prompt": self._negative[1]} if self._negative else {})

    def opened_folds(self) -> frozenset[str]:
        return frozenset(name for name, fold in self._folds().items() if fold.is_open)

    def open_folds(self, names: frozenset[str]) -> None:
        for name in names & self._folds().keys():
            self._open(name)

    def _open(self, name: str) -> None:
        if name == "negative_prompt" and self._negative:
            self._negative[0].setChecked(True)
        elif name in self._folding:
            self._folding[name].set_open(True)

    def open_preset(self) -> QWidget:
        if self._intents is not None:
            return self._intents
        self._open("preset")
        return self._folding["preset"]

    def give_room(self, height: int) -> tuple[int, int]:
        """In a low window first the picture gives, then the prompt; only then there is something to scroll. In a high
        one the picture is as large as its width lets it be. Gives the picture's pixels and the prompt's lines."""
        editor = self._form.editor("prompt")
        box = editor.box if isinstance(editor, TextEditor) else None
        stage = self._stage
        for changed in self._yielding():
            settle(changed, self)
        line = box.fontMetrics().lineSpacing() if box else 1
        opened = sum((fold.fold if isinstance(fold, FoldRow) else fold).height() for fold in self._folds().values())
        # what is unfolded scrolls: nothing above it moves for that
        wanted = self.wanted_height(self.width()) - opened + (HIGH - stage.high if stage else 0)
        lacking = wanted + (line * (box.most - box.lines) if box else 0) - height
        if stage is not None:
            more = max(0, stage.source.zone.width() * 2 // 3 - HIGH)
            given = max(min(lacking, HIGH - LEAST), -more)
            stage.set_high(HIGH - given)
            lacking -= given
        if box is not None:
            box.set_lines(max(_LEAST_LINES, box.most - max(0, -(-lacking // line))))
        for changed in self._yielding():
            settle(changed, self)
        self._column.activate()
        return stage.high if stage else 0, box.lines if box else 0

    def _yielding(self) -> list[QWidget]:
        """What gives way in a low window."""
        stage, prompt = self._stage, self._form.editor("prompt")
        return [widget for widget in (stage.source.zone if stage else None, prompt) if widget is not None]

    def _group(self, key: str) -> str:
        return _ELSEWHERE.get(key, self._form.fields[key].group)

    def _keys(self, group: str) -> list[str]:
        keys = [key for key in self._form.fields if self._group(key) == group]
        if "duration" in keys and "num_frames" in keys:
            keys.remove("num_frames")  # two ways to say the same; the caption shows the frames
        return [key for key in keys if key != VARIATIONS and key not in _UPFRONT]

    def _build(self) -> None:
        self._inputs([field for field in self._form.fields.values() if field.is_input])
        if self._form.tool.id in _BY_INTENT:
            self._intents = Card("What to do")
            self._intents.hide()  # until the presets are known
            self._add("intents", self._intents)
        if self._keys("prompt"):
            self._prompts(self._keys("prompt"))
        upfront = [key for key in _UPFRONT if key in self._form.fields]
        if upfront:
            named = Card()
            named.body.addWidget(self._rows(upfront))
            self._add("upfront", named)
        self._size = SizeCard(self._form, self._held())
        self._add("size", self._size)
        card = RowsCard()
        for group, title, icon in _FOLDED:
            if self._keys(group):
                self._add_row(card, group, title, icon, partial(self._make_group, group))
        if self._intents is None:
            self._add_row(card, "preset", "Preset", "workflow", self._make_preset)
        rare = self._rare()
        if rare:
            self._add_row(card, "more", "More", "ellipsis", partial(self._rows, rare))
        card.setVisible(bool(self._folding))
        self._column.addWidget(card)

    def _rare(self) -> list[str]:
        """What stands under More."""
        rest = [key for key in self._keys("size") if key not in self._held()]
        others = [f for f in self._form.fields.values() if self._group(f.key) not in _KNOWN and not f.is_input]
        return rest + [f.key for f in others]

    def _held(self) -> tuple[str, ...]:
        """What stands on the card of sizes."""
        return held([self._form.fields[key] for key in self._keys("size")])

    def _of_row(self, name: str) -> list[str]:
        return self._rare() if name == "more" else [] if name == "preset" else self._keys(name)

    def _add(self, group: str, card: Card) -> None:
        self._cards[group] = card
        self._column.addWidget(card)

    def _add_row(self, card: RowsCard, name: str, title: str, icon: str, make: Callable[[], QWidget]) -> None:
        row = FoldRow(title, make, icon=icon)
        row.reset_requested.connect(lambda: self._form.reset(self._of_row(name)))
        self._folding[name] = row
        card.add(row)

    # cards that are always open

    def _inputs(self, fields: list[Field]) -> None:
        """A card each, whose head is the input's own."""
        first, second = beside_of(self._form.tool, self._form.fields) or ("", "")
        for field in fields:
            if field.key == second:
                continue
            card = Card()
            row = self._form.row(field.key, labelled=False)
            card.body.addWidget(row)
            if self._stage is None and isinstance(row.editor, PictureEditor):
                self._stage = row.editor
            if field.key == first and isinstance(row.editor, PictureEditor | MediaEditor):
                beside = self._form.row(second, labelled=False)
                if isinstance(beside.editor, SlotEditor):
                    row.editor.set_beside(beside, beside.editor)
            self._add(field.key, card)

    def _prompts(self, keys: list[str]) -> None:
        card = PromptCard(self._form, keys)
        card.help_wished.connect(lambda what: self.help_wished.emit(what, ""))
        self._negative = card.negative
        self._each_line = card.each_line
        self._add("prompt", card)

    @property
    def proposal(self) -> Proposal | None:
        """Where a proposed prompt stands; None on a page without a prompt."""
        card = self._cards.get("prompt")
        return card.proposal if isinstance(card, PromptCard) else None

    # folded cards

    def _make_group(self, group: str) -> QWidget:
        keys = self._keys(group)
        if group == "model" and all(key in keys for key in _PAIR):
            return self._make_models([key for key in keys if key not in _PAIR])
        if group == "lora":
            return self._make_loras(keys)
        return self._rows(keys)

    def _make_loras(self, keys: Sequence[str]) -> QWidget:
        holder = self._rows(keys, labelled=False)
        for editor in map(self._form.editor, keys):
            if isinstance(editor, LoraEditor):
                editor.rows.words_wished.connect(lambda name: self.help_wished.emit("words", name))
        return holder

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
        from oelala_desktop.ui.presets.card import PresetCard

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

    def set_presets(self, presets: Sequence[PresetChoice], chosen: str) -> None:
        self._presets = (presets, chosen)
        if self._intents is not None:
            self._show_intents(self._intents)
            return
        if self._preset is not None:
            self._preset.set_presets(presets, chosen)
        name = next((preset.name for preset in presets if preset.id == chosen), "None yet")
        self._folding["preset"].set_summary(name)

    def _show_intents(self, card: Card) -> None:
        made = self._preset is None
        if self._preset is None:
            from oelala_desktop.ui.presets.intents import IntentCards

            self._preset = IntentCards()
            self._preset.chosen.connect(self.preset_chosen)
            card.body.addWidget(self._preset)
        self._preset.set_presets(*self._presets)
        if made:
            before = list(itertools.takewhile(lambda stop: not card.isAncestorOf(stop), focus.stops(self)))
            focus.place_after(before[-1] if before else self, self._preset)
        card.setVisible(bool(self._presets[0]))

    def set_size_warning(self, sentence: str) -> None:
        self._size.warn(sentence)

    def tell_expected(self, sentence: str) -> None:
        self._size.tell_expected(sentence)

    def set_last_seed(self, seed: int | None) -> None:
        editor = self._form.editor("seed")
        if isinstance(editor, SeedEditor):
            editor.box.set_last(seed)

    def tell(self, values: Mapping[str, Any], size: Sizing) -> None:
        """Captions and summaries from all values, and what comes of them."""
        self._size.tell(values, size)
        if self._each_line is not None:
            self._each_line.setVisible(self._form.commands.holds("each-line"))
        for name, row in self._folding.items():
            if name in SUMMARIES:
                row.set_summary(SUMMARIES[name](values))
            row.set_departed(any(key in self._form.values() for key in self._of_row(name)))

    def tell_sizes(self, sizes: Mapping[str, str]) -> None:
        """What each aspect comes to."""
        editor = self._form.editor("aspect_ratio")
        if isinstance(editor, AspectEditor):
            editor.tell_sizes(sizes)

    def reveal(self, key: str) -> FieldRow | None:
        """Open whatever `key` is folded in, and give its row."""
        group = "more" if key in self._rare() else self._group(key)
        self._open(key if key == "negative_prompt" else group)
        return self._form.row(key)
