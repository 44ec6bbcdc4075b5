"""What a screen reader is told of each control: role, name, value and states, as Qt hands them on."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from oelala_desktop.domain.job import Progress
from oelala_desktop.ui.shell.sidebar import Sidebar
from oelala_desktop.ui.widgets.button import Button, IconButton
from oelala_desktop.ui.widgets.chip import BellChip, Chip
from oelala_desktop.ui.widgets.choice import Choice
from oelala_desktop.ui.widgets.combo import ComboBox
from oelala_desktop.ui.widgets.fold_row import FoldRow
from oelala_desktop.ui.widgets.line_edit import LineEdit
from oelala_desktop.ui.widgets.number_box import NumberBox
from oelala_desktop.ui.widgets.segmented import Segment, Segmented
from oelala_desktop.ui.widgets.slider import Slider
from oelala_desktop.ui.widgets.stage_band import PassProgress
from oelala_desktop.ui.widgets.text_box import TextBox
from oelala_desktop.ui.widgets.toggle import Toggle
from tests.gui.seeded import Seeded

Role, Text = QAccessible.Role, QAccessible.Text


def spoken(widget: QWidget) -> QAccessibleInterface:
    found = QAccessible.queryAccessibleInterface(widget)
    assert found is not None
    return found


def chip() -> Chip:
    made = Chip("Queue")
    made.set_text("1 running")
    return made


def bell() -> BellChip:
    made = BellChip()
    made.set_count(3)
    return made


def combo() -> ComboBox:
    made = ComboBox("Sampler")
    made.set_choices([Choice("euler", "Euler"), Choice("lcm", "LCM")])
    made.set_value("lcm")
    return made


def slider() -> Slider:
    made = Slider(1, 15, 1, "Duration")
    made.set_number(5)
    return made


def progress() -> PassProgress:
    made = PassProgress()
    made.set_progress(Progress(fraction=0.3125))
    return made


def line() -> LineEdit:
    made = LineEdit("http://127.0.0.1:8188")
    made.setAccessibleName("Address")
    return made


def text() -> TextBox:
    made = TextBox("Prompt")
    made.set_text("a harbour at dusk")
    return made


def number() -> NumberBox:
    made = NumberBox(1, 40, 1, "Steps")
    made.set_number(6)
    return made


@pytest.mark.parametrize(
    ("make", "role", "name", "value"),
    [
        (lambda: Button("Generate", "primary"), Role.Button, "Generate", ""),
        (lambda: IconButton("x", "Close"), Role.Button, "Close", ""),
        (chip, Role.Button, "Queue: 1 running", ""),
        (bell, Role.Button, "Activity, 3 new", ""),
        (lambda: Toggle("Faster attention"), Role.CheckBox, "Faster attention", ""),
        (lambda: Segmented([Segment("a", "A")], "Letters"), Role.Grouping, "Letters", ""),
        (combo, Role.ComboBox, "Sampler", "LCM"),
        (slider, Role.Slider, "Duration", "5"),
        (progress, Role.ProgressBar, "Progress", "31"),
        (line, Role.EditableText, "Address", "http://127.0.0.1:8188"),
        (text, Role.EditableText, "Prompt", "a harbour at dusk"),
        (number, Role.SpinBox, "Steps", "6"),
    ],
    ids=lambda given: given if isinstance(given, str) else None,
)
def test_controls_say_what_they_are(
    qtbot: QtBot, make: Callable[[], QWidget], role: Role, name: str, value: str
) -> None:
    widget = make()
    qtbot.addWidget(widget)
    said = spoken(widget)
    assert (said.role(), said.text(Text.Name), said.text(Text.Value)) == (role, name, value)
    assert said.state().focusable or role in (Role.Grouping, Role.ProgressBar)


def test_tooltips_are_said_without_their_markup(qtbot: QtBot) -> None:
    button = IconButton("x", "Close")
    qtbot.addWidget(button)
    assert spoken(button).text(Text.Description) == "Close"
    button.set_reason("Choose a picture <first>.")
    assert spoken(button).text(Text.Description) == "Choose a picture <first>."
    button.set_reason("")
    button.setAccessibleDescription("the log")
    button.set_hint("Close it")
    assert spoken(button).text(Text.Description) == "the log"


def test_a_switch_and_a_segment_say_whether_they_are_on(qtbot: QtBot) -> None:
    toggle = Toggle("Faster attention")
    letters = Segmented([Segment("a", "A"), Segment("b", "B")], "Letters")
    for widget in (toggle, letters):
        qtbot.addWidget(widget)
    assert not spoken(toggle).state().checked
    spoken(toggle).actionInterface().doAction("Toggle")
    assert spoken(toggle).state().checked
    letters.set_value("b")
    told = [spoken(letters.button(value)) for value in "ab"]
    assert [said.role() for said in told] == [Role.RadioButton, Role.RadioButton]
    assert [bool(said.state().checked) for said in told] == [False, True]


def test_a_fold_says_whether_it_is_open_and_opens(qtbot: QtBot) -> None:
    card = FoldRow("Model", lambda: QLabel("inside"))
    qtbot.addWidget(card)
    said = spoken(card.header)
    assert (said.role(), said.text(Text.Name)) == (Role.Button, "Model")
    assert said.state().expandable and said.state().collapsed and not said.state().expanded
    said.actionInterface().doAction("Press")
    assert card.is_open and said.state().expanded and not said.state().collapsed


def test_the_sidebar_says_which_page_is_shown(qtbot: QtBot) -> None:
    sidebar = Sidebar()
    qtbot.addWidget(sidebar)
    assert spoken(sidebar).role() == Role.PageTabList
    for page in ("reframe", "media-all"):
        sidebar.set_active(page)
        shown = {key: spoken(row) for key, row in sidebar._rows.items()}
        assert {said.role() for said in shown.values()} == {Role.PageTab}
        assert [key for key, said in shown.items() if said.state().selected] == [page]
    assert spoken(sidebar._collapse).role() == Role.Button


def test_a_slider_of_the_form_says_its_unit(qtbot: QtBot) -> None:
    seeded = Seeded()
    qtbot.addWidget(seeded.shell)
    seeded.shell.show()
    slider = next(s for s in seeded.shell.findChildren(Slider) if s.accessibleName() == "Duration")
    assert spoken(slider).text(Text.Description).replace("\u202f", " ").replace("\xa0", " ").startswith("5 s")


def test_a_number_is_worth_what_it_shows(qtbot: QtBot) -> None:
    box = number()
    qtbot.addWidget(box)
    value = spoken(box).valueInterface()
    assert (value.currentValue(), value.minimumValue(), value.maximumValue()) == (6, 1, 40)
    box.stepBy(2)
    assert value.currentValue() == 8
