"""The place of a form's cards: they get the height that there is before anything scrolls."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QResizeEvent

from oelala_desktop.ui.form.cards import FormCards
from oelala_desktop.ui.widgets.scroll import ScrollColumn


class FormScroll(ScrollColumn):
    _cards: FormCards | None = None
    _fitting = False

    def set_cards(self, cards: FormCards) -> None:
        """Replaces what was there."""
        self._cards = cards
        self.set_content(cards)
        cards.installEventFilter(self)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._cards and event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        if self._cards is not None and not self._fitting and self.height() > 60:
            self._fitting = True
            self._cards.give_room(self.viewport().height())
            self._fitting = False
