"""In the place of a tool's form, while the engine in force has nothing for the tool: why that is, and what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from oelala_desktop.domain.tool import Tool
from oelala_desktop.ui.presets.card import PresetChoice
from oelala_desktop.ui.style import theme
from oelala_desktop.ui.widgets.button import Button
from oelala_desktop.ui.widgets.card import Card
from oelala_desktop.ui.widgets.label import Label
from oelala_desktop.ui.widgets.scroll import ScrollColumn

_WHY: Mapping[str, str] = {
    "face-swap": "Nothing but an AI model can put one face in the place of another, and Sketch, the built-in engine, "
    "has none.",
    "train-lora": "A LoRA is made from an AI model, and Sketch, the built-in engine, has none.",
}
_ANY = "This tool goes by an AI model, and Sketch, the built-in engine, has none."
_THEN = "Connect ComfyUI, on this machine or another. This page works as soon as it answers, with one of these:"


class NeedsPane(ScrollColumn):
    connect_requested = Signal()

    def __init__(self, tool: Tool, presets: Sequence[PresetChoice]) -> None:
        super().__init__()
        self.setAccessibleName(f"What {tool.name} needs")
        card = Card(f"{tool.name} needs an AI model")
        card.body.setSpacing(12)
        card.body.addWidget(Label(_WHY.get(tool.id, _ANY), tone="text2", wrap=True))
        card.body.addWidget(Label(_THEN, tone="text2", wrap=True))
        for preset in presets:
            row = QVBoxLayout()
            row.setSpacing(2)
            row.addWidget(Label(preset.name, weight=600, wrap=True))
            if preset.description:
                row.addWidget(Label(preset.description, tone="muted", size=theme.CAPTION, wrap=True))
            card.body.addLayout(row)
        connect = Button("Connect ComfyUI", "primary", icon="plug")
        connect.clicked.connect(self.connect_requested)
        foot = QHBoxLayout()
        foot.addWidget(connect)
        foot.addStretch(1)
        card.body.addLayout(foot)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.addWidget(card)
        self.column.addStretch(1)
