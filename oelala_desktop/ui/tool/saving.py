"""A result saved under a name that a person gives."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from oelala_desktop.ui.studio import Studio
from oelala_desktop.ui.tool.settings_file import copy_file


def save_as(studio: Studio, window: QWidget, path: Path) -> None:
    """Asks where to."""
    dialog = QFileDialog(window, "Save as")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.selectFile(path.name)

    def save(target: str) -> None:
        studio.actions.start(copy_file(path, Path(target)), done=lambda _: studio.notify(f"Saved as {target}."))

    dialog.fileSelected.connect(save)
    dialog.open()
