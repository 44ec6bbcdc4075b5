"""A folder of pictures with captions: what is in it, what of it is kept, and what goes up to a server."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from oelala_desktop.domain.errors import InvalidMedia
from oelala_desktop.domain.plan import Plan, plan
from oelala_desktop.services.inputs import datasets
from oelala_desktop.services.inputs.dataset_file import files_of, read_rows
from oelala_desktop.services.inputs.kept import facts_file
from oelala_desktop.services.inputs.store import KEPT_FOR, InputStore
from oelala_desktop.services.inputs.taking import facts_of, keep_all, take_all, with_whole_paths
from oelala_desktop.services.inputs.taking import files_of as names_of
from tests.unit.domain.samples import shipped
from tests.unit.node_table import EVERYTHING

KEY = "dataset"
PRESET = shipped("train-lora.sdxl")


@pytest.fixture
def store(tmp_path: Path) -> InputStore:
    return InputStore(tmp_path / "inputs")


def picture(path: Path, colour: int = 90, kind: str | None = None) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (80, 64), (colour, 20, 200)).save(path, kind)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    given = tmp_path / "harbour"
    picture(given / "a.png", 10)
    picture(given / "b.JPG", 20, "JPEG")
    picture(given / "c.webp", 30)
    (given / "a.txt").write_text("\ufeffa harbour é\n", "utf-8")
    (given / "b.txt").write_text("  ")
    (given / "notes.md").write_text("no picture")
    (given / ".hidden.png").write_bytes(b"nothing")
    return given


def taken_up(store: InputStore, dataset: object, **values: object) -> tuple[Path, str]:
    """The kept file of a job that is made of it, and the folder's name in its graph."""
    wish = {"dataset": dataset, **values}
    looked = take_all(store, PRESET, wish)
    found = plan(PRESET.tool, (PRESET,), wish, facts_of(looked), EVERYTHING)
    assert isinstance(found, Plan), found
    (row,) = keep_all(store, found, looked, EVERYTHING)
    graph = PRESET.graph(found.request.with_seed(1), files=names_of((row,)), prefix="p", catalog=EVERYTHING)
    (folder,) = [node["inputs"]["folder"] for node in graph.values() if "folder" in node["inputs"]]
    assert row.kind == "dataset" and row.upload_name == folder
    return Path(row.path), folder


def test_what_is_in_a_folder(store: InputStore, folder: Path) -> None:
    found = datasets.look(store, [str(folder)], KEY)
    assert [(one.path.name, one.caption, one.fault) for one in found.pictures] == [
        ("a.png", "a harbour é", ""),
        ("b.JPG", "", ""),
        ("c.webp", "", ""),
    ]
    given = found.given()
    assert (given.name, given.kind, given.count, given.uncaptioned) == ("harbour", "dataset", 3, 2)
    assert given.size == max(one.kept.given.size for one in found.pictures if one.kept)
    assert datasets.look(store, [str(folder)], KEY) is found, "once as long as nothing changes"
    (folder / "c.txt").write_text("c")
    assert datasets.look(store, [str(folder)], KEY).given().uncaptioned == 1


def test_what_goes_up_is_numbered_and_has_the_trigger_word(store: InputStore, folder: Path) -> None:
    kept, name = taken_up(store, str(folder), trigger="hrbr")
    files = list(files_of(kept))
    assert [file.name for file in files] == ["0001.png", "0001.txt", "0002.jpg", "0002.txt", "0003.webp", "0003.txt"]
    assert [file.content.decode() for file in files if not file.path] == ["hrbr, a harbour é", "hrbr", "hrbr"]
    assert all(Path(file.path).parent == store.folder for file in files if file.path)
    assert name == f"oelala_train_{kept.stem}" and name.isascii()
    plain, other = taken_up(store, str(folder))
    assert other != name, "another trigger word is another set"
    assert [file.name for file in files_of(plain)] == ["0001.png", "0001.txt", "0002.jpg", "0003.webp"]
    assert taken_up(store, str(folder), trigger="hrbr") == (kept, name)


def test_pictures_that_are_shown_several_times(store: InputStore, folder: Path) -> None:
    (folder / "10_boats").mkdir()
    picture(folder / "10_boats" / "d.png", 40)
    (folder / "10_boats" / "d.txt").write_text("a boat")
    picture(folder / "other" / "e.png", 50)
    kept, _ = taken_up(store, str(folder))
    assert [file.name for file in files_of(kept)][-2:] == ["10_pictures/0004.png", "10_pictures/0004.txt"]
    assert [row.repeat for row in read_rows(kept)] == [1, 1, 1, 10]


def test_files_may_be_given_with_their_captions(store: InputStore, tmp_path: Path) -> None:
    """As uploads come: each in a folder of its own."""
    first, second = picture(tmp_path / "0" / "a.png"), picture(tmp_path / "1" / "b.png", 7)
    caption = tmp_path / "2" / "b.txt"
    caption.parent.mkdir()
    caption.write_text("a boat")
    names = [str(first), str(second), str(caption)]
    kept, _ = taken_up(store, names)
    assert [(row.name, row.caption) for row in read_rows(kept)] == [("a.png", ""), ("b.png", "a boat")]
    looked = take_all(store, PRESET, {"dataset": names})
    assert looked[KEY][0].given.name == "2 pictures"
    whole = with_whole_paths({"dataset": names}, looked)["dataset"]
    for file in (first, second, caption):
        file.unlink()
    assert taken_up(store, whole)[1] == taken_up(store, [whole])[1], "what was kept is found without the originals"


def test_a_folder_stays_what_a_wish_names(store: InputStore, folder: Path) -> None:
    looked = take_all(store, PRESET, {"dataset": str(folder)})
    assert with_whole_paths({"dataset": str(folder)}, looked) == {"dataset": str(folder)}


def empty(folder: Path) -> None:
    for file in folder.iterdir():
        file.unlink()


def damaged(folder: Path) -> None:
    whole = (folder / "a.png").read_bytes()
    (folder / "a.png").write_bytes(whole[: len(whole) // 2])


def no_text(folder: Path) -> None:
    (folder / "c.txt").write_bytes(b"\xff\xfe\x00boat")


def nul(folder: Path) -> None:
    (folder / "c.txt").write_bytes(b"a bo\0at")


def too_long(folder: Path) -> None:
    (folder / "c.txt").write_text("x" * 10_001)


def many(folder: Path) -> None:
    for number in range(1998):
        os.link(folder / "a.png", folder / f"{number}.png")


def large(folder: Path) -> None:
    with (folder / "d.png").open("wb") as file:
        file.truncate(4 * 2**30)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (empty, r"^harbour has no picture in it \(PNG, JPEG, WebP\)\.$"),
        (
            damaged,
            r"^1 of 3 pictures cannot be used: a\.png is damaged or cut short; .* Mend them, or take them out\.$",
        ),
        (no_text, r"^1 of 3 pictures cannot be used: c\.txt is no text in UTF-8; save it as such\. "),
        (nul, r"^1 of 3 pictures cannot be used: c\.txt holds a NUL character; it is no text\. "),
        (too_long, r"^1 of 3 pictures cannot be used: c\.txt has more than 10,000 characters\. "),
        (many, r"^2001 pictures were given; at most 2,000 are taken\.$"),
        (large, r"^The 4 pictures have 4\.0 GiB in all; at most 4 GiB are taken\.$"),
    ],
)
def test_what_cannot_be_trained_on(store: InputStore, folder: Path, spoil: Callable[[Path], None], words: str) -> None:
    spoil(folder)
    with pytest.raises(InvalidMedia, match=words) as error:
        take_all(store, PRESET, {"dataset": str(folder)})
    assert error.value.field == KEY


def test_many_damaged_files_are_not_all_named(store: InputStore, folder: Path) -> None:
    for number in range(9):
        (folder / f"{number}.png").write_bytes(b"no picture")
    with pytest.raises(InvalidMedia, match=r"^9 of 12 .* 4\.png .* … and 4 more\. ") as error:
        take_all(store, PRESET, {"dataset": str(folder)})
    assert "5.png" not in error.value.message


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["gone"], r"^gone is not there"),
        (["harbour", "harbour/a.png"], r"^harbour is a folder; give one folder alone, or files\.$"),
        (["~nobody-such/x"], r"has no such user\.$"),
        (["harbour/a.txt"], r"^a\.txt has no picture in it"),
    ],
)
def test_what_is_no_folder(store: InputStore, folder: Path, names: list[str], words: str) -> None:
    paths = [name if name.startswith("~") else str(folder.parent / name) for name in names]
    with pytest.raises(InvalidMedia, match=words):
        take_all(store, PRESET, {"dataset": paths})


def test_what_a_job_names_is_kept_with_its_pictures(store: InputStore, folder: Path) -> None:
    kept, _ = taken_up(store, str(folder))
    old = kept.stat().st_mtime - 2 * KEPT_FOR
    for file in store.folder.iterdir():
        os.utime(file, (old, old))
    stray = picture(store.folder / "stray.png")
    os.utime(stray, (old, old))
    now = old + 2 * KEPT_FOR
    store.sweep({str(kept)}, now)
    assert not stray.exists() and len([row for row in read_rows(kept) if kept.with_name(row.file).exists()]) == 3
    assert store.sweep(set(), now) == 4
    assert not kept.exists() and not facts_file(kept).exists()


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b'{"pictures": [{"file": "../a", "repeat": 1, "name": "", "caption": ""}]}', b'{"pictures": [{}]}'],
)
def test_a_kept_file_that_was_spoilt_says_nothing(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.dataset"
    path.write_bytes(content)
    assert read_rows(path) == ()
    assert read_rows(tmp_path / "gone.dataset") == ()
