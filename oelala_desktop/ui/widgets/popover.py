"""A floating panel with a title and a few lines of text, such as the tips for prompts."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from oelala_desktop.ui.widgets.floating import MARGIN, Floating
from oelala_desktop.ui.widgets.label import Label


class TipsPopover(Floating):
    def __init__(self, title: str, tips: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(336 + 2 * MARGIN)
        self.setAccessibleName(title)
        column = QVBoxLayout(self)
        pad = MARGIN + 16
        column.setContentsMargins(pad, pad - 2, pad, pad)
        column.setSpacing(8)
        column.addWidget(Label(title, weight=600))
        for tip in tips:
            column.addWidget(Label(tip, tone="text2", wrap=True))
