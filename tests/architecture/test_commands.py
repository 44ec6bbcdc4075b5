"""A command is one row of one table: no key stands for two in one place, and none is written down anywhere else."""

from __future__ import annotations

import ast
import re
from collections import Counter

import pytest

from oelala_desktop.ui.commands import rows
from oelala_desktop.ui.commands.rows import PLACES, ROWS, Row
from tests.architecture.sources import PACKAGE, files_below, shown

TABLE = PACKAGE / "ui" / "commands"
#: what a widget answers by itself: going about in it, pressing it, emptying it, leaving it
OF_WIDGETS = {
    *("Left", "Right", "Up", "Down", "Home", "End", "PageUp", "PageDown", "Tab", "Backtab"),
    *("Return", "Enter", "Space", "Escape", "Delete", "Backspace"),
}
MAKERS = {"QShortcut", "QKeySequence", "setShortcut", "setShortcuts", "QKeyCombination"}
WRITTEN = re.compile(
    r"\b(Ctrl|Alt|Shift|Meta|Cmd)\b ?[+ ] ?\S|\bPress [A-Z]\b"
    r"|\((?:[A-Z?.,]|F\d+|Del|Esc|Space|Enter|←|→)\)$|^F\d+$"
)


def written_in(source: str) -> list[str]:
    """The shortcuts that a module makes or names, docstrings aside."""
    tree, found = ast.parse(source), []
    told = [node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)]
    for node in ast.walk(tree):
        name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
        if name in MAKERS or (name.startswith("Key_") and name.removeprefix("Key_") not in OF_WIDGETS):
            found.append(name)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in told:
            found += [node.value] if WRITTEN.search(node.value) else []
    return found


def test_no_shortcut_is_written_down_elsewhere() -> None:
    files = [path for path in files_below(PACKAGE / "ui", ".py") if not path.is_relative_to(TABLE)]
    assert len(files) > 100
    found = {shown(path): names for path in files if (names := written_in(path.read_text("utf-8")))}
    assert found == {}


@pytest.mark.parametrize(
    "source",
    [
        "QShortcut(x, self)",
        "action.setShortcut(x)",
        "if event.key() == Qt.Key.Key_F: pass",
        "button = IconButton('heart', 'Favorite (F)')",
        "cap = 'Ctrl ↵'",
        "on('F1', act)",
        "words = 'Press Ctrl+V there'",
    ],
)
def test_the_rule_finds_them(source: str) -> None:
    assert written_in(source)


@pytest.mark.parametrize("source", ["'''Ctrl+V pastes.'''", "event.key() == Qt.Key.Key_Return", "x = 'Flux (GGUF)'"])
def test_the_rule_lets_others_be(source: str) -> None:
    assert not written_in(source)


def test_every_row_has_an_id_of_its_own_and_known_places() -> None:
    parts = [part for part in vars(rows).values() if isinstance(part, tuple) and part and isinstance(part[0], Row)]
    ids = Counter(row.id for part in parts for row in part)
    assert set(ids) == set(ROWS) and [row_id for row_id, count in ids.items() if count > 1] == []
    assert {place for row in ROWS.values() for place in row.places} == set(PLACES)


@pytest.mark.parametrize("place", PLACES)
def test_no_key_stands_for_two_in_one_place(place: str) -> None:
    """Esc apart, which closes what is nearest, a place takes no key from the whole window either."""
    here = Counter(key for row in ROWS.values() if place in row.places for key in row.keys)
    assert [key for key, count in here.items() if count > 1] == []
    everywhere = {key for row in ROWS.values() if "window" in row.places for key in row.keys} - {"Esc"}
    assert place == "window" or not everywhere & set(here)
