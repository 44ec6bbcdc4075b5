"""The menu over files of My Media."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QMenu, QWidget

from oelala_desktop.domain.media import MediaItem
from oelala_desktop.ui import theme
from oelala_desktop.ui.gallery.hidden_choice import Act, HiddenChoice
from oelala_desktop.ui.gallery.library_provider import id_of
from oelala_desktop.ui.gallery.media_actions import MediaActions


def make_menu(
    parent: QWidget,
    item: MediaItem,
    keys: Sequence[str],
    actions: MediaActions,
    show: Callable[[str], object],
    hidden: HiddenChoice | None = None,
    *,
    can_start: bool = True,
) -> QMenu:
    """For `item`, which was pointed at, and `keys`, which are chosen in a list that may hide some of them. `show` is
    told "open" or "prompt"; `can_start` says whether it can be decoded and so be a start picture."""
    menu = theme.make_menu(parent)

    def add(text: str, act: Callable[[], object], enabled: bool = True) -> None:
        action = menu.addAction(text)
        action.setEnabled(enabled)
        action.triggered.connect(lambda _checked=False: act())

    def add_for_all(text: str, title: str, act: Act) -> None:
        add(text, lambda: hidden.act(keys, title, act) if hidden and keys else act([item.id]))

    chosen = [id_of(key) for key in keys if hidden is None or hidden.is_shown(key)]
    one = len(chosen) <= 1
    if one:
        add("Open\tEnter", lambda: show("open"))
        add("Show the prompt\tP", lambda: show("prompt"), item.has_prompt)
        menu.addSeparator()
        add("Reuse settings", lambda: actions.reuse(item.id))  # without a prompt there is the rest
        frame = "Use as start picture" if item.kind == "image" else "Use first frame as start picture"
        add(frame, lambda: actions.use_as_start_picture(item), can_start)
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
    add_for_all(mark, "Favorite", actions.favorite)
    add_for_all("Export…", "Export", lambda ids: actions.export(ids, with_metadata=True))
    add_for_all("Export without metadata…", "Export", lambda ids: actions.export(ids, with_metadata=False))
    menu.addSeparator()
    add_for_all("Move to the trash\tDel", "Move to the trash", actions.delete)
    return menu
