"""The place of a form's cards: they get the height that there is before anything scrolls."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QSize
from PySide6.QtGui import QResizeEvent

from oelala_desktop.ui.form.cards import FormCards
from oelala_desktop.ui.widgets.scroll import ScrollColumn


class FormScroll(ScrollColumn):
    _cards: FormCards | None = None
    _fitting = False
    _fitted: tuple[QSize, QSize, int, tuple[int, int]] | None = None  # what the last fit came to

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
            given = self._cards.give_room(self.viewport().height())
            self._fitting = False
            wanted = self._cards.wanted_height(self._cards.width())
            fitted = (self.viewport().size(), self._cards.size(), wanted, given)
            if fitted == self._fitted:  # to fit asks the layouts anew, and would so ask for the next fit without an end
                QCoreApplication.removePostedEvents(self._cards, QEvent.Type.LayoutRequest.value)
            self._fitted = fitted
