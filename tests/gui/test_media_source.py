"""The fields of videos and sounds: what comes in, and what is shown of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from oelala_desktop.services.files.decoding import VIDEOS
from oelala_desktop.services.library.folders import SUFFIXES
from oelala_desktop.ui.widgets import dropped
from oelala_desktop.ui.widgets.media_source import MediaSource
from tests.gui.reach import button
from tests.gui.scenery import mountains
from tests.gui.test_pictures import drop, of_files

LEFT = Qt.MouseButton.LeftButton
KINDS = [dropped.VIDEO, dropped.SOUND]
FILES = {"video": "/a/ridge.mp4", "sound": "/a/voice.wav"}


def made_for(kind: dropped.Kind, qtbot: QtBot) -> MediaSource:
    source = MediaSource(kind)
    qtbot.addWidget(source)
    source.resize(376, 200)
    source.show()
    return source


def given(source: MediaSource) -> QWidget:
    """What takes drops while something is given."""
    return source.strip.parentWidget()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.word)
def test_files_come_in_empty_and_filled(qtbot: QtBot, kind: dropped.Kind) -> None:
    source = made_for(kind, qtbot)
    with qtbot.waitSignal(source.files_dropped) as heard:
        assert drop(source.zone, of_files(FILES[kind.word], "/a/notes.txt"))[1] == Qt.DropAction.CopyAction
    assert heard.args == [[Path(FILES[kind.word]), Path("/a/notes.txt")]]
    source.set_media("first", ["12.4 s"])
    assert source.has_media and given(source).isVisible() and not source.zone.isVisible()
    with qtbot.waitSignal(source.files_dropped):
        drop(given(source), of_files(FILES[kind.word]))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.word)
def test_others_are_refused_in_place(qtbot: QtBot, kind: dropped.Kind) -> None:
    source = made_for(kind, qtbot)
    heard: list[object] = []
    source.files_dropped.connect(heard.append)
    drop(source.zone, of_files("/a/a.png"))
    assert source.error == f"a.png is not a {kind.word}. {kind.formats} can be used."
    source.set_media("first", ["12.4 s"])
    assert source.error == ""
    drop(given(source), of_files("/a/a.png"))
    assert source.error.startswith("a.png is not") and source.has_media and heard == []


def test_what_is_said_to_be_read_is() -> None:
    """One table tells the folders of media which files are pictures and videos; here they are told apart."""
    media = {f".{suffix}" for suffix in SUFFIXES}
    assert set(dropped.VIDEO.suffixes) == media - set(dropped.PICTURE.suffixes)
    assert media <= {*dropped.VIDEO.suffixes, *dropped.PICTURE.suffixes}
    assert {name.upper() for name in VIDEOS} == set(dropped.VIDEO.formats.upper().split(", "))
    assert "avi" not in " ".join(dropped.VIDEO.filters)


def test_a_sound_may_be_that_of_a_video_but_a_picture_is_neither(qtbot: QtBot) -> None:
    assert dropped.looks_like(Path("a.MP4"), dropped.SOUND) and not dropped.looks_like(Path("a.gif"), dropped.SOUND)
    assert dropped.looks_like(Path("a.avi"), dropped.SOUND)  # its reader says what is wrong with it
    pixels = QMimeData()
    pixels.setImageData(mountains(64, 64))
    source = made_for(dropped.VIDEO, qtbot)
    drop(source.zone, pixels)
    assert source.error == "This is a picture. A video is needed here."


@pytest.mark.parametrize(
    ("addresses", "taken"),
    [
        (["https://e.org/watch", "https://e.org/a.mp4?x=1"], "https://e.org/a.mp4?x=1"),
        (["https://e.org/watch"], "https://e.org/watch"),
    ],
)
def test_an_address_that_names_a_video_goes_first(qtbot: QtBot, addresses: list[str], taken: str) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl(address) for address in addresses])
    source = made_for(dropped.VIDEO, qtbot)
    with qtbot.waitSignal(source.url_dropped) as heard:
        drop(source.zone, mime)
    assert heard.args == [taken]


def test_paste_into_both_states(qtbot: QtBot) -> None:
    source = made_for(dropped.VIDEO, qtbot)
    QGuiApplication.clipboard().setMimeData(of_files("/a/b.webm"))
    with qtbot.waitSignal(source.files_dropped):
        QTest.keyClick(source.zone, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    source.set_media("first", ["12.4 s"])
    with qtbot.waitSignal(source.files_dropped) as heard:
        QTest.keyClick(button(source, "Remove video"), Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert heard.args == [[Path("/a/b.webm")]]


def test_a_paste_is_the_focused_fields_and_else_the_windows(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    source = MediaSource(dropped.VIDEO, parent=window)
    heard: list[object] = []
    source.files_dropped.connect(heard.append)
    QShortcut(QKeySequence("Ctrl+V"), window).activated.connect(lambda: heard.append("window"))
    window.show()
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
    source.zone.setFocus()
    QGuiApplication.clipboard().setMimeData(of_files("/a/b.webm"))
    QTest.keyClick(source.zone, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    QGuiApplication.clipboard().setText("words alone")
    QTest.keyClick(source.zone, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert heard == [[Path("/a/b.webm")], "window"]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.word)
def test_browsing_asks_for_its_kind(qtbot: QtBot, kind: dropped.Kind) -> None:
    source = made_for(kind, qtbot)
    QTest.mouseClick(button(source, f"Browse for {kind.word}"), LEFT)
    dialog = source.findChild(QFileDialog)
    assert dialog is not None
    assert dialog.windowTitle() == f"Choose {kind.word}"
    assert dialog.nameFilters()[0].startswith(f"{kind.word.capitalize()}s (*{kind.suffixes[0]} ")
    dialog.reject()


def test_remove_make_smaller_and_my_media_are_reached_by_keys(qtbot: QtBot) -> None:
    source = made_for(dropped.VIDEO, qtbot)
    assert "Make it smaller" not in [b.accessibleName() for b in source.findChildren(QAbstractButton) if b.isVisible()]
    source.set_media("ridge.mp4", ["1280 × 720", "24 fps"], keeps_sound=True)
    source.set_error("It is larger than the server takes.")
    source.offer_smaller(True)
    for name, signal in (("Make it smaller", source.smaller_wished), ("Remove video", source.removed)):
        assert button(source, name).focusPolicy() & Qt.FocusPolicy.TabFocus
        with qtbot.waitSignal(signal):
            QTest.keyClick(button(source, name), Qt.Key.Key_Return)
    with qtbot.waitSignal(source.media_requested):
        QTest.mouseClick(source.tabs.button("media"), LEFT)
    source.set_media("")
    assert not source.has_media and source.zone.isVisible()


def test_the_part_is_handed_on(qtbot: QtBot) -> None:
    source = made_for(dropped.VIDEO, qtbot)
    source.set_media("ridge.mp4", ["24 fps"])
    source.strip.set_video(10, 24, 240)
    start = next(w for w in source.findChildren(QWidget) if w.accessibleName() == "Start of the part")
    with qtbot.waitSignals([source.range_changed, source.settled]):
        QTest.keyClick(start, Qt.Key.Key_Right)
