"""The form of any tool: values in, values out, and what it says."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from oelala_desktop.domain.field import Field, FieldKind
from oelala_desktop.domain.job import JobError, Progress
from oelala_desktop.domain.preset_file import parse_preset
from oelala_desktop.domain.tool import DEFAULT_NEGATIVE, TOOLS
from oelala_desktop.ui.form.fields import EDITORS, NumberEditor, SegmentEditor, SliderEditor, TextEditor, editor_for
from oelala_desktop.ui.form.form import ToolForm
from oelala_desktop.ui.form.summaries import lora, model, more, sampling
from oelala_desktop.ui.presets.card import PresetCard, PresetChoice
from oelala_desktop.ui.tool.output_panel import OutputPanel
from oelala_desktop.ui.tool.sizing import sizing_of
from oelala_desktop.ui.widgets.button import Button
from oelala_desktop.ui.widgets.number_box import NumberBox
from oelala_desktop.ui.widgets.stage_head import SKETCH
from tests.gui.reach import button, choose, field, has_button, press, seen, words
from tests.gui.scenery import mountains
from tests.gui.seeded import HIGH, LOW, give


@pytest.fixture
def form(qtbot: QtBot) -> ToolForm:
    made = ToolForm(TOOLS["image-to-video"])
    qtbot.addWidget(made)
    made.resize(414, 900)
    made.show()
    return made


def test_every_kind_has_an_editor(qtbot: QtBot) -> None:
    assert set(EDITORS) == set(FieldKind)
    for tool in TOOLS.values():
        for one in tool.fields:
            editor = editor_for(one)
            qtbot.addWidget(editor)
            editor.set_value(one.default)


@pytest.mark.parametrize("text", ["0.2, 0.8", '{"x": 0.2, "y": 0.8}'])
def test_a_place_that_came_as_text_is_shown_by_its_numbers(form: ToolForm, text: str) -> None:
    form.set_values({"crop": text})
    assert form.values()["crop"] == {"x": 0.2, "y": 0.8}


def test_another_picture_leaves_a_setting_of_the_presets_own_that_is_called_crop(form: ToolForm) -> None:
    form.set_fields([*form.fields.values(), Field("crop", FieldKind.TEXT, "Crop", "g", default="center")])
    form.set_values({"image": "/a.png", "crop": "left"})
    form.give("image", "/b.png")
    assert form.values() == {"image": "/b.png", "crop": "left"}


def test_numbers_get_the_editor_that_fits() -> None:
    def kind(**of: object) -> type:
        return type(editor_for(Field("k", FieldKind.INTEGER, "K", "g", **of)))  # type: ignore[arg-type]

    assert kind(minimum=1, maximum=5, step=1) is SegmentEditor
    assert kind(minimum=1, maximum=40, step=1) is NumberEditor
    assert kind(choices=("8", "16")) is SegmentEditor
    assert type(editor_for(Field("k", FieldKind.NUMBER, "K", "g", minimum=1, maximum=15, step=1))) is SliderEditor


def test_a_place_is_shown_by_its_numbers_and_stays_as_it_was_typed(qtbot: QtBot) -> None:
    editor = editor_for(Field("spot", FieldKind.POINT, "Spot", "g"))
    qtbot.addWidget(editor)
    box = editor.focusProxy()
    assert isinstance(box, QLineEdit)
    for value, text in (({"x": 0.25, "y": 1.0}, "0.25, 1"), ("0.2,", "0.2,"), (None, "")):
        editor.set_value(value)
        assert box.text() == text


def test_a_setting_of_ones_own_is_shown_as_it_is_and_can_be_set(qtbot: QtBot) -> None:
    """It says its range and no step."""
    strength = Field("strength", FieldKind.NUMBER, "Strength", "g", default=0.75, minimum=0, maximum=1)
    editor = editor_for(strength)
    qtbot.addWidget(editor)
    editor.set_value(strength.default)
    box = editor.focusProxy()
    assert isinstance(box, NumberBox) and box.text() == "0.75"
    box.stepBy(-1)
    assert box.number() == 0.65
    free = editor_for(Field("offset", FieldKind.NUMBER, "Offset", "g", default=-2.5))
    qtbot.addWidget(free)
    free.set_value(-2.5)
    heard: list[object] = []
    free.edited.connect(heard.append)
    box = free.focusProxy()
    assert isinstance(box, NumberBox) and box.text() == "-2.5"
    box.stepBy(-1)
    assert heard == [-3.5] and box.problem == ""


def test_a_text_of_ones_own_is_as_long_as_any_other(qtbot: QtBot) -> None:
    editor = editor_for(Field("words", FieldKind.TEXT, "Words", "g"))
    qtbot.addWidget(editor)
    editor.set_value("a" * 3000)
    assert isinstance(editor, TextEditor) and editor.box.problem == ""


def test_only_departures_are_values(form: ToolForm) -> None:
    assert form.values() == {}
    form.set_values({"prompt": "mist", "steps": 6, "fps": 24})
    assert form.values() == {"prompt": "mist", "fps": 24}
    assert form.effective()["steps"] == 6
    assert form.effective()["negative_prompt"] == DEFAULT_NEGATIVE
    form.set_value("fps", 16)
    assert form.values() == {"prompt": "mist"}


def test_cleared_prompt_stays_cleared(form: ToolForm) -> None:
    form.set_values({"negative_prompt": ""})
    assert form.values() == {"negative_prompt": ""}


def test_switch_step_follows_the_steps_until_it_is_set(form: ToolForm) -> None:
    form.following = {"switch_step": lambda values: int(values["steps"]) // 2}
    form.edit("steps", 10)
    assert form.effective()["switch_step"] == 5 and "switch_step" not in form.values()
    form.edit("switch_step", 3)
    form.edit("steps", 20)
    assert form.values()["switch_step"] == 3
    form.row("switch_step").reset_requested.emit("switch_step")
    assert form.effective()["switch_step"] == 10 and "switch_step" not in form.values()


def test_live_size_and_frames(form: ToolForm) -> None:
    assert seen(form, "follows the picture")
    give(form, "image", "a.jpg", 1024, 683)
    assert seen(form, "720 × 480")
    form.edit("aspect_ratio", "16:9")
    form.edit("resolution", "720p")
    assert seen(form, "1280 × 720")
    form.edit("duration", 3.0)
    assert seen(form, "3 s · 49 frames")


@pytest.mark.parametrize(("stated", "said"), [({}, ""), ({"width": 640, "height": 352, "length": 33}, "640 × 352")])
def test_a_size_left_to_the_graph_is_the_graph_s(form: ToolForm, stated: dict[str, int], said: str) -> None:
    """And where that does not say either, none is told: what a picture or a duration would come to is not made."""
    graph = {
        "1": {"class_type": "LoadImage", "inputs": {"image": "a.png"}, "_meta": {"title": "Start picture"}},
        "2": {"class_type": "Slow", "inputs": {"image": ["1", 0], **stated}, "_meta": {"title": "Slow"}},
        "3": {"class_type": "CreateVideo", "inputs": {"images": ["2", 0], "fps": 16}, "_meta": {"title": "Video"}},
        "4": {
            "class_type": "SaveVideo",
            "inputs": {"video": ["3", 0], "filename_prefix": "x"},
            "_meta": {"title": "Save video"},
        },
    }
    targets = {"image": "Start picture.image", "fps": "Video.fps", "filename": "Save video.filename_prefix"}
    table = {"name": "Own", "description": "", "fields": {key: {"into": [spot]} for key, spot in targets.items()}}
    preset = parse_preset("own", TOOLS["image-to-video"], table, graph)
    give(form, "image", "a.jpg", 1536, 1024)
    form.set_fields(tuple(preset.fields.values()))
    form.set_sizing(sizing_of(preset))
    assert form.frame_size() == tuple(stated.values() or (0, 0, 0))
    sizes = set(re.findall(r"\d+ × \d+", words(form))) - {"1536 × 1024"}  # the picture's own
    assert sizes == ({said, "1536 × 845"} if said else set())  # and the part of the picture that is seen then


def test_a_person_edits(qtbot: QtBot, form: ToolForm) -> None:
    editor = form.editor("fps")
    assert isinstance(editor, SegmentEditor)
    with qtbot.waitSignal(form.changed) as heard:
        QTest.mouseClick(editor.segmented.button("24"), Qt.MouseButton.LeftButton)
    assert heard.args == ["fps"] and form.values() == {"fps": 24}
    assert seen(form, "Changed from the default")
    press(form, "Back to the default rate")
    assert form.values() == {} and editor.segmented.value() == "16"
    assert not seen(form, "Changed from the default")


def test_errors_open_the_card_they_are_in(form: ToolForm) -> None:
    form.show_field_error("switch_step", "The switch step must be less than the 6 steps.")
    assert button(form, "Sampling").isChecked() and seen(form, "Switch step")
    assert form.row("switch_step").problem.startswith("The switch step")
    form.show_field_error("switch_step", "")
    assert form.row("switch_step").problem == ""
    form.show_field_error("image", "A picture is missing.")
    form.show_field_error("no_such_key", "ignored")


def test_values_survive_another_preset(form: ToolForm) -> None:
    form.set_values({"steps": 12, "guidance": 4.0})
    form.set_fields([field for field in form.tool.fields if field.key != "guidance"])
    assert form.values() == {"steps": 12}
    form.set_fields(form.tool.fields)
    assert form.values() == {"steps": 12, "guidance": 4.0}


def test_generate_tells_why_not(qtbot: QtBot, form: ToolForm) -> None:
    form.set_generate_reason("Choose a picture first.")
    assert not form.generate.isEnabled() and "picture first" in form.generate.toolTip()
    form.set_generate_reason("")
    with qtbot.waitSignal(form.generate_requested):
        QTest.mouseClick(form.generate, Qt.MouseButton.LeftButton)


def test_presets(qtbot: QtBot, form: ToolForm) -> None:
    lacking = PresetChoice("b", "Beta", missing=("wan.vae (models/vae)",), fixes=("get wan.vae",))
    form.set_presets((PresetChoice("a", "Alpha"), lacking), "a")
    head = button(form, "Preset")
    assert head.accessibleDescription() == "Alpha"
    head.click()
    card = form.findChild(PresetCard)
    assert isinstance(card, PresetCard)
    with qtbot.waitSignal(form.preset_chosen) as heard:
        choose(card, "Preset", "Beta")
    assert heard.args == ["b"]
    form.set_presets((lacking,), "b")
    assert "wan.vae" in words(card) and has_button(card, "Copy the commands")


def test_summaries() -> None:
    assert sampling({"steps": 6, "switch_step": 3, "cfg": 1.0, "seed": -1}) == "6 steps · 3 + 3 · CFG 1.0 · random seed"
    assert sampling({"steps": 1, "seed": 0}) == "1 step · seed fixed"
    assert sampling({"steps": 6, "seed": 0}) == "6 steps · seed fixed"
    assert model({"unet_high_noise": HIGH, "unet_low_noise": LOW}) == "wan2.2 i2v 14B Q6_K · pair"
    assert model({}) == "Preset default"
    rows = [{"high": "a", "strength": 1.5}, {"high": "b", "strength": 0.8, "enabled": False}]
    assert lora({"lora_configs": rows}) == "1 on · 1.50"
    assert more({"expert_mode_allocations": "cuda:0,8gb;cpu,*", "clip_count": 3}) == "3 clips · cuda:0 8gb · cpu *"
    assert more({"expert_mode_allocations": "", "sage_attention": True}) == "the loader splits memory · SageAttention"
    assert more({"clip_count": 1}) == ""


def test_output_states(qtbot: QtBot) -> None:
    panel = OutputPanel()
    qtbot.addWidget(panel)
    panel.resize(700, 700)
    panel.show_empty()
    panel.show()
    panel.show_running(sketch=True)
    panel.set_progress(Progress(0.31, "KSampler", "high", 2, 3, 130.0))
    panel.set_preview(mountains(72, 48))
    assert seen(panel, "Generating") and seen(panel, SKETCH)
    before = (panel.stack.geometry(), panel.buttons.geometry())
    panel.show_image(mountains(72, 48), "720 × 480", length=5.1)
    assert seen(panel, "Ready") and seen(panel, "720 × 480") and not seen(panel, SKETCH)
    verbs = [button.text() for button in panel.findChildren(Button) if button.isVisible() and button.text()]
    assert verbs == ["Cancel", "History", "Again with new seed", "Use last frame", "Save as", "Continue…"]
    panel.show_failed(JobError("Out of memory.", node="KSampler", detail="Traceback"))
    assert "Out of memory." in words(panel)
    press(panel, "Details")
    assert field(panel, "Details of the error").toPlainText() == "Traceback"
    with qtbot.waitSignal(panel.acted) as heard:
        press(panel, "Run again")
    assert heard.args == ["retry"]
    panel.show_empty()
    assert panel.empty.isVisible()
    assert (panel.stack.geometry(), panel.buttons.geometry()) == before
