"""The tables of the media index. It is disposable: everything in it can be read off the disk again.

`moment` is a file's place in time (milliseconds, then the low bits of its id, so that no two are equal). It is the row
id of `items` and of the full-text index alike: "newest first" is then the order in which both are stored, and a page
of search results costs no sorting.
"""

from __future__ import annotations

import re
import sqlite3

_DIGITS = re.compile(r"\d+")
_ID_BITS = 20
_LATEST_MS = 2**43 - 1
#: the first id that a moment does not hold whole
FIRST_AMBIGUOUS = 1 << _ID_BITS

#: names.kind
MODEL, LORA, ENGINE = 0, 1, 2


def moment_of(mtime_ns: int, item_id: int) -> int:
    milliseconds = min(max(mtime_ns // 1_000_000, 0), _LATEST_MS)
    return milliseconds << _ID_BITS | item_id & (1 << _ID_BITS) - 1


def first_moment(seconds: float) -> int:
    """The least moment of that second or later."""
    return min(max(int(seconds * 1000), 0), _LATEST_MS) << _ID_BITS


def sort_name(name: str) -> str:
    """A key under which take_2 stands before take_10."""
    return _DIGITS.sub(lambda digits: digits[0].zfill(12), name.casefold())


def create(connection: sqlite3.Connection) -> None:
    for statement in (_TABLES + _INDEXES + _SEARCH).split(";;"):
        if statement.strip():
            connection.execute(statement)


_TABLES = """
CREATE TABLE state (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    bulk INTEGER NOT NULL,    -- 1: the full-text index lags behind and is rebuilt at the end of the load
    last_id INTEGER NOT NULL  -- ids are never given twice
);;
INSERT INTO state VALUES (1, 0, 0);;
CREATE TABLE folders (
    id INTEGER PRIMARY KEY,
    path BLOB NOT NULL UNIQUE,
    mtime_ns INTEGER NOT NULL,  -- 0: not known for certain
    print BLOB                  -- of names, sizes, times and inodes; null until all of it is in the index
);;
CREATE TABLE items (
    moment INTEGER PRIMARY KEY,
    id INTEGER NOT NULL UNIQUE,
    folder INTEGER NOT NULL,
    file BLOB NOT NULL,         -- the name as the file system has it
    name TEXT NOT NULL,
    sort_name TEXT NOT NULL,
    kind TEXT NOT NULL,
    format TEXT NOT NULL,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    inode INTEGER NOT NULL,
    added REAL NOT NULL,
    width INTEGER,
    height INTEGER,
    frames INTEGER,
    fps REAL,
    length REAL NOT NULL,       -- seconds, 0 for stills
    prompt_key INTEGER,         -- a hash of the prompt, null without one
    is_sketch INTEGER NOT NULL,
    is_start INTEGER NOT NULL DEFAULT 0,
    favorite INTEGER NOT NULL DEFAULT 0,
    hidden INTEGER NOT NULL DEFAULT 0,
    hider TEXT,                 -- the process that hid it, as in domain.job.Owner
    hider_boot TEXT,
    job_id TEXT,
    has_sound INTEGER NOT NULL,
    digest TEXT                 -- of the picture as it would be sent to a server; made when it is needed
);;
CREATE TABLE details (
    moment INTEGER PRIMARY KEY,
    words TEXT NOT NULL,        -- what is searched, name and prompts, as media_search keeps it
    info TEXT NOT NULL          -- JSON
);;
CREATE TABLE refused (          -- files that are no media or beyond repair: not opened again until they change
    folder INTEGER NOT NULL,
    file BLOB NOT NULL,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    inode INTEGER NOT NULL,
    PRIMARY KEY (folder, file)
) WITHOUT ROWID;;
CREATE TABLE names (
    id INTEGER PRIMARY KEY,
    kind INTEGER NOT NULL,
    name TEXT NOT NULL,
    UNIQUE (kind, name)
);;
CREATE TABLE uses (
    name INTEGER NOT NULL,
    moment INTEGER NOT NULL,
    PRIMARY KEY (name, moment)
) WITHOUT ROWID;;
CREATE TABLE claims (           -- a video says which picture it begins with
    moment INTEGER NOT NULL,
    rule TEXT NOT NULL,
    file BLOB NOT NULL,
    digest TEXT,
    size INTEGER                -- bytes of the picture's file: the content's name need not be the file's
);;
"""

_INDEXES = """
CREATE UNIQUE INDEX items_file ON items (folder, file);;
CREATE INDEX items_name ON items (sort_name, moment);;
CREATE INDEX items_size ON items (size, moment);;
CREATE INDEX items_length ON items (length, moment);;
CREATE INDEX items_kind ON items (kind, moment);;
CREATE INDEX items_favorite ON items (favorite, moment);;
CREATE INDEX items_prompt ON items (prompt_key, moment, hidden) WHERE prompt_key IS NOT NULL;;
CREATE INDEX items_job ON items (job_id) WHERE job_id IS NOT NULL;;
CREATE INDEX items_hidden ON items (moment) WHERE hidden;;
CREATE INDEX items_picture ON items (file) WHERE kind = 'image';;
CREATE INDEX items_digest ON items (digest) WHERE digest IS NOT NULL;;
CREATE INDEX claims_moment ON claims (moment);;
CREATE INDEX claims_file ON claims (file);;
CREATE INDEX claims_digest ON claims (digest) WHERE digest IS NOT NULL;;
CREATE INDEX claims_size ON claims (size) WHERE size IS NOT NULL;;
"""

# Triggers keep the index in step with small changes; while `bulk` is set they stay out of the way.
_SEARCH = """
CREATE VIRTUAL TABLE search USING fts5 (
    words, content='details', content_rowid='moment', prefix='1 2 3', tokenize='unicode61 remove_diacritics 2'
);;
CREATE VIRTUAL TABLE vocabulary USING fts5vocab (search, 'instance');;
CREATE TRIGGER details_added AFTER INSERT ON details WHEN (SELECT bulk FROM state) = 0 BEGIN
    INSERT INTO search (rowid, words) VALUES (new.moment, new.words);
END;;
CREATE TRIGGER details_gone AFTER DELETE ON details WHEN (SELECT bulk FROM state) = 0 BEGIN
    INSERT INTO search (search, rowid, words) VALUES ('delete', old.moment, old.words);
END;;
CREATE TRIGGER details_renamed AFTER UPDATE OF words ON details WHEN (SELECT bulk FROM state) = 0 BEGIN
    INSERT INTO search (search, rowid, words) VALUES ('delete', old.moment, old.words);
    INSERT INTO search (rowid, words) VALUES (new.moment, new.words);
END;;
"""

#: a file of another version is made anew
VERSION = 9
