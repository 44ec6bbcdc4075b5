"""What to do with what is given: a card for each preset, where presets differ in what they are for."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QGridLayout, QRadioButton, QSizePolicy, QWidget

from oelala_desktop.ui import focus
from oelala_desktop.ui.presets.card import PresetChoice, PresetChooser
from oelala_desktop.ui.style.intent import IntentFace
from oelala_desktop.ui.widgets.control import Control

_ACROSS = 2


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def first_sentence(text: str) -> str:
    """Without its full stop."""
    return text.split(". ")[0].rstrip(".")


class IntentButton(Control, QRadioButton):
    def __init__(self, preset: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.preset = preset
        self.face = IntentFace()
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_choice(self, choice: PresetChoice) -> None:
        face = self.face
        face.runs = choice.runs
        face.about = first_sentence(choice.description)
        state = "runs here" if face.runs else choice.note
        face.note = capital(choice.needs if face.runs and choice.needs else state)  # there is room for one of them
        self.setText(choice.name)
        self.setAccessibleName(choice.name)
        told = (choice.description.rstrip("."), capital(state), capital(choice.needs))
        self.setAccessibleDescription(". ".join(filter(None, told)))
        self.set_hint(choice.description)
        self.update()

    def hitButton(self, pos: QPoint) -> bool:
        return self.rect().contains(pos)


class IntentGrid(QWidget):
    """Cards in two columns, of which one is chosen; arrow keys move the choice. They keep their places while they are
    the same presets."""

    value_changed = Signal(str)
    spoken_role = "Grouping"

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("What to do")
        self._buttons: dict[str, IntentButton] = {}
        self._group = QButtonGroup(self)
        self._group.buttonClicked.connect(self._clicked)
        self._grid = grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(8)
        for column in range(_ACROSS):
            grid.setColumnStretch(column, 1)

    def set_presets(self, presets: Sequence[PresetChoice]) -> None:
        if {preset.id for preset in presets} != self._buttons.keys():
            self._make([preset.id for preset in presets])
        for preset in presets:
            self._buttons[preset.id].show_choice(preset)

    def _make(self, ids: Sequence[str]) -> None:
        before: QWidget = self
        for button in self._buttons.values():
            self._group.removeButton(button)
            button.hide()
            button.deleteLater()
        self._buttons = {}
        for at, preset in enumerate(ids):
            button = self._buttons[preset] = IntentButton(preset, self)
            self._group.addButton(button)
            self._grid.addWidget(button, at // _ACROSS, at % _ACROSS)
            focus.place_after(before, button)
            before = button

    def value(self) -> str:
        button = self._group.checkedButton()
        return button.preset if isinstance(button, IntentButton) else ""

    def set_value(self, preset: str) -> None:
        """Without a signal."""
        if preset in self._buttons:
            self._buttons[preset].setChecked(True)
        self._keep_one_stop()

    def _keep_one_stop(self) -> None:
        """Tab stops at the choice alone; from there the arrows go on."""
        stop = self._group.checkedButton() or next(iter(self._buttons.values()), None)
        for button in self._buttons.values():
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus if button is stop else Qt.FocusPolicy.ClickFocus)

    def _clicked(self, button: QAbstractButton) -> None:
        self._keep_one_stop()
        if isinstance(button, IntentButton):
            self.value_changed.emit(button.preset)


class IntentCards(PresetChooser):
    def __init__(self) -> None:
        self._grid = IntentGrid()
        super().__init__(self._grid)
        self._grid.value_changed.connect(self._choose)
        self._show()

    def _offer(self, presets: Sequence[PresetChoice], chosen: str) -> None:
        self._grid.set_presets(presets)
        self._grid.set_value(chosen)

    def _show(self) -> None:
        super()._show()
        preset = self._current()
        said = preset is None or first_sentence(preset.description) == preset.description.rstrip(".")
        self._about.setVisible(not said)  # more than its card says

    @property
    def value(self) -> str:
        return self._grid.value()
