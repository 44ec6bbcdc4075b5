"""The picture field: where a picture comes in, and the picture itself."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QBoxLayout, QWidget

from oelala_desktop.domain.framing import Frame
from oelala_desktop.ui import wording
from oelala_desktop.ui.style import theme
from oelala_desktop.ui.widgets import dropped
from oelala_desktop.ui.widgets.button import Button
from oelala_desktop.ui.widgets.crop_stage import CropStage
from oelala_desktop.ui.widgets.label import ElidedLabel, Label
from oelala_desktop.ui.widgets.picture_slot import WIDE
from oelala_desktop.ui.widgets.source import Source


class PictureSource(Source):
    """Once there is a picture it is shown whole under every tab, and at its side what is known of it. `zone` takes what
    is dropped."""

    removed = Signal()
    place_moved = Signal(float, float)
    preset_wished = Signal()

    def __init__(self, name: str = "Picture", *, titled: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(name, titled=titled, parent=parent)
        self.zone = CropStage(name)
        self._beside = False
        self._made: Frame | None = None
        self._given = ElidedLabel(size=theme.CAPTION, weight=600)
        self._facts = Label(tone="muted", size=theme.CAPTION)
        self._uses = Label(tone="muted", size=theme.CAPTION)
        self._preset = Button("Make a preset", "link", height=24)
        self._preset.setToolTip("Make a preset of the workflow that this picture was made with")
        self._preset.clicked.connect(self.preset_wished)
        sides = QBoxLayout.Direction
        self._known = QWidget()
        self.side = QBoxLayout(sides.LeftToRight, self._known)
        self.side.setContentsMargins(0, 0, 0, 0)
        self.side.setSpacing(8)
        for label in (self._given, self._facts, self._uses):
            self.side.addWidget(label)
        self.side.addStretch(1)
        self.side.addWidget(self._preset)
        self.offer_preset(False)
        self._box = QBoxLayout(sides.TopToBottom)
        self._box.setSpacing(4)
        self._box.addWidget(self.zone, 1)
        self._box.addWidget(self._known)
        self._known.hide()
        self.column.addLayout(self._box)
        self.hear(self.zone)
        self.zone.removed.connect(self.removed)
        self.zone.place_moved.connect(self.place_moved)

    def set_beside(self, slot: QWidget) -> None:
        """At the side, above the facts, which otherwise stand below the picture."""
        self._box.setDirection(QBoxLayout.Direction.LeftToRight)
        self._box.setSpacing(12)
        self.side.setDirection(QBoxLayout.Direction.TopToBottom)
        self.side.setSpacing(2)
        self.side.takeAt(3)  # the stretch
        self.side.insertStretch(0, 1)
        self.side.insertWidget(0, slot)
        for label in (self._given, self._facts, self._uses):
            label.setFixedWidth(WIDE)
        self._beside = True
        self._known.show()

    def set_picture(
        self, image: QImage | None, name: str = "", facts: Sequence[str] = (), size: tuple[int, int] = (0, 0)
    ) -> None:
        """Its preview, the name of its file, facts such as "1536 × 1024", and its own size. Clears the error."""
        self.zone.set_whole(image, name, size)
        self._given.setText(name)
        self._facts.setText(" · ".join(facts))
        self._known.setVisible(self._beside or self.zone.has_picture)
        self._tell_use()

    def set_frame(self, frame: tuple[int, int] | None, place: tuple[float, float] | None, aspect: str) -> None:
        """The size of what is made of it, and what of the picture is seen then."""
        self.zone.set_frame(frame, place, aspect)
        self._tell_use()

    def set_round(self, frame: Frame | None, place: tuple[float, float], aspect: str) -> None:
        """The new frame that is made round it, None where none is."""
        self.zone.set_round(frame, place, aspect)
        self._made = frame
        self._tell_use()

    def _tell_use(self) -> None:
        if self._made is not None and self.zone.has_picture:
            self._uses.setText(f"→ {wording.size(*self._made.size)}")
            return
        seen = self.zone.seen if self.zone.has_picture else None
        self._uses.setText(f"uses {wording.size(seen.width, seen.height)}" if seen else "")

    @property
    def facts(self) -> str:
        """As they are shown."""
        if not self.zone.has_picture:
            return ""
        return " · ".join(filter(None, (self._given.text(), self._facts.text(), self._uses.text())))

    def set_note(self, text: str) -> None:
        self.zone.set_note(text)

    def offer_preset(self, offered: bool) -> None:
        """For a picture that carries a workflow."""
        self._preset.setVisible(offered)

    def set_error(self, sentence: str) -> None:
        self.zone.set_error(sentence)

    def set_kind(self, kind: dropped.Kind) -> None:
        self.zone.set_kind(kind)

    def paste(self) -> bool:
        return self.zone.paste()

    def browse(self) -> None:
        self.zone.browse()
