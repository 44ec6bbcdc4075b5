"""The settings page at work."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from oelala_desktop.domain.field import Field, FieldKind
from oelala_desktop.ui.pages.settings_page import SettingsPage, SettingsSection
from oelala_desktop.ui.studio import Studio

_K = FieldKind
SECTIONS = (
    SettingsSection(
        "Appearance",
        (Field("appearance", _K.CHOICE, "Colours", "", default="system", choices=("system", "dark", "light")),),
    ),
    SettingsSection(
        "Folders",
        (
            Field("output_folder", _K.LINE, "Results", "", default="", help="Where finished videos and pictures go."),
            Field(
                "media_folders",
                _K.LINE,
                "Also in My Media",
                "",
                default="",
                help="More folders to show, such as ComfyUI's output folder; separate them with ;",
            ),
        ),
        browse=("output_folder", "media_folders"),
    ),
    SettingsSection(
        "Limits",
        (Field("picture_megabytes", _K.INTEGER, "Largest picture (MB)", "", default=20, minimum=1, maximum=500),),
    ),
    SettingsSection(
        "Notices and tray",
        (
            Field("notices", _K.SWITCH, "Notices", "", default=True, help="Tell me when a job ends in the background"),
            Field("close_to_tray", _K.SWITCH, "Closing", "", default=True, help="Keep running in the tray"),
        ),
    ),
    SettingsSection(
        "Local API",
        (
            Field("api", _K.SWITCH, "API", "", default=True, help="Answer scripts on this machine"),
            Field("api_port", _K.INTEGER, "Port", "", default=7998, minimum=1024, maximum=65535),
        ),
    ),
    SettingsSection("When something goes wrong", (), buttons=(("log", "Show the log", "list"),)),
)
_FIELDS = {field.key: field for section in SECTIONS for field in section.fields}


class SettingsView(QObject):
    def __init__(self, page: SettingsPage, studio: Studio) -> None:
        super().__init__(page)
        self._page = page
        self._studio = studio
        page.changed.connect(self._changed)
        page.browse_requested.connect(self._browse)
        page.pressed.connect(studio.shell.open_panel)
        page.set_values(self._values())

    def _values(self) -> dict[str, Any]:
        settings = self._studio.services.settings
        values = {key: settings.get(key, field.default) for key, field in _FIELDS.items()}
        values["output_folder"] = values["output_folder"] or str(self._studio.services.paths.output)
        values["media_folders"] = "; ".join(values["media_folders"] or [])
        return values

    def _changed(self, key: str, value: object) -> None:
        if key == "media_folders":
            value = [part.strip() for part in str(value).split(";") if part.strip()]
        if key == "output_folder":
            self._studio.services.move_output(str(value))
            self._page.set_values(self._values())
        else:
            self._studio.services.settings.set(key, value)
        if key == "appearance":
            self._studio.theme.set_mode(str(value))  # type: ignore[arg-type]
        elif key in ("output_folder", "media_folders"):
            self._studio.folders_changed.emit()
        elif key in ("api", "api_port"):
            self._studio.api_changed.emit()

    def _browse(self, key: str) -> None:
        dialog = QFileDialog(self._page.window(), "Choose a folder")
        dialog.setFileMode(QFileDialog.FileMode.Directory)

        def chosen(folder: str) -> None:
            if key == "media_folders":
                before = self._studio.services.settings.get("media_folders") or []
                self._changed(key, "; ".join([*before, str(Path(folder))]))
            else:
                self._changed(key, folder)
            self._page.set_values(self._values())

        dialog.fileSelected.connect(chosen)
        dialog.open()
