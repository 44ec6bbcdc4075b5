"""The filmstrip: what was made, what runs and what waits, in a row that scrolls. Arrows move, Enter shows, Delete
cancels or takes off the list, Ctrl and an arrow give another place."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QModelIndex, QPoint, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QLinearGradient,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QApplication, QListView, QSizePolicy, QWidget

from oelala_desktop.domain.job import Job
from oelala_desktop.ui.jobs.model import JobsModel, Role, section_at
from oelala_desktop.ui.queue.cell_size import OUTLINE, CellSize
from oelala_desktop.ui.queue.jobs_view import JobsView
from oelala_desktop.ui.queue.strip_cell import Index, StripCell, act_at
from oelala_desktop.ui.style import painting, theme
from oelala_desktop.ui.widgets.file_drag import drag_files
from oelala_desktop.ui.widgets.picture_cell import Ghost

_FADE = 36


class FilmStrip(JobsView):
    opened = Signal(str)

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__("Queue", parent=parent)
        self._shown = ""
        self._pressed: QPoint | None = None
        self.follows = True  # keeps in view what is shown
        self._cells = StripCell(self, self.is_shown, lambda: self.shows_ring)
        self.setItemDelegate(self._cells)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(False)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._drag = self.make_drag(self._box, self._ghost)
        self.entered_row.connect(lambda index: self.opened.emit(self.id_of(index)))

    # what it shows

    def show_jobs(self, model: JobsModel) -> None:
        self.setModel(model)
        model.rowsInserted.connect(self._relaid)
        model.rowsRemoved.connect(self._relaid)
        self._set_sharpness()

    @property
    def cell_size(self) -> CellSize:
        return self._cells.size

    def set_cell_size(self, size: CellSize) -> None:
        if size == self._cells.size:
            return
        self._cells.size = size
        self._set_sharpness()
        self.updateGeometry()
        self.scheduleDelayedItemsLayout()

    def _set_sharpness(self) -> None:
        size = max(self._cells.size[:2]) * self.devicePixelRatioF()
        if self.jobs is not None:
            self.jobs.picture_size = 256 if size <= 256 else 512

    def set_shown(self, job_id: str) -> None:
        """The job on the stage has an outline."""
        if job_id != self._shown:
            self._shown = job_id
            self.viewport().update()
            self.keep_in_view()

    def is_shown(self, index: Index) -> bool:
        return bool(self._shown) and self.id_of(index) == self._shown

    def keep_in_view(self) -> None:
        """What is shown in the middle, while the strip follows it; else the newest results at the end."""
        if not self.follows or self.jobs is None or self.underMouse():
            return
        index = self.jobs.index_of(self._shown)
        if index.isValid():
            self.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtCenter)
        else:
            self.scrollTo(self.jobs.index(self.jobs.rowCount() - 1))

    def _relaid(self) -> None:
        self.scheduleDelayedItemsLayout()  # a neighbour's room may be another now
        self.keep_in_view()

    def sizeHint(self) -> QSize:
        return QSize(3 * self._cells.size.width, self._cells.size.row_height)

    minimumSizeHint = sizeHint

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.keep_in_view()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._set_sharpness()
        self.keep_in_view()

    # keyboard

    def first_stop(self) -> QModelIndex:
        """The job on the stage, else the newest."""
        shown = self.jobs.index_of(self._shown) if self.jobs is not None else QModelIndex()
        return shown if shown.isValid() else self.model().index(self.model().rowCount() - 1, 0)

    # mouse

    def wheelEvent(self, event: QWheelEvent) -> None:
        bar, turned = self.horizontalScrollBar(), event.pixelDelta() or event.angleDelta()
        bar.setValue(bar.value() - (turned.x() or turned.y()))
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position().toPoint()
        if not self._act_at(event.position()):
            self._drag.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag.move(event):
            return
        where, held = event.position().toPoint(), event.buttons() & Qt.MouseButton.LeftButton
        far = self._pressed is not None and (where - self._pressed).manhattanLength()
        if held and self._pressed is not None and far >= QApplication.startDragDistance():
            index, self._pressed = self.indexAt(self._pressed), None
            self._drag_out(index)
        elif not held:
            super().mouseMoveEvent(event)
            known = self.indexAt(where).isValid()
            self.setCursor(Qt.CursorShape.PointingHandCursor if known else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, self._pressed = self._pressed, None
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if self._drag.release(event) or pressed is None or index != self.indexAt(pressed) or not index.isValid():
            return
        act = self._act_at(event.position())
        if act:
            self.acted.emit(self.id_of(index), act)
        else:
            self.opened.emit(self.id_of(index))

    def _act_at(self, where: QPointF) -> str:
        index = self.indexAt(where.toPoint())
        if not index.isValid():
            return ""
        return act_at(self._cells.cell_of(index, self.visualRect(index)), where, section_at(index))

    def _box(self, index: QModelIndex) -> QRect:
        cell = self._cells.cell_of(index, self.visualRect(index)).toRect()
        return cell.adjusted(-OUTLINE, -OUTLINE, OUTLINE, OUTLINE)

    def _ghost(self, index: QModelIndex) -> Ghost:
        pixmap: QPixmap | None = index.data(Role.PICTURE)
        return Ghost(pixmap or QPixmap(), self.window(), QSize(*self._cells.size[:2]))

    def _drag_out(self, index: QModelIndex) -> None:
        job: Job | None = index.data(Role.JOB)
        made = job.main_output if job is not None else None
        if made is not None:
            drag_files(self, [Path(made.path)], index.data(Role.PICTURE) or QPixmap())

    # looks

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        super().scrollContentsBy(dx, dy)
        self.viewport().update()  # the faded ends do not move along

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        room = self.viewport().rect()
        if self.model() is None or not self.model().rowCount():
            painting.begin(painter)
            painter.setFont(theme.font(theme.BODY))
            painter.setPen(QColor(theme.tokens().muted))
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, "Results will appear here.")
            return
        bar = self.horizontalScrollBar()
        if bar.value() > bar.minimum():
            self._fade(painter, room.left(), room.left() + _FADE)
        if bar.value() < bar.maximum():
            self._fade(painter, room.right() + 1, room.right() + 1 - _FADE)

    def _fade(self, painter: QPainter, edge: int, inner: int) -> None:
        ground = QColor(theme.tokens().panel)
        clear = QColor(ground)
        clear.setAlpha(0)
        shade = QLinearGradient(edge, 0, inner, 0)
        shade.setColorAt(0, ground)
        shade.setColorAt(1, clear)
        painter.fillRect(min(edge, inner), 0, _FADE, self.viewport().height(), shade)
