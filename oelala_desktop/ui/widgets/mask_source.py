"""The field of a mask: painted, from a file, or what is transparent in the picture."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from oelala_desktop.domain.sentences import with_article
from oelala_desktop.ui.style import painting, theme
from oelala_desktop.ui.widgets.button import Button, IconButton
from oelala_desktop.ui.widgets.drop_target import DropTarget
from oelala_desktop.ui.widgets.label import ElidedLabel, Label
from oelala_desktop.ui.widgets.mask_image import reduced, tinted
from oelala_desktop.ui.widgets.sentence import Sentence

_HEIGHT = 146
#: longest side of what the preview keeps
_PREVIEW = 800


class MaskPreview(DropTarget):
    """The picture with the mask over it; the mask alone where no picture is known."""

    refused = Signal(str)
    removed = Signal()

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._picture, self._mask = QImage(), QImage()
        self._words = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._remove = IconButton("x", f"Remove {name.lower()}", "stage", height=24, parent=self)
        self._remove.clicked.connect(self.removed)

    def sizeHint(self) -> QSize:
        return QSize(240, _HEIGHT)

    def set_error(self, sentence: str) -> None:
        self.refused.emit(sentence)

    def show_both(self, picture: QImage, mask: QImage, words: str) -> None:
        """`words` stand there while there is no mask."""
        self._picture, self._mask, self._words = picture, mask, words
        self._remove.setVisible(not mask.isNull())
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and not self._mask.isNull():
            self.removed.emit()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._remove.setGeometry(self.width() - 24 - 6, 6, 24, 24)

    def paintEvent(self, _event: QPaintEvent) -> None:
        t = theme.tokens()
        painter = QPainter(self)
        painting.begin(painter)
        box = QRectF(self.rect())
        shown = self._picture if not self._picture.isNull() else self._mask
        if not shown.isNull():
            painting.rounded(painter, box, theme.RADIUS, t.stage)
            place = painting.contained(QSizeF(shown.size()), box)
            painter.setOpacity(0.4 if self._mask.isNull() else 1.0)
            painter.drawImage(place, shown)
            painter.setOpacity(1.0)
            if not self._mask.isNull() and shown is not self._mask:
                painter.drawImage(place, tinted(self._mask))
        tone, words = (t.on_stage if not shown.isNull() else t.text2), "" if not self._mask.isNull() else self._words
        if self._hover:
            take = self._hover == "take"
            painting.rounded(painter, box, theme.RADIUS, t.accent_soft if take else t.panel)
            tone, words = (t.accent_text, "Drop to use it as mask") if take else (t.error_text, self._refusal)
        elif shown.isNull():
            pen = QPen(QColor(t.border_strong), 1)
            pen.setDashPattern([4, 4])
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), theme.RADIUS, theme.RADIUS)
        painter.setPen(QColor(tone))
        painter.setFont(theme.font(theme.BODY, 500))
        lines = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(box.adjusted(16, 0, -16, 0), lines, words)


class MaskSource(QWidget):
    """It shows what it is given, and tells what is wished."""

    paint_wished = Signal()
    transparency_wished = Signal()
    invert_wished = Signal()
    files_dropped = Signal(list)  # list[Path]
    image_pasted = Signal(QImage)
    url_dropped = Signal(str)
    removed = Signal()

    def __init__(self, name: str = "Mask", *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture, self._mask = QImage(), QImage()
        self._wanted = "a picture"
        self.preview = MaskPreview(name)
        self._caption = ElidedLabel(tone="muted", size=theme.CAPTION)
        self._paint = Button("Paint", "outlined", icon="brush", height=theme.DENSE_HEIGHT)
        self._file = Button("From a file", "outlined", icon="folder-open", height=theme.DENSE_HEIGHT)
        self._alpha = Button("From transparency", "outlined", icon="blend", height=theme.DENSE_HEIGHT)
        self._alpha.setAccessibleName("From the picture's transparency")
        self._invert = Button("Invert", "outlined", icon="contrast", height=theme.DENSE_HEIGHT)
        self._sentence = Sentence()
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(Label(name, weight=600))
        head.addWidget(self._caption, 1)
        ways = QVBoxLayout()
        ways.setSpacing(6)
        for button in (self._paint, self._file, self._alpha, self._invert):
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            ways.addWidget(button)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.preview, 1)
        row.addLayout(ways)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addLayout(row)
        column.addWidget(self._sentence)
        self._paint.clicked.connect(self.paint_wished)
        self._file.clicked.connect(self.preview.browse)
        self._alpha.clicked.connect(self.transparency_wished)
        self._invert.clicked.connect(self.invert_wished)
        self.preview.files_dropped.connect(self.files_dropped)
        self.preview.image_pasted.connect(self.image_pasted)
        self.preview.url_dropped.connect(self.url_dropped)
        self.preview.removed.connect(self.removed)
        self.preview.refused.connect(self.set_error)
        self.set_transparent(False)
        self.set_error("")
        self._tell()

    @property
    def error(self) -> str:
        return self._sentence.text()

    def set_picture(self, image: QImage | None, wanted: str = "picture") -> None:
        """What the mask is for; a preview is enough. `wanted` is what it is called, where there is none."""
        self._wanted = with_article(wanted)
        self._picture = _small(image) if image is not None else QImage()
        self._tell()

    def set_mask(self, mask: QImage | None, name: str = "") -> None:
        """White is inside; a preview is enough. Clears the error."""
        grey = QImage.Format.Format_Grayscale8
        self._mask = _small(mask.convertToFormat(grey)) if mask is not None else QImage()
        self._caption.setText(name)
        self.set_error("")
        self._tell()

    def set_transparent(self, transparent: bool) -> None:
        """Whether the picture has anything transparent."""
        self._alpha.set_reason("" if transparent else "Nothing in the picture is transparent")

    def set_error(self, sentence: str) -> None:
        self._sentence.say(sentence)

    def paste(self) -> bool:
        return self.preview.paste()

    def _tell(self) -> None:
        self._paint.set_reason("" if not self._picture.isNull() else f"Choose {self._wanted} first")
        self._invert.set_reason("" if not self._mask.isNull() else "There is no mask yet")
        first = f"Choose {self._wanted} first, or drop a mask here"
        words = first if self._picture.isNull() else "Paint what is to change"
        self.preview.show_both(self._picture, self._mask, words)


def _small(image: QImage) -> QImage:
    if max(image.width(), image.height()) <= _PREVIEW:
        return image
    return reduced(image, image.size().scaled(_PREVIEW, _PREVIEW, Qt.AspectRatioMode.KeepAspectRatio))
