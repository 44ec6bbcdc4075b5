"""A result and what was given for it on one stage: the result alone, one wiped over the other, or both beside each
other. Videos are in step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QRegion, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QSlider, QWidget

from oelala_desktop.ui import focus
from oelala_desktop.ui.style import icons, painting, theme
from oelala_desktop.ui.widgets.control import Control
from oelala_desktop.ui.widgets.loudness import Loudness
from oelala_desktop.ui.widgets.video_player import VideoPlayer
from oelala_desktop.ui.widgets.voice import Voice

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QMediaPlayer

RESULT, WIPE, BESIDE = "result", "wipe", "beside"
GIVEN = "given"
_APART = 2.5  # frames that the two may be apart before the given one is set right
_KNOB, _GRIP, _GAP, _STEPS = 36, 44, 8, 100


class GivenPlayer(VideoPlayer):
    """Follows the result's player, `begin` seconds ahead, where the part that was used begins. It is heard when that
    is wished."""

    def __init__(self, leader: VideoPlayer, loudness: Loudness) -> None:
        super().__init__(framed=False, can_fill_screen=False, loudness=loudness)
        self.begin = 0.0
        self.setAccessibleName("What was given")
        self.follow(leader, frames=_APART)

    def _ready(self) -> QMediaPlayer:
        player = super()._ready()
        if self.voice is None:
            self.voice = Voice(player, self.loudness)
            self.voice.set_heard(False)
            self.voice.found.connect(self._sound_found)
        return player

    def _follow_position(self, at: float, apart: float) -> None:
        super()._follow_position(at + self.begin, apart)


class Wipe(Control, QSlider):
    """The line between the two, with a knob; its value is how much of the picture the given one has, in percent."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setRange(0, _STEPS)
        self.setSingleStep(2)
        self.setPageStep(10)
        self.setValue(_STEPS // 2)
        self.setAccessibleName("Wipe between given and result")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.SplitHCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setSliderDown(event.button() == Qt.MouseButton.LeftButton)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        pane = self.parentWidget()
        if self.isSliderDown() and isinstance(pane, ComparePane):
            pane.wipe_to(self.mapToParent(event.position().toPoint()).x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.setSliderDown(False)

    def paintEvent(self, _event: QPaintEvent) -> None:
        t = theme.tokens()
        painter = QPainter(self)
        painting.begin(painter)
        middle = self.width() / 2
        painter.fillRect(QRectF(middle - 1.5, 0, 3, self.height()), QColor(t.scrim))
        painter.fillRect(QRectF(middle - 1, 0, 2, self.height()), QColor(t.on_stage))
        knob = QRectF(middle - _KNOB / 2, self.height() / 2 - _KNOB / 2, _KNOB, _KNOB)
        painter.setPen(QPen(QColor(t.scrim), 1))
        painter.setBrush(QColor(t.on_stage))
        painter.drawEllipse(knob)
        for icon, x in (("chevron-left", knob.x() + 5), ("chevron-right", knob.right() - 19)):
            icons.draw(painter, icon, QRectF(x, knob.center().y() - 7, 14, 14), t.stage)
        if self.shows_ring:
            painting.ring(painter, knob.adjusted(-3, -3, 3, 3), knob.width() / 2 + 3, t.accent)


class _Tag(QWidget):
    """Which of the two that is."""

    def __init__(self, text: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._text = text
        self._font = theme.font(theme.CAPTION, 500)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.resize(painting.text_width(self._font, text) + 16, 22)

    def paintEvent(self, _event: QPaintEvent) -> None:
        t = theme.tokens()
        painter = QPainter(self)
        painting.begin(painter)
        painting.rounded(painter, self.rect(), 6, t.scrim)
        painter.setFont(self._font)
        painter.setPen(QColor(t.on_stage))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._text)


class ComparePane(QWidget):
    """Holds the player of results. `given_made` is sent with the player of what was given, when that is first shown."""

    given_made = Signal(object)  # VideoPlayer

    def __init__(self, result: VideoPlayer) -> None:
        super().__init__()
        self.result = result
        self.given: GivenPlayer | None = None
        self.view = RESULT
        self._size = QSizeF()
        result.setParent(self)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def ready(self) -> GivenPlayer:
        if self.given is None:
            self.given = GivenPlayer(self.result, self.result.loudness)
            self.given.setParent(self)
            self._tags = (_Tag("Given", self), _Tag("Result", self))
            self.wipe = Wipe(self)
            focus.place_after(self.result, self.wipe)
            self.wipe.valueChanged.connect(lambda _value: self._arrange())
            self.given_made.emit(self.given)
        return self.given

    def set_view(self, view: str, size: QSizeF | None = None) -> None:
        """RESULT, WIPE or BESIDE; `size` is that of the result's picture."""
        self._size = size or self._size
        if view != RESULT or self.given is not None:
            given = self.ready()
            for widget in (given, *self._tags):
                widget.setVisible(view != RESULT)
            self.wipe.setVisible(view == WIPE)
        self.view = view
        self._arrange()

    def hear(self, which: str) -> None:
        """GIVEN or RESULT."""
        for player, name in ((self.given, GIVEN), (self.result, RESULT)):
            if player is not None and player.voice is not None:
                player.voice.set_heard(name == which)

    def _shown(self) -> QRectF:
        """Where the picture lies."""
        return painting.contained(self._size, QRectF(self.rect())) if not self._size.isEmpty() else QRectF(self.rect())

    def wipe_to(self, x: float) -> None:
        shown = self._shown()
        self.wipe.setValue(round(_STEPS * (x - shown.x()) / max(1.0, shown.width())))

    def _arrange(self) -> None:
        whole = self.rect()
        if self.view == BESIDE and self.given is not None:
            half = (whole.width() - _GAP) // 2
            self.given.clearMask()
            self.given.setGeometry(0, 0, half, whole.height())
            self.result.setGeometry(whole.width() - half, 0, half, whole.height())
        else:
            self.result.setGeometry(whole)
        if self.view == WIPE and self.given is not None:
            shown = self._shown()
            x = round(shown.x() + shown.width() * self.wipe.value() / _STEPS)
            self.given.setGeometry(whole)
            self.given.setMask(QRegion(QRect(0, 0, max(1, x), whole.height())))
            top, high = round(shown.y()), round(shown.height())
            self.wipe.setGeometry(x - _GRIP // 2, top, _GRIP, high)
        if self.view != RESULT and self.given is not None:
            self._place_tags()

    def _place_tags(self) -> None:
        assert self.given is not None
        left, right = self._tags
        left.move(12, 12)
        beside = self.result.x() + 12 if self.view == BESIDE else self.width() - right.width() - 12
        right.move(beside, 12)
        for widget in (self.given, *((self.wipe,) if self.view == WIPE else ()), left, right):
            widget.raise_()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()
