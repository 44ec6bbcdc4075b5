"""The bus: facts from those who know them to those who want to hear them; neither knows the other."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, TypeVar

from oelala_desktop.domain.events import Event

log = logging.getLogger(__name__)
E = TypeVar("E")


class Bus:
    """Handlers run at once, in order of subscription, on the loop's thread; they must be quick."""

    def __init__(self) -> None:
        self._handlers: dict[type, list[Callable[[Any], None]]] = {}

    def subscribe(self, kind: type[E], handler: Callable[[E], None]) -> Callable[[], None]:
        """Returns what ends the subscription; calling that twice does no harm."""
        handlers = self._handlers.setdefault(kind, [])
        handlers.append(handler)

        def end() -> None:
            if handler in handlers:
                handlers.remove(handler)

        return end

    def publish(self, event: Event) -> None:
        for handler in tuple(self._handlers.get(type(event), ())):
            try:
                handler(event)
            except Exception:
                log.exception("a listener failed on %s", type(event).__name__)
