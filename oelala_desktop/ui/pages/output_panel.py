"""The right half of a tool's page: nothing yet, the live preview, the finished result, or what went wrong."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from oelala_desktop.ui import icons, theme
from oelala_desktop.ui.commands.rows import ROWS
from oelala_desktop.ui.widgets.badge import Badge
from oelala_desktop.ui.widgets.button import Button
from oelala_desktop.ui.widgets.card import PAD, Surface
from oelala_desktop.ui.widgets.empty_state import EmptyState
from oelala_desktop.ui.widgets.flow import FlowLayout
from oelala_desktop.ui.widgets.label import ElidedLabel, Label

if TYPE_CHECKING:  # the stages are imported when they are first shown, which start-up gains by
    from oelala_desktop.domain.job import JobError, Progress
    from oelala_desktop.ui.widgets.error_pane import ErrorPane
    from oelala_desktop.ui.widgets.loudness import Loudness
    from oelala_desktop.ui.widgets.preview_pane import PreviewPane
    from oelala_desktop.ui.widgets.segmented import Segmented
    from oelala_desktop.ui.widgets.video_player import VideoPlayer


def _row(key: str) -> tuple[str, str, str]:
    row = ROWS[f"result.{key}"]
    return key, row.text, row.icon


#: (id, verb, icon) of the buttons under the stage, by state
_ACTIONS = {
    "running": (_row("cancel"), ("queue", "Open queue", "list-video")),
    "done": (
        *(_row(key) for key in ("save", "folder", "reuse", "gallery")),
        ("more", "More", "ellipsis"),
    ),
}
_MORE = ("copy_prompt", "copy_seed", "copy_workflow", "use_last_frame", "favorite")
#: acts that need the result's file
_ON_FILE = frozenset({"save", "folder", "gallery", "use_last_frame", "favorite"})
SKETCH = "Sketch – no AI model"


class OutputPanel(Surface):
    """`acted` sends: history, cancel, queue, save, folder, reuse, gallery, full_screen, retry, copy_prompt,
    copy_seed, copy_workflow, use_last_frame, favorite, browse."""

    acted = Signal(str)
    play_failed = Signal(str)  # the player cannot play the video
    player_made = Signal(object)  # VideoPlayer, when a result is first shown
    part_chosen = Signal(str)  # the value of one that was offered

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = Label("Output", weight=600)
        self._badge = Badge(SKETCH)
        self._badge.hide()
        self._parts: Segmented | None = None
        self._offered: tuple[tuple[str, str], ...] = ()
        self.loudness: Loudness | None = None  # of all players, once there is a window to share it
        history = Button("History", icon="rotate-ccw-clock", height=theme.DENSE_HEIGHT)
        history.clicked.connect(partial(self.acted.emit, "history"))
        self._head = head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self._title)
        head.addWidget(self._badge)
        head.addStretch(1)
        head.addWidget(history)
        self.empty = EmptyState(
            "clapperboard",
            "Your video appears here",
            "Choose a picture, say what should happen, and press Generate.",
            action="Choose a picture",
            action_icon="image-plus",
            dashed=True,
        )
        self.empty.acted.connect(partial(self.acted.emit, "browse"))
        self._preview: PreviewPane | None = None
        self.player: VideoPlayer | None = None
        self._error: ErrorPane | None = None
        self.stack = QStackedWidget()
        self.stack.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.stack.addWidget(self.empty)
        self._bars: dict[str, QWidget] = {}
        self._on_file: list[Button] = []
        self._gone = ""
        self._column = QVBoxLayout(self)
        self._facts = ElidedLabel("", tone="text2")
        self._column.setContentsMargins(PAD, 12, PAD, 12)
        self._column.setSpacing(12)
        self._column.addLayout(head)
        self._column.addWidget(self.stack, 1)
        self._column.addWidget(self._facts)
        self.show_empty()

    def _make_bar(self, actions: tuple[tuple[str, str, str], ...]) -> QWidget:
        bar = QWidget()
        flow = FlowLayout(8, bar)
        for key, verb, icon in actions:
            button = Button(verb, icon=icon, height=theme.DENSE_HEIGHT)
            act = partial(self._open_more, button) if key == "more" else partial(self.acted.emit, key)
            button.clicked.connect(act)
            if key in _ON_FILE:
                self._on_file.append(button)
            flow.addWidget(button)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        bar.setSizePolicy(policy)
        return bar

    def _open_more(self, button: Button) -> None:
        menu = theme.make_menu(self)
        for key, text, icon in map(_row, _MORE):
            action = menu.addAction(icons.icon(icon, theme.tokens().text2), text)
            action.triggered.connect(partial(self.acted.emit, key))
            if self._gone and key in _ON_FILE:
                action.setEnabled(False)
        button.open_menu(menu)

    def _show(self, state: str, title: str, widget: QWidget, facts: str = "", sketch: bool = False) -> None:
        self._title.setText(title)
        self._badge.setVisible(sketch)
        if state != "done":
            self.offer_parts(())
        self.stack.setCurrentWidget(widget)
        if state in _ACTIONS and state not in self._bars:
            self._bars[state] = self._make_bar(_ACTIONS[state])
            self._column.insertWidget(self._column.count() - 1, self._bars[state])
        for key, bar in self._bars.items():
            bar.setVisible(key == state)
        self._set_gone("")
        self._facts.setText(facts)
        self._facts.setVisible(bool(facts))
        if state != "done" and self.player is not None:
            self.player.stop()

    @property
    def preview(self) -> PreviewPane:
        if self._preview is None:
            from oelala_desktop.ui.widgets.preview_pane import PreviewPane

            self._preview = PreviewPane()
            self.stack.addWidget(self._preview)
        return self._preview

    # states

    def show_empty(self) -> None:
        self._show("empty", "Output", self.empty)

    def show_running(self, *, sketch: bool = False) -> None:
        """Start over with an empty preview."""
        self.preview.clear()
        self._show("running", "Generating", self.preview, sketch=sketch)

    def set_progress(self, progress: Progress) -> None:
        self.preview.set_progress(progress)

    def set_preview(self, image: QImage) -> None:
        self.preview.set_image(image)

    def show_video(self, path: Path, facts: str, *, fps: float, length: float, sketch: bool = False) -> VideoPlayer:
        """Play the result in a loop. `facts` is the line below it: size, frames, seed, time taken."""
        player = self._ready()
        player.open_file(path, fps=fps, length=length)
        self._show("done", "Result", player, facts, sketch)
        return player

    def show_image(self, image: QImage, facts: str, *, length: float = 0.0, sketch: bool = False) -> None:
        """Show a finished still, or a frame of a video that is decoded elsewhere."""
        player = self._ready()
        player.show_image(image, length=length)
        self._show("done", "Result", player, facts, sketch)

    def show_sound(self, path: Path, facts: str, *, sketch: bool = False) -> VideoPlayer:
        """Play a result that is heard and not seen."""
        player = self._ready()
        player.open_file(path, has_sound=True)
        self._show("done", "Result", player, facts, sketch)
        return player

    def offer_parts(self, parts: Sequence[tuple[str, str]], chosen: str = "") -> None:
        """What else belongs to the result in view, as (value, label): its sound beside the video. Fewer than two are no
        choice."""
        offered = tuple(parts) if len(parts) > 1 else ()
        if offered != self._offered:
            self._offered = offered
            self._make_choice(offered)
        if self._parts is not None:
            self._parts.set_value(chosen)

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
            self._head.insertWidget(self._head.count() - 1, self._parts)

    def show_words(self, words: str, facts: str, *, sketch: bool = False) -> None:
        """The result is finished, but cannot be looked at."""
        player = self._ready()
        player.show_words(words)
        self._show("done", "Result", player, facts, sketch)

    def show_gone(self, facts: str, reason: str, *, sketch: bool = False) -> None:
        """The result is finished, but its file is not there any more."""
        self.show_words(reason, facts, sketch=sketch)
        self._set_gone(reason)

    def _set_gone(self, reason: str) -> None:
        self._gone = reason
        for button in self._on_file:
            button.set_reason(reason)

    def show_failed(self, error: JobError) -> None:
        if self._error is None:
            from oelala_desktop.ui.widgets.error_pane import ErrorPane

            actions = (("retry", "Run again", "rotate-ccw"), ("queue", "Open queue", "list-video"))
            self._error = ErrorPane("The job failed", actions)
            self._error.acted.connect(self.acted)
            holder = QWidget()
            column = QVBoxLayout(holder)
            column.setContentsMargins(24, 24, 24, 24)
            column.addStretch(1)
            column.addWidget(self._error)
            column.addStretch(2)
            self._failed = holder
            self.stack.addWidget(holder)
        self._error.set_error(error.message, node=error.node, detail=error.detail)
        self._show("failed", "Failed", self._failed)

    def _ready(self) -> VideoPlayer:
        if self.player is None:
            from oelala_desktop.ui.widgets.video_player import VideoPlayer

            self.player = VideoPlayer(loudness=self.loudness)
            self.player.failed.connect(self.play_failed)
            self.player.full_screen_requested.connect(partial(self.acted.emit, "full_screen"))
            self.stack.addWidget(self.player)
            self.player_made.emit(self.player)
        return self.player
