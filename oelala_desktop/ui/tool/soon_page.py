"""The page of a tool that cannot run yet. It says what is missing, and becomes the tool once that is there."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from oelala_desktop.ui.style import theme
from oelala_desktop.ui.widgets.button import Button
from oelala_desktop.ui.widgets.card import Card
from oelala_desktop.ui.widgets.empty_state import IconMark
from oelala_desktop.ui.widgets.label import Label


class SoonPage(QWidget):
    open_presets_requested = Signal()

    def __init__(self, title: str, icon: str, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fixes: tuple[str, ...] = ()
        self._why = Label("", tone="text2", wrap=True)
        self._why.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._why.setFixedWidth(480)
        self._lines = Card("What is missing")
        self._lines.setFixedWidth(480)
        copy = Button("Copy the commands", icon="copy", height=theme.DENSE_HEIGHT)
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText("\n".join(self._fixes)))
        self._copy = copy
        presets = Button("Open the presets folder", icon="folder-open", height=theme.DENSE_HEIGHT)
        presets.clicked.connect(self.open_presets_requested)
        tools = QHBoxLayout()
        tools.setSpacing(8)
        tools.addStretch(1)
        tools.addWidget(copy)
        tools.addWidget(presets)
        tools.addStretch(1)
        heading = Label(f"{title} is not here yet", size=theme.SECTION, weight=600)
        centre = Qt.AlignmentFlag.AlignHCenter
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(8)
        column.addStretch(2)
        column.addWidget(IconMark(icon), 0, centre)
        column.addSpacing(4)
        column.addWidget(heading, 0, centre)
        line = QHBoxLayout()
        line.addStretch(1)
        line.addWidget(self._why)
        line.addStretch(1)
        column.addLayout(line)
        column.addSpacing(8)
        column.addWidget(self._lines, 0, centre)
        column.addSpacing(8)
        column.addLayout(tools)
        column.addStretch(3)
        self.set_missing(())

    def set_missing(self, lines: Sequence[str], fixes: Sequence[str] = (), why: str = "") -> None:
        """`lines` name each missing thing, `fixes` are commands to copy. Without lines no preset exists at all."""
        self._fixes = tuple(fixes)
        default = (
            "The tool has presets, but the connected engine cannot run them."
            if lines
            else "No preset for this tool is installed: it needs an AI model, and Sketch has none. "
            "To add one, put two files in the presets folder: a ComfyUI workflow in API format and a table that names "
            "its inputs."
        )
        self._why.setText(why or default)
        while (item := self._lines.body.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for line in lines:
            self._lines.body.addWidget(Label(line, wrap=True))
        self._lines.setVisible(bool(lines))
        self._copy.setVisible(bool(fixes))
