"""Both palettes can be read, and no colour stands anywhere else."""

from __future__ import annotations

import re
import warnings
from pathlib import Path

import lucide
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QFontInfo, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QLabel, QToolTip

import oelala_desktop.ui
from oelala_desktop.ui.style import icons, theme
from oelala_desktop.ui.style.icon_shapes import SHAPES
from oelala_desktop.ui.widgets.label import Label
from oelala_desktop.ui.wording import tooltip

UI = Path(oelala_desktop.ui.__file__).parent
SURFACES = ("root", "sidebar", "panel", "input", "selected")
TEXTS = ("text", "text2", "muted")


def luminance(tone: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    colour = QColor(tone)
    parts = []
    for value in (colour.redF(), colour.greenF(), colour.blueF()):
        parts.append(value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4)
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(first: str, second: str) -> float:
    bright, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("t", [theme.DARK, theme.LIGHT], ids=lambda t: t.name)
def test_text_can_be_read_on_every_surface(t: theme.Tokens) -> None:
    pairs = [(text, surface) for text in TEXTS for surface in SURFACES]
    pairs += [
        (text, surface) for text in ("error_text", "warning_text", "accent_text") for surface in ("root", "panel")
    ]
    pairs += [("on_primary", fill) for fill in ("primary", "primary_hover", "primary_pressed")]
    pairs += [("accent_text", "accent_soft"), ("text", "accent_soft"), ("on_stage", "stage"), ("on_stage2", "stage")]
    weak = [(a, b, round(contrast(getattr(t, a), getattr(t, b)), 2)) for a, b in pairs]
    assert [pair for pair in weak if pair[2] < 4.5] == []


def test_specified_colours() -> None:
    assert (theme.DARK.root, theme.DARK.sidebar, theme.DARK.panel, theme.DARK.input) == (
        "#0a0a0a",
        "#121212",
        "#1a1a1a",
        "#262626",
    )
    assert (theme.DARK.accent, theme.DARK.primary, theme.DARK.border) == ("#3b82f6", "#2563eb", "#333333")


def test_no_colour_outside_the_theme() -> None:
    literal = re.compile(r"#[0-9a-fA-F]{6}\b|#[0-9a-fA-F]{8}\b|QColor\(\s*\d")
    found = {}
    for path in UI.rglob("*.py"):
        lines = [line for line in path.read_text("utf-8").splitlines() if literal.search(line)]
        lines = [line for line in lines if '"#00ffffff"' not in line]
        if lines and path.name != "theme.py":
            found[path.name] = lines
    assert found == {}


def test_no_widget_has_a_style_sheet() -> None:
    """One costs every widget time when it is made; what controls look like is the style's."""
    assert [path.name for path in UI.rglob("*.py") if "setStyleSheet" in path.read_text("utf-8")] == []


def test_switching_repaints_labels(qapp: QApplication, theme: theme.Theme) -> None:
    label = Label("words")
    label.show()
    dark = label.palette().windowText().color()
    heard = []
    theme.changed.connect(lambda: heard.append(1))
    theme.set_mode("light")
    qapp.processEvents()
    assert label.palette().windowText().color() != dark
    theme.set_mode("light")
    assert len(heard) == 1


def test_no_type_below_twelve_pixels(theme: theme.Theme) -> None:
    assert QFontInfo(QGuiApplication.font()).pixelSize() >= 12
    assert QFontInfo(QLabel().font()).pixelSize() >= 12


def test_shapes_are_those_of_lucide() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name, shape in SHAPES.items():
            whole = lucide.lucide_icon(name)
            assert re.findall(r'\b(?:d|x|y|cx|cy|r|points)="([^"]*)"', whole.split(">", 1)[1]) == re.findall(
                r'\b(?:d|x|y|cx|cy|r|points)="([^"]*)"', shape
            ), name


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_icons_are_drawn_for_the_device(qapp: QApplication, ratio: float) -> None:
    made = icons.pixmap("heart", 18, theme.DARK.accent, ratio)
    assert made.width() == round(18 * ratio)
    assert made.devicePixelRatio() == ratio
    image = made.toImage().convertToFormat(QImage.Format.Format_ARGB32)
    strongest = max(
        (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())), key=QColor.alpha
    )
    assert strongest.blue() > strongest.red()


def test_icon_outside_the_shapes(qapp: QApplication) -> None:
    assert "anchor" not in SHAPES
    assert "currentColor" in icons.svg("anchor")
    assert not icons.app_icon().isNull()


def test_a_tooltip_has_room_around_its_text_and_a_quiet_frame(qapp: QApplication) -> None:
    host = QLabel("x")
    host.show()
    QToolTip.showText(QPoint(10, 10), tooltip("Move to the trash"), host)
    tip = next(widget for widget in qapp.topLevelWidgets() if widget.inherits("QTipLabel"))
    shown = tip.grab().toImage()
    t = theme.tokens()
    assert QColor(shown.pixel(0, shown.height() // 2)).name() == t.text2
    room = {QColor(shown.pixel(x, y)).name() for x in range(1, 8) for y in range(1, shown.height() - 1)}
    assert room == {t.panel}
    QToolTip.hideText()
