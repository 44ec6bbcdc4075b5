"""What a Linux desktop needs to list the program: its entry and its icon."""

from __future__ import annotations

import configparser
import shutil
import subprocess
from pathlib import Path

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from oelala_desktop.ui.style import icons

FOLDER = Path(__file__).parents[2] / "packaging" / "desktop"
ENTRY = FOLDER / "oelala.desktop"


def test_entry() -> None:
    parser = configparser.RawConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(ENTRY, "utf-8")
    entry = parser["Desktop Entry"]
    assert (entry["Version"], entry["Exec"], entry["Icon"]) == ("1.4", "oelala %F", "oelala")
    assert "image/png" in entry["MimeType"].split(";")


@pytest.mark.skipif(shutil.which("desktop-file-validate") is None, reason="not installed here: desktop-file-validate")
def test_entry_is_valid() -> None:
    done = subprocess.run(["desktop-file-validate", str(ENTRY)], capture_output=True, text=True)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_icon_is_the_one_the_window_wears(qapp: QApplication) -> None:
    side = 64
    drawn = [QImage(side, side, QImage.Format.Format_ARGB32) for _ in range(2)]
    for image in drawn:
        image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn[0])
    QSvgRenderer(str(FOLDER / "oelala.svg")).render(painter, QRectF(0, 0, side, side))
    painter.end()
    painter = QPainter(drawn[1])
    icons.draw_app_icon(painter, QRectF(0, 0, side, side))
    painter.end()
    far = 0
    for x in range(side):
        for y in range(side):
            ours, theirs = (image.pixelColor(x, y) for image in drawn)
            far += max(abs(a - b) for a, b in zip(ours.getRgb(), theirs.getRgb(), strict=True)) > 64  # type: ignore[arg-type]
    assert far < side * side * 0.05  # edges fall a little differently
