"""The stage of a tool's page: nothing yet, the live preview, the finished result, or what went wrong; over one row of
what can be done with it. No state changes a height."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSizeF, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from oelala_desktop.ui.widgets.card import Surface
from oelala_desktop.ui.widgets.empty_state import EmptyState
from oelala_desktop.ui.widgets.stage_head import StageHead

if TYPE_CHECKING:  # what stands on the stage is imported when it is first shown, which start-up gains by
    from oelala_desktop.domain.job import JobError, Progress
    from oelala_desktop.domain.passes import Part
    from oelala_desktop.ui.tool.comparing import Given
    from oelala_desktop.ui.widgets.compare_pane import ComparePane
    from oelala_desktop.ui.widgets.error_pane import ErrorPane
    from oelala_desktop.ui.widgets.loudness import Loudness
    from oelala_desktop.ui.widgets.preview_pane import PreviewPane
    from oelala_desktop.ui.widgets.stage_actions import StageActions
    from oelala_desktop.ui.widgets.stage_band import StageBand
    from oelala_desktop.ui.widgets.video_player import VideoPlayer

_FOOT = 56  # pixels of height that the actions have
_AWAY = "{} does not answer; this goes on as soon as it does"


class OutputPanel(Surface):
    """`acted` sends: history, cancel, queue, again, save, folder, reuse, gallery, full_screen, retry, copy_prompt,
    copy_seed, copy_workflow, favorite, browse, and what a result goes on to."""

    acted = Signal(str)
    play_failed = Signal(str)  # the player cannot play the video
    player_made = Signal(object)  # VideoPlayer, when a result is first shown
    part_chosen = Signal(str)  # the value of one that was offered

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.loudness: Loudness | None = None  # of all players, once there is a window to share it
        self.head = StageHead()
        self.head.acted.connect(self.acted)
        self.head.part_chosen.connect(self.part_chosen)
        self.head.view_chosen.connect(self._choose_view)
        self.empty = EmptyState(
            "clapperboard",
            "Your video appears here",
            "Choose a picture, say what should happen, and press Generate.",
            action="Choose a picture",
            action_icon="image-plus",
        )
        self.empty.acted.connect(partial(self.acted.emit, "browse"))
        self.player: VideoPlayer | None = None
        self.pane: ComparePane | None = None
        self._views: tuple[str, ...] = ()
        self.view = ""  # that somebody chose, as long as it can be had
        self._preview: PreviewPane | None = None
        self._band: StageBand | None = None
        self._pictures: QStackedWidget | None = None
        self._error: ErrorPane | None = None
        self._buttons: StageActions | None = None
        self._state, self._facts, self._sketch = "empty", "", False
        self.stack = QStackedWidget()
        self.stack.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.stack.addWidget(self.empty)
        self._foot = QVBoxLayout()  # the actions come when there may be something to act on, to a place kept for them
        self._foot.addSpacing(_FOOT)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addWidget(self.head)
        column.addWidget(self.stack, 1)
        column.addLayout(self._foot)
        self.head.show_state("empty", "")

    @property
    def buttons(self) -> StageActions:
        if self._buttons is None:
            from oelala_desktop.ui.widgets.stage_actions import StageActions

            self._buttons = StageActions()
            self._buttons.acted.connect(self.acted)
            self._foot.takeAt(0)
            self._foot.addWidget(self._buttons)
        return self._buttons

    # what stands on the stage

    @property
    def band(self) -> StageBand:
        if self._band is None:
            self._make_stage()
        assert self._band is not None
        return self._band

    def _make_stage(self) -> None:
        from oelala_desktop.ui.widgets.loudness import Loudness
        from oelala_desktop.ui.widgets.preview_pane import PreviewPane
        from oelala_desktop.ui.widgets.stage_band import StageBand, StageGround

        self._ground = StageGround()
        self._preview = PreviewPane()
        self._pictures = QStackedWidget()
        self._pictures.addWidget(self._preview)
        self.loudness = self.loudness or Loudness(parent=self)
        self._band = StageBand(self.loudness, parent=self._ground)
        column = QVBoxLayout(self._ground)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._pictures, 1)
        column.addWidget(self._band)
        self.stack.addWidget(self._ground)

    @property
    def preview(self) -> PreviewPane:
        _ = self.band
        assert self._preview is not None
        return self._preview

    def _ready(self) -> VideoPlayer:
        if self.player is None:
            from oelala_desktop.ui.widgets.compare_pane import ComparePane
            from oelala_desktop.ui.widgets.video_player import VideoPlayer

            band = self.band
            self.player = VideoPlayer(framed=False, loudness=self.loudness, bar=band)
            self.player.failed.connect(self.play_failed)
            self.player.full_screen_requested.connect(partial(self.acted.emit, "full_screen"))
            self.pane = ComparePane(self.player)
            self.pane.given_made.connect(self.player_made)
            self.pane.given_made.connect(lambda given: given.sound_found.connect(self._offer_sounds))
            assert self._pictures is not None
            self._pictures.addWidget(self.pane)
            band.sound_chosen.connect(self._hear)
            self.player_made.emit(self.player)
        return self.player

    def _show(self, state: str, widget: QWidget, facts: str = "", *, sketch: bool = False) -> None:
        self._state, self._facts, self._sketch = state, facts, sketch
        self._leave_given()
        if state != "done":
            self.head.offer_parts(())
            self.buttons.set_favourite(False)
            if self.player is not None:
                self.player.stop()
        self.head.show_state(state, facts, sketch=sketch)
        self.stack.setCurrentWidget(widget)
        self._set_reasons()

    def _set_reasons(self, gone: str = "", *, is_video: bool = False, is_seen: bool = True) -> None:
        self.buttons.show_state(self._state, gone=gone, is_video=is_video, is_seen=is_seen)

    def show_trained(self, image: QImage | None, facts: str, title: str) -> None:
        """The curve of its losses stands for weights that were trained."""
        if image is not None:
            self.show_image(image, facts, title=title)
        else:
            self.show_words("The LoRA is here; Show in folder leads to it.", facts)
        self._set_reasons(is_seen=False)

    def _set_picture(self, widget: QWidget) -> None:
        assert self._pictures is not None
        self._pictures.setCurrentWidget(widget)

    # states

    def show_empty(self, *, paused: bool = False) -> None:
        """`paused`: nothing would run."""
        self._show("halted" if paused else "empty", self.empty)

    def show_running(
        self, facts: str = "", *, state: str = "running", parts: Sequence[Part] = (), sketch: bool = False
    ) -> None:
        """Start over with an empty preview. `state` is one of those of a job that is not over, `parts` are those of its
        bar."""
        waits = state != "running"
        self.band.progress.begin(parts, "Waiting for its turn" if waits else "Starting")
        self.band.show_progress()
        self.preview.clear(waits=waits)
        self._set_picture(self.preview)
        self._show(state, self._ground, facts, sketch=sketch)

    def set_running(self, state: str, server: str = "") -> None:
        """The job in view stands otherwise now; its preview stays. `server` is what does not answer while "away"."""
        before, self._state = self._state, state
        self.head.show_state(state, self._facts, sketch=self._sketch)
        if state == "away":
            self.band.progress.say(_AWAY.format(server))
        elif state == "running" and before != state:
            self.band.progress.go_on()
            self.preview.go_on()

    def set_progress(self, progress: Progress) -> None:
        self.band.progress.set_progress(progress)

    def set_preview(self, image: QImage) -> None:
        self.preview.set_image(image)

    def _show_result(self, facts: str, title: str, *, sketch: bool) -> None:
        assert self.pane is not None
        self.band.show_result(title)
        self._set_picture(self.pane)
        self._show("done", self._ground, facts, sketch=sketch)

    def show_video(
        self, path: Path, facts: str, *, fps: float, length: float, sketch: bool = False, title: str = ""
    ) -> VideoPlayer:
        """Play the result in a loop. `facts` stand in the head: size, frames, seed, time taken; `title` over the
        controls."""
        player = self._ready()
        player.open_file(path, fps=fps, length=length)
        self._show_result(facts, title, sketch=sketch)
        self._set_reasons(is_video=True)
        return player

    def show_image(
        self, image: QImage, facts: str, *, length: float = 0.0, sketch: bool = False, title: str = ""
    ) -> None:
        """Show a finished still, or a frame of a video that is decoded elsewhere."""
        player = self._ready()
        player.show_image(image, length=length)
        self._show_result(facts, title, sketch=sketch)
        self._set_reasons(is_video=length > 0)

    def show_sound(self, path: Path, facts: str, *, sketch: bool = False, title: str = "") -> VideoPlayer:
        """Play a result that is heard and not seen."""
        player = self._ready()
        player.open_file(path, has_sound=True)
        self._show_result(facts, title, sketch=sketch)
        self._set_reasons(is_seen=False)
        return player

    def show_words(self, words: str, facts: str, *, sketch: bool = False) -> None:
        """The result is finished, but cannot be looked at."""
        player = self._ready()
        player.show_words(words)
        self._show_result(facts, "", sketch=sketch)
        self._set_reasons(is_seen=False)

    # what was given beside it

    def compare_with(self, given: Given, views: tuple[str, ...], first: str, size: QSizeF, fps: float) -> None:
        """Offers `views` of the result in view, which is of that size, and what was given; `first` is taken unless
        somebody chose one."""
        if self.pane is None or not views:
            return
        player = self.pane.ready()
        if given.is_video:
            player.begin = given.start
            player.open_file(given.path, fps=fps)
            player.show_image(given.image)
        else:
            player.show_still(given.image, size.toSize())
        self._views = views
        self._look(self.view if self.view in views else first, size)

    def _look(self, view: str, size: QSizeF | None = None) -> None:
        if self.pane is not None:
            self.pane.set_view(view, size)
            self.head.offer_views(self._views, view)

    def _choose_view(self, view: str) -> None:
        self.view = view
        self._look(view)

    def _offer_sounds(self) -> None:
        """Both can be heard."""
        if self._views and self.player is not None and self.player.has_sound:
            self.band.offer_sounds("result")

    def _hear(self, which: str) -> None:
        pane = self.pane
        if pane is not None and pane.given is not None:
            pane.hear(which)
            self.band.set_peaks((pane.given if which == "given" else pane.result).peaks)

    def _leave_given(self) -> None:
        """Another result, or none."""
        if not self._views or self.pane is None:
            return
        self._views = ()
        self.pane.set_view("result")
        self.pane.hear("result")
        self.pane.ready().stop()
        self.band.offer_sounds("")
        self.head.offer_views(())

    def show_gone(self, facts: str, reason: str, *, sketch: bool = False) -> None:
        """The result is finished, but its file is not there any more."""
        self.show_words(reason, facts, sketch=sketch)
        self._set_reasons(reason)

    def show_failed(self, error: JobError, facts: str = "", *, sketch: bool = False) -> None:
        if self._error is None:
            from oelala_desktop.ui.widgets.error_pane import ErrorPane
            from oelala_desktop.ui.widgets.scroll import ScrollColumn

            actions = (("retry", "Run again", "rotate-ccw"), ("queue", "Open queue", "list-video"))
            self._error = ErrorPane("The job failed", actions)
            self._error.acted.connect(self.acted)
            self._failed = ScrollColumn()
            self._failed.column.setContentsMargins(24, 24, 24, 24)
            self._failed.column.addStretch(1)
            self._failed.column.addWidget(self._error)
            self._failed.column.addStretch(2)
            self.stack.addWidget(self._failed)
        self._error.set_error(error.message, node=error.node, detail=error.detail)
        self._show("failed", self._failed, facts, sketch=sketch)
