"""The life of the window after its first paint: loop, services, pages, and the way out."""

from __future__ import annotations

import argparse
import asyncio
import importlib
import signal
import socket
from collections.abc import Callable

import qasync
from PySide6.QtCore import QSocketNotifier
from PySide6.QtWidgets import QApplication

from oelala_desktop.ui.instance import Instance
from oelala_desktop.ui.shell import Shell
from oelala_desktop.ui.theme import Theme


def live(app: QApplication, options: argparse.Namespace, shell: Shell, theme: Theme, instance: Instance) -> int:
    """Until the window is quit; returns the exit code."""
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
        return runner.run(_live(options, shell, theme, instance))


async def _live(options: argparse.Namespace, shell: Shell, theme: Theme, instance: Instance) -> int:
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
            window.open_files(list(getattr(options, "files", None) or ()))
            await services.begin()
            services.scope.start(services.serve_api(), "local API")
            studio.api_changed.connect(lambda: studio.actions.start(services.serve_api()))
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
