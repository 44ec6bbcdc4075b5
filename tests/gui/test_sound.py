"""Results are heard: with a waveform, mute and volume, where somebody sees them, and harmlessly without a device."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtMultimedia import QMediaDevices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QSlider, QWidget
from pytestqt.qtbot import QtBot

from oelala_desktop.domain.job import JobState, Output
from oelala_desktop.ui.gallery import cell, row
from oelala_desktop.ui.gallery.items import GridItem
from oelala_desktop.ui.gallery.viewer import Viewer
from oelala_desktop.ui.main_window import MainWindow
from oelala_desktop.ui.playing.full_screen import FullScreen
from oelala_desktop.ui.style import theme
from oelala_desktop.ui.tool.settings_file import copy_file
from oelala_desktop.ui.widgets.loudness import Loudness
from oelala_desktop.ui.widgets.segmented import SegmentButton
from oelala_desktop.ui.widgets.speaker import speaker
from oelala_desktop.ui.widgets.video_player import VideoPlayer
from oelala_desktop.ui.widgets.waveform import Waveform, paint_peaks
from tests.gui.living import live, page_of, until
from tests.gui.media_rig import NO_ENGINE, Gallery, gallery, put
from tests.gui.reach import every
from tests.gui.seeded import make_job
from tests.metadata import files


def loud(path: Path) -> Path:
    path.write_bytes(files.video("mp4", tone=440))
    return path


def shown(qtbot: QtBot, loudness: Loudness | None = None) -> VideoPlayer:
    player = VideoPlayer(loudness=loudness)
    qtbot.addWidget(player)
    player.resize(500, 300)
    player.show()
    return player


def test_a_video_with_sound_has_its_waveform_and_its_volume(qtbot: QtBot, tmp_path: Path) -> None:
    player = shown(qtbot)
    with qtbot.waitSignals([player.sound_found, player.first_frame]):
        player.open_file(loud(tmp_path / "a.mp4"), fps=16, length=0.56)
    assert every(player, "Position in the sound") and every(player, "Volume")
    assert not every(player, "Position in the video")
    with qtbot.waitSignals([player.first_frame]):
        (tmp_path / "b.mp4").write_bytes(files.video("mp4"))
        player.open_file(tmp_path / "b.mp4", fps=16, length=0.56)
    assert not every(player, "Position in the sound") and not every(player, "Volume")
    assert every(player, "Position in the video")
    player.stop()


def test_the_same_file_opened_again_has_its_sound_again(qtbot: QtBot, tmp_path: Path) -> None:
    player = shown(qtbot)
    for _ in range(2):
        with qtbot.waitSignals([player.sound_found, player.first_frame]):
            player.open_file(loud(tmp_path / "a.mp4"), fps=16, length=0.56)
        assert every(player, "Volume")
    player.stop()


def test_without_a_device_it_plays_on_in_silence(qtbot: QtBot, tmp_path: Path) -> None:
    player = shown(qtbot)
    if QMediaDevices.defaultAudioOutput().isNull():
        with qtbot.waitSignals([speaker().answered, player.first_frame]):
            player.open_file(loud(tmp_path / "a.mp4"), fps=16, length=0.56)
        assert player.voice is not None and player.voice.output is None
    else:
        player.open_file(loud(tmp_path / "a.mp4"), fps=16, length=0.56)
        qtbot.waitUntil(lambda: player.voice is not None and player.voice.output is not None)
        assert player.voice is not None and player.voice.output is not None
        assert player.voice.output.volume() == pytest.approx(player.loudness.gain)
        player.loudness.set_muted(True)
        assert player.voice.output.volume() == 0
    qtbot.waitUntil(lambda: player.frames > files.FRAMES + 4)  # it began again
    player.stop()


def test_no_sound_system_is_asked_for_what_is_silent_or_muted(qtbot: QtBot, tmp_path: Path) -> None:
    asked: list[bool] = []
    speaker().answered.connect(asked.append)
    (tmp_path / "silent.mp4").write_bytes(files.video("mp4"))
    player = shown(qtbot, Loudness(80, muted=True))
    for path in (tmp_path / "silent.mp4", loud(tmp_path / "a.mp4")):
        with qtbot.waitSignal(player.first_frame):
            player.open_file(path, fps=16, length=0.56)
    assert not asked and not any(thread.name == "speaker" for thread in threading.enumerate())
    with qtbot.waitSignal(speaker().answered):
        QTest.keyClick(player, Qt.Key.Key_M)
    player.stop()


def test_a_sound_alone_is_played_and_its_end_is_no_failure(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "a.flac"
    path.write_bytes(files.sound(seconds=0.4))
    player = shown(qtbot)
    failures: list[str] = []
    player.failed.connect(failures.append)
    positions: list[float] = []
    player.position_changed.connect(positions.append)
    with qtbot.waitSignal(player.sound_found):
        player.open_file(path)
    assert player.accessibleName() == "Sound"
    (wave,) = every(player, "Position in the sound")
    assert wave.height() > 100
    assert not every(player, "Next frame")
    qtbot.waitUntil(lambda: any(b < a for a, b in itertools.pairwise(positions)))
    assert player.is_playing and not failures, "it began again"
    QTest.keyClick(player, Qt.Key.Key_Space)
    assert not player.is_playing
    player.open_file(loud(tmp_path / "a.mp4"), fps=16, length=0.56)
    qtbot.waitUntil(lambda: player.accessibleName() == "Video" and wave.height() < 40)
    player.stop()


def test_nothing_is_drawn_of_a_sound_that_nobody_sees(qtbot: QtBot, tmp_path: Path) -> None:
    player = VideoPlayer()
    qtbot.addWidget(player)
    told: list[Path] = []
    player.sound_found.connect(told.append)
    player.open_file(loud(tmp_path / "a.mp4"), fps=16, length=0.56)
    qtbot.waitUntil(lambda: player.has_sound)
    assert not told and not player.is_playing
    player.show()
    assert told == [tmp_path / "a.mp4"]
    player.stop()


def test_all_players_are_as_loud_as_each_other(qtbot: QtBot, tmp_path: Path) -> None:
    loudness = Loudness(80)
    players = [shown(qtbot, loudness) for _ in range(2)]
    for player in players:
        with qtbot.waitSignal(player.sound_found):
            player.open_file(loud(tmp_path / "a.mp4"), fps=16, length=0.56)
    first, second = players
    QTest.keyClick(first, Qt.Key.Key_M)
    assert loudness.muted and loudness.volume == 80 and loudness.gain == 0
    (mute,) = every(second, "Unmute (M)")
    (slider,) = every(second, "Volume")
    assert isinstance(mute, QAbstractButton) and isinstance(slider, QSlider)
    assert slider.value() == 0 and slider.accessibleDescription() == "muted"
    mute.click()
    assert not loudness.muted and every(first, "Mute (M)") and slider.value() == 80
    QTest.keyClick(slider, Qt.Key.Key_Left)
    assert loudness.volume == 75 and slider.accessibleDescription() == "75 %"
    for player in players:
        player.stop()


def test_turning_it_up_ends_the_muting() -> None:
    loudness = Loudness(50, muted=True)
    told: list[float] = []
    loudness.changed.connect(lambda: told.append(loudness.gain))
    loudness.set_volume(50)
    assert loudness.muted and not told
    loudness.set_volume(100)
    assert told == [1.0] and not loudness.muted
    loudness.set_volume(0)
    assert loudness.gain == 0


def test_full_screen_lets_nothing_sound_twice(qtbot: QtBot, tmp_path: Path) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    player = shown(qtbot, Loudness(30))
    with qtbot.waitSignals([player.first_frame, player.sound_found]):
        player.open_file(loud(tmp_path / "a.mp4"), fps=16, length=0.56)
    player.set_peaks([0.1, 0.9, 0.4])
    full = FullScreen(tmp_path / "a.mp4", fps=16, length=0.56, parent=window, beside=player)
    assert not player.is_playing and full.player.peaks == player.peaks and full.player.has_sound
    QTest.keyClick(full.player, Qt.Key.Key_M)
    assert player.loudness.muted
    full.close()
    assert player.is_playing
    player.stop()


def test_the_waveform_shows_what_was_played_and_seeks(qtbot: QtBot) -> None:
    wave = Waveform()
    qtbot.addWidget(wave)
    wave.resize(400, 28)
    wave.show()
    wave.set_peaks([1.0] * 50)
    wave.set_position(0.5)
    image = wave.grab().toImage()
    tones = [QColor(image.pixel(x, 14)).name() for x in range(400)]
    accent, ground = theme.tokens().accent, theme.tokens().root
    assert tones[:190].count(accent) > 60 and accent not in tones[210:]
    (ahead,) = {tone for tone in tones[210:] if tones.count(tone) > 60} - {ground}
    assert ahead not in tones[:190]
    with qtbot.waitSignal(wave.sought) as heard:
        QTest.mouseClick(wave, Qt.MouseButton.LeftButton, pos=QPoint(100, 10))
    assert heard.args == [0.25] and wave.position == 0.25
    with qtbot.waitSignal(wave.sought) as heard:
        QTest.keyClick(wave, Qt.Key.Key_Right)
    assert heard.args == [pytest.approx(0.3)]


@pytest.mark.parametrize("peaks", [[], [0.5], [0.0] * 3, [2.0] * 1000])
@pytest.mark.parametrize("width", [0, 1, 3, 200])
def test_any_peaks_are_painted_into_any_room(qtbot: QtBot, peaks: list[float], width: int) -> None:
    image = QImage(240, 40, QImage.Format.Format_RGB32)
    image.fill(QColor("black"))
    painter = QPainter(image)
    paint_peaks(painter, image.rect().adjusted(20, 10, width - 220, -10), peaks, "#ffffff")
    painter.end()
    lit = {(x, y) for x in range(240) for y in range(40) if QColor(image.pixel(x, y)).name() != "#000000"}
    assert all(20 <= x < 20 + width and 10 <= y < 30 for x, y in lit)
    assert bool(lit) is (bool(peaks) and width > 1)


def test_save_as_keeps_the_sound(tmp_path: Path) -> None:
    asyncio.run(copy_file(loud(tmp_path / "a.mp4"), tmp_path / "b.mp4"))
    assert files.sound_packets(tmp_path / "b.mp4") == files.sound_packets(tmp_path / "a.mp4") != []


def test_cells_and_rows_mark_what_has_sound(qtbot: QtBot) -> None:
    silent, sounding = (GridItem("1", "a.mp4", badge="5.1 s", has_sound=sound) for sound in (False, True))
    quiet, marked = (cell.render(item, None, 200, 120, 1.0).toImage() for item in (silent, sounding))
    differing = {(x, y) for x in range(200) for y in range(120) if quiet.pixel(x, y) != marked.pixel(x, y)}
    assert differing and all(110 < x < 165 and y > 90 for x, y in differing), "beside the length, at the foot"
    rows = []
    for item in (silent, sounding):
        image = QImage(900, 56, QImage.Format.Format_RGB32)
        image.fill(QColor(theme.tokens().root))
        painter = QPainter(image)
        row.paint(painter, image.rect().toRectF(), item, None, hovered=False, chosen=False)
        painter.end()
        rows.append(image)
    assert rows[0] != rows[1]


def test_volume_and_muting_are_remembered(qapp: QApplication, tmp_path: Path) -> None:
    async def turn_down(window: MainWindow) -> None:
        loudness = window.studio.loudness
        assert (loudness.volume, loudness.muted) == (80, False)
        loudness.set_volume(35)
        loudness.set_muted(True)

    async def look(window: MainWindow) -> None:
        assert (window.studio.loudness.volume, window.studio.loudness.muted) == (35, True)

    for scenario in (turn_down, look):
        live(qapp, tmp_path, scenario, engine=NO_ENGINE)


def test_a_result_that_is_sound_and_one_with_a_sound_beside_it(qapp: QApplication, tmp_path: Path) -> None:
    film, song = loud(tmp_path / "film.mp4"), tmp_path / "song.flac"
    song.write_bytes(files.sound())
    seen = Output(str(film), "video", 64, 48, 9, 16.0)
    heard = Output(str(song), "audio", None, None, None, None)

    async def scenario(window: MainWindow) -> None:
        page = page_of(window)
        output = page.output

        def choices() -> list[str]:
            return [b.text() for b in output.findChildren(SegmentButton) if b.isVisible()]

        page.stage.follow(make_job("1", JobState.DONE, outputs=(heard,)))
        await until(lambda: output.player and output.player.accessibleName() == "Sound", "the sound")
        assert output.player is not None and output.player.is_playing
        assert output.player.path == song and not choices()
        page.stage.follow(make_job("2", JobState.DONE, outputs=(heard, seen)))
        await until(lambda: choices() == ["Video", "Sound"], "the choice")
        await until(lambda: output.player and output.player.path == film, "the video")
        assert page.stage.output == seen
        sound = next(b for b in output.findChildren(SegmentButton) if b.text() == "Sound")
        sound.click()
        await until(lambda: output.player and output.player.path == song, "the sound beside it")
        assert page.stage.output == heard and sound.isVisible() and sound.isChecked()
        page.stage.follow(make_job("3", JobState.DONE, outputs=(seen,)))
        await until(lambda: not choices() and output.player and output.player.path == film, "the video alone")

    live(qapp, tmp_path / "home", scenario, engine=NO_ENGINE)


def test_the_viewer_mutes_and_plays_the_sound_that_came_beside_a_file(qapp: QApplication, tmp_path: Path) -> None:
    song = tmp_path / "song.flac"
    song.write_bytes(files.sound())

    def make(folder: Path) -> None:
        put(folder / "a.mp4", files.video("mp4", tone=440), 60)
        put(folder / "b.mp4", files.video("mp4", {"oelala_params": json.dumps({"job_id": "j1"})}), 0)

    async def act(g: Gallery) -> None:
        made = Output(str(g.folder / "b.mp4"), "video", 64, 48, 9, 16.0)
        beside = Output(str(song), "audio", None, None, None, None)
        await g.window.studio.services.store.save(make_job("j1", JobState.DONE, outputs=(made, beside)))
        assert [g.feed.provider.media(g.key(name)).has_sound for name in ("a.mp4", "b.mp4")] == [True, False]
        g.click("a.mp4")
        g.press(Qt.Key.Key_Return)
        await until(lambda: g.shell.findChildren(Viewer), "the viewer")
        viewer = g.shell.findChildren(Viewer)[0]
        await until(lambda: viewer.player.has_sound and viewer.player.frames, "its sound")
        assert "with sound" in viewer.accessibleDescription()
        QTest.keyClick(viewer, Qt.Key.Key_M)
        assert g.window.studio.loudness.muted
        assert not every(viewer, "Sound beside it (S)")
        QTest.keyClick(viewer, Qt.Key.Key_S)
        assert viewer.player.path == g.folder / "a.mp4"
        viewer.go(1)
        await until(lambda: viewer.player.path == g.folder / "b.mp4" and viewer.player.frames, "the silent one")
        QTest.keyClick(viewer, Qt.Key.Key_M)
        assert g.window.studio.loudness.muted, "there is nothing to mute"
        await until(lambda: every(viewer, "Sound beside it (S)"), "the sound beside it")
        (button,) = every(viewer, "Sound beside it (S)")
        QTest.keyClick(viewer, Qt.Key.Key_S)
        await until(lambda: viewer.player.path == song and viewer.player.has_sound, "the sound")
        assert isinstance(button, QAbstractButton) and button.isChecked()
        QTest.keyClick(viewer, Qt.Key.Key_S)
        await until(lambda: viewer.player.path == g.folder / "b.mp4", "the video again")
        viewer.close()

    gallery(qapp, tmp_path / "home", act, make=make, ready=2)


def test_a_machine_without_a_sound_system_is_told_nothing(tmp_path: Path) -> None:
    """Neither by Qt nor by what it loads for the sound."""
    program = f"""
import pathlib
from oelala_desktop.ui import app
from PySide6.QtWidgets import QApplication
from oelala_desktop.ui.widgets.speaker import speaker
from oelala_desktop.ui.widgets.video_player import VideoPlayer
qt = QApplication([])
player = VideoPlayer()
speaker().answered.connect(lambda there: player.first_frame.connect(qt.quit) if not player.frames else qt.quit())
player.show()
player.open_file(pathlib.Path({str(loud(tmp_path / "a.mp4"))!r}))
qt.exec()
assert player.voice.output is None
player.stop()
"""
    nowhere = {"PULSE_SERVER": "unix:/nowhere", "PIPEWIRE_REMOTE": "/nowhere"}
    env = {**os.environ, **nowhere, "QT_QPA_PLATFORM": "offscreen", "OELALA_HOME": str(tmp_path / "home")}
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=env)
    assert ran.returncode == 0, ran.stderr
    offscreen = ("propagateSizeHints", "No RHI backend")
    assert [line for line in ran.stderr.splitlines() if not any(word in line for word in offscreen)] == []
