"""What happened lately: every notice of the window, to be read again and acted on."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from oelala_desktop.ui import icons, painting, theme
from oelala_desktop.ui.pages.panel_list import PanelList
from oelala_desktop.ui.widgets.control import Control
from oelala_desktop.ui.widgets.empty_state import EmptyState
from oelala_desktop.ui.widgets.toast import ICONS, Level, level_tone


class Notice(NamedTuple):
    """`when` is in words ("14:02"); `key` says what a click opens, "" for nothing."""

    text: str
    level: Level = "info"
    when: str = ""
    key: str = ""


class NoticeRow(Control, QAbstractButton):
    def __init__(self, notice: Notice, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.notice = notice
        self.setAccessibleName(f"{notice.text}, {notice.when}")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        if notice.key:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def _text_box(self, width: int) -> QRectF:
        return QRectF(40, 10, width - 40 - 64, 10_000)

    def heightForWidth(self, width: int) -> int:
        metrics = self.fontMetrics()
        flags = Qt.TextFlag.TextWordWrap
        box = self._text_box(width).toRect()
        return max(40, metrics.boundingRect(box, flags, self.notice.text[:600]).height() + 20)

    def sizeHint(self) -> QSize:
        return QSize(240, self.heightForWidth(max(240, self.width())))

    def paintEvent(self, _event: QPaintEvent) -> None:
        t = theme.tokens()
        painter = QPainter(self)
        painting.begin(painter)
        if self.underMouse() and self.notice.key:
            painting.rounded(painter, self.rect(), theme.RADIUS, t.input)
        place = QRectF(12, 11, 16, 16)
        icons.draw(painter, ICONS[self.notice.level], place, level_tone(self.notice.level, t))
        painter.setFont(self.font())
        painter.setPen(QColor(t.text))
        painter.drawText(self._text_box(self.width()), Qt.TextFlag.TextWordWrap, self.notice.text[:600])
        painter.setFont(theme.font(theme.CAPTION))
        painter.setPen(QColor(t.muted))
        when = QRectF(self.width() - 64, 10, 52, 18)
        painter.drawText(when, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self.notice.when)
        if self.shows_ring:
            painting.ring(painter, self.rect(), theme.RADIUS, t.accent)


class ActivityPanel(QWidget):
    chosen = Signal(str)  # key of a notice

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._empty = EmptyState("bell", "Nothing yet", "Finished and failed jobs are told here.")
        self._list = PanelList(spacing=2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._empty, 1)
        column.addWidget(self._list, 1)
        self.set_notices(())

    def set_notices(self, notices: Sequence[Notice]) -> None:
        """Newest first."""
        while (item := self._list.column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for notice in notices:
            row = NoticeRow(notice)
            if notice.key:
                row.clicked.connect(partial(self.chosen.emit, notice.key))
            self._list.column.addWidget(row)
        self._empty.setVisible(not notices)
        self._list.setVisible(bool(notices))
