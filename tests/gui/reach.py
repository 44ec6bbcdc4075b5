"""Controls as they are reached by somebody who hears the screen: by what they are and are called, among what is shown.

`button(window, "Generate").click()`, `field(page, "Prompt")`, `"3 more" in words(panel)`. Whoever looks for what is not
there is told what is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QApplication, QLabel, QMenu, QWidget

LEFT = Qt.MouseButton.LeftButton
_ROLE, _NAME = QAccessible.Role, QAccessible.Text.Name
BUTTONS = frozenset({_ROLE.Button, _ROLE.CheckBox, _ROLE.RadioButton, _ROLE.ButtonMenu, _ROLE.PageTab})
FIELDS = frozenset({_ROLE.EditableText, _ROLE.SpinBox})
LISTS = frozenset({_ROLE.List, _ROLE.Table, _ROLE.Tree})


class Told(NamedTuple):
    """What a screen reader is told of a widget."""

    widget: QWidget
    role: QAccessible.Role
    name: str


def told(root: QWidget) -> Iterator[Told]:
    """Of all that is shown in `root`, itself first. Hard spaces are spaces here."""
    for widget in (root, *root.findChildren(QWidget)):
        if widget is root or widget.isVisibleTo(root):
            found = QAccessible.queryAccessibleInterface(widget)
            if found is not None:
                yield Told(widget, found.role(), _plain(found.text(_NAME)))


def _plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def every(root: QWidget, name: str, roles: Collection[QAccessible.Role] = ()) -> list[QWidget]:
    """All that is called so; a name that ends in … is a beginning."""
    start = name.removesuffix("…")
    return [
        one.widget
        for one in told(root)
        if (not roles or one.role in roles) and (one.name == name or (start != name and one.name.startswith(start)))
    ]


def find(root: QWidget, name: str, roles: Collection[QAccessible.Role] = ()) -> Any:
    """The first that is called so."""
    found = every(root, name, roles)
    there = sorted({one.name for one in told(root) if one.name and (not roles or one.role in roles)})
    assert found, f"{name!r} is not there, but {there}"
    return found[0]


def seen(root: QWidget, name: str, roles: Collection[QAccessible.Role] = ()) -> bool:
    return bool(every(root, name, roles))


def button(root: QWidget, name: str) -> QAbstractButton:
    """Whatever is pressed: buttons, switches, heads of folds, entries of the sidebar."""
    found: QAbstractButton = find(root, name, BUTTONS)
    return found


def tabbed(root: QWidget, *names: str) -> list[str]:
    """These, in the order in which Tab goes through them."""
    found, at = [], root.nextInFocusChain()
    while at is not root:
        if at.accessibleName() in names and at.focusPolicy() & Qt.FocusPolicy.TabFocus and at.isVisibleTo(root):
            found.append(at.accessibleName())
        at = at.nextInFocusChain()
    return found


def has_button(root: QWidget, name: str) -> bool:
    return seen(root, name, BUTTONS)


def press(root: QWidget, name: str) -> None:
    """As the mouse does, so that nothing happens where the button is disabled."""
    found = button(root, name)
    QTest.mouseClick(found, LEFT, pos=found.rect().center())


def field(root: QWidget, name: str) -> Any:
    """What is typed into."""
    return find(root, name, FIELDS)


def text(root: QWidget, words: str) -> QLabel:
    found: QLabel = find(root, words, {_ROLE.StaticText})
    return found


def words(root: QWidget) -> str:
    """All that is told of what is shown, in lines: names and descriptions."""
    lines = ((one.name, _plain(one.widget.accessibleDescription())) for one in told(root))
    return "\n".join(line for pair in lines for line in pair if line)


def described(root: QWidget, description: str) -> str:
    """The name of what is described so, such as the value of a setting."""
    found = {_plain(one.widget.accessibleDescription()): one.name for one in told(root)}
    assert description in found, f"{description!r} is not there, but {sorted(filter(None, found))}"
    return found[description]


def choose(root: QWidget, name: str, label: str) -> None:
    """Opens the list that is called so and takes what has that label in it."""
    opener = find(root, name, {*BUTTONS, _ROLE.ComboBox})
    QTest.mouseClick(opener, LEFT, pos=opener.rect().center())
    shown: QAbstractItemView = find(root.window(), name, LISTS)
    model = shown.model()
    labels = [model.index(row, 0) for row in range(model.rowCount())]
    wanted = next((index for index in labels if _plain(str(index.data())) == label), None)
    assert wanted is not None, f"{label!r} is not there, but {[index.data() for index in labels]}"
    shown.scrollTo(wanted)
    QTest.mouseClick(shown.viewport(), LEFT, pos=shown.visualRect(wanted).center())


def menu() -> dict[str, QAction]:
    """The entries of the menu that is open, by their words."""
    opened = QApplication.activePopupWidget()
    assert isinstance(opened, QMenu), "no menu is open"
    return {action.text().split("\t")[0]: action for action in opened.actions() if action.text()}


def close_menu() -> None:
    opened = QApplication.activePopupWidget()
    assert isinstance(opened, QMenu), "no menu is open"
    opened.close()
