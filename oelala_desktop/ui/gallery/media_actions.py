"""What can be done with files of the library, wherever they are shown."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QInputDialog, QLineEdit, QMessageBox, QWidget

from oelala_desktop.domain.errors import EngineError
from oelala_desktop.domain.media import Deletion, ExportResult, MediaItem
from oelala_desktop.ui import wording
from oelala_desktop.ui.clipboard import copy_workflow
from oelala_desktop.ui.commands import keys
from oelala_desktop.ui.gallery.reusing import reuse_item
from oelala_desktop.ui.playing.frames import first_frame
from oelala_desktop.ui.playing.images import keep_image
from oelala_desktop.ui.question import Answer, ask
from oelala_desktop.ui.studio import GoOn, Studio

if TYPE_CHECKING:
    from oelala_desktop.metadata import FileMetadata

#: how long a deletion can be undone
UNDO_MS = 10_000


def files(count: int) -> str:
    return f"{wording.count(count)} file" + ("" if count == 1 else "s")


class MediaActions(QObject):
    """`taken_out` is sent as soon as files are on their way to the trash, with their ids."""

    taken_out = Signal(list)

    def __init__(self, studio: Studio, parent: QWidget) -> None:
        super().__init__(parent)
        self._studio = studio
        self._library = studio.services.library
        self._parent = parent

    @property
    def _window(self) -> QWidget:
        return self._parent.window()

    # favourites

    def favorite(self, ids: Sequence[int], then: Callable[[bool], None] = lambda _on: None) -> None:
        """Marks them all, or takes the mark off if all have it."""

        async def work() -> bool:
            items = await self._library.items(ids)
            on = not all(item.favorite for item in items)
            await self._library.set_favorite(list(ids), on)
            return on

        self._studio.actions.start(work(), done=then)

    # side by side

    def compare(self, ids: Sequence[int]) -> None:
        """Two files over the whole window."""
        from oelala_desktop.ui.gallery.compare import Comparer

        def show(items: Sequence[MediaItem]) -> None:
            if len(items) == 2:
                Comparer(self._studio, (items[0], items[1]), self._window).open()

        self._studio.actions.start(self._library.items(ids), done=show)

    # deleting

    def delete(self, ids: Sequence[int]) -> None:
        """Out of sight at once, to the trash in ten seconds. Favourites among them are asked for by name."""
        if ids:
            self._studio.actions.start(self._library.delete(list(ids)), done=self._deleted)

    def _deleted(self, deletion: Deletion) -> None:
        if deletion.ids:
            self._offer_undo(deletion)
        if deletion.kept:
            self._ask_for_favorites(deletion.kept)

    def _offer_undo(self, deletion: Deletion) -> None:
        self.taken_out.emit(list(deletion.ids))
        self._studio.shell.toasts.post(
            f"{files(len(deletion.ids))} moved to the trash.",
            action="Undo",
            act=lambda: self._studio.actions.start(self._library.undo_delete(deletion.token)),
            shown_ms=UNDO_MS,
        )

    def _ask_for_favorites(self, kept: Sequence[MediaItem]) -> None:
        one = len(kept) == 1
        text = (
            f"{wording.some_of([item.name for item in kept])} {'is a favorite' if one else 'are favorites'}."
            f" Move {'it' if one else 'them'} to the trash too?"
        )

        def delete() -> None:
            work = self._library.delete([item.id for item in kept], favorites=True)
            self._studio.actions.start(work, done=self._deleted)

        keep = Answer("Keep", QMessageBox.ButtonRole.RejectRole)
        move = Answer("Move to the trash", QMessageBox.ButtonRole.DestructiveRole, delete)
        ask(self._window, "Delete favorites?", text, (move, keep), default=1)

    # names and copies

    def rename(self, item: MediaItem) -> None:
        """The ending stays: it says what the file is."""
        stem, suffix = Path(item.name).stem, Path(item.name).suffix
        dialog = QInputDialog(self._window)
        dialog.setWindowTitle("Rename")
        dialog.setLabelText("New name")
        dialog.setTextEchoMode(QLineEdit.EchoMode.Normal)
        dialog.setTextValue(stem)
        dialog.setOkButtonText("Rename")

        def rename(name: str) -> None:
            name = name.strip().removesuffix(suffix)
            if name and name != stem:
                self._studio.actions.start(self._library.rename(item.id, name + suffix))

        dialog.textValueSelected.connect(rename)
        dialog.finished.connect(lambda _code: dialog.deleteLater())
        dialog.open()

    def export(self, ids: Sequence[int], *, with_metadata: bool) -> None:
        dialog = QFileDialog(self._window, f"Export {files(len(ids))} to a folder")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(lambda folder: self.export_to(ids, Path(folder), with_metadata=with_metadata))
        dialog.open()

    def export_to(self, ids: Sequence[int], folder: Path, *, with_metadata: bool) -> None:
        def tell(result: ExportResult) -> None:
            for name, why in result.failed.items():
                self._studio.notify(f"{name} was not exported: {why}", "error")
            if result.unstripped:
                names = wording.some_of(result.unstripped)
                self._studio.notify(f"Metadata could not be taken out of {names}.", "warning")
            if result.copied:
                act = lambda: self._studio.show_in_folder(Path(result.copied[0]))  # noqa: E731
                self._studio.notify(
                    f"{files(len(result.copied))} exported to {folder}.", "info", action="Show", act=act
                )

        self._studio.actions.start(self._library.export(list(ids), folder, with_metadata), done=tell)

    # clipboard and other programs

    def copy_prompt(self, item_id: int) -> None:
        async def work() -> None:
            prompt = (await self._library.info(item_id)).prompt
            if prompt:
                QGuiApplication.clipboard().setText(prompt)
                self._studio.notify("Prompt copied.")
            else:
                self._studio.notify("This file has no prompt.", "warning")

        self._studio.actions.start(work())

    def copy_workflow(self, item_id: int) -> None:
        async def work() -> None:
            graph = _pasted(await self._library.metadata(item_id))
            if graph is None:
                self._studio.notify("This file has no workflow.", "warning")
            else:
                await copy_workflow(graph)
                self._studio.notify("Workflow copied.")

        self._studio.actions.start(work())

    def make_preset(self, item: MediaItem) -> None:
        self._studio.workflow_requested.emit(item.path)

    def open_in_comfyui(self, item: MediaItem) -> None:
        """Its page in the browser. The workflow is among those that are saved there where it can be, else on the
        clipboard to be pasted."""
        state = self._studio.services.current.engine.state
        if state.kind != "comfyui" or not state.url:
            self._studio.notify("No ComfyUI is connected. The engine panel says how to connect one.", "warning")
            return

        async def work() -> None:
            found = await self._library.metadata(item.id)
            saved = await self._saved_there(Path(item.path).stem, found.workflow)
            graph = _pasted(found)
            if graph is not None:
                await copy_workflow(graph)
            QDesktopServices.openUrl(QUrl(state.url))
            paste = f"Press {keys.words('paste')} there to paste the workflow."
            words = paste if graph else "Drop the file on it."
            if saved:
                words = f"Among its workflows it is {saved}."
            self._studio.notify(f"ComfyUI opens in your browser. {words}")

        self._studio.actions.start(work())

    async def _saved_there(self, name: str, workflow: dict[str, Any] | None) -> str:
        """Its path there; "" where the server does not take it, or the editor would not."""
        if not workflow:
            return ""
        try:
            return await self._studio.services.templates.save_workflow(name, workflow)
        except EngineError:
            return ""

    def show_in_folder(self, item: MediaItem) -> None:
        self._studio.show_in_folder(Path(item.path))

    # back to the tools

    def reuse(self, item_id: int) -> None:
        self._studio.actions.start(reuse_item(self._studio, item_id))

    def use_as_start_picture(self, item: MediaItem) -> None:
        """A picture itself; of a video its first frame."""
        if item.kind == "image":
            self._studio.start_picture_requested.emit(item.path)
        else:
            self._use_first_frame(item)

    def _use_first_frame(self, item: MediaItem) -> None:
        async def work() -> None:
            known = await self._library.thumbnail(item.id)  # what has none is not tried again
            image = await first_frame(Path(item.path)) if known else None
            if image is None:
                self._studio.notify(f"{item.name} cannot be decoded.", "warning")
            else:
                self.use_frame(image)

        self._studio.actions.start(work())

    def use_last_frame(self, item: MediaItem) -> None:
        async def work() -> None:
            inputs = self._studio.services.inputs
            kept = await asyncio.to_thread(inputs.last_frame, Path(item.path), "image")
            self._studio.start_picture_requested.emit(str(kept.path))

        self._studio.actions.start(work())

    def go_on(self, act: str, item: MediaItem) -> None:
        """On the page of the tool that goes on with it."""
        self._studio.going_on_requested.emit(GoOn(act, Path(item.path), item.kind))

    def use_frame(self, image: QImage) -> None:
        """A frame of a video as start picture; kept under the home folder."""
        self._studio.actions.start(
            keep_image(image, self._studio.services.inputs, "frame.png"),
            done=lambda taken: self._studio.start_picture_requested.emit(str(taken.path)),
        )


def _pasted(found: FileMetadata) -> dict[str, Any] | None:
    """The editor's graph if the file has it, since ComfyUI takes that by Ctrl+V; else the one that was run."""
    return found.workflow or found.graph or None
