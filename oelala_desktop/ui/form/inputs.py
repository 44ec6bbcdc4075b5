"""What a form knows of the files that are given to it, and how its editors show them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from oelala_desktop.domain.field import Field, FieldKind
from oelala_desktop.domain.inputs import Inputs, names_in
from oelala_desktop.domain.tool import VOCABULARY, Tool
from oelala_desktop.ui.form.editor import Editor
from oelala_desktop.ui.form.fields import editor_for
from oelala_desktop.ui.form.host import FormHost
from oelala_desktop.ui.form.input_editors import KINDS, InputEditor, MaskEditor, Shown, SlotEditor
from oelala_desktop.ui.widgets import dropped

if TYPE_CHECKING:
    from oelala_desktop.ui.form.row import FieldRow

_EITHER = (dropped.PICTURE, dropped.VIDEO)
#: kinds that are laid over another input, or are not to be looked at
_NEVER_UNDER = frozenset({FieldKind.MASK, FieldKind.SOUND, FieldKind.DATASET})

#: the picture that a video ends on stands with the one that it begins with
_END = "end_image"


class FormInputs:
    """Files are known by the paths that the form's values have; what is not among them any more is forgotten."""

    def __init__(self, form: FormHost) -> None:
        self._form = form
        self._shown: dict[str, dict[str, Shown]] = {}

    # the fields

    def _fields(self) -> list[Field]:
        return [field for field in self._form.fields.values() if field.is_input]

    def first(self, *kinds: FieldKind) -> str | None:
        """The first input of one of these kinds."""
        return next((field.key for field in self._fields() if field.kind in kinds), None)

    def taking(self, kind: dropped.Kind) -> str | None:
        """The first input that takes such things; a mask is only ever given to its own field."""
        fields = (field for field in self._fields() if field.kind is not FieldKind.MASK)
        key = next((field.key for field in fields if KINDS.get(field.kind) is kind), None)
        return key or (self.place if kind in _EITHER else None)

    @property
    def place(self) -> str | None:
        """The input that stands for the other too, of a tool that goes by a picture or a video."""
        return either_of(self._form.tool, self._form.fields)

    def make_editor(self, field: Field) -> Editor:
        """Of any field; small where it stands at the side of another."""
        beside = beside_of(self._form.tool, self._form.fields)
        if beside is not None and beside[1] == field.key:
            return SlotEditor(field)
        return editor_for(self._as_shown(field))

    def kind(self, key: str) -> dropped.Kind:
        """What may be given there."""
        return dropped.EITHER if key == self.place else KINDS[self._form.fields[key].kind]

    def _as_shown(self, field: Field) -> Field:
        """The field with the name that its editor bears."""
        either = field.key == self.place and field.label == VOCABULARY[field.key].label
        return replace(field, label=dropped.EITHER.word.capitalize()) if either else field

    def editor(self, key: str) -> InputEditor | None:
        """Made now, if its fold was never open."""
        editor = self._form.row(key).editor if key in self._form.fields else None
        return editor if isinstance(editor, InputEditor) else None

    def note(self, key: str, text: str) -> None:
        """Words on what was given."""
        if (editor := self.editor(key)) is not None:
            editor.set_note(text)

    def offer_instead(self, key: str, name: str) -> None:
        """Another preset that takes what was refused there; "" when there is none."""
        if (editor := self.editor(key)) is not None:
            editor.offer_instead(name)

    def offer_preset(self, key: str, offered: bool) -> None:
        if (editor := self.editor(key)) is not None:
            editor.offer_preset(offered)

    def busy(self, key: str, text: str) -> None:
        """What is under way; "" when it is over."""
        if (editor := self.editor(key)) is not None:
            editor.set_busy(text)

    def offer_smaller(self, key: str, offered: bool) -> None:
        if (editor := self.editor(key)) is not None:
            editor.offer_smaller(offered)

    # what is known

    def know(self, key: str, path: str, shown: Shown) -> None:
        """What was found out about a file."""
        self._shown.setdefault(key, {})[path] = shown

    def shown(self, key: str) -> Mapping[str, Shown]:
        """What is known of the files of an input, by path."""
        return self._shown.get(key, {})

    def facts(self) -> Inputs:
        values, out = self._form.values(), {}
        for key, known in self._shown.items():
            given = tuple(known[name].given for name in names_in(values.get(key)) if name in known)
            if given:
                out[key] = given
        return out

    def under(self) -> tuple[str, str, Shown] | None:
        """What a mask is laid over, the first input that can be seen: its key, path, and looks."""
        values = self._form.values()
        for field in self._fields():
            for name in names_in(values.get(field.key)) if field.kind not in _NEVER_UNDER else ():
                if name in self.shown(field.key):
                    return field.key, name, self.shown(field.key)[name]
        return None

    def refresh(self, rows: Mapping[str, FieldRow], *, makes_sound: bool) -> None:
        """Shows what is given in the editors that there are; `makes_sound` says whether the result can be heard."""
        values, under = self._form.values(), self.under()
        sound = self.first(FieldKind.SOUND)
        keeps_sound = makes_sound and not (sound and values.get(sound))
        seen = (field.label.lower() for field in self._fields() if field.kind not in _NEVER_UNDER)
        wanted = next(seen, "picture")
        for key, row in rows.items():
            if isinstance(row.editor, MaskEditor):
                row.editor.set_under(under[2] if under else None, wanted)
            if isinstance(row.editor, InputEditor):
                row.editor.show_given(values, self.shown(key), keeps_sound=keeps_sound)
        for key, known in self._shown.items():
            names = names_in(values.get(key))
            self._shown[key] = {name: one for name, one in known.items() if name in names}


def either_of(tool: Tool, fields: Mapping[str, Field]) -> str | None:
    """The input that stands for the other too, of a tool that goes by a picture or a video."""
    keys = [key for key in reversed(tool.needs) if key in fields] if tool.takes_either else []
    return next(iter(keys), None)


def beside_of(tool: Tool, fields: Mapping[str, Field]) -> tuple[str, str] | None:
    """The input with a slot at its side, and what stands there: the end picture, or what goes with a scene."""
    place = either_of(tool, fields)
    if place is not None:
        pictures = [key for key, field in fields.items() if field.kind is FieldKind.PICTURE and key != place]
        return (place, pictures[0]) if pictures else None
    starts = [key for key, field in fields.items() if field.kind is FieldKind.PICTURE and key != _END]
    return (starts[0], _END) if starts and _END in fields else None
