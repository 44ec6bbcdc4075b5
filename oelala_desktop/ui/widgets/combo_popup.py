"""The list that a combo box opens: choices in rows under their groups, and a search field where they are many."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, QRectF, QSize, QSortFilterProxyModel, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QVBoxLayout

from oelala_desktop.ui.style import icons, painting, theme
from oelala_desktop.ui.widgets.choice import Choice
from oelala_desktop.ui.widgets.floating import MARGIN, Floating
from oelala_desktop.ui.widgets.line_edit import LineEdit
from oelala_desktop.ui.wording import tooltip

_SEARCH_FROM = 12  # choices from which a search field is worth its place
_ROW = 32
_SHOWN = 10
_VALUE = Qt.ItemDataRole.UserRole
_NOTE = Qt.ItemDataRole.UserRole + 1
_HEAD = Qt.ItemDataRole.UserRole + 2


class _Rows(QStyledItemDelegate):
    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | object) -> QSize:
        return QSize(80, _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | object) -> None:
        assert isinstance(index, QModelIndex)
        t = theme.tokens()
        painter.save()
        painting.begin(painter)
        rect: QRectF = QRectF(option.rect)
        if index.data(_HEAD):
            self._paint_head(painter, rect, str(index.data()), t)
        else:
            state: QStyle.StateFlag = option.state
            active = bool(state & (QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_Selected))
            self._paint_row(painter, rect, index, active, t)
        painter.restore()

    def _paint_head(self, painter: QPainter, rect: QRectF, text: str, t: theme.Tokens) -> None:
        font = theme.font(theme.CAPTION, 600)
        painter.setFont(font)
        painter.setPen(QColor(t.muted))
        box = rect.adjusted(8, 6, -8, 0)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, painting.elided(font, text, box.width()))

    def _paint_row(self, painter: QPainter, rect: QRectF, index: QModelIndex, active: bool, t: theme.Tokens) -> None:
        enabled = bool(index.flags() & Qt.ItemFlag.ItemIsEnabled)
        if active and enabled:
            painting.rounded(painter, rect.adjusted(0, 1, 0, -1), 6, t.input)
        view = self.parent()
        chosen = isinstance(view, _List) and index.data(_VALUE) == view.chosen
        font = theme.font(theme.BODY, 500 if chosen else 400)
        right = rect.right() - 8
        if chosen:
            icons.draw(painter, "check", QRectF(right - 14, rect.center().y() - 7, 14, 14), t.accent_text)
            right -= 22
        note = str(index.data(_NOTE) or "")
        if note:
            small = theme.font(theme.CAPTION)
            width = painting.text_width(small, note)
            painter.setFont(small)
            painter.setPen(QColor(t.muted))
            painter.drawText(
                QRectF(right - width, rect.y(), width + 2, rect.height()), Qt.AlignmentFlag.AlignVCenter, note
            )
            right -= width + 12
        painter.setFont(font)
        painter.setPen(QColor(t.text if enabled else t.muted))
        box = QRectF(rect.x() + 8, rect.y(), right - rect.x() - 8, rect.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, painting.elided(font, str(index.data()), box.width()))


class _List(QListView):
    chosen = ""


class Popup(Floating):
    picked = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._search = LineEdit()
        self._search.setPlaceholderText("Search")
        self._search.setAccessibleName(f"Search {name.lower()}")
        self._search.setFixedHeight(theme.DENSE_HEIGHT)
        self._search.installEventFilter(self)
        self._model = QStandardItemModel(self)
        self._filter = QSortFilterProxyModel(self)
        self._filter.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._filter.setSourceModel(self._model)
        self._list = _List()
        self._list.viewport().setAutoFillBackground(False)
        theme.dress_scroll_bars(self._list)
        self._list.setAccessibleName(name)
        self._list.setItemDelegate(_Rows(self._list))
        self._list.setUniformItemSizes(True)
        self._list.setMouseTracking(True)
        self._list.setModel(self._filter)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.clicked.connect(self._take)
        self._list.activated.connect(self._take)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN + 5, MARGIN + 5, MARGIN + 5, MARGIN + 5)
        column.setSpacing(4)
        column.addWidget(self._search)
        column.addWidget(self._list)
        self._search.textChanged.connect(self._narrow)

    def fill(self, choices: Sequence[Choice], chosen: str) -> None:
        self._model.clear()
        self._list.chosen = chosen
        group = ""
        for choice in choices:
            if choice.group != group:
                group = choice.group
                head = QStandardItem(group)
                head.setData(True, _HEAD)
                head.setFlags(Qt.ItemFlag.NoItemFlags)
                self._model.appendRow(head)
            self._model.appendRow(_row(choice))
        self._search.clear()
        self._search.setVisible(len(choices) >= _SEARCH_FROM)
        self._list.setFixedHeight(min(_SHOWN, max(1, self._model.rowCount())) * _ROW)
        self._mark(chosen)

    def take_focus(self) -> None:
        target = self._search if not self._search.isHidden() else self._list
        target.setFocus(Qt.FocusReason.PopupFocusReason)

    def _mark(self, chosen: str) -> None:
        found = self._filter.match(self._filter.index(0, 0), _VALUE, chosen, 1, Qt.MatchFlag.MatchExactly)
        if found:
            self._list.setCurrentIndex(found[0])
            self._list.scrollTo(found[0], QListView.ScrollHint.PositionAtCenter)

    def _narrow(self, text: str) -> None:
        self._filter.setFilterFixedString(text)
        for row in range(self._filter.rowCount()):
            index = self._filter.index(row, 0)
            if index.flags() & Qt.ItemFlag.ItemIsEnabled:
                self._list.setCurrentIndex(index)
                return

    def _take(self, index: QModelIndex) -> None:
        if index.isValid() and index.flags() & Qt.ItemFlag.ItemIsEnabled:
            self.close_panel()
            self.picked.emit(str(index.data(_VALUE)))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._search and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
                self._list.keyPressEvent(event)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._take(self._list.currentIndex())
                return True
        return super().eventFilter(watched, event)


def _row(choice: Choice) -> QStandardItem:
    item = QStandardItem(choice.label)
    item.setData(choice.value, _VALUE)
    item.setData(choice.note, _NOTE)
    item.setData(choice.label, Qt.ItemDataRole.AccessibleTextRole)
    flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
    item.setFlags(Qt.ItemFlag.NoItemFlags if choice.why_not else flags)
    item.setToolTip(tooltip(choice.why_not or (choice.label if len(choice.label) > 32 else "")))
    return item
