"""Colours and type. Every colour of the window is a token of this file.

Widgets that paint themselves ask `tokens()` while painting, so a change of theme needs nothing but a repaint.
"""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QMenu, QWidget


class Tokens(NamedTuple):
    """One palette. Values are #rrggbb or #aarrggbb. `text` tones keep 4.5:1 on every surface below them."""

    name: str
    root: str  # behind everything
    sidebar: str
    panel: str  # cards, panels, popovers
    input: str  # text fields, tracks, hover
    pressed: str
    selected: str  # the chosen segment
    text: str
    text2: str  # secondary text
    muted: str  # captions, group titles, placeholders
    border: str
    border_strong: str  # hovered outlines, chevrons
    accent: str  # marks, rings, progress
    accent_text: str  # accent as text
    accent_soft: str  # tint behind accent text
    primary: str  # fill of the one primary action
    primary_hover: str
    primary_pressed: str
    on_primary: str
    on_warning: str
    ok: str
    warning: str
    error: str
    error_text: str
    warning_text: str
    heart: str
    track: str  # unfilled part of sliders and bars
    knob: str
    stage: str  # behind pictures and video, in both palettes
    on_stage: str
    on_stage2: str
    stage_track: str  # unfilled part of bars over pictures
    scrim: str  # badges over pictures
    crop_dim: str  # over what of a picture is not seen
    crop_thirds: str
    new_area: str  # of a frame, what is still to be made
    veil: str  # dims what lies under a sheet
    shadow: str
    pass_low: str  # second pass on progress bars
    pass_other: str  # decoding, saving


DARK = Tokens(
    name="dark",
    root="#0a0a0a",
    sidebar="#121212",
    panel="#1a1a1a",
    input="#262626",
    pressed="#303030",
    selected="#141414",
    text="#ffffff",
    text2="#a3a3a3",
    muted="#8c8c8c",
    border="#333333",
    border_strong="#4d4d4d",
    accent="#3b82f6",
    accent_text="#60a5fa",
    accent_soft="#16253f",
    primary="#2563eb",
    primary_hover="#2b68ec",
    primary_pressed="#1d4ed8",
    on_primary="#ffffff",
    on_warning="#1c1204",
    ok="#22c55e",
    warning="#fbbf24",
    error="#ef4444",
    error_text="#f87171",
    warning_text="#fbbf24",
    heart="#fb7185",
    track="#333333",
    knob="#ffffff",
    stage="#000000",
    on_stage="#ffffff",
    on_stage2="#b3b3b3",
    stage_track="#40ffffff",
    scrim="#c0101010",
    crop_dim="#9e000000",
    crop_thirds="#47ffffff",
    new_area="#262626",
    veil="#99000000",
    shadow="#80000000",
    pass_low="#8b5cf6",
    pass_other="#14b8a6",
)

LIGHT = Tokens(
    name="light",
    root="#f4f4f5",
    sidebar="#ffffff",
    panel="#ffffff",
    input="#efeff1",
    pressed="#e4e4e7",
    selected="#ffffff",
    text="#18181b",
    text2="#52525b",
    muted="#65656d",
    border="#dedee2",
    border_strong="#b4b4bb",
    accent="#2563eb",
    accent_text="#1d4ed8",
    accent_soft="#dbeafe",
    primary="#2563eb",
    primary_hover="#1f5ae0",
    primary_pressed="#1d4ed8",
    on_primary="#ffffff",
    on_warning="#1c1204",
    ok="#15803d",
    warning="#d97706",
    error="#dc2626",
    error_text="#b91c1c",
    warning_text="#92400e",
    heart="#fb7185",
    track="#d9d9de",
    knob="#ffffff",
    stage="#000000",
    on_stage="#ffffff",
    on_stage2="#b3b3b3",
    stage_track="#40ffffff",
    scrim="#c0101010",
    crop_dim="#9e000000",
    crop_thirds="#47ffffff",
    new_area="#262626",
    veil="#66000000",
    shadow="#33000000",
    pass_low="#7c3aed",
    pass_other="#0d9488",
)

#: the application mark, from its top left to its bottom right corner
MARK = ("#3b82f6", "#8b5cf6", "#ec4899")

#: sizes of type in pixels; nothing is ever smaller than CAPTION
CAPTION, BODY, CONTROL, SECTION, TITLE = 12, 13, 14, 16, 20
#: radii and heights in pixels
RADIUS, CARD_RADIUS, HEIGHT, DENSE_HEIGHT = 8, 12, 36, 32


def tokens() -> Tokens:
    """The palette in force."""
    return LIGHT if QGuiApplication.palette().window().color().lightness() > 127 else DARK


#: tones of text that a label can take, as the palette's roles, so that labels follow the theme by themselves
TONES = {
    "text": QPalette.ColorRole.WindowText,
    "text2": QPalette.ColorRole.LinkVisited,
    "muted": QPalette.ColorRole.PlaceholderText,
    "accent": QPalette.ColorRole.Link,
    "error": QPalette.ColorRole.BrightText,
    "warning": QPalette.ColorRole.Midlight,
    "on_warning": QPalette.ColorRole.Shadow,
}


def font(size: int = BODY, weight: int = 400) -> QFont:
    """The window's font in `size` pixels. `weight` is 400 regular, 500 medium, 600 semibold."""
    made = QFont(QGuiApplication.font())
    made.setPixelSize(size)
    made.setWeight(QFont.Weight(weight))
    return made


def monospace(size: int = CAPTION) -> QFont:
    from PySide6.QtGui import QFontDatabase  # Python makes all that a class of Qt's has when it is first imported

    made = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    made.setPixelSize(size)
    return made


def palette(t: Tokens) -> QPalette:
    made = QPalette()
    roles = {
        QPalette.ColorRole.Window: t.root,
        QPalette.ColorRole.WindowText: t.text,
        QPalette.ColorRole.Base: t.input,
        QPalette.ColorRole.AlternateBase: t.panel,
        QPalette.ColorRole.Text: t.text,
        QPalette.ColorRole.PlaceholderText: t.muted,
        QPalette.ColorRole.Button: t.panel,
        QPalette.ColorRole.ButtonText: t.text,
        QPalette.ColorRole.BrightText: t.error_text,
        QPalette.ColorRole.ToolTipBase: t.panel,
        QPalette.ColorRole.ToolTipText: t.text2,  # Qt draws the frame in it too
        QPalette.ColorRole.Highlight: t.primary,
        QPalette.ColorRole.HighlightedText: t.on_primary,
        QPalette.ColorRole.Link: t.accent_text,
        QPalette.ColorRole.LinkVisited: t.text2,
        QPalette.ColorRole.Accent: t.accent,
        QPalette.ColorRole.Mid: t.border,
        QPalette.ColorRole.Dark: t.border_strong,
        QPalette.ColorRole.Light: t.panel,
        QPalette.ColorRole.Midlight: t.warning_text,
        QPalette.ColorRole.Shadow: t.on_warning,
    }
    for role, value in roles.items():
        made.setColor(role, QColor(value))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(t.muted))
    return made


def dress_scroll_bars(area: QAbstractScrollArea) -> None:
    """No frame around `area`, and what it lies on shows beside the handles of its bars."""
    area.setFrameShape(QFrame.Shape.NoFrame)
    for bar in (area.verticalScrollBar(), area.horizontalScrollBar()):
        bar.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, False)


def make_menu(parent: QWidget) -> QMenu:
    """A menu in our colours that is gone once it closes."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.setContentsMargins(4, 4, 4, 4)
    return menu
