"""What the engine in force lacks for the presets that it cannot run."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from oelala_desktop.ui.presets.card import PresetChoice
from oelala_desktop.ui.style import theme
from oelala_desktop.ui.widgets.button import Button
from oelala_desktop.ui.widgets.card import Card
from oelala_desktop.ui.widgets.fold import FoldSection
from oelala_desktop.ui.widgets.label import Label


class LackingPane(QWidget):
    """One preset's list, and a button that copies what to do about it."""

    def __init__(self, preset: PresetChoice) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(22, 2, 0, 8)
        column.setSpacing(8)
        for line in preset.missing:
            column.addWidget(Label(line, tone="text2", size=theme.CAPTION, wrap=True))
        if preset.fixes:
            copy = Button("Copy the commands", icon="copy", height=theme.DENSE_HEIGHT)
            copy.clicked.connect(lambda: QGuiApplication.clipboard().setText("\n".join(preset.fixes)))
            row = QHBoxLayout()
            row.addWidget(copy)
            row.addStretch(1)
            column.addLayout(row)


class LackingCard(Card):
    """A fold for each preset. It is made anew only when the list changes, so that open folds stay open."""

    def __init__(self) -> None:
        super().__init__("Presets that cannot run here")
        self._presets: tuple[PresetChoice, ...] = ()
        self.folds: list[FoldSection] = []
        self.hide()

    def set_presets(self, presets: Sequence[PresetChoice]) -> None:
        if tuple(presets) == self._presets:
            return
        self._presets = tuple(presets)
        for old in self.folds:
            self.body.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.folds = []
        for preset in self._presets:
            fold = FoldSection(preset.name, lambda preset=preset: LackingPane(preset))  # type: ignore[misc]
            fold.header.set_summary(f"lacks {len(preset.missing)}")
            self.folds.append(fold)
            self.body.addWidget(fold)
        self.setVisible(bool(self.folds))
