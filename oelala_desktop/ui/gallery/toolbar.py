"""The bar over the grid: search, order, filters, how many there are, their size."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from oelala_desktop.ui import wording
from oelala_desktop.ui.gallery.filter_panel import FilterPanel
from oelala_desktop.ui.style import theme
from oelala_desktop.ui.style.field import PAD, FieldFace
from oelala_desktop.ui.widgets.button import Button, IconButton
from oelala_desktop.ui.widgets.choice import Choice
from oelala_desktop.ui.widgets.combo import ComboBox
from oelala_desktop.ui.widgets.control import is_escape, set_tip
from oelala_desktop.ui.widgets.label import Label
from oelala_desktop.ui.widgets.line_edit import LineEdit
from oelala_desktop.ui.widgets.segmented import Segment, Segmented

_SORTS = (
    Choice("date_desc", "Newest"),
    Choice("date_asc", "Oldest"),
    Choice("name_asc", "Name A to Z"),
    Choice("name_desc", "Name Z to A"),
    Choice("size_desc", "Largest"),
    Choice("size_asc", "Smallest"),
    Choice("duration_desc", "Longest"),
    Choice("duration_asc", "Shortest"),
    Choice("favorites_desc", "Favorites first"),
    Choice("favorites_asc", "Favorites last"),
)
_TYPING_MS = 120


class SearchBox(LineEdit):
    """`searched` follows the typing with a pause of 120 ms; Esc clears; Enter and ↓ go on to what was found."""

    searched = Signal(str)
    left_down = Signal()

    def __init__(self, placeholder: str, *, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.face = FieldFace("search")
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(placeholder)
        self.setFixedHeight(theme.DENSE_HEIGHT)
        self.setTextMargins(PAD + 23, 0, 32, 0)
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

    def event(self, event: QEvent) -> bool:
        if is_escape(event) and self.text():
            event.accept()  # else a shortcut of the window would take the key
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down):
            self.left_down.emit()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._clear.setGeometry(self.width() - 28, 4, 24, 24)


_VIEWS = (Segment("grid", "", "layout-grid", "Grid"), Segment("list", "", "list", "List"))
#: widths under which the bar says less: words of the two switches, then the lists of models and LoRAs
_SHORT, _SHORTER = 1080, 900
_OF_HIDDEN = 200  # pixels that it takes to say how many of those selected are not shown


class MediaToolbar(QWidget):
    """`changed` whenever something else is to be shown; `value(key)` says what is chosen."""

    changed = Signal()
    view_changed = Signal(str)  # grid or list
    density_chosen = Signal(int)
    open_requested = Signal()  # Enter or ↓ in the search box: on to the results

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.search = SearchBox("Search")
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
        self.filters = IconButton("sliders-horizontal", "More filters and size", "outlined")
        self.filters.setCheckable(True)
        self.view = Segmented(_VIEWS, "View", dense=True)
        self.view.set_value("grid")
        self.view.setFixedWidth(80)
        self._panel: FilterPanel | None = None
        self._choices: dict[str, tuple[Choice, ...]] = {}
        self._density = 0
        self._counts = (0, 0, 0, 0)
        self._count = Label("", tone="text2")
        self.set_models(())
        self.set_loras(())
        self.set_engines(())
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 12, 16, 4)
        row.setSpacing(8)
        row.addWidget(self.search, 1)
        for widget in (self.sort, self.model, self.lora, self.favorites, self.starts, self.filters):
            row.addWidget(widget)
        row.addStretch(0)
        row.addWidget(self._count)
        row.addSpacing(4)
        row.addWidget(self.view)
        self._connect()

    def _connect(self) -> None:
        self.search.searched.connect(lambda _text: self.changed.emit())
        self.search.left_down.connect(self.open_requested)
        self.sort.value_changed.connect(lambda _value: self.changed.emit())
        self.model.value_changed.connect(lambda _value: self._chosen())
        self.lora.value_changed.connect(lambda _value: self._chosen())
        self.favorites.toggled.connect(self._show_favorites)
        self.starts.toggled.connect(self._show_starts)
        self.filters.clicked.connect(self.open_filters)
        self.view.value_changed.connect(self.view_changed)

    # what is chosen

    def value(self, key: str) -> str:
        """The choice of model, lora, engine or date; "" for any."""
        if key in ("model", "lora"):
            return {"model": self.model, "lora": self.lora}[key].value()
        return self._panel.combos[key].value() if self._panel is not None else ""

    @property
    def is_filtered(self) -> bool:
        chosen = any(self.value(key) for key in ("model", "lora", "engine", "date"))
        return chosen or bool(self.search.text().strip()) or self.favorites.isChecked()

    def clear(self) -> None:
        """Back to everything, in the order that is set."""
        self.search.clear()
        self.model.set_value("")
        self.lora.set_value("")
        if self._panel is not None:
            for combo in self._panel.combos.values():
                combo.set_value("")
        self.favorites.setChecked(False)
        self._chosen()

    # what can be chosen

    def set_models(self, models: Sequence[Choice]) -> None:
        self._choices["model"] = (Choice("", "Any model"), *models)
        self.model.set_choices(self._choices["model"])

    def set_loras(self, loras: Sequence[Choice]) -> None:
        self._choices["lora"] = (Choice("", "Any LoRA"), *loras)
        self.lora.set_choices(self._choices["lora"])

    def set_engines(self, engines: Sequence[Choice]) -> None:
        self._choices["engine"] = (Choice("", "Anything"), *engines)

    def set_counts(self, selected: int, shown: int, total: int, hidden: int = 0) -> None:
        """ "5 selected, 3 not shown · 214 of 20,316"; `hidden` are among those selected."""
        self._counts = (selected, shown, total, hidden)
        unseen = f", {wording.count(hidden)} not shown" if hidden else ""
        parts = [f"{wording.count(selected)} selected{unseen}"] if selected else []
        of = wording.count(total) if shown == total else f"{wording.count(shown)} of {wording.count(total)}"
        if not selected:
            parts.append(f"{of} files" if shown == total and total != 1 else of)
        elif not self._is_short and not hidden:
            parts.append(of)
        self._count.setText(" · ".join(parts))
        self._name_buttons()
        set_tip(self._count, f"{of} files")

    def set_density(self, columns: int) -> None:
        self._density = columns
        if self._panel is not None:
            self._panel.density.set_value(str(columns))

    # acts

    def open_filters(self) -> None:
        if self._panel is None:
            self._panel = FilterPanel()
            self._panel.changed.connect(self._panel_changed)
            self._panel.cleared.connect(self.clear)
            self._panel.density_chosen.connect(self.density_chosen)
        panel = self._panel
        for key, choices in self._choices.items():
            panel.combos[key].set_choices(choices)
        panel.combos["model"].set_value(self.model.value())
        panel.combos["lora"].set_value(self.lora.value())
        panel.show_row("model", self.model.isHidden())
        panel.show_row("lora", self.lora.isHidden())
        self.set_density(self._density)
        self._mark()
        panel.open_at(self.filters)

    def _panel_changed(self, key: str) -> None:
        if self._panel is not None and key in ("model", "lora"):
            {"model": self.model, "lora": self.lora}[key].set_value(self._panel.combos[key].value())
        self._chosen()

    def _chosen(self) -> None:
        self._mark()
        self.changed.emit()

    def _mark(self) -> None:
        """The button shows whether a filter is set that is not to be seen in the bar."""
        unseen = ["engine", "date", *(["model", "lora"] if self.model.isHidden() else [])]
        self.filters.setChecked(any(self.value(key) for key in unseen))

    def _show_favorites(self, on: bool) -> None:
        self.favorites.set_icon("heart", filled=on)
        self.changed.emit()

    def _show_starts(self, shown: bool) -> None:
        self.starts.set_icon("eye" if shown else "eye-off")
        self._name_buttons()
        self.changed.emit()

    @property
    def _is_short(self) -> bool:
        return self.width() < _SHORT + (_OF_HIDDEN if self._counts[3] else 0)

    def _name_buttons(self) -> None:
        starts = "Start pictures shown" if self.starts.isChecked() else "Start pictures hidden"
        for button, words in ((self.favorites, "Favorites"), (self.starts, starts)):
            button.set_text("" if self._is_short else words)
            button.setAccessibleName(words)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        for combo in (self.model, self.lora):
            combo.setVisible(self.width() >= _SHORTER)
        self._mark()
        self.set_counts(*self._counts)
