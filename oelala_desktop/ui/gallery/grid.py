"""The grid of My Media: an own scroll area that knows only what is on screen, so its length costs nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QImage, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from oelala_desktop.services.thumbnails.sizes import nearest_size
from oelala_desktop.ui.gallery import cell, row
from oelala_desktop.ui.gallery.input import GridInput
from oelala_desktop.ui.gallery.items import GridItem, GridProvider, ListProvider
from oelala_desktop.ui.gallery.layout import DENSITIES, HEAD, ROW, SIDE, Box, GridLayout, columns_for
from oelala_desktop.ui.gallery.pixmaps import CellCache
from oelala_desktop.ui.gallery.selection import Selection
from oelala_desktop.ui.playing.pixmaps import ANY_SIZE
from oelala_desktop.ui.style import painting, theme
from oelala_desktop.ui.widgets.thumbnail import paint_placeholder

if TYPE_CHECKING:
    from collections.abc import Sequence


class MediaGrid(GridInput, QAbstractScrollArea):
    """Keys, not rows, go in and out. Pictures are asked for by `pixmaps_wanted` and given by `set_image`."""

    opened = Signal(str)  # Enter or double click
    selection_changed = Signal()
    select_all_requested = Signal()
    favorite_requested = Signal(list)  # keys, by the heart of a cell
    prompt_requested = Signal(str)  # 💬 or P
    context_requested = Signal(str, QPoint)  # key, global position
    laid_out = Signal(int)  # width of the viewport
    pixmaps_wanted = Signal(list, int)  # keys on screen first, then those around it; device pixels of the shorter side
    hovered = Signal(str)  # key under the pointer, "" when it leaves
    density_changed = Signal(int)
    range_shown = Signal(int, int)  # first, last + 1 of what is on screen, for providers that load by pages

    def __init__(self, provider: GridProvider | None = None, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.provider: GridProvider = provider or ListProvider()
        self.selection = Selection()
        self.pixmaps = CellCache()
        self.commands = self._make_commands()
        self.density = 0
        self.listed = False  # rows of a list instead of cells
        self._hover = ""
        self.hover_frame = QPixmap()
        self._asked: frozenset[str] = frozenset()
        self._asked_size = 0
        self._anchor: tuple[str, int] | None = None
        self._grid = GridLayout(800, 4, ())
        self._ask = QTimer(self)
        self._ask.setSingleShot(True)
        self._ask.setInterval(0)
        self._ask.timeout.connect(self._ask_pixmaps)
        theme.dress_scroll_bars(self)
        self.setAccessibleName("Media")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.viewport().setMouseTracking(True)
        self.viewport().setAutoFillBackground(False)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.verticalScrollBar().setSingleStep(48)

    # what is shown

    def set_provider(self, provider: GridProvider) -> None:
        """Another list altogether: scrolled to its top, selection kept as far as it is in it."""
        self.provider = provider
        self._anchor = None
        self.verticalScrollBar().setValue(0)
        self.items_changed()

    def items_changed(self, gone: Iterable[str] = ()) -> None:
        """Items came, went or moved. What is looked at stays where it is; at the very top, new ones show."""
        self.selection.drop(gone)
        bar = self.verticalScrollBar()
        anchor = self._anchor if bar.value() > 0 else None
        self._lay_out()
        index = self.provider.index_of(anchor[0]) if anchor is not None else -1
        if anchor is None or index < 0:
            self._changed()
            return
        goal = self._grid.box(index).y - anchor[1]
        bar.setValue(goal)
        self._changed()
        if bar.value() == goal:
            self._anchor = anchor  # else it were what is first in its row now, and many arrivals would carry it off

    def set_image(self, key: str, image: QImage, size: int = ANY_SIZE) -> None:
        """A thumbnail that was asked for, with the size that it was; an empty image if the file has none."""
        self.pixmaps.put(key, image, size)
        self.viewport().update(self._rect_of(key))

    def drop_image(self, key: str) -> None:
        """The file changed: its picture is asked for again."""
        self.pixmaps.drop(key)
        self._asked -= {key}
        self._changed()

    def set_hover_frame(self, image: QImage | None) -> None:
        """A frame of the video that plays under the pointer; None ends it."""
        self.hover_frame = QPixmap.fromImage(image) if image is not None else QPixmap()
        self.viewport().update(self._rect_of(self._hover))

    def set_density(self, columns: int) -> None:
        """4, 5, 6 or 8 columns, 0 for as many as fit. What is looked at stays in view."""
        if columns != self.density:
            self.density = columns
            self.items_changed()
            self.density_changed.emit(columns)

    def set_listed(self, listed: bool) -> None:
        """As a list or as a grid. What is looked at stays in view."""
        if listed != self.listed:
            self.listed = listed
            self.items_changed()

    def zoom(self, by: int) -> None:
        """Larger (1) or smaller (−1) thumbnails: the next density from what is shown now."""
        shown = self._grid.columns
        finer = [columns for columns in DENSITIES if columns > shown]
        coarser = [columns for columns in DENSITIES if columns < shown]
        if by < 0 and finer:
            self.set_density(finer[0])
        elif by > 0 and coarser:
            self.set_density(coarser[-1])

    def set_selection(self, keys: Sequence[str]) -> None:
        self.selection.replace(keys)
        self.selection_changed.emit()
        self.viewport().update()

    def button_boxes(self, box: QRectF) -> tuple[QRectF, QRectF]:
        """Where 💬 and the heart lie in a cell."""
        face = row if self.listed else cell
        return face.prompt_box(box), face.heart_box(box)

    def rect_of(self, key: str) -> QRect:
        """The cell of `key` in coordinates of the viewport; empty if it is not in the list."""
        return self._rect_of(key)

    # layout

    @property
    def layout_(self) -> GridLayout:
        return self._grid

    def _lay_out(self) -> None:
        width = self.viewport().width()
        columns = 1 if self.listed else columns_for(self.density, width)
        self._grid = GridLayout(width, columns, self.provider.sections(), ROW if self.listed else 0)
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, self._grid.height - self.viewport().height()))
        bar.setPageStep(self.viewport().height())
        self.laid_out.emit(width)
        bar.setEnabled(bar.maximum() > 0)  # its room stays, so that cells keep their places; its handle goes

    def _changed(self) -> None:
        self._remember()
        self.viewport().update()
        self._ask.start()

    def _remember(self) -> None:
        """Note what is at the top of the view, so that it can be kept there."""
        top = self.verticalScrollBar().value()
        first, end = self._grid.visible(top, top + self.viewport().height())
        key = self.provider.key(first) if first < end else None
        self._anchor = (key, self._grid.box(first).y - top) if key is not None else None

    def _rect_of(self, key: str) -> QRect:
        index = self.provider.index_of(key) if key else -1
        if not 0 <= index < self._grid.count:
            return QRect()
        box = self._grid.box(index)
        rect = QRect(box.x, box.y - self.verticalScrollBar().value(), box.width, box.height)
        return rect.adjusted(-5, -5, 5, 5)

    def item_at(self, pos: QPoint) -> int:
        return self._grid.hit(pos.x(), pos.y() + self.verticalScrollBar().value())

    def cell_rect(self, index: int) -> QRectF:
        box = self._grid.box(index)
        return QRectF(box.x, box.y - self.verticalScrollBar().value(), box.width, box.height)

    def ensure_visible(self, index: int) -> None:
        box = self._grid.box(index)
        bar = self.verticalScrollBar()
        if box.y - HEAD < bar.value():
            bar.setValue(box.y - HEAD)
        elif box.y + box.height + SIDE > bar.value() + self.viewport().height():
            bar.setValue(box.y + box.height + SIDE - self.viewport().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        if event.size().width() != event.oldSize().width():
            self.items_changed()
        else:
            self._lay_out()
            self._changed()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().scroll(dx, dy)
        self._remember()
        self._ask.start()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.ThemeChange):
            self.pixmaps.forget_cells()
            self.viewport().update()
        elif event.type() == QEvent.Type.DevicePixelRatioChange:
            self._changed()

    def sizeHint(self) -> QSize:
        return QSize(800, 600)

    # pictures

    def _ask_pixmaps(self) -> None:
        """Ask for what is on screen and lacks a picture, then for one screen further on either side."""
        top, height = self.verticalScrollBar().value(), self.viewport().height()
        first, end = self._grid.visible(top, top + height)
        before, after = self._grid.visible(max(0, top - height), top + 2 * height)
        self.range_shown.emit(first, end)
        order = (*range(first, end), *range(end, after), *range(before, first))
        keys = [key for key in map(self.provider.key, order) if key is not None]
        size = self._picture_size()
        self.pixmaps.needed = len(keys)
        wanted = [key for key in keys if not self.pixmaps.has(key, size)]
        fresh = size != self._asked_size or any(key not in self._asked for key in wanted)
        self._asked, self._asked_size = frozenset(wanted), size
        if fresh and wanted:
            self.pixmaps_wanted.emit(wanted, size)

    def _picture_size(self) -> int:
        """Device pixels that the shorter side of a picture needs to be sharp, as thumbnails are made."""
        box = self._grid.box(0) if self._grid.count else Box(0, 0, 0, 0)
        longer = row.picture_box(QRectF(0, 0, 1, 1)).width() if self.listed else max(box.width, box.height)
        return nearest_size(round(longer * self.viewport().devicePixelRatioF()), covering=True)

    # the pointer

    def set_hovered(self, key: str) -> None:
        if key == self._hover:
            return
        old, self._hover = self._hover, key
        self.hover_frame = QPixmap()
        for changed in (old, key):
            self.viewport().update(self._rect_of(changed))
        self.hovered.emit(key)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        index = self.item_at(event.pos())
        key = self.provider.key(index) if index >= 0 else self.current()
        if key is not None:
            if key in self.selection:
                self.selection.current = key  # what is pointed at is meant
            else:
                self.select_only(key)
            self.context_requested.emit(key, event.globalPos())

    # looks

    def paintEvent(self, event: QPaintEvent) -> None:
        t = theme.tokens()
        painter = QPainter(self.viewport())
        clip = event.rect()
        painter.fillRect(clip, QColor(t.root))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        scroll = self.verticalScrollBar().value()
        top, bottom = clip.top() + scroll, clip.bottom() + scroll
        for title, y in self._grid.heads(top - HEAD, bottom):
            cell.paint_heading(painter, QRectF(SIDE, y - scroll, self.width(), HEAD), title)
        first, end = self._grid.visible(top - 5, bottom + 5)
        ratio = self.viewport().devicePixelRatioF()
        for index in range(first, end):
            self._paint_item(painter, index, scroll, ratio)

    def _paint_item(self, painter: QPainter, index: int, scroll: int, ratio: float) -> None:
        item = self.provider.item(index)
        box = self._grid.box(index)
        if item is None:
            paint_placeholder(painter, QRectF(box.x, box.y - scroll, box.width, box.height), cell.RADIUS)
        elif self.listed:
            self._paint_row(painter, self.cell_rect(index), item)
        else:
            painter.drawPixmap(box.x, box.y - scroll, self.pixmaps.cell(item, box.width, box.height, ratio))
            if item.key == self._hover or item.key in self.selection or item.key == self.selection.current:
                self._paint_marks(painter, self.cell_rect(index), item)

    def _paint_row(self, painter: QPainter, box: QRectF, item: GridItem) -> None:
        hovered = item.key == self._hover
        picture = self.hover_frame if hovered and not self.hover_frame.isNull() else self.pixmaps.raw(item.key)
        row.paint(painter, box, item, picture, hovered=hovered, chosen=item.key in self.selection)
        if item.key == self.selection.current and self.shows_ring:
            painting.ring(painter, box, theme.RADIUS, theme.tokens().accent)

    def _paint_marks(self, painter: QPainter, box: QRectF, item: GridItem) -> None:
        if item.key == self._hover:
            playing = not self.hover_frame.isNull()
            picture = self.hover_frame if playing else self.pixmaps.raw(item.key)
            cell.paint_hover(painter, box, item, picture, whole=True)
        elif item.key in self.selection:
            cell.paint_hover(painter, box, item, None, whole=False)
        if item.key in self.selection:
            cell.paint_selected(painter, box)
        if item.key == self.selection.current and self.shows_ring:
            cell.paint_ring(painter, box)
