"""The window's program: the first paint before anything else, then the loop, the services, the pages."""

from __future__ import annotations

import argparse
import asyncio
import importlib
import os
import signal
import socket
import sys
from collections.abc import Callable

os.environ.setdefault("QT_LOGGING_RULES", "qt.multimedia.*=false")

from PySide6.QtCore import QSocketNotifier
from PySide6.QtWidgets import QApplication

from oelala_desktop.storage.paths import find_paths
from oelala_desktop.ui.instance import Instance, hand_over
from oelala_desktop.ui.remembered import last_page, read_remembered, restore
from oelala_desktop.ui.shell import Shell
from oelala_desktop.ui.theme import Theme


def run_window(options: argparse.Namespace) -> int:
    """Shows the window and stays until it is quit; 0. A second start hands its files to the first and ends with 0."""
    paths = find_paths()
    app = QApplication(sys.argv[:1])
    app.setApplicationName("oelala")
    app.setApplicationDisplayName("Oelala")
    app.setDesktopFileName("oelala")
    app.setQuitOnLastWindowClosed(False)
    files = list(getattr(options, "files", None) or ())
    if hand_over(paths.data, files):
        return 0
    before = read_remembered(paths.preferences)
    chosen = before.get("appearance")
    theme = Theme(app, chosen if chosen in ("dark", "light") else "system")
    shell = Shell()
    restore(shell, before)
    shell.show()
    app.processEvents()  # the first paint, before the slower imports
    _show_early(shell, last_page(before))
    app.processEvents()
    instance = Instance(paths.data, shell)

    import qasync

    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
        return runner.run(_live(options, files, shell, theme, instance))


def _show_early(shell: Shell, page_id: str) -> None:
    """The controls of a tool's page can be used before the services are there; the page is brought to life later."""
    from oelala_desktop.domain.tool import TOOLS

    if page_id in TOOLS:
        from oelala_desktop.ui.pages.tool_view import ToolView

        shell.add_page(page_id, lambda: ToolView(TOOLS[page_id]))
        shell.show_page(page_id)


async def _live(options: argparse.Namespace, files: list[str], shell: Shell, theme: Theme, instance: Instance) -> int:
    # half a second of imports, on a thread so that the page in view answers meanwhile
    await asyncio.to_thread(importlib.import_module, "oelala_desktop.ui.main_window")
    from oelala_desktop.bootstrap import Services
    from oelala_desktop.ui.main_window import MainWindow
    from oelala_desktop.ui.studio import Studio

    over = asyncio.Event()
    stop_listening = on_terminate(over.set)
    try:
        async with Services() as services:
            services.current.start(options.engine)
            studio = Studio(services, shell, theme)
            window = MainWindow(studio)
            window.quit_requested.connect(over.set)
            instance.files_came.connect(window.take_over)
            shell.wear_icon()
            window.tray.show()
            window.open_files(files)
            await services.begin()
            if options.command == "try":
                window.start_example()
            await over.wait()
            window.remember()
            window.tray.hide()
            shell.hide()
    finally:
        stop_listening()
    return 0


def on_terminate(stop: Callable[[], None]) -> Callable[[], None]:
    """Calls `stop` on SIGTERM and SIGINT. Python runs its handlers only between its own instructions, so a socket
    wakes the event loop. Returns what undoes it."""
    ours, theirs = socket.socketpair()
    for end in (ours, theirs):
        end.setblocking(False)
    before = signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)
    notifier = QSocketNotifier(ours.fileno(), QSocketNotifier.Type.Read)
    notifier.activated.connect(lambda *_: ours.recv(64))
    previous = {kind: signal.signal(kind, lambda *_: stop()) for kind in (signal.SIGTERM, signal.SIGINT)}

    def undo() -> None:
        for kind, handler in previous.items():
            signal.signal(kind, handler)
        signal.set_wakeup_fd(before)
        notifier.setEnabled(False)
        ours.close()
        theirs.close()

    return undo
