"""The window's frame: sidebar, top bar, the page in view, panels over it, notices at its foot."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QMimeData, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QGuiApplication, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from oelala_desktop.ui import focus
from oelala_desktop.ui.commands import keys
from oelala_desktop.ui.commands.carrier import Commands
from oelala_desktop.ui.navigation import PAGES, heading
from oelala_desktop.ui.shell.sidebar import Sidebar
from oelala_desktop.ui.shell.topbar import TopBar
from oelala_desktop.ui.style import icons

if TYPE_CHECKING:  # sheets, panels and notices are imported when they first open, which start-up gains by
    from oelala_desktop.ui.shell.side_panel import SidePanel
    from oelala_desktop.ui.widgets.command_list import Find
    from oelala_desktop.ui.widgets.sheet import Sheet
    from oelala_desktop.ui.widgets.toast import ToastStack

TITLE = "Oelala Desktop"
#: the smallest window in which nothing is cut off
LEAST = QSize(1000, 640)
PANELS = ("queue", "engine", "activity", "log")
ROOMY = 1120  # pixels of width from which a tool's page has room beside the whole sidebar


class Shell(QMainWindow):
    """Pages are made when they are first shown: `add_page(id, make)`."""

    page_shown = Signal(str)  # page id
    paste_requested = Signal(QMimeData)
    dropped = Signal(QMimeData)  # on the window, outside every field that takes drops
    panel_opened = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle(TITLE)
        self.setMinimumSize(LEAST)
        self.resize(1440, 900)
        self.setAcceptDrops(True)
        self._makers: dict[str, Callable[[], QWidget]] = {}
        self._pages: dict[str, QWidget] = {}
        self._panels: dict[str, SidePanel] = {}
        self._page_id = ""
        self._squeezed = False
        self._guard: Callable[[], bool] | None = None
        self._sheets: dict[str, Sheet] = {}
        self._finds: Callable[[], Sequence[Find]] = tuple
        self._toasts: ToastStack | None = None
        self.commands = Commands(self, "window", everywhere=True)
        self.sidebar = Sidebar()
        self.topbar = TopBar()
        self.stack = QStackedWidget()
        self._build()
        self._add_commands()

    def _build(self) -> None:
        body = QWidget()
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.topbar)
        self._room = QHBoxLayout()  # what a panel leaves to the page
        self._room.addWidget(self.stack)
        column.addLayout(self._room, 1)
        row = QHBoxLayout(body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.sidebar)
        row.addWidget(right, 1)
        self._right = right
        self.setCentralWidget(body)
        self.sidebar.page_chosen.connect(self.show_page)
        self.topbar.panel_requested.connect(self.toggle_panel)
        self.topbar.command_wished.connect(lambda row_id: self.commands[row_id].trigger())

    def _add_commands(self) -> None:
        commands = self.commands
        for name in PANELS:
            commands.add(name, partial(self.toggle_panel, name), partial(self._panels.__contains__, name))
        commands.read.connect(self._tell_panels)
        commands.add("sidebar", lambda: self.sidebar.set_narrow(not self.sidebar.is_narrow))
        commands.add("paste", lambda: self.paste_requested.emit(QGuiApplication.clipboard().mimeData()))
        for page_id in PAGES:
            commands.add(
                f"page.{page_id}", partial(self.show_page, page_id), partial(self._makers.__contains__, page_id)
            )
        commands.add("next-part", partial(self._go_to_part, 1), self._is_bare)
        commands.add("previous-part", partial(self._go_to_part, -1), self._is_bare)
        commands.add("close", self.close_topmost, self._is_something_open)
        commands.add("find", self.open_palette)
        commands.add("shortcuts", self.open_shortcuts)
        self.sidebar.folded_changed.connect(lambda: commands.set_on("sidebar", self.sidebar.is_narrow))

    def _tell_panels(self) -> None:
        for name, panel in self._panels.items():
            self.commands.set_on(name, panel.is_open)

    def event(self, event: QEvent) -> bool:
        """The page below a sheet hears no shortcuts; Esc closes the sheet."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            covered = self._sheet_on_top() is not None and not keys.presses(event, "close")
            event.setAccepted(covered)
            return covered
        return super().event(event)

    # pages

    def add_page(self, page_id: str, make: Callable[[], QWidget]) -> None:
        """`make` builds the page when it is first shown. Adding it again replaces the page."""
        self._makers[page_id] = make
        old = self._pages.pop(page_id, None)
        if old is not None:
            self.stack.removeWidget(old)
            old.deleteLater()
            if self._page_id == page_id:
                self.show_page(page_id)

    def show_page(self, page_id: str) -> None:
        if page_id not in self._makers:
            return
        if page_id not in self._pages:
            self._pages[page_id] = self._makers[page_id]()
            self.stack.addWidget(self._pages[page_id])
        focused = QApplication.focusWidget()
        if focused is not None and page_id != self._page_id and self.stack.isAncestorOf(focused):
            focused.clearFocus()  # else Qt gives it to whatever comes next, as the search of the new page
        self.stack.setCurrentWidget(self._pages[page_id])
        self.sidebar.set_active(page_id)
        self.topbar.set_title(heading(page_id))
        self.setWindowTitle(f"{heading(page_id)} · {TITLE}")
        if page_id != self._page_id:
            self._page_id = page_id
            self.page_shown.emit(page_id)

    @property
    def page_id(self) -> str:
        return self._page_id

    def page(self, page_id: str) -> QWidget | None:
        """The page if it was shown before."""
        return self._pages.get(page_id)

    # panels, sheets, notices

    def add_panel(self, name: str, title: str, content: QWidget, *, wide: bool = False) -> SidePanel:
        """The panels queue, engine and activity are opened by the chip of that name too."""
        from oelala_desktop.ui.shell.side_panel import WIDE, WIDTH, SidePanel

        panel = SidePanel(self._right, title, content, width=WIDE if wide else WIDTH)
        panel.pushed.connect(partial(self._push, panel))
        self._panels[name] = panel
        return panel

    def _push(self, panel: SidePanel, width: int) -> None:
        if self.panel in (None, panel):  # one that closes while another opens has no say
            self._room.setContentsMargins(0, 0, width, 0)

    def toggle_panel(self, name: str) -> None:
        panel = self._panels.get(name)
        if panel is not None and panel.is_open:
            panel.close_panel()
        else:
            self.open_panel(name)

    def open_panel(self, name: str) -> None:
        if name not in self._panels:
            return
        for key, panel in self._panels.items():
            if key != name:
                panel.close_panel()
        self._panels[name].open_panel()
        self.panel_opened.emit(name)

    def close_topmost(self) -> None:
        """What Esc does: close the sheet, else the panel, that lies on top."""
        sheet = self._sheet_on_top()
        if sheet is not None:
            sheet.close_sheet()
            return
        if self.panel is not None:
            self.panel.close_panel()

    @property
    def panel(self) -> SidePanel | None:
        """The one that is open."""
        return next((panel for panel in self._panels.values() if panel.is_open), None)

    def _is_bare(self) -> bool:
        """Whether nothing covers its parts, which the keyboard would go under."""
        focused, body = QApplication.focusWidget(), self.centralWidget()
        return focused is None or focused is self or body is None or body.isAncestorOf(focused)

    def _go_to_part(self, by: int) -> None:
        """From sidebar to page to panel; a page that is dimmed is left out."""
        parts: list[QWidget] = [self.sidebar]
        if self.panel is None or not self.panel.dims:
            parts.append(self.stack)
        if self.panel is not None:
            parts.append(self.panel)
        focused = QApplication.focusWidget()
        at = next((at for at, part in enumerate(parts) if focused and part.isAncestorOf(focused)), -1 if by > 0 else 0)
        part = parts[(at + by) % len(parts)]
        focus.enter(self.stack.currentWidget() or part if part is self.stack else part)

    def _is_something_open(self) -> bool:
        return self.panel is not None or self._sheet_on_top() is not None

    def _sheet_on_top(self) -> Sheet | None:
        if "oelala_desktop.ui.widgets.sheet" not in sys.modules:
            return None  # none was made yet
        from oelala_desktop.ui.widgets.sheet import Sheet

        sheets = (child for child in reversed(self.children()) if isinstance(child, Sheet))  # raised ones come last
        return next((sheet for sheet in sheets if sheet.isVisible()), None)

    def set_finds(self, finds: Callable[[], Sequence[Find]]) -> None:
        """`finds` is asked what can be found beside the commands, such as results, whenever the palette opens."""
        self._finds = finds

    def open_palette(self) -> None:
        from oelala_desktop.ui.commands.offered import offered
        from oelala_desktop.ui.widgets.command_list import Find
        from oelala_desktop.ui.widgets.command_palette import CommandPalette

        palette = self._sheets.get("palette")
        if not isinstance(palette, CommandPalette):
            palette = self._sheets["palette"] = CommandPalette(self)
        palette.set_finds([*(Find.of(action) for action in offered(self)), *self._finds()])
        palette.open_sheet()

    def open_shortcuts(self) -> None:
        if "shortcuts" not in self._sheets:
            from oelala_desktop.ui.widgets.shortcut_sheet import ShortcutSheet

            self._sheets["shortcuts"] = ShortcutSheet(self)
        self._sheets["shortcuts"].open_sheet()

    @property
    def toasts(self) -> ToastStack:
        if self._toasts is None:
            from oelala_desktop.ui.widgets.toast import ToastStack

            self._toasts = ToastStack(self, self._notice_room)
            self.page_shown.connect(lambda _page: self.toasts.place())
        return self._toasts

    def _notice_room(self) -> QWidget:
        """What notices may cover of the page in view: of a tool's page its output, never the form beside it."""
        output = getattr(self.stack.currentWidget(), "output", None)
        return output if isinstance(output, QWidget) else self.stack

    # the window itself

    def set_close_guard(self, guard: Callable[[], bool]) -> None:
        """`guard` is asked when the window is closed; False keeps it open (to hide it, or to ask first)."""
        self._guard = guard

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._guard is None or self._guard():
            event.accept()
        else:
            event.ignore()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A window that is too narrow for all folds its sidebar, and unfolds it when there is room again."""
        super().resizeEvent(event)
        if self.width() < ROOMY and not self.sidebar.is_narrow:
            self._squeezed = True
            self.sidebar.set_narrow(True)
        elif self.width() >= ROOMY and self._squeezed:
            self._squeezed = False
            self.sidebar.set_narrow(False)

    @property
    def is_narrow_by_choice(self) -> bool:
        """Whether the user folded the sidebar, and not a window without room for it."""
        return self.sidebar.is_narrow and not self._squeezed

    def wear_icon(self) -> None:
        """Set the window's icon; after the first paint, since it is drawn in seven sizes."""
        self.setWindowIcon(icons.app_icon())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        mime = event.mimeData()
        if mime.hasUrls() or mime.hasImage() or mime.hasHtml() or mime.hasFormat("text/x-moz-url"):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self.dropped.emit(event.mimeData())
