"""The field of a video or a sound: where it comes in, the part of it that is used, and what it is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from oelala_desktop.domain.framing import Frame
from oelala_desktop.ui import focus
from oelala_desktop.ui.style import icons, painting, theme
from oelala_desktop.ui.widgets import dropped
from oelala_desktop.ui.widgets.button import Button, IconButton
from oelala_desktop.ui.widgets.control import set_tip
from oelala_desktop.ui.widgets.crop_stage import CropStage
from oelala_desktop.ui.widgets.drop_target import DropTarget
from oelala_desktop.ui.widgets.drop_zone import DropZone
from oelala_desktop.ui.widgets.given_line import GivenLine
from oelala_desktop.ui.widgets.sentence import Sentence
from oelala_desktop.ui.widgets.source import Source
from oelala_desktop.ui.widgets.strip_picture import GRIP
from oelala_desktop.ui.widgets.trim_strip import TrimStrip

_NARROW = 340  # pixels of width below which there is no room for all words under the strip


class _Mark(QWidget):
    """ "keeps its sound", in the tone of what is well."""

    def __init__(self, icon: str, text: str) -> None:
        super().__init__()
        self._icon, self._text = icon, text
        self._brief = False
        self.setAccessibleName(text)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_brief(self, brief: bool) -> None:
        """Only its icon, where there is no room for words."""
        if brief != self._brief:
            self._brief = brief
            set_tip(self, self._text if brief else "")
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        words = 0 if self._brief else 6 + painting.text_width(theme.font(theme.CAPTION, 500), self._text) + 1
        return QSize(14 + words, max(16, self.fontMetrics().height()))

    def paintEvent(self, _event: QPaintEvent) -> None:
        tone = theme.tokens().ok
        painter = QPainter(self)
        painting.begin(painter)
        icons.draw(painter, self._icon, QRectF(0, round(self.height() / 2 - 7), 14, 14), tone)
        if self._brief:
            return
        painter.setFont(theme.font(theme.CAPTION, 500))
        painter.setPen(QColor(tone))
        painter.drawText(QRectF(20, 0, self.width(), self.height()), Qt.AlignmentFlag.AlignVCenter, self._text)


class _Given(DropTarget):
    """The strip, over it the new frame where one is made, and under it the name and what else is known; another one can
    be dropped or pasted over it."""

    removed = Signal()
    refused = Signal(str)

    def __init__(self, name: str, kind: dropped.Kind) -> None:
        super().__init__(name, kind)
        self.strip = TrimStrip()
        self.remove = IconButton("x", f"Remove {name.lower()}", "stage", height=24, parent=self)
        self.remove.clicked.connect(self.removed)
        self.line = GivenLine()
        self.kept = _Mark("volume-2", "keeps its sound")
        self.line.row.addWidget(self.kept)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.strip)
        column.addWidget(self.line)
        self._cover = _Cover(self)
        self.stage: CropStage | None = None

    def ready_stage(self) -> CropStage:
        """The first frame and the new frame round it."""
        if self.stage is None:
            self.stage = CropStage(self._name)
            self.stage.set_kind(self.kind)
            self.stage.setAccessibleName(f"New frame of the {self._name.lower()}")
            self.stage.removed.connect(self.removed)
            self.stage.files_dropped.connect(self.files_dropped)
            self.stage.image_pasted.connect(self.image_pasted)
            self.stage.url_dropped.connect(self.url_dropped)
            layout = self.layout()
            assert isinstance(layout, QVBoxLayout)
            layout.insertWidget(0, self.stage)
            focus.place_before(focus.stops(self.strip)[0], self.stage)
            self.remove.hide()
        return self.stage

    def set_error(self, sentence: str) -> None:
        self.refused.emit(sentence)

    def hovered(self) -> None:
        self._cover.show_answer(self._hover)
        self.remove.setVisible(not self._hover and self.stage is None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.remove.setGeometry(self.width() - GRIP - 24 - 6, 6, 24, 24)
        self.remove.raise_()
        self._cover.setGeometry(self.rect())
        self.kept.set_brief(self.width() < _NARROW)


class _Cover(QWidget):
    """What comes of letting go, over what is there."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._take = True
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def show_answer(self, hover: str) -> None:
        self._take = hover == "take"
        self.setVisible(bool(hover))
        self.raise_()

    def paintEvent(self, _event: QPaintEvent) -> None:
        t = theme.tokens()
        painter = QPainter(self)
        painting.begin(painter)
        fill, edge, tone = (t.accent_soft, t.accent, t.accent_text) if self._take else (t.panel, t.error, t.error_text)
        painting.rounded(painter, self.rect(), theme.RADIUS, fill, edge, 2)
        painter.setFont(theme.font(theme.BODY, 500))
        painter.setPen(QColor(tone))
        words = "Drop to use it instead" if self._take else "This cannot be used here"
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, words)


class MediaSource(Source):
    """Of the kind VIDEO or SOUND. Once something is given, it is shown under every tab."""

    removed = Signal()
    range_changed = Signal(float, object)  # see TrimStrip
    settled = Signal()
    smaller_wished = Signal()

    def __init__(self, kind: dropped.Kind, name: str = "", *, parent: QWidget | None = None) -> None:
        name = name or kind.word.capitalize()
        super().__init__(name, titled=True, media=kind is not dropped.SOUND, parent=parent)
        self.zone = DropZone(name, kind, low=kind is dropped.SOUND)
        self._given = _Given(name, kind)
        self._framed = 0  # what the stage shows
        self.strip = self._given.strip
        self._sentence = Sentence()
        self._smaller = Button("Make it smaller", "link", height=24)
        self._row = QHBoxLayout()
        self._row.setSpacing(12)
        main = QVBoxLayout()
        for widget in (self.zone, self._given):
            main.addWidget(widget)
        self._row.addLayout(main, 1)
        self.column.addLayout(self._row)
        self.column.addWidget(self._sentence)
        self.column.addWidget(self._smaller)
        self.hear(self.zone)
        self.hear(self._given)
        self._given.refused.connect(self.set_error)
        self._given.removed.connect(self.removed)
        self._smaller.clicked.connect(self.smaller_wished)
        self.strip.range_changed.connect(self.range_changed)
        self.strip.settled.connect(self.settled)
        self.set_media("")
        self.offer_smaller(False)

    @property
    def has_media(self) -> bool:
        return not self._given.isHidden()

    @property
    def error(self) -> str:
        return self._sentence.text() or self.zone.error

    def set_media(self, name: str, facts: Sequence[str] = (), *, keeps_sound: bool = False) -> None:
        """Show what is given: the name of its file and facts such as "1280 × 720". An empty name is the empty state.
        Clears the error; what is on the strip is told to `strip`."""
        self._given.line.tell(name, facts)
        self._given.kept.setVisible(keeps_sound)
        self._given.setVisible(bool(name))
        self.zone.setVisible(not name)
        self.set_error("")

    def set_error(self, sentence: str) -> None:
        self.zone.set_error("" if self.has_media else sentence)
        self._given.setAccessibleDescription(sentence)
        self._sentence.say(sentence if self.has_media else "")

    def set_round(
        self, frame: Frame, image: QImage, size: tuple[int, int], place: tuple[float, float], aspect: str
    ) -> CropStage:
        """The new frame that is made round it; `image` is a frame of it, `size` that of each."""
        stage = self._given.ready_stage()
        if image.cacheKey() != self._framed:
            self._framed = image.cacheKey()
            stage.set_whole(image, self._given.line.text, size)
        stage.set_round(frame, place, aspect)
        return stage

    def set_beside(self, slot: QWidget) -> None:
        """At its side."""
        self._row.addWidget(slot, 0, Qt.AlignmentFlag.AlignTop)

    def offer_smaller(self, offered: bool) -> None:
        """For one that is larger than the server takes."""
        self._smaller.setVisible(offered)

    @property
    def facts(self) -> str:
        """As they are shown."""
        return self._given.line.text if self.has_media else ""

    def set_kind(self, kind: dropped.Kind) -> None:
        self.zone.set_kind(kind)
        self._given.set_kind(kind)

    def paste(self) -> bool:
        return self.zone.paste()

    def browse(self) -> None:
        self.zone.browse()
