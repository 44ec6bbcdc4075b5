"""What the window looked like when it was last closed, so that the first paint is already right."""

from __future__ import annotations

import base64
import contextlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QByteArray, QSize

from oelala_desktop.storage.plain_file import read_plain
from oelala_desktop.ui.navigation import PAGES, START_PAGE
from oelala_desktop.ui.shell.shell import Shell

if TYPE_CHECKING:  # not needed for the first paint
    from oelala_desktop.services.settings.known import Setting

#: room for the borders and the title bar that the desktop adds
_FRAME = QSize(16, 48)


def read_remembered(preferences: Path) -> dict[str, Any]:
    """The preferences as they lie on disk; empty if there are none that can be read. One small file, read once before
    the first paint."""
    try:
        values = json.loads(read_plain(preferences))
    except (OSError, ValueError, RecursionError):
        return {}
    return values if isinstance(values, dict) else {}


def restore(shell: Shell, values: Mapping[str, Any]) -> None:
    geometry = values.get("geometry")
    if isinstance(geometry, str):
        with contextlib.suppress(ValueError):  # damaged: the window opens as it did the first time
            shell.restoreGeometry(QByteArray(base64.b64decode(geometry)))
    else:
        fit(shell)
    shell.sidebar.set_narrow(bool(values.get("sidebar_narrow")))
    folded = values.get("folded_groups")
    if isinstance(folded, list):
        shell.sidebar.set_folded_groups(tuple(map(str, folded)))


def fit(shell: Shell) -> None:
    """The first start: as large as the window likes, but never larger than the screen. How wide the desktop's frame is
    nobody can tell before the window is shown."""
    available = shell.screen().availableGeometry()
    shell.resize(shell.size().boundedTo(available.size() - _FRAME))
    room = available.adjusted(0, _FRAME.height(), 0, 0).size() - shell.size()
    shell.move(available.x() + max(0, room.width()) // 2, available.y() + max(0, room.height()) // 2)


def remembered(shell: Shell) -> tuple[tuple[Setting[Any], Any], ...]:
    """What `restore` takes."""
    from oelala_desktop.services.settings.known import FOLDED_GROUPS, GEOMETRY, SIDEBAR_NARROW

    return (
        (GEOMETRY, base64.b64encode(shell.saveGeometry().data()).decode()),
        (SIDEBAR_NARROW, shell.is_narrow_by_choice),
        (FOLDED_GROUPS, list(shell.sidebar.folded_groups())),
    )


def last_page(page: object) -> str:
    return page if isinstance(page, str) and page in PAGES else START_PAGE
