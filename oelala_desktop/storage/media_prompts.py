"""The distinct prompts of the index, newest first."""

from __future__ import annotations

import sqlite3

from oelala_desktop.domain.errors import InvalidField
from oelala_desktop.domain.media import DistinctPrompt, PromptListing

from . import media_query as sql
from .media_info import unpack
from .media_search import HOLDS, read_typed

_GROUPS = (
    "SELECT prompt_key, max(moment) AS newest, count(*) FROM items WHERE prompt_key IS NOT NULL AND hidden = 0{words}"
    " GROUP BY prompt_key HAVING newest < ? ORDER BY newest DESC LIMIT ?"
)
_MATCH = " AND moment IN (SELECT rowid FROM search WHERE search MATCH ?)"
_ONE = (
    f"SELECT {sql.ITEM_COLUMNS}, d.info FROM {sql.ITEM_TABLES} JOIN details d ON d.moment = i.moment WHERE i.moment = ?"
)
_END = 2**63 - 1


def read_prompts(c: sqlite3.Connection, text: str, cursor: str | None, limit: int) -> PromptListing:
    """Raises InvalidField for a foreign cursor."""
    limit = min(max(limit, 1), sql.MAX_LIMIT)
    typed = read_typed(c, text)
    words = (_MATCH if typed.match else "") + len(typed.signs) * f" AND {HOLDS.format(moment='items.moment')}"
    values = [*([typed.match] if typed.match else []), *typed.signs, _start(cursor), limit + 1]
    groups = c.execute(_GROUPS.format(words=words), values).fetchall()
    prompts = []
    for _, newest, count in groups[:limit]:
        row = c.execute(_ONE, (newest,)).fetchone()
        info = unpack(row[-1])
        prompts.append(DistinctPrompt(info.prompt or "", info.negative_prompt, count, sql.to_item(row), info))
    following = sql.encode_cursor(["prompts", groups[limit - 1][1]]) if len(groups) > limit else None
    return PromptListing(tuple(prompts), following)


def _start(cursor: str | None) -> int:
    if cursor is None:
        return _END
    parts = sql.decode_cursor(cursor)
    if len(parts) != 2 or parts[0] != "prompts" or not sql.is_int64(parts[1]):
        raise InvalidField("cursor", "cursor: it belongs to another list; ask for the first page again.")
    return int(parts[1])
