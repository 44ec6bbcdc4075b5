"""The log of this program: by level, kept in view as it grows, to be copied into a report."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Sequence

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QColor, QGuiApplication, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from oelala_desktop.services.health.log_ring import LogEntry
from oelala_desktop.ui.style import theme
from oelala_desktop.ui.widgets.button import Button
from oelala_desktop.ui.widgets.segmented import Segment, Segmented
from oelala_desktop.ui.widgets.text_box import PlainBox
from oelala_desktop.ui.widgets.toggle import Toggle

_KEPT = 2000
_LEVELS = {"all": logging.NOTSET, "warnings": logging.WARNING, "errors": logging.ERROR}
_OURS = "oelala_desktop."


class LogPanel(QWidget):
    folder_requested = Signal()

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries: deque[LogEntry] = deque(maxlen=_KEPT)
        self.text = PlainBox("Log")
        self.text.setReadOnly(True)
        self.text.setUndoRedoEnabled(False)
        self.text.setMaximumBlockCount(_KEPT * 2)
        self.text.setPlaceholderText("Nothing of this level was logged yet.")
        self.text.setFont(theme.monospace())
        self.text.verticalScrollBar().sliderMoved.connect(self._scrolled)
        segments = (Segment("all", "All"), Segment("warnings", "Warnings"), Segment("errors", "Errors"))
        self.level = Segmented(segments, "Level", columns=3, dense=True)
        self.level.set_value("all")
        self.level.value_changed.connect(lambda _level: self._write_all())
        self.follow = Toggle("Follow the newest lines", "Follow")
        self.follow.setChecked(True)
        self.follow.toggled.connect(lambda on: self._to_end() if on else None)
        self.copy = Button("Copy", icon="copy", height=theme.DENSE_HEIGHT, name="Copy the lines shown")
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.text.toPlainText()))
        folder = Button(
            "Open folder", icon="folder-open", height=theme.DENSE_HEIGHT, name="Open the folder of log files"
        )
        folder.clicked.connect(self.folder_requested)
        tools = QHBoxLayout()
        tools.setSpacing(8)
        tools.addWidget(self.level)
        tools.addWidget(self.follow)
        tools.addStretch(1)
        tools.addWidget(self.copy)
        tools.addWidget(folder)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 4, 16, 16)
        column.setSpacing(12)
        column.addLayout(tools)
        column.addWidget(self.text, 1)

    def add(self, entries: Sequence[LogEntry]) -> None:
        """The newest last."""
        self._entries.extend(entries)
        self._write(entries)

    def _write_all(self) -> None:
        self.text.clear()
        self._write(tuple(self._entries))

    def _write(self, entries: Sequence[LogEntry]) -> None:
        least = _LEVELS[str(self.level.value())]
        wanted = [entry for entry in entries if entry.level >= least]
        if not wanted:
            return
        bar = self.text.verticalScrollBar()
        place = bar.value()
        cursor = QTextCursor(self.text.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.beginEditBlock()
        for entry in wanted:
            if not self.text.document().isEmpty():
                cursor.insertBlock()
            cursor.insertText(_line(entry), _format(entry.level))
        cursor.endEditBlock()
        if self.follow.isChecked():
            self._to_end()
        else:
            bar.setValue(place)

    def _to_end(self) -> None:
        bar = self.text.verticalScrollBar()
        bar.setValue(bar.maximum())

    def _scrolled(self, value: int) -> None:
        """Who scrolls back to read is not carried off by the next line; at the end it follows again."""
        self.follow.setChecked(value >= self.text.verticalScrollBar().maximum())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ThemeChange:
            self._write_all()


def _line(entry: LogEntry) -> str:
    moment = time.strftime("%H:%M:%S", time.localtime(entry.when))
    level = logging.getLevelName(entry.level).capitalize()
    return f"{moment}  {level:<8} {entry.source.removeprefix(_OURS)}: {entry.text}"


def _format(level: int) -> QTextCharFormat:
    t = theme.tokens()
    tone = t.error_text if level >= logging.ERROR else t.warning_text if level >= logging.WARNING else t.text2
    made = QTextCharFormat()
    made.setForeground(QColor(tone))
    return made
