"""What a wish gives as files becomes rows of a job: which part of which kept file, under which key."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image

from oelala_desktop.domain.errors import CannotSave, InvalidMedia
from oelala_desktop.domain.field import Field, FieldKind
from oelala_desktop.domain.graph_inputs import LOADER, SLICE, InputFile
from oelala_desktop.domain.inputs import SMALLER, Given
from oelala_desktop.domain.job import JobInput
from oelala_desktop.domain.plan import FORM
from oelala_desktop.services.inputs import store as storing
from oelala_desktop.services.inputs.kept import Kept, facts_file, write_facts
from oelala_desktop.services.inputs.store import InputStore, Part, Taken
from oelala_desktop.services.inputs.taking import facts_of, facts_of_kept, files_of, keep_all, take_all

from .making import sound, video

K = FieldKind


@pytest.fixture
def store(tmp_path: Path) -> InputStore:
    return InputStore(tmp_path / "inputs")


def paint(path: Path, size: tuple[int, int] = (96, 80), mode: str = "RGB") -> Path:
    Image.effect_noise(size, 60).convert(mode).save(path)
    return path


class Preset:
    def __init__(self, *fields: Field, loader: str = LOADER) -> None:
        self.inputs = fields
        self._loader = loader

    def class_at(self, target: str) -> str:
        return self._loader


def field(key: str, kind: K, *into: str) -> Field:
    return Field(key, kind, key.title(), "", into=into)


PICTURES = field("images", K.PICTURES)
VIDEO, MASK = field("video", K.VIDEO, "Load.file"), field("mask", K.MASK)


def catalog(*classes: str, limit: int | None = None) -> Any:
    return SimpleNamespace(upload_limit=limit, has=lambda name: name in classes)


def plan(preset: Any, **given: Any) -> Any:
    return SimpleNamespace(preset=preset, given=given)


def rows(store: InputStore, preset: Any, looked: Any, about: Any = None, **given: Any) -> tuple[JobInput, ...]:
    return keep_all(store, plan(preset, **given), looked, about or catalog())


def test_each_input_is_looked_at_in_its_order(store: InputStore, tmp_path: Path) -> None:
    one, two = paint(tmp_path / "a.png"), paint(tmp_path / "b.png", (97, 80))
    preset: Any = Preset(PICTURES, MASK)
    looked = take_all(store, preset, {"images": [str(one), str(two)], "mask": None, "steps": 4})
    assert {key: [taken.given.name for taken in files] for key, files in looked.items()} == {
        "images": ["a.png", "b.png"]
    }
    assert facts_of(looked) == {"images": tuple(taken.given for taken in looked["images"])}
    made = rows(store, preset, looked)
    assert [(row.key, row.original, row.kind, row.start, row.length) for row in made] == [
        ("images", str(one), "picture", 0.0, None), ("images", str(two), "picture", 0.0, None),
    ]  # fmt: skip
    assert all(Path(row.path).is_file() and row.upload_name == f"oelala_{Path(row.path).name}" for row in made)
    assert facts_of_kept(made) == facts_of(looked)
    assert files_of(made) == {"images": [InputFile(row.upload_name, 0.0, None) for row in made]}


def test_a_fault_names_its_input(store: InputStore) -> None:
    with pytest.raises(InvalidMedia) as caught:
        take_all(store, Preset(VIDEO), {"video": "/gone.mp4"})  # type: ignore[arg-type]
    assert caught.value.field == "video"


def test_a_mask_is_as_large_as_the_first_input_with_a_size(store: InputStore, tmp_path: Path) -> None:
    preset: Any = Preset(MASK, field("sound", K.SOUND), PICTURES)
    given = {
        "mask": str(paint(tmp_path / "m.png", (64, 64), "L")),
        "images": [str(paint(tmp_path / "a.png", (200, 100))), str(paint(tmp_path / "b.png", (80, 80)))],
    }
    looked = take_all(store, preset, given)
    (mask,) = [row for row in rows(store, preset, looked) if row.key == "mask"]
    with Image.open(mask.path) as shown:
        assert shown.size == (200, 100)
    alone = take_all(store, preset, {"mask": given["mask"]})
    (mask,) = rows(store, preset, alone)
    with Image.open(mask.path) as shown:
        assert shown.size == (64, 64)


@pytest.mark.parametrize(
    ("classes", "loader", "is_exact"),
    [((SLICE,), LOADER, False), ((), LOADER, True), ((SLICE,), "AnotherLoader", True)],
)
def test_a_part_is_exact_where_the_graph_cannot_cut_it(
    store: InputStore,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    classes: tuple[str, ...],
    loader: str,
    is_exact: bool,
) -> None:
    asked: list[dict[str, Any]] = []
    path = video(tmp_path / "a.mp4", 24)
    taken = store.take(path, K.VIDEO, "video")
    kept = Kept(path, taken.given)

    def part(one: Taken, key: str, start: float, length: float | None, **how: Any) -> Part:
        asked.append({"key": key, "start": start, "length": length, **how})
        return Part(kept, 0.25, 0.5)

    monkeypatch.setattr(store, "part", part)
    (row,) = rows(
        store, Preset(VIDEO, loader=loader), {"video": (taken,)}, catalog(*classes), video_start=0.5, video_length=0.4
    )
    assert asked == [{"key": "video", "start": 0.5, "length": 0.4, "exact": is_exact, "at_most": None}]
    assert (row.start, row.length, row.original) == (0.25, 0.5, str(path))


@pytest.mark.parametrize(
    ("limit", "smaller", "size", "at_most", "is_taken"),
    [
        (None, True, 10**9, None, True),
        (FORM + 500, False, 500, None, True),
        (FORM + 500, False, 501, None, False),
        (FORM + 500, True, 500, 500, True),
        (FORM + 500, True, 501, 500, False),
    ],
)
def test_a_part_is_no_larger_than_what_the_server_takes(
    store: InputStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    limit: int | None, smaller: bool, size: int, at_most: int | None, is_taken: bool,
) -> None:  # fmt: skip
    asked: list[Any] = []
    path = video(tmp_path / "a.mp4", 24)
    taken = store.take(path, K.VIDEO, "video")

    def part(*_: Any, at_most: Any, **__: Any) -> Part:
        asked.append(at_most)
        return Part(Kept(path, replace(taken.given, size=size)))

    monkeypatch.setattr(store, "part", part)
    given = {f"video{SMALLER}": True} if smaller else {}
    if is_taken:
        rows(store, Preset(VIDEO), {"video": (taken,)}, catalog(limit=limit), **given)
    else:
        with pytest.raises(Exception, match=r".") as caught:
            rows(store, Preset(VIDEO), {"video": (taken,)}, catalog(limit=limit), **given)
        assert getattr(caught.value, "field", None) == "video"
        told = caught.value.obstacle.values  # type: ignore[attr-defined]
        assert (told["size"], told["limit"]) == (size, limit)
    assert asked == [at_most]


def test_what_was_kept_before_keeps_its_original(store: InputStore, tmp_path: Path) -> None:
    path = paint(tmp_path / "a.png")
    kept = store.take(path, K.PICTURE, "images").path
    path.unlink()
    preset: Any = Preset(PICTURES)
    (row,) = rows(store, preset, take_all(store, preset, {"images": [str(kept)]}))
    assert (row.path, row.original) == (str(kept), str(path))
    pasted = store.keep_bytes(kept.read_bytes() + b"\0", K.PICTURE, "pasted.png")
    (row,) = rows(store, preset, {"images": (pasted,)})
    assert row.original == str(pasted.path)


def test_files_that_are_kept_no_more_have_no_facts(tmp_path: Path) -> None:
    there = tmp_path / "a.png"
    there.write_bytes(b"x")
    write_facts(Kept(there, Given("a.png", "picture", size=1)))
    given = [JobInput("images", str(path), f"oelala_{path.name}", path.name) for path in (there, tmp_path / "gone.png")]
    assert facts_of_kept((*given, replace(given[1], key="video"))) == {
        "images": (Given("a.png", "picture", size=1),), "video": (),
    }  # fmt: skip


# the store


def test_only_so_many_files_are_remembered(store: InputStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert storing._MOST_KNOWN == 512 and isinstance(store._known, OrderedDict)
    monkeypatch.setattr(storing, "_MOST_KNOWN", 1)
    first, second = sound(tmp_path / "a.flac", 0.1, "flac"), sound(tmp_path / "b.flac", 0.1, "flac")
    store.take(first, K.SOUND, "sound")
    taken = store.take(first, K.SOUND, "sound")
    assert store.take(first, K.SOUND, "sound") is taken
    store.take(second, K.SOUND, "sound")
    again = store.take(first, K.SOUND, "sound")
    assert again is not taken and again == taken


def test_what_is_known_of_a_sound(store: InputStore, tmp_path: Path) -> None:
    path = sound(tmp_path / "a.flac", 0.5, "flac")
    taken = store.take(path, K.SOUND, "sound")
    assert taken.given == Given("a.flac", "sound", length=0.5, has_sound=True, size=path.stat().st_size)
    assert taken.kept is None and len(taken.state) == 4
    part = store.part(taken, "sound", 0.1, 0.2, exact=True, at_most=None)
    assert (part.kept.path.suffix, part.start, part.length) == (".flac", 0.0, None)
    assert (part.kept.given.length, part.kept.given.name, part.kept.original) == (0.2, "a.flac", str(path))
    assert part.kept.given.size == part.kept.path.stat().st_size and part.kept.file_bytes == path.stat().st_size


def test_another_limit_of_bytes_is_another_look(tmp_path: Path) -> None:
    limit = [10**6]
    store = InputStore(tmp_path / "inputs", lambda: limit[0])
    path = paint(tmp_path / "a.png")
    store.take(path, K.PICTURE, "image")
    limit[0] = 10
    with pytest.raises(InvalidMedia):
        store.take(path, K.PICTURE, "image")


@pytest.mark.parametrize("kind", [K.MASK, K.VIDEO])
def test_a_kept_picture_that_is_given_as_something_else_is_looked_at(
    store: InputStore, tmp_path: Path, kind: K
) -> None:
    kept = store.take(paint(tmp_path / "a.png"), K.PICTURE, "image")
    if kind is K.MASK:
        assert store.take(kept.path, kind, "mask").given.kind == "mask"
    else:
        with pytest.raises(InvalidMedia, match="is a picture; give a video"):
            store.take(kept.path, kind, "video")


def test_a_kept_whole_is_its_own_part_unless_it_is_too_large(store: InputStore, tmp_path: Path) -> None:
    taken = store.take(video(tmp_path / "a.mp4", 24), K.VIDEO, "video")
    whole = store.part(taken, "video", 0.0, None, exact=False, at_most=None)
    again = store.take(whole.kept.path, K.VIDEO, "video")
    length, size = again.given.length, again.given.size
    for start, span, most in ((0.0, None, None), (-1.0, length, size), (0.0, length + 1, size + 1)):
        part = store.part(again, "video", start, span, exact=True, at_most=most)
        assert part == Part(whole.kept), (start, span, most)
    cut = store.part(again, "video", 0.0, length / 2, exact=True, at_most=None)
    assert cut.kept.path != whole.kept.path and cut.kept.original == whole.kept.original


def test_facts_are_written_beside_and_a_folder_that_takes_none_is_told(
    store: InputStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = store.take(paint(tmp_path / "a.png"), K.PICTURE, "image")
    assert facts_file(kept.path).is_file()

    def refuse(_: Kept) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(storing, "write_facts", refuse)
    with pytest.raises(CannotSave) as caught:
        store.take(paint(tmp_path / "b.png", (98, 80)), K.PICTURE, "image")
    assert caught.value.message == f"Cannot keep b.png under {store.folder}: No space left on device."
