"""One prompt of the Prompts page."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from oelala_desktop.domain.generation import GenerationInfo
from oelala_desktop.domain.media import DistinctPrompt
from oelala_desktop.domain.models import display_name
from oelala_desktop.ui import wording
from oelala_desktop.ui.style import theme
from oelala_desktop.ui.widgets.button import Button, IconButton
from oelala_desktop.ui.widgets.card import Surface
from oelala_desktop.ui.widgets.label import ElidedLabel, Label
from oelala_desktop.ui.widgets.thumbnail import PlaceholderImage

_SHOWN = 280  # characters of a prompt


def settings_line(info: GenerationInfo) -> str:
    """ "wan2.2 i2v 14B Q6_K · 6 steps · CFG 1.0 · uni_pc · 848 × 480 · 81 frames"."""
    models = dict.fromkeys(display_name(model.name) for model in info.models)
    parts = list(models)
    if info.steps is not None:
        parts.append(f"{info.steps} step" + ("" if info.steps == 1 else "s"))
    if info.cfg is not None:
        parts.append(f"CFG {info.cfg:.1f}")
    if info.sampler:
        parts.append(info.sampler)
    if info.width and info.height:
        parts.append(wording.size(info.width, info.height))
    if info.num_frames:
        parts.append(wording.frames(info.num_frames))
    loras = len({lora.name for lora in info.loras})
    if loras:
        parts.append(f"{loras} LoRA" + ("" if loras == 1 else "s"))
    return " · ".join(parts)


class PromptRow(Surface):
    copied = Signal(str)
    reused = Signal()
    results_requested = Signal()

    def __init__(self, prompt: DistinctPrompt, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.prompt = prompt
        self.setAccessibleName(prompt.prompt[:_SHOWN])
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        kind = "film" if prompt.newest.kind == "video" else "image"
        self._picture = PlaceholderImage(112, 84, icon=kind, radius=8)
        flat = " ".join(prompt.prompt.split())
        text = Label(flat if len(flat) <= _SHOWN else flat[:_SHOWN].rstrip() + "…", wrap=True)
        facts = ElidedLabel(settings_line(prompt.info), tone="text2", size=theme.CAPTION)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addStretch(1)
        words.addWidget(text)
        words.addWidget(facts)
        words.addStretch(1)
        count = f"{wording.count(prompt.count)} result" + ("" if prompt.count == 1 else "s")
        results = Button(count, "plain", icon="layout-grid", height=theme.DENSE_HEIGHT)
        results.set_hint("Show what this prompt made")
        copy = IconButton("copy", "Copy the prompt", "outlined")
        reuse = Button("Reuse", icon="rotate-ccw", height=theme.DENSE_HEIGHT)
        reuse.set_hint("Open the tool with this prompt and its settings")
        results.clicked.connect(self.results_requested)
        copy.clicked.connect(lambda: self.copied.emit(prompt.prompt))
        reuse.clicked.connect(self.reused)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 8, 12, 8)
        row.setSpacing(12)
        row.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        for button in (results, copy, reuse):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)

    def set_image(self, image: QImage) -> None:
        self._picture.set_image(image)
