"""The templates of a server, found and filtered; the one that is looked at has a panel."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QHideEvent, QPainter, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from oelala_desktop.domain.events import EngineChanged, EngineSelected, TemplateRead, TemplatesChanged
from oelala_desktop.domain.template import Template
from oelala_desktop.domain.template_search import search
from oelala_desktop.ui.bridge import Latest, listen
from oelala_desktop.ui.studio import Studio
from oelala_desktop.ui.style import painting, theme
from oelala_desktop.ui.style.frame import NoticeFace
from oelala_desktop.ui.templates.bar import CatalogueBar
from oelala_desktop.ui.templates.card import RADIUS, Card, card_of, height_for
from oelala_desktop.ui.templates.grid import GAP, SIDE, TemplateGrid, columns_for
from oelala_desktop.ui.templates.model import TemplatesModel
from oelala_desktop.ui.templates.moving import Mover
from oelala_desktop.ui.templates.pictures import PictureFeed
from oelala_desktop.ui.widgets.button import Button
from oelala_desktop.ui.widgets.empty_state import EmptyState
from oelala_desktop.ui.widgets.error_pane import ErrorPane
from oelala_desktop.ui.widgets.label import Label
from oelala_desktop.ui.widgets.skeleton import Skeleton

_AGAIN_MS = 400  # between two looks at a list while workflows are read


class InfoLine(QFrame):
    """A sentence over the grid, and what can be done about it."""

    def __init__(self) -> None:
        super().__init__()
        self.face = NoticeFace("info", "text2")
        self._words = Label("", tone="text2", wrap=True)
        self.button = Button("Try again", icon="refresh-cw", height=28)
        line = QHBoxLayout(self)
        line.setContentsMargins(46, 8, 8, 8)
        line.setSpacing(12)
        line.addWidget(self._words, 1)
        line.addWidget(self.button)
        self.hide()

    def tell(self, sentence: str) -> None:
        self._words.setText(sentence)
        self.setVisible(bool(sentence))


class CardsSkeleton(Skeleton):
    """Cards where templates will be."""

    def draw(self, painter: QPainter) -> None:
        columns = columns_for(self.width() - 2 * SIDE)
        width = (self.width() - 2 * SIDE + GAP) // columns - GAP
        height = height_for(width)
        for at in range(columns * (self.height() // (height + GAP) + 1)):
            row, column = divmod(at, columns)
            box = QRectF(SIDE + column * (width + GAP), 4 + row * (height + GAP), width, height)
            painting.rounded(painter, box, RADIUS, theme.tokens().panel)


class Catalogue(QWidget):
    """`opened` with the name of a template and whether the keyboard is to follow into its panel; `renewed` when what is
    known of one may be something else ("" for all)."""

    opened = Signal(str, bool)
    moved_to = Signal(str)
    renewed = Signal(str)

    def __init__(self, studio: Studio, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._templates = studio.services.templates
        self._asked = False  # the server, once more
        self._seen: tuple[object, ...] = ()  # of the engine
        self.bar = CatalogueBar()
        self.head = self.bar.head
        self.info = InfoLine()
        self.grid = TemplateGrid()
        self.model = TemplatesModel(self._card, self)
        self.grid.show_model(self.model)
        self.empty = EmptyState("layout-template", "No templates yet")
        self.error = ErrorPane("The templates cannot be shown", (("retry", "Try again", "rotate-ccw"),))
        self._stack = QStackedWidget()
        self._build()
        self.feed = PictureFeed(studio, self.grid.set_picture, self)
        self.mover = Mover(studio, self.grid, self.grid.set_moving)
        self._again = Latest(self, lambda _pending: self._search(keep=True), _AGAIN_MS)
        self._connect()
        self._renew()

    def _build(self) -> None:
        failed = QWidget()
        inside = QVBoxLayout(failed)
        inside.setContentsMargins(24, 24, 24, 24)
        inside.addStretch(1)
        inside.addWidget(self.error, 0, Qt.AlignmentFlag.AlignHCenter)
        inside.addStretch(2)
        self._failed, self._waiting = failed, CardsSkeleton()
        for page in (self.grid, self.empty, self._failed, self._waiting):
            self._stack.addWidget(page)
        line = QHBoxLayout()
        line.setContentsMargins(16, 0, 16, 8)
        line.addWidget(self.info)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addLayout(line)
        column.addWidget(self._stack, 1)
        self.setFocusProxy(self.grid)

    def _connect(self) -> None:
        bus = self._studio.services.bus
        self.bar.changed.connect(self._search)
        self.bar.refresh_requested.connect(self.refresh)
        self.bar.open_requested.connect(self._to_results)
        self.info.button.clicked.connect(self.refresh)
        self.error.acted.connect(lambda _key: self.refresh())
        self.empty.acted.connect(self._mend)
        self.grid.pictures_wanted.connect(self.feed.want)
        self.grid.hovered.connect(self._hovered)
        self.grid.opened.connect(self.opened)
        self.grid.moved_to.connect(self.moved_to)
        listen(bus, self, TemplatesChanged, lambda _event: self._renew())
        listen(bus, self, TemplateRead, lambda event: self._read(event.name))
        listen(bus, self, EngineChanged, lambda _event: self._follow())
        listen(bus, self, EngineSelected, lambda _event: self._follow())

    # what is known

    @property
    def version(self) -> str:
        """Of the server that is connected."""
        state = self._studio.services.current.engine.state
        return state.version if state.is_ai else ""

    def template(self, name: str) -> Template | None:
        return self._templates.find(name)

    def _card(self, template: Template) -> Card:
        checks = self._studio.services.current.engine.is_online and not self._templates.is_offline
        return card_of(template, self._templates.facts(template.name), self.version, checks=checks)

    def _follow(self) -> None:
        """A server says something with every step of its jobs; what matters here is seldom another."""
        engine = self._studio.services.current.engine
        state = engine.state
        seen = (state.url, state.state, state.reason, state.version, state.memory, engine.catalog is None)
        if seen != self._seen:
            self._seen = seen
            self._renew()

    def _renew(self) -> None:
        """The list, the server, or whether it answers is another."""
        service, state = self._templates, self._studio.services.current.engine.state
        self.bar.set_memory(state.memory if state.is_ai else 0)
        self.bar.set_server(len(service.templates), service.server)
        self.info.tell(self._offline_words())
        self.model.forget()
        self._search(keep=True)
        self.grid.ask_again()
        self.renewed.emit("")

    def _offline_words(self) -> str:
        """Nothing while the server is still being asked."""
        state = self._studio.services.current.engine.state
        reason = self._templates.reason or (state.reason if state.state == "offline" else "")
        if not (reason and self._templates.is_offline and self._templates.templates):
            return ""
        return f"{reason} This is the list as it was last."

    def _read(self, name: str) -> None:
        self.model.forget(name)
        wanted = self.bar.wanted()
        if wanted.tool or wanted.sound or wanted.memory or wanted.ready or wanted.no_download:
            self._again.put("list", True)
        self.renewed.emit(name)

    # what is shown

    def _search(self, *, keep: bool = False) -> None:
        """With `keep` the list stays scrolled as far as it is, for nobody asked for another."""
        wanted, every = self.bar.wanted(), self._templates.templates
        found = search(every, self._templates.facts, wanted, self.version)
        bar, current = self.grid.verticalScrollBar(), self.model.name_at(self.grid.currentIndex())
        at = bar.value()
        self.model.show_templates(found)
        if keep:
            if not self.grid.currentIndex().isValid() and self.model.row_of(current) >= 0:
                self.grid.go_to(current)
            bar.setValue(at)
        self.bar.set_counts(len(found), len(every))
        self._show_state(found)

    def _show_state(self, found: list[Template]) -> None:
        engine = self._studio.services.current.engine
        if found:
            self._stack.setCurrentWidget(self.grid)
        elif self._templates.templates:
            self.empty.set_words("search", "Nothing fits", "Try fewer words or another filter.", "Clear the filters")
            self._stack.setCurrentWidget(self.empty)
        elif not engine.state.is_ai:
            text = "Templates come from a ComfyUI: workflows for every new model, ready to be used."
            self.empty.set_words("plug", "No ComfyUI is connected", text, "Connect ComfyUI")
            self._stack.setCurrentWidget(self.empty)
        elif self._templates.reason or engine.state.state == "offline":
            name = self._templates.server or engine.name
            self.error.set_error(self._templates.reason or engine.state.reason or f"{name} does not answer.")
            self._stack.setCurrentWidget(self._failed)
        elif self._asked:
            self.empty.set_words("layout-template", "No templates there", f"{engine.name} offers none.", "")
            self._stack.setCurrentWidget(self.empty)
        else:
            self._stack.setCurrentWidget(self._waiting)

    def _mend(self) -> None:
        if self._templates.templates:
            self.bar.clear()
        else:
            self._studio.shell.commands["connect"].trigger()

    def refresh(self) -> None:
        async def ask() -> None:
            try:
                await self._templates.refresh()
            finally:
                self.bar.refresh.set_reason("")
            self._asked = True
            self._renew()

        self.bar.refresh.set_reason("The server is being asked.")
        if self._templates.is_offline:
            self._studio.services.current.retry()
        self._studio.actions.start(ask())

    def _to_results(self) -> None:
        self.grid.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if not self.grid.currentIndex().isValid() and self.model.rowCount():
            self.grid.setCurrentIndex(self.model.index(0))

    def _hovered(self, name: str) -> None:
        template = self.template(name) if name else None
        if template is not None and template.pictures:
            self.mover.move(name, self.grid.picture_size())
        else:
            self.mover.stop()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.grid.ask_again()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.mover.stop()
        self.feed.stop()
