"""The navigation at the left: groups that fold, badges, and a narrow form that is only icons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from oelala_desktop.ui import icons, painting, theme
from oelala_desktop.ui.motion import Glide
from oelala_desktop.ui.navigation import GROUPS, SETTINGS, NavGroup, NavPage
from oelala_desktop.ui.widgets.badge import badge_width, draw_badge
from oelala_desktop.ui.widgets.control import Control
from oelala_desktop.ui.widgets.scroll import ScrollColumn

WIDE, NARROW = 260, 64
_ROW, _ICON, _SIDE = 36, 18, 10


class NavRow(Control, QAbstractButton):
    """A page in the sidebar; `spread` runs from 0 (icon only) to 1 (all of it)."""

    def __init__(self, page: NavPage, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.page = page
        self._badge = ""
        self._icon = page.icon
        self._active = False
        self._spread = 1.0
        self.setText(page.title)
        self.setAccessibleName(page.title)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_badge(self, text: str) -> None:
        self._badge = text
        self.setAccessibleDescription(text)
        self._tell()

    def set_face(self, icon: str, title: str) -> None:
        self._icon = icon
        self.setText(title)
        self.setAccessibleName(title)
        self._tell()

    def set_active(self, active: bool) -> None:
        self._active = active
        self.update()

    def set_spread(self, spread: float) -> None:
        self._spread = spread
        self._tell()

    def _tell(self) -> None:
        named = f"{self.text()} ({self._badge})" if self._badge else self.text()
        self.set_hint(named if self._spread < 0.5 else "")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(NARROW, _ROW)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.focusNextPrevChild(event.key() == Qt.Key.Key_Down)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        t = theme.tokens()
        painter = QPainter(self)
        painting.begin(painter)
        box = QRectF(self.rect()).adjusted(_SIDE, 1, -_SIDE, -1)
        lit = self._active or self.underMouse()
        if self._active or self.underMouse():
            painting.rounded(painter, box, theme.RADIUS, t.input)
        if self._active:
            painting.rounded(painter, QRectF(-3, self.height() / 2 - 9, 6, 18), 3, t.accent)
        middle = self.height() / 2
        # in the narrow form the icon stands in the middle of the bar
        icon_x = (NARROW - _ICON) / 2 + self._spread * (22 - (NARROW - _ICON) / 2)
        tone = t.text if lit else t.text2
        icons.draw(painter, self._icon, QRectF(round(icon_x), round(middle - _ICON / 2), _ICON, _ICON), tone)
        if self._spread > 0.3:
            painter.setOpacity((self._spread - 0.3) / 0.7)
            self._paint_words(painter, tone, middle)
            painter.setOpacity(1)
        if self.shows_ring:
            painting.ring(painter, box, theme.RADIUS, t.accent)

    def _paint_words(self, painter: QPainter, tone: str, middle: float) -> None:
        right = self.width() - _SIDE - 10.0
        if self._badge:
            width = badge_width(self._badge)
            place = QRectF(right - width, middle - 10, width, 20)
            draw_badge(painter, place, self._badge, "quiet" if self._badge == "soon" else "accent")
            right -= width + 8
        font = theme.font(theme.BODY, 600 if self._active else 400)
        painter.setFont(font)
        painter.setPen(QColor(tone))
        text = painting.elided(font, self.text(), right - 50)
        painter.drawText(QRectF(50, 0, right - 50, self.height()), Qt.AlignmentFlag.AlignVCenter, text)


class GroupTitle(Control, QAbstractButton):
    """The capitals over a group; pressing them folds it."""

    def __init__(self, group: NavGroup, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.nav_group = group
        self._spread = 1.0
        self._turn = Glide(self, 1.0, lambda _value: self.update())
        self.setText(group.title)
        self.setAccessibleName(group.title)
        self.setCheckable(True)
        self.setChecked(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.toggled.connect(lambda opened: self._turn.to(1.0 if opened else 0.0))

    def set_spread(self, spread: float) -> None:
        self._spread = spread
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(NARROW, 32)

    def paintEvent(self, _event: QPaintEvent) -> None:
        t = theme.tokens()
        painter = QPainter(self)
        painting.begin(painter)
        if self._spread < 0.3:
            painter.setPen(QColor(t.border))
            painter.drawLine(20, 16, self.width() - 20, 16)
        else:
            painter.setOpacity((self._spread - 0.3) / 0.7)
            self._paint_words(painter, t)
            painter.setOpacity(1)
        if self.shows_ring:
            painting.ring(painter, QRectF(self.rect()).adjusted(_SIDE, 2, -_SIDE, -2), theme.RADIUS, t.accent)

    def _paint_words(self, painter: QPainter, t: theme.Tokens) -> None:
        tone = t.text2 if self.underMouse() else t.muted
        font = theme.font(theme.CAPTION, 600)
        font.setLetterSpacing(font.SpacingType.AbsoluteSpacing, 0.6)
        painter.setFont(font)
        painter.setPen(QColor(tone))
        box = QRectF(20, 0, self.width() - 56, self.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, self.text().upper())
        painter.translate(self.width() - 27, self.height() / 2)
        painter.rotate(90 * (self._turn.value - 1))
        icons.draw(painter, "chevron-down", QRectF(-7, -7, 14, 14), tone)
        painter.resetTransform()


class Brand(QWidget):
    """The mark and the name on top."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spread = 1.0
        self.setFixedHeight(56)

    def set_spread(self, spread: float) -> None:
        self._spread = spread
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painting.begin(painter)
        x = 19 + (1 - self._spread) * (NARROW / 2 - 13 - 19)
        painter.drawPixmap(round(x), 15, icons.app_pixmap(26, self.devicePixelRatioF()))
        if self._spread > 0.3:
            painter.setOpacity((self._spread - 0.3) / 0.7)
            painter.setFont(theme.font(theme.SECTION, 600))
            painter.setPen(QColor(theme.tokens().text))
            painter.drawText(QRectF(55, 0, 160, self.height()), Qt.AlignmentFlag.AlignVCenter, "Oelala")


class Sidebar(QWidget):
    page_chosen = Signal(str)  # page id
    folded_changed = Signal()  # a group was folded or opened, or the whole bar

    def __init__(self, groups: Sequence[NavGroup] = GROUPS, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: dict[str, NavRow] = {}
        self._titles: dict[str, GroupTitle] = {}
        self._narrow = False
        self._spread = 1.0
        self._glide = Glide(self, float(WIDE), self._take_width)
        self._brand = Brand()
        self.setAccessibleName("Pages")
        self.setFixedWidth(WIDE)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 1, 12)
        column.setSpacing(0)
        column.addWidget(self._brand)
        column.addWidget(self._make_groups(groups), 1)
        column.addWidget(self._make_row(SETTINGS))
        self._collapse = NavRow(NavPage("collapse", "Collapse", "panel-left-close"))
        self._collapse.clicked.connect(lambda: self.set_narrow(not self._narrow))
        column.addWidget(self._collapse)

    def _make_groups(self, groups: Sequence[NavGroup]) -> ScrollColumn:
        scroll = ScrollColumn()
        column = scroll.column
        column.setContentsMargins(0, 4, 0, 8)
        column.setSpacing(0)
        for group in groups:
            title = GroupTitle(group)
            title.toggled.connect(lambda opened, group=group: self._fold(group, opened))
            self._titles[group.id] = title
            column.addWidget(title)
            for page in group.pages:
                column.addWidget(self._make_row(page))
            column.addSpacing(4)
        column.addStretch(1)
        return scroll

    def _make_row(self, page: NavPage) -> NavRow:
        row = NavRow(page)
        row.clicked.connect(lambda: self.page_chosen.emit(page.id))
        self._rows[page.id] = row
        return row

    def set_active(self, page_id: str) -> None:
        for key, row in self._rows.items():
            row.set_active(key == page_id)

    def set_badges(self, badges: Mapping[str, str]) -> None:
        """Words by page id ("soon", "NEW", a number); pages that are not named get none."""
        for key, row in self._rows.items():
            row.set_badge(badges.get(key, ""))

    @property
    def is_narrow(self) -> bool:
        return self._narrow

    def set_narrow(self, narrow: bool) -> None:
        if narrow == self._narrow:
            return
        self._narrow = narrow
        if narrow:
            self._collapse.set_face("panel-left-open", "Expand")
        else:
            self._collapse.set_face("panel-left-close", "Collapse")
        for group_id in self._titles:
            self._show_rows(group_id)
        self._glide.to(float(NARROW if narrow else WIDE))
        self.folded_changed.emit()

    def folded_groups(self) -> tuple[str, ...]:
        return tuple(key for key, title in self._titles.items() if not title.isChecked())

    def set_folded_groups(self, folded: Sequence[str]) -> None:
        for key, title in self._titles.items():
            title.setChecked(key not in folded)

    def _fold(self, group: NavGroup, _opened: bool) -> None:
        self._show_rows(group.id)
        self.folded_changed.emit()

    def _show_rows(self, group_id: str) -> None:
        title = self._titles[group_id]
        for page in title.nav_group.pages:
            self._rows[page.id].setVisible(title.isChecked() or self._narrow)

    def _take_width(self, width: float) -> None:
        self.setFixedWidth(round(width))
        self._spread = (width - NARROW) / (WIDE - NARROW)
        for row in (self._collapse, *self._rows.values()):
            row.set_spread(self._spread)
        for title in self._titles.values():
            title.set_spread(self._spread)
        self._brand.set_spread(self._spread)

    def paintEvent(self, _event: QPaintEvent) -> None:
        t = theme.tokens()
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(t.sidebar))
        painter.fillRect(self.width() - 1, 0, 1, self.height(), QColor(t.border))
