"""The navigation at the left: groups that fold, badges, and a narrow form that is only icons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from oelala_desktop.ui.commands import keys
from oelala_desktop.ui.navigation import FOOT, GROUPS, PAGES, START_PAGE, NavGroup, NavPage
from oelala_desktop.ui.style.frame import GroundFace
from oelala_desktop.ui.style.motion import Glide
from oelala_desktop.ui.style.row import NARROW as NARROW
from oelala_desktop.ui.style.row import BrandFace, GroupFace, PageFace
from oelala_desktop.ui.widgets.control import Control, fold_states
from oelala_desktop.ui.widgets.scroll import ScrollColumn

WIDE = 260
_LOW = 700  # height of the bar from which on all pages have room


_GOES = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_Home: -1000, Qt.Key.Key_End: 1000}


class NavButton(Control, QPushButton):
    """A line of the sidebar. Tab stops at one of them, arrows go to the others."""

    went = Signal(int)  # so many lines down, up if negative

    def __init__(self, title: str, parent: QWidget | None) -> None:
        super().__init__(title, parent)
        self.setAccessibleName(title)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = _GOES.get(Qt.Key(event.key()))
        if by is not None and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self.went.emit(by)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.click()
        else:
            super().keyPressEvent(event)


class NavRow(NavButton):
    """A page in the sidebar; `spread` runs from 0 (icon only) to 1 (all of it)."""

    spoken_role = "PageTab"

    def __init__(self, page: NavPage, *, parent: QWidget | None = None) -> None:
        super().__init__(page.title, parent)
        self.page = page
        self._command = f"page.{page.id}" if page.id in PAGES else "sidebar"
        self.face = PageFace(page.icon)

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
        self.setIcon(QIcon())  # Qt measures the button anew
        self._tell()

    def set_low(self, low: bool) -> None:
        self.face.low = low
        self.setIcon(QIcon())
        self.updateGeometry()

    def _tell(self) -> None:
        badge = self.face.badge
        named = f"{self.text()} ({badge})" if badge else self.text()
        self.set_hint(keys.hint(self._command, named) if self.face.spread < 0.5 or self._command == "sidebar" else "")
        self.update()


class GroupTitle(NavButton):
    """The capitals over a group; pressing them folds it."""

    spoken_role = "Button"

    def __init__(self, group: NavGroup, *, parent: QWidget | None = None) -> None:
        super().__init__(group.title, parent)
        self.nav_group = group
        self.face = GroupFace()
        self._turn = Glide(self, 1.0, self._turned)
        self.setCheckable(True)
        self.setChecked(True)
        self.toggled.connect(self._fold)

    def _fold(self, opened: bool) -> None:
        self._turn.to(1.0 if opened else 0.0)
        self.tell("expanded", "collapsed")

    def set_spread(self, spread: float) -> None:
        self.face.spread = spread
        self.setIcon(QIcon())  # Qt measures the button anew
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
        self._stop: NavButton | None = None  # where Tab stops
        self.setAccessibleName("Pages")
        self.setFixedWidth(WIDE)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 1, 12)
        column.setSpacing(0)
        column.addWidget(self._brand)
        column.addWidget(self._make_groups(groups), 1)
        rule = QFrame()
        rule.face = GroundFace("", "bottom")  # type: ignore[attr-defined]
        rule.setFixedHeight(1)
        column.addWidget(rule)
        column.addSpacing(8)
        for page in FOOT:
            column.addWidget(self._make_row(page))
        self._collapse = NavRow(NavPage("collapse", "Collapse", "panel-left-close"))
        self._collapse.set_hint(keys.hint("sidebar", "Collapse"))
        self._collapse.spoken_role = "Button"
        self._collapse.clicked.connect(lambda: self.set_narrow(not self._narrow))
        column.addWidget(self._collapse)
        for line in self._lines():
            line.went.connect(partial(self._go, line))
        self._stop_at(self._rows[START_PAGE])

    def _make_groups(self, groups: Sequence[NavGroup]) -> ScrollColumn:
        scroll = self._scroll = ScrollColumn()
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

    def _lines(self) -> list[NavButton]:
        """From top to bottom, those of folded groups too."""
        lines: list[NavButton] = []
        for title in self._titles.values():
            lines += [title, *(self._rows[page.id] for page in title.nav_group.pages)]
        return [*lines, *(self._rows[page.id] for page in FOOT), self._collapse]

    def _go(self, line: NavButton, by: int) -> None:
        seen = [other for other in self._lines() if not other.isHidden()]
        target = seen[max(0, min(len(seen) - 1, seen.index(line) + by))]
        self._stop_at(target)
        target.setFocus(Qt.FocusReason.TabFocusReason)
        if self._scroll.isAncestorOf(target):
            self._scroll.ensureWidgetVisible(target, 0, 8)

    def _stop_at(self, line: NavButton) -> None:
        """Where Tab stops from now on; where `line` is folded away, at the title over it."""
        if line.isHidden() and isinstance(line, NavRow):
            line = next((t for t in self._titles.values() if line.page in t.nav_group.pages), line)
        if self._stop is not None:
            self._stop.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._stop = line
        line.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def set_active(self, page_id: str) -> None:
        if page_id in self._rows:
            self._stop_at(self._rows[page_id])
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
        if self._stop is not None:
            self._stop_at(self._stop)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a low window its rows are lower, so that all pages are in view."""
        super().resizeEvent(event)
        low = event.size().height() < _LOW
        if low != self._collapse.face.low:
            for row in (self._collapse, *self._rows.values()):
                row.set_low(low)

    def _take_width(self, width: float) -> None:
        self.setFixedWidth(round(width))
        self._spread = (width - NARROW) / (WIDE - NARROW)
        for row in (self._collapse, *self._rows.values()):
            row.set_spread(self._spread)
        for title in self._titles.values():
            title.set_spread(self._spread)
        self._brand.set_spread(self._spread)
