"""The band under the picture of a tool's stage: how far the job is, or where the result plays, over one row of controls
that never moves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QSizePolicy, QStackedLayout, QVBoxLayout, QWidget

from oelala_desktop.domain.job import Progress
from oelala_desktop.domain.passes import WHOLE, Part
from oelala_desktop.ui import focus
from oelala_desktop.ui.style import painting, pass_bar, theme
from oelala_desktop.ui.widgets.label import ElidedLabel
from oelala_desktop.ui.widgets.loudness import Loudness
from oelala_desktop.ui.widgets.player_bar import PlayerBar
from oelala_desktop.ui.widgets.progress import pass_words, time_words

if TYPE_CHECKING:
    from oelala_desktop.ui.widgets.segmented import Segmented

HEIGHT = 117
_NARROW = 560  # pixels below which a choice of sounds leaves no room for the volume
_SIDE, _INSIDE, _TOP, _FOOT = 6, 8, 14, 6
_LINE, _BAR, _LEGEND = 20, 6, 16
_FACE = _LINE + 8 + _BAR + 5 + _LEGEND  # pixels high
_NOTHING = "There is nothing to play."
_SILENT = "There is no sound."


class StageGround(QWidget):
    """What picture and band stand on: black in both palettes."""

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), QColor(theme.tokens().stage))


class PassProgress(QProgressBar):
    """What runs and how long it takes yet, the bar in its parts, and the name under each."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts: Sequence[Part] = WHOLE
        self._progress: Progress | None = None
        self._title, self._node, self._time = "Waiting", "", ""
        self.setAccessibleName("Progress")
        self.setTextVisible(False)

    def sizeHint(self) -> QSize:
        return QSize(200, _FACE)

    minimumSizeHint = sizeHint

    def begin(self, parts: Sequence[Part], words: str) -> None:
        """From nothing; `words` stand there until there is progress to tell."""
        self._parts, self._progress = parts or WHOLE, None
        self.setValue(0)
        self._say(words, "", "")

    def say(self, words: str) -> None:
        """Instead of what runs, until there is news of it, or it goes on."""
        self._say(words, "", "")

    def go_on(self) -> None:
        """What runs stands there again."""
        if self._progress is not None:
            self.set_progress(self._progress)
        else:
            self._say("Starting", "", "")

    def set_progress(self, progress: Progress) -> None:
        self._progress = progress
        self.setValue(int(progress.fraction * 100))
        self._say(*pass_words(progress), time_words(progress))

    def _say(self, title: str, node: str, time: str) -> None:
        self._title, self._node, self._time = title, node, time
        self.setAccessibleDescription(f"{title}, {time}" if time else title)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        t = theme.tokens()
        painter = QPainter(self)
        painting.begin(painter)
        self._paint_words(painter, QRectF(0, 0, self.width(), _LINE), t)
        bar = QRectF(0, _LINE + 8, self.width(), _BAR)
        pass_bar.draw(painter, bar, self._parts, self._progress)
        running = pass_bar.standing(self._parts, self._progress)[0] if self._progress else -1
        painter.setFont(theme.font(theme.CAPTION))
        names, blocks = pass_bar.names_of(self._parts), pass_bar.blocks(self._parts, bar)
        for at, (name, block) in enumerate(zip(names, blocks, strict=True)):
            painter.setPen(QColor(theme.DARK.accent_text if at == running else t.on_stage2))
            line = QRectF(block.x(), block.bottom() + 5, block.width(), _LEGEND)
            side = Qt.AlignmentFlag.AlignLeft
            if at == len(blocks) - 1 and at:  # the last may be narrower than its name
                line, side = QRectF(0, line.y(), self.width(), _LEGEND), Qt.AlignmentFlag.AlignRight
            painter.drawText(line, side | Qt.AlignmentFlag.AlignVCenter, name)

    def _paint_words(self, painter: QPainter, line: QRectF, t: theme.Tokens) -> None:
        strong, plain = theme.font(theme.BODY, 600), theme.font(theme.BODY)
        percent, dot, rest = self._time.partition(" · ")
        painter.setPen(QColor(t.on_stage))
        painter.setFont(plain)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(line, right, dot + rest)
        used = painting.text_width(plain, dot + rest)
        painter.setFont(strong)
        painter.drawText(line.adjusted(0, 0, -used, 0), right, percent)
        room = line.width() - used - painting.text_width(strong, percent) - 24
        title = painting.elided(strong, self._title, room)
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, title)
        used = painting.text_width(strong, title)
        node = painting.elided(plain, f" · {self._node}", room - used) if self._node else ""
        if len(node) > 4:
            painter.setFont(plain)
            painter.setPen(QColor(t.on_stage2))
            painter.drawText(line.adjusted(used, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, node)


class StageBand(PlayerBar):
    """Of a height of its own below the picture. What cannot be played leaves its controls where they are, disabled.
    `sound_chosen` sends "given" or "result"."""

    sound_chosen = Signal(str)

    def __init__(self, loudness: Loudness, *, parent: QWidget) -> None:
        self.progress = PassProgress()
        self._title = ElidedLabel("", weight=600)
        self._sounds: Segmented | None = None
        super().__init__(loudness, can_fill_screen=True, parent=parent)
        self.setFixedHeight(HEIGHT)
        self.show_progress()

    def _build(self) -> None:
        self._title.setForegroundRole(self._title.palette().ColorRole.HighlightedText)
        self._title.setFixedHeight(_LINE)
        play = QWidget()
        seek = QVBoxLayout(play)
        seek.setContentsMargins(0, 0, 0, 0)
        seek.setSpacing(0)
        seek.addWidget(self._title)
        seek.addStretch(1)
        seek.addWidget(self._scrubber)
        seek.addWidget(self.wave)
        seek.addStretch(1)
        self._faces = QStackedLayout()
        self._faces.addWidget(self.progress)
        self._faces.addWidget(play)
        holder = QWidget()
        holder.setLayout(self._faces)
        holder.setFixedHeight(_FACE)
        self._row = row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for widget in (self._play, self.loop, self._step):
            row.addWidget(widget)
        row.addSpacing(12)
        row.addWidget(self._sound)
        row.addStretch(1)
        row.addWidget(self._time)
        row.addSpacing(12)
        row.addWidget(self._full)
        column = QVBoxLayout(self)
        column.setContentsMargins(_SIDE, _TOP, _SIDE, _FOOT)
        column.setSpacing(2)
        inset = QHBoxLayout()
        inset.setContentsMargins(_INSIDE, 0, _INSIDE, 0)
        inset.addWidget(holder)
        column.addLayout(inset)
        column.addLayout(row)
        self._gap.setParent(self)
        self._gap.hide()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def offer_sounds(self, chosen: str) -> None:
        """Whose sound plays, "given" or "result"; "" where there is no choice."""
        if self._sounds is None and chosen:
            from oelala_desktop.ui.widgets.segmented import Segment, Segmented

            both = (Segment("given", "Given"), Segment("result", "Result"))
            self._sounds = Segmented(both, "Sound of", dense=True)
            self._sounds.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            self._sounds.value_changed.connect(self.sound_chosen)
            self._row.insertWidget(self._row.indexOf(self._sound) + 1, self._sounds)
            focus.place_after(focus.stops(self._sound)[-1], self._sounds)
        if self._sounds is not None:
            self._sounds.set_value(chosen)
            self._sounds.setVisible(bool(chosen))
            self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if self._sounds is not None and not self._sounds.isHidden():
            self._sound.set_narrow(self.width() < _NARROW)

    def show_progress(self) -> None:
        """The result is not there yet."""
        self._faces.setCurrentIndex(0)
        self.set_there(False)

    def show_result(self, title: str) -> None:
        self._title.setText(title)
        self._faces.setCurrentIndex(1)

    # what a player tells it

    @property
    def covers(self) -> bool:
        return False

    def lie_in(self, width: int, height: int) -> None:
        """It lies where its layout has put it."""

    def set_there(self, there: bool) -> None:
        why = "" if there else _NOTHING
        for control in (self._play, self.loop):
            control.set_reason(why)
        for control in (self._step, self._full):
            control.set_reason(why or ("There is nothing to see." if self.is_alone else ""))
        self._sound.set_reason(why or ("" if self.has_sound else _SILENT))
        self._scrubber.setEnabled(there)
        self._time.setVisible(there)

    def set_sound(self, has_sound: bool, *, alone: bool = False) -> None:
        self.has_sound, self.is_alone = has_sound, has_sound and alone
        self.wave.setVisible(has_sound)
        self._scrubber.setVisible(not has_sound)
        if not has_sound:
            self.wave.set_peaks(())
        self.set_there(self._play.isEnabled())
