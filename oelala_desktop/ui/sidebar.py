"""The navigation at the left: groups that fold, badges, and a narrow form that is only icons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from oelala_desktop.ui.motion import Glide
from oelala_desktop.ui.navigation import GROUPS, SETTINGS, NavGroup, NavPage
from oelala_desktop.ui.style.frame import GroundFace
from oelala_desktop.ui.style.row import NARROW as NARROW
from oelala_desktop.ui.style.row import BrandFace, GroupFace, PageFace
from oelala_desktop.ui.widgets.control import Control, fold_states
from oelala_desktop.ui.widgets.scroll import ScrollColumn

WIDE = 260


class NavRow(Control, QPushButton):
    """A page in the sidebar; `spread` runs from 0 (icon only) to 1 (all of it)."""

    spoken_role = "PageTab"

    def __init__(self, page: NavPage, *, parent: QWidget | None = None) -> None:
        super().__init__(page.title, parent)
        self.page = page
        self.face = PageFace(page.icon)
        self.setAccessibleName(page.title)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_badge(self, text: str) -> None:
        self.face.badge = text
        self.setAccessibleDescription(text)
        self._tell()

    def set_face(self, icon: str, title: str) -> None:
        self.face.icon = icon
        self.setText(title)
        self.setAccessibleName(title)
        self._tell()

    def set_active(self, active: bool) -> None:
        if active != self.face.active:
            self.face.active = active
            self.tell("selected")
            self.update()

    def spoken_states(self) -> dict[str, bool]:
        return {"selectable": self.spoken_role == "PageTab", "selected": self.face.active}

    def set_spread(self, spread: float) -> None:
        self.face.spread = spread
        self._tell()

    def _tell(self) -> None:
        badge = self.face.badge
        named = f"{self.text()} ({badge})" if badge else self.text()
        self.set_hint(named if self.face.spread < 0.5 else "")
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.focusNextPrevChild(event.key() == Qt.Key.Key_Down)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.click()
        else:
            super().keyPressEvent(event)


class GroupTitle(Control, QPushButton):
    """The capitals over a group; pressing them folds it."""

    spoken_role = "Button"

    def __init__(self, group: NavGroup, *, parent: QWidget | None = None) -> None:
        super().__init__(group.title, parent)
        self.nav_group = group
        self.face = GroupFace()
        self._turn = Glide(self, 1.0, self._turned)
        self.setAccessibleName(group.title)
        self.setCheckable(True)
        self.setChecked(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.toggled.connect(self._fold)

    def _fold(self, opened: bool) -> None:
        self._turn.to(1.0 if opened else 0.0)
        self.tell("expanded", "collapsed")

    def set_spread(self, spread: float) -> None:
        self.face.spread = spread
        self.update()

    def spoken_states(self) -> dict[str, bool]:
        return fold_states(self.isChecked())

    def _turned(self, share: float) -> None:
        self.face.turn = share
        self.update()


class Brand(QFrame):
    """The mark and the name on top."""

    spoken_role = "Graphic"

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.face = BrandFace()
        self.setFixedHeight(56)
        self.setAccessibleName("Oelala")

    def set_spread(self, spread: float) -> None:
        self.face.spread = spread
        self.update()


class Sidebar(QFrame):
    page_chosen = Signal(str)  # page id
    folded_changed = Signal()  # a group was folded or opened, or the whole bar
    spoken_role = "PageTabList"

    def __init__(self, groups: Sequence[NavGroup] = GROUPS, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.face = GroundFace("sidebar", "right")
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
        self._collapse.spoken_role = "Button"
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
