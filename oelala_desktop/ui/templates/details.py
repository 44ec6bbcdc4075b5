"""What the panel beside the grid says of one template, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from oelala_desktop.domain.template import Template, TemplateFacts, TemplateModel
from oelala_desktop.domain.template_search import has_sound, standing
from oelala_desktop.ui import wording
from oelala_desktop.ui.commands import keys
from oelala_desktop.ui.style import icons, painting, theme
from oelala_desktop.ui.style.frame import GroundFace
from oelala_desktop.ui.templates import words
from oelala_desktop.ui.widgets.badge import Tag
from oelala_desktop.ui.widgets.button import Button, IconButton
from oelala_desktop.ui.widgets.flow import FlowLayout
from oelala_desktop.ui.widgets.label import ElidedLabel, Label
from oelala_desktop.ui.widgets.scroll import Column, ScrollColumn

WIDTH = 396
_HEIGHT = 196  # of the picture


class BigPicture(QWidget):
    """A template's picture from edge to edge, with the button that closes the panel on it."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pixmap = QPixmap()
        self._icon, self._note = "image", ""
        self.setFixedHeight(_HEIGHT)
        self.close_button = IconButton("x", "Close the template", "stage", parent=self)
        self.close_button.set_hint(keys.hint("close-template"))

    def picture_size(self) -> QSize:
        """Of the picture, in device pixels."""
        ratio = self.devicePixelRatioF()
        return QSize(round((WIDTH - 1) * ratio), round(_HEIGHT * ratio))

    def clear(self, icon: str, note: str) -> None:
        """Until the picture comes; `note` stands on it."""
        self._pixmap, self._icon, self._note = QPixmap(), icon, note
        self.update()

    def set_image(self, image: QImage) -> None:
        self.set_pixmap(QPixmap.fromImage(image))

    def set_pixmap(self, pixmap: QPixmap) -> None:
        self._pixmap = pixmap
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.close_button.move(self.width() - self.close_button.sizeHint().width() - 12, 12)

    def paintEvent(self, _event: QPaintEvent) -> None:
        t, painter = theme.tokens(), QPainter(self)
        painting.begin(painter)
        box = QRectF(self.rect())
        if self._pixmap.isNull():
            painting.rounded(painter, box, 0, t.input)
            mark = QRectF(round(box.center().x() - 16), round(box.center().y() - 16), 32, 32)
            icons.draw(painter, self._icon, mark, t.border_strong, stroke=1.5)
        else:
            painting.cover(painter, box, self._pixmap, 0)
        if self._note:
            font = theme.font(theme.CAPTION, 600)
            pill = QRectF(12, box.bottom() - 12 - 24, painting.text_width(font, self._note) + 36, 24)
            painting.rounded(painter, pill, 6, t.scrim)
            icons.draw(painter, "play", QRectF(pill.x() + 8, pill.y() + 5, 14, 14), t.on_stage)
            painter.setFont(font)
            painter.setPen(QColor(t.on_stage))
            painter.drawText(pill.adjusted(28, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self._note)


class IconMark(QWidget):
    """A small icon in a column of its own."""

    def __init__(self, icon: str, tone: str) -> None:
        super().__init__()
        self._icon, self._tone = icon, tone
        self.setFixedSize(18, 18)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        icons.draw(painter, self._icon, QRectF(1, 1, 16, 16), getattr(theme.tokens(), self._tone))


class StateLabel(Label):
    """A word in the colour of a token."""

    def __init__(self, text: str, tone: str) -> None:
        super().__init__(text, size=theme.CAPTION, weight=500)
        self._tone = tone

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self.font())
        painter.setPen(QColor(getattr(theme.tokens(), self._tone)))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, self.text())


class ModelRow(QFrame):
    """A model file: how it stands, where it belongs, and its address to be copied where it is missing."""

    spoken_role = "Grouping"

    def __init__(self, model: TemplateModel) -> None:
        super().__init__()
        self.face = GroundFace("", "bottom")
        said, folder = words.model_words(model)
        self.setAccessibleName(f"{model.file}, {said.text or 'not looked for'}")
        name = ElidedLabel(model.file)
        place = ElidedLabel(folder, tone="muted", size=theme.CAPTION)
        size = Label(wording.file_size(model.size) if model.size else "", tone="muted")
        state = StateLabel(said.text, said.tone)
        self.copy = IconButton("copy", f"Copy the address of {model.file}", height=28)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(model.url))
        self.copy.setVisible(bool(model.url) and model.state == "missing")
        lines = QVBoxLayout()
        lines.setSpacing(2)
        for left, right in ((name, size), (place, state)):
            line = QHBoxLayout()
            line.setSpacing(12)
            left.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
            line.addWidget(left, 1)
            line.addWidget(right)
            lines.addLayout(line)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 7, 0, 8)
        row.setSpacing(8)
        row.addWidget(IconMark(said.icon, said.tone), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(lines, 1)
        row.addWidget(self.copy)


class TemplateDetails(QWidget):
    use_requested = Signal()
    open_requested = Signal()
    menu_requested = Signal()

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picture = BigPicture()
        self._shown: tuple[object, ...] = ()
        self._scroll = ScrollColumn()
        self.use = Button("Use as preset", "primary", icon="bookmark-plus")
        self.use.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.use.clicked.connect(self.use_requested)
        self.open = IconButton("external-link", "Open in ComfyUI", "outlined", height=theme.HEIGHT)
        self.open.clicked.connect(self.open_requested)
        self.more = IconButton("ellipsis", "More for this template", "outlined", height=theme.HEIGHT)
        self.more.clicked.connect(self.menu_requested)
        foot = QHBoxLayout()
        foot.setContentsMargins(16, 12, 16, 16)
        foot.setSpacing(8)
        foot.addWidget(self.use, 1)
        foot.addWidget(self.open)
        foot.addWidget(self.more)
        line = QFrame()
        line.face = GroundFace("", "bottom")  # type: ignore[attr-defined]
        line.setFixedHeight(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.picture)
        column.addWidget(self._scroll, 1)
        column.addWidget(line)
        column.addLayout(foot)

    def show_template(self, template: Template, facts: TemplateFacts | None, version: str, server: str) -> None:
        """`version` is that of the `server` named so. What has not changed stays, with how far it is scrolled."""
        shown = (template, facts, version, server)
        if shown == self._shown:
            return
        same = bool(self._shown) and self._shown[0] == template
        self._shown = shown
        if not same:
            sound = " with sound" if has_sound(template, facts) else ""
            note = f"Example{sound}" if template.output == "video" and template.pictures else ""
            self.picture.clear(words.output_of(template.output).icon, note)
        at = self._scroll.verticalScrollBar().value() if same else 0
        self._scroll.set_content(_body(template, facts, version, server))
        self._scroll.verticalScrollBar().setValue(at)


def _body(template: Template, facts: TemplateFacts | None, version: str, server: str) -> QWidget:
    inside = Column()
    column = QVBoxLayout(inside)
    column.setContentsMargins(16, 12, 16, 16)
    column.setSpacing(8)
    head = QHBoxLayout()
    head.setSpacing(12)
    head.addWidget(Label(template.title, size=theme.SECTION, weight=600, wrap=True), 1)
    head.addWidget(Label(words.uses(template), tone="muted", size=theme.CAPTION), 0, Qt.AlignmentFlag.AlignTop)
    column.addLayout(head)
    for text, tone in _sentences(template, facts, version, server):
        column.addWidget(Label(text, tone=tone, wrap=True))
    if facts is not None and facts.takes:
        _add_takes(column, facts)
    if facts is not None and facts.models:
        _add_models(column, facts)
    if facts is not None and facts.lacking:
        _add_lacking(column, facts)
    column.addStretch(1)
    return inside


def _sentences(template: Template, facts: TemplateFacts | None, version: str, server: str) -> list[tuple[str, str]]:
    """(sentence, tone), from what it is to what stands in its way."""
    lines = [(template.description, "text2")] if template.description else []
    if template.needs_version:
        here = f", {server or 'the server'} has {version}" if version else ""
        late = standing(template, facts, version).kind == "version"
        lines.append((f"ComfyUI {template.needs_version} or newer{here}.", "error" if late else "text2"))
    if not template.is_open:
        service = ", ".join(template.models) or "somebody else's"
        text = f"It runs on a paid service ({service}) and needs an account there, with credits, in ComfyUI."
        lines.append((text, "warning"))
    elif facts is not None and facts.fault:
        lines.append((f"No preset can be made of it: {facts.fault}", "warning"))
    return lines


def _title(column: QVBoxLayout, text: str, note: str = "") -> None:
    column.addSpacing(4)
    line = QHBoxLayout()
    line.addWidget(Label(text, weight=600), 1)
    line.addWidget(Label(note, tone="muted", size=theme.CAPTION))
    column.addLayout(line)


def _add_takes(column: QVBoxLayout, facts: TemplateFacts) -> None:
    _title(column, "Takes")
    holder = QWidget()
    flow = FlowLayout(6)
    holder.setLayout(flow)
    for word in facts.takes:
        flow.addWidget(Tag(words.take_icon(word), word))
    column.addWidget(holder)


def _add_models(column: QVBoxLayout, facts: TemplateFacts) -> None:
    count, size = len(facts.models), sum(model.size for model in facts.models)
    files = f"{count} file" + ("" if count == 1 else "s")
    _title(column, "Model files", f"{files} · {wording.file_size(size)}" if size else files)
    rows = QVBoxLayout()
    rows.setSpacing(0)
    for model in facts.models:
        rows.addWidget(ModelRow(model))
    column.addLayout(rows)


def _add_lacking(column: QVBoxLayout, facts: TemplateFacts) -> None:
    _title(column, "Nodes that the server lacks", wording.count(len(facts.lacking)))
    for name in facts.lacking:
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(IconMark("triangle-alert", "error_text"))
        line.addWidget(ElidedLabel(name), 1)
        column.addLayout(line)
