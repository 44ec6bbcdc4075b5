"""A finished result, playing in a loop on a dark stage that we paint ourselves; also shows stills."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from oelala_desktop.ui import painting, theme, wording
from oelala_desktop.ui.quiet import new_player
from oelala_desktop.ui.widgets.button import IconButton
from oelala_desktop.ui.widgets.control import Control
from oelala_desktop.ui.widgets.label import Label
from oelala_desktop.ui.widgets.newest_frame import NewestFrame, Sight
from oelala_desktop.ui.widgets.preview_pane import paint_foot, paint_on_stage, paint_stage
from oelala_desktop.ui.widgets.scrubber import Scrubber

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QMediaPlayer

_BAR = 48
_BESIDE_WORDS = 24


class VideoPlayer(Control, QWidget):
    """`failed` is sent when the file cannot be played, also when it ends without a single frame (some decoders
    do that without an error): show its frames by other means with `show_image` then."""

    failed = Signal(str)
    first_frame = Signal()
    full_screen_requested = Signal()
    position_changed = Signal(float)  # seconds
    playing_changed = Signal(bool)

    def __init__(self, *, framed: bool = True, can_fill_screen: bool = True, parent: QWidget | None = None) -> None:
        """`framed` paints the stage with its rounded border; without it whoever holds the player paints the ground."""
        super().__init__(parent)
        self._can_fill_screen = can_fill_screen
        self._framed = framed
        self._quiet: QTimer | None = None
        self._player: QMediaPlayer | None = None
        self._newest: NewestFrame | None = None
        self._goes_on = False  # it plays, or will once it is seen
        self.sight = Sight(self)
        self.sight.changed.connect(self._seen)
        self._pixmap = QPixmap()
        self._frames = 0
        self._fps = 16.0
        self._length = 0.0
        self._looping = True
        self._failed = False
        self._follows = False
        self._words = ""
        self._natural = QSize()
        self.setAccessibleName("Video")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._bar = self._make_bar()

    def _make_bar(self) -> QWidget:
        bar = QWidget(self)
        self._play = self._stage_button("play", "Play", self.toggle)
        self._scrubber = Scrubber()
        self._scrubber.sought.connect(lambda share: self.seek(share * self._length))
        self._time = Label("", size=theme.CAPTION)
        self._time.setForegroundRole(self._time.palette().ColorRole.HighlightedText)
        self._loop = self._stage_button("repeat", "Play in a loop", self._toggle_loop)
        self._loop.setCheckable(True)
        self._loop.setChecked(True)
        step = self._stage_button("step-forward", "Next frame", lambda: self.step(1))
        full = self._stage_button("maximize-2", "Full screen", self.full_screen_requested.emit)
        row = QHBoxLayout(bar)
        row.setContentsMargins(8, 8, 8, 8)
        row.setSpacing(4)
        row.addWidget(self._play)
        row.addSpacing(4)
        row.addWidget(self._scrubber, 1)
        row.addSpacing(8)
        row.addWidget(self._time)
        row.addSpacing(4)
        for button in (self._loop, step, full):
            row.addWidget(button)
        full.setVisible(self._can_fill_screen)
        return bar

    def hide_controls_when_still(self, after_ms: int) -> None:
        """Controls and pointer go while the pointer rests, and come back when it moves."""
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(after_ms)
        self._quiet.timeout.connect(self._rest)
        self.setMouseTracking(True)
        self._quiet.start()

    @property
    def controls_shown(self) -> bool:
        return not self._bar.isHidden()

    def _rest(self) -> None:
        if self._bar.underMouse():
            self._wake()  # somebody is about to use them
            return
        focused = self.focusWidget()
        if focused is not None and self._bar.isAncestorOf(focused):
            self.setFocus()  # so that keys still arrive
        self._bar.hide()
        self.setCursor(Qt.CursorShape.BlankCursor)
        self.update()

    def _wake(self) -> None:
        if self._quiet is not None:
            self._bar.setVisible(self._length > 0 or self._player is not None)
            self.unsetCursor()
            self._quiet.start()
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._wake()
        super().mouseMoveEvent(event)

    def _stage_button(self, icon: str, name: str, act: object) -> IconButton:
        button = IconButton(icon, name, "glass")
        button.clicked.connect(act)
        return button

    # values

    def open_file(self, path: Path, *, fps: float = 16.0, length: float = 0.0, play: bool = True) -> None:
        """Play a local file. `fps` is for stepping by frames, `length` (seconds) until the file has told its own."""
        player = self._ready()
        self._frames, self._failed, self._words = 0, False, ""
        self._fps, self._length = max(1.0, fps), length
        self._pixmap = QPixmap()
        player.setLoops(1)
        player.setSource(QUrl.fromLocalFile(str(path)))
        self._bar.setVisible(not self._follows)
        self._goes_on = play
        self._go()
        self.update()

    def _go(self) -> None:
        """Nothing is decoded while nobody sees it."""
        if self._player is None or not self.sight.seen:
            return
        if self._goes_on:
            self._player.play()
        else:
            self._player.pause()  # shows the frame where it stands

    def _seen(self, seen: bool) -> None:
        if self._player is None or self._newest is None or self._player.source().isEmpty():
            return
        if not seen:
            self._goes_on = self._player.isPlaying()
            self._player.pause()
        self._newest.set_seen(seen)
        self._go()

    def show_image(self, image: QImage, *, length: float = 0.0, at: float = 0.0) -> None:
        """Show a still, or a frame that was decoded elsewhere at `at` of `length` seconds."""
        self._pixmap, self._natural = QPixmap.fromImage(image), QSize()
        self._words = ""
        self._length = length or self._length
        self._bar.setVisible(self._length > 0 and not self._follows)
        self._tell(at)
        self.update()

    def show_still(self, image: QImage, natural: QSize | None = None) -> None:
        """Show a picture, without the controls of a video. `natural` is its own size where `image` is a smaller one
        that stands for it."""
        self._length = 0.0
        self.show_image(image)
        self._natural = natural or QSize()

    def show_words(self, sentence: str) -> None:
        """Nothing to play: say why."""
        self.stop()
        self._pixmap, self._words = QPixmap(), sentence
        self.setAccessibleDescription(sentence)
        self._bar.hide()
        self.update()

    def current_image(self) -> QImage:
        """The frame in view; null before the first one."""
        return self._pixmap.toImage()

    def stop(self) -> None:
        """Let go of the file, so that it can be moved or deleted."""
        self._goes_on = False
        if self._player is not None:
            self._player.stop()
            self._player.setSource(QUrl())

    @property
    def is_playing(self) -> bool:
        return self._player is not None and self._player.isPlaying()

    # acts

    def toggle(self) -> None:
        if self._player is None:
            return
        if self._player.isPlaying():
            self._player.pause()
        else:
            self._player.play()

    def seek(self, seconds: float) -> None:
        if self._player is not None:
            self._player.setPosition(round(max(0.0, seconds) * 1000))

    def follow(self, leader: VideoPlayer, *, frames: float) -> None:
        """Plays, stops and stands where `leader` does, at most `frames` of its own frames apart; without controls."""
        self._follows = True
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        leader.playing_changed.connect(self._follow_playing)
        leader.position_changed.connect(lambda at: self._follow_position(at, frames / self._fps))

    def _follow_playing(self, playing: bool) -> None:
        if self._player is not None:
            self._player.play() if playing else self._player.pause()

    def _follow_position(self, at: float, apart: float) -> None:
        """A shorter one stands on its last frame until the leader begins anew."""
        if self._player is None or not self._frames:
            return
        goal = min(at, self._length - 1 / self._fps) if self._length else at
        if abs(self._player.position() / 1000 - goal) > apart:
            self.seek(goal)

    def step(self, frames: int) -> None:
        """Stop and move by whole frames."""
        if self._player is not None:
            self._player.pause()
            self.seek(self._player.position() / 1000 + frames / self._fps)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._wake()
        key = event.key()
        if key == Qt.Key.Key_Space:
            self.toggle()
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.step(1 if key == Qt.Key.Key_Right else -1)
        elif key == Qt.Key.Key_L:
            self._loop.click()
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.toggle()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.full_screen_requested.emit()

    # the player

    def _ready(self) -> QMediaPlayer:
        if self._player is not None:
            return self._player
        player = new_player(self)
        newest = NewestFrame(player)
        newest.set_seen(self.sight.seen)
        newest.came.connect(self._take_frame)
        player.positionChanged.connect(lambda ms: self._tell(ms / 1000))
        player.durationChanged.connect(self._take_length)
        player.playingChanged.connect(self._playing_changed)
        player.mediaStatusChanged.connect(self._status_changed)
        player.errorOccurred.connect(lambda _error, text: self._fail(text))
        self._player, self._newest = player, newest
        return player

    def _take_frame(self, image: QImage) -> None:
        self._pixmap, self._natural = QPixmap.fromImage(image), QSize()
        self._frames += 1
        if self._frames == 1:
            self.first_frame.emit()
        self.update()

    def _take_length(self, ms: int) -> None:
        if ms > 0:
            self._length = ms / 1000
            self._tell(0.0)

    def _status_changed(self, status: QMediaPlayer.MediaStatus) -> None:
        from PySide6.QtMultimedia import QMediaPlayer

        if status != QMediaPlayer.MediaStatus.EndOfMedia:
            return
        if self._frames == 0 and self._newest is not None:
            self._newest.look()  # a short one may be over before it was looked for
        if self._frames == 0:
            self._fail("The video ended without a single frame.")
        elif self._looping and self._player is not None:
            self._apply_loop()
            self._player.play()

    def _fail(self, text: str) -> None:
        if not self._failed:
            self._failed, self._words = True, "This video cannot be played here."
            self.failed.emit(text or "The video cannot be played.")

    def _toggle_loop(self) -> None:
        self._looping = self._loop.isChecked()
        self._apply_loop()

    def _apply_loop(self) -> None:
        """Endless, without a gap, once the first round showed that there are frames: a file without any must reach
        its end to be noticed."""
        if self._player is not None:
            self._player.setLoops(-1 if self._looping and self._frames else 1)

    def _playing_changed(self, playing: bool) -> None:
        self._play.set_icon("pause" if playing else "play")
        self._play.setAccessibleName("Pause" if playing else "Play")
        self._play.set_hint("Pause" if playing else "Play")
        self.playing_changed.emit(playing)

    def _tell(self, seconds: float) -> None:
        shown = min(seconds, self._length) if self._length else seconds
        self._scrubber.set_share(shown / self._length if self._length else 0.0)
        self._time.setText(f"{wording.clock(shown)} / {wording.seconds(self._length)}")
        self.position_changed.emit(shown)

    # looks

    def sizeHint(self) -> QSize:
        return QSize(640, 420)

    def minimumSizeHint(self) -> QSize:
        return QSize(280, 200)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._bar.setGeometry(4, self.height() - _BAR - 4, self.width() - 8, _BAR)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painting.begin(painter)
        box = QRectF(self.rect())
        radius = theme.CARD_RADIUS if self._framed else 0
        if self._framed:
            paint_stage(painter, box)
        if not self._pixmap.isNull():
            still = self._natural if self._length <= 0 else None
            paint_on_stage(painter, box, self._pixmap, radius=radius, natural=still)
        if not self._bar.isHidden():
            paint_foot(painter, box, _BAR + 40, radius=radius)
        if self._words and self._pixmap.isNull():
            painter.setPen(QColor(theme.tokens().on_stage2))
            painter.setFont(theme.font(theme.BODY))
            room = box.adjusted(_BESIDE_WORDS, 0, -_BESIDE_WORDS, 0)
            fits = all(painter.fontMetrics().horizontalAdvance(word) <= room.width() for word in self._words.split())
            wrap = Qt.TextFlag.TextWordWrap if fits else Qt.TextFlag.TextWrapAnywhere  # names of files have no spaces
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter | wrap, self._words)
        if self.shows_ring:
            painting.ring(painter, box, radius, theme.tokens().accent)
