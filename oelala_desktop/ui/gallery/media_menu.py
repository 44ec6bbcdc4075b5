"""The menu over files of My Media."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QMenu, QWidget

from oelala_desktop.domain.media import MediaItem
from oelala_desktop.ui import theme
from oelala_desktop.ui.gallery.media_actions import MediaActions


def make_menu(
    parent: QWidget, item: MediaItem, ids: Sequence[int], actions: MediaActions, show: Callable[[str], object]
) -> QMenu:
    """For `item`, which was pointed at, and `ids`, which are chosen. `show` is told "open" or "prompt"."""
    menu = theme.make_menu(parent)

    def add(text: str, act: Callable[[], object], enabled: bool = True) -> None:
        action = menu.addAction(text)
        action.setEnabled(enabled)
        action.triggered.connect(lambda _checked=False: act())

    one = len(ids) <= 1
    chosen = list(ids) or [item.id]
    if one:
        add("Open\tEnter", lambda: show("open"))
        add("Show the prompt\tP", lambda: show("prompt"), item.has_prompt)
        menu.addSeparator()
        add("Reuse settings", lambda: actions.reuse(item.id), item.has_prompt)
        frame = "Use as start picture" if item.kind == "image" else "Use first frame as start picture"
        add(frame, lambda: actions.use_as_start_picture(item))
        add("Copy prompt\tC", lambda: actions.copy_prompt(item.id), item.has_prompt)
        add("Copy workflow", lambda: actions.copy_workflow(item.id))
        add("Open in ComfyUI", lambda: actions.open_in_comfyui(item.id))
        menu.addSeparator()
        add("Show in folder", lambda: actions.show_in_folder(item))
        add("Rename…", lambda: actions.rename(item))
    if len(chosen) == 2:
        add("Compare", lambda: actions.compare(chosen))
        menu.addSeparator()
    mark = "Remove from favorites\tF" if one and item.favorite else "Favorite\tF"
    add(mark, lambda: actions.favorite(chosen))
    add("Export…", lambda: actions.export(chosen, with_metadata=True))
    add("Export without metadata…", lambda: actions.export(chosen, with_metadata=False))
    menu.addSeparator()
    add("Move to the trash\tDel", lambda: actions.delete(chosen))
    return menu
