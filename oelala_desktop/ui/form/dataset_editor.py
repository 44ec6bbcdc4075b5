"""The editor of a folder of pictures with captions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Signal

from oelala_desktop.domain.field import Field
from oelala_desktop.ui.form.input_editors import InputEditor, Shown
from oelala_desktop.ui.train.source import DatasetSource


class DatasetEditor(InputEditor):
    """`save_wished` when the captions are to be saved, `typed` when one was changed."""

    save_wished = Signal()
    typed = Signal()

    def __init__(self, field: Field) -> None:
        super().__init__(field)
        self.source = DatasetSource(field.label)
        self._hold(self.source)
        self._shown: Shown | None = None
        self.source.zone.files_dropped.connect(self.files_dropped)
        self.source.removed.connect(lambda: self.edited.emit(None))
        self.source.save_wished.connect(self.save_wished)
        self.source.edited.connect(self.typed)

    def show_given(self, values: Mapping[str, Any], shown: Mapping[str, Shown], *, keeps_sound: bool = False) -> None:
        one = shown.get(next(iter(self._names(values)), ""))
        if one is not self._shown:
            self._shown = one
            self.source.set_pictures(one.given.name if one else "", one.pictures if one else ())

    def set_error(self, sentence: str) -> None:
        self.source.set_error(sentence)

    def set_busy(self, text: str) -> None:
        self.source.set_busy(text)

    def paste(self) -> bool:
        return self.source.zone.paste()

    def browse(self) -> None:
        self.source.zone.browse()
