"""What is said of rows that could not be read."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

import pytest

from oelala_desktop.domain.errors import CannotSave
from oelala_desktop.services.health.damage import HOW_TO_LOOK, as_dict, damage_so_far, news_of_damage
from oelala_desktop.storage.jobs import JobStore, SetAside


def row(restored: bool = False, document: bytes = b"") -> SetAside:
    return SetAside(1, "j1", "done", 5.0, "bad checksum", 7.0, document, restored)


class Store:
    """A store of jobs that tells of these rows."""

    path = Path("/home/jobs.sqlite3")

    def __init__(self, *rows: SetAside, refuses: bool = False) -> None:
        self._rows, self._refuses = list(rows), refuses
        self.told = 0

    async def untold(self) -> list[SetAside]:
        return self._rows

    async def set_aside(self) -> list[SetAside]:
        return self._rows

    async def count_as_told(self) -> None:
        self.told += 1
        if self._refuses:
            raise CannotSave("The disk is full.")

    def take_news(self) -> list[str]:
        return ["The database was mended."]


ONE_LOST = "One job could not be read; it is kept in /home/jobs.sqlite3."
TWO_LOST = "2 jobs could not be read; they are kept in /home/jobs.sqlite3."
ONE_BACK = "One job could not be read and came back out of a backup."
TWO_BACK = "2 jobs could not be read and came back out of a backup."


@pytest.mark.parametrize(
    ("lost", "back", "words"),
    [(1, 0, [ONE_LOST]), (2, 0, [TWO_LOST]), (0, 1, [ONE_BACK]), (0, 2, [TWO_BACK]), (2, 1, [ONE_BACK, TWO_LOST])],
)
async def test_news_in_one_sentence_each(lost: int, back: int, words: list[str]) -> None:
    store: Any = Store(*[row()] * lost, *[row(True)] * back)
    assert await news_of_damage(store) == ["The database was mended.", f"{' '.join(words)} {HOW_TO_LOOK}"]
    assert store.told == 1


async def test_no_news() -> None:
    store: Any = Store()
    assert await news_of_damage(store) == ["The database was mended."] and store.told == 0


async def test_what_cannot_be_noted_as_told_is_told_again() -> None:
    store: Any = Store(row(), refuses=True)
    assert len(await news_of_damage(store)) == 2


async def test_what_is_lost_so_far(tmp_path: Path) -> None:
    stores: list[Any] = [Store(), Store(row(True)), Store(row()), Store(row(), row(), row(True))]
    assert [await damage_so_far(store) for store in stores] == ["", "", ONE_LOST, TWO_LOST]
    whole = JobStore(tmp_path / "jobs.sqlite3")
    await whole.open()
    assert await damage_so_far(whole) == "" and await news_of_damage(whole) == []
    await whole.close()


@pytest.mark.parametrize(
    ("document", "text"),
    [
        (zlib.compress('{"prompt": "ü"}'.encode()), '{"prompt": "ü"}'),
        (zlib.compress(bytes(range(97, 123)) * 900, 0)[:500], ("abcdefghijklmnopqrstuvwxyz" * 19)[:493]),
        (zlib.compress(b"\xff{}"), "\ufffd{}"),
        (b"nothing packed", ""),
        (b"", ""),
    ],
)
def test_as_much_as_can_be_made_out(document: bytes, text: str) -> None:
    assert as_dict(row(document=document)) == {
        "job_id": "j1", "state": "done", "created_at": 5.0, "why": "bad checksum", "found_at": 7.0,
        "restored": False, "text": text,
    }  # fmt: skip
    assert as_dict(row(True))["restored"] is True


def test_no_more_than_a_megabyte_is_unpacked() -> None:
    text = as_dict(row(document=zlib.compress(b"x" * 2**24)))["text"]
    assert 2**20 - 1 <= len(text) <= 2**20
