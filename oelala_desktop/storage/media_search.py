"""What a user types, as a full-text query. Every word is quoted, so that nothing typed is an operator."""

from __future__ import annotations

import re
import sqlite3
from typing import NamedTuple

#: prefixes up to this length have an index of their own
_INDEXED_PREFIX = 3
#: a prefix that stands for more words than this is left to the full-text index
_MOST_WORDS = 8
_MOST_TOKENS = 16
#: Thai and Lao, Burmese, Khmer, kana, Chinese characters: written without spaces between words
_SPACELESS = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]"
)
#: follows a sign that is to be shown in colour; not everyone writes it
_EMOJI_STYLE = "\ufe0f"


class Typed(NamedTuple):
    """`match` is an expression for MATCH that asks for all words, each as the beginning of one; None if there is no
    word. `signs` are to be looked for one by one in what is kept: the full-text index knows no signs."""

    match: str | None
    signs: tuple[str, ...]


#: whether a sign is in what is searched of the item of a moment
HOLDS = "instr(lower((SELECT words FROM details d WHERE d.moment = {moment})), ?)"


def read_typed(connection: sqlite3.Connection, text: str) -> Typed:
    """While thousands of files are loaded the full-text index lags behind; then all are signs: reading on is slower but
    finds everything."""
    tokens = [searchable(token).strip() for token in text.replace("\0", " ").split()[:_MOST_TOKENS]]
    if not tokens or connection.execute("SELECT bulk FROM state").fetchone()[0] == 1:
        return Typed(None, tuple(token.lower() for token in tokens))
    words = [token for token in tokens if any(c.isalnum() for c in token)]
    match = " AND ".join(_word(connection, token) for token in words) or None
    return Typed(match, tuple(token.replace(_EMOJI_STYLE, "") for token in tokens if token not in words))


def searchable(text: str) -> str:
    """Text as it is kept to be searched. Scripts without spaces get them round each character, so that a word within a
    sentence is found, as a phrase."""
    text = text.replace("\0", " ")
    return text if text.isascii() else _SPACELESS.sub(r" \g<0> ", text.encode("utf-8", "replace").decode())


def _word(connection: sqlite3.Connection, token: str) -> str:
    plain = '"' + token.replace('"', '""') + '"'
    if _SPACELESS.match(token[-1]):
        return plain
    if len(token) <= _INDEXED_PREFIX or not token.isascii() or not token.isalnum():
        return plain + "*"
    words = _words_from(connection, token.lower())
    return "(" + " OR ".join(f'"{word}"' for word in words) + ")" if words else plain + "*"


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
