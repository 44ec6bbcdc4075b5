"""What stands over the grid of templates: search, order, filters, how many there are."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from oelala_desktop.domain.template_search import Sort, Wanted
from oelala_desktop.domain.tool import TOOLS
from oelala_desktop.ui import wording
from oelala_desktop.ui.gallery.toolbar import SearchBox
from oelala_desktop.ui.style import theme
from oelala_desktop.ui.widgets.button import IconButton
from oelala_desktop.ui.widgets.chip import FilterChip
from oelala_desktop.ui.widgets.choice import Choice
from oelala_desktop.ui.widgets.combo import ComboBox
from oelala_desktop.ui.widgets.flow import FlowLayout
from oelala_desktop.ui.widgets.label import Label

_SORTS: Mapping[Sort, str] = {"uses": "Most used", "date": "Newest", "size": "Smallest"}


class CatalogueBar(QWidget):
    """`changed` whenever something else is to be shown; `wanted` says what."""

    changed = Signal()
    refresh_requested = Signal()
    open_requested = Signal()  # Enter or ↓ in the search: on to the results

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._memory = 0
        self.search = SearchBox("Search templates")
        self.search.setMinimumWidth(160)
        self.sort = ComboBox("Order", dense=True, icon="arrow-down-wide-narrow")
        self.sort.set_choices([Choice(key, words) for key, words in _SORTS.items()])
        self.sort.set_value("uses")
        self.refresh = IconButton("refresh-cw", "Ask the server again", "outlined")
        self.tool = ComboBox("Tool", dense=True, icon="wand-sparkles")
        self.tool.face.round = True
        self.tool.set_choices(
            [
                Choice("", "Any tool"),
                *(Choice(tool.id, tool.name) for tool in TOOLS.values() if tool.output != "model"),
            ]
        )
        self.tool.set_value("")
        self.sound = FilterChip("With sound", icon="volume-2")
        self.fits = FilterChip("", icon="cpu", hint="What this server's GPU has room for")
        self.fits.hide()
        self.ready = FilterChip("Ready to run", icon="circle-check", hint="All its files and nodes are there")
        self.here = FilterChip("No download", hint="No file of it would have to be fetched")
        self.paid = FilterChip(
            "Paid services", hint="Show those too that run on a paid service and need an account there"
        )
        self._count = Label("", tone="muted")
        self._count.setFixedHeight(theme.DENSE_HEIGHT)
        self._chips = QWidget()
        flow = FlowLayout(8)
        self._chips.setLayout(flow)
        for chip in (self.tool, self.sound, self.fits, self.ready, self.here, self.paid):
            flow.addWidget(chip)
        self.head = QWidget()  # stands beside the tabs of the page
        line = QHBoxLayout(self.head)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(self.search, 1)
        line.addWidget(self.sort)
        line.addWidget(self.refresh)
        filters = QHBoxLayout()
        filters.setSpacing(12)
        filters.addWidget(self._chips, 1)
        filters.addWidget(self._count, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 0, 16, 8)
        column.setSpacing(12)
        column.addLayout(filters)
        self._connect()

    def _connect(self) -> None:
        self.search.searched.connect(lambda _text: self.changed.emit())
        self.search.left_down.connect(self.open_requested)
        self.refresh.clicked.connect(self.refresh_requested)
        for combo in (self.sort, self.tool):
            combo.value_changed.connect(lambda _value: self.changed.emit())
        for chip in (self.sound, self.fits, self.ready, self.here, self.paid):
            chip.toggled.connect(lambda _on: self.changed.emit())

    # what is chosen

    def wanted(self) -> Wanted:
        default: Sort = "uses"
        sort = next((key for key in _SORTS if key == self.sort.value()), default)
        return Wanted(
            self.search.text(),
            self.tool.value(),
            self.sound.isChecked(),
            self._memory if self.fits.isChecked() and not self.fits.isHidden() else 0,
            self.ready.isChecked(),
            self.here.isChecked(),
            self.paid.isChecked(),
            sort,
        )

    def clear(self) -> None:
        """All that can be used without an account."""
        self.search.clear()
        self.tool.set_value("")
        for chip in (self.sound, self.fits, self.ready, self.here):
            chip.setChecked(False)
        self.changed.emit()

    # what there is

    def set_memory(self, memory: int) -> None:
        """Bytes of the GPU that the server has, 0 where nobody knows."""
        self._memory = memory
        self.fits.set_text(f"Fits in{wording.NBSP}{round(memory / 2**30) or 1}{wording.NBSP}GB")
        self.fits.setVisible(memory > 0)

    def set_counts(self, shown: int, total: int) -> None:
        self._count.setText(f"{wording.count(shown)} of {wording.count(total)}" if total else "")

    def set_server(self, total: int, name: str) -> None:
        """What is searched."""
        of = f" of {name}" if name else ""
        self.search.setPlaceholderText(f"Search {wording.count(total)} templates{of}" if total else "Search templates")
