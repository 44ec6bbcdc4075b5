"""The head of a tool's stage: how the job in view stands, its facts, and what stops it or shows others."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from oelala_desktop.ui import focus
from oelala_desktop.ui.style import painting, theme
from oelala_desktop.ui.widgets.badge import Badge
from oelala_desktop.ui.widgets.button import Button
from oelala_desktop.ui.widgets.label import ElidedLabel, Label

if TYPE_CHECKING:
    from oelala_desktop.ui.widgets.segmented import Segmented

HEIGHT = 48
_LEAST, _HISTORY_WIDE = 420, 100
_MIDDLE = 18  # of the dot, from the left
SKETCH = "Sketch – no AI model"
_HISTORY = "History"
_IDLE = "Nothing runs here."


class State(NamedTuple):
    """`dot` names a token; `runs`: there is something to cancel."""

    title: str
    dot: str
    runs: bool = False


STATES = {
    "empty": State("Output", "muted"),
    "halted": State("Paused", "warning"),
    "waiting": State("Waiting", "muted", True),
    "paused": State("Paused", "warning", True),
    "running": State("Generating", "accent", True),
    "away": State("Not reachable", "warning", True),
    "done": State("Ready", "ok"),
    "failed": State("Failed", "error"),
}


class StageHead(QWidget):
    """`acted` sends: cancel, history."""

    acted = Signal(str)
    part_chosen = Signal(str)  # the value of one that was offered
    view_chosen = Signal(str)

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(HEIGHT)
        self._state = STATES["empty"]
        self._title = Label("", weight=600)
        self._badge = Badge(SKETCH, "warning")
        self._badge.hide()
        self._facts = ElidedLabel("", tone="text2")
        self._facts.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._parts: Segmented | None = None
        self._offered: tuple[tuple[str, str], ...] = ()
        self._views: Segmented | None = None
        self._looks: tuple[str, ...] = ()
        self._cancel = Button("Cancel", icon="x", height=theme.DENSE_HEIGHT)
        self._cancel.clicked.connect(partial(self.acted.emit, "cancel"))
        self._history = history = Button(_HISTORY, icon="rotate-ccw-clock", name=_HISTORY, height=theme.DENSE_HEIGHT)
        history.clicked.connect(partial(self.acted.emit, "history"))
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(2 * _MIDDLE, 0, 8, 0)
        row.setSpacing(8)
        row.addWidget(self._title)
        row.addWidget(self._badge)
        row.addSpacing(4)
        row.addWidget(self._facts, 1)
        row.addWidget(self._cancel)
        row.addWidget(history)

    def show_state(self, name: str, facts: str, *, sketch: bool = False) -> None:
        """`name` is a key of STATES."""
        state = self._state = STATES[name]
        self.update()
        self._title.setText(state.title)
        self._badge.setVisible(sketch)
        self._facts.setText(facts)
        self._cancel.set_reason("" if state.runs else _IDLE)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        return QSize(_LEAST, HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Where there is little room, History is only its icon."""
        parts = (self._title, self._badge, self._parts, self._views, self._cancel)
        there = [part.sizeHint().width() + 8 for part in parts if part is not None and not part.isHidden()]
        room = self.width() - sum(there) - 2 * _MIDDLE - 20
        text = _HISTORY if room >= _HISTORY_WIDE else ""
        if text != self._history.text():
            self._history.setText(text)
            self._history.set_hint("" if text else _HISTORY)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The dot: with a halo while something runs or waits."""
        painter = QPainter(self)
        painting.begin(painter)
        tone, middle = QColor(getattr(theme.tokens(), self._state.dot)), QPointF(_MIDDLE, self.height() / 2)
        painter.setPen(Qt.PenStyle.NoPen)
        if self._state.runs:
            halo = QColor(tone)
            halo.setAlphaF(0.3)
            painter.setBrush(halo)
            painter.drawEllipse(middle, 9, 9)
        painter.setBrush(tone)
        painter.drawEllipse(middle, 5, 5)

    @property
    def title(self) -> str:
        return self._title.text()

    @property
    def facts(self) -> str:
        return self._facts.text()

    def offer_parts(self, parts: Sequence[tuple[str, str]], chosen: str = "") -> None:
        """What else belongs to the result in view, as (value, label): its sound beside the video. Fewer than two are no
        choice."""
        offered = tuple(parts) if len(parts) > 1 else ()
        if offered != self._offered:
            self._offered = offered
            self._make_choice(offered)
        if self._parts is not None:
            self._parts.set_value(chosen)

    def offer_views(self, views: Sequence[str], chosen: str = "") -> None:
        """How the result can be looked at beside what was given: of "result", "wipe" and "beside"; none, where there is
        nothing beside it. Cancel gives its place to them."""
        if tuple(views) != self._looks:
            self._looks = tuple(views)
            self._make_views(views)
        if self._views is not None:
            self._views.set_value(chosen)
        self._cancel.setVisible(not views)
        self._fit()

    def _make_views(self, views: Sequence[str]) -> None:
        if self._views is not None:
            self._views.hide()
            self._views.deleteLater()
            self._views = None
        if views:
            from oelala_desktop.ui.widgets.segmented import Segment, Segmented

            self._views = Segmented([Segment(view, view.capitalize()) for view in views], "Look at", dense=True)
            self._views.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            self._views.value_changed.connect(self.view_chosen)
            self._row.insertWidget(self._row.indexOf(self._cancel), self._views)
            self._views.show()  # now: what is hidden yet would not count in _fit
            focus.place_before(self._cancel, self._views)

    def _make_choice(self, parts: Sequence[tuple[str, str]]) -> None:
        if self._parts is not None:
            self._parts.hide()
            self._parts.deleteLater()
            self._parts = None
        if parts:
            from oelala_desktop.ui.widgets.segmented import Segment, Segmented

            self._parts = Segmented([Segment(*part) for part in parts], "Part of the result", dense=True)
            self._parts.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            self._parts.value_changed.connect(self.part_chosen)
            self._row.insertWidget(self._row.indexOf(self._cancel), self._parts)
