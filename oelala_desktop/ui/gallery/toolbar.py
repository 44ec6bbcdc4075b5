"""The bar over the grid: search, order, filters, how many there are, their size."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from oelala_desktop.ui import icons, theme, wording
from oelala_desktop.ui.widgets.button import Button, IconButton
from oelala_desktop.ui.widgets.choice import Choice
from oelala_desktop.ui.widgets.combo import ComboBox
from oelala_desktop.ui.widgets.label import Label

_SORTS = (
    Choice("date_desc", "Newest"),
    Choice("date_asc", "Oldest"),
    Choice("name_asc", "Name A to Z"),
    Choice("name_desc", "Name Z to A"),
    Choice("size_desc", "Largest"),
    Choice("size_asc", "Smallest"),
    Choice("duration_desc", "Longest"),
    Choice("duration_asc", "Shortest"),
    Choice("favorite_desc", "Favorites first"),
)
_TYPING_MS = 120


class SearchBox(QLineEdit):
    """`searched` follows the typing with a pause of 120 ms; Esc clears."""

    searched = Signal(str)

    def __init__(self, placeholder: str, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        theme.dress(self, "field")
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(placeholder)
        self.setFixedHeight(theme.DENSE_HEIGHT)
        self.setTextMargins(24, 0, 22, 0)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._clear = IconButton("x", "Clear the search", height=24, parent=self)
        self._clear.hide()
        self._clear.clicked.connect(self.clear)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_TYPING_MS)
        self._timer.timeout.connect(lambda: self.searched.emit(self.text()))
        self.textChanged.connect(self._typed)

    def _typed(self, text: str) -> None:
        self._clear.setVisible(bool(text))
        self._timer.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._clear.setGeometry(self.width() - 28, 4, 24, 24)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        icons.draw(painter, "search", QRectF(11, 8, 16, 16), theme.tokens().muted)


class MediaToolbar(QWidget):
    searched = Signal(str)
    sort_changed = Signal(str)  # date_desc, name_asc, …
    model_changed = Signal(str)
    lora_changed = Signal(str)
    favorites_changed = Signal(bool)
    start_pictures_changed = Signal(bool)  # True: shown
    zoomed = Signal(int)  # 1 larger, -1 smaller thumbnails

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.search = SearchBox("Search prompts")
        self.search.setMinimumWidth(140)
        self.search.setMaximumWidth(260)
        self.sort = ComboBox("Order", dense=True, icon="arrow-down-wide-narrow")
        self.sort.set_choices(_SORTS)
        self.sort.set_value("date_desc")
        self.model = ComboBox("Model", dense=True, icon="layers")
        self.lora = ComboBox("LoRA", dense=True, icon="blend")
        self.favorites = Button("Favorites", icon="heart", height=theme.DENSE_HEIGHT)
        self.favorites.setCheckable(True)
        self.starts = Button("Start pictures", icon="eye-off", height=theme.DENSE_HEIGHT)
        self.starts.setCheckable(True)
        self.starts.set_hint("Pictures that a video was made from are hidden; press to show them")
        self._count = Label("", tone="text2")
        smaller = IconButton("zoom-out", "Smaller thumbnails (−)", "outlined")
        larger = IconButton("zoom-in", "Larger thumbnails (+)", "outlined")
        self.set_models(())
        self.set_loras(())
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 12, 16, 4)
        row.setSpacing(8)
        for widget in (self.search, self.sort, self.model, self.lora, self.favorites, self.starts):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self._count)
        row.addSpacing(4)
        row.addWidget(smaller)
        row.addWidget(larger)
        self.search.searched.connect(self.searched)
        self.sort.value_changed.connect(self.sort_changed)
        self.model.value_changed.connect(self.model_changed)
        self.lora.value_changed.connect(self.lora_changed)
        self.favorites.toggled.connect(self.favorites_changed)
        self.starts.toggled.connect(self._show_starts)
        smaller.clicked.connect(lambda: self.zoomed.emit(-1))
        larger.clicked.connect(lambda: self.zoomed.emit(1))

    def set_models(self, models: Sequence[Choice]) -> None:
        self.model.set_choices([Choice("", "Any model"), *models])

    def set_loras(self, loras: Sequence[Choice]) -> None:
        self.lora.set_choices([Choice("", "Any LoRA"), *loras])

    def set_counts(self, selected: int, shown: int, total: int) -> None:
        """ "1 selected · 214 of 20,316"."""
        parts = [f"{wording.count(selected)} selected"] if selected else []
        of = wording.count(total) if shown == total else f"{wording.count(shown)} of {wording.count(total)}"
        self._count.setText(" · ".join([*parts, of]))

    def _show_starts(self, shown: bool) -> None:
        self.starts.set_icon("eye" if shown else "eye-off")
        self.start_pictures_changed.emit(shown)
