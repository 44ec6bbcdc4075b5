"""What is typed is looked for, whatever it looks like."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oelala_desktop.domain.generation import GenerationInfo
from oelala_desktop.domain.media import MediaQuery
from oelala_desktop.storage.media import MediaStore
from oelala_desktop.storage.media_prompts import read_prompts
from oelala_desktop.storage.media_writing import Entry, Stamp

PROMPTS = (
    "a fishing boat leaves the harbour at dawn", "low-res scan of an old map", "Schloß am See, Übergang im Nebel",
    "C# code on a screen, 50 mm", "NEAR the river AND the bridge", "café at night — rain*", "山の上の湖",
    "harboured grudges of a gull", "日本の猫が走る, ネコ", "แมววิ่งในสวน",
    "a dragon 🔥 of fire ❤", "*** masterpiece *** @studio",
    "before\0hiddenword after", "東京タワーneonの夜",
)  # fmt: skip


def entry(number: int, prompt: str) -> Entry:
    stamp = Stamp(10, (1_700_000_000 + number) * 10**9, number + 1)
    info = GenerationInfo(source="prompt", prompt=prompt)
    return Entry("/m", f"ComfyUI_{number:05}_.png", stamp, "image", "png", 8, 8, 1, None, None, info)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[MediaStore]:
    made = MediaStore(tmp_path / "media.sqlite3")
    await made.open()
    await made.save([entry(number, prompt) for number, prompt in enumerate(PROMPTS)])
    yield made
    await made.close()


async def found(store: MediaStore, text: str, sort: str = "date") -> list[int]:
    """Places in PROMPTS."""
    items = (await store.page(MediaQuery(text=text, sort=sort, descending=False))).items
    return [int(item.name[8:13]) for item in items]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("harbour", [0, 7]),
        ("HARB", [0, 7]),
        ("h", [0, 7, 12]),
        ("boat dawn", [0]),
        ("dawn boa", [0]),
        ("low-res", [1]),
        ("schlo", [2]),
        ("ubergang", [2]),
        ("nebel übergang", [2]),
        ("C#", list(range(len(PROMPTS)))),
        ("50", [3]),
        ("NEAR", [4]),
        ("near river", [4]),
        ("AND", [4]),
        ("NOT bridge", []),
        ('"river', [4]),
        ("rain*", [5]),
        ("cafe", [5]),
        ("山", [6]),
        ("-boat", [0]),
        ("words:boat", []),
        ("00003", [3]),
        ("ComfyUI_00003", [3]),
        ("nothing", []),
        ("猫", [8]),
        ("日本", [8]),
        ("日本の猫", [8]),
        ("本日", []),
        ("猫が 日本", [8]),
        ("犬", []),
        ("ネコ", [8]),
        ("湖", [6]),
        ("วิ่ง", [9]),
        ("สวน", [9]),
        ("タワーneon", [13]),
        ("neo", [13]),
        ("夜", [13]),
        ("🔥", [10]),
        ("🔥 dragon", [10]),
        ("🔥 boat", []),
        ("❤️", [10]),
        ("🌊", []),
        ("***", [11]),
        ("@", [11]),
        ("hiddenword", [12]),
        ("before\0hidden", [12]),
        ("\0", list(range(len(PROMPTS)))),
    ],
)
async def test_words(store: MediaStore, text: str, places: list[int]) -> None:
    assert sorted(await found(store, text)) == sorted(places)
    assert sorted(await found(store, text, "name")) == sorted(places)
    prompts = (await store.file.read(lambda c: read_prompts(c, text, None, 100))).prompts
    assert sorted(PROMPTS.index(row.prompt) for row in prompts) == sorted(places)


@pytest.mark.parametrize(
    ("text", "places"), [("日本の猫", [8]), ("🔥", [10]), ("hiddenword after", [12]), ("タワーneon", [13])]
)
async def test_while_thousands_are_loaded(store: MediaStore, text: str, places: list[int]) -> None:
    await store.begin_load()
    assert await found(store, text) == places


@pytest.mark.parametrize(
    "text", ['"', "*", "NEAR(", "-", "(", ")", '" OR "', "^", "a:b:c", "'", ";--", "%", "\0", "\ud800"]
)
async def test_operators_are_harmless(store: MediaStore, text: str) -> None:
    await found(store, text)
    await found(store, f"harbour {text}")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(text=st.text(max_size=30))
async def test_anything_can_be_typed(store: MediaStore, text: str) -> None:
    await found(store, text)


async def test_what_is_loaded_in_bulk_is_found_meanwhile_and_afterwards(store: MediaStore) -> None:
    await store.begin_load()
    await store.save([entry(100 + number, f"lantern {number}") for number in range(30)])
    await store.remove(await store.ids(MediaQuery(text="grudges")))
    assert len(await found(store, "LANTERN 29")) == 1
    assert await found(store, "grudges") == []
    await store.end_load()
    assert len(await found(store, "lant")) == 30
    assert await found(store, "harb") == [0]


async def test_a_renamed_file_is_found_under_its_new_name(store: MediaStore) -> None:
    item = (await store.page(MediaQuery(text="fishing"))).items[0]
    await store.move(item.id, "/m", "ComfyUI_77777_renamed.png")
    assert await found(store, "00000") == []
    assert await found(store, "renamed boat") == [77777]
