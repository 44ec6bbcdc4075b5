"""What the command palette offers beside the pages."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from oelala_desktop.ui.shell import Shell
from oelala_desktop.ui.widgets.command_list import Command


class Commands(QObject):
    """The panels and sheets of a window, and whatever else is added with `add`."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._shell = shell
        self._acts: dict[str, Callable[[], object]] = {}
        self._commands: list[Command] = []
        shell.command_chosen.connect(self._chosen)
        self.add("Show the queue", "list-video", lambda: shell.open_panel("queue"), "Ctrl J")
        self.add("Show the engine", "server", lambda: shell.open_panel("engine"))
        self.add("Show what happened", "bell", lambda: shell.open_panel("activity"))
        self.add("Show the log", "list", lambda: shell.open_panel("log"))
        self.add("Show the shortcuts", "keyboard", shell.open_shortcuts, "F1")

    def add(self, title: str, icon: str, act: Callable[[], object], cap: str = "") -> None:
        self._acts[title] = act
        self._commands.append(Command(title, title, icon, cap))
        self._shell.set_commands(tuple(self._commands))

    def _chosen(self, key: str) -> None:
        if key in self._acts:
            self._acts[key]()
