"""The Prompts page: every distinct prompt, newest first, with what it made last and a way to use it again."""

from __future__ import annotations

import asyncio

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from oelala_desktop.domain.errors import OelalaError
from oelala_desktop.domain.events import LibraryChanged
from oelala_desktop.domain.media import DistinctPrompt, PromptListing
from oelala_desktop.ui import wording
from oelala_desktop.ui.bridge import listen
from oelala_desktop.ui.gallery.prompt_row import PromptRow
from oelala_desktop.ui.gallery.reusing import reuse_item
from oelala_desktop.ui.gallery.toolbar import SearchBox
from oelala_desktop.ui.playing.images import decode_images
from oelala_desktop.ui.studio import Studio
from oelala_desktop.ui.widgets.empty_state import EmptyState
from oelala_desktop.ui.widgets.label import Label
from oelala_desktop.ui.widgets.scroll import Column, ScrollColumn
from oelala_desktop.ui.widgets.skeleton import RowsSkeleton

_PAGE = 40
_AHEAD = 600  # pixels before the end at which the next page is asked for
_PAUSE_MS = 1000


class PromptsPage(QWidget):
    results_requested = Signal(str)  # what a search finds them by

    def __init__(self, studio: Studio, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._library = studio.services.library
        self._rows: list[PromptRow] = []
        self._cursor: str | None = None
        self._asking: asyncio.Task[None] | None = None
        self._text = ""
        self._stale = True
        self.search = SearchBox("Search prompts")
        self.search.setMaximumWidth(360)
        self.search.searched.connect(self._find)
        self._count = Label("", tone="text2")
        bar = QHBoxLayout()
        bar.setContentsMargins(16, 12, 16, 8)
        bar.addWidget(self.search)
        bar.addStretch(1)
        bar.addWidget(self._count)
        self.list = ScrollColumn()
        self.empty = EmptyState("message-square-text", "No prompts yet")
        self.empty.acted.connect(self.search.clear)
        self._skeleton = RowsSkeleton(6, 96)
        self._stack = QStackedWidget()
        for widget in (self.list, self.empty, self._skeleton):
            self._stack.addWidget(widget)
        self._stack.setCurrentWidget(self._skeleton)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(self._stack, 1)
        self.list.verticalScrollBar().valueChanged.connect(lambda _value: self._more())
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(_PAUSE_MS)
        self._again.timeout.connect(self._refresh)
        listen(studio.services.bus, self, LibraryChanged, lambda _event: self._changed())
        self._begin()

    @property
    def rows(self) -> list[PromptRow]:
        return self._rows

    # asking

    def _find(self, text: str) -> None:
        self._text = text.strip()
        self._begin()

    def _begin(self) -> None:
        """From the top."""
        if self._asking is not None:
            self._asking.cancel()
        self._stale = False
        self._ask(None)

    def _ask(self, cursor: str | None) -> None:
        asking = self._studio.actions.start(self._load(self._text, cursor), failed=self._fail)
        self._asking = asking
        if asking is not None:
            asking.add_done_callback(lambda task: None if task.cancelled() else self._more())

    async def _load(self, text: str, cursor: str | None) -> None:
        await self._studio.open_library()
        page = await self._library.prompts(text, cursor, _PAGE)
        fresh = self._take(page, cursor is None)
        self._studio.actions.start(self._illustrate(fresh))

    async def _illustrate(self, fresh: list[PromptRow]) -> None:
        """Pictures for new rows: first those that need not be made."""
        ids = {row.prompt.newest.id: row for row in fresh}
        cached = await self._library.cached_thumbnails(list(ids), covering=True)
        for item_id, image in zip(cached, await decode_images(list(cached.values())), strict=True):
            if image is not None:
                ids.pop(item_id).set_image(image)
        for item_id, row in ids.items():
            if row not in self._rows:
                return
            data = await self._library.thumbnail(item_id, covering=True)
            image = (await decode_images([data]))[0] if data else None
            if image is not None and row in self._rows:
                row.set_image(image)

    def _fail(self, error: OelalaError) -> bool:
        self.empty.set_words("triangle-alert", "The prompts cannot be shown", error.message)
        self._stack.setCurrentWidget(self.empty)
        return True

    def _take(self, page: PromptListing, first: bool) -> list[PromptRow]:
        if first:
            self._clear()
        fresh = [self._make_row(prompt) for prompt in page.prompts]
        for row in fresh:
            self.list.column.insertWidget(self.list.column.count() - 1, row)
        self._rows += fresh
        self._cursor = page.next_cursor
        self._show()
        return fresh

    def _clear(self) -> None:
        self._rows = []
        inside = Column()
        column = QVBoxLayout(inside)
        column.setContentsMargins(16, 4, 16, 16)
        column.setSpacing(8)
        column.addStretch(1)
        self.list.column = column
        self.list.set_content(inside)

    def _show(self) -> None:
        more = "+" if self._cursor else ""
        plural = "" if len(self._rows) == 1 else "s"
        self._count.setText(f"{wording.count(len(self._rows))}{more} prompt{plural}" if self._rows else "")
        if self._rows:
            self._stack.setCurrentWidget(self.list)
            return
        if self._text:
            self.empty.set_words("search", "Nothing fits", "Try fewer words.", "Clear the search")
        else:
            text = "The prompts of your pictures and videos are gathered here by themselves."
            self.empty.set_words("message-square-text", "No prompts yet", text)
        self._stack.setCurrentWidget(self.empty)

    def _more(self) -> None:
        bar = self.list.verticalScrollBar()
        idle = self._asking is None or self._asking.done()
        if self._cursor and idle and bar.value() > bar.maximum() - _AHEAD:
            self._ask(self._cursor)

    # changes

    def _changed(self) -> None:
        self._stale = True
        if not self._again.isActive():
            self._again.start()

    def _refresh(self) -> None:
        """New prompts show at the top; who has scrolled down keeps what he looks at until he comes back up."""
        if self._stale and self.isVisible() and self.list.verticalScrollBar().value() == 0:
            self._begin()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh()
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)

    # acts

    def _make_row(self, prompt: DistinctPrompt) -> PromptRow:
        row = PromptRow(prompt)
        row.copied.connect(self._copy)
        row.reused.connect(lambda: self._studio.actions.start(reuse_item(self._studio, prompt.newest.id)))
        row.results_requested.connect(lambda: self._show_results(prompt))
        return row

    def _copy(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self._studio.notify("Prompt copied.")

    def _show_results(self, prompt: DistinctPrompt) -> None:
        self.results_requested.emit(" ".join(prompt.prompt.split()))
