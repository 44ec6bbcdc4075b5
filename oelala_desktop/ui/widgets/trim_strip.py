"""A video's frames with its sound below them, or a sound alone, and the part of it that is used."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QSizePolicy, QSlider, QWidget

from oelala_desktop.ui.style import painting, theme
from oelala_desktop.ui.widgets.control import Control
from oelala_desktop.ui.widgets.strip_picture import GRIP, StripPicture, paint_frame
from oelala_desktop.ui.widgets.trim_part import Part
from oelala_desktop.ui.wording import NBSP, count

_VIDEO, _SOUND, _GAP = 80, 56, 6
#: how far beside a grip a press still takes it
_NEAR = 4


def seconds(value: float) -> str:
    """With its tenths always, so that nothing beside it moves while it changes."""
    return f"{value:.1f}{NBSP}s"


def frames(number: int) -> str:
    return f"{count(number)}{NBSP}frame" + ("" if number == 1 else "s")


class Handle(Control, QSlider):
    """One end of the part, for keys: arrows step by a frame, with Shift by a second. The mouse is the strip's."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setAccessibleName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def show_step(self, step: int, low: int, high: int, words: str) -> None:
        """Without a signal."""
        self.blockSignals(True)
        self.setRange(low, high)
        self.setValue(step)
        self.blockSignals(False)
        self.setAccessibleDescription(words)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        sides = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        side = sides.get(Qt.Key(event.key()))
        if side and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.setValue(self.value() + side * self.pageStep())
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self.shows_ring:
            painter = QPainter(self)
            painting.begin(painter)
            painting.rounded(painter, self.rect(), 6, None, theme.tokens().accent, 3)


class TrimStrip(QWidget):
    """Seconds everywhere. The part is never shorter than one frame, of a sound than a tenth of a second."""

    range_changed = Signal(float, object)  # start, length (None: to the end), while it is dragged too
    settled = Signal()  # the drag is over, or a key was pressed
    sought = Signal(float)  # clicked, without dragging

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.part = Part(0.0, 0.0, 0)
        self._picture = StripPicture()
        self._position: float | None = None
        self._grabbed = ""  # "start", "end", "middle", or "click" while it is not clear what it becomes
        self._pressed = QPointF()
        self._before = (0, 1)
        self._start = Handle("Start of the part", self)
        self._end = Handle("End of the part", self)
        self._start.valueChanged.connect(partial(self._step, "start"))
        self._end.valueChanged.connect(partial(self._step, "end"))
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._tell()

    # values

    def set_video(self, length: float, rate: float, frames: int) -> None:
        """What is shown: `length` in seconds, `rate` in frames a second; a sound has no frames. All of it is the part
        then, and its pictures and peaks are awaited."""
        self.part = Part(length, rate, frames)
        self._picture.forget()
        self._position = None
        self._tell()
        self.updateGeometry()

    def set_frames(self, images: Sequence[QImage]) -> None:
        """Evenly from start to end, any number; none of a sound."""
        self._picture.set_frames(images)
        self.updateGeometry()
        self.update()

    def set_peaks(self, peaks: Sequence[float]) -> None:
        """How loud it is, 0 to 1, evenly from start to end; none of a video without sound."""
        self._picture.set_peaks(peaks)
        self.update()

    def set_range(self, start: float, length: float | None) -> None:
        """Take a part without a signal, at the nearest frames; `length` None is to the end."""
        self.part.set(start, length)
        self._tell()

    def range(self) -> tuple[float, float | None]:
        return self.part.start, self.part.length

    def set_position(self, seconds: float | None) -> None:
        """Where the play head is; None for none."""
        self._position = seconds
        self.update()

    @property
    def is_sound(self) -> bool:
        return not self.part.frames or self._picture.has_no_frames

    # a person's changes

    def _step(self, which: str, value: int) -> None:
        ends = (value, self.part.end) if which == "start" else (self.part.first, value)
        self._go(ends)
        self.settled.emit()

    def _go(self, ends: tuple[int, int]) -> None:
        if ends != (self.part.first, self.part.end):
            self.part.first, self.part.end = ends
            self._tell()
            self.range_changed.emit(self.part.start, self.part.length)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or not self._strip().contains(event.position()):
            super().mousePressEvent(event)
            return
        self._grabbed = self._under(event.position()) or "click"
        self._pressed = event.position()
        self._before = self.part.first, self.part.end
        if self._grabbed in ("start", "end"):
            (self._start if self._grabbed == "start" else self._end).setFocus(Qt.FocusReason.MouseFocusReason)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        x = event.position().x()
        if not self._grabbed:
            self._show_cursor(event.position())
            return
        far = abs(x - self._pressed.x()) >= QApplication.startDragDistance()
        if self._grabbed == "click" and far and self._inside(self._pressed.x()):
            self._grabbed = "middle"
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        by = round((x - self._pressed.x()) / max(1.0, self._track().width()) * self.part.steps)
        if self._grabbed != "click":
            self._go(self.part.moved(self._before, self._grabbed, by))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        grabbed, self._grabbed = self._grabbed, ""
        self._show_cursor(event.position())
        if grabbed == "click":
            share = (event.position().x() - GRIP) / max(1.0, self._track().width())
            self.set_position(max(0.0, min(1.0, share)) * self.part.whole)
            self.sought.emit(self._position)
        elif grabbed:
            self.settled.emit()

    def _under(self, where: QPointF) -> str:
        """The end whose grip is there, or empty."""
        left, right = self._ends()
        off_left, off_right = abs(where.x() - (left - GRIP / 2)), abs(where.x() - (right + GRIP / 2))
        if min(off_left, off_right) > GRIP / 2 + _NEAR:
            return ""
        return "start" if off_left <= off_right else "end"

    def _inside(self, x: float) -> bool:
        left, right = self._ends()
        return left <= x <= right and not self.part.is_whole

    def _show_cursor(self, where: QPointF) -> None:
        shape = Qt.CursorShape.PointingHandCursor
        if not self._strip().contains(where):
            shape = Qt.CursorShape.ArrowCursor
        elif self._under(where):
            shape = Qt.CursorShape.SizeHorCursor
        elif self._inside(where.x()):
            shape = Qt.CursorShape.OpenHandCursor
        self.setCursor(shape)

    # places

    def _strip(self) -> QRectF:
        return QRectF(0, 0, self.width(), _SOUND if self.is_sound else _VIDEO)

    def _track(self) -> QRectF:
        """Where time runs: the grips have room beside it."""
        return self._strip().adjusted(GRIP, 0, -GRIP, 0)

    def _x(self, share: float) -> float:
        track = self._track()
        return track.x() + share * track.width()

    def _ends(self) -> tuple[float, float]:
        return self._x(self.part.first / self.part.steps), self._x(self.part.end / self.part.steps)

    def sizeHint(self) -> QSize:
        below = _GAP + QFontMetrics(theme.font(theme.CAPTION)).height()
        return QSize(240, (_SOUND if self.is_sound else _VIDEO) + below)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.EnabledChange, QEvent.Type.ThemeChange):
            self._picture.repaint_soon()
        super().changeEvent(event)

    def _tell(self) -> None:
        """Handles and what is read out say what the part is now."""
        part = self.part
        self._start.show_step(part.first, 0, part.end - 1, seconds(part.start))
        self._end.show_step(part.end, part.first + 1, part.steps, seconds(part.stop))
        for handle in (self._start, self._end):
            handle.setPageStep(part.second)
        self.setAccessibleName(f"Part of the {'sound' if self.is_sound else 'video'}")
        self.setAccessibleDescription("".join(self._words()).replace(NBSP, " "))
        self._place()

    def _place(self) -> None:
        left, right = self._ends()
        height = int(self._strip().height())
        self._start.setGeometry(round(left) - GRIP, 0, GRIP, height)
        self._end.setGeometry(round(right), 0, GRIP, height)
        self.update()

    # looks

    def _words(self) -> tuple[str, str, str]:
        """How long the part is, of how much, in how many frames."""
        part = self.part
        of = "" if part.is_whole else f" of {seconds(part.whole)}"
        if not part.frames:
            return seconds(part.stop - part.start), of, ""
        counted = frames(part.frames) if part.is_whole else f"{count(part.end - part.first)} of {frames(part.frames)}"
        return seconds(part.stop - part.start), of, f" · {counted}"

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painting.begin(painter)
        if not self.isEnabled():
            painter.setOpacity(0.5)
        strip = self._strip()
        bright, dim = self._picture.pixmaps(strip.size(), self.devicePixelRatioF(), sound=self.is_sound)
        painting.cover(painter, strip, dim, theme.RADIUS)
        left, right = (round(x) for x in self._ends())
        inside = QRectF(left, 0, right - left, strip.height())
        ratio = bright.width() / max(1.0, strip.width())
        painter.drawPixmap(inside, bright, QRectF(left * ratio, 0, inside.width() * ratio, inside.height() * ratio))
        paint_frame(painter, inside)
        self._paint_head(painter, strip)
        self._paint_words(painter, strip.bottom() + _GAP)

    def _paint_head(self, painter: QPainter, strip: QRectF) -> None:
        if self._position is not None and self.part.whole:
            x = self._x(max(0.0, min(1.0, self._position / self.part.whole)))
            painter.fillRect(QRectF(round(x) - 1, 0, 2, strip.height()), QColor(theme.tokens().accent))

    def _paint_words(self, painter: QPainter, top: float) -> None:
        t = theme.tokens()
        plain, bold = theme.font(theme.CAPTION), theme.font(theme.CAPTION, 600)
        height = QFontMetrics(plain).height()
        line = QRectF(0, top, self.width(), height)
        start, stop = seconds(self.part.start), seconds(self.part.stop)
        painter.setFont(plain)
        painter.setPen(QColor(t.muted))
        painter.drawText(line, Qt.AlignmentFlag.AlignLeft, start)
        painter.drawText(line, Qt.AlignmentFlag.AlignRight, stop)
        long, of, counted = self._words()
        sides = 2 * max(painting.text_width(plain, start), painting.text_width(plain, stop)) + 24
        if painting.text_width(bold, long) + painting.text_width(plain, of + counted) > self.width() - sides:
            counted = ""
        rest = of + counted
        wide = painting.text_width(bold, long)
        x = (self.width() - wide - painting.text_width(plain, rest)) / 2
        painter.drawText(QRectF(x + wide, top, self.width(), height), Qt.AlignmentFlag.AlignLeft, rest)
        painter.setFont(bold)
        painter.setPen(QColor(t.text))
        painter.drawText(QRectF(x, top, wide + 2, height), Qt.AlignmentFlag.AlignLeft, long)
