"""A finished result, playing in a loop on a dark stage that we paint ourselves: a video, with its sound where it has
one, or a sound alone; also shows stills."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from oelala_desktop.ui.process.quiet import new_player
from oelala_desktop.ui.style import painting, theme
from oelala_desktop.ui.widgets.control import Control
from oelala_desktop.ui.widgets.loudness import Loudness
from oelala_desktop.ui.widgets.newest_frame import NewestFrame, Sight
from oelala_desktop.ui.widgets.player_bar import PlayerBar
from oelala_desktop.ui.widgets.player_commands import player_commands
from oelala_desktop.ui.widgets.preview_pane import paint_foot, paint_on_stage, paint_stage, paint_words
from oelala_desktop.ui.widgets.voice import Voice

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QMediaPlayer

_FADE = 40  # of the shade above the controls
_NAMES = ("Video", "Sound")


class VideoPlayer(Control, QWidget):
    """`failed` is sent when the file cannot be played, also when it ends without a single frame (some decoders
    do that without an error): show its frames by other means with `show_image` then. `sound_found` tells, for each
    file that has a sound, that `set_peaks` is wanted."""

    failed = Signal(str)
    first_frame = Signal()
    full_screen_requested = Signal()
    position_changed = Signal(float)  # seconds
    playing_changed = Signal(bool)
    sound_found = Signal(object)  # path

    def __init__(
        self,
        *,
        framed: bool = True,
        can_fill_screen: bool = True,
        loudness: Loudness | None = None,
        bar: PlayerBar | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """`framed` paints the stage with its rounded border; without it whoever holds the player paints the ground.
        Without `loudness` it has one of its own, without `bar` one over the picture."""
        super().__init__(parent)
        self.loudness = loudness or Loudness(parent=self)
        self._framed = framed
        self._quiet: QTimer | None = None
        self._player: QMediaPlayer | None = None
        self._newest: NewestFrame | None = None
        self.voice: Voice | None = None
        self.peaks: Sequence[float] = ()
        self._path: Path | None = None
        self._untold = False  # its sound, to whoever draws it
        self._goes_on = False  # it plays, or will once it is seen
        self.sight = Sight(self)
        self.sight.changed.connect(self._seen)
        self._pixmap = QPixmap()
        self.frames = 0  # of the file in view that were shown
        self._fps = 16.0
        self._length = 0.0
        self._looping = True
        self._failed = False
        self._follows = False
        self._natural = QSize()
        self.setAccessibleName(_NAMES[False])
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._bar = bar = bar or PlayerBar(self.loudness, can_fill_screen=can_fill_screen, parent=self)
        bar.play_pressed.connect(self.toggle)
        bar.loop_pressed.connect(self._toggle_loop)
        bar.step_pressed.connect(lambda: self.step(1))
        bar.full_pressed.connect(self.full_screen_requested)
        bar.sought.connect(lambda share: self.seek(share * self._length))
        self._commands = player_commands(self, self, bar.loop.click)

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

    # values

    def open_file(
        self, path: Path, *, fps: float = 16.0, length: float = 0.0, play: bool = True, has_sound: bool = False
    ) -> None:
        """Play a local file. `fps` is for stepping by frames, `length` (seconds) and `has_sound` hold until the file
        has told its own."""
        player = self._ready()
        self.frames, self._failed = 0, False
        self.setAccessibleDescription("")
        self._fps, self._length = max(1.0, fps), length
        self._pixmap, self._path = QPixmap(), path
        self._set_sound(has_sound)
        self.set_peaks(())
        player.setLoops(1)
        player.setSource(QUrl())  # the same file once more would be no news to it, and its sound not found again
        player.setSource(QUrl.fromLocalFile(str(path)))
        self._bar.set_there(not self._follows)
        self._goes_on = play
        self._go()
        self.update()

    def set_peaks(self, peaks: Sequence[float]) -> None:
        """How loud the file in view is, 0 to 1, evenly over its length."""
        self.peaks = peaks
        self._bar.set_peaks(peaks)

    @property
    def has_sound(self) -> bool:
        return self._bar.has_sound

    @property
    def path(self) -> Path | None:
        """The file that was opened last."""
        return self._path

    def _set_sound(self, has_sound: bool, *, alone: bool = False) -> None:
        self._bar.set_sound(has_sound and not self._follows, alone=alone)
        self._bar.lie_in(self.width(), self.height())
        if self.accessibleName() in _NAMES:  # nobody has given it another
            self.setAccessibleName(_NAMES[self._bar.is_alone])
        self.update()

    def _sound_found(self) -> None:
        if self._player is not None:
            self._set_sound(True, alone=not self._player.hasVideo())
            self._untold = True
            self._tell_sound()

    def _tell_sound(self) -> None:
        if self._untold and self.sight.seen:
            self._untold = False
            self.sound_found.emit(self._path)

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
        self._tell_sound()

    def show_image(self, image: QImage, *, length: float = 0.0, at: float = 0.0) -> None:
        """Show a still, or a frame that was decoded elsewhere at `at` of `length` seconds."""
        self._pixmap, self._natural = QPixmap.fromImage(image), QSize()
        self.setAccessibleDescription("")
        self._length = length or self._length
        self._bar.set_there(self._length > 0 and not self._follows)
        self._tell(at)
        self.update()

    def show_still(self, image: QImage, natural: QSize | None = None) -> None:
        """Show a picture, without the controls of a video. `natural` is its own size where `image` is a smaller one
        that stands for it."""
        self._length = 0.0
        self._set_sound(False)
        self.show_image(image)
        self._natural = natural or QSize()

    def show_words(self, sentence: str) -> None:
        """Nothing to play: say why."""
        self.stop()
        self._pixmap = QPixmap()
        self.setAccessibleDescription(sentence)
        self._bar.set_there(False)
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

    def toggle_mute(self) -> None:
        self._bar.toggle_mute()

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
        if self._player is None or not self.frames:
            return
        goal = min(at, self._length - 1 / self._fps) if self._length else at
        if abs(self._player.position() / 1000 - goal) > apart:
            self.seek(goal)

    def step(self, frames: int) -> None:
        """Stop and move by whole frames."""
        if self._player is not None:
            self._player.pause()
            self.seek(self._player.position() / 1000 + frames / self._fps)

    @property
    def can_play(self) -> bool:
        return self._player is not None and not self._follows

    @property
    def is_looping(self) -> bool:
        return self._looping

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._wake()
        if not self._commands.press(event):
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
        if not self._follows:
            self.voice = Voice(player, self.loudness)
            self.voice.found.connect(self._sound_found)
        return player

    def _take_frame(self, image: QImage) -> None:
        self._pixmap, self._natural = QPixmap.fromImage(image), QSize()
        self.frames += 1
        if self.frames == 1:
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
        if self.frames == 0 and self._newest is not None:
            self._newest.look()  # a short one may be over before it was looked for
        if self.frames == 0 and not self._bar.is_alone:
            self._fail("The video ended without a single frame.")
        elif self._looping and self._player is not None:
            self._apply_loop()
            self._player.play()

    def _fail(self, text: str) -> None:
        if not self._failed:
            what = "sound" if self._bar.is_alone else "video"
            self._failed = True
            self.setAccessibleDescription(f"This {what} cannot be played here.")
            self._set_sound(False)
            self.failed.emit(text or "The video cannot be played.")

    def _toggle_loop(self) -> None:
        self._looping = self._bar.loop.isChecked()
        self._apply_loop()

    def _apply_loop(self) -> None:
        """Endless, without a gap, once the first round showed that there are frames: a file without any must reach
        its end to be noticed."""
        if self._player is not None:
            self._player.setLoops(-1 if self._looping and (self.frames or self._bar.is_alone) else 1)

    def _playing_changed(self, playing: bool) -> None:
        self._bar.set_playing(playing)
        self.playing_changed.emit(playing)

    def _tell(self, seconds: float) -> None:
        shown = min(seconds, self._length) if self._length else seconds
        self._bar.set_position(shown, self._length)
        self.position_changed.emit(shown)

    # looks

    def sizeHint(self) -> QSize:
        return QSize(640, 420)

    def minimumSizeHint(self) -> QSize:
        return QSize(280, 200)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._bar.lie_in(self.width(), self.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painting.begin(painter)
        box = QRectF(self.rect())
        radius = theme.CARD_RADIUS if self._framed else 0
        if self._framed:
            paint_stage(painter, box)
        below = self._bar.has_sound and self._quiet is None and self._bar.covers  # the picture ends above it
        if not self._pixmap.isNull():
            still = self._natural if self._length <= 0 else None
            place = box.adjusted(0, 0, 0, -self._bar.height() - 4) if below else box
            paint_on_stage(painter, place, self._pixmap, radius=radius, natural=still)
        if self._bar.covers and not below:
            paint_foot(painter, box, self._bar.height() + _FADE, radius=radius)
        if self._pixmap.isNull() and (words := self.accessibleDescription()):  # what is to be said in its place
            paint_words(painter, box, words)
        if self.shows_ring:
            painting.ring(painter, box, radius, theme.tokens().accent)
