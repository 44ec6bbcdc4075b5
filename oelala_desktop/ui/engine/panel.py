"""The connection: which engine runs jobs, what it is, and how to reach another."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from oelala_desktop.domain.events import EngineState
from oelala_desktop.ui.presets.lacking import LackingCard
from oelala_desktop.ui.style import theme
from oelala_desktop.ui.style.frame import DotFace
from oelala_desktop.ui.widgets.button import Button
from oelala_desktop.ui.widgets.card import Card
from oelala_desktop.ui.widgets.choice import Choice
from oelala_desktop.ui.widgets.combo import ComboBox
from oelala_desktop.ui.widgets.fold import FoldSection
from oelala_desktop.ui.widgets.label import ElidedLabel, Label
from oelala_desktop.ui.widgets.line_edit import LineEdit
from oelala_desktop.ui.widgets.panel_list import PanelList
from oelala_desktop.ui.widgets.segmented import Segment, Segmented

_WORDS = {"online": "Connected", "connecting": "Connecting", "offline": "Not reachable"}
_DOTS = {"online": "ok", "connecting": "warning", "offline": "error"}
_CHOICES = (Segment("auto", "Automatic"), Segment("comfyui", "ComfyUI"), Segment("sketch", "Sketch"))
_ABOUT = {
    "auto": "Uses ComfyUI when it answers. New jobs go to Sketch only when nothing else does.",
    "comfyui": "Jobs wait until the server answers.",
    "sketch": "Built in, needs no GPU. It moves a camera over the still: an animatic, no AI model.",
}


class StateDot(QFrame):
    spoken_role = "Graphic"

    def __init__(self) -> None:
        super().__init__()
        self.face = DotFace("muted", 4)
        self.setFixedSize(10, 10)

    def set_tone(self, tone: str) -> None:
        self.face.tone = tone
        self.update()


class EnginePanel(QWidget):
    """The engine in force, the choice of another, the address of a ComfyUI, and what presets lack there."""

    engine_chosen = Signal(str)  # auto, comfyui or sketch
    connect_requested = Signal(str, str)  # address, value of the Authorization header
    server_chosen = Signal(str)  # name that the user gave it
    reconnect_requested = Signal()
    free_memory_requested = Signal()

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        rows = PanelList(spacing=12)
        rows.column.addWidget(self._make_state())
        rows.column.addWidget(self._make_choice())
        rows.column.addWidget(self._make_address())
        self.lacking = LackingCard()
        rows.column.addWidget(self.lacking)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(rows)

    def _make_state(self) -> QWidget:
        card = Card()
        self._dot = StateDot()
        self._name = Label("No engine yet", weight=600, wrap=True)
        self._state = Label("", tone="text2", wrap=True)
        self._facts = QGridLayout()
        self._facts.setHorizontalSpacing(16)
        self._facts.setVerticalSpacing(6)
        self._facts.setColumnStretch(1, 1)
        again = Button("Try again", icon="refresh-cw", height=theme.DENSE_HEIGHT)
        again.clicked.connect(self.reconnect_requested)
        free = Button("Free memory", icon="memory-stick", height=theme.DENSE_HEIGHT)
        free.clicked.connect(self.free_memory_requested)
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(self._dot)
        head.addWidget(self._name, 1)
        tools = QHBoxLayout()
        tools.setSpacing(8)
        tools.addWidget(again)
        tools.addWidget(free)
        tools.addStretch(1)
        card.body.addLayout(head)
        card.body.addWidget(self._state)
        card.body.addLayout(self._facts)
        card.body.addSpacing(4)
        card.body.addLayout(tools)
        return card

    def _make_choice(self) -> QWidget:
        card = Card("New jobs run on")
        self._choice = Segmented(_CHOICES, "Engine for new jobs", columns=3)
        self._about = Label("", tone="text2", size=theme.CAPTION, wrap=True)
        self._choice.value_changed.connect(self._choose)
        card.body.addWidget(self._choice)
        card.body.addWidget(self._about)
        self.set_choice("auto")
        return card

    def _make_address(self) -> QWidget:
        card = Card("ComfyUI server")
        self._servers = ComboBox("Server by name", placeholder="Another address")
        self._servers.value_changed.connect(self.server_chosen)
        self._servers.hide()
        card.body.addWidget(self._servers)
        self._address = LineEdit()
        self._address.setAccessibleName("Address of the ComfyUI server")
        self._address.setPlaceholderText("http://127.0.0.1:8188")
        self._address.setFixedHeight(theme.HEIGHT)
        self._token = LineEdit()
        self._token.setEchoMode(QLineEdit.EchoMode.Password)
        self._token.setAccessibleName("Authorization header")
        self._token.setPlaceholderText("Bearer …")
        self._token.setFixedHeight(theme.HEIGHT)
        connect = Button("Connect", icon="plug")
        connect.clicked.connect(self._connect)
        self._address.returnPressed.connect(self._connect)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._address, 1)
        row.addWidget(connect)
        card.body.addLayout(row)
        card.body.addWidget(FoldSection("Authorization", lambda: self._token))
        self._problem = Label("", tone="error", size=theme.CAPTION, wrap=True)
        self._problem.hide()
        card.body.addWidget(self._problem)
        return card

    # values

    def set_engine(self, engine: EngineState, facts: Sequence[tuple[str, str]] = ()) -> None:
        """`facts` are further lines (label, value), such as free video memory."""
        self._dot.set_tone(_DOTS.get(engine.state, "muted"))
        self._name.setText(engine.name or engine.url or "No engine yet")
        words = _WORDS.get(engine.state, engine.state)
        self._state.setText(f"{words}. {engine.reason}" if engine.reason else words)
        rows = [("Address", engine.url), ("Version", engine.version), ("Device", engine.device)]
        if engine.queue_remaining is not None:
            rows.append(("Jobs on the server", str(engine.queue_remaining)))
        self._show_facts([(label, value) for label, value in (*rows, *facts) if value])

    def _show_facts(self, rows: Sequence[tuple[str, str]]) -> None:
        while (item := self._facts.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for at, (label, value) in enumerate(rows):
            self._facts.addWidget(Label(label, tone="muted"), at, 0)
            self._facts.addWidget(ElidedLabel(value), at, 1)

    def set_choice(self, kind: str) -> None:
        self._choice.set_value(kind)
        self._about.setText(_ABOUT.get(kind, ""))

    def set_address(self, address: str, token_known: bool = False) -> None:
        """A stored token is never shown; the field says that there is one."""
        self._address.setText(address)
        self._token.setPlaceholderText("Stored; type to replace it" if token_known else "Bearer …")

    def edit_address(self) -> None:
        self._address.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._address.selectAll()

    def set_servers(self, servers: Sequence[tuple[str, str]], address: str) -> None:
        """(name, address) of the servers that have a name; the one at `address` is the chosen one."""
        self._servers.set_choices([Choice(name, name, note=url.split("://")[-1]) for name, url in servers])
        self._servers.set_value(next((name for name, url in servers if url == address), ""))
        self._servers.setVisible(bool(servers))

    def set_problem(self, sentence: str) -> None:
        self._problem.setText(sentence)
        self._problem.setVisible(bool(sentence))

    def _choose(self, kind: str) -> None:
        self.set_choice(kind)
        self.engine_chosen.emit(kind)

    def _connect(self) -> None:
        address = self._address.text().strip() or self._address.placeholderText()
        self.set_problem("")
        self.connect_requested.emit(address.rstrip("/"), self._token.text().strip())
        self._token.clear()
