"""The dark ground on which pictures and videos stand, and the live preview on it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QLinearGradient, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from oelala_desktop.ui.style import icons, painting, theme

_LIVE = "Live preview"
_NONE_YET, _WAITS = "The first preview comes after the first step.", "The preview comes when the job runs."
_BESIDE_WORDS = 24
_MOST, _SMOOTH = 4, 2  # how far a small picture is enlarged, and until where its pixels are blended


def paint_stage(painter: QPainter, box: QRectF) -> None:
    """The black, rounded ground on which pictures and videos stand."""
    t = theme.tokens()
    painting.rounded(painter, box, theme.CARD_RADIUS, t.stage, t.border)


def paint_on_stage(
    painter: QPainter,
    box: QRectF,
    pixmap: QPixmap,
    *,
    radius: float = theme.CARD_RADIUS,
    natural: QSize | None = None,
) -> None:
    """`pixmap` letter-boxed into the stage, its corners cut by the stage's.

    With `natural` (empty: the pixmap's own size) a small picture is shown as one: at most four times as large, and
    pixel by pixel past twice. Without it the picture is a preview and fills the stage."""
    inner = box.adjusted(1, 1, -1, -1) if radius else box
    place = painting.contained(QSizeF(pixmap.size()), inner)
    painter.save()
    if natural is not None:
        own = pixmap.width() if natural.isEmpty() else natural.width()
        most = min(1.0, _MOST * own / place.width())
        size = QSizeF(place.width() * most, place.height() * most)
        place = QRectF(place.center() - QPointF(size.width() / 2, size.height() / 2), size)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, place.width() <= _SMOOTH * own)
    if radius:
        painter.setClipPath(painting.rounded_path(inner, radius - 1))
    painter.drawPixmap(place, pixmap, QRectF(pixmap.rect()))
    painter.restore()


def paint_foot(painter: QPainter, box: QRectF, height: float, *, radius: float = theme.CARD_RADIUS) -> None:
    """A shade from clear to dark at the foot of the stage, so that words are read over any picture."""
    t = theme.tokens()
    edge = 1 if radius else 0  # the stage's border
    foot = QRectF(box.x() + edge, box.bottom() - height, box.width() - 2 * edge, height - edge)
    shade = QLinearGradient(foot.topLeft(), foot.bottomLeft())
    for position, alpha in ((0.0, 0), (0.45, 150), (1.0, 225)):
        tone = QColor(t.stage)
        tone.setAlpha(alpha)
        shade.setColorAt(position, tone)
    painter.save()
    if radius:
        painter.setClipPath(painting.rounded_path(box.adjusted(1, 1, -1, -1), radius - 1))
    painter.fillRect(foot, shade)
    painter.restore()


def paint_words(painter: QPainter, box: QRectF, words: str) -> None:
    """A sentence in the middle of the stage."""
    painter.setPen(QColor(theme.tokens().on_stage2))
    painter.setFont(theme.font(theme.BODY))
    room = box.adjusted(_BESIDE_WORDS, 0, -_BESIDE_WORDS, 0)
    fits = all(painter.fontMetrics().horizontalAdvance(word) <= room.width() for word in words.split())
    wrap = Qt.TextFlag.TextWordWrap if fits else Qt.TextFlag.TextWrapAnywhere  # names of files have no spaces
    painter.drawText(room, Qt.AlignmentFlag.AlignCenter | wrap, words)


class PreviewPane(QWidget):
    """The newest picture of a job that runs."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pixmap = QPixmap()
        self._words = _NONE_YET
        self.setAccessibleName("Live preview")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(640, 420)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, 120)

    def clear(self, *, waits: bool = False) -> None:
        """No picture, but words: `waits`, the job has not begun."""
        self._pixmap, self._words = QPixmap(), _WAITS if waits else _NONE_YET
        self.update()

    def go_on(self) -> None:
        """The job runs."""
        self._words = _NONE_YET
        self.update()

    def set_image(self, image: QImage) -> None:
        """The newest preview frame, in whatever size the server sends."""
        self._pixmap = QPixmap.fromImage(image)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        t = theme.tokens()
        painter = QPainter(self)
        painting.begin(painter)
        box = QRectF(self.rect())
        if self._pixmap.isNull():
            paint_words(painter, box, self._words)
            return
        paint_on_stage(painter, box, self._pixmap, radius=0)
        font = theme.font(theme.CAPTION, 500)
        badge = QRectF(12, 12, painting.text_width(font, _LIVE) + 36, 22)
        painting.rounded(painter, badge, 6, t.scrim)
        icons.draw(painter, "zap", QRectF(badge.x() + 8, badge.y() + 4, 14, 14), t.on_stage)
        painter.setFont(font)
        painter.setPen(QColor(t.on_stage))
        painter.drawText(badge.adjusted(28, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, _LIVE)
