"""Which nodes of a graph save, and under which names."""

from __future__ import annotations

import pytest

from oelala_desktop.domain.engine import ServerFile
from oelala_desktop.domain.savers import savers_of, saves_pictures

PREFIX = "oelala/j1"


@pytest.mark.parametrize(
    ("saver", "inputs", "name"),
    [
        ("SaveVideo", {}, "j1_00001_.mp4"),
        ("SaveImage", {}, "j1_00001_.png"),
        ("VHS_VideoCombine", {"format": "video/h264-mp4"}, "j1_00001.mp4"),
        ("VHS_VideoCombine", {"format": "video/vp9-webm"}, "j1_00001.webm"),
        ("VHS_VideoCombine", {"format": "image/gif"}, "j1_00001.gif"),
        ("VHS_VideoCombine", {"format": "image/webp"}, "j1_00001.webp"),
        ("VHS_VideoCombine", {"format": "video/webm"}, "j1_00001.webm"),
        ("VHS_VideoCombine", {"format": "video/ProRes"}, "j1_00001.mov"),
        ("VHS_VideoCombine", {}, "j1_00001.mp4"),
        ("SaveWEBM", {}, "j1_00001_.webm"),
        ("SaveAnimatedWEBP", {}, "j1_00001_.webp"),
        ("SaveAnimatedPNG", {}, "j1_00001_.png"),
        ("SaveAudio", {}, "j1_00001_.flac"),
        ("SaveAudioMP3", {}, "j1_00001_.mp3"),
        ("SaveAudioOpus", {}, "j1_00001_.opus"),
        ("SaveLatent", {}, "j1_00001_.latent"),
    ],
)
def test_where_a_result_would_lie(saver: str, inputs: dict[str, str], name: str) -> None:
    graph = {
        "4": {"class_type": saver, "inputs": {"filename_prefix": PREFIX, **inputs}},
        "5": {"class_type": "SaveImage", "inputs": {"filename_prefix": "elsewhere"}},
        "6": {"class_type": "Other"},
    }
    (found,) = savers_of(graph, PREFIX)
    assert found.file() == ServerFile(name, "oelala", "output", "4")
    assert found.file(12).filename == name.replace("00001", "00012")
    assert found.saves_many is (saver == "SaveImage"), "of pictures each has a file, of all else there is one"


def test_an_unknown_saver_is_not_guessed_at() -> None:
    assert savers_of({"4": {"class_type": "SaveHologram", "inputs": {"filename_prefix": PREFIX}}}, PREFIX) == ()


def test_a_sound_beside_a_video_was_not_asked_for() -> None:
    sound = {"class_type": "SaveAudio", "inputs": {"filename_prefix": PREFIX}}
    video = {"class_type": "SaveVideo", "inputs": {"filename_prefix": PREFIX}}
    assert [s.is_asked_for for s in savers_of({"1": sound, "2": video}, PREFIX)] == [True, False]
    assert [s.is_asked_for for s in savers_of({"1": sound}, PREFIX)] == [True]
    assert saves_pictures({"2": video}) and not saves_pictures({"1": sound})
