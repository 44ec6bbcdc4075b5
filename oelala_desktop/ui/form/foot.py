"""What stands below the controls of a tool: Generate, how many, and what is done with all settings."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMenu, QSizePolicy, QWidget

from oelala_desktop.domain.wording import lines_in
from oelala_desktop.ui.commands import keys
from oelala_desktop.ui.commands.carrier import Commands
from oelala_desktop.ui.form.host import FormHost
from oelala_desktop.ui.style import theme
from oelala_desktop.ui.widgets.button import Button, IconButton

#: commands of the menu
MENU = ("steps", "saved-prompts", "saved-settings", "export", "import", "reset")
_COUNTS = (1, 2, 3, 4, 6, 8, 12, 16)
_HEIGHT = 44
_MADE = {"video": "video", "image": "picture"}
#: the setting of how many, which has its place beside Generate
VARIATIONS = "variations"


def holds(form: FormHost, row_id: str) -> bool:
    """Whether there is anything to do with that command of the form's menus."""
    return row_id != "each-line" or len(lines_in(str(form.values().get("prompt") or ""))) > 1


class FormFoot(QWidget):
    varied = Signal(int)  # so many jobs a press

    def __init__(self, commands: Commands, *, parent: QWidget | None = None) -> None:
        """`commands` are the form's, with "generate" and those of MENU."""
        super().__init__(parent)
        self._one = ""
        self._several = self._saving = False
        self._makes = ""  # what the large button says otherwise
        self.generate = Button("Generate", "primary", icon="sparkles", cap=keys.cap("generate"), height=_HEIGHT)
        self.generate.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.generate.clicked.connect(lambda: commands["generate"].trigger())
        self._count = Button("× 1", "outlined", name="Variations", height=_HEIGHT)
        self._count.set_hint("How many jobs, each with a seed of its own")
        self._count.clicked.connect(lambda: self._count.open_menu(self._make_counts()))
        more = IconButton("ellipsis", "Settings file and defaults", "outlined", height=_HEIGHT)
        more.clicked.connect(lambda: more.open_menu(commands.fill(theme.make_menu(self), (MENU,))))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 8, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.generate, 1)
        row.addWidget(self._count)
        row.addWidget(more)

    def set_saving(self, saving: bool) -> None:
        """Whether the large button saves a job that is edited, rather than making one. The second click of two on Save
        makes none either."""
        if saving == self._saving:
            return
        self._saving = saving
        if saving:
            self._makes = self.generate.text()
        else:
            self._pass_clicks(True)
            QTimer.singleShot(QApplication.doubleClickInterval(), self, partial(self._pass_clicks, False))
        self.generate.set_text("Save" if saving else self._makes)
        self.generate.set_icon("save" if saving else "sparkles")
        self._show_count()

    def _show_count(self) -> None:
        self._count.setVisible(self._several and not self._saving)  # one job is edited

    def _pass_clicks(self, passed: bool) -> None:
        self.generate.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, passed)

    def tell(self, count: int, fields: Collection[str], output: str) -> None:
        """How many jobs a press makes, where the preset can make several that differ; `output` is what each makes."""
        self._one = f"1 {_MADE.get(output, 'job')}"
        self._several = VARIATIONS in fields and ("seed" in fields or count > 1)
        self._show_count()
        self._count.setText(f"× {count}")
        self._count.setAccessibleName(f"Variations: {count}")

    def _make_counts(self) -> QMenu:
        menu = theme.make_menu(self)
        for count in _COUNTS:
            text = self._one if count == 1 else f"{count}, each with its own seed"
            menu.addAction(text).triggered.connect(partial(self.varied.emit, count))
        return menu
