"""What My Media is made of: the bar, the grid below it, and what there is to say when the grid is empty."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QPainter, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from oelala_desktop.ui import wording
from oelala_desktop.ui.gallery import cell
from oelala_desktop.ui.gallery.grid import MediaGrid
from oelala_desktop.ui.gallery.items import Section
from oelala_desktop.ui.gallery.layout import GridLayout, columns_for
from oelala_desktop.ui.gallery.list_head import ListHead
from oelala_desktop.ui.gallery.toolbar import MediaToolbar
from oelala_desktop.ui.style import painting, theme
from oelala_desktop.ui.style.frame import TaskFace
from oelala_desktop.ui.widgets.button import Button
from oelala_desktop.ui.widgets.empty_state import EmptyState
from oelala_desktop.ui.widgets.error_pane import ErrorPane
from oelala_desktop.ui.widgets.facts_pane import ShownFacts
from oelala_desktop.ui.widgets.label import Label
from oelala_desktop.ui.widgets.prompt_popup import PromptPopup
from oelala_desktop.ui.widgets.skeleton import Skeleton

_SCAN_SHOWS_MS = 600


class GridSkeleton(Skeleton):
    """Cells where pictures will be."""

    def draw(self, painter: QPainter) -> None:
        columns = columns_for(0, self.width() - 10)
        layout = GridLayout(self.width() - 10, columns, (Section(" ", columns * 8),))
        first, end = layout.visible(0, self.height())
        for index in range(first, end):
            painting.rounded(painter, QRectF(*layout.box(index)), cell.RADIUS, theme.tokens().panel)


class ScanLine(QFrame):
    """How far a look through the folders is; Stop ends it. It floats at the foot of the grid, so that nothing moves
    when it comes and goes, and comes only if there is time to read it."""

    stopped = Signal()

    def __init__(self, view: QWidget) -> None:
        super().__init__(view)
        self.face = TaskFace()
        self._words = Label("", tone="text2")
        stop = Button("Stop", "outlined", height=28)
        stop.setAccessibleName("Stop looking through the folders")
        stop.clicked.connect(self.stopped)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 8, 10)
        row.setSpacing(16)
        row.addWidget(self._words)
        row.addWidget(stop)
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(_SCAN_SHOWS_MS)
        self._wait.timeout.connect(self.show)
        self.hide()

    def set_progress(self, looked_at: int, found: int, done: bool) -> None:
        if done:
            self._wait.stop()
            self.hide()
            return
        self.face.share = looked_at / found if found else 0.0
        reading = f"Reading new files: {wording.count(looked_at)} of {wording.count(found)}"
        self._words.setText(reading if looked_at else f"Looking through your folders: {wording.count(found)} files")
        if self.isHidden() and not self._wait.isActive():
            self._wait.start()
        self.place()
        self.update()

    def place(self) -> None:
        view = self.parentWidget()
        if view is not None:
            self.adjustSize()
            self.move((view.width() - self.width()) // 2, view.height() - self.height() - 16)


class MediaShelf(QWidget):
    retry_requested = Signal()

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.toolbar = MediaToolbar()
        self.grid = MediaGrid()
        self.empty = EmptyState("image", "Nothing here yet", "Pictures and videos you make appear here by themselves.")
        self._error: ErrorPane | None = None
        self._skeleton: GridSkeleton | None = None
        self._stack = QStackedWidget()
        self.head = ListHead()
        self.head.hide()
        self._items = QWidget()
        items = QVBoxLayout(self._items)
        items.setContentsMargins(0, 0, 0, 0)
        items.setSpacing(0)
        items.addWidget(self.head)
        items.addWidget(self.grid, 1)
        self._stack.addWidget(self._items)
        self._stack.addWidget(self.empty)
        self._popup: PromptPopup | None = None
        self.toolbar.density_chosen.connect(self.grid.set_density)
        self.toolbar.view_changed.connect(lambda view: self.set_listed(view == "list"))
        self.toolbar.sort.value_changed.connect(self.head.set_sort)
        self.head.sort_chosen.connect(self._sort)
        self.grid.laid_out.connect(self.head.place)
        self.toolbar.open_requested.connect(self._to_results)
        self.grid.density_changed.connect(self.toolbar.set_density)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.toolbar)
        column.addWidget(self._stack, 1)
        self.scan = ScanLine(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.scan.place()

    @property
    def popup(self) -> PromptPopup:
        """Made when first needed; connect to its signals."""
        if self._popup is None:
            self._popup = PromptPopup()
        return self._popup

    def set_listed(self, listed: bool) -> None:
        self.head.set_sort(self.toolbar.sort.value())
        self.head.setVisible(listed)
        self.grid.set_listed(listed)

    def _sort(self, sort: str) -> None:
        self.toolbar.sort.set_value(sort)
        self.toolbar.sort.value_changed.emit(sort)

    def _to_results(self) -> None:
        """From the search box into the grid, to its first item if none is chosen yet."""
        self.grid.setFocus(Qt.FocusReason.ShortcutFocusReason)
        first = self.grid.provider.key(0) if self.grid.provider.count() else None
        if first is not None and not len(self.grid.selection):
            self.grid.select_only(first)

    # states

    def show_items(self) -> None:
        self._stack.setCurrentWidget(self._items)

    def show_loading(self) -> None:
        if self._skeleton is None:
            self._skeleton = GridSkeleton()
            self._stack.addWidget(self._skeleton)
        self._stack.setCurrentWidget(self._skeleton)

    def show_empty(self, icon: str, title: str, text: str, action: str = "") -> None:
        self.empty.set_words(icon, title, text, action)
        self._stack.setCurrentWidget(self.empty)

    def show_error(self, sentence: str) -> None:
        if self._error is None:
            self._error = ErrorPane("My Media cannot be shown", (("retry", "Try again", "rotate-ccw"),))
            self._error.acted.connect(lambda _key: self.retry_requested.emit())
            self._failed = QWidget()
            column = QVBoxLayout(self._failed)
            column.setContentsMargins(24, 24, 24, 24)
            column.addStretch(1)
            column.addWidget(self._error, 0, Qt.AlignmentFlag.AlignHCenter)
            column.addStretch(2)
            self._stack.addWidget(self._failed)
        self._error.set_error(sentence)
        self._stack.setCurrentWidget(self._failed)

    def show_prompt(self, key: str, facts: ShownFacts, image: QImage | None = None) -> None:
        """The popup beside the cell of `key`."""
        place = self.grid.rect_of(key)
        area = QRect(self.grid.viewport().mapTo(self.window(), QPoint(place.x(), place.y())), place.size())
        self.popup.set_facts(facts, image)
        self.popup.open_by(self.window(), area)
