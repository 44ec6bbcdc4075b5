"""The filters that have no place of their own in the bar, and the size of the thumbnails."""

from __future__ import annotations

import datetime as dt

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from oelala_desktop.ui.gallery.layout import DENSITIES
from oelala_desktop.ui.style import theme
from oelala_desktop.ui.widgets.button import Button
from oelala_desktop.ui.widgets.choice import Choice
from oelala_desktop.ui.widgets.combo import ComboBox
from oelala_desktop.ui.widgets.floating import MARGIN, Floating
from oelala_desktop.ui.widgets.label import Label
from oelala_desktop.ui.widgets.segmented import Segment, Segmented

DATES = (
    Choice("", "Any time"),
    Choice("today", "Today"),
    Choice("7", "The last 7 days"),
    Choice("30", "The last 30 days"),
    Choice("year", "This year"),
    Choice("older", "Before this year"),
)


def bounds(date: str, today: dt.date) -> tuple[float | None, float | None]:
    """(since, until) in seconds since the epoch for a value of DATES."""

    def start(day: dt.date) -> float:
        return dt.datetime.combine(day, dt.time()).timestamp()

    year = today.replace(month=1, day=1)
    if date == "today":
        return start(today), None
    if date == "year":
        return start(year), None
    if date == "older":
        return None, start(year) - 1
    if date:
        return start(today - dt.timedelta(days=int(date) - 1)), None
    return None, None


class FilterPanel(Floating):
    """`changed` after any choice; `combos` by what they filter."""

    changed = Signal(str)  # what: model, lora, engine or date
    density_chosen = Signal(int)
    cleared = Signal()

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Filters")
        self.setFixedWidth(320 + 2 * MARGIN)
        column = QVBoxLayout(self)
        pad = MARGIN + 16
        column.setContentsMargins(pad, pad, pad, pad)
        column.setSpacing(6)
        self.combos: dict[str, ComboBox] = {}
        self._labels: dict[str, Label] = {}
        for key, name in (("model", "Model"), ("lora", "LoRA"), ("engine", "Made by"), ("date", "Date")):
            self._labels[key] = Label(name, tone="text2")
            self.combos[key] = ComboBox(name, dense=True)
            self.combos[key].value_changed.connect(lambda _value, key=key: self.changed.emit(key))
            column.addWidget(self._labels[key])
            column.addWidget(self.combos[key])
            column.addSpacing(4)
        self.combos["date"].set_choices(DATES)
        segments = [Segment("0", "Auto"), *(Segment(str(n), str(n), name=f"{n} columns") for n in DENSITIES)]
        self.density = Segmented(segments, "Thumbnails in a row", columns=5, dense=True)
        self.density.set_value("0")
        self.density.value_changed.connect(lambda value: self.density_chosen.emit(int(value)))
        self._size = Label("Thumbnails in a row", tone="text2")
        column.addWidget(self._size)
        column.addWidget(self.density)
        column.addSpacing(6)
        clear = Button("Clear the filters", icon="x", height=theme.DENSE_HEIGHT)
        clear.clicked.connect(self.cleared)
        column.addWidget(clear)

    def show_row(self, key: str, shown: bool) -> None:
        self._labels[key].setVisible(shown)
        self.combos[key].setVisible(shown)
