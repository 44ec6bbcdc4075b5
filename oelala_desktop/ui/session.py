"""The life of the window after its first paint: loop, services, pages, and the way out."""

from __future__ import annotations

import argparse
import asyncio
import importlib

import qasync
from PySide6.QtWidgets import QApplication

from oelala_desktop.ui.desktop.instance import Instance
from oelala_desktop.ui.process.ending import Ending
from oelala_desktop.ui.shell.shell import Shell
from oelala_desktop.ui.style.appearance import Theme


def live(
    app: QApplication, options: argparse.Namespace, shell: Shell, theme: Theme, instance: Instance, ending: Ending
) -> int:
    """Until the window is quit; returns the exit code."""
    with asyncio.Runner(loop_factory=lambda: qasync.QEventLoop(app)) as runner:
        return runner.run(_live(options, shell, theme, instance, ending))


async def _live(options: argparse.Namespace, shell: Shell, theme: Theme, instance: Instance, ending: Ending) -> int:
    over = asyncio.Event()
    ending.tell(over.set)
    # half a second of imports, on a thread so that the page in view answers meanwhile
    await asyncio.to_thread(importlib.import_module, "oelala_desktop.ui.main_window")
    from oelala_desktop.bootstrap import Services
    from oelala_desktop.ui.main_window import MainWindow
    from oelala_desktop.ui.studio import Studio

    try:
        async with Services() as services:
            services.log.write("window")
            services.current.start(options.engine)
            studio = Studio(services, shell, theme)
            window = MainWindow(studio)
            window.quit_requested.connect(over.set)
            instance.deliver(window.take_over)
            shell.wear_icon()
            window.enter_desktop()
            window.open_files(list(getattr(options, "files", None) or ()))
            await services.begin()
            services.scope.start(services.serve_api(), "local API")
            if options.command == "try":
                window.start_example()
            await over.wait()
            window.remember()
            window.tray.hide()
            shell.hide()
            await window.keep_drafts()
    finally:
        ending.forget()
    return 0
