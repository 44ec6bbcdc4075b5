"""What a form says of size, frames, rate and sound: what is shown is what comes."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from oelala_desktop.domain.field import Field, FieldKind
from oelala_desktop.domain.inputs import Given
from oelala_desktop.domain.preset_file import parse_preset
from oelala_desktop.domain.tool import TOOLS
from oelala_desktop.ui.form.form import ToolForm
from oelala_desktop.ui.form.sizing import Sizing, usual_sizing
from oelala_desktop.ui.tool.sizing import sizing_of
from tests import own_preset
from tests.unit.domain.samples import shipped

FIELDS = tomllib.loads(own_preset.TABLE)["fields"]
VIDEO = {"video": (Given("v.mp4", "video", 1280, 720, 298, 24.0, 12.4, True),)}


def said(given: dict[str, Any], values: dict[str, Any], **changes: Any) -> Sizing:
    table = tomllib.loads(own_preset.TABLE) | changes
    preset = parse_preset(own_preset.NAME, TOOLS[own_preset.TOOL], table, own_preset.graph(table["rate"]))
    found = sizing_of(preset)({"duration": 5.0, **values}, given)
    return found._replace(line=found.line.replace("\u00a0", " "), caption=found.caption.replace("\u00a0", " "))


@pytest.mark.parametrize(
    ("given", "changes", "line"),
    [
        (VIDEO, {}, "1280 × 720, as the given scene · 24 fps · with sound"),
        ({}, {}, "Size as the given scene · 24 fps · with sound"),
        (
            VIDEO,
            {"rate": "video", "frames": {"step": 1, "offset": 0, "as": "video"}, "sound": False},
            "1280 × 720 · 60 frames · 24 fps, as the given scene",
        ),
        (
            VIDEO,
            {
                "rate": "video",
                "frames": {"step": 1, "offset": 0, "as": "video", "pace": "speed"},
                "fields": {**FIELDS, "speed": {"kind": "number", "minimum": 0.5, "default": 1}},
            },
            "1280 × 720 · 24 fps, as the given scene · 120 frames · with sound",
        ),
        (
            {},
            {"rate": "video", "frames": {"step": 1, "offset": 0, "as": "video"}, "sound": False},
            "Size, frames and rate as the given scene",
        ),
        (
            VIDEO,
            {
                "rate": "video",
                "frames": {"step": 1, "offset": 0, "as": "video"},
                "times": {"by": "smooth"},
                "fields": {key: row for key, row in FIELDS.items() if key != "num_frames"} | {"smooth": {"default": 2}},
            },
            "1280 × 720, as the given scene · 119 frames · 48 fps · with sound",
        ),
    ],
)
def test_what_no_control_says(given: dict[str, Any], changes: dict[str, Any], line: str) -> None:
    assert said(given, {"video_start": 1.0, "video_length": 2.5, "speed": 0.5}, **changes).line == line


def test_no_sound_is_promised_where_the_given_video_has_none() -> None:
    silent = {"video": (replace(VIDEO["video"][0], has_sound=False),)}
    for preset in ("upscaler.sketch-video", "video-to-video.sketch", "reframe.wan-vace"):
        rule = sizing_of(shipped(preset))
        for given, is_said in ((VIDEO, True), ({}, True), (silent, False)):
            assert rule({"duration": 5.0}, given).line.lower().endswith("with sound") is is_said
    assert said(silent, {}).line.endswith("with sound")  # of another input


def test_a_part_beyond_the_end_is_not_shown_as_anything() -> None:
    assert said(VIDEO, {"video_start": 99.0}).line.startswith("Size as the given scene")


def test_before_the_preset_is_known_the_size_waits_for_what_the_tool_needs() -> None:
    rule = usual_sizing(TOOLS["video-to-video"])
    values = {"aspect_ratio": "auto", "duration": 5.0, "fps": 16}
    assert rule(values, {}).caption == "follows the video"
    assert rule(values, VIDEO).caption.replace("\u00a0", " ") == "848 × 480"


def test_a_setting_of_several_nodes_says_that_each_keeps_its_own(qtbot: QtBot) -> None:
    form = ToolForm(TOOLS["text-to-image"])
    qtbot.addWidget(form)
    alike = Field(
        "strength", FieldKind.NUMBER, "Strength", "size", default=0.5, minimum=0, maximum=1, step=0.1, keeps=True
    )
    form.set_fields([alike])
    assert form.row("strength").caption.text() == ""
    form.set_fields([replace(alike, differs=True)])
    row = form.row("strength")
    assert row.caption.text() == "each node its own"
    form.edit("strength", 0.5)  # what the first has, now of all
    assert form.values() == {"strength": 0.5} and row.caption.text() == ""
    row.reset_requested.emit("strength")
    assert form.values() == {} and row.caption.text() == "each node its own"
