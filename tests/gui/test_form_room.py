"""The controls of a tool in windows of any height and width: nothing jumps, nothing is cut."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from oelala_desktop.domain.field import Field, FieldKind
from oelala_desktop.domain.tool import TOOLS
from oelala_desktop.ui.form.form import ToolForm
from oelala_desktop.ui.widgets.columns import Columns
from oelala_desktop.ui.widgets.crop_stage import CropStage
from oelala_desktop.ui.widgets.text_box import TextBox
from tests.gui.seeded import Seeded, give

I2V = TOOLS["image-to-video"]


@pytest.fixture
def form(qtbot: QtBot) -> ToolForm:
    made = ToolForm(I2V)
    qtbot.addWidget(made)
    made.resize(420, 820)
    made.show()
    return made


def settle() -> None:
    for _ in range(6):
        QApplication.processEvents()


def scrolls(form: ToolForm) -> bool:
    area = form.findChild(QScrollArea)
    assert area is not None
    return area.verticalScrollBar().maximum() > 0


def stage_of(form: ToolForm) -> CropStage:
    found = form.findChild(CropStage)
    assert found is not None
    return found


def prompt_of(form: ToolForm) -> TextBox:
    return next(box for box in form.findChildren(TextBox) if box.accessibleName() == "Prompt")


def places(form: ToolForm) -> dict[str, int]:
    """How far down each control stands that has a name and is seen."""
    named = (w for w in form.findChildren(QWidget) if w.accessibleName() and w.isVisible())
    return {w.accessibleName(): w.mapTo(form, QPoint()).y() for w in named}


class Requests(QObject):
    """How often a layout has been asked for anew since it was made."""

    count = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.LayoutRequest
        return False


@pytest.mark.parametrize("height", [480, 820, 1400])
@pytest.mark.parametrize("tool", TOOLS)
def test_a_form_that_is_left_alone_rests(qtbot: QtBot, qapp: QApplication, tool: str, height: int) -> None:
    """What gives room asks the layouts again, which must not lead to giving room again for ever."""
    form = ToolForm(TOOLS[tool])
    qtbot.addWidget(form)
    form.resize(420, height)
    form.show()
    for _ in range(3):
        settle()
    requests = Requests()
    qapp.installEventFilter(requests)
    settle()
    qapp.removeEventFilter(requests)
    assert requests.count == 0


def test_first_the_picture_gives_then_the_prompt_then_it_scrolls(form: ToolForm) -> None:
    settle()
    heights = []
    for height in range(1000, 460, -20):
        form.resize(420, height)
        settle()
        heights.append((stage_of(form).high, prompt_of(form).lines, scrolls(form)))
    assert heights[0] == (184, 6, False)
    assert heights[-1] == (120, 4, True)
    assert heights == sorted(heights, key=lambda row: (-row[0], -row[1], row[2])), "each gives when the one before has"
    assert any(lines == 6 and 120 < high < 184 for high, lines, _ in heights)
    assert all(lines == 6 or high == 120 for high, lines, _ in heights)
    assert not any(scrolling and lines > 4 for _, lines, scrolling in heights)
    form.resize(420, 1000)
    settle()
    assert (stage_of(form).high, prompt_of(form).lines) == (184, 6)
    form.resize(560, 1300)
    settle()
    stage = stage_of(form)
    assert stage.high == stage.width() * 2 // 3 > 240, "with room to spare it is as large as its width lets it be"


def test_what_is_unfolded_moves_nothing_above_it(form: ToolForm) -> None:
    settle()
    before = places(form)
    form.open_folds(["sampling"])
    settle()
    after = places(form)
    above = [name for name, y in before.items() if y <= before["Sampling"]]
    assert {name: after[name] for name in above} == {name: before[name] for name in above}
    assert "Prompt" in above and "Resolution" in above


def test_a_change_and_its_reset_move_nothing(form: ToolForm) -> None:
    settle()
    before = places(form)
    for key, value in (("resolution", "720p"), ("aspect_ratio", "1:1"), ("duration", 7.0), ("fps", 24), ("steps", 9)):
        form.set_value(key, value)
    settle()
    after = places(form)
    kept = before.keys() & after.keys()  # what is said of a value is named by it
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    assert {"Resolution", "Rate", "Duration", "Model", "Sampling", "Prompt"} <= kept
    assert any(name.startswith("Back to the default") for name in after)


def test_a_picture_that_comes_moves_nothing(form: ToolForm) -> None:
    settle()
    before = places(form)
    give(form, "image", "harbour.jpg", 1536, 1024)
    settle()
    after = places(form)
    kept = before.keys() & after.keys()
    assert {"Prompt", "End picture", "Resolution"} <= kept
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}


@pytest.mark.parametrize(("width", "height", "least"), [(1024, 640, 400), (1440, 900, 418), (2560, 1440, 555)])
def test_generate_is_in_view_and_the_columns_share_the_window(
    qtbot: QtBot, width: int, height: int, least: int
) -> None:
    seeded = Seeded()
    qtbot.addWidget(seeded.shell)
    seeded.shell.resize(width, height)
    seeded.shell.show()
    settle()
    form = seeded.page.form
    assert least <= form.width() <= 574
    foot = form.generate.mapTo(seeded.shell, form.generate.rect().bottomRight())
    assert seeded.shell.rect().contains(foot)
    if height >= 900:
        assert not scrolls(form)
    bars = [area.verticalScrollBar().maximum() for area in seeded.shell.sidebar.findChildren(QScrollArea)]
    assert bars == [0], "all pages are in the sidebar, narrow or not"


def test_a_chosen_width_stays(qtbot: QtBot) -> None:
    left, right = QWidget(), QWidget()
    left.setMinimumWidth(100)
    columns = Columns(left, right)
    qtbot.addWidget(columns)
    columns.resize(1180, 400)
    columns.show()
    assert left.width() == 420
    columns.resize(2300, 400)
    assert left.width() == 560
    columns.choose(300)
    assert left.width() == 300
    columns.resize(900, 400)
    assert left.width() == 300
    columns.choose(0)
    assert left.width() == 420


def test_variations_stand_beside_generate(form: ToolForm) -> None:
    form.set_value("variations", 4)
    names = [w.accessibleName() for w in form.findChildren(QWidget)]
    assert "Variations: 4" in names
    assert form.values()["variations"] == 4


def test_the_frame_is_moved_for_what_the_picture_brings_and_not_for_a_preset_of_its_own_crop(form: ToolForm) -> None:
    give(form, "image", "wide.png", 1600, 400)
    assert stage_of(form).seen is not None
    own = Field("crop", FieldKind.CHOICE, "Crop", "sampling", default="center", choices=("center", "disabled"))
    form.set_fields((*form.fields.values(), own))
    assert stage_of(form).seen is None
