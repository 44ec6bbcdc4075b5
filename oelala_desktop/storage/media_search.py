"""What a user types, as a full-text query. Every word is quoted, so that nothing typed is an operator."""

from __future__ import annotations

import sqlite3

#: prefixes up to this length have an index of their own
_INDEXED_PREFIX = 3
#: a prefix that stands for more words than this is left to the full-text index
_MOST_WORDS = 8
_MOST_TOKENS = 16


def match_expression(connection: sqlite3.Connection, text: str) -> str | None:
    """An expression for MATCH that asks for all words, each as the beginning of one; None if there is no word."""
    tokens = [token for token in text.replace("\0", " ").split() if any(c.isalnum() for c in token)]
    if not tokens:
        return None
    return " AND ".join(_word(connection, token) for token in tokens[:_MOST_TOKENS])


def _word(connection: sqlite3.Connection, token: str) -> str:
    plain = '"' + token.encode("utf-8", "replace").decode().replace('"', '""') + '"*'
    if len(token) <= _INDEXED_PREFIX or not token.isascii() or not token.isalnum():
        return plain
    words = _words_from(connection, token.lower())
    return "(" + " OR ".join(f'"{word}"' for word in words) + ")" if words else plain


def _words_from(connection: sqlite3.Connection, prefix: str) -> list[str]:
    """The words of the index that begin so; none if there are many. Asking for these words one by one lets the search
    stop at the first page, whereas a long prefix is first worked out for all files (2 ms among 100,000)."""
    words: list[str] = []
    at = prefix
    while True:
        row = connection.execute("SELECT term FROM vocabulary WHERE term >= ? LIMIT 1", (at,)).fetchone()
        if row is None or not row[0].startswith(prefix):
            return words
        if len(words) == _MOST_WORDS:
            return []
        words.append(row[0])
        at = row[0] + "\1"
