"""The page of any tool: controls at the left, the stage and the living queue at the right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from oelala_desktop.domain.obstacle import Obstacle
from oelala_desktop.domain.tool import VOCABULARY, Tool
from oelala_desktop.ui import focus
from oelala_desktop.ui.form.form import ToolForm
from oelala_desktop.ui.queue.cell_size import cell_size
from oelala_desktop.ui.tool.obstacle_words import wanted, words_for
from oelala_desktop.ui.tool.output_panel import OutputPanel
from oelala_desktop.ui.tool.queue_card import QueueCard
from oelala_desktop.ui.widgets.columns import Columns

if TYPE_CHECKING:
    from oelala_desktop.ui.presets.card import PresetChoice
    from oelala_desktop.ui.studio import Studio
    from oelala_desktop.ui.tool.intake import Intake
    from oelala_desktop.ui.tool.job_stage import JobStage
    from oelala_desktop.ui.tool.training import LoraBar, Training

_EMPTY = {
    "video": ("clapperboard", "Your video appears here"),
    "image": ("image", "Your picture appears here"),
    "model": ("graduation-cap", "Your LoRA appears here"),
}


class ToolPage(QWidget):
    connect_requested = Signal()

    def __init__(self, tool: Tool, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.form = ToolForm(tool)
        self.output = OutputPanel()
        self.queue = QueueCard()
        self._tool = tool
        self._output = tool.output
        self._needs: Sequence[PresetChoice] | None = None
        self._pane: QWidget | None = None
        missing = next((VOCABULARY[key] for key in tool.needs), None)
        self.tell_ready(
            Obstacle(missing.key, "input_missing", {"label": missing.label.lower()})
            if missing
            else Obstacle("prompt", "nothing_said")
        )
        self.side = right = QVBoxLayout()
        right.setSpacing(12)
        right.addWidget(self.output, 1)
        self.loras: LoraBar | None = None
        if tool.output == "model":
            from oelala_desktop.ui.tool.training import LoraBar

            self.form.generate.set_text("Train")
            self.loras = LoraBar()
            right.addWidget(self.loras)
        right.addWidget(self.queue)
        side = QWidget()
        right.setContentsMargins(0, 0, 0, 0)
        side.setLayout(right)
        left = QWidget()
        left.setMinimumWidth(self.form.minimumWidth())
        left.setMaximumWidth(self.form.maximumWidth())
        self._left = QVBoxLayout(left)
        self._left.setContentsMargins(0, 0, 0, 0)
        self._left.addWidget(self.form)
        self.columns = Columns(left, side)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 12, 16, 12)
        row.addWidget(self.columns)

    def make_training(self, intake: Intake, stage: JobStage, studio: Studio) -> Training | None:
        """What brings to life what a page that trains has beside the others."""
        if self.loras is None:
            return None
        from oelala_desktop.ui.tool.training import Training

        made = Training(self.form, intake, studio, self.loras)
        stage.looked.connect(made.show)
        return made

    def showEvent(self, event: QShowEvent) -> None:
        """With the window's first page one can write at once."""
        super().showEvent(event)
        prompt = self.form.editor("prompt")
        if prompt is not None and prompt.isVisible() and self.window().focusWidget() is None:
            prompt.setFocus(Qt.FocusReason.ActiveWindowFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.queue.set_cell_size(cell_size(self.width() - self.columns.sizes()[0], self.height()))

    def show_needs(self, presets: Sequence[PresetChoice] | None) -> None:
        """In the place of the form that none of these can run; None for the form."""
        if presets == self._needs:
            return
        self._needs = presets
        if self._pane is not None:
            self._pane.hide()
            self._pane.deleteLater()
            self._pane = None
        self.form.setVisible(presets is None)
        if presets is None:
            return
        from oelala_desktop.ui.tool.needs_pane import NeedsPane

        pane = NeedsPane(self._tool, presets)
        pane.connect_requested.connect(self.connect_requested)
        self._pane = pane
        self._left.addWidget(pane)
        focus.place_after(self.form.generate, pane)
        pane.show()

    def set_output(self, output: str) -> None:
        """What comes of the page's wishes, "video" or "image"; `tell_ready` says it then."""
        self._output = output

    def tell_ready(self, obstacle: Obstacle | None, engine: str = "") -> None:
        """What the empty output says: what is still to be done, or that all is there."""
        icon, title = _EMPTY.get(self._output, _EMPTY["image"])
        if self._needs is not None:
            self.output.empty.set_words(icon, title, "Connect ComfyUI first: the left side says why.", "")
        elif obstacle is None:
            press = f"Press {self.form.generate.text()}, as often as you like: jobs queue."
            self.output.empty.set_words(icon, "Ready", press, "")
        elif obstacle.code == "input_missing":
            choose = f"Choose {wanted(obstacle.values)}"
            say = ", say what should happen," if "prompt" in self.form.fields else ""
            text = f"{choose}{say} and press {self.form.generate.text()}."
            self.output.empty.set_words(icon, title, text, choose)
        elif obstacle.code == "nothing_said":
            self.output.empty.set_words(icon, title, "Say what you want to see and press Generate.", "")
        else:
            self.output.empty.set_words("circle-alert", "Not ready yet", words_for(obstacle, engine), "")
