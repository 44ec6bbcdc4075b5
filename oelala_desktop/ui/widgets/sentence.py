"""Why something was not taken, below what it is about; no room is kept for it while there is nothing to say."""

from __future__ import annotations

from PySide6.QtWidgets import QSizePolicy

from oelala_desktop.ui.style import theme
from oelala_desktop.ui.widgets.label import Label


class Sentence(Label):
    def __init__(self) -> None:
        super().__init__(tone="error", size=theme.CAPTION, wrap=True)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)  # no higher than its lines are at this width
        self.setSizePolicy(policy)
        self.hide()

    def say(self, text: str) -> None:
        self.setText(text)
        self.setVisible(bool(text))
