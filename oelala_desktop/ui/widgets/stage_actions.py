"""The row of what can be done with the job in view. Places stay; what has nothing to act on says why, and what has no
room is in the menu at its end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from oelala_desktop.ui.commands.rows import ROWS
from oelala_desktop.ui.style import theme
from oelala_desktop.ui.widgets.button import Button

HEIGHT = 56
_SIDE, _GAP = 12, 8
_NONE, _RUNS, _NO_RESULT, _NO_FRAMES, _NO_VIDEO, _NOT_SEEN = (
    "Nothing is shown yet.",
    "There is no result yet.",
    "This job made no result.",
    "Only a video has a last frame.",
    "That is for a video.",
    "This is no picture and no video.",
)
_NOT_LISTED = "My Media has pictures and videos."


def _known(key: str) -> tuple[str, str, str]:
    """As the command is called everywhere."""
    row = ROWS[f"result.{key}"]
    return key, row.text, row.icon


ON_VIDEO = ("use_first_frame", "use_last_frame", "continue", "smoother")
#: the result goes on to the page of a tool
GOING = (*ON_VIDEO, "use_shown", "upscale", "edit", "reframe")
_ON_FILE = ("favorite", *GOING, "save", "folder", "gallery")
#: (what it sends, its words, its icon), those that must be seen first
_ACTIONS = (
    ("again", "Again with new seed", "dices"),
    _known("favorite"),
    ("use_last_frame", "Use last frame", "image-plus"),
    *map(_known, ("save", "continue", "upscale", "reuse", "folder", "gallery")),
)
#: what is in the menu alone
_MORE = tuple(
    map(
        _known,
        (
            *("use_first_frame", "use_shown", "smoother", "edit", "reframe"),
            *("copy_prompt", "copy_seed", "copy_workflow"),
        ),
    )
)
_WITHOUT_WORDS = frozenset({"favorite"})


def reasons_of(state: str, *, gone: str = "", is_video: bool = False, is_seen: bool = True) -> dict[str, str]:
    """Why an action has nothing to act on, empty for those that have. `state` is that of the stage, `gone` why the
    result's file is not there; what is not `is_seen` is no picture and no video."""
    if state in ("empty", "halted"):
        return {key: _NONE for key, *_ in (*_ACTIONS, *_MORE)}
    reasons = {key: "" for key, *_ in (*_ACTIONS, *_MORE)}
    without = gone if state == "done" else _NO_RESULT if state == "failed" else _RUNS
    reasons |= dict.fromkeys(_ON_FILE, without)
    if not without and not is_seen:
        reasons |= dict.fromkeys(GOING, _NOT_SEEN) | dict.fromkeys(("favorite", "gallery"), _NOT_LISTED)
    elif not without and not is_video:
        reasons |= dict.fromkeys(ON_VIDEO, _NO_VIDEO) | {"use_last_frame": _NO_FRAMES}
    return reasons


def fitting(widths: Sequence[int], room: int, last: int) -> int:
    """How many of the first have room beside the last, which is always there."""
    used, count = last, 0
    for width in widths:
        used += width + _GAP
        if used > room:
            break
        count += 1
    return count


class StageActions(QWidget):
    """`acted` sends a key of the actions."""

    acted = Signal(str)

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._buttons: dict[str, Button] = {}
        self._reasons: Mapping[str, str] = {}
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(_SIDE, 0, _SIDE, 0)
        row.setSpacing(_GAP)
        for key, words, icon in _ACTIONS:
            text = "" if key in _WITHOUT_WORDS else words
            button = Button(text, icon=icon, name=words, height=theme.DENSE_HEIGHT)
            button.clicked.connect(partial(self.acted.emit, key))
            self._buttons[key] = button
            row.addWidget(button)
        self._more = Button("", icon="ellipsis", name="More", height=theme.DENSE_HEIGHT)
        self._more.clicked.connect(self._open_menu)
        row.addWidget(self._more)
        row.addStretch(1)
        self.show_state("empty")

    def show_state(self, state: str, *, gone: str = "", is_video: bool = False, is_seen: bool = True) -> None:
        """As `reasons_of` takes it."""
        self._reasons = reasons = reasons_of(state, gone=gone, is_video=is_video, is_seen=is_seen)
        for key, button in self._buttons.items():
            button.set_reason(reasons.get(key, ""))
        self._more.set_reason(reasons.get("copy_prompt", ""))

    def set_favourite(self, on: bool) -> None:
        heart = self._buttons["favorite"]
        heart.set_icon("heart", filled=on)
        row = ROWS["result.favorite"]
        name = row.on if on else row.text
        heart.setAccessibleName(name)
        heart.set_hint(name)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        widths = [button.sizeHint().width() for button in self._buttons.values()]
        count = fitting(widths, self.width() - 2 * _SIDE, self._more.sizeHint().width())
        for at, button in enumerate(self._buttons.values()):
            button.setVisible(at < count)
        self._row.invalidate()
        self._row.activate()  # now: a request for it would come while Qt lays out, and be lost

    def _open_menu(self) -> None:
        menu = theme.make_menu(self)
        hidden = [(key, button.accessibleName()) for key, button in self._buttons.items() if button.isHidden()]
        for key, words in (*hidden, *(more[:2] for more in _MORE)):
            action = menu.addAction(words)
            action.setEnabled(not self._reasons.get(key, ""))
            action.triggered.connect(partial(self.acted.emit, key))
        self._more.open_menu(menu)

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(0, 0, self.width(), 1, QColor(theme.tokens().border))
