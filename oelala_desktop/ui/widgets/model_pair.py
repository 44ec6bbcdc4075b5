"""The two models of a two-pass video: one choice for both, or each apart under Advanced."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from oelala_desktop.domain.models import ModelPair, display_name, find_pairs, pair_warnings, passes_of
from oelala_desktop.ui.style import theme
from oelala_desktop.ui.widgets.choice import Choice
from oelala_desktop.ui.widgets.combo import ComboBox
from oelala_desktop.ui.widgets.fold import FoldSection
from oelala_desktop.ui.widgets.label import Label


class ModelPairPicker(QWidget):
    """Choosing a pair sets high and low. `task` ("i2v", "t2v") decides which weights get a warning."""

    changed = Signal(str, str)  # high, low

    def __init__(self, task: str = "i2v", *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._task = task
        self._files: tuple[str, ...] = ()
        self._pairs: tuple[ModelPair, ...] = ()
        self._default = ""
        self._pair = ComboBox("Model pair", placeholder="Choose a pair")
        self._high = ComboBox("High noise model", placeholder="Choose a model")
        self._low = ComboBox("Low noise model", placeholder="Choose a model")
        self._warning = Label("", tone="warning", size=theme.CAPTION, wrap=True)
        self._warning.hide()
        self.advanced = FoldSection("High and low apart", self._make_advanced)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self._pair)
        column.addWidget(self._warning)
        column.addWidget(self.advanced)
        self._pair.value_changed.connect(self._take_pair)
        self._high.value_changed.connect(lambda _value: self._apart())
        self._low.value_changed.connect(lambda _value: self._apart())

    def set_files(self, files: Sequence[str]) -> None:
        """All diffusion models that the server offers."""
        self._files = tuple(files)
        self._pairs = find_pairs(files)
        left = [Choice("", f"{self._default} · default" if self._default else "Preset default")]
        self._pair.set_choices(left + [Choice(pair.high, pair.name) for pair in self._pairs])
        passes = passes_of(files)
        for combo, other in ((self._high, "low"), (self._low, "high")):
            fitting = [Choice(file, display_name(file)) for file in files if passes[file] != other]
            rest = [Choice(f, display_name(f), f"Named for the {other} pass") for f in files if passes[f] == other]
            combo.set_choices([Choice("", "Preset default"), *fitting, *rest])
        self._show()

    def set_default(self, high: str, low: str) -> None:
        """The pair that the preset takes where none is chosen; before `set_files`."""
        pairs = find_pairs([high, low]) if high and low else ()
        self._default = pairs[0].name if pairs else " + ".join(display_name(name) for name in (high, low) if name)

    def value(self) -> tuple[str, str]:
        return self._high.value(), self._low.value()

    def set_value(self, high: str, low: str) -> None:
        """Take both without a signal."""
        self._high.set_value(high)
        self._low.set_value(low)
        self._show()

    @property
    def warnings(self) -> tuple[str, ...]:
        return tuple(map(str, pair_warnings(self._high.value(), self._low.value(), task=self._task)))

    @property
    def summary(self) -> str:
        """ "wan2.2 i2v 14B Q6_K · pair", as on the folded card."""
        high, low = self.value()
        if not high and not low:
            return "Preset default"
        pair = self._matching()
        if pair is not None:
            return f"{pair.name} · pair"
        return " + ".join(display_name(name) for name in (high, low) if name)

    def _make_advanced(self) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(6)
        for text, combo in (("High noise model", self._high), ("Low noise model", self._low)):
            column.addWidget(Label(text, tone="text2", size=theme.CAPTION))
            column.addWidget(combo)
        return holder

    def _matching(self) -> ModelPair | None:
        high, low = self.value()
        return next((pair for pair in self._pairs if (pair.high, pair.low) == (high, low)), None)

    def _take_pair(self, high: str) -> None:
        pair = next((pair for pair in self._pairs if pair.high == high), None)
        self.set_value(*((pair.high, pair.low) if pair else ("", "")))
        self.changed.emit(*self.value())

    def _apart(self) -> None:
        self._show()
        self.changed.emit(*self.value())

    def _show(self) -> None:
        pair = self._matching()
        high, low = self.value()
        self._pair.set_value(pair.high if pair else "")
        self._warning.setText("\n".join(self.warnings))
        self._warning.setVisible(bool(self.warnings))
        if (high or low) and pair is None:
            self.advanced.set_open(True)
