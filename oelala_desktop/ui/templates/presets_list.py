"""The list of presets: how a row looks, and what mouse and keyboard do with it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from oelala_desktop.ui.commands.carrier import Commands, is_own
from oelala_desktop.ui.style import icons, painting, theme
from oelala_desktop.ui.style.badge import badge_width, draw_badge
from oelala_desktop.ui.style.toggle import draw_switch
from oelala_desktop.ui.templates.card import said
from oelala_desktop.ui.templates.presets_model import ROW, Heading, Index, Line, PresetsModel
from oelala_desktop.ui.widgets.quiet_list import QuietList
from oelala_desktop.ui.widgets.row_drag import RowDrag

_HEAD, _ROW, _GAP = 40, 64, 8
_SIDE, _RIGHT, _PAD = 16, 6, 12  # the bar at the right takes the rest
_WIDEST = 1280  # pixels of a row


def card_of(rect: QRect) -> QRectF:
    """A row's card in its item."""
    return QRectF(rect.x() + _SIDE, rect.y(), min(_WIDEST, rect.width() - _SIDE - _RIGHT), rect.height() - _GAP)


def boxes(rect: QRect) -> tuple[QRectF, QRectF]:
    """(the switch, the button of the menu) of a row's item."""
    card = card_of(rect)
    more = QRectF(card.right() - _PAD - 28, card.center().y() - 14, 28, 28)
    return QRectF(more.x() - 8 - 34, card.center().y() - 10, 34, 20), more


class PresetCell(QStyledItemDelegate):
    def __init__(self, view: PresetList) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, _HEAD if isinstance(index.data(ROW), Heading) else _ROW + _GAP)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row, rect, state = index.data(ROW), option.rect, option.state
        painter.save()
        painting.begin(painter)
        if isinstance(row, Heading):
            self._paint_heading(painter, QRectF(rect).adjusted(_SIDE + 2, 0, 0, -8), row)
        elif isinstance(row, Line):
            hovered = bool(state & QStyle.StateFlag.State_MouseOver)
            focused = bool(state & QStyle.StateFlag.State_HasFocus) and self._view.shows_ring
            self._paint_line(painter, rect, row, hovered, focused)
        painter.restore()

    def _paint_heading(self, painter: QPainter, box: QRectF, row: Heading) -> None:
        t, font = theme.tokens(), theme.font(theme.BODY, 600)
        for text, tone in ((row.tool.name, t.text), (str(row.presets), t.muted)):
            painter.setFont(font)
            painter.setPen(QColor(tone))
            painter.drawText(box, Qt.AlignmentFlag.AlignBottom, text)
            box.setLeft(box.left() + painting.text_width(font, text) + 8)
            font = theme.font(theme.CAPTION)

    def _paint_line(self, painter: QPainter, rect: QRect, line: Line, hovered: bool, focused: bool) -> None:
        t, card = theme.tokens(), card_of(rect)
        painting.rounded(painter, card, theme.RADIUS, t.panel, t.border_strong if hovered else t.border)
        grip = QRectF(card.x() + 8, card.center().y() - 8, 16, 16)
        icons.draw(painter, "grip-vertical", grip, t.text2 if hovered else t.border_strong)
        switch, more = boxes(rect)
        text = QRectF(grip.right() + 8, card.y() + 9, switch.x() - 16 - grip.right() - 8, 22)
        if not line.is_on:
            painter.setOpacity(0.7)
        self._paint_words(painter, text, line)
        painter.setOpacity(1)
        draw_switch(painter, switch, 1.0 if line.is_on else 0.0, hovered=self._view.is_over(switch))
        if self._view.is_over(more):
            painting.rounded(painter, more, 6, t.input)
        icons.draw(painter, "ellipsis", more.adjusted(6, 6, -6, -6), t.text2)
        if focused:
            painting.ring(painter, card, theme.RADIUS, t.accent)

    def _paint_words(self, painter: QPainter, box: QRectF, line: Line) -> None:
        t, font = theme.tokens(), theme.font(theme.CONTROL, 600)
        room = box.width() - badge_width(line.origin) - 10
        name = painting.elided(font, line.preset.name, room)
        painter.setFont(font)
        painter.setPen(QColor(t.text))
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, name)
        badge = QRectF(box.x() + painting.text_width(font, name) + 10, box.y() + 1, badge_width(line.origin), 20)
        draw_badge(painter, badge, line.origin, "accent" if line.is_own else "quiet")
        place = box.translated(0, 24)
        for word in line.takes:
            if place.left() + 60 < box.right():
                place.setLeft(said(painter, place, word) + 14)


class PresetList(QuietList):
    """`switched`, `menu_wanted` and `moved` name presets by their ids."""

    switched = Signal(str)
    menu_wanted = Signal(str, QPoint)  # global
    moved = Signal(str, str)  # the one that it goes before, "" for the end of its tool

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__("Presets", parent=parent)
        self.presets = PresetsModel()
        self.commands = Commands(self, "presets")
        self.setItemDelegate(PresetCell(self))
        self.setModel(self.presets)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self._held: Line | None = None  # what is pressed, of whose tool the rows are that it may go among
        self._drag = RowDrag(self, self._is_movable, box=lambda index: card_of(self.visualRect(index)).toRect())
        self._drag.moved.connect(lambda row, before: self.moved.emit(self._id(row), self._id(before)))

    def _id(self, index: Index) -> str:
        line = self.presets.line_at(index)
        return line.preset.id if line is not None else ""

    def _is_movable(self, index: QModelIndex) -> bool:
        line = self.presets.line_at(index)
        return line is not None and (self._held is None or line.preset.tool == self._held.preset.tool)

    def current(self) -> Line | None:
        """The preset that the keyboard is on."""
        return self.presets.line_at(self.currentIndex())

    def go_to(self, preset_id: str) -> None:
        index = self.presets.index_of(preset_id)
        if index.isValid():
            self.setCurrentIndex(index)

    def first_stop(self) -> QModelIndex:
        rows = (self.presets.index(row) for row in range(self.presets.rowCount()))
        return next((index for index in rows if self.presets.line_at(index) is not None), QModelIndex())

    def is_over(self, box: QRectF) -> bool:
        return self.underMouse() and box.contains(QPointF(self.viewport().mapFromGlobal(self.cursor().pos())))

    def show_menu(self) -> None:
        """At the preset that the keyboard is on."""
        index = self.currentIndex()
        if self.presets.line_at(index) is not None:
            _, more = boxes(self.visualRect(index))
            self.menu_wanted.emit(self._id(index), self.viewport().mapToGlobal(more.bottomLeft().toPoint()))

    # mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        self._held = None
        if not self._part_at(event.position()):
            self._held = self.presets.line_at(self.indexAt(event.position().toPoint()))
            self._drag.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag.move(event):
            return
        if not event.buttons():
            super().mouseMoveEvent(event)
        self.viewport().update(self.visualRect(self.indexAt(event.position().toPoint())))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        part = self._part_at(event.position())
        if self._drag.release(event) or event.button() != Qt.MouseButton.LeftButton:
            return
        if part == "switch":
            self.switched.emit(self._id(self.indexAt(event.position().toPoint())))
        elif part == "more":
            self.show_menu()

    def _part_at(self, where: QPointF) -> str:
        index = self.indexAt(where.toPoint())
        if self.presets.line_at(index) is None:
            return ""
        switch, more = boxes(self.visualRect(index))
        return "more" if more.contains(where) else "switch" if switch.adjusted(-6, -8, 6, 8).contains(where) else ""

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self.show_menu()
            return
        index = self.indexAt(event.pos())
        if self.presets.line_at(index) is not None:
            self.setCurrentIndex(index)
            self.menu_wanted.emit(self._id(index), event.globalPos())

    # keyboard

    def event(self, event: QEvent) -> bool:
        if is_own(event, self):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._by_keyboard = True
        if event.modifiers() & Qt.KeyboardModifier.AltModifier:
            event.setAccepted(self.commands.press(event))  # one that is at its end stays there, and the keyboard on it
        elif not self.commands.press(event):
            super().keyPressEvent(event)
            if self.current() is None:  # a heading is no stop
                self._skip(-1 if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_PageUp) else 1)

    def _skip(self, by: int) -> None:
        at = self.currentIndex().row() + by
        while 0 <= at < self.presets.rowCount() and self.presets.line_at(self.presets.index(at)) is None:
            at += by
        index = self.presets.index(at)
        self.setCurrentIndex(index if index.isValid() else self.first_stop())
