"""An empty field that invites, and a picture's field filled: it says whether it will take what hovers over it."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from oelala_desktop.ui.style import icons, painting, theme
from oelala_desktop.ui.widgets import dropped
from oelala_desktop.ui.widgets.button import Button, IconButton
from oelala_desktop.ui.widgets.drop_target import DropTarget

_EMPTY, _LOW, _FILLED = 128, 56, 100
_FOOT = 14  # below the button of an empty one


class DropZone(DropTarget):
    """Empty it invites, hovered it says whether it will take the thing, filled it shows the picture cropped. If it is
    `low` it invites beside its button instead of above it."""

    removed = Signal()

    def __init__(
        self,
        name: str = "Picture",
        kind: dropped.Kind = dropped.PICTURE,
        *,
        low: bool = False,
        invitation: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(name, kind, parent=parent)
        self._invitation = invitation or _invite(kind)
        self._empty, self._filled = _LOW if low else _EMPTY, _FILLED
        self._pixmap = QPixmap()
        self._note = ""
        self._error = ""
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

    def set_kind(self, kind: dropped.Kind) -> None:
        super().set_kind(kind)
        self._invitation = _invite(kind)
        self.update()

    def invite(self, words: str) -> None:
        """While it is empty."""
        self._invitation = words
        self.update()

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

    @property
    def note(self) -> str:
        return self._note

    def hovered(self) -> None:
        self._arrange()

    # ways in

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and not event.modifiers():
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
        if self.has_picture:
            return QSize(240, self._filled + (self._error_height() + 6 if self._error else 0))
        if self._error and self._empty == _LOW:  # beside the button there is little room for a sentence
            room = self.width() - self._browse.sizeHint().width() - 36
            return QSize(240, max(_LOW, self._error_height(theme.BODY, room) + 16))
        return QSize(240, self._empty)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        self._remove.setVisible(self.has_picture and not self._hover)
        self._browse.setVisible(not self.has_picture and not self._hover)
        self._remove.setGeometry(self.width() - 36, 8, 28, 28)
        hint = self._browse.sizeHint()
        x, y = (self.width() - hint.width()) // 2, (self._empty + _EMPTY) // 2 - hint.height() - _FOOT
        if self._empty == _LOW:
            x, y = self.width() - hint.width() - 12, (max(_LOW, self.height()) - hint.height()) // 2
        self._browse.setGeometry(x, y, hint.width(), hint.height())
        self.updateGeometry()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        t = theme.tokens()
        painter = QPainter(self)
        painting.begin(painter)
        box = QRectF(self.rect())
        if self.has_picture and self._error:
            box.setHeight(self._filled)
            painter.setFont(theme.font(theme.CAPTION))
            painter.setPen(QColor(t.error_text))
            below = QRectF(0, self._filled + 4, self.width(), self._error_height())
            painter.drawText(below, Qt.TextFlag.TextWordWrap, self._error)
        if self.has_picture:
            self._paint_picture(painter, box, t)
            if self._note and not self._hover:
                self._paint_note(painter, box, t)
        if self._hover or not self.has_picture:
            self._paint_invitation(painter, box, t)
        if self.shows_ring:
            painting.ring(painter, box, theme.RADIUS, t.accent)

    def _paint_picture(self, painter: QPainter, box: QRectF, _tokens: theme.Tokens) -> None:
        painting.cover(painter, box, self._pixmap, theme.RADIUS)

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
        low = self._empty == _LOW and not self.has_picture
        room = box.adjusted(12, 0, -12, 0)
        if self._hover:
            self._paint_answer(painter, room, t, low)
        else:
            self._paint_inviting(painter, room, t)

    def _paint_inviting(self, painter: QPainter, room: QRectF, t: theme.Tokens) -> None:
        if self._empty == _LOW and not self.has_picture:
            room.setRight(self._browse.x() - 12)
            self._paint_words(painter, room, Qt.AlignmentFlag.AlignLeft, t)
        else:
            room.setBottom(self._browse.y() - 4)
            self._paint_words(painter, room, Qt.AlignmentFlag.AlignHCenter, t)

    def _paint_answer(self, painter: QPainter, room: QRectF, t: theme.Tokens, low: bool) -> None:
        """What comes of letting go here."""
        take = self._hover == "take"
        tone = t.accent_text if take else t.error_text
        middle = room.center().y()
        if not low:
            icons.draw(
                painter, "download" if take else "ban", QRectF(room.center().x() - 10, middle - 46, 20, 20), tone
            )
        painter.setPen(QColor(tone))
        painter.setFont(theme.font(theme.BODY, 500))
        lines = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        below = room if low else QRectF(room.x(), middle - 22, room.width(), room.bottom() - middle + 18)
        painter.drawText(below, lines, "Drop to use it" if take else self._refusal)

    def _paint_words(self, painter: QPainter, room: QRectF, side: Qt.AlignmentFlag, t: theme.Tokens) -> None:
        painter.setFont(theme.font(theme.BODY, 500))
        if self._error:
            painter.setPen(QColor(t.error_text))
            painter.drawText(room, side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap, self._error)
            return
        middle = room.center().y()
        for top, text, tone, font in (
            (middle - 20, self._invitation, t.text, painter.font()),
            (middle, self.kind.formats, t.muted, theme.font(theme.CAPTION)),
        ):
            painter.setFont(font)
            painter.setPen(QColor(tone))
            line = QRectF(room.x(), top, room.width(), 20)
            painter.drawText(line, side | Qt.AlignmentFlag.AlignVCenter, painting.elided(font, text, room.width()))

    def _error_height(self, size: int = theme.CAPTION, width: int = 0) -> int:
        metrics = QFontMetrics(theme.font(size, 500 if size == theme.BODY else 400))
        room = QRect(0, 0, max(60, width or self.width()), 10_000)
        return metrics.boundingRect(room, int(Qt.TextFlag.TextWordWrap), self._error).height()


def _invite(kind: dropped.Kind) -> str:
    paste = "" if kind is dropped.EITHER else " or paste it"  # that line is long enough
    return f"Drop a {kind.word} here{paste}"
