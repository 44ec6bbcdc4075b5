"""Playing: the newest frame, only for somebody who looks, and without a word on the terminal."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
import threading
import zlib
from pathlib import Path

import PIL.Image
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QColor, QImage
from PySide6.QtMultimedia import QVideoFrame, QVideoSink
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from oelala_desktop.ui.gallery.viewer import Viewer
from oelala_desktop.ui.process.quiet import new_player
from oelala_desktop.ui.widgets.newest_frame import NewestFrame
from oelala_desktop.ui.widgets.video_player import VideoPlayer
from tests.gui.living import until
from tests.gui.media_rig import Gallery, gallery, picture, put, video
from tests.gui.reach import button
from tests.gui.test_pictures import make_video


def playing(qtbot: QtBot, tmp_path: Path) -> VideoPlayer:
    player = VideoPlayer()
    qtbot.addWidget(player)
    player.resize(400, 300)
    player.show()
    with qtbot.waitSignal(player.first_frame):
        player.open_file(make_video(tmp_path / "a.mp4"), fps=16, length=1.0)
    return player


def test_nothing_is_decoded_while_nobody_sees_it(qtbot: QtBot, tmp_path: Path) -> None:
    player = playing(qtbot, tmp_path)
    looking = player.findChild(NewestFrame).findChild(QTimer)
    assert player.is_playing and looking.isActive()
    for unsee, see in ((player.hide, player.show), (player.showMinimized, player.showNormal)):
        unsee()
        qtbot.waitUntil(lambda: not player.is_playing and not looking.isActive())
        see()
        qtbot.waitUntil(lambda: player.is_playing and looking.isActive())
    player.toggle()
    player.hide()
    player.show()
    assert not player.is_playing, "what was paused stays so"
    player.stop()


def test_a_hidden_page_in_a_window_is_unseen_and_so_is_a_minimised_window(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    player = VideoPlayer(parent=window)
    seen: list[bool] = []
    player.sight.changed.connect(seen.append)
    window.show()
    window.showMinimized()
    window.showNormal()
    player.hide()
    window.hide()
    assert seen == [True, False, True, False]


def test_a_video_opened_unseen_begins_when_it_is_seen(qtbot: QtBot, tmp_path: Path) -> None:
    player = VideoPlayer()
    qtbot.addWidget(player)
    player.open_file(make_video(tmp_path / "a.mp4"), fps=16, length=1.0)
    assert not player.is_playing
    with qtbot.waitSignal(player.first_frame):
        player.show()
    assert player.is_playing
    player.stop()


def test_a_busy_window_gets_the_newest_frame_alone(qtbot: QtBot) -> None:
    """Frames that came while the window did nothing do not wait for it, with all their pixels."""
    window = QWidget()
    qtbot.addWidget(window)
    newest = NewestFrame(new_player(window))
    sink = newest.findChild(QVideoSink)
    told: list[QImage] = []
    newest.came.connect(told.append)
    colours = [QColor(shade, 0, 0) for shade in (40, 80, 120, 160, 200, 240)]

    def decode() -> None:  # as a player does it: on a thread of its own
        for colour in colours:
            image = QImage(16, 16, QImage.Format.Format_RGBA8888)
            image.fill(colour)
            sink.setVideoFrame(QVideoFrame(image))

    decoder = threading.Thread(target=decode)
    decoder.start()
    decoder.join()  # the window's thread does nothing else
    assert not told
    with qtbot.waitSignal(newest.came):
        newest.expect()
    for _ in range(3):
        newest.look()
        QApplication.processEvents()
    assert [image.pixelColor(8, 8) for image in told] == colours[-1:]


def test_a_video_tells_the_terminal_nothing(tmp_path: Path) -> None:
    """FFmpeg of the player, and libpng of the pictures."""
    damaged = make_video(tmp_path / "a.mp4").read_bytes()
    (tmp_path / "a.mp4").write_bytes(damaged[: len(damaged) // 2])
    chunk = b"iCCP" + b"x\0\0" + zlib.compress(b"no profile")
    png = io.BytesIO()
    PIL.Image.new("RGB", (64, 64)).save(png, "PNG")
    whole = png.getvalue()
    odd = struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    (tmp_path / "a.png").write_bytes(whole[:33] + odd + whole[33:])
    program = f"""
import asyncio, pathlib
from oelala_desktop.ui import app
from PySide6.QtWidgets import QApplication
from oelala_desktop.ui.playing.images import _load
from oelala_desktop.ui.process.quiet import new_player
from oelala_desktop.ui.widgets.newest_frame import NewestFrame
from oelala_desktop.ui.widgets.video_player import VideoPlayer
qt = QApplication([])
assert _load(pathlib.Path({str(tmp_path / "a.png")!r}), 64)[0] is not None
player = VideoPlayer()
player.failed.connect(lambda why: qt.quit())
player.show()
player.open_file(pathlib.Path({str(tmp_path / "a.mp4")!r}))
qt.exec()
"""
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "OELALA_HOME": str(tmp_path / "home")}
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=env)
    assert ran.returncode == 0, ran.stderr
    lines = [line for line in ran.stderr.splitlines() if "propagateSizeHints" not in line]
    assert lines == []


def test_a_damaged_file_in_the_viewer_has_a_sentence_and_no_controls(qapp: QApplication, tmp_path: Path) -> None:
    def make(folder: Path) -> None:
        picture(folder, "a.png", "a pier", 0)
        whole = picture(folder, "b.png", "a pier", 60)
        put(whole, whole.read_bytes()[:-40], 60)
        lying = video(folder, "c.mp4", "a pier", 120)
        put(lying, lying.read_bytes().replace(b"avc1", b"zzzz"), 120)
        video(folder, "d.mp4", "a pier", 180)

    async def act(g: Gallery) -> None:
        g.click("d.mp4")
        g.press(Qt.Key.Key_Return)
        await until(lambda: g.shell.findChildren(Viewer), "the viewer")
        viewer = g.shell.findChildren(Viewer)[0]
        viewer.toggle_panel()
        start = button(viewer, "Use as start picture")
        for name in ("d.mp4", "c.mp4", "b.png", "a.png"):
            await until(lambda name=name: viewer.accessibleName() == name, name)
            if name in ("d.mp4", "a.png"):
                await until(lambda: not viewer.player.current_image().isNull(), "what it shows")
                assert start.isEnabled()
            else:
                sentence = f"{name} is damaged, or too large to be shown."
                await until(lambda said=sentence: viewer.player.accessibleDescription() == said, sentence)
                assert not viewer.player.controls_shown and viewer.player.current_image().isNull()
                assert not start.isEnabled()
                offers = [a for a in viewer.commands.listed() if "start picture" in a.text()]
                assert offers and not any(offer.isEnabled() for offer in offers)
            viewer.go(1)
        viewer.close()

    gallery(qapp, tmp_path / "home", act, make=make, ready=4)
