"""Text that is shown as it stands: never markup, in one of the theme's tones."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from oelala_desktop.ui.style import painting, theme
from oelala_desktop.ui.widgets.control import set_tip


class Label(QLabel):
    """Plain text in a tone of theme.TONES. `wrap` lets it run over several lines."""

    def __init__(
        self,
        text: str = "",
        *,
        tone: str = "text",
        size: int = theme.BODY,
        weight: int = 400,
        wrap: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(theme.font(size, weight))
        self.setWordWrap(wrap)
        self.set_tone(tone)
        self.setText(text)
        if wrap:
            policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
            policy.setHeightForWidth(True)  # else the height is that of some other width
            self.setSizePolicy(policy)

    def set_tone(self, tone: str) -> None:
        self.setForegroundRole(theme.TONES[tone])


class ElidedLabel(Label):
    """One line that is cut with … where it does not fit; the whole text is in its tooltip then."""

    def setText(self, text: str) -> None:
        super().setText(text.replace("\n", " "))
        self.setAccessibleName(text)
        self._tell()

    def minimumSizeHint(self) -> QSize:
        return QSize(16, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self.font())
        group = self.palette().currentColorGroup()
        painter.setPen(self.palette().color(group, self.foregroundRole()))
        text = painting.elided(self.font(), self.text(), self.width())
        painter.drawText(self.rect(), self.alignment() | Qt.AlignmentFlag.AlignVCenter, text)

    def resizeEvent(self, event: object) -> None:
        self._tell()

    def _tell(self) -> None:
        cut = painting.text_width(self.font(), self.text()) > self.width()
        set_tip(self, self.text() if cut else "")
