"""Everything the window can do, a few typed letters away."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QListView, QStackedWidget, QVBoxLayout, QWidget

from oelala_desktop.ui.style import theme
from oelala_desktop.ui.widgets.command_list import CommandModel, CommandRows, Find
from oelala_desktop.ui.widgets.label import Label
from oelala_desktop.ui.widgets.line_edit import LineEdit
from oelala_desktop.ui.widgets.sheet import Sheet


class CommandPalette(Sheet):
    """Type a few letters of what you want, Enter does it."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window, 560, "Command palette")
        self._edit = LineEdit()
        self._edit.setPlaceholderText("Type a command, a page or what you made")
        self._edit.setAccessibleName("Command")
        self._edit.setFixedHeight(44)
        self._edit.setFrame(False)
        self._edit.setTextMargins(0, 0, 0, 0)
        self._edit.setFont(theme.font(theme.SECTION))
        self._edit.installEventFilter(self)
        self._model = CommandModel(self)
        self._list = QListView()
        self._list.viewport().setAutoFillBackground(False)
        theme.dress_scroll_bars(self._list)
        self._list.setAccessibleName("Commands")
        self._list.setModel(self._model)
        self._list.setItemDelegate(CommandRows(self._list))
        self._list.setMouseTracking(True)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.clicked.connect(self._take)
        self._nothing = Label("", tone="text2", wrap=True)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack = QStackedWidget()  # of one height, so that nothing moves while one types
        self._stack.setFixedHeight(9 * 40)
        for shown in (self._list, self._nothing):
            self._stack.addWidget(shown)
        column = QVBoxLayout(self.card)
        column.setContentsMargins(12, 4, 12, 8)
        column.setSpacing(4)
        line = QHBoxLayout()
        line.setContentsMargins(8, 0, 8, 0)
        line.addWidget(self._edit)
        column.addLayout(line)
        column.addWidget(self._stack)
        self._edit.textChanged.connect(self._narrow)

    def set_finds(self, finds: Sequence[Find]) -> None:
        self._model.set_finds(finds)
        self._narrow(self._edit.text())

    def open_sheet(self) -> None:
        super().open_sheet()
        self._edit.clear()
        self._narrow("")
        self._edit.setFocus(Qt.FocusReason.PopupFocusReason)

    def _narrow(self, text: str) -> None:
        self._model.narrow(text)
        self._list.setCurrentIndex(self._model.index(0, 0))
        found = self._model.rowCount() > 0
        self._nothing.setText("" if found else f"Nothing is called “{text.strip()}”.")
        self._stack.setCurrentWidget(self._list if found else self._nothing)

    def _take(self, index: object) -> None:
        find = self._model.at(self._list.currentIndex().row())
        if find is not None:
            self.close_sheet()
            find.act()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._edit and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
                self._list.keyPressEvent(event)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._take(None)
                return True
        return super().eventFilter(watched, event)
