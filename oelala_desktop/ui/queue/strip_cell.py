"""A cell of the filmstrip: the job's picture, what it is and how it stands, and a line of words under it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from oelala_desktop.domain.job import Job, JobState, Progress
from oelala_desktop.ui import wording
from oelala_desktop.ui.jobs.model import Role, section_at
from oelala_desktop.ui.jobs.order import Section, section_of
from oelala_desktop.ui.jobs.words import length_words
from oelala_desktop.ui.queue.cell_size import CAPTION, NORMAL, OUTLINE, UNDER
from oelala_desktop.ui.style import icons, painting, pass_bar, theme
from oelala_desktop.ui.widgets.thumbnail import paint_placeholder

Index = QModelIndex | QPersistentModelIndex
#: room between two cells, before the first, and where one kind of jobs ends and another begins
GAP, EDGE, BORDER = 8, 12, 13
_RADIUS, _RING, _STROKE = 8, 20.0, 4.0
_ICON_ONLY = 34  # pixels of a button without words
_ICONS = {"audio": "audio-lines", "model": "graduation-cap"}  # of what cannot be seen
#: how dark a picture is whose job is not over
_DIM = {Section.RUNNING: 0.45, Section.WAITING: 0.2, Section.FAILED: 0.62}


def lead_of(section: Section, before: Section | None) -> int:
    """Room at the left of a cell beside its gap; `before` is the section of the cell before it, None for the first."""
    if before is None:
        return EDGE
    return BORDER if section is not before and Section.RUNNING in (section, before) else 0


def remove_box(cell: QRectF) -> QRectF:
    return QRectF(cell.right() - 29, cell.y() + 5, 24, 22)


def retry_box(cell: QRectF) -> QRectF:
    box = QRectF(0, 0, 74 if cell.width() >= NORMAL.width else _ICON_ONLY, 26)
    box.moveCenter(cell.center())
    return box


def act_at(cell: QRectF, where: QPointF, section: Section) -> str:
    """What a press there does: "cancel", "remove", "retry", or "" for the cell as a whole."""
    if section in (Section.WAITING, Section.FAILED) and remove_box(cell).contains(where):
        return "cancel" if section is Section.WAITING else "remove"
    return "retry" if section is Section.FAILED and retry_box(cell).contains(where) else ""


class StripCell(QStyledItemDelegate):
    """`is_shown` says which one stands on the stage, `shows_ring` whether the ring of the keyboard is shown."""

    def __init__(self, parent: QObject, is_shown: Callable[[Index], bool], shows_ring: Callable[[], bool]) -> None:
        super().__init__(parent)
        self._is_shown, self._shows_ring = is_shown, shows_ring
        self.size = NORMAL

    def lead(self, index: Index) -> int:
        before = section_at(index.sibling(index.row() - 1, 0)) if index.row() else None
        return lead_of(section_at(index), before)

    def cell_of(self, index: Index, item: QRect) -> QRectF:
        """Where the picture lies in the item."""
        return QRectF(item.x() + self.lead(index) + OUTLINE, item.y() + OUTLINE, self.size.width, self.size.height)

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        last = index.row() == index.model().rowCount() - 1
        width = self.lead(index) + self.size.width + GAP + (EDGE if last else 0)
        return QSize(width, self.size.row_height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        job: Job | None = index.data(Role.JOB)
        if job is None:
            return
        t, section = theme.tokens(), section_of(job)
        cell = self.cell_of(index, option.rect)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        painter.save()
        painting.begin(painter)
        if self.lead(index) == BORDER:
            line = QRectF(cell.x() - OUTLINE - BORDER / 2 - 1, cell.y(), 1, cell.height())
            painter.fillRect(line, QColor(t.border))
        self._picture(painter, cell, index, job, section, t)
        self._marks(painter, cell, index, job, section, t)
        if section in (Section.WAITING, Section.FAILED) and hovered:
            self._button(painter, remove_box(cell), "x", t)
        if section is Section.FAILED:
            self._failed(painter, cell, t)
        self._rings(painter, cell, index, option, t)
        if self.size.captioned:
            self._caption(painter, cell, index, section, t)
        painter.restore()

    def _picture(
        self, painter: QPainter, cell: QRectF, index: Index, job: Job, section: Section, t: theme.Tokens
    ) -> None:
        pixmap: QPixmap | None = index.data(Role.PICTURE)
        if pixmap is None:
            made = job.main_output
            usual = "film" if job.num_frames > 1 else "image"
            icon = _ICONS.get(made.kind, usual) if made is not None else usual
            paint_placeholder(painter, cell, _RADIUS, icon)
        else:
            painting.cover(painter, cell, pixmap, _RADIUS)
        if section in _DIM:
            shade = QColor(t.stage)
            shade.setAlphaF(_DIM[section])
            painting.rounded(painter, cell, _RADIUS, shade.name(QColor.NameFormat.HexArgb))
        if section is Section.RUNNING:
            self._ring(painter, cell, index, t)

    def _ring(self, painter: QPainter, cell: QRectF, index: Index, t: theme.Tokens) -> None:
        progress: Progress | None = index.data(Role.PROGRESS)
        radius = min(_RING, cell.height() / 2 - 8)
        box = QRectF(0, 0, 2 * radius, 2 * radius)
        box.moveCenter(cell.center())
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(t.stage_track), _STROKE))
        painter.drawEllipse(box)
        fraction = progress.fraction if progress else 0.0
        pen = QPen(QColor(pass_bar.tone_at(index.data(Role.PARTS), progress, t)), _STROKE)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        if fraction > 0:
            painter.drawArc(box, 90 * 16, -round(360 * 16 * fraction))
        painter.setPen(QColor(t.on_stage))
        painter.setFont(theme.font(theme.CAPTION, 600))
        painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, wording.percent(fraction))

    def _marks(
        self, painter: QPainter, cell: QRectF, index: Index, job: Job, section: Section, t: theme.Tokens
    ) -> None:
        """What stands in the corners."""
        font, tones = theme.font(theme.CAPTION, 500), (t.scrim, t.on_stage)
        if not job.engine.is_ai and section is Section.DONE:
            width = painting.text_width(font, "Sketch") + 12
            painting.pill(painter, cell.x() + 5 + width, cell.y() + 24, "Sketch", font, (t.warning, t.stage))
        if section is Section.WAITING:
            place = f"{index.data(Role.PLACE) or ''}"
            width = max(24, painting.text_width(font, place) + 12)
            box = QRectF(cell.x() + 5, cell.y() + 5, width, 22)
            painting.rounded(painter, box, 6, t.scrim)
            painter.setPen(QColor(t.on_stage))
            painter.setFont(theme.font(theme.CAPTION, 600))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, place)
            if job.state is JobState.QUEUED and self.size.captioned:
                self._handle(painter, cell, t)
        elif section is Section.DONE:
            if length := length_words(job):
                painting.pill(painter, cell.right() - 5, cell.bottom() - 5, length, font, tones)
            if index.data(Role.FAVOURITE):
                box = QRectF(round(cell.x()) + 6, round(cell.bottom()) - 22, 16, 16)
                icons.draw(painter, "heart", box, t.heart, filled=True)

    def _handle(self, painter: QPainter, cell: QRectF, t: theme.Tokens) -> None:
        """Two rows of three dots: this can be dragged."""
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(t.on_stage))
        for column in (0, 6):
            for row in (0, 5, 10):
                at = QPointF(cell.right() - 15 + column, cell.bottom() - 18 + row)
                painter.drawEllipse(at, 1.4, 1.4)

    def _button(self, painter: QPainter, box: QRectF, icon: str, t: theme.Tokens) -> None:
        painting.rounded(painter, box, 6, t.scrim)
        place = QRectF(0, 0, 14, 14)
        place.moveCenter(box.center())
        icons.draw(painter, icon, place, t.on_stage)

    def _failed(self, painter: QPainter, cell: QRectF, t: theme.Tokens) -> None:
        painting.rounded(painter, cell, _RADIUS, None, t.error, 2)
        box = retry_box(cell)
        painting.rounded(painter, box, 6, t.scrim)
        painter.setPen(QColor(t.on_stage))
        painter.setFont(theme.font(theme.CAPTION, 500))
        icon = QRectF(round(box.x() + 10), round(box.center().y() - 7), 14, 14)
        if box.width() > _ICON_ONLY:
            painter.drawText(box.adjusted(29, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, "Retry")
        else:
            icon.moveCenter(box.center())
        icons.draw(painter, "rotate-ccw", icon, t.on_stage)

    def _rings(
        self, painter: QPainter, cell: QRectF, index: Index, option: QStyleOptionViewItem, t: theme.Tokens
    ) -> None:
        focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        if self._is_shown(index):
            painting.rounded(painter, cell.adjusted(-4, -4, 4, 4), _RADIUS + 4, None, t.accent, 2)
        if focused and self._shows_ring():
            painting.ring(painter, cell, _RADIUS, t.accent)

    def _caption(self, painter: QPainter, cell: QRectF, index: Index, section: Section, t: theme.Tokens) -> None:
        tone = {Section.FAILED: t.error_text, Section.RUNNING: t.accent_text}.get(section, t.muted)
        font = theme.font(theme.CAPTION, 500 if section in (Section.FAILED, Section.RUNNING) else 400)
        box = QRectF(cell.x(), cell.bottom() + UNDER, cell.width(), CAPTION)
        painter.setFont(font)
        painter.setPen(QColor(tone))
        words = painting.elided(font, index.data(Role.CAPTION) or "", box.width() + 1)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, words)
