"""What happened lately: every notice of the window, to be read again and acted on."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QResizeEvent
from PySide6.QtWidgets import QListView, QStackedLayout, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from oelala_desktop.ui.notices.model import Notice, NoticesModel, Role
from oelala_desktop.ui.style import icons, painting, theme
from oelala_desktop.ui.widgets.empty_state import EmptyState
from oelala_desktop.ui.widgets.quiet_list import QuietList
from oelala_desktop.ui.widgets.toast import ICONS, level_tone

Index = QModelIndex | QPersistentModelIndex
_SIDE, _BEFORE, _BEHIND, _MOST = 12, 40, 64, 600  # pixels, and characters of a sentence


class _NoticeCell(QStyledItemDelegate):
    def __init__(self, view: QListView) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        notice: Notice = index.data(Role.NOTICE)
        width = self._view.viewport().width()
        room = QRect(0, 0, max(80, width - _BEFORE - _BEHIND - 2 * _SIDE), 10_000)
        metrics = QFontMetrics(theme.font(theme.BODY))
        words = metrics.boundingRect(room, Qt.TextFlag.TextWordWrap, notice.text[:_MOST])
        return QSize(0, max(42, words.height() + 22))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        t, notice = theme.tokens(), index.data(Role.NOTICE)
        box = QRectF(option.rect).adjusted(_SIDE, 0, -_SIDE, -2)
        state = option.state
        painter.save()
        painting.begin(painter)
        if state & QStyle.StateFlag.State_MouseOver and notice.key:
            painting.rounded(painter, box, theme.RADIUS, t.input)
        place = QRectF(box.x() + 12, box.y() + 11, 16, 16)
        icons.draw(painter, ICONS[notice.level], place, level_tone(notice.level, t))
        painter.setFont(theme.font(theme.BODY))
        painter.setPen(QColor(t.text))
        words = box.adjusted(_BEFORE, 10, -_BEHIND, 0)
        painter.drawText(words, Qt.TextFlag.TextWordWrap, notice.text[:_MOST])
        painter.setFont(theme.font(theme.CAPTION))
        painter.setPen(QColor(t.muted))
        when = QRectF(box.right() - _BEHIND, box.y() + 10, _BEHIND - 12, 18)
        painter.drawText(when, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, notice.when)
        if state & QStyle.StateFlag.State_HasFocus and self._view.shows_ring:  # type: ignore[attr-defined]
            painting.ring(painter, box, theme.RADIUS, t.accent)
        painter.restore()


class _NoticeList(QuietList):
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()  # sentences wrap elsewhere


class ActivityPanel(QWidget):
    chosen = Signal(str)  # key of a notice

    def __init__(self, notices: NoticesModel, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._notices = notices
        self.list = _NoticeList("Activity")
        self.list.setItemDelegate(_NoticeCell(self.list))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setModel(notices)
        self.list.clicked.connect(self._open)
        self.list.entered_row.connect(self._open)
        self._faces = QStackedLayout(self)
        self._faces.addWidget(EmptyState("bell", "Nothing yet", "Finished and failed jobs are told here."))
        self._faces.addWidget(self.list)
        notices.rowsInserted.connect(self._show)
        self._show()

    def _show(self) -> None:
        self._faces.setCurrentIndex(1 if len(self._notices) else 0)

    def _open(self, index: QModelIndex) -> None:
        notice: Notice = index.data(Role.NOTICE)
        if notice.key:
            self.chosen.emit(notice.key)
