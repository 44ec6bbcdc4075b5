"""Results whose files were deleted behind the window's back."""

from __future__ import annotations

from pathlib import Path

from PIL import Image
from PySide6.QtWidgets import QApplication

from oelala_desktop.domain.job import JobState, Output
from oelala_desktop.ui.main_window import MainWindow
from oelala_desktop.ui.playing.on_disk import GONE
from tests.gui.living import live, page_of, ready, stop_sketch, until
from tests.gui.media_rig import NO_ENGINE
from tests.gui.reach import button, press
from tests.gui.seeded_queue import make_job


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
        output = page.output
        await until(lambda: job.id in page.queue.jobs.ids, "the strip of recent results")
        await until(lambda: button(output, "Save as").isEnabled(), "it on the stage")
        while await library.by_path(path) is None:
            await window.studio.thumbnail_of(path)
        path.unlink()
        library.rescan()
        await until(lambda: job.id not in page.queue.jobs.ids, "the strip to drop it")
        await until(lambda: not button(output, "Save as").isEnabled(), "the buttons to know")
        assert GONE in button(output, "Save as").toolTip()
        assert output.player is not None and output.player.current_image().isNull()
        assert output.player.accessibleDescription() == GONE
        assert window.studio.queue.book.is_gone(job.id)

    live(qapp, tmp_path / "home", scenario)
    stop_sketch(tmp_path / "home")


def test_a_result_that_cannot_be_read_says_so(qapp: QApplication, tmp_path: Path) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")

    async def scenario(window: MainWindow) -> None:
        page = page_of(window)
        page.queue.look_at(make_job("1", JobState.DONE, outputs=(Output(str(broken), "image", 64, 48, None, None),)))
        await until(lambda: page.output.head.title == "Ready", "the stage to know how it stands")
        player = page.output.player
        assert player is not None and "broken.png" in player.accessibleDescription()

    live(qapp, tmp_path / "home", scenario, engine=NO_ENGINE)


def test_history_shows_results_and_not_the_queue(qapp: QApplication, tmp_path: Path) -> None:
    async def scenario(window: MainWindow) -> None:
        press(page_of(window).output, "History")
        assert window.shell.page_id == "media-videos"
        page_of(window, "text-to-image").output.acted.emit("history")
        assert window.shell.page_id == "media-images"

    live(qapp, tmp_path, scenario, engine=NO_ENGINE)
