"""Chosen files that a search or a filter hides: nothing is done with what nobody sees, unless it was named and asked
for."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QMessageBox, QWidget

from oelala_desktop.domain.media import MediaItem
from oelala_desktop.ui import wording
from oelala_desktop.ui.gallery.library_provider import LibraryProvider, id_of
from oelala_desktop.ui.question import Answer, ask
from oelala_desktop.ui.studio import Studio

Act = Callable[[list[int]], object]


class HiddenChoice:
    """`provider` knows what is shown."""

    def __init__(self, studio: Studio, provider: LibraryProvider, parent: QWidget) -> None:
        self._studio = studio
        self._provider = provider
        self._parent = parent

    def is_shown(self, key: str) -> bool:
        return self._provider.index_of(key) >= 0

    def act(self, keys: Sequence[str], title: str, act: Act) -> None:
        """Does `act` with the files of `keys`, at once if all are shown. `title` says in the question what is meant,
        as in "Move to the trash"."""
        shown = [id_of(key) for key in keys if self.is_shown(key)]
        hidden = [id_of(key) for key in keys if not self.is_shown(key)]
        if not hidden:
            act(shown)
            return
        work = self._studio.services.library.items(hidden)
        self._studio.actions.start(work, done=lambda items: self._ask(shown, items, title, act))

    def _ask(self, shown: list[int], hidden: Sequence[MediaItem], title: str, act: Act) -> None:
        if not hidden:  # gone meanwhile
            act(shown)
            return
        every = [*shown, *(item.id for item in hidden)]
        some = Answer(f"Only the {len(shown)} shown", QMessageBox.ButtonRole.AcceptRole, lambda: act(shown))
        both = Answer(f"All {len(every)}", QMessageBox.ButtonRole.DestructiveRole, lambda: act(every))
        cancel = Answer("Cancel", QMessageBox.ButtonRole.RejectRole)
        answers = (some, both, cancel) if shown else (both, cancel)
        text = words(len(shown), [item.name for item in hidden])
        ask(self._parent.window(), title, text, answers, default=0 if shown else 1, more=f"{title}:")


def words(shown: int, hidden: Sequence[str]) -> str:
    """ "2 files are selected and shown. 3 more are selected but not shown: a.png, b.png and 1 more." """
    named = wording.some_of(hidden)
    count = wording.count(len(hidden))
    if not shown:
        subject = "1 file is" if len(hidden) == 1 else f"{count} files are"
        return f"{subject} selected but not shown: {named}."
    first = "1 file is" if shown == 1 else f"{wording.count(shown)} files are"
    more = "1 more is" if len(hidden) == 1 else f"{count} more are"
    return f"{first} selected and shown. {more} selected but not shown: {named}."
