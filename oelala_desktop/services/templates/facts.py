"""What the workflows of one server's templates tell, kept from one start to the next."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from oelala_desktop import __version__
from oelala_desktop.domain.catalog import Catalog
from oelala_desktop.domain.template import TemplateFacts
from oelala_desktop.domain.template_facts import Shelves, mark_of_nodes, read_facts
from oelala_desktop.storage.template_files import KeptFacts, TemplateFiles

_KEPT_EVERY = 40  # readings


class FactsBook:
    """`tell` hears of every template whose facts are others now."""

    def __init__(self, files: TemplateFiles, tell: Callable[[str], None]) -> None:
        self._files = files
        self._tell = tell
        self._server = ""
        self._rows: dict[str, KeptFacts] = {}
        self._shelves: Shelves | None = None
        self._beside = ""  # of the catalog of the shelves
        self._unkept = 0

    async def open(self, server: str) -> None:
        """Another server's, as they were kept."""
        await self.keep()
        self._rows = await asyncio.to_thread(self._files.facts, server)
        self._server, self._shelves, self._beside = server, None, ""

    def facts(self, name: str) -> TemplateFacts | None:
        row = self._rows.get(name)
        return None if row is None else row.facts

    def knows(self, name: str, stamp: str) -> bool:
        """Whether they are of that workflow, beside the nodes that the server has now."""
        row = self._rows.get(name)
        return row is not None and (row.stamp, row.beside) == (stamp, self._beside)

    async def settle(self, catalog: Catalog, files: Mapping[str, tuple[str, ...]]) -> None:
        """How the model files of all stand, now that the server has these."""
        server = self._server
        mark = await asyncio.to_thread(_mark, catalog)
        shelves = Shelves(catalog, files)
        rows = dict(self._rows)
        settled = await asyncio.to_thread(lambda: {name: shelves.settled(row.facts) for name, row in rows.items()})
        if server != self._server:
            return
        self._shelves, self._beside = shelves, mark
        for name, facts in settled.items():
            if self._rows.get(name) is rows[name] and facts != rows[name].facts:
                self._put(name, replace(rows[name], facts=facts))

    async def read(self, name: str, stamp: str, workflow: dict[str, Any], catalog: Catalog) -> TemplateFacts:
        server, shelves = self._server, self._shelves
        if shelves is None or shelves.catalog is not catalog:
            shelves, mark = Shelves(catalog, {}), await asyncio.to_thread(_mark, catalog)
        else:
            mark = self._beside
        found = await asyncio.to_thread(lambda: shelves.settled(read_facts(workflow, catalog)))
        if server == self._server:
            self._put(name, KeptFacts(stamp, mark, found))
        if self._unkept >= _KEPT_EVERY:
            await self.keep()
        return found

    async def keep(self) -> None:
        if self._unkept:
            self._unkept = 0
            await asyncio.to_thread(self._files.keep_facts, self._server, dict(self._rows))

    def _put(self, name: str, row: KeptFacts) -> None:
        self._rows[name] = row
        self._unkept += 1
        self._tell(name)


def _mark(catalog: Catalog) -> str:
    """Of what facts depend on beside their workflow: the server's nodes, and the rules of this version."""
    return f"{__version__} {mark_of_nodes(catalog)}"
