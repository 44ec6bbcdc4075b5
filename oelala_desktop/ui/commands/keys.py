"""The keys of a command: whether an event presses them, and how they are written on this system."""

from __future__ import annotations

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from oelala_desktop.ui.commands.rows import ROWS

_Format = QKeySequence.SequenceFormat
_SIGNS = {"Left": "←", "Right": "→"}
_CAPS = {"Enter": "↵"}


def sequences(row_id: str) -> list[QKeySequence]:
    return [QKeySequence(keys, _Format.PortableText) for keys in ROWS[row_id].keys]


def parts(row_id: str) -> list[str]:
    """The caps to press, as this system calls them: "Ctrl", "K"; "⌘K" on a Mac; none without a key."""
    found = sequences(row_id)
    if not found:
        return []
    words = found[0].toString(_Format.NativeText)
    names = words.removesuffix("+").split("+") if len(words) > 1 else [words]
    if words.endswith("+") and len(words) > 1:
        names[-1] = "+"  # the key itself
    return [_SIGNS.get(name, name) for name in names]


def words(row_id: str) -> str:
    """ "Ctrl+K", or "" without a key."""
    return "+".join(parts(row_id))


def cap(row_id: str) -> str:
    """As it stands on a button: "Ctrl ↵"."""
    return " ".join(_CAPS.get(part, part) for part in parts(row_id))


def hint(row_id: str, text: str = "") -> str:
    """For a tooltip: the command, or `text`, and its key: "Favorite (F)"."""
    said, key = text or ROWS[row_id].text, words(row_id)
    return f"{said} ({key})" if key else said


def presses(event: QKeyEvent, row_id: str) -> bool:
    """Whether this is its key, on the number pad too. A sign may need Shift on this keyboard."""
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    key = Qt.Key(event.key())
    pressed = [QKeyCombination(modifiers, key)]
    if Qt.Key.Key_Exclam <= key < Qt.Key.Key_AsciiTilde and not Qt.Key.Key_A <= key <= Qt.Key.Key_Z:
        pressed.append(QKeyCombination(modifiers & ~Qt.KeyboardModifier.ShiftModifier, key))
    known = sequences(row_id)
    return any(QKeySequence(combination) in known for combination in pressed)
