"""Results whose files were deleted behind the window's back."""

from __future__ import annotations

from pathlib import Path

from PIL import Image
from PySide6.QtWidgets import QApplication

from oelala_desktop.domain.job import JobState
from oelala_desktop.ui.main_window import MainWindow
from oelala_desktop.ui.on_disk import GONE
from tests.gui.living import live, page_of, ready, stop_sketch, until
from tests.gui.reach import button, find, press


def test_a_deleted_result_is_nowhere_offered(qapp: QApplication, tmp_path: Path) -> None:
    picture = tmp_path / "boat.png"
    Image.linear_gradient("L").resize((480, 320)).save(picture)

    async def scenario(window: MainWindow) -> None:
        await ready(window)
        page, library = page_of(window), window.studio.services.library
        page.start_with(picture, {"duration": 1.0, "fps": 8, "resolution": "480p"})
        await until(lambda: page.stage.job and page.stage.job.state is JobState.DONE, "the result")
        job = page.stage.job
        assert job is not None
        path = Path(job.outputs[-1].path)
        recent, output = page.page.recent, page.output
        await until(lambda: recent.accessibleDescription() == path.name, "the strip of recent results")
        assert button(output, "Save as").isEnabled()
        while await library.by_path(path) is None:
            await window.studio.thumbnail_of(path)
        path.unlink()
        library.rescan()
        await until(lambda: recent.accessibleDescription() == "none yet", "the strip to drop it")
        await until(lambda: not button(output, "Save as").isEnabled(), "the buttons to know")
        assert button(output, "Show in folder").accessibleDescription() == GONE
        assert output.player is not None and output.player.current_image().isNull()
        assert output.player.accessibleDescription() == GONE
        window.shell.open_panel("queue")
        row = find(window.shell, "Queue").content.row(job.id)
        await until(lambda: not button(row, "Open the result").isEnabled(), "the queue's row to know")

    live(qapp, tmp_path / "home", scenario)
    stop_sketch(tmp_path / "home")


def test_history_shows_results_and_not_the_queue(qapp: QApplication, tmp_path: Path) -> None:
    async def scenario(window: MainWindow) -> None:
        press(page_of(window).output, "History")
        assert window.shell.page_id == "media-videos"
        page_of(window, "text-to-image").output.acted.emit("history")
        assert window.shell.page_id == "media-images"

    live(qapp, tmp_path, scenario, engine="http://127.0.0.1:9")
