"""A prompt: several lines of plain text that grow with what is written."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QWidget

from oelala_desktop.domain.tool import MAX_PROMPT
from oelala_desktop.ui.style import theme
from oelala_desktop.ui.style.field import FieldFace
from oelala_desktop.ui.widgets.dropped import is_text
from oelala_desktop.ui.widgets.number_box import mark_wrong


class PlainBox(QPlainTextEdit):
    """Several lines in the frame of a field; Tab goes on to what is next."""

    def __init__(self, name: str, text: str = "", *, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.face = FieldFace()
        self.setAccessibleName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        theme.dress_scroll_bars(self)
        self.setViewportMargins(7, 6, 7, 6)
        self.setTabChangesFocus(True)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()  # the frame, which is not the viewport

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()


class TextBox(PlainBox):
    """`lines` and `most` are its least and greatest height in lines. Text past `limit` characters stays and is
    reported by `problem`. Ctrl+Enter is left to the page; what is no text is handed on when it is pasted, and left to
    what lies below when it is dropped."""

    text_edited = Signal(str)
    counted = Signal(str, bool)
    other_pasted = Signal(QMimeData)

    def __init__(
        self,
        name: str,
        *,
        placeholder: str = "",
        limit: int = MAX_PROMPT,
        lines: int = 3,
        most: int = 9,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(name, parent=parent)
        self._limit = limit
        self._lines, self._most = lines, most
        self._grows = lines < most
        self._quiet = False
        self.setPlaceholderText(placeholder)
        self.setFont(theme.font(theme.BODY))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.textChanged.connect(self._changed)
        self._fit()

    @property
    def most(self) -> int:
        return self._most

    @property
    def lines(self) -> int:
        return self._lines

    def set_lines(self, lines: int) -> None:
        """How many lines of it are seen at least, and at most where it has more than it may."""
        if lines != self._lines:
            self._lines = lines
            self._fit()

    def text(self) -> str:
        return self.toPlainText()

    def set_text(self, text: str) -> None:
        """Replace the text without text_edited; undo can bring the old one back."""
        if text == self.toPlainText():
            return
        self._quiet = True
        cursor = self.textCursor()
        cursor.select(cursor.SelectionType.Document)
        cursor.insertText(text)
        self._quiet = False

    def replace(self, text: str) -> None:
        """As if a person had typed it in place of all that stands there: Ctrl+Z brings that back."""
        cursor = self.textCursor()
        cursor.select(cursor.SelectionType.Document)
        cursor.insertText(text)

    @property
    def counter(self) -> str:
        return f"{len(self.toPlainText()):,} / {self._limit:,}"

    @property
    def problem(self) -> str:
        over = len(self.toPlainText()) - self._limit
        return f"This is {over} characters too long." if over > 0 else ""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and (
            event.modifiers() & Qt.KeyboardModifier.ControlModifier
        ):
            event.ignore()
            return
        super().keyPressEvent(event)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return is_text(source) and super().canInsertFromMimeData(source)

    def insertFromMimeData(self, source: QMimeData) -> None:
        if is_text(source):
            self.insertPlainText(source.text())
        else:
            self.other_pasted.emit(source)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _changed(self) -> None:
        self._fit()
        wrong = bool(self.problem)
        mark_wrong(self, wrong)
        self.counted.emit(self.counter, wrong)
        if not self._quiet:
            self.text_edited.emit(self.toPlainText())

    def _fit(self) -> None:
        spacing = self.fontMetrics().lineSpacing()
        document = self.document()
        lines = max(self._lines, min(self._most, round(document.size().height()))) if self._grows else self._lines
        wanted = lines * spacing + round(document.documentMargin() * 2) + 12
        if wanted != self.height():
            self.setFixedHeight(wanted)
        fits = round(document.size().height()) <= (self._most if self._grows else self._lines)
        off, auto = Qt.ScrollBarPolicy.ScrollBarAlwaysOff, Qt.ScrollBarPolicy.ScrollBarAsNeeded
        self.setVerticalScrollBarPolicy(off if fits else auto)
