"""Files dragged out of the window, to any program that takes them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QDrag, QPixmap
from PySide6.QtWidgets import QWidget


def drag_files(source: QWidget, paths: Sequence[Path], pixmap: QPixmap) -> None:
    """Returns when the drag is over, so only call it from a mouse event."""
    drag = QDrag(source)
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    drag.setMimeData(mime)
    if not pixmap.isNull():
        small = pixmap.scaled(128, 96, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
        drag.setPixmap(small)
    drag.exec(Qt.DropAction.CopyAction)
