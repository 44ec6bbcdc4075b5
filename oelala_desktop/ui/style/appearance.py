"""How the whole application looks: the style, the font, and the palette in force."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication

from oelala_desktop.ui.style import theme
from oelala_desktop.ui.style.studio_style import StudioStyle

Mode = Literal["system", "dark", "light"]


class Theme(QObject):
    """Puts style, font and palette on the application, and follows the system's palette when asked to."""

    changed = Signal()

    def __init__(self, app: QApplication, mode: Mode = "system") -> None:
        super().__init__(app)
        self._app = app
        self._mode: Mode = mode
        self._name = ""
        self._style = StudioStyle()  # the application owns it, and its Python half must live as long
        app.setStyle(self._style)
        family = app.font().family()
        made = QFont(app.font())
        made.setFamilies(["Inter", family])
        made.setPixelSize(theme.BODY)
        made.setFeature(QFont.Tag("tnum"), 1)  # numbers that change must not shake what stands beside them
        app.setFont(made)
        app.styleHints().colorSchemeChanged.connect(self._follow)
        self._apply()

    @property
    def mode(self) -> Mode:
        return self._mode

    def set_mode(self, mode: Mode) -> None:
        if mode != self._mode:
            self._mode = mode
            self._apply()

    def _follow(self, _scheme: Qt.ColorScheme) -> None:
        if self._mode == "system":
            self._apply()

    def _wanted(self) -> theme.Tokens:
        hints = self._app.styleHints()
        schemes = {
            "system": Qt.ColorScheme.Unknown,
            "dark": Qt.ColorScheme.Dark,
            "light": Qt.ColorScheme.Light,
        }
        hints.setColorScheme(schemes[self._mode])
        if self._mode == "system":  # a system without an opinion gets the dark studio
            return theme.LIGHT if hints.colorScheme() == Qt.ColorScheme.Light else theme.DARK
        return theme.LIGHT if self._mode == "light" else theme.DARK

    def _apply(self) -> None:
        wanted = self._wanted()
        if self._name == wanted.name:
            return
        self._name = wanted.name
        self._app.setPalette(theme.palette(wanted))
        for widget in self._app.allWidgets():
            self._app.sendEvent(widget, QEvent(QEvent.Type.ThemeChange))
            widget.update()
        self.changed.emit()
