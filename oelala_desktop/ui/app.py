"""The window's program up to its first paint: nothing is imported here that the paint does not need."""

# ruff: noqa: E402 - two things have to be set before Qt is imported

from __future__ import annotations

import builtins
import gc
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from oelala_desktop.ui.process.quiet import RULES

os.environ.setdefault("QT_LOGGING_RULES", ";".join(RULES))
gc.disable()  # until `garbage` has it: nothing imported or built by then is garbage, and looking for some costs a tenth

from PySide6.QtWidgets import QApplication

# PySide's import reads and keeps the source of every module that is imported after it, since one might use its
# `__feature__`: none does, and that costs a tenth of a second and 22 MB
builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)

from oelala_desktop.storage.paths import find_paths
from oelala_desktop.ui.desktop.instance_name import may_run_already
from oelala_desktop.ui.process.ending import Ending
from oelala_desktop.ui.shell.remembered import last_page, read_remembered, restore
from oelala_desktop.ui.shell.shell import Shell
from oelala_desktop.ui.style import motion
from oelala_desktop.ui.style.appearance import Theme

if TYPE_CHECKING:
    import argparse


def run_window(options: argparse.Namespace) -> int:
    """Shows the window and stays until it is quit; 0. A second start hands its files to the first and ends with 0."""
    ending = Ending()
    paths = find_paths()
    app = QApplication(sys.argv[:1])
    app.setApplicationName("oelala")  # no display name: Qt would put it behind every title that has ours already
    app.setDesktopFileName("oelala")
    app.setQuitOnLastWindowClosed(False)
    files = list(getattr(options, "files", None) or ())
    if may_run_already(paths.data) and _hand_over(paths.data, files):
        return 0
    before = read_remembered(paths.preferences)
    chosen = before.get("appearance")
    app.setProperty(motion.REDUCED, bool(before.get("reduced_motion")))
    theme = Theme(app, chosen if chosen in ("dark", "light") else "system")
    shell = Shell()
    shell.set_close_guard(ending.ask)
    restore(shell, before)
    page = last_page(before.get("page"))
    shell.sidebar.set_active(page)  # marked in the first paint, while there is nothing to be told to screen readers
    shell.show()
    app.processEvents()  # the first paint, before the slower imports
    _show_early(shell, page)
    app.processEvents()
    from oelala_desktop.ui.desktop.instance import Instance
    from oelala_desktop.ui.process.garbage import GarbageCollector
    from oelala_desktop.ui.process.heap import Heap
    from oelala_desktop.ui.session import live
    from oelala_desktop.ui.style import access

    access.install()
    GarbageCollector(app)
    Heap(app)
    instance = Instance(paths.data, shell)
    if ending.asked or instance.is_second(files):
        return 0
    return live(app, options, shell, theme, instance, ending)


def _hand_over(home: Path, files: list[str]) -> bool:
    from oelala_desktop.ui.desktop.instance import hand_over

    return hand_over(home, files)


def _show_early(shell: Shell, page_id: str) -> None:
    """The controls of a tool's page can be used before the services are there; the page is brought to life later, and
    with it Generate, which before would do nothing."""
    from oelala_desktop.domain.tool import PAGED, TOOLS

    if page_id in PAGED:
        from oelala_desktop.ui.tool.page import ToolPage

        page = ToolPage(TOOLS[page_id])
        page.form.set_generate_reason("The studio is still starting.")
        shell.add_page(page_id, lambda: page)
        shell.show_page(page_id)
