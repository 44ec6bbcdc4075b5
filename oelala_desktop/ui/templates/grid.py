"""The grid of templates: cards as wide as the page has room for, drawn from the pictures that are on screen."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from oelala_desktop.ui.playing.pixmaps import PixmapCache
from oelala_desktop.ui.style import painting, theme
from oelala_desktop.ui.templates import card
from oelala_desktop.ui.templates.model import CARD, Index, TemplatesModel
from oelala_desktop.ui.widgets.quiet_list import QuietList

GAP, SIDE = 12, 16
#: pixels that a card has at least, in a page of so many
_LEAST = ((1700, 280), (0, 232))
_SETTLE_MS = 60  # a page that changes its size asks for pictures when it stands


def columns_for(width: int) -> int:
    """Of cards side by side in `width` pixels."""
    least = next(least for wide, least in _LEAST if width >= wide)
    return max(1, (width + GAP) // (least + GAP))


class CardCell(QStyledItemDelegate):
    def __init__(self, grid: TemplateGrid) -> None:
        super().__init__(grid)
        self._grid = grid

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return self._grid.gridSize()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        shown = index.data(CARD)
        state = option.state
        focused = bool(state & QStyle.StateFlag.State_HasFocus) and self._grid.shows_ring
        painter.save()
        painting.begin(painter)
        card.paint(
            painter,
            QRectF(self._grid.card_rect(option.rect)),
            shown,
            self._grid.picture_of(shown.key),
            hovered=shown.key == self._grid.hover,
            chosen=shown.key == self._grid.chosen,
            ringed=focused,
        )
        painter.restore()


class TemplateGrid(QuietList):
    """Pictures are asked for by `pictures_wanted` and given by `set_picture`."""

    opened = Signal(str, bool)  # name of a template; whether by the keyboard
    moved_to = Signal(str)  # the keyboard is on that one now
    hovered = Signal(str)  # name under the pointer, "" when it leaves
    pictures_wanted = Signal(list, QSize)  # names, those on screen first; the size in device pixels

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__("Templates", parent=parent)
        self.pictures = PixmapCache()
        self.hover = ""
        self.chosen = ""
        self._moving = QPixmap()  # the newest frame of what is under the pointer
        self._size = QSize()
        self._asked: tuple[frozenset[str], QSize] = (frozenset(), QSize())
        self.setItemDelegate(CardCell(self))
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setViewportMargins(SIDE - GAP // 2, 4, 0, 0)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._ask = QTimer(self)
        self._ask.setSingleShot(True)
        self._ask.timeout.connect(self._ask_pictures)
        self.entered_row.connect(lambda index: self.opened.emit(self._model.name_at(index), True))
        self.verticalScrollBar().valueChanged.connect(lambda _value: self._ask.start(0))

    @property
    def _model(self) -> TemplatesModel:
        model = self.model()
        assert isinstance(model, TemplatesModel)
        return model

    def show_model(self, model: TemplatesModel) -> None:
        self.setModel(model)
        model.modelReset.connect(self._renewed)
        self._lay_out()

    def _renewed(self) -> None:
        self.verticalScrollBar().setValue(0)
        self.set_hovered("")
        self._ask.start(0)

    # what is shown

    def set_chosen(self, name: str) -> None:
        """The card whose panel is open."""
        self.chosen = name
        self.viewport().update()

    def set_picture(self, name: str, image: QImage, size: QSize) -> None:
        """One that was asked for with that size; an empty image if there is none."""
        self.pictures.put(name, image, size.width())
        self._update(name)

    def set_moving(self, image: QImage) -> None:
        """A frame of what moves under the pointer."""
        self._moving = QPixmap.fromImage(image)
        self._update(self.hover)

    def picture_of(self, name: str) -> QPixmap | None:
        if name == self.hover and not self._moving.isNull():
            return self._moving
        return self.pictures.raw(name)

    def picture_size(self) -> QSize:
        """Of a card's picture, in device pixels."""
        width = self.gridSize().width() - GAP
        ratio = self.viewport().devicePixelRatioF()
        return QSize(round(width * ratio), round(card.picture_height(width) * ratio))

    def card_rect(self, cell: QRect) -> QRect:
        return cell.adjusted(GAP // 2, 0, -GAP // 2, -GAP)

    def go_to(self, name: str, *, by_keyboard: bool = False) -> None:
        """The keyboard is on that one, and it is to be seen."""
        row = self._model.row_of(name)
        if row >= 0:
            self._by_keyboard = by_keyboard
            self.setCurrentIndex(self._model.index(row))

    def _update(self, name: str) -> None:
        row = self._model.row_of(name)
        if row >= 0:
            self.viewport().update(self.visualRect(self._model.index(row)).adjusted(-6, -6, 6, 6))

    def set_hovered(self, name: str) -> None:
        if name == self.hover:
            return
        old, self.hover, self._moving = self.hover, name, QPixmap()
        self._update(old)
        self._update(name)
        self.hovered.emit(name)

    # room

    def _lay_out(self) -> None:
        columns = columns_for(self.viewport().width() - GAP)
        width = (self.viewport().width() - 1) // columns  # Qt begins a new row where the last pixel would be taken
        self.setGridSize(QSize(width, card.height_for(width - GAP) + GAP))
        self.verticalScrollBar().setSingleStep(48)

    def resizeEvent(self, event: QResizeEvent) -> None:
        index = self.indexAt(self.viewport().rect().topLeft())
        scrolled = self.verticalScrollBar().value() > 0
        if event.size().width() != event.oldSize().width():
            self._lay_out()
        super().resizeEvent(event)
        if scrolled and index.isValid():
            self.scrollTo(self.currentIndex() if self._shows_chosen() else index, QListView.ScrollHint.PositionAtTop)
        self._ask.start(_SETTLE_MS)

    def _shows_chosen(self) -> bool:
        return bool(self.chosen) and self._model.name_at(self.currentIndex()) == self.chosen

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.DevicePixelRatioChange:
            self._ask.start(_SETTLE_MS)

    # pictures

    def on_screen(self, around: int = 0) -> range:
        """Rows that can be seen, and those of so many screens before and after."""
        size, height = self.gridSize(), self.viewport().height()
        columns = max(1, self.viewport().width() // max(1, size.width()))
        top = self.verticalScrollBar().value() - around * height
        first = max(0, top // max(1, size.height())) * columns
        last = (top + (1 + 2 * around) * height) // max(1, size.height()) * columns + columns
        return range(min(first, self._model.rowCount()), min(max(0, last), self._model.rowCount()))

    def _ask_pictures(self) -> None:
        """For what can be seen and lacks one, then for one screen further on either side."""
        if self.model() is None or not self.isVisible():
            return
        seen, near = self.on_screen(), self.on_screen(1)
        size = self.picture_size()
        rows = (*seen, *(row for row in near if row not in seen))
        cards = [self._model.card(row) for row in rows]
        self.pictures.needed = len(cards)
        names = [c.key for c in cards if c.picture and not self.pictures.has(c.key, size.width())]
        wanted = (frozenset(names), size)
        if wanted != self._asked:
            self._asked = wanted
            self.pictures_wanted.emit(names, size)

    def ask_again(self) -> None:
        """What was asked for and did not come is asked for once more."""
        for row in self.on_screen(1):
            name = self._model.card(row).key
            picture = self.pictures.raw(name)
            if picture is not None and picture.isNull():
                self.pictures.drop(name)
        self._asked = (frozenset(), QSize())
        self._ask.start(0)

    # pointer and keyboard

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        over = index.isValid() and self.card_rect(self.visualRect(index)).contains(event.position().toPoint())
        self.set_hovered(self._model.name_at(index) if over else "")
        if not event.buttons():
            super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        where = event.position().toPoint()
        index = self.indexAt(where)
        on_card = index.isValid() and self.card_rect(self.visualRect(index)).contains(where)
        if event.button() == Qt.MouseButton.LeftButton and on_card:
            self._by_keyboard = False
            self.opened.emit(self._model.name_at(index), False)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self.set_hovered("")
        return super().viewportEvent(event)

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        if current.isValid() and self.model() is not None:
            self.moved_to.emit(self._model.name_at(current))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), QColor(theme.tokens().root))
        painter.end()
        super().paintEvent(event)
