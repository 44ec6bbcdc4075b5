"""What values a field can show, what a preset keeps of a wish, and what a result tells of its size."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from oelala_desktop.comfy.answers import ServerFacts
from oelala_desktop.domain.errors import InvalidField
from oelala_desktop.domain.field import Field, FieldKind
from oelala_desktop.domain.graph import add_node
from oelala_desktop.domain.job import Output
from oelala_desktop.domain.measuring import with_duration
from oelala_desktop.domain.reuse import not_kept_note

from .made_presets import made
from .samples import shipped, some_job


@pytest.mark.parametrize(
    ("kind", "value", "holds"),
    [
        (FieldKind.INTEGER, 10**6, True),
        (FieldKind.INTEGER, "many", False),
        (FieldKind.TEXT, "mist", True),
        (FieldKind.TEXT, None, False),
        (FieldKind.PICTURE, None, True),
        (FieldKind.LORAS, [{"high": None, "strength": 0.5}], True),
        (FieldKind.LORAS, [{"high": 4}], False),
        (FieldKind.LORAS, [{"enabled": "yes"}], False),
        (FieldKind.LORAS, ["mist"], False),
        (FieldKind.PICTURES, None, True),
        (FieldKind.PICTURES, ["a.png", "b.png"], True),
        (FieldKind.PICTURES, ("a.png",), True),
        (FieldKind.PICTURES, "a.png", False),
        (FieldKind.PICTURES, ["a.png", 3], False),
        (FieldKind.VIDEO, None, True),
        (FieldKind.MASK, 3, False),
        (FieldKind.LINE, None, False),
        (FieldKind.MODEL, None, True),
        (FieldKind.SWITCH, "on", True),
        (FieldKind.SEED, -2, False),
    ],
)
def test_what_an_editor_can_show(kind: FieldKind, value: Any, holds: bool) -> None:
    assert Field("x", kind, "X", "sampling", minimum=0, maximum=9).holds(value) is holds


@pytest.mark.parametrize(("version", "by_id"), [("0.3.56", False), ("0.3.57", True), ("0.4.0", True)])
def test_which_server_interrupts_by_id(version: str, by_id: bool) -> None:
    assert ServerFacts(version, "", ()).interrupts_by_id is by_id


def test_a_free_number_for_a_node() -> None:
    graph: Any = {"9" * 15: {}, "1" + "0" * 15: {}, "9" * 9: {}, "1" + "0" * 9: {}}
    taken = set(graph)
    assert add_node(graph, "Save", "Save", {}) not in taken


def test_a_result_tells_what_of_its_size_was_not_known() -> None:
    job = replace(some_job(), width=0, height=48, num_frames=0, fps=0)
    made = Output("/a.mp4", "video", 64, 99, 9, 8.2, "")
    assert job.size_of((made,)) == {"width": 64, "num_frames": 9, "fps": 8.2}
    assert job.size_of(()) == {}
    assert job.size_of((Output("/a.bin", "file", None, None, None, None, ""),)) == {}


def test_frames_as_a_duration() -> None:
    preset = shipped("image-to-video.sketch")
    assert with_duration(preset, {"duration": 3}) == {"duration": 3}
    assert with_duration(preset, {"num_frames": 33, "fps": 16, "steps": 4}) == {"fps": 16, "steps": 4, "duration": 2}
    assert with_duration(preset, {"num_frames": 33, "fps": 16, "duration": 2}) == {"fps": 16, "duration": 2}
    with pytest.raises(InvalidField, match="can be set here"):
        with_duration(preset, {"num_frames": 4001, "fps": 1})


def test_what_was_not_taken_is_said() -> None:
    preset = shipped("image-to-video.sketch")
    assert not_kept_note(preset, {"prompt": "mist"}) == ""
    assert not_kept_note(preset, {"steps": 7}) == "Sketch has no setting for Steps; it was not taken."
    assert not_kept_note(preset, {"steps": 7, "cfg": 9.5}).endswith("Steps and CFG; they were not taken.")


def test_what_comes_with_an_input_or_with_the_preset_is_not_told_as_lost() -> None:
    part = {"video_start": 2.5, "video_length": 4.0, "sound_start": 1.0, "seed": 7}
    assert not_kept_note(made("image-to-video.h3"), {**part, "fps": 24}) == ""
    assert "Rate" in not_kept_note(made("image-to-video.h3"), {"fps": 30})
    assert not_kept_note(made("video-to-video.given"), {"video_start": 2.5, "fps": 30}) == ""
    assert "Start of the sound" in not_kept_note(made("video-to-video.given"), {"sound_start": 1.0})
