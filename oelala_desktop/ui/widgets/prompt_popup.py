"""What made a file, beside its thumbnail: prompts to copy, every setting, and two ways to use it again."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from oelala_desktop.ui.style import theme
from oelala_desktop.ui.widgets.button import Button, IconButton
from oelala_desktop.ui.widgets.facts_pane import UNKNOWN, FactsPane, ShownFacts, says_how
from oelala_desktop.ui.widgets.floating import MARGIN, Floating
from oelala_desktop.ui.widgets.label import ElidedLabel
from oelala_desktop.ui.widgets.scroll import ScrollColumn
from oelala_desktop.ui.widgets.thumbnail import PlaceholderImage

_WIDTH = 400


class PromptPopup(Floating):
    """Open it with `open_by` beside the thumbnail."""

    reuse_requested = Signal(str)  # key
    start_picture_requested = Signal(str)  # key

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(_WIDTH + 2 * MARGIN)
        self.setAccessibleName("Prompt and settings")
        self._facts: ShownFacts | None = None
        self._thumb = PlaceholderImage(64, 64, radius=8)
        self._name = ElidedLabel("", size=theme.CONTROL, weight=600)
        self._caption = ElidedLabel("", tone="text2", size=theme.CAPTION)
        close = IconButton("x", "Close")
        close.clicked.connect(self.close_panel)
        names = QVBoxLayout()
        names.setSpacing(2)
        names.addStretch(1)
        names.addWidget(self._name)
        names.addWidget(self._caption)
        names.addStretch(1)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self._thumb)
        head.addLayout(names, 1)
        head.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self._reuse = Button("Reuse settings", "primary", icon="rotate-ccw", height=theme.DENSE_HEIGHT)
        self._start = Button("Use as start picture", icon="image-play", height=theme.DENSE_HEIGHT)
        self._reuse.clicked.connect(lambda: self._send(self.reuse_requested))
        self._start.clicked.connect(lambda: self._send(self.start_picture_requested))
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self._reuse)
        foot.addWidget(self._start)
        foot.addStretch(1)
        self._scroll = ScrollColumn()
        column = QVBoxLayout(self)
        pad = MARGIN + 16
        column.setContentsMargins(pad, pad, pad, pad)
        column.setSpacing(12)
        column.addLayout(head)
        column.addWidget(self._scroll)
        column.addLayout(foot)

    def set_facts(self, facts: ShownFacts, image: QImage | None = None) -> None:
        self._facts = facts
        self._thumb.set_image(image)
        self._name.setText(facts.name)
        self._caption.setText(facts.caption)
        self._reuse.set_reason("" if says_how(facts) else UNKNOWN)
        body = FactsPane(facts)
        self._scroll.set_content(body)
        wanted = body.wanted_height(_WIDTH - 32)
        self._scroll.setFixedHeight(min(wanted, 460))

    def set_image(self, image: QImage) -> None:
        self._thumb.set_image(image)

    def _send(self, signal: object) -> None:
        if self._facts is not None:
            signal.emit(self._facts.key)  # type: ignore[attr-defined]
        self.close_panel()
