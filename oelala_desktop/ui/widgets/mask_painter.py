"""A mask painted over a picture: the canvas, and what it is painted with."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from oelala_desktop.ui.commands import keys
from oelala_desktop.ui.commands.carrier import Commands, Keyed
from oelala_desktop.ui.style import painting, theme
from oelala_desktop.ui.widgets.button import Button, IconButton
from oelala_desktop.ui.widgets.flow import FlowLayout
from oelala_desktop.ui.widgets.label import Label
from oelala_desktop.ui.widgets.mask_canvas import MaskCanvas
from oelala_desktop.ui.widgets.segmented import Segment, Segmented
from oelala_desktop.ui.widgets.slider import Slider
from oelala_desktop.ui.wording import NBSP, percent

_TOOLS = (Segment("brush", "Brush", "brush"), Segment("eraser", "Eraser", "eraser"))
#: the size slider goes in equal ratios, from one pixel of the picture to half of its longer side
_NOTCHES = 60
_KEY_RATIO = 1.25
#: the first size, as a share of the longer side
_FIRST = 1 / 16


class MaskPainter(Keyed):
    """`edited` comes when a stroke is over, and for every other change a person makes."""

    edited = Signal()

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.canvas = MaskCanvas()
        self._tools = Segmented(_TOOLS, "Paint with", dense=True)
        self._tools.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._tools.set_value("brush")
        self._size = Slider(0, _NOTCHES, 1, "Size of the brush")
        self._soft = Slider(0, 1, 0.05, "Soft edge")
        self._size_words = Label(tone="muted", size=theme.CAPTION)
        self._soft_words = Label(tone="muted", size=theme.CAPTION)
        self._undo = IconButton("undo-2", "Undo")
        self._redo = IconButton("redo-2", "Redo")
        self._invert = Button("Invert", "plain", icon="contrast", height=theme.DENSE_HEIGHT)
        self._clear = Button("Clear", "plain", icon="trash", height=theme.DENSE_HEIGHT)
        self._out = IconButton("zoom-out", "Zoom out")
        self._fit = IconButton("scan", "Fit the picture")
        self._in = IconButton("zoom-in", "Zoom in")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self._bar())
        column.addWidget(self.canvas, 1)
        self._connect()
        self.commands = self._add_commands()
        self.set_picture(QImage(1, 1, QImage.Format.Format_RGB32))

    def _bar(self) -> QWidget:
        bar = QWidget()
        flow = FlowLayout(8, bar)
        flow.addWidget(self._tools)
        flow.addWidget(_group(Label("Size", size=theme.CAPTION), self._size, self._size_words))
        flow.addWidget(_group(Label("Soft edge", size=theme.CAPTION), self._soft, self._soft_words))
        flow.addWidget(_group(self._undo, self._redo, self._invert, self._clear, gap=2))
        flow.addWidget(_group(self._out, self._fit, self._in, gap=2))
        for slider in (self._size, self._soft):
            slider.setFixedWidth(84)
        for words, widest in ((self._size_words, "0,000 px"), (self._soft_words, "100 %")):
            words.setMinimumWidth(painting.text_width(words.font(), widest))  # nothing beside it moves
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        bar.setSizePolicy(policy)
        return bar

    def _connect(self) -> None:
        self._tools.value_changed.connect(lambda _tool: self._tell())
        self._size.number_changed.connect(lambda notch: self._resize(self._size_at(notch)))
        self._soft.number_changed.connect(self._soften)
        self._undo.clicked.connect(self.undo)
        self._redo.clicked.connect(self.redo)
        self._invert.clicked.connect(lambda: self._change(self.canvas.area.invert))
        self._clear.clicked.connect(lambda: self._change(self.canvas.area.clear))
        self._out.clicked.connect(lambda: self.canvas.zoom(1 / 1.5))
        self._in.clicked.connect(lambda: self.canvas.zoom(1.5))
        self._fit.clicked.connect(self.canvas.fit)
        self.canvas.edited.connect(self._edited)
        self.canvas.zoomed.connect(self._tell)

    # values

    def set_picture(self, image: QImage, size: QSize | None = None) -> None:
        """`image` may be a smaller preview of a picture of `size` pixels. The mask is empty then."""
        self.canvas.set_picture(image, size or image.size())
        self._resize(self._longest() * _FIRST)
        self._soften(0.25)

    def set_mask(self, mask: QImage) -> None:
        """Go on with a mask (white is inside); there is nothing to undo then."""
        self.canvas.area.load(mask)
        self.canvas.update()
        self._tell()

    def mask_image(self) -> QImage:
        """8 bits of grey, white inside, in the size of the picture. Takes about 0.15 s for 50 megapixels."""
        return self.canvas.area.whole()

    @property
    def is_empty(self) -> bool:
        return self.canvas.area.is_empty

    @property
    def brush_size(self) -> float:
        """Across, in pixels of the picture."""
        return self.canvas.brush.size

    # changes

    def undo(self) -> None:
        self._step(self.canvas.area.undo)

    def redo(self) -> None:
        self._step(self.canvas.area.redo)

    def _step(self, step: Callable[[], object]) -> None:
        step()
        self.canvas.update()
        self._edited()

    def _change(self, change: Callable[[], bool]) -> None:
        if change():
            self.canvas.update()
            self._edited()

    def _edited(self) -> None:
        self._tell()
        self.edited.emit()

    def _longest(self) -> int:
        return max(self.canvas.area.size.width(), self.canvas.area.size.height())

    def _most(self) -> float:
        return max(2.0, self._longest() / 2)

    def _size_at(self, notch: float) -> float:
        return float(self._most() ** (notch / _NOTCHES))

    def _resize(self, size: float) -> None:
        size = max(1.0, min(self._most(), size))
        self.canvas.set_brush(self.canvas.brush._replace(size=size))
        notch = next((at for at in range(_NOTCHES) if self._size_at(at + 0.5) > size), _NOTCHES)
        self._size.set_number(notch)
        self._tell()

    def _soften(self, soft: float) -> None:
        self.canvas.set_brush(self.canvas.brush._replace(soft=soft))
        self._soft.set_number(soft)
        self._tell()

    def _tell(self) -> None:
        brush, mask = self.canvas.brush, self.canvas.area
        self.canvas.set_brush(brush._replace(erases=self._tools.value() == "eraser"))
        self._size_words.setText(f"{round(brush.size):,}{NBSP}px")
        self._soft_words.setText(percent(brush.soft))
        self._size.setAccessibleDescription(self._size_words.text())
        self._soft.setAccessibleDescription(self._soft_words.text())
        self._undo.set_reason("" if mask.can_undo else "Nothing to undo")
        self._redo.set_reason("" if mask.can_redo else "Nothing to redo")
        fitted = "The whole picture is in view" if self.canvas.is_fitted else ""
        self._fit.set_reason(fitted)
        self._out.set_reason(fitted)

    # keys

    def _add_commands(self) -> Commands:
        commands = Commands(self, "mask")
        commands.add("undo", self.undo)
        commands.add("redo", self.redo)
        commands.add("brush", lambda: self._take("brush"))
        commands.add("eraser", lambda: self._take("eraser"))
        commands.add("brush-smaller", lambda: self._resize(self.brush_size / _KEY_RATIO))
        commands.add("brush-larger", lambda: self._resize(self.brush_size * _KEY_RATIO))
        commands.add("invert", self._invert.click)
        commands.add("zoom-in", self._in.click)
        commands.add("zoom-out", self._out.click)
        commands.add("fit", self._fit.click)
        buttons = {"undo": self._undo, "redo": self._redo, "invert": self._invert, "zoom-in": self._in}
        for row_id, button in (buttons | {"zoom-out": self._out, "fit": self._fit}).items():
            button.set_hint(keys.hint(row_id))
        return commands

    def _take(self, tool: str) -> None:
        self._tools.set_value(tool)
        self._tell()


def _group(*widgets: QWidget, gap: int = 8) -> QWidget:
    """What stays together where the bar breaks."""
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(gap)
    made.setFixedHeight(theme.DENSE_HEIGHT)
    for widget in widgets:
        row.addWidget(widget)
    return made
