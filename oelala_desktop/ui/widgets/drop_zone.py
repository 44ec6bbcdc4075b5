"""Where a picture comes in: dropped, pasted or browsed for. It hands on paths, pixels or addresses, no more."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QFontMetrics,
    QGuiApplication,
    QImage,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QFileDialog, QSizePolicy, QWidget

from oelala_desktop.ui import icons, painting, theme
from oelala_desktop.ui.widgets import dropped
from oelala_desktop.ui.widgets.button import Button, IconButton
from oelala_desktop.ui.widgets.control import Control

_EMPTY, _FILLED = 128, 100


class DropZone(Control, QWidget):
    """Empty it invites, hovered it says whether it will take the thing, filled it shows the picture cropped."""

    files_dropped = Signal(list)  # list[Path]
    image_pasted = Signal(QImage)
    url_dropped = Signal(str)
    removed = Signal()

    def __init__(self, name: str = "Picture", *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._pixmap = QPixmap()
        self._note = ""
        self._error = ""
        self._hover = ""  # "", "take" or "refuse"
        self._refusal = ""
        self.setAccessibleName(name)
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._browse = Button("Browse", "outlined", icon="folder-open", height=theme.DENSE_HEIGHT, parent=self)
        self._browse.setAccessibleName(f"Browse for {name.lower()}")
        self._browse.clicked.connect(self.browse)
        self._remove = IconButton("x", f"Remove {name.lower()}", "stage", height=28, parent=self)
        self._remove.clicked.connect(self.removed)
        self._arrange()

    # values

    def set_picture(self, image: QImage | None, name: str = "") -> None:
        """Show a picture (a preview of about 800 px is enough), or None for the empty state. Clears the error."""
        self._pixmap = QPixmap.fromImage(image) if image is not None else QPixmap()
        self._error = ""
        self.setAccessibleDescription(name)
        self._arrange()

    def set_note(self, text: str) -> None:
        """Words over the picture, such as "Prompt filled from this picture"."""
        self._note = text
        self.update()

    def set_error(self, sentence: str) -> None:
        """Why the last thing was not taken. The picture that was there stays."""
        self._error = sentence
        self.setAccessibleDescription(sentence)
        self._arrange()

    @property
    def has_picture(self) -> bool:
        return not self._pixmap.isNull()

    @property
    def error(self) -> str:
        return self._error

    # ways in

    def browse(self) -> None:
        dialog = QFileDialog(self.window(), f"Choose {self._name.lower()}")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        endings = " ".join(f"*{suffix}" for suffix in dropped.SUFFIXES)
        dialog.setNameFilters([f"Pictures ({endings})", "All files (*)"])
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(lambda files: self.files_dropped.emit([Path(file) for file in files]))
        dialog.open()

    def paste(self) -> bool:
        """Take what the clipboard holds; False if there is nothing for a picture field in it."""
        return self._take(dropped.read(QGuiApplication.clipboard().mimeData()))

    def _take(self, offer: dropped.Dropped | None) -> bool:
        if offer is None:
            return False
        if offer.refusal:
            self.set_error(offer.refusal)
        elif offer.files:
            self.files_dropped.emit(list(offer.files))
        elif offer.image is not None and not offer.image.isNull():
            self.image_pasted.emit(offer.image)
        elif offer.url:
            self.url_dropped.emit(offer.url)
        return True

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        mime = event.mimeData()
        offer = None if dropped.only_json(mime) else dropped.read(mime, pixels=False)
        if offer is None:
            event.ignore()
            return
        self._hover = "refuse" if offer.refusal else "take"
        self._refusal = offer.refusal
        self._accept(event)
        self._arrange()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        self._accept(event)

    def dragLeaveEvent(self, _event: object) -> None:
        self._hover = ""
        self._arrange()

    def dropEvent(self, event: QDropEvent) -> None:
        self._hover = ""
        self._accept(event)
        self._arrange()
        self._take(dropped.read(event.mimeData()))

    @staticmethod
    def _accept(event: QDropEvent) -> None:
        event.setDropAction(Qt.DropAction.CopyAction)  # file managers offer Move first, which would delete the file
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if event.matches(QKeySequence.StandardKey.Paste):
            self.paste()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and not event.modifiers():
            self.browse()
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.has_picture:
            self.removed.emit()
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.browse()

    # looks

    def sizeHint(self) -> QSize:
        height = _FILLED if self.has_picture else _EMPTY
        if self._error and self.has_picture:
            height += self._error_height() + 6
        return QSize(240, height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        self._remove.setVisible(self.has_picture and not self._hover)
        self._browse.setVisible(not self.has_picture and not self._hover)
        self._remove.setGeometry(self.width() - 36, 8, 28, 28)
        hint = self._browse.sizeHint()
        self._browse.setGeometry(
            (self.width() - hint.width()) // 2, _EMPTY - hint.height() - 14, hint.width(), hint.height()
        )
        self.updateGeometry()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        t = theme.tokens()
        painter = QPainter(self)
        painting.begin(painter)
        box = QRectF(self.rect())
        if self.has_picture and self._error:
            box.setHeight(_FILLED)
            painter.setFont(theme.font(theme.CAPTION))
            painter.setPen(QColor(t.error_text))
            below = QRectF(0, _FILLED + 4, self.width(), self._error_height())
            painter.drawText(below, Qt.TextFlag.TextWordWrap, self._error)
        if self.has_picture:
            painting.cover(painter, box, self._pixmap, theme.RADIUS)
            if self._note and not self._hover:
                self._paint_note(painter, box, t)
        if self._hover or not self.has_picture:
            self._paint_invitation(painter, box, t)
        if self.shows_ring:
            painting.ring(painter, box, theme.RADIUS, t.accent)

    def _paint_note(self, painter: QPainter, box: QRectF, t: theme.Tokens) -> None:
        font = theme.font(theme.CAPTION)
        text = painting.elided(font, self._note, box.width() - 32)
        right = 8 + painting.text_width(font, text) + 12
        painting.pill(painter, right, box.bottom() - 8, text, font, (t.scrim, t.on_stage))

    def _paint_invitation(self, painter: QPainter, box: QRectF, t: theme.Tokens) -> None:
        edges = {"take": t.accent, "refuse": t.error, "": t.error if self._error else t.border_strong}
        fills = {"take": t.accent_soft, "refuse": t.panel, "": t.input if self.underMouse() else None}
        painting.rounded(painter, box, theme.RADIUS, fills[self._hover])
        pen = QPen(QColor(edges[self._hover]), 2 if self._hover else 1)
        if self._hover != "take":
            pen.setDashPattern([4 / pen.widthF(), 4 / pen.widthF()])
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        half = pen.widthF() / 2
        painter.drawRoundedRect(box.adjusted(half, half, -half, -half), theme.RADIUS, theme.RADIUS)
        title, small, tone = self._words(t)
        middle = box.center().y() if self._hover else 40
        painter.setFont(theme.font(theme.BODY, 500))
        if tone == t.error_text and painting.text_width(painter.font(), title) > box.width() - 24:
            painter.setPen(QColor(tone))
            lines = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(QRectF(12, middle - 34, box.width() - 24, 68), lines, f"{title} {small}".strip())
        else:
            self._paint_line(painter, QRectF(8, middle - 20, box.width() - 16, 20), title, tone)
            painter.setFont(theme.font(theme.CAPTION))
            self._paint_line(painter, QRectF(8, middle + 2, box.width() - 16, 20), small, t.muted)
        if not self._hover:
            return
        icons.draw(
            painter,
            "download" if self._hover == "take" else "ban",
            QRectF(box.center().x() - 10, middle - 46, 20, 20),
            tone,
        )

    def _error_height(self) -> int:
        metrics = QFontMetrics(theme.font(theme.CAPTION))
        room = QRect(0, 0, max(60, self.width()), 10_000)
        return metrics.boundingRect(room, int(Qt.TextFlag.TextWordWrap), self._error).height()

    def _words(self, t: theme.Tokens) -> tuple[str, str, str]:
        """(first line, second line, tone of the first)."""
        if self._hover == "take":
            return "Drop to use it", "", t.accent_text
        if self._hover == "refuse" or self._error:
            first, _, rest = (self._refusal if self._hover else self._error).partition(". ")
            return first + ("." if rest else ""), rest, t.error_text
        return "Drop a picture here or paste it", dropped.KINDS, t.text

    def _paint_line(self, painter: QPainter, rect: QRectF, text: str, tone: str) -> None:
        painter.setPen(QColor(tone))
        text = painting.elided(painter.font(), text, rect.width())
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
