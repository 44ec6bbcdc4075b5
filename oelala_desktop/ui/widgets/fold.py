"""A part of a page that folds away, its content made only when it is first opened."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from oelala_desktop.ui import focus
from oelala_desktop.ui.style import theme
from oelala_desktop.ui.style.motion import Glide
from oelala_desktop.ui.style.row import FoldFace
from oelala_desktop.ui.widgets.control import Control, fold_states


class Fold(QWidget):
    """Shows or hides its content with a short slide. `make` builds the content at the first opening."""

    toggled = Signal(bool)

    def __init__(self, make: Callable[[], QWidget], *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._make = make
        self._content: QWidget | None = None
        #: the widget after which Tab goes into the content
        self.before: QWidget | None = None
        self._open = False
        self._appearing = False
        self._glide = Glide(self, 0.0, self._take, self._arrived)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(0)
        self.hide()

    @property
    def is_open(self) -> bool:
        return self._open

    def content(self) -> QWidget:
        """The content, made now if it was not yet."""
        if self._content is None:
            self._content = self._make()
            self._content.setParent(self)
            self._content.move(0, 0)
            self._content.show()
            self._content.installEventFilter(self)
            if self.before is not None:
                focus.place_after(self.before, self._content)
        return self._content

    def set_open(self, opened: bool) -> None:
        if opened == self._open:
            return
        self._open = opened
        if opened:
            self.content()
            self._appearing = True  # showing resizes, which must not take the whole height at once
            self.show()
            self._appearing = False
        self._glide.to(self._goal() if opened else 0.0)
        self.toggled.emit(opened)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return False

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:  # the content's wish changed, and no layout of ours hears it
            self._fit()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        if event.size().width() != event.oldSize().width():
            self._fit()

    def sizeHint(self) -> QSize:
        return QSize(self._content.sizeHint().width() if self._content else 0, round(self._glide.value))

    def _goal(self) -> float:
        content = self.content()
        layout = content.layout()
        if layout is not None and layout.hasHeightForWidth():
            return float(layout.totalHeightForWidth(max(1, self.width())))
        return float(content.sizeHint().height())

    def _fit(self) -> None:
        if self._content is None:
            return
        goal = self._goal()
        self._content.resize(self.width(), round(goal))
        if self._open and not self._appearing and not self._glide.is_moving:
            self._take(goal)
            self._glide.value = goal

    def _take(self, height: float) -> None:
        self.setFixedHeight(round(height))
        if self._content is not None:
            self._content.resize(self.width(), max(round(self._goal()), 1))

    def _arrived(self) -> None:
        if self._open:
            self._fit()
        else:
            self.hide()


class FoldHeader(Control, QPushButton):
    """The row that opens and shuts a fold: chevron, icon, title, and at the right a summary of what is inside."""

    spoken_role = "Button"

    def __init__(
        self,
        title: str,
        *,
        icon: str = "",
        strong: bool = True,
        pad: int = 16,
        height: int = theme.HEIGHT,
        room: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        """With `room` the chevron stands at the right, and as many pixels before it are kept for what lies there."""
        super().__init__(title, parent)
        self.face = FoldFace(icon, strong, pad, height, room)
        self._turn = Glide(self, 0.0, self._turned)
        self.setCheckable(True)
        self.setAccessibleName(title)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.toggled.connect(self._fold)

    def set_summary(self, text: str) -> None:
        self.face.summary = text
        self.setAccessibleDescription(text)
        self.update()

    def set_departed(self, departed: bool) -> None:
        """Whether something inside is not at its default."""
        self.face.departs = departed
        self.update()

    @property
    def summary(self) -> str:
        return self.face.summary

    def spoken_states(self) -> dict[str, bool]:
        return fold_states(self.isChecked())

    def _fold(self, opened: bool) -> None:
        self._turn.to(1.0 if opened else 0.0)
        self.tell("expanded", "collapsed")

    def _turned(self, share: float) -> None:
        self.face.turn = share
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        opens = {Qt.Key.Key_Right: True, Qt.Key.Key_Left: False}
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.click()
        elif key in opens:
            if self.isChecked() != opens[key]:
                self.click()
        else:
            super().keyPressEvent(event)


class FoldSection(QWidget):
    """A header and its fold, as inside a card (Negative prompt, Advanced)."""

    toggled = Signal(bool)

    def __init__(
        self,
        title: str,
        make: Callable[[], QWidget],
        *,
        beside: QWidget | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """`beside` stands at the right of the header."""
        super().__init__(parent)
        self.header = FoldHeader(title, strong=False, pad=0, height=28)
        self.fold = Fold(make)
        self.fold.before = beside or self.header
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.header, 1)
        if beside is not None:
            head.addWidget(beside)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.fold)
        self.header.toggled.connect(self.fold.set_open)
        self.fold.toggled.connect(self.toggled)

    def set_open(self, opened: bool) -> None:
        self.header.setChecked(opened)
