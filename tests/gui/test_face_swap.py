"""Face Swap: the scene, a picture or a video, with the face at its side."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from oelala_desktop.ui.form.input_editors import SlotEditor
from oelala_desktop.ui.main_window import MainWindow
from oelala_desktop.ui.widgets.drop_target import DropTarget
from tests.gui.inputs_rig import drop, editor, named, names
from tests.gui.living import live, page_of, ready, stop_sketch, until
from tests.gui.page_presets import make_files, write_presets


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    write_presets(tmp_path / "home", "face-swap/still", "face-swap/film")
    yield tmp_path / "home"
    stop_sketch(tmp_path / "home")


def test_the_face_stays_when_the_scene_becomes_a_video(qapp: QApplication, home: Path, tmp_path: Path) -> None:
    picture, video = make_files(tmp_path / "files")

    async def scenario(window: MainWindow) -> None:
        await ready(window)
        page = page_of(window, "face-swap")
        await until(lambda: page.preset and page.preset.short_id == "still", "the first preset")
        face = editor(page, "face")
        assert isinstance(face, SlotEditor)
        scene = editor(page, "image")
        beside = face.mapTo(page.form, face.rect().topLeft())
        assert beside.x() > scene.mapTo(page.form, scene.rect().center()).x()
        drop(named(page.form, "Face", DropTarget), picture)
        await until(lambda: names(page, "face") == [picture.name], "the face")
        assert "picture or video" in page.form.generate.toolTip()  # the scene is still to be given
        drop(named(page.form, "Scene", DropTarget), video)
        await until(lambda: names(page, "video") == [video.name], "the scene")
        assert page.preset is not None and page.preset.short_id == "film"
        assert names(page, "face") == [picture.name] and isinstance(editor(page, "face"), SlotEditor)
        await until(page.form.generate.isEnabled, "all that is needed")
        window.open_files([str(picture)])  # beside every field a picture is the face, since the scene is a video
        await until(lambda: page.form.given.facts().get("face"), "the face again")
        assert page.preset.short_id == "film"

    live(qapp, home, scenario)
