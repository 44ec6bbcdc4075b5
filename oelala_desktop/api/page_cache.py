"""Pages of the listing as ready bytes, for as long as nothing changes and never for long, so that many clients that ask
the same cost one answer."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from oelala_desktop.domain.events import LibraryChanged
from oelala_desktop.services.loop.bus import Bus

_AGE = 1.0  # seconds after which a page is made anew, whatever was told
_PAGES = 16


@dataclass(slots=True)
class _Page:
    made: float
    content: asyncio.Future[bytes]


class PageCache:
    def __init__(self, bus: Bus) -> None:
        self._pages: OrderedDict[bytes, _Page] = OrderedDict()
        bus.subscribe(LibraryChanged, lambda event: self._pages.clear())

    async def get(self, key: bytes, make: Callable[[], Awaitable[bytes]]) -> bytes:
        """The page of that key, made by whoever asks for it first; the others wait for that. Raises what `make`
        raises."""
        page = self._pages.get(key)
        if page is not None and time.monotonic() - page.made < _AGE:
            return page.content.result() if page.content.done() else await asyncio.shield(page.content)
        page = self._pages[key] = _Page(time.monotonic(), asyncio.get_running_loop().create_future())
        self._pages.move_to_end(key)
        if len(self._pages) > _PAGES:
            self._pages.popitem(last=False)
        return await self._make(key, page, make)

    async def _make(self, key: bytes, page: _Page, make: Callable[[], Awaitable[bytes]]) -> bytes:
        try:
            content = await make()
        except BaseException as error:
            if self._pages.get(key) is page:
                del self._pages[key]
            if isinstance(error, Exception):
                page.content.set_exception(error)
                page.content.exception()  # those who wait raise it; nobody has to
            else:
                page.content.cancel()
            raise
        page.content.set_result(content)
        return content
