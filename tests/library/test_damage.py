"""The index is disposable; what the user marked is not."""

import sqlite3
from pathlib import Path

import pytest

from oelala_desktop.domain.media import MediaQuery
from tests.library.conftest import EVERYTHING, Shelf, picture, put, until


def spoil(path: Path, at: int, length: int, what: bytes = b"\xa5") -> None:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(what * length)


@pytest.mark.parametrize("how", ["head", "rest", "short", "no database", "another version", "gone"])
async def test_a_damaged_index_is_set_aside_and_made_anew(shelf: Shelf, how: str) -> None:
    for number in range(60):
        put(shelf.output / f"{number}.png", picture(number))
    library = await shelf.start()
    await library.set_favorite([(await shelf.item("7.png")).id], True)
    await library.close()
    path = shelf.paths.media_database
    size = path.stat().st_size
    match how:
        case "head":
            spoil(path, 0, 100)
        case "rest":
            spoil(path, 4096, size - 4096)
        case "short":
            path.write_bytes(path.read_bytes()[: size // 2])
        case "no database":
            path.write_bytes(b"something else entirely " * 900)
        case "another version":
            with sqlite3.connect(path) as connection:
                connection.execute("PRAGMA user_version = 4711")
            connection.close()
        case "gone":
            path.unlink()
    shelf.make()
    await shelf.library.start()

    async def back() -> bool:
        return await shelf.library.count(EVERYTHING) == 60

    await until(back)
    assert [item.name for item in (await shelf.library.page(MediaQuery(favorite=True))).items] == ["7.png"]
    assert len((await shelf.library.page(MediaQuery(text="7"))).items) == 1
    aside = list(shelf.paths.data.glob("media.damaged*"))
    assert bool(aside) == (how not in ("another version", "gone"))


async def test_damage_is_met_while_running(shelf: Shelf) -> None:
    for number in range(60):
        put(shelf.output / f"{number}.png", picture(number))
    library = await shelf.start()
    await library._store.file.write(lambda c: c.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall())
    for line in (library._store.file._reader, library._store.file._writer):
        await line.call(lambda line=line: line.connection.execute("PRAGMA cache_size=0"))
    path = shelf.paths.media_database
    spoil(path, 4096, path.stat().st_size - 4096)
    assert len((await library.page(EVERYTHING)).items) <= 60

    async def back() -> bool:
        return await library.count(EVERYTHING) == 60

    await until(back)


async def test_damaged_thumbnails_are_made_anew(shelf: Shelf) -> None:
    put(shelf.output / "a.png", picture(1))
    library = await shelf.start()
    item = await shelf.item("a.png")
    first = await library.thumbnail(item.id)
    await library.close()
    spoil(shelf.paths.data / "thumbnails.sqlite3", 0, 200)
    shelf.make()
    library = await shelf.start()
    assert await library.thumbnail(item.id) == first is not None
