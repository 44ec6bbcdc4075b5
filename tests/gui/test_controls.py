"""Single controls: what they take, what they refuse, what they tell."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from oelala_desktop.ui import wording
from oelala_desktop.ui.style import motion
from oelala_desktop.ui.widgets.button import Button
from oelala_desktop.ui.widgets.choice import Choice
from oelala_desktop.ui.widgets.combo import ComboBox
from oelala_desktop.ui.widgets.fold_row import FoldRow
from oelala_desktop.ui.widgets.label import ElidedLabel, Label
from oelala_desktop.ui.widgets.lora_rows import LoraRows
from oelala_desktop.ui.widgets.model_pair import ModelPairPicker
from oelala_desktop.ui.widgets.number_box import NumberBox
from oelala_desktop.ui.widgets.seed_box import SeedBox
from oelala_desktop.ui.widgets.segmented import Segment, Segmented
from oelala_desktop.ui.widgets.slider import Slider
from oelala_desktop.ui.widgets.text_box import TextBox
from oelala_desktop.ui.widgets.toast import ToastStack
from oelala_desktop.ui.widgets.toggle import Toggle
from tests.gui.reach import choose, every, field, press, seen

HIGH, LOW = "wan2.2_i2v_high_noise_14B_Q6_K.gguf", "wan2.2_i2v_low_noise_14B_Q6_K.gguf"


def wheel(widget: QWidget) -> None:
    middle = widget.rect().center()
    event = QWheelEvent(
        middle.toPointF(),
        widget.mapToGlobal(middle).toPointF(),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


def test_button_names_itself_and_tells_why_not(qtbot: QtBot) -> None:
    button = Button("Generate", "primary", cap="Ctrl ↵")
    qtbot.addWidget(button)
    assert button.accessibleName() == "Generate"
    button.set_reason("Choose a picture <first>.")
    assert not button.isEnabled()
    assert "&lt;first&gt;" in button.toolTip()
    assert button.accessibleDescription() == "Choose a picture <first>."  # what is heard has no markup
    button.set_reason("")
    assert button.isEnabled() and button.toolTip() == "" == button.accessibleDescription()
    with qtbot.waitSignal(button.clicked):
        QTest.keyClick(button, Qt.Key.Key_Return)


def test_a_tip_leaves_a_description_of_ones_own_alone(qtbot: QtBot) -> None:
    button = Button("Generate")
    qtbot.addWidget(button)
    button.setAccessibleDescription("soon")
    button.set_hint("Makes a video")
    assert button.accessibleDescription() == "soon" and "Makes a video" in button.toolTip()


def test_ring_is_for_the_keyboard_alone(qtbot: QtBot) -> None:
    holder = QWidget()
    qtbot.addWidget(holder)
    column = QVBoxLayout(holder)
    first, second = Button("One"), Button("Two")
    column.addWidget(first)
    column.addWidget(second)
    holder.show()
    holder.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is holder)
    QTest.mouseClick(first, Qt.MouseButton.LeftButton)
    assert first.hasFocus() and not first.shows_ring
    QTest.keyClick(first, Qt.Key.Key_Tab)
    assert second.hasFocus() and second.shows_ring


def test_segmented_arrows_move_the_choice(qtbot: QtBot) -> None:
    row = Segmented([Segment("a", "A"), Segment("b", "B"), Segment("c", "C")], "Letters")
    qtbot.addWidget(row)
    row.set_value("a")
    row.show()
    row.activateWindow()
    row.button("a").setFocus()
    qtbot.waitUntil(row.button("a").hasFocus)
    with qtbot.waitSignal(row.value_changed) as heard:
        QTest.keyClick(row.button("a"), Qt.Key.Key_Right)
    assert heard.args == ["b"] and row.value() == "b"
    row.set_reason("c", "Not on this server.")
    assert not row.button("c").isEnabled()
    row.set_value("nothing")
    assert row.value() == ""


def test_slider_steps_and_wheel(qtbot: QtBot) -> None:
    slider = Slider(0, 2, 0.05, "Strength")
    qtbot.addWidget(slider)
    slider.resize(214, 20)
    slider.show()
    slider.set_number(1.5)
    assert slider.number() == 1.5
    wheel(slider)
    assert slider.number() == 1.5
    with qtbot.waitSignal(slider.number_changed) as heard:
        QTest.keyClick(slider, Qt.Key.Key_Right)
    assert heard.args == [1.55]
    QTest.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(213, 10))
    assert slider.number() == 2.0


@pytest.mark.parametrize(("low", "high", "step"), [(0, 2, 0.05), (1, 15, 1), (0.5, 3, 0.25), (0, 1, 1 / 3)])
def test_slider_stops_at_its_steps(qtbot: QtBot, low: float, high: float, step: float) -> None:
    slider = Slider(low, high, step, "Strength")
    qtbot.addWidget(slider)
    slider.resize(200, 20)
    for x in range(0, 200, 7):
        QTest.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(x, 10))
        steps = (slider.number() - low) / step
        assert low <= slider.number() <= high and abs(steps - round(steps)) < 0.001


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("41", "Steps goes from 2 to 40."), ("x", "Steps needs a number."), ("3.5", "Steps needs a whole number.")],
)
def test_number_box_explains_what_it_cannot_take(qtbot: QtBot, typed: str, sentence: str) -> None:
    box = NumberBox(2, 40, 1, "Steps")
    qtbot.addWidget(box)
    box.set_number(6)
    box.clear()
    QTest.keyClicks(box, typed)
    assert box.problem == sentence
    box.clear()
    QTest.keyClicks(box, "12")
    assert box.problem == "" and box.number() == 12


def test_number_box_steps_within_its_range(qtbot: QtBot) -> None:
    box = NumberBox(1, 10, 0.5, "CFG", decimals=1)
    qtbot.addWidget(box)
    QTest.keyClick(box, Qt.Key.Key_Up)
    assert box.number() == 1.5 and box.text() == "1.5"
    QTest.keyClick(box, Qt.Key.Key_PageDown)
    assert box.number() == 1


def test_number_box_is_stepped_with_the_pointer_and_typed_wrong_keeps_what_was_typed(qtbot: QtBot) -> None:
    box = NumberBox(2, 40, 1, "Steps")
    qtbot.addWidget(box)
    box.resize(160, 36)
    box.set_number(6)
    box.show()
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(160 - 18, 18))
    assert box.number() == 7
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(160 - 44, 18))
    assert box.number() == 6
    box.clear()
    QTest.keyClicks(box, "400")
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert box.text() == "400" and box.property("wrong") and box.number() == 40


def test_seed_keeps_the_largest_number_exact(qtbot: QtBot) -> None:
    box = SeedBox()
    qtbot.addWidget(box)
    QTest.keyClicks(box.editor, "18446744073709551615")
    assert box.seed() == 2**64 - 1
    QTest.keyClicks(box.editor, "0")
    assert box.seed() == 2**64 - 1 and box.editor.property("wrong")
    box.editor.clear()
    QTest.keyClicks(box.editor, "-1")
    assert box.seed() == -1


def test_toggle_with_the_keyboard(qtbot: QtBot) -> None:
    toggle = Toggle("Faster attention")
    qtbot.addWidget(toggle)
    QTest.keyClick(toggle, Qt.Key.Key_Space)
    assert toggle.isChecked()


def test_combo_keeps_what_the_server_lacks(qtbot: QtBot) -> None:
    combo = ComboBox("Sampler")
    qtbot.addWidget(combo)
    combo.set_choices([Choice("euler", "euler"), Choice("lcm", "lcm", why_not="Not here.")])
    combo.set_value("uni_pc")
    assert combo.is_missing and combo.value() == "uni_pc"
    assert "not on this server" in combo.accessibleDescription()
    QTest.keyClick(combo, Qt.Key.Key_Down)
    assert combo.value() == "euler"
    QTest.keyClick(combo, Qt.Key.Key_Down)
    assert combo.value() == "euler"


def test_combo_is_chosen_by_letters_and_drops_what_was_missing(qtbot: QtBot) -> None:
    combo = ComboBox("Sampler")
    qtbot.addWidget(combo)
    combo.set_choices([Choice("a", "Euler"), Choice("b", "LCM"), Choice("c", "Heun", why_not="Not here.")])
    combo.set_value("gone")
    assert combo.currentText() == "gone" and combo.count() == 4
    with qtbot.waitSignal(combo.value_changed) as heard:
        QTest.keyClick(combo, Qt.Key.Key_L)
    assert heard.args == ["b"] and combo.value() == "b" and combo.count() == 3 and not combo.is_missing
    QTest.keyClick(combo, Qt.Key.Key_H)
    assert combo.value() == "b"
    combo.set_value("")
    assert combo.currentIndex() == -1 and combo.placeholderText() == "Choose"


def test_combo_search_narrows_and_takes(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(400, 500)
    combo = ComboBox("LoRA", parent=window)
    combo.setGeometry(20, 20, 200, 36)
    combo.set_choices([Choice(f"f{n}", f"file {n}", f"folder {n // 5}") for n in range(20)])
    window.show()
    combo.open_list()
    search = field(window, "Search lora")
    QTest.keyClicks(search, "file 13")
    with qtbot.waitSignal(combo.value_changed) as heard:
        QTest.keyClick(search, Qt.Key.Key_Return)
    assert heard.args == ["f13"] and not seen(window, "Search lora")
    combo.open_list()
    QTest.keyClick(field(window, "Search lora"), Qt.Key.Key_Escape)
    assert not seen(window, "Search lora")
    combo.open_list()
    assert seen(window, "Search lora")
    QTest.mouseClick(window, Qt.MouseButton.LeftButton, pos=QPoint(390, 490))
    assert not seen(window, "Search lora")


def test_text_box_counts_and_leaves_ctrl_enter(qtbot: QtBot) -> None:
    class Page(QWidget):
        pressed = 0

        def keyPressEvent(self, event: QKeyEvent) -> None:
            self.pressed += event.key() == Qt.Key.Key_Return

    page = Page()
    qtbot.addWidget(page)
    box = TextBox("Prompt", limit=5, parent=page)
    QTest.keyClicks(box, "abcdef")
    assert box.counter == "6 / 5" and box.problem == "This is 1 characters too long."
    QTest.keyClick(box, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert page.pressed == 1 and box.text() == "abcdef"
    heard: list[str] = []
    box.text_edited.connect(heard.append)
    box.set_text("abc")
    assert heard == [] and box.problem == ""
    box.undo()
    assert box.text() == "abcdef"


def test_text_box_grows_to_its_limit(qtbot: QtBot) -> None:
    box = TextBox("Prompt", lines=2, most=4)
    qtbot.addWidget(box)
    box.resize(300, 40)
    box.show()
    least = box.height()
    box.set_text("one\ntwo\nthree")
    assert box.height() > least
    most = box.height()
    box.set_text("\n".join("x" * 12))
    assert box.height() <= most + 2 * box.fontMetrics().lineSpacing()


def test_labels_never_read_markup(qtbot: QtBot) -> None:
    label = Label("<b>bold</b><img src=x>")
    qtbot.addWidget(label)
    assert label.textFormat() == Qt.TextFormat.PlainText
    cut = ElidedLabel("a long line of text that will not fit <i>here</i>")
    qtbot.addWidget(cut)
    cut.resize(60, 20)
    cut.show()
    assert "&lt;i&gt;" in cut.toolTip()
    assert wording.tooltip("") == ""


def test_fold_card_makes_its_inside_once_and_fits_it(qtbot: QtBot) -> None:
    made = []

    def make() -> QWidget:
        inside = QWidget()
        inside.setFixedHeight(80)
        made.append(inside)
        return inside

    card = FoldRow("Model", make, icon="layers")
    qtbot.addWidget(card)
    card.resize(400, 36)
    card.show()
    assert made == []
    card.set_open(True)
    assert card.fold.height() >= 80
    card.set_open(False)
    card.set_open(True)
    assert len(made) == 1
    made[0].setFixedHeight(140)
    qtbot.waitUntil(lambda: card.fold.height() >= 140)
    QTest.keyClick(card.header, Qt.Key.Key_Left)
    assert not card.is_open


def test_fold_moves_when_motion_is_wanted(qtbot: QtBot, qapp: QApplication) -> None:
    qapp.setProperty(motion.REDUCED, False)
    inside = QWidget()
    inside.setFixedHeight(100)
    card = FoldRow("Model", lambda: inside)
    qtbot.addWidget(card)
    card.show()
    card.set_open(True)
    assert card.fold.height() < 100
    qtbot.waitUntil(lambda: card.fold.height() >= 100)


def test_lora_rows_have_the_form_of_the_setting(qtbot: QtBot) -> None:
    rows = LoraRows()
    qtbot.addWidget(rows)
    rows.set_files(["cam/orbit.safetensors", "light.safetensors"])
    configs = [
        {"high": "cam/orbit.safetensors", "strength": 0.8, "enabled": True},
        {"high": "light.safetensors", "low": None, "strength": 1.5, "enabled": False},
        {"high": None, "low": "light.safetensors", "strength": 1.0, "enabled": True},
    ]
    rows.set_configs(configs)
    assert rows.configs() == configs
    row = rows.add_row()
    assert rows.configs() == configs and row.strength.number() == 1.5
    with qtbot.waitSignal(rows.changed):
        rows.rows[0].removed.emit()
    assert rows.configs() == configs[1:]


def test_model_pair_sets_both_and_warns(qtbot: QtBot) -> None:
    picker = ModelPairPicker("i2v")
    qtbot.addWidget(picker)
    picker.set_files([HIGH, LOW, HIGH.replace("i2v", "t2v")])
    picker.show()
    with qtbot.waitSignal(picker.changed) as heard:
        choose(picker, "Model pair", "wan2.2 i2v 14B Q6_K")
    assert heard.args == [HIGH, LOW]
    assert picker.summary == "wan2.2 i2v 14B Q6_K · pair" and picker.warnings == ()
    picker.set_value(HIGH.replace("i2v", "t2v"), "")
    assert "low noise model is missing" in picker.warnings[0]
    assert picker.advanced.fold.is_open


def test_toasts_act_and_go(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(800, 600)
    window.show()
    stack = ToastStack(window)
    acted: list[int] = []
    toast = stack.post("4 items moved to the trash.", action="Undo", act=lambda: acted.append(1), shown_ms=10_000)
    press(toast, "Undo")
    assert acted == [1] and not stack.isVisible()
    stack.post("Short.", shown_ms=10)
    qtbot.waitUntil(lambda: not stack.isVisible())
    for number in range(5):
        stack.post(f"Notice {number}", "error")
    assert len(every(stack, "Close notice")) == 3


@pytest.mark.parametrize(
    ("got", "wanted"),
    [
        (wording.size(848, 480), "848 × 480"),
        (wording.frames(1), "1 frame"),
        (wording.seconds(5.0625), "5.1 s"),
        (wording.seconds(12), "12 s"),
        (wording.file_size(4_200_000), "4.2 MB"),
        (wording.file_size(812), "812 B"),
        (wording.file_size(96_400), "96 KB"),
        (wording.span(192), "3 min 12 s"),
        (wording.remaining(128), "about 2 min 10 s left"),
        (wording.remaining(None), ""),
        (wording.percent(0.9999), "99 %"),
        (wording.percent(0.29), "29 %"),
        (wording.clock(62), "1:02"),
    ],
)
def test_words(got: str, wanted: str) -> None:
    assert got.replace(wording.NBSP, " ") == wanted
