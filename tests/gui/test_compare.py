"""Two files side by side."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from oelala_desktop.domain.generation import GenerationInfo, UsedModel
from oelala_desktop.sketch.encode import H264, evenly, write_film
from oelala_desktop.ui.gallery.compare import Comparer
from oelala_desktop.ui.gallery.differences import Difference, differences
from oelala_desktop.ui.widgets.facts_pane import ShownFacts
from tests.gui.living import turned, until
from tests.gui.media_rig import PARAMS, Gallery, gallery, picture

RATE = 16


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def clip(folder: Path, name: str, frames: int, **params: object) -> None:
    """As bright as its frame's number says."""
    folder.mkdir(parents=True, exist_ok=True)
    shades = (np.full((96, 128, 3), 40 + 4 * at, np.uint8) for at in range(frames))
    tags = {"oelala_params": json.dumps(PARAMS | {"prompt": "a boat"} | params)}
    write_film(folder / name, evenly(shades, Fraction(RATE)), Fraction(RATE), tags, H264)


def make(folder: Path) -> None:
    clip(folder, "a.mp4", 40, seed="1", steps=8)
    clip(folder, "b.mp4", 24, seed="2", steps=12)
    picture(folder, "c.png", "a heron")


def facts(**values: object) -> ShownFacts:
    return ShownFacts("1", "a", "Video", GenerationInfo(**values), 3.0)  # type: ignore[arg-type]


def test_what_differs() -> None:
    left = facts(prompt="a boat", seed=1, steps=8, cfg=1.0, models=(UsedModel("x_high.gguf", "high"),))
    right = facts(prompt="a lake", seed=0, steps=8, cfg=1.0, engine="ComfyUI")
    assert differences(left, right) == [
        Difference("Prompt", "a boat", "a lake"),
        Difference("Model", "x (high)", "–"),
        Difference("Seed", "1", "0"),
        Difference("Made by", "–", "ComfyUI"),
    ]
    assert differences(left, left) == []


def shown(comparer: Comparer) -> list[str]:
    items = (comparer.table.itemAt(at) for at in range(comparer.table.count()))
    return [item.widget().text() for item in items if item is not None]  # type: ignore[union-attr]


async def compared(g: Gallery, *names: str) -> Comparer:
    items = [await g.library.by_path(g.folder / name) for name in names]
    g.page.acts.compare([item.id for item in items if item is not None])
    await until(lambda: g.shell.findChildren(Comparer), "the two")
    return g.shell.findChildren(Comparer)[0]


def brightness(image: QImage) -> int:
    return image.pixelColor(5, 5).lightness() if not image.isNull() else -1


def test_videos_play_in_step(qapp: QApplication, home: Path) -> None:
    async def act(g: Gallery) -> None:
        comparer = await compared(g, "a.mp4", "b.mp4")
        leader, follower = comparer.players
        await until(lambda: leader.frames > 3 and follower.frames > 3, "frames of both")
        await until(lambda: {"Seed", "1", "2", "Steps"} <= set(shown(comparer)), "what differs")
        assert comparer.geometry() == g.shell.rect()
        for _ in range(8):
            QTest.keyClick(QApplication.focusWidget() or comparer, Qt.Key.Key_Tab)
            focused = QApplication.focusWidget()
            assert focused is not None and comparer.isAncestorOf(focused)  # what lies under it cannot be seen
        leader.seek(0.5)
        QTest.keyClick(comparer, Qt.Key.Key_Space)
        await until(lambda: not leader.is_playing and not follower.is_playing, "both to stand")
        for _ in range(3):
            QTest.keyClick(comparer, Qt.Key.Key_Period)
            await turned()
        close = lambda: abs(brightness(leader.current_image()) - brightness(follower.current_image())) <= 14  # noqa: E731
        await until(close, "frames of the same moment")
        QTest.keyClick(comparer, Qt.Key.Key_Escape)
        await until(lambda: not g.shell.findChildren(Comparer), "its end")

    gallery(qapp, home, act, make=make, ready=3)


def test_a_picture_beside_a_video(qapp: QApplication, home: Path) -> None:
    async def act(g: Gallery) -> None:
        comparer = await compared(g, "c.png", "a.mp4")
        still, video = comparer.players
        await until(lambda: not still.current_image().isNull() and video.frames > 3, "both")
        await until(lambda: "a heron" in shown(comparer) and "a boat" in shown(comparer), "both prompts")
        comparer.close()
        await until(lambda: not g.shell.findChildren(Comparer), "its end")

    gallery(qapp, home, act, make=make, ready=3)
