"""Pictures coming in, pictures going by, results playing."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QSize, Qt, QTimer, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from oelala_desktop.domain.job import Progress
from oelala_desktop.domain.passes import WHOLE
from oelala_desktop.ui.playing.full_screen import FullScreen
from oelala_desktop.ui.style import theme
from oelala_desktop.ui.widgets import dropped
from oelala_desktop.ui.widgets.drop_zone import DropZone
from oelala_desktop.ui.widgets.picture_source import PictureSource
from oelala_desktop.ui.widgets.preview_pane import PreviewPane
from oelala_desktop.ui.widgets.progress import pass_words, short_words, time_words
from oelala_desktop.ui.widgets.stage_band import PassProgress
from oelala_desktop.ui.widgets.video_player import VideoPlayer
from tests.gui.reach import field, seen
from tests.gui.scenery import mountains

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
BOTH = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction


def of_files(*names: str) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(name) for name in names])
    return mime


def drop(widget: QWidget, mime: QMimeData) -> tuple[bool, Qt.DropAction]:
    """Drag `mime` over `widget` as a file manager does, which offers Move first, and let go."""
    enter = QDragEnterEvent(QPoint(20, 20), BOTH, mime, LEFT, NONE)
    QApplication.sendEvent(widget, enter)
    if not enter.isAccepted():
        return False, Qt.DropAction.IgnoreAction
    event = QDropEvent(QPointF(20, 20), BOTH, mime, LEFT, NONE)
    QApplication.sendEvent(widget, event)
    return event.isAccepted(), event.dropAction()


@pytest.fixture
def zone(qtbot: QtBot) -> DropZone:
    made = DropZone()
    qtbot.addWidget(made)
    made.resize(370, 128)
    made.show()
    return made


def test_several_files_are_copied_never_moved(qtbot: QtBot, zone: DropZone) -> None:
    with qtbot.waitSignal(zone.files_dropped) as heard:
        accepted, action = drop(zone, of_files("/a/one.png", "/a/two.JPG", "/a/notes.txt"))
    assert accepted and action == Qt.DropAction.CopyAction
    # all of them: whoever takes them names what is no picture
    assert heard.args == [[Path("/a/one.png"), Path("/a/two.JPG"), Path("/a/notes.txt")]]


def test_other_files_are_refused_in_place(zone: DropZone) -> None:
    heard: list[object] = []
    zone.files_dropped.connect(heard.append)
    drop(zone, of_files("/a/notes.txt"))
    assert heard == [] and zone.error.startswith("notes.txt is not a picture.")


def test_workflows_are_left_to_the_window(zone: DropZone) -> None:
    assert drop(zone, of_files("/a/graph.json"))[0] is False


def test_pixels_and_addresses_from_a_browser(qtbot: QtBot, zone: DropZone) -> None:
    image = QMimeData()
    image.setImageData(mountains(64, 64))
    with qtbot.waitSignal(zone.image_pasted) as heard:
        drop(zone, image)
    assert heard.args is not None and heard.args[0].width() == 64
    address = QMimeData()
    address.setUrls([QUrl("https://example.org/a.png")])
    with qtbot.waitSignal(zone.url_dropped) as told:
        drop(zone, address)
    assert told.args == ["https://example.org/a.png"]
    text = QMimeData()
    text.setText("just words")
    assert dropped.read(text) is None


def test_paste_and_keys(qtbot: QtBot, zone: DropZone) -> None:
    QGuiApplication.clipboard().setText("https://example.org/b.webp")
    with qtbot.waitSignal(zone.url_dropped):
        assert zone.paste()
    QGuiApplication.clipboard().setText("no address at all")
    assert not zone.paste()
    zone.set_picture(mountains(300, 200), "a.png")
    with qtbot.waitSignal(zone.removed):
        QTest.keyClick(zone, Qt.Key.Key_Delete)


def test_error_keeps_the_picture_and_a_new_picture_clears_it(zone: DropZone) -> None:
    zone.set_picture(mountains(300, 200), "a.png")
    height = zone.sizeHint().height()
    zone.set_error("This picture is damaged.")
    assert zone.has_picture and zone.sizeHint().height() > height
    zone.grab()
    zone.set_picture(mountains(300, 200), "b.png")
    assert zone.error == ""


def test_address_tab(qtbot: QtBot) -> None:
    source = PictureSource()
    qtbot.addWidget(source)
    source.show()
    QTest.mouseClick(source.tabs.button("url"), LEFT)
    line = field(source, "Picture address")
    QTest.keyClicks(line, "ftp://x")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert source.zone.error == "An address starts with http:// or https://."
    line.clear()
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert source.zone.error == "An address starts with http:// or https://."
    for typed, asked in (
        ("https://example.org/c.png", "https://example.org/c.png"),
        ("example.org/c.png", "http://example.org/c.png"),
    ):
        line.setText(typed)
        with qtbot.waitSignal(source.url_dropped) as dropped:
            QTest.keyClick(line, Qt.Key.Key_Return)
        assert dropped.args == [asked]
    with qtbot.waitSignal(source.media_requested):
        QTest.mouseClick(source.tabs.button("media"), LEFT)
    assert source.tabs.value() == "file"


def test_progress_in_words() -> None:
    high = Progress(0.31, "KSampler", "high", 2, 3, 130.0)
    assert pass_words(high) == ("High noise pass 2 of 3", "KSampler")
    assert short_words(high) == "High noise 2/3"
    assert time_words(high).replace("\u00a0", " ") == "31 % · about 2 min 10 s left"
    assert pass_words(Progress(0.9, "VAE Decode")) == ("VAE Decode", "")
    assert pass_words(Progress(0.3, "High-noise pass", "high", 2, 3)) == ("High noise pass 2 of 3", "")  # said once


def test_a_preview_stands_alone_and_its_progress_below_it(qtbot: QtBot) -> None:
    pane, face = PreviewPane(), PassProgress()
    for widget in (pane, face):
        qtbot.addWidget(widget)
    face.begin(WHOLE, "Starting")
    assert face.accessibleDescription() == "Starting"
    face.set_progress(Progress(0.5, "KSampler", "low", 1, 3, 9.0))
    pane.set_image(mountains(72, 48))
    assert "Low noise pass 1 of 3" in face.accessibleDescription()
    pane.grab()
    face.grab()


def test_player_shows_frames_of_others(qtbot: QtBot) -> None:
    player = VideoPlayer()
    qtbot.addWidget(player)
    player.show_image(mountains(72, 48), length=5.1, at=2.3)
    assert seen(player, "2.3 / 5.1 s")
    assert isinstance(player.current_image(), QImage) and player.current_image().width() == 72
    player.resize(500, 300)
    player.show()
    player.grab()


def make_video(path: Path, frames: int = 16) -> Path:
    """A small H.264 clip at 16 frames a second."""
    av = pytest.importorskip("av")
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=16)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        for number in range(frames):
            image = mountains(96, 64, number).convertToFormat(QImage.Format.Format_RGB888)
            frame = av.VideoFrame(96, 64, "rgb24")
            frame.planes[0].update(bytes(image.constBits())[: frame.planes[0].buffer_size])
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def test_player_plays_in_a_loop_and_steps(qtbot: QtBot, tmp_path: Path) -> None:
    player = VideoPlayer()
    qtbot.addWidget(player)
    player.resize(400, 300)
    player.show()
    with qtbot.waitSignal(player.first_frame):
        player.open_file(make_video(tmp_path / "a.mp4"), fps=16, length=1.0)
    qtbot.waitUntil(lambda: player.frames > 24)  # more than the clip has: it began again
    assert player.current_image().width() == 96
    QTest.keyClick(player, Qt.Key.Key_Space)
    assert not player.is_playing
    player.seek(0.25)
    seen: list[float] = []
    player.position_changed.connect(seen.append)
    player.step(2)
    qtbot.waitUntil(lambda: bool(seen) and abs(seen[-1] - 0.375) < 0.07)
    player.stop()


def test_player_says_when_it_cannot_play(qtbot: QtBot, tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no video at all" * 100)
    player = VideoPlayer()
    qtbot.addWidget(player)
    player.show()
    with qtbot.waitSignal(player.failed):
        player.open_file(broken)
    player.grab()
    player.stop()


def test_player_treats_an_end_without_frames_as_failure(qtbot: QtBot, tmp_path: Path) -> None:
    from PySide6.QtMultimedia import QMediaPlayer

    player = VideoPlayer()
    qtbot.addWidget(player)
    player.open_file(make_video(tmp_path / "a.mp4"))  # unseen, so that nothing is decoded
    with qtbot.waitSignal(player.failed) as heard:
        player.findChild(QMediaPlayer).mediaStatusChanged.emit(QMediaPlayer.MediaStatus.EndOfMedia)
    assert heard.args == ["The video ended without a single frame."]


def _two_halves(width: int, height: int) -> QImage:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    for y in range(height):
        for x in range(width // 2):
            image.setPixelColor(x, y, QColor("blue"))
    return image


def test_a_tiny_picture_stays_small_and_crisp(qtbot: QtBot) -> None:
    player = VideoPlayer(framed=False)
    qtbot.addWidget(player)
    player.resize(800, 600)
    player.show_still(_two_halves(40, 40))
    shown = player.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    tones = [QColor(shown.pixel(x, 300)).name() for x in range(800)]
    assert tones.count("#0000ff") == 80 and tones.count("#ff0000") == 80  # four times, nothing blended
    player.show_still(_two_halves(40, 40), QSize(4000, 4000))  # stands for a large one: it fills the stage
    shown = player.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    assert QColor(shown.pixel(400 - 290, 300)).name() == "#0000ff"


def test_full_screen_is_black_to_its_corners_and_hides_its_controls(qtbot: QtBot, tmp_path: Path) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    full = FullScreen(tmp_path / "nothing.mp4", fps=16, length=5.1, parent=window)
    player = full.player
    assert player.controls_shown
    shown = full.grab().toImage()
    corners = [(0, 0), (shown.width() - 1, 0), (0, shown.height() - 1), (shown.width() - 1, shown.height() - 1)]
    assert {QColor(shown.pixel(*corner)).name() for corner in corners} == {theme.tokens().stage}
    (still,) = (timer for timer in player.findChildren(QTimer) if timer.interval() == 2000)
    still.timeout.emit()
    assert not player.controls_shown and player.cursor().shape() is Qt.CursorShape.BlankCursor
    QTest.mouseMove(player, QPoint(30, 30))
    QTest.mouseMove(player, QPoint(60, 60))
    qtbot.waitUntil(lambda: player.controls_shown)
    assert player.cursor().shape() is not Qt.CursorShape.BlankCursor
    full.close()
