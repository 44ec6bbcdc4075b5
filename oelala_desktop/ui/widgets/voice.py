"""The sound of a player. Its output is made when a file with sound is first to be heard: until then nothing of it is
decoded and no sound system is asked for anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from oelala_desktop.ui.widgets.loudness import Loudness
from oelala_desktop.ui.widgets.speaker import speaker

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QAudioBufferOutput, QAudioOutput, QMediaPlayer


class Voice(QObject):
    """Without a device the player goes on in silence. `found` is sent for each file that turns out to have sound."""

    found = Signal()

    def __init__(self, player: QMediaPlayer, loudness: Loudness) -> None:
        super().__init__(player)
        self._player = player
        self._fresh = False
        self._loudness = loudness
        self._heard = True
        self._speaker = speaker()
        self.output: QAudioOutput | None = None
        self._clock: QAudioBufferOutput | None = None
        loudness.changed.connect(self._follow)
        self._speaker.answered.connect(self._answered)
        player.mediaStatusChanged.connect(self._look)

    def set_heard(self, heard: bool) -> None:
        """Of several players in step one is heard."""
        self._heard = heard
        self._follow()

    def _look(self) -> None:
        from PySide6.QtMultimedia import QMediaPlayer

        status = self._player.mediaStatus()
        if status is QMediaPlayer.MediaStatus.LoadingMedia:
            self._fresh = True
        elif self._fresh and status is QMediaPlayer.MediaStatus.LoadedMedia:  # it comes back after the end
            self._fresh = False
            self._keep_time()
            if self._player.hasAudio():
                self.found.emit()
                self._follow()

    def _keep_time(self) -> None:
        """A sound alone comes to its end only if its samples go somewhere, heard or not."""
        from PySide6.QtMultimedia import QAudioBufferOutput

        if self._player.hasAudio() and not self._player.hasVideo():
            self._clock = self._clock or QAudioBufferOutput(self)
            self._player.setAudioBufferOutput(self._clock)
        elif self._clock is not None:
            self._player.setAudioBufferOutput(None)  # type: ignore[arg-type]  # Qt takes none

    def _follow(self) -> None:
        if self.output is not None:
            self.output.setVolume(self.gain)
        elif self._is_wanted:
            self._speaker.ask()

    @property
    def _is_wanted(self) -> bool:
        return self._player.hasAudio() and self.gain > 0

    @property
    def gain(self) -> float:
        return self._loudness.gain if self._heard else 0.0

    def _answered(self, there: bool) -> None:
        if not there or self.output is not None or not self._is_wanted:
            return
        from PySide6.QtMultimedia import QAudioOutput

        self.output = QAudioOutput(self)
        self.output.setVolume(self.gain)
        self._attach(self.output)

    def _attach(self, output: QAudioOutput) -> None:
        """While it stands: one that has just begun to play may never go on once its output changes."""
        player = self._player
        state, at = player.playbackState(), player.position()
        player.stop()
        player.setAudioOutput(output)
        player.setPosition(at)
        if state is player.PlaybackState.PlayingState:
            player.play()
        elif state is player.PlaybackState.PausedState:
            player.pause()
