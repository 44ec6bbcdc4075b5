"""The index is disposable; what the user marked is not."""

import re
import sqlite3
import threading
from pathlib import Path

import pytest

from oelala_desktop.domain.media import MediaQuery
from oelala_desktop.services.library.folders import list_folder
from oelala_desktop.services.library.indexing import IndexGap
from oelala_desktop.services.library.library import Library
from oelala_desktop.storage.media import MediaStore
from tests.library.conftest import EVERYTHING, Shelf, picture, put
from tests.library.index_damage import questions, run_index_damage


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

    await shelf.until(back)
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
    before = await library.ids(EVERYTHING)
    path = shelf.paths.media_database
    spoil(path, 4096, path.stat().st_size - 4096)
    assert len((await library.page(EVERYTHING)).items) <= 60

    async def back() -> bool:
        return await library.count(EVERYTHING) == 60

    await shelf.until(back)
    assert min(await library.ids(EVERYTHING)) > max(before), "what somebody still holds names no other file"


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


@pytest.mark.parametrize(
    "spoiling",
    [
        "UPDATE details SET info = substr(info, 1, length(info) - 9)",
        "UPDATE details SET info = '[1, 2]'",
        "UPDATE details SET info = CAST(x'5b22ff6865726f6e73225d' AS TEXT)",
        "UPDATE items SET name = CAST(x'ff6865726f6e73' AS TEXT)",
        "UPDATE items SET kind = x'00'",
        "UPDATE items SET mtime_ns = 'herons'",
        "UPDATE names SET name = CAST(x'ff6865726f6e73' AS TEXT) WHERE id = 1",
    ],
)
async def test_texts_that_cannot_be_read_are_damage_too(
    shelf: Shelf, spoiling: str, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(3):
        told = f"two herons {number}\nSteps: 4, Model: m{number}, Seed: 1"
        put(shelf.output / f"{number}.png", picture(number, parameters=told))
    library = await shelf.start()
    await library._store.file.write(lambda c: c.executescript(f"DROP TRIGGER details_renamed; {spoiling}"))
    for ask in questions(library).values():
        await ask()

    async def back() -> bool:
        return len(await library.infos(await library.ids(EVERYTHING))) == 3

    await shelf.until(back)
    assert {prompt.prompt for prompt in (await library.prompts()).prompts} == {f"two herons {n}" for n in range(3)}
    assert "is damaged" in caplog.text and "herons" not in caplog.text


async def test_damaged_copies_are_all_rebuilt(tmp_path: Path) -> None:
    count = await run_index_damage(14, 5, tmp_path)
    assert not count.faults


def places_of(content: bytes, word: bytes) -> list[int]:
    return [at.start() for at in re.finditer(re.escape(word), content)]


@pytest.mark.parametrize("closed", [True, False])
async def test_a_letter_that_changed_is_found_wherever_it_stands(shelf: Shelf, closed: bool) -> None:
    """SQLite tells nothing of it: an index that does not name a file any more has it read in a second time."""
    names = [f"heron{number}.png" for number in range(3)]
    for number, name in enumerate(names):
        put(shelf.output / name, picture(number))
    await (await shelf.start()).close()
    path = shelf.paths.media_database
    seal = path.with_suffix(".seal")
    whole, sealed = path.read_bytes(), seal.read_bytes()
    places = places_of(whole, b"heron1.png")
    assert len(places) >= 5
    for at in places:
        path.write_bytes(whole[:at] + b"x" + whole[at + 1 :])
        seal.write_bytes(sealed)
        if not closed:  # the program was killed: then the tables are compared with one another
            seal.unlink()
        shelf.make()
        library = await shelf.start()
        assert await library.count(EVERYTHING) == 3
        assert all([await library.by_path(shelf.output / name) for name in names])
        if closed:
            assert sorted(await shelf.names()) == names
            assert len(await shelf.names(MediaQuery(text="heron1"))) == 1
        await library.close()


async def test_a_scan_of_an_index_that_was_lost_meanwhile_completes_no_folder(shelf: Shelf) -> None:
    put(shelf.output / "a.png", picture(1))
    library = await shelf.start()
    store, indexer = library._store, library._indexer
    store.file.on_lost = lambda: None  # what it starts comes below, when this is over
    difference = IndexGap(store.file.generation)
    await indexer.compare_listings([list_folder(str(shelf.output))[0]], difference)
    assert difference.complete and not difference.new
    await store.file._renew(store.file.generation)
    await indexer.apply(difference, threading.Event())
    assert not any(folder.print for folder in await store.folders())
    library._lost()
    await shelf.until(lambda: _is_back(library, 1))


async def _is_back(library: Library, count: int) -> bool:
    return await library.count(EVERYTHING) == count


async def test_an_index_that_another_process_began_anew_is_followed(shelf: Shelf) -> None:
    put(shelf.output / "a.png", picture(1))
    library = await shelf.start()
    other = MediaStore(shelf.paths.media_database)
    await other.open()
    before = shelf.paths.media_database.stat().st_ino
    await library._store.file._renew(library._store.file.generation)
    assert shelf.paths.media_database.stat().st_ino != before

    async def back() -> bool:
        return await library.count(EVERYTHING) == 1

    await shelf.until(back)
    assert await other.count(EVERYTHING) == 1
    await other.close()
