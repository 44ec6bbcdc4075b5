"""Painting a mask, over the whole window."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QMessageBox, QVBoxLayout, QWidget

from oelala_desktop.ui.question import Answer, ask
from oelala_desktop.ui.style import theme
from oelala_desktop.ui.widgets.button import Button
from oelala_desktop.ui.widgets.label import Label
from oelala_desktop.ui.widgets.mask_painter import MaskPainter
from oelala_desktop.ui.widgets.sheet import Sheet

_AROUND = 32


class MaskSheet(Sheet):
    """Esc, Cancel and a click beside it ask first where something was painted."""

    painted = Signal(QImage)  # see MaskPainter.mask_image

    def __init__(self, window: QWidget) -> None:
        super().__init__(window, 640, "Paint the mask")
        self._dirty = False
        self.painter = MaskPainter()
        self.painter.edited.connect(self._edited)
        self._cancel = Button("Cancel", "outlined")
        self._cancel.clicked.connect(self.close_sheet)
        self._done = Button("Done", "primary")
        self._done.clicked.connect(self._finish)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(Label("Paint the mask", size=theme.SECTION, weight=600))
        hint = Label("What is painted will be changed", tone="muted", size=theme.CAPTION)
        head.addWidget(hint)
        head.addStretch(1)
        head.addWidget(self._cancel)
        head.addWidget(self._done)
        column = QVBoxLayout(self.card)
        column.setContentsMargins(24, 16, 24, 24)
        column.setSpacing(12)
        column.addLayout(head)
        column.addWidget(self.painter, 1)

    def open_mask(self, picture: QImage, mask: QImage | None = None, size: QSize | None = None) -> None:
        """`picture` may be a smaller preview of one of `size` pixels; `mask` is what to go on from."""
        self.painter.set_picture(picture, size)
        if mask is not None:
            self.painter.set_mask(mask)
        self._dirty = False
        self._tell()
        self.open_sheet()
        self.painter.canvas.setFocus(Qt.FocusReason.PopupFocusReason)

    def close_sheet(self) -> None:
        if not self._dirty or not self.isVisible():
            super().close_sheet()
            return
        roles = QMessageBox.ButtonRole
        keep = Answer("Go on painting", roles.RejectRole)
        discard = Answer("Discard", roles.DestructiveRole, self._discard)
        ask(self, "Discard the mask?", "What was painted is lost then.", (keep, discard), default=0)

    def _discard(self) -> None:
        self._dirty = False
        self.close_sheet()

    def _finish(self) -> None:
        self._dirty = False
        self.painted.emit(self.painter.mask_image())
        self.close_sheet()

    def _edited(self) -> None:
        self._dirty = True
        self._tell()

    def _tell(self) -> None:
        self._done.set_reason("Paint over the picture first" if self.painter.is_empty else "")

    def _place(self) -> None:
        window = self.parentWidget()
        if window is not None:
            self.setGeometry(window.rect())
            around = min(_AROUND, self.width() // 40)
            self.card.setFixedSize(self.width() - 2 * around, self.height() - 2 * around)
            self.card.move(QPoint(around, around))
