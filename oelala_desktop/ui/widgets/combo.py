"""A list of which one is chosen. Long lists get a search field; a choice that the server lacks says so."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, QRectF, QSize, QSortFilterProxyModel, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QStandardItem,
    QStandardItemModel,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QComboBox,
    QListView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from oelala_desktop.ui.style import icons, painting, theme
from oelala_desktop.ui.style.combo import ComboFace
from oelala_desktop.ui.widgets.choice import Choice
from oelala_desktop.ui.widgets.control import Control, fold_states
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


class _Popup(Floating):
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


class ComboBox(Control, QComboBox):
    """Shows the label of the chosen value. A value that no choice has is kept and marked as missing.

    With an `icon` it is a filter for a toolbar: outlined, and no wider than its label needs."""

    value_changed = Signal(str)
    spoken_role = "ComboBox"  # of Qt's own the name would be the value, and the list another

    def __init__(
        self,
        name: str,
        *,
        placeholder: str = "Choose",
        dense: bool = False,
        icon: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.face = ComboFace(icon, theme.DENSE_HEIGHT if dense else theme.HEIGHT)
        self._name = name
        self._choices: tuple[Choice, ...] = ()
        self._value = ""
        self._popup: _Popup | None = None
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        across = QSizePolicy.Policy.Maximum if icon else QSizePolicy.Policy.Expanding
        self.setSizePolicy(across, QSizePolicy.Policy.Fixed)
        self.activated.connect(lambda row: self._take(self.itemData(row)))

    def value(self) -> str:
        return self._value

    def set_choices(self, choices: Sequence[Choice]) -> None:
        self._choices = tuple(choices)
        self.clear()
        for choice in self._choices:
            self.addItem(choice.label, choice.value)
        model = self.model()
        if isinstance(model, QStandardItemModel):
            for row, choice in enumerate(self._choices):
                if choice.why_not:
                    model.item(row).setEnabled(False)
        self._show()

    @property
    def choices(self) -> tuple[Choice, ...]:
        return self._choices

    def set_value(self, value: str) -> None:
        """Take `value` without a signal, known or not."""
        self._value = value
        self._show()

    @property
    def is_missing(self) -> bool:
        """Whether a value is set that the list does not have."""
        return bool(self._value) and self._row() < 0 and bool(self._choices)

    def open_list(self) -> None:
        if self._popup is None:
            self._popup = _Popup(self._name)
            self._popup.picked.connect(self._take)
        self._popup.fill(self._choices, self._value)
        self._popup.open_at(self, match_width=not self.face.icon)
        self._popup.take_focus()

    showPopup = open_list

    def spoken_value(self) -> str:
        return self.currentText() or self.placeholderText()

    def spoken_states(self) -> dict[str, bool]:
        return fold_states(self._popup is not None and self._popup.is_open) | {"hasPopup": True}

    def _row(self) -> int:
        """Of the value, among the choices; -1 if it is not there."""
        return next((row for row, choice in enumerate(self._choices) if choice.value == self._value), -1)

    def _show(self) -> None:
        while self.count() > len(self._choices):  # a value that was missing
            self.removeItem(self.count() - 1)
        row = self._row()
        if row < 0 and self._value:  # the last row is for a value that no choice has
            self.addItem(self._value, self._value)
            row = self.count() - 1
        self.setCurrentIndex(row)
        missing = self.face.missing = self.is_missing
        text = f"{self._value} is not on this server." if missing else self.spoken_value()
        self.setAccessibleDescription(text if missing else "")
        self.set_hint(text if missing or len(text) > 28 else "")
        self.updateGeometry()
        self.update()

    def _take(self, value: str) -> None:
        if value != self._value:
            self.set_value(value)
            self.value_changed.emit(value)

    def _step(self, by: int) -> None:
        able = [choice.value for choice in self._choices if not choice.why_not]
        if able:
            at = able.index(self._value) + by if self._value in able else 0
            self._take(able[max(0, min(len(able) - 1, at))])

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.open_list()  # Qt would make its own list first
        else:
            super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, plain = event.key(), not event.modifiers()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain:
            self.open_list()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and plain:
            self._step(1 if key == Qt.Key.Key_Down else -1)
        elif key == Qt.Key.Key_Down:
            self.open_list()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # scrolling a form must not change it

    def sizeHint(self) -> QSize:
        return self.face.size(self)  # Qt would measure every label

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self.face.height)
