"""A column that scrolls up and down on the ground of whatever it lies on."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from oelala_desktop.ui.style import theme


class Column(QWidget):
    """Content whose height follows from the width it gets, so texts that wrap claim no more room than they fill."""

    def minimumSizeHint(self) -> QSize:
        layout = self.layout()
        if layout is None or layout.hasHeightForWidth():
            return QSize(0, 0)  # the area asks for the height of its width
        return QSize(0, layout.sizeHint().height())

    def wanted_height(self, width: int) -> int:
        """The height that all of it needs at `width` pixels."""
        layout = self.layout()
        if layout is None:
            return 0
        if layout.hasHeightForWidth():
            return layout.totalHeightForWidth(width)
        return layout.totalSizeHint().height()


def settle(widget: QWidget, top: QWidget) -> None:
    """A change of its height is known to all layouts up to `top` at once, and not a turn of the loop later each."""
    parent = widget.parentWidget()
    while parent is not None:
        layout = parent.layout()
        if layout is not None:
            layout.invalidate()
            layout.activate()
        parent = None if parent is top else parent.parentWidget()


class ScrollColumn(QScrollArea):
    """`content` takes its width from the area; without one, rows go into `column`."""

    def __init__(self, content: QWidget | None = None, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.column = QVBoxLayout()
        if content is None:
            content = Column()
            content.setLayout(self.column)
        # A viewport of our own: asking Qt for its own one makes the binding look through every class of Qt that it
        # could be, which costs start-up 13 ms.
        self.setViewport(QWidget())
        theme.dress_scroll_bars(self)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.set_content(content)

    def set_content(self, content: QWidget) -> None:
        """Replaces what was there."""
        self.setWidget(content)
        content.setAutoFillBackground(False)
