"""What a prompt with choices draws to next, told under it before it is sent; and then that is what is sent."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, QTimer

from oelala_desktop.domain.errors import OelalaError
from oelala_desktop.domain.field import DRAWN_SEEDS
from oelala_desktop.domain.obstacle import Obstructed
from oelala_desktop.domain.wording import draw, has_choices
from oelala_desktop.services.queue.jobs import Wish
from oelala_desktop.ui.form.form import ToolForm
from oelala_desktop.ui.studio import Studio

_KEY = "prompt"
_PAUSE_MS = 200


class NextDraw(QObject):
    """Where the seed is left to chance it is drawn here, once for each press."""

    def __init__(self, form: ToolForm, studio: Studio) -> None:
        super().__init__(form)
        self._form = form
        self._studio = studio
        self._seed = secrets.randbelow(DRAWN_SEEDS)
        self._asked = ("", 0)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._draw)

    def look(self) -> None:
        """At what is typed now."""
        text = self._text()
        if not has_choices(text):
            self._pause.stop()
            self._asked = ("", 0)
            self._show("")
        elif not self._pause.isActive():
            self._pause.start()

    def fixed(self, wish: Wish) -> Wish:
        """The wish with the seed that was drawn with; the next one gets another."""
        if not any(has_choices(str(wish.values.get(key) or "")) for key in (_KEY, "negative_prompt")):
            return wish
        seed = self._first_seed()
        self._seed = secrets.randbelow(DRAWN_SEEDS)
        self.look()
        return replace(wish, values={**wish.values, "seed": str(seed)})

    def _text(self) -> str:
        return str(self._form.values().get(_KEY) or "") if _KEY in self._form.fields else ""

    def _first_seed(self) -> int:
        given = self._form.values().get("seed")
        return self._seed if given is None or int(given) < 0 else int(given)

    def _draw(self) -> None:
        text, seed = self._asked = (self._text(), self._first_seed())
        wildcards = self._studio.services.wildcards
        work = asyncio.to_thread(draw, _KEY, text, seed, partial(wildcards.lines, _KEY))
        self._studio.actions.start(
            work,
            done=lambda drawn: self._tell((text, seed), f"Next: {drawn}"),
            failed=lambda error: self._refused((text, seed), error),
            owner=self,
        )

    def _refused(self, asked: tuple[str, int], error: OelalaError) -> bool:
        self._tell(asked, error.obstacle.at_field if isinstance(error, Obstructed) else error.message)
        return True

    def _tell(self, asked: tuple[str, int], words: str) -> None:
        if asked == self._asked:
            self._show(words)

    def _show(self, words: str) -> None:
        if _KEY in self._form.fields:
            self._form.row(_KEY).set_note(words)
