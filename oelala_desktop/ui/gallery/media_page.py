"""The pages of My Media at work: All, Images, Videos, Favorites. Prompts has a page of its own."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QImage, QShowEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QVBoxLayout, QWidget

from oelala_desktop.domain.events import LibraryChanged, ScanProgressed
from oelala_desktop.domain.media import MediaItem, MediaQuery
from oelala_desktop.domain.models import display_name
from oelala_desktop.services.settings.known import DENSITY, MEDIA_FOLDERS, SORT, VIEW
from oelala_desktop.ui.bridge import Latest, listen
from oelala_desktop.ui.commands import keys
from oelala_desktop.ui.gallery.filter_panel import bounds
from oelala_desktop.ui.gallery.grid_feed import GridFeed
from oelala_desktop.ui.gallery.hidden_choice import HiddenChoice
from oelala_desktop.ui.gallery.hover_player import HoverPlayer
from oelala_desktop.ui.gallery.library_provider import id_of, key_of
from oelala_desktop.ui.gallery.media_actions import MediaActions
from oelala_desktop.ui.gallery.media_facts import facts_of, job_of
from oelala_desktop.ui.gallery.media_menu import MediaCommands, Target
from oelala_desktop.ui.gallery.media_shelf import MediaShelf
from oelala_desktop.ui.playing.images import decode_image
from oelala_desktop.ui.studio import Studio
from oelala_desktop.ui.style import theme
from oelala_desktop.ui.widgets.choice import Choice

_BASES = {
    "media-all": MediaQuery(),
    "media-images": MediaQuery(kind="image"),
    "media-videos": MediaQuery(kind="video"),
    "media-favorites": MediaQuery(favorite=True, hide_start_images=False),
}
_EMPTY = {
    "media-all": ("images", "Nothing here yet", "Pictures and videos you make appear here by themselves."),
    "media-images": ("image", "No pictures yet", "Pictures you make appear here by themselves."),
    "media-videos": ("video", "No videos yet", "Videos you make appear here by themselves."),
    "media-favorites": (
        "heart",
        "No favorites yet",
        f"Press {keys.words('favorite')} on a picture or video, and it is kept here.",
    ),
}
_REDRAW_MS = 100


def make_media_page(page_id: str, studio: Studio) -> QWidget:
    if page_id == "media-prompts":
        from oelala_desktop.ui.gallery.prompts_page import PromptsPage

        prompts = PromptsPage(studio)
        prompts.results_requested.connect(lambda words: _show_results(studio, words))
        return prompts
    return MediaPage(page_id, studio)


def _show_results(studio: Studio, words: str) -> None:
    """All that a search finds."""
    studio.shell.show_page("media-all")
    page = studio.shell.page("media-all")
    if isinstance(page, MediaPage):
        page.toolbar.search.setText(words)


class MediaPage(QWidget):
    def __init__(self, page_id: str, studio: Studio, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.page_id = page_id
        self._studio = studio
        self._library = studio.services.library
        self._base = _BASES[page_id]
        self._total = 0
        self._needs_focus = False
        self._focus_before: QWidget | None = None
        self._wanted = ""  # the path of a file to be shown once it is in the list
        self.shelf = MediaShelf()
        self.grid = self.shelf.grid
        self.toolbar = self.shelf.toolbar
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.shelf)
        self.feed = GridFeed(self.grid, studio)
        self.acts = MediaActions(studio, self)
        self.hidden = HiddenChoice(studio, self.feed.provider, self)
        self.for_files = MediaCommands(self.grid.commands, self.acts, self._target, self.hidden)
        self.hover = HoverPlayer(self.grid, self.feed.provider)
        self._counting = Latest(self, lambda _pending: self._count(), _REDRAW_MS)
        self._scans = Latest(self, self._show_scan, _REDRAW_MS)
        self.setFocusProxy(self.grid)
        self._restore()
        self._connect()
        self.shelf.show_loading()
        self._find()

    def _restore(self) -> None:
        settings = self._studio.services.settings
        self.grid.density = settings.get(DENSITY)
        self.toolbar.set_density(self.grid.density)
        self.toolbar.sort.set_value(settings.get(SORT))
        view = settings.get(VIEW)
        self.toolbar.view.set_value(view)
        self.shelf.set_listed(view == "list")
        self.toolbar.favorites.setVisible(self.page_id != "media-favorites")
        self.toolbar.starts.setVisible(self.page_id in ("media-all", "media-images"))

    def _connect(self) -> None:
        bar, grid, settings = self.toolbar, self.grid, self._studio.services.settings
        bar.changed.connect(self._find)
        bar.sort.value_changed.connect(lambda value: settings.set(SORT, value))
        bar.view_changed.connect(lambda value: settings.set(VIEW, value))
        grid.density_changed.connect(lambda value: settings.set(DENSITY, value))
        grid.opened.connect(self.open)
        grid.selection_changed.connect(self._tell_counts)
        grid.select_all_requested.connect(self._select_all)
        grid.favorite_requested.connect(lambda keys: self.hidden.act(keys, "Favorite", self.acts.favorite))
        grid.prompt_requested.connect(self.show_prompt)
        grid.context_requested.connect(lambda _key, place: self.menu().popup(place))
        grid.commands.add(
            "compare", lambda: self.acts.compare(self.for_files.shown), lambda: len(self.for_files.shown) == 2
        )
        self.feed.loaded.connect(self._loaded)
        self.feed.failed.connect(self.shelf.show_error)
        self.shelf.retry_requested.connect(self._find)
        self.shelf.empty.acted.connect(lambda: bar.clear() if bar.is_filtered else self._add_folder())
        self.shelf.scan.stopped.connect(self._library.cancel_scan)
        self.acts.taken_out.connect(self._take_out)
        listen(self._studio.services.bus, self, LibraryChanged, lambda _event: self._counting.put("count", True))
        listen(self._studio.services.bus, self, ScanProgressed, lambda event: self._scans.put("scan", event))

    # what is shown

    def query(self) -> MediaQuery:
        """What base page, bar and filters ask for together."""
        bar = self.toolbar
        sort, _, way = bar.sort.value().rpartition("_")
        since, until = bounds(bar.value("date"), dt.date.today())
        hide = self._base.hide_start_images and not bar.starts.isChecked()
        return replace(
            self._base,
            text=bar.search.text().strip(),
            favorite=True if bar.favorites.isChecked() else self._base.favorite,
            hide_start_images=hide,
            model=bar.value("model") or None,
            lora=bar.value("lora") or None,
            engine=bar.value("engine") or None,
            since=since,
            until=until,
            sort=sort or "date",
            descending=way != "asc",
        )

    def _find(self) -> None:
        self.hover.stop()
        self.feed.show(self.query())
        self._counting.put("count", True)

    def _loaded(self) -> None:
        shown = self.feed.provider.count()
        if shown:
            self.shelf.show_items()
            self._take_focus()
        elif self.toolbar.is_filtered:
            self.shelf.show_empty("search", "Nothing fits", "Try fewer words or another filter.", "Clear the filters")
        else:
            self.shelf.show_empty(*_EMPTY[self.page_id], "" if self.page_id == "media-favorites" else "Add a folder")
        self._tell_counts()
        if self._wanted:
            self._studio.actions.start(self._show_wanted())

    def _add_folder(self) -> None:
        """Such as the one that ComfyUI saves to."""
        dialog = QFileDialog(self.window(), "Choose a folder with pictures or videos")
        dialog.setFileMode(QFileDialog.FileMode.Directory)

        def add(folder: str) -> None:
            settings = self._studio.services.settings
            settings.set(MEDIA_FOLDERS, [*settings.get(MEDIA_FOLDERS), folder])

        dialog.fileSelected.connect(add)
        dialog.finished.connect(lambda _code: dialog.deleteLater())
        dialog.open()

    def _count(self) -> None:
        """How many there are without a filter, and what can be filtered by."""
        if self.isVisible():
            self._studio.actions.start(self._count_all())

    async def _count_all(self) -> None:
        await self._studio.open_library()
        base = replace(self._base, hide_start_images=self.feed.query.hide_start_images)
        self._total = await self._library.count(base)
        facets = await self._library.facets()
        self.toolbar.set_models([Choice(f.name, display_name(f.name), note=f"{f.count:,}") for f in facets.models])
        self.toolbar.set_loras([Choice(f.name, display_name(f.name), note=f"{f.count:,}") for f in facets.loras])
        self.toolbar.set_engines([Choice(f.name, f.name, note=f"{f.count:,}") for f in facets.engines])
        self._tell_counts()

    def _tell_counts(self) -> None:
        shown = self.feed.provider.count()
        chosen = self.grid.selection.keys
        hidden = sum(not self.hidden.is_shown(key) for key in chosen)
        self.toolbar.set_counts(len(chosen), shown, max(shown, self._total), hidden)

    def _show_scan(self, pending: dict[str, object]) -> None:
        event = pending.get("scan")
        if isinstance(event, ScanProgressed):
            self.shelf.scan.set_progress(event.looked_at, event.found, event.done)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.feed.sleep(False)
        self._counting.put("count", True)
        self._needs_focus = True
        self._focus_before = QApplication.focusWidget()  # Qt may have given it to the search, which nobody went to
        self._take_focus()

    def _take_focus(self) -> None:
        """The keys go to the grid as soon as it is there, unless the user went elsewhere meanwhile."""
        if self._needs_focus and self.grid.isVisible():
            self._needs_focus = False
            focused = QApplication.focusWidget()
            if focused is self._focus_before or not self.toolbar.isAncestorOf(focused or self):
                self.grid.setFocus(Qt.FocusReason.OtherFocusReason)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.hover.stop()
        self.feed.sleep(True)

    # acts

    def _select_all(self) -> None:
        self.grid.set_selection([key_of(item_id) for item_id in self.feed.provider.ids])

    def _take_out(self, ids: list[int]) -> None:
        """Deleted files: what the keyboard was on moves to the next one."""
        provider, selection = self.feed.provider, self.grid.selection
        at = provider.index_of(selection.current) if selection.current else -1
        gone = {key_of(item_id) for item_id in ids}
        before = sum(1 for item_id in provider.ids[: max(0, at)] if key_of(item_id) in gone)
        lost = selection.current in gone
        self.hover.stop()
        self.feed.take_out(gone)
        if lost:
            selection.current = provider.key(min(max(0, at - before), provider.count() - 1))
            selection.anchor = None
        self._tell_counts()

    def _target(self) -> Target:
        chosen = self.grid.targets()
        shown = [key for key in chosen if self.hidden.is_shown(key)]
        current = self.grid.current() or (shown[0] if shown else "")
        return Target(self.feed.provider.media(current), chosen)

    def menu(self) -> QMenu:
        """Over the files that are chosen."""
        return self.grid.commands.fill(theme.make_menu(self), self.for_files.groups)

    def open(self, key: str) -> None:
        """The viewer over the whole window, on this file."""
        from oelala_desktop.ui.gallery.viewer import Viewer

        self.hover.stop()
        viewer = Viewer(self._studio, self.feed.provider, self.acts, self.window())
        viewer.moved.connect(self._follow)
        viewer.closed.connect(lambda: self.grid.setFocus(Qt.FocusReason.OtherFocusReason))
        viewer.open_at(key)

    def _follow(self, key: str) -> None:
        """The grid goes with the viewer."""
        self.grid.select_only(key)
        index = self.feed.provider.index_of(key)
        if index >= 0:
            self.grid.ensure_visible(index)

    # the popup

    def show_prompt(self, key: str) -> None:
        self._studio.actions.start(self._show_prompt(key))

    async def _show_prompt(self, key: str) -> None:
        item = self.feed.provider.media(key) or await self._library.get(id_of(key))
        info = await self._library.info(item.id)
        facts = facts_of(item, info, await job_of(item, self._studio.services.jobs))
        data = await self._library.thumbnail(item.id, covering=True)
        image = await decode_image(data) if data else QImage()
        if self.shelf._popup is None:
            self.shelf.popup.reuse_requested.connect(lambda k: self.acts.reuse(id_of(k)))
            self.shelf.popup.start_picture_requested.connect(self._use_as_start)
        self.shelf.show_prompt(key, facts, image)

    def _use_as_start(self, key: str) -> None:
        item = self.feed.provider.media(key)
        if item is not None:
            self.acts.use_as_start_picture(item)

    # from elsewhere

    def show_file(self, path: str) -> None:
        """Shows a file chosen, whatever was filtered before."""
        self._wanted = path
        if self.toolbar.is_filtered:
            self.toolbar.clear()
        else:
            self._find()

    async def _show_wanted(self) -> None:
        item = await self._library.by_path(Path(self._wanted))
        if item is None or not self._wanted:
            return  # not indexed yet: the change of the library tries again
        self._wanted = ""
        if item.is_start_image and self.feed.query.hide_start_images:
            self.toolbar.starts.setChecked(True)
            self._wanted = item.path
            return
        self._reveal(item)

    def _reveal(self, item: MediaItem) -> None:
        index = self.feed.provider.index_of(key_of(item.id))
        if index >= 0:
            self.grid.select_only(key_of(item.id))
            self.grid.ensure_visible(index)
