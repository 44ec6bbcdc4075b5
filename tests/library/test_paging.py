"""Pages by key: whatever comes in between, nothing is shown twice and nothing is passed over."""

import random
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from oelala_desktop.domain.errors import InvalidField
from oelala_desktop.domain.generation import GenerationInfo, UsedLora, UsedModel
from oelala_desktop.domain.media import SORTS, MediaQuery
from oelala_desktop.storage.media import MediaStore
from oelala_desktop.storage.media_prompts import read_prompts
from oelala_desktop.storage.media_query import encode_cursor
from oelala_desktop.storage.media_writing import Entry, Stamp

WORDS = ("harbour", "lake", "forest", "bridge", "river", "market")


def entry(number: int, *, name: str = "", age: int | None = None) -> Entry:
    rng = random.Random(number)
    prompt = f"{rng.choice(WORDS)} at dawn, {rng.choice(WORDS)} in fog" if number % 3 else None
    info = GenerationInfo(
        source="prompt" if prompt else None,
        prompt=prompt,
        models=(UsedModel(f"model_{number % 4}.safetensors"),),
        loras=(UsedLora("grain.safetensors", 0.8),) if number % 2 else (),
        engine="ComfyUI 0.8.0" if number % 5 else "Sketch – no AI model",
    )
    video = number % 4 == 0
    # Many share a time, a size and a length: only the id tells them apart.
    stamp = Stamp(1000 + number % 7, (1_700_000_000 + (number // 5 if age is None else age)) * 10**9, number + 1)
    return Entry(
        "/media", name or f"take_{number}.{'mp4' if video else 'png'}", stamp, "video" if video else "image",
        "mp4" if video else "png", 64, 48, 81 if video else 1, 16.0 if video else None,
        float(number % 3) if video else None, info, favorite=number % 6 == 0,
    )  # fmt: skip


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[MediaStore]:
    made = MediaStore(tmp_path / "media.sqlite3")
    await made.open()
    await made.save([entry(number) for number in range(150)])
    yield made
    await made.close()


async def all_pages(store: MediaStore, query: MediaQuery) -> list[int]:
    ids: list[int] = []
    while True:
        page = await store.page(query)
        ids += [item.id for item in page.items]
        if page.next_cursor is None:
            return ids
        query = replace(query, cursor=page.next_cursor)


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize("text", ["", "harbour"])
async def test_pages_are_the_whole_in_order(store: MediaStore, sort: str, descending: bool, text: str) -> None:
    query = MediaQuery(sort=sort, descending=descending, text=text, limit=7, hide_start_images=False)
    ids = await all_pages(store, query)
    assert ids == await store.ids(query)
    assert len(ids) == len(set(ids)) == await store.count(query) > 20
    values = [_value(item, sort) for item in await store.many(ids)]
    assert values == sorted(values, reverse=descending)


def _value(item: object, sort: str) -> object:
    if sort == "name":
        stem = item.name.split(".")[0]  # type: ignore[attr-defined]
        return int(stem.removeprefix("take_"))
    key = {"date": "modified", "size": "size", "duration": "duration", "favorites": "favorite"}[sort]
    return getattr(item, key) or 0


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("descending", [True, False])
async def test_insertions_and_removals_between_pages(store: MediaStore, sort: str, descending: bool) -> None:
    """What was there from the first page to the last comes exactly once."""
    query = MediaQuery(sort=sort, descending=descending, limit=9)
    before = await store.ids(query)
    rng = random.Random(sort)
    seen: list[int] = []
    gone: set[int] = set()
    number = 1000
    while True:
        page = await store.page(query)
        seen += [item.id for item in page.items]
        if page.next_cursor is None:
            break
        query = replace(query, cursor=page.next_cursor)
        number += 3
        await store.save([entry(number + k, age=rng.randrange(-10, 60)) for k in range(3)])
        victim = rng.choice(before)
        gone.add(victim)
        await store.remove([victim])
    assert len(seen) == len(set(seen))
    assert [item_id for item_id in seen if item_id in before and item_id not in gone] == [
        item_id for item_id in before if item_id not in gone
    ]


@pytest.mark.parametrize(
    ("sort", "value", "moment"),
    [
        ("date", 0, 2**63),
        ("date", 0, True),
        ("date", 0, 1e300),
        ("name", 5, 5),
        ("name", 5.0, 5),
        ("size", "5", 5),
        ("size", 2**63, 5),
        ("size", 5.0, 5),
        ("duration", "5", 5),
        ("duration", 2**63, 5),
        ("favorites", "1", 5),
        ("favorites", True, 5),
    ],
)
async def test_a_forged_cursor_is_refused(store: MediaStore, sort: str, value: object, moment: int) -> None:
    query = MediaQuery(sort=sort, cursor=encode_cursor([sort, True, value, moment]))
    with pytest.raises(InvalidField, match="cursor"):
        await store.page(query)
    prompts = encode_cursor(["prompts", moment]) if moment != 5 else encode_cursor(["prompts", "5"])
    with pytest.raises(InvalidField, match="cursor"):
        await store.file.read(lambda c: read_prompts(c, "", prompts, 4))


async def test_a_cursor_of_another_order_is_refused(store: MediaStore) -> None:
    cursor = (await store.page(MediaQuery(limit=5))).next_cursor
    for query in (
        MediaQuery(sort="name", cursor=cursor),
        MediaQuery(descending=False, cursor=cursor),
        MediaQuery(cursor="nonsense"),
        MediaQuery(cursor="é"),
        MediaQuery(cursor=""),
    ):
        with pytest.raises(InvalidField, match="cursor") as caught:
            await store.page(query)
        assert caught.value.field == "cursor"


async def test_an_unknown_sort_is_refused(store: MediaStore) -> None:
    with pytest.raises(InvalidField, match="favorites"):
        await store.page(MediaQuery(sort="colour"))


async def test_the_limit_has_a_limit(store: MediaStore) -> None:
    assert len((await store.page(MediaQuery(limit=0))).items) == 1
    assert len((await store.page(MediaQuery(limit=10**9))).items) == 150


async def test_filters(store: MediaStore) -> None:
    every = await store.many(await store.ids(MediaQuery()))
    infos = await store.infos([item.id for item in every])

    async def shown(**filters: object) -> set[int]:
        return set(await store.ids(MediaQuery(**filters)))  # type: ignore[arg-type]

    assert await shown(kind="video") == {item.id for item in every if item.kind == "video"}
    assert await shown(favorite=True) == {item.id for item in every if item.favorite}
    assert await shown(favorite=False) == {item.id for item in every if not item.favorite}
    model = "model_2.safetensors"
    assert await shown(model=model) == {i for i, info in infos.items() if info.models[0].name == model}
    assert await shown(lora="grain.safetensors") == {i for i, info in infos.items() if info.loras}
    engine = "Sketch – no AI model"
    assert await shown(engine=engine) == {i for i, info in infos.items() if info.engine == engine}
    assert await shown(model="none.safetensors") == set()
    since, until = 1_700_000_005.0, 1_700_000_009.0
    wanted = {item.id for item in every if since <= item.modified <= until}
    assert await shown(since=since, until=until) == wanted != set()
    both = {item.id for item in every if item.kind == "video" and item.favorite}
    assert await shown(kind="video", favorite=True) == both


async def test_facets_count_what_is_there(store: MediaStore) -> None:
    facets = await store.facets()
    assert [facet.name for facet in facets.loras] == ["grain.safetensors"]
    assert sum(facet.count for facet in facets.models) == 150
    assert facets.engines[0].count == 120
    await store.remove(await store.ids(MediaQuery(engine="Sketch – no AI model")))
    assert [facet.name for facet in (await store.facets()).engines] == ["ComfyUI 0.8.0"]


async def test_days_add_up(store: MediaStore) -> None:
    query = MediaQuery(kind="image")
    days = await store.days(query)
    assert sum(count for _, count in days) == await store.count(query)
    assert [day for day, _ in days] == sorted((day for day, _ in days), reverse=True)


async def test_prompts_are_distinct_and_newest_first(store: MediaStore) -> None:
    found, cursor = [], None
    while True:
        page = await store.file.read(lambda c, cursor=cursor: read_prompts(c, "", cursor, 4))
        found += page.prompts
        cursor = page.next_cursor
        if cursor is None:
            break
    texts = [prompt.prompt for prompt in found]
    assert len(texts) == len(set(texts)) > 4
    assert sum(prompt.count for prompt in found) == 100
    newest = [prompt.newest.modified for prompt in found]
    assert newest == sorted(newest, reverse=True)
    assert all(prompt.info.prompt == prompt.prompt for prompt in found)
    only = await store.file.read(lambda c: read_prompts(c, "harb", None, 100))
    assert only.prompts and all("harbour" in prompt.prompt for prompt in only.prompts)
    with pytest.raises(InvalidField, match="cursor"):
        await store.file.read(lambda c: read_prompts(c, "", (cursor or "x"), 4))
