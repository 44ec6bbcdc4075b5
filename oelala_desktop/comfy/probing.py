"""What a server still has of a job that it has forgotten, looked for by the names that only its savers give."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence

from oelala_desktop.domain.engine import ServerFile
from oelala_desktop.domain.savers import Saver

_MOST_FILES = 256  # of one prefix


async def find_files(
    savers: Sequence[Saver], exists: Callable[[ServerFile], Awaitable[bool]]
) -> tuple[ServerFile, ...]:
    """What they have saved; nothing where one that was asked for has saved nothing. Raises what `exists` raises."""
    found: list[ServerFile] = []
    for prefix in dict.fromkeys(saver.prefix for saver in savers):
        of_prefix = [saver for saver in savers if saver.prefix == prefix]
        lacking = Counter(saver.ending for saver in of_prefix)
        for number in range(1, _MOST_FILES + 1):
            wanted = {s.ending: s for s in of_prefix if s.saves_many or lacking[s.ending] > 0}
            there = [s.file(number) for s in wanted.values() if await exists(s.file(number))]
            if not there:
                break
            found += there
            lacking.subtract(s.ending for s in wanted.values() if s.file(number) in there)
        if any(saver.is_asked_for and lacking[saver.ending] > 0 for saver in of_prefix):
            return ()
    return tuple(found)
