"""The side of the viewer: prompts and settings of the file in view, and the two ways to use them again."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from oelala_desktop.ui.style import theme
from oelala_desktop.ui.style.frame import GroundFace
from oelala_desktop.ui.widgets.button import Button
from oelala_desktop.ui.widgets.facts_pane import UNKNOWN, FactsPane, ShownFacts, says_how
from oelala_desktop.ui.widgets.flow import FlowLayout
from oelala_desktop.ui.widgets.scroll import ScrollColumn


class ViewerPanel(QFrame):
    reuse_requested = Signal()
    start_picture_requested = Signal()

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.face = GroundFace("panel")
        self.setAccessibleName("Prompt and settings")
        self._scroll = ScrollColumn()
        reuse = self._reuse = Button("Reuse settings", "primary", icon="rotate-ccw", height=theme.DENSE_HEIGHT)
        start = self._start = Button("Use as start picture", icon="image-play", height=theme.DENSE_HEIGHT)
        reuse.clicked.connect(self.reuse_requested)
        start.clicked.connect(self.start_picture_requested)
        foot = FlowLayout(8)
        foot.addWidget(reuse)
        foot.addWidget(start)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 20, 20, 20)
        column.setSpacing(16)
        column.addWidget(self._scroll, 1)
        column.addLayout(foot)

    def offer_start_picture(self, can: bool) -> None:
        self._start.set_reason("" if can else "This file cannot be decoded.")

    def set_facts(self, facts: ShownFacts) -> None:
        self._reuse.set_reason("" if says_how(facts) else UNKNOWN)
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 8, 0)
        column.addWidget(FactsPane(facts))
        column.addStretch(1)
        self._scroll.set_content(holder)
