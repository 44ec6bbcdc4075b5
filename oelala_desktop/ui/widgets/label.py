"""Text that is shown as it stands: never markup, in one of the theme's tones."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QTextLayout
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from oelala_desktop.ui import painting, theme
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


class ClampedLabel(Label):
    """Two lines at most, the second cut with … where the text is longer; the whole of it is in its tooltip then."""

    def __init__(
        self, text: str = "", *, tone: str = "text", size: int = theme.BODY, parent: QWidget | None = None
    ) -> None:
        super().__init__(text, tone=tone, size=size, wrap=True, parent=parent)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return len(self._lines(width)) * self.fontMetrics().lineSpacing()

    def minimumSizeHint(self) -> QSize:
        return QSize(16, self.fontMetrics().lineSpacing())

    def _lines(self, width: int) -> list[str]:
        text = self.text().replace("\n", " ")
        layout = QTextLayout(text, self.font())
        layout.beginLayout()
        line = layout.createLine()
        line.setLineWidth(width)
        first = line.textLength()
        layout.endLayout()
        rest = text[first:].strip()
        return [text[:first].strip(), *([painting.elided(self.font(), rest, width)] if rest else [])]

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self.font())
        painter.setPen(self.palette().color(self.palette().currentColorGroup(), self.foregroundRole()))
        lines = self._lines(self.width())
        for at, line in enumerate(lines):
            foot = self.fontMetrics().ascent() + at * self.fontMetrics().lineSpacing()
            painter.drawText(QPointF(0, foot), line)
        set_tip(self, self.text() if lines[-1].endswith("…") else "")
