"""A row of the queue's panel: the job's picture, what was asked for, how it stands, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from oelala_desktop.domain.job import Job, JobState, Progress
from oelala_desktop.ui import wording
from oelala_desktop.ui.jobs.model import Role
from oelala_desktop.ui.jobs.order import Section, section_of
from oelala_desktop.ui.jobs.words import running_words, step_words, title_of
from oelala_desktop.ui.style import icons, painting, pass_bar, theme
from oelala_desktop.ui.widgets.progress import pass_words, short_words
from oelala_desktop.ui.widgets.quiet_list import QuietList
from oelala_desktop.ui.widgets.thumbnail import paint_placeholder

Index = QModelIndex | QPersistentModelIndex
HEIGHT = 80
_SIDE, _GAP, _PAD = 16, 8, 8
_THUMB = QSize(72, 48)
_BUTTON = 28
_ENDED = {
    JobState.FAILED: "Failed",
    JobState.LOST: "Lost by the server",
    JobState.CANCELLED: "Cancelled",
}
#: what the first button of a row does, and its icon
_FIRST = {
    Section.RUNNING: ("cancel", "x"),
    Section.WAITING: ("cancel", "x"),
    Section.FAILED: ("retry", "rotate-ccw"),
    Section.CANCELLED: ("retry", "rotate-ccw"),
    Section.DONE: ("open", "maximize-2"),
}


def size_words(job: Job) -> str:
    """ "720 × 480 · 81 frames"; a still has no frames to tell, and of some only the result says how large it is."""
    parts = [wording.size(job.width, job.height)] if job.width else []
    if job.num_frames > 1:
        parts.append(wording.frames(job.num_frames))
    if job.link is not None and section_of(job) is not Section.WAITING:  # of those the line above it tells
        parts.append(f"step {step_words(job)}")
    return " · ".join(parts)


def line_words(job: Job, progress: Progress | None, caption: str) -> tuple[str, str]:
    """The two lines under a row's title."""
    section, size = section_of(job), size_words(job)
    if section is Section.RUNNING:
        if progress is None or job.state is JobState.FETCHING:
            return running_words(job, progress).capitalize(), size
        left = wording.remaining(progress.eta)
        now = (short_words(progress), wording.percent(progress.fraction), left)
        return " · ".join(filter(None, now)), " · ".join(filter(None, (pass_words(progress)[1], size)))
    if section is Section.WAITING:
        if progress is not None and progress.ahead:
            return f"Waiting, behind {progress.ahead} job{'s' if progress.ahead > 1 else ''} of others", size
        waits = caption if job.link is not None else f"Waiting · {caption}"
        first = "Next on the server" if job.state is JobState.SENT else waits
        return first, size
    if job.state is JobState.FAILED and job.error:
        return job.error.message, size
    took = job.finished_at - job.started_at if job.finished_at and job.started_at else None
    if section is Section.DONE:
        return size, f"Took {wording.span(took)}" if took is not None else ""
    return _ENDED.get(job.state, ""), size


def boxes(row: QRect) -> tuple[QRectF, QRectF, QRectF]:
    """(the picture, the first button, the button of the menu) of a row's item."""
    card = QRectF(row).adjusted(_SIDE, 0, -_SIDE, -_GAP)
    thumb = QRectF(card.x() + _PAD, card.center().y() - _THUMB.height() / 2, _THUMB.width(), _THUMB.height())
    more = QRectF(card.right() - _PAD - _BUTTON, card.center().y() - _BUTTON / 2, _BUTTON, _BUTTON)
    return thumb, more.translated(-_BUTTON, 0), more


def act_at(row: QRect, where: QPointF, section: Section) -> str:
    """What a press there does: "cancel", "retry", "open", "more", or "" for nothing but the row."""
    _, first, more = boxes(row)
    if more.contains(where):
        return "more"
    return _FIRST[section][0] if first.contains(where) else ""


class RowCell(QStyledItemDelegate):
    def __init__(self, view: QuietList) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(0, HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        job: Job | None = index.data(Role.JOB)
        if job is None:
            return
        t, section, state = theme.tokens(), section_of(job), option.state
        row: QRect = option.rect
        painter.save()
        painting.begin(painter)
        card = QRectF(row).adjusted(_SIDE, 0, -_SIDE, -_GAP)
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        painting.rounded(
            painter,
            card,
            theme.RADIUS,
            t.root if t.name == "dark" else t.panel,
            t.border_strong if hovered else t.border,
        )
        thumb, first, more = boxes(row)
        self._picture(painter, thumb, index, job, section, t)
        words = QRectF(thumb.right() + 10, card.y(), first.x() - 8 - thumb.right() - 10, card.height())
        self._words(painter, words, index, job, section, t)
        gone = section is Section.DONE and index.data(Role.GONE)
        self._button(painter, first, _FIRST[section][1], t.border_strong if gone else t.text2)
        self._button(painter, more, "ellipsis", t.text2)
        if state & QStyle.StateFlag.State_HasFocus and self._view.shows_ring:
            painting.ring(painter, card, theme.RADIUS, t.accent)
        painter.restore()

    def _picture(
        self, painter: QPainter, box: QRectF, index: Index, job: Job, section: Section, t: theme.Tokens
    ) -> None:
        pixmap: QPixmap | None = index.data(Role.PICTURE)
        if pixmap is None:
            paint_placeholder(painter, box, 6, "film" if job.num_frames > 1 else "image")
        else:
            painting.cover(painter, box, pixmap, 6)
        place = index.data(Role.PLACE)
        if section is Section.WAITING and place:
            font = theme.font(theme.CAPTION, 600)
            width = painting.text_width(font, f"{place}") + 12
            painting.pill(painter, box.x() + 3 + width, box.y() + 21, f"{place}", font, (t.scrim, t.on_stage))

    def _words(self, painter: QPainter, box: QRectF, index: Index, job: Job, section: Section, t: theme.Tokens) -> None:
        progress: Progress | None = index.data(Role.PROGRESS)
        first, second = line_words(job, progress, index.data(Role.CAPTION) or "")
        problem = section is Section.FAILED
        tone = t.error_text if problem else t.text2
        lines = (
            (title_of(job), theme.font(theme.BODY, 500), t.text),
            (first, theme.font(theme.CAPTION), tone),
            (second, theme.font(theme.CAPTION), t.muted),
        )
        y = box.y() + (4 if section is Section.RUNNING else 8)
        for words, font, colour in lines:
            painter.setFont(font)
            painter.setPen(QColor(colour))
            line = QRectF(box.x(), y, box.width(), 18)
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, painting.elided(font, words, box.width()))
            y += 19
        if section is Section.RUNNING:
            bar = QRectF(box.x(), box.bottom() - 9, box.width(), 4)
            pass_bar.draw(painter, bar, index.data(Role.PARTS), progress)

    def _button(self, painter: QPainter, box: QRectF, icon: str, tone: str) -> None:
        cursor = QPointF(self._view.viewport().mapFromGlobal(self._view.cursor().pos()))
        if box.contains(cursor) and self._view.underMouse():
            painting.rounded(painter, box, 6, theme.tokens().input)
        place = QRectF(0, 0, 16, 16)
        place.moveCenter(box.center())
        icons.draw(painter, icon, place, tone)
