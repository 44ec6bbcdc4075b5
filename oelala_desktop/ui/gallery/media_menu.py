"""What can be done with files of My Media, as commands of whatever shows them: the grid, or one file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple

from oelala_desktop.domain.media import MediaItem
from oelala_desktop.ui.commands.carrier import Commands
from oelala_desktop.ui.gallery.hidden_choice import Act, HiddenChoice
from oelala_desktop.ui.gallery.library_provider import id_of
from oelala_desktop.ui.gallery.media_actions import MediaActions

_ALL = (("favorite", "export-files", "export-plain"), ("delete",))
#: the file goes on to the page of another tool
_GOING = ("continue", "upscale", "smoother", "edit", "reframe")
_VIDEOS_ALONE = frozenset({"start-last", "continue", "smoother"})
#: what needs a file that can be decoded, and leads away from where it is shown
LEADING = ("start-picture", "start-last", *_GOING)
#: groups of the menu over one file, and over several
ONE = (
    ("open", "prompt"),
    ("start-picture", "start-last", "start-shown", *_GOING),
    ("reuse", "copy-prompt", "copy-workflow", "make-preset", "open-in-comfyui"),
    ("show-in-folder", "rename"),
    *_ALL,
)
SEVERAL = (("compare",), *_ALL)


class Target(NamedTuple):
    """`item` is the file that the keyboard is on, `keys` are the chosen ones, of which a filter may hide some;
    `can_start` says whether it can be decoded and so be a start picture."""

    item: MediaItem | None
    keys: Sequence[str] = ()
    can_start: bool = True


class MediaCommands:
    """Adds to `commands` what is done with `target()`, which is asked each time."""

    def __init__(
        self,
        commands: Commands,
        acts: MediaActions,
        target: Callable[[], Target],
        hidden: HiddenChoice | None = None,
        favorite: Act | None = None,
    ) -> None:
        self._commands = commands
        self._target = target
        self._hidden = hidden
        self._add_one("reuse", lambda item: acts.reuse(item.id))
        self._add_one("start-picture", acts.use_as_start_picture)
        self._add_one("start-last", acts.use_last_frame)
        for act in _GOING:
            self._add_one(act, partial(acts.go_on, act))
        self._add_one("copy-prompt", lambda item: acts.copy_prompt(item.id))
        self._add_one("copy-workflow", lambda item: acts.copy_workflow(item.id))
        self._add_one("make-preset", acts.make_preset)
        self._add_one("open-in-comfyui", acts.open_in_comfyui)
        self._add_one("show-in-folder", acts.show_in_folder)
        self._add_one("rename", acts.rename)
        self._add_all("favorite", "Favorite", favorite or acts.favorite)
        self._add_all("export-files", "Export", lambda ids: acts.export(ids, with_metadata=True))
        self._add_all("export-plain", "Export", lambda ids: acts.export(ids, with_metadata=False))
        self._add_all("delete", "Move to the trash", acts.delete)
        commands.read.connect(self._tell)

    @property
    def shown(self) -> list[int]:
        """Ids of the chosen files that are in view."""
        keys = self._target().keys
        return [id_of(key) for key in keys if self._hidden is None or self._hidden.is_shown(key)]

    @property
    def groups(self) -> Sequence[Sequence[str]]:
        return ONE if len(self.shown) <= 1 else SEVERAL

    def _add_one(self, row_id: str, act: Callable[[MediaItem], object]) -> None:
        def do() -> None:
            item = self._target().item
            if item is not None:
                act(item)

        def holds() -> bool:
            item = self._target().item
            return item is not None and (item.kind == "video" or row_id not in _VIDEOS_ALONE)

        self._commands.add(row_id, do, holds)

    def _add_all(self, row_id: str, title: str, act: Act) -> None:
        def do() -> None:
            item, keys, _ = self._target()
            if self._hidden is not None and keys:
                self._hidden.act(keys, title, act)
            elif item is not None:
                act([item.id])

        self._commands.add(row_id, do, lambda: any(self._target()[:2]))

    def _tell(self) -> None:
        item, _, can_start = self._target()
        if item is not None:
            commands = self._commands
            for row_id in ("prompt", "copy-prompt"):
                commands[row_id].setEnabled(item.has_prompt)
            for row_id in LEADING:
                commands[row_id].setEnabled(can_start)
            commands.set_on("start-picture", item.kind != "image")
            commands.set_on("favorite", len(self.shown) <= 1 and item.favorite)
