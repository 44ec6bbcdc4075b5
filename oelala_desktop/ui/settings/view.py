"""The settings page at work."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from oelala_desktop.domain.errors import InvalidInput, OelalaError
from oelala_desktop.domain.events import ApiChanged, EngineChanged, EngineSelected, ScanProgressed
from oelala_desktop.domain.field import Field, FieldKind
from oelala_desktop.services.settings.known import API, FOLLOW_LINKS, MEDIA_FOLDERS, SETTINGS
from oelala_desktop.storage import autostart
from oelala_desktop.ui.bridge import listen
from oelala_desktop.ui.settings.page import SettingsPage, SettingsSection
from oelala_desktop.ui.studio import Studio

_K = FieldKind
_AUTOSTART = Field("autostart", _K.SWITCH, "Start", "", default=False, help="Open Oelala when I log in")
_TOKEN = Field("api_token", _K.LINE, "Token", "", default="", help="If set, every request must carry it.")


def _known(*keys: str) -> tuple[Field, ...]:
    return tuple(field for key in keys if (field := SETTINGS[key].field))


SECTIONS = (
    SettingsSection("Appearance", _known("appearance", "reduced_motion")),
    SettingsSection(
        "Engines", (), facts=(("engine_url", "ComfyUI"),), buttons=(("engine", "Choose engine and address", "plug"),)
    ),
    SettingsSection(
        "Folders",
        _known("output_folder", "media_folders", "follow_links", "wildcard_folder"),
        browse=("output_folder", "wildcard_folder"),
        folders=("media_folders",),
    ),
    SettingsSection("Limits", _known("picture_megabytes")),
    SettingsSection(
        "Notices and tray",
        (*_known("notices", "close_to_tray"), *((_AUTOSTART,) if autostart.is_offered() else ())),
    ),
    SettingsSection("Local API", (*_known("api", "api_port"), _TOKEN), secret=("api_token",)),
    SettingsSection("When something goes wrong", (), buttons=(("log", "Show the log", "list"),)),
)
_KEYS = [field.key for section in SECTIONS for field in section.fields if field.key in SETTINGS]


class SettingsView(QObject):
    def __init__(self, page: SettingsPage, studio: Studio) -> None:
        super().__init__(page)
        self._page = page
        self._studio = studio
        self._autostart: bool | None = None
        page.changed.connect(self._changed)
        page.browse_requested.connect(self._browse)
        page.pressed.connect(studio.shell.open_panel)
        self._token = ""  # kept with the secrets, never with the settings
        bus = studio.services.bus
        listen(bus, self, ApiChanged, self._show_api)
        listen(bus, self, EngineChanged, lambda _event: self._show_engine())
        listen(bus, self, EngineSelected, lambda _event: self._show_engine())
        listen(bus, self, ScanProgressed, lambda event: self._show_links() if event.done else None)
        page.set_values(self._values())
        self._show_links()
        self._show_api(studio.services.api_state)
        self._show_engine()
        studio.actions.start(self._show_token())
        if autostart.is_offered():
            studio.actions.start(self._look_for_autostart())

    async def _look_for_autostart(self) -> None:
        """The entry on the disk is the truth: other programs list and remove such entries too."""
        found = await asyncio.to_thread(autostart.is_on)
        if self._autostart is None:  # not switched meanwhile
            self._autostart = found
            self._page.set_values(self._values())

    def _show_api(self, state: ApiChanged) -> None:
        wanted = self._studio.services.settings.get(API)
        words = f"Answers at {state.url}" if state.url else state.reason
        self._page.show_note("api", words, "warning" if wanted and not state.url else "muted")

    def _show_links(self) -> None:
        """What My Media does not show because it lies behind a link."""
        links = self._studio.services.library.passed_over()
        names = ", ".join(Path(link).name for link in links[:3]) + (" …" if len(links) > 3 else "")
        follows = self._studio.services.settings.get(FOLLOW_LINKS)
        one = len(links) == 1
        if follows:
            why = "leads back to where it lies" if one else "lead back to where they lie"
        else:
            why = "is a link to another folder" if one else "are links to other folders"
        words = f"Not shown: {names} {why}."
        self._page.show_note("follow_links", words if links else "", "warning")

    def _show_engine(self) -> None:
        self._page.show_note("engine_url", self._studio.services.current.url, "text2")

    def _values(self) -> dict[str, Any]:
        settings = self._studio.services.settings
        values = {key: settings.get(SETTINGS[key]) for key in _KEYS}
        values["api_token"] = self._token
        values["wildcard_folder"] = str(self._studio.services.wildcard_folder())
        values["output_folder"] = values["output_folder"] or str(self._studio.services.paths.output)
        values["autostart"] = bool(self._autostart)
        return values

    def _changed(self, key: str, value: object) -> None:
        if key == "autostart":
            self._set_autostart(bool(value))
            return
        if key == "api_token":
            self._studio.actions.start(self._set_token(str(value)))
            return
        if key == "output_folder":
            self._studio.services.move_output(str(value))
            self._page.set_values(self._values())
        else:
            self._studio.services.settings.set(SETTINGS[key], value)

    def _set_autostart(self, on: bool) -> None:
        self._autostart = on

        def refused(error: OelalaError) -> bool:
            self._autostart = not on
            self._page.show_problem("autostart", str(error))
            self._page.set_values(self._values())
            return True

        self._page.show_problem("autostart", "")
        self._studio.actions.start(asyncio.to_thread(autostart.set_on, on), failed=refused)

    async def _show_token(self) -> None:
        self._token = await self._studio.services.api_token() or ""
        self._page.set_value("api_token", self._token)

    async def _set_token(self, token: str) -> None:
        try:
            await self._studio.services.set_api_token(token)
        except InvalidInput as error:
            self._page.show_problem("api_token", error.message)
            return
        self._token = token.strip()

    def _browse(self, key: str) -> None:
        dialog = QFileDialog(self._page.window(), "Choose a folder")
        dialog.setFileMode(QFileDialog.FileMode.Directory)

        def chosen(folder: str) -> None:
            if key == "media_folders":
                before = self._studio.services.settings.get(MEDIA_FOLDERS)
                self._changed(key, list(dict.fromkeys([*before, str(Path(folder))])))
            else:
                self._changed(key, folder)
            self._page.set_values(self._values())

        dialog.fileSelected.connect(chosen)
        dialog.open()
