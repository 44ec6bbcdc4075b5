"""The page Templates: the catalogue of a server with a panel beside it, the workflows that are saved there, and the
presets there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QHideEvent, QImage, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from oelala_desktop.domain.preset import Preset
from oelala_desktop.domain.template import Template
from oelala_desktop.ui.commands.carrier import Commands, Keyed
from oelala_desktop.ui.shell.side_panel import SidePanel
from oelala_desktop.ui.studio import Studio
from oelala_desktop.ui.style import motion, theme
from oelala_desktop.ui.templates.catalogue import Catalogue
from oelala_desktop.ui.templates.details import WIDTH, TemplateDetails
from oelala_desktop.ui.templates.moving import Mover
from oelala_desktop.ui.templates.pictures import PictureFeed
from oelala_desktop.ui.templates.presets import PresetsView
from oelala_desktop.ui.templates.saved import SavedView
from oelala_desktop.ui.templates.using import Makes, TemplateActs
from oelala_desktop.ui.widgets.segmented import Segment, Segmented

_LEAST = 600  # pixels of the grid beside the panel
_TABS = (Segment("catalogue", "Catalogue"), Segment("saved", "Saved workflows"), Segment("presets", "My presets"))
_MENU = (("template.choose",), ("template.copy",))


class TemplatesPage(Keyed):
    """`makes` makes presets of workflows and edits them; `show_preset` shows one on its tool's page."""

    def __init__(
        self,
        studio: Studio,
        makes: Makes,
        show_preset: Callable[[Preset], object],
        *,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._studio = studio
        self._name = ""  # of the template that the panel shows
        self._looked_at = ""
        self.catalogue = Catalogue(studio)
        self.saved = SavedView(studio, makes.offer)
        self.presets = PresetsView(studio, show_preset, makes.edit)
        self._tabs: Mapping[str, Catalogue | SavedView | PresetsView] = {
            "catalogue": self.catalogue,
            "saved": self.saved,
            "presets": self.presets,
        }
        self.details = TemplateDetails()
        self.acts = TemplateActs(studio, makes, self)
        self.commands = Commands(self, "templates")
        self.tabs = Segmented(_TABS, "Templates", dense=True)
        self.tabs.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._heads, self._bodies = QStackedWidget(), QStackedWidget()
        self._build()
        self.panel = SidePanel(
            self, "Template", self.details, width=WIDTH, top=0, least=_LEAST, close=self.details.picture.close_button
        )
        self._pictures = PictureFeed(studio, self._give, self)
        self._mover = Mover(studio, self.details.picture, self.details.picture.set_image)
        self._add_commands()
        self._connect()
        self.show_tab("catalogue")

    def _build(self) -> None:
        for tab in self._tabs.values():
            self._bodies.addWidget(tab)
            self._heads.addWidget(tab.head)
        self._heads.setFixedHeight(theme.DENSE_HEIGHT)
        head = QHBoxLayout()
        head.setContentsMargins(16, 12, 16, 12)
        head.setSpacing(12)
        head.addWidget(self.tabs)
        head.addWidget(self._heads, 1)
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._bodies, 1)
        self._room = QHBoxLayout(self)  # what the panel leaves to the page
        self._room.setContentsMargins(0, 0, 0, 0)
        self._room.addLayout(column)

    def _add_commands(self) -> None:
        def with_template(act: Callable[[Template], object]) -> Callable[[], object]:
            return lambda: act(self._template) if self._template is not None else None

        def shown() -> bool:
            return self.panel.is_open and self._template is not None

        def usable() -> bool:
            return shown() and not self._why_not()

        add = self.commands.add
        add("template.use", with_template(self.acts.use), usable)
        add("template.choose", with_template(self.acts.choose), usable)
        add("template.open", with_template(self.acts.open_in_comfyui), shown)
        add("template.copy", with_template(self.acts.copy), shown)
        add("close-template", self.panel.close_panel, lambda: self.panel.is_open)
        add("templates.refresh", self.catalogue.refresh, lambda: self.tabs.value() == "catalogue")
        for tab in self._tabs:
            add(f"templates.{tab}", partial(self.show_tab, tab), partial(self._is_elsewhere, tab))

    def _connect(self) -> None:
        catalogue, details = self.catalogue, self.details
        self.tabs.value_changed.connect(self.show_tab)
        self.panel.pushed.connect(lambda width: self._room.setContentsMargins(0, 0, width, 0))
        self.panel.closed.connect(self._closed)
        catalogue.opened.connect(self.open_template)
        catalogue.moved_to.connect(lambda name: self.open_template(name) if self.panel.is_open else None)
        catalogue.renewed.connect(self._renewed)
        details.use_requested.connect(self.commands["template.use"].trigger)
        details.open_requested.connect(self.commands["template.open"].trigger)
        details.menu_requested.connect(self._menu)

    # tabs

    def _is_elsewhere(self, tab: str) -> bool:
        return self.tabs.value() != tab

    def show_tab(self, tab: str) -> None:
        """catalogue, saved or presets."""
        self.tabs.set_value(tab)
        shown = self._tabs[tab]
        self._heads.setCurrentWidget(shown.head)
        self._bodies.setCurrentWidget(shown)
        self.setFocusProxy(shown)
        if shown is not self.catalogue:
            self.panel.close_panel()

    # the panel

    @property
    def _template(self) -> Template | None:
        return self.catalogue.template(self._name) if self._name else None

    def open_template(self, name: str, follow: bool = False) -> None:
        """Its panel; the keyboard goes into it if it is to `follow`."""
        template = self.catalogue.template(name)
        if template is None:
            return
        if name != self._name or not self.panel.is_open:
            self._name = name
            self.catalogue.grid.set_chosen(name)
            self._show(template)
            self._illustrate(template)
            self._look(name)
        was_open = self.panel.is_open
        self.panel.open_panel(enters=follow)
        if not was_open:
            self.catalogue.grid.go_to(name, by_keyboard=follow)
        if follow and self.details.use.isEnabled():
            self.details.use.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _show(self, template: Template) -> None:
        facts = self._studio.services.templates.facts(template.name)
        self.details.show_template(template, facts, self.catalogue.version, self._studio.services.templates.server)
        self.details.use.set_reason(self._why_not())
        self.details.open.set_reason("" if self.acts.can_open else "ComfyUI does not answer.")

    def _why_not(self) -> str:
        """Why no preset can be made of it."""
        template = self._template
        if template is None:
            return ""
        if not template.is_open:
            return "It runs on a paid service, through ComfyUI alone."
        facts = self._studio.services.templates.facts(template.name)
        return facts.fault if facts is not None else ""

    def _illustrate(self, template: Template) -> None:
        size = self.details.picture.picture_size()
        self._mover.stop()
        small = self.catalogue.grid.pictures.raw(template.name)
        if small is not None:
            self.details.picture.set_pixmap(small)  # until a sharp one comes
        self._pictures.want([template.name] if template.pictures else [], size)

    def _give(self, name: str, image: QImage, size: QSize) -> None:
        if name == self._name and not image.isNull():
            self.details.picture.set_image(image)
            if motion.allowed(self):
                self._mover.move(name, size)

    def _look(self, name: str) -> None:
        """Reads its workflow ahead of the others, as soon as the server has told what it has."""
        engine = self._studio.services.current.engine
        if name != self._looked_at and engine.is_online and engine.catalog is not None:
            self._looked_at = name
            self._studio.actions.start(
                self._studio.services.templates.look(name), failed=lambda _error: True, owner=self.details
            )

    def _renewed(self, name: str) -> None:
        template = self._template
        if self.panel.is_open and name in ("", self._name):
            if template is None:
                self.panel.close_panel()
            else:
                self._show(template)
                self._look(self._name)

    def _closed(self) -> None:
        focused = self.focusWidget()
        inside = focused is not None and self.panel.isAncestorOf(focused)
        self._name = self._looked_at = ""
        self.catalogue.grid.set_chosen("")
        self._mover.stop()
        self._pictures.stop()
        if inside and self.isVisible():
            self.catalogue.grid.setFocus(Qt.FocusReason.PopupFocusReason)

    def _menu(self) -> None:
        self.details.more.open_menu(self.commands.fill(theme.make_menu(self), _MENU))

    # the page itself

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        template = self._template
        if template is not None:
            self._illustrate(template)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._mover.stop()
