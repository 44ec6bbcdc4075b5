"""What is given is opened and decoded once, kept once, and kept as long as somebody names it."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from oelala_desktop.domain.crop import Window
from oelala_desktop.domain.errors import CannotSave, InvalidMedia
from oelala_desktop.domain.field import FieldKind
from oelala_desktop.domain.inputs import Given
from oelala_desktop.domain.job import JobInput
from oelala_desktop.services.inputs import store as inputs
from oelala_desktop.services.inputs.kept import facts_file, read_facts
from oelala_desktop.services.inputs.store import KEPT_FOR, InputStore, Taken
from oelala_desktop.services.inputs.sweeping import sweep_inputs
from oelala_desktop.services.inputs.taking import with_whole_paths
from oelala_desktop.services.inputs.videos import probe_video
from oelala_desktop.services.loop.bus import Bus
from oelala_desktop.services.loop.tasks import TaskScope
from oelala_desktop.services.settings.known import form_of
from oelala_desktop.services.settings.store import Settings
from oelala_desktop.storage.jobs import JobStore
from oelala_desktop.storage.preferences import Preferences
from tests.unit.domain.samples import some_job
from tests.unit.services.inputs.making import video

K = FieldKind
_opened: list[str] | None = None


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open" and _opened is not None:
        _opened.append(str(arguments[0]))


sys.addaudithook(_hear)


@contextmanager
def opens() -> Iterator[list[str]]:
    """The names of the files that are opened meanwhile."""
    global _opened
    _opened = names = []
    try:
        yield names
    finally:
        _opened = None


def paint(path: Path, size: tuple[int, int] = (640, 480), mode: str = "RGB", **options: Any) -> Path:
    Image.effect_noise(size, 60).convert(mode).save(path, **options)
    return path


@pytest.fixture
def store(tmp_path: Path) -> InputStore:
    return InputStore(tmp_path / "inputs")


def test_a_picture_is_opened_once_on_its_whole_way(store: InputStore, tmp_path: Path) -> None:
    path = paint(tmp_path / "boat.png")
    with opens() as names:
        first = store.take(path, K.PICTURE, "image", preview=True)
        again = store.take(path, K.PICTURE, "image")
        kept = store.take(first.path, K.PICTURE, "image")
    assert names.count(str(path)) == 1
    assert first.path == again.path == kept.path
    assert first.preview is not None and again.preview is None and kept.preview is None
    assert first.given == kept.given and first.given.name == "boat.png"
    assert (first.given.width, first.given.height, first.given.size) == (640, 480, first.path.stat().st_size)


def test_a_picture_that_changed_is_another(store: InputStore, tmp_path: Path) -> None:
    path = paint(tmp_path / "boat.png")
    before = store.take(path, K.PICTURE, "image")
    paint(path, (320, 400))
    after = store.take(path, K.PICTURE, "image")
    assert before.path != after.path
    assert (after.given.width, after.given.height) == (320, 400)


def test_what_was_kept_outlives_its_original_and_its_process(store: InputStore, tmp_path: Path) -> None:
    path = paint(tmp_path / "boat.jpg")
    kept = store.take(path, K.PICTURE, "image")
    path.unlink()
    again = InputStore(store.folder).take(kept.path, K.PICTURES, "images")
    assert again.kept == kept.kept and again.kept is not None
    assert again.kept.original == str(path)


@pytest.mark.parametrize("facts", [b"", b"{", b"[]", b'{"given": 3}', b'{"given": {"name": 3, "kind": "picture"}}'])
def test_facts_that_cannot_be_read_are_found_anew(store: InputStore, tmp_path: Path, facts: bytes) -> None:
    kept = store.take(paint(tmp_path / "boat.png"), K.PICTURE, "image")
    facts_file(kept.path).write_bytes(facts)
    assert read_facts(kept.path) is None
    again = InputStore(store.folder).take(kept.path, K.PICTURE, "image")
    assert again.path == kept.path and again.given.width == 640
    assert read_facts(kept.path) is not None


def test_a_kept_file_of_another_size_is_not_believed(store: InputStore, tmp_path: Path) -> None:
    kept = store.take(paint(tmp_path / "boat.png"), K.PICTURE, "image")
    kept.path.write_bytes(kept.path.read_bytes()[:-40])
    with pytest.raises(InvalidMedia, match="damaged"):
        InputStore(store.folder).take(kept.path, K.PICTURE, "image")


def test_what_was_cut_short_on_the_disk_is_written_again(store: InputStore, tmp_path: Path) -> None:
    path = paint(tmp_path / "boat.png")
    kept = store.take(path, K.PICTURE, "image")
    kept.path.write_bytes(b"")
    again = InputStore(store.folder).take(path, K.PICTURE, "image")
    assert again.path == kept.path
    assert again.path.read_bytes() == path.read_bytes()


def test_where_a_picture_is_transparent_is_its_mask(store: InputStore, tmp_path: Path) -> None:
    picture = Image.new("RGBA", (128, 96), (200, 10, 10, 255))
    picture.paste((0, 0, 0, 0), (0, 0, 64, 96))
    picture.save(tmp_path / "half.png")
    kept = store.take(tmp_path / "half.png", K.PICTURE, "image").kept
    assert kept is not None and kept.mask
    mask = store.take(Path(kept.mask), K.MASK, "mask")
    assert (mask.given.kind, mask.given.width, mask.given.height) == ("mask", 128, 96)
    with Image.open(mask.path) as shown:
        assert (shown.convert("L").getpixel((10, 50)), shown.convert("L").getpixel((100, 50))) == (255, 0)
    assert store.take(paint(tmp_path / "whole.png", mode="RGBA"), K.PICTURE, "image").kept.mask == ""  # type: ignore[union-attr]


def test_a_mask_is_made_as_large_as_its_picture(store: InputStore, tmp_path: Path) -> None:
    mask = store.take(paint(tmp_path / "m.png", (100, 80), "L"), K.MASK, "mask").kept
    assert mask is not None
    fitted = store.fitted(mask, 200, 160)
    with Image.open(fitted.path) as shown:
        assert shown.size == (200, 160)
    assert store.fitted(fitted, 200, 160) == fitted


def test_a_video_is_kept_only_by_its_part(store: InputStore, tmp_path: Path) -> None:
    path = video(tmp_path / "walk.mp4", frames=48, rate=24)
    taken = store.take(path, K.VIDEO, "video")
    assert taken.kept is None and not store.folder.exists()
    assert (taken.given.frames, taken.given.rate, taken.given.length) == (48, 24, 2.0)
    exact = store.part(taken, "video", 0.5, 1.0, exact=True, at_most=None)
    assert (exact.start, exact.kept.given.length) == (0.0, 1.0)
    copied = store.part(taken, "video", 0.5, 1.0, exact=False, at_most=None)
    assert 0.0 <= copied.start <= 0.5
    for part in (exact, copied):
        content = part.kept.path.read_bytes()
        assert content.index(b"moov") < content.index(b"mdat"), "a server can read it as it comes"
    whole = store.part(taken, "video", 0.0, None, exact=False, at_most=None)
    assert whole.kept.path.read_bytes() == path.read_bytes() and (whole.start, whole.length) == (0.0, None)
    assert store.part(taken, "video", 0.0, None, exact=False, at_most=None).kept.path == whole.kept.path
    again = store.take(whole.kept.path, K.VIDEO, "video")
    assert again.kept == whole.kept
    assert store.part(again, "video", 0.0, None, exact=True, at_most=None).kept == whole.kept


def test_what_is_told_of_an_uneven_video_is_what_will_be_kept(store: InputStore, tmp_path: Path) -> None:
    times = [0, 40, 80, 120, 280, 320, 360, 520, 1000, 1040, 1080, 1120, 1600, 1640]
    taken = store.take(video(tmp_path / "walk.mp4", len(times), times=times, rate=25), K.VIDEO, "video")
    kept = store.part(taken, "video", 0.0, None, exact=True, at_most=None).kept
    made = probe_video(kept.path)
    assert made.steady and (made.rate, made.frames) == (taken.given.rate, taken.given.frames) == (8.0, 13)


@pytest.mark.parametrize(
    ("start", "length"), [(0.01, None), (0.1, None), (0.1, 0.3), (0.3, 0.9), (0.0, 0.7), (1.67, None), (0.5, 9.0)]
)
def test_what_is_told_of_a_part_of_an_uneven_video_is_what_will_be_kept(
    store: InputStore, tmp_path: Path, start: float, length: float | None
) -> None:
    times = [0, 40, 80, 120, 280, 320, 360, 520, 1000, 1040, 1080, 1120, 1600, 1640]
    taken = store.take(video(tmp_path / "walk.mp4", len(times), times=times, rate=25), K.VIDEO, "video")
    kept = store.part(taken, "video", start, length, exact=True, at_most=None).kept
    assert probe_video(kept.path).frames == taken.given.part(start, length).frames


def test_nothing_half_made_is_left(store: InputStore, tmp_path: Path) -> None:
    taken = store.take(video(tmp_path / "walk.mp4", frames=24, rate=24), K.VIDEO, "video")
    with pytest.raises(InvalidMedia, match="nothing of it comes after"):
        store.part(taken, "video", 9.0, None, exact=False, at_most=None)
    assert not list(store.folder.iterdir())


def test_what_nobody_names_goes_after_a_week(store: InputStore, tmp_path: Path) -> None:
    names = ("a", "b", "c")
    kept = [store.take(paint(tmp_path / f"{n}.png", (90 + i, 90)), K.PICTURE, "image") for i, n in enumerate(names)]
    named = {str(kept[0].path)}
    now = kept[0].path.stat().st_mtime
    os.utime(kept[2].path, (now + 60, now + 60))
    assert store.sweep(named, now + KEPT_FOR - 5) == 0
    assert store.sweep(named, now + KEPT_FOR + 5) == 1
    assert [one.path.exists() for one in kept] == [True, False, True]
    assert not facts_file(kept[1].path).exists()


def test_the_mask_of_a_picture_that_is_named_stays(store: InputStore, tmp_path: Path) -> None:
    picture = Image.new("RGBA", (128, 96), (200, 10, 10, 0))
    picture.save(tmp_path / "clear.png")
    kept = store.take(tmp_path / "clear.png", K.PICTURE, "image").kept
    assert kept is not None
    now = kept.path.stat().st_mtime + 2 * KEPT_FOR
    assert store.sweep({str(kept.path)}, now) == 0
    assert store.sweep(set(), now) == 2


@pytest.mark.parametrize("kind", [K.PICTURE, K.MASK, K.VIDEO, K.SOUND])
def test_every_kind_is_refused_in_the_same_way(store: InputStore, tmp_path: Path, kind: K) -> None:
    (tmp_path / "odd").write_bytes(b"no media")
    for path, words in (
        (tmp_path / "odd", "is not"),
        (tmp_path / "gone", "is not there"),
        (Path("~nobody-of-that-name/a"), "has no such user"),
    ):
        with pytest.raises(InvalidMedia, match=words) as caught:
            store.take(path, kind, "given")
        assert caught.value.field == "given"


@pytest.mark.parametrize("kind", [K.PICTURE, K.MASK])
def test_the_limit_of_bytes_holds_for_masks_too(tmp_path: Path, kind: K) -> None:
    path = paint(tmp_path / "a.png")
    small = InputStore(tmp_path / "inputs", lambda: 1000)
    with pytest.raises(InvalidMedia, match=r"at most 0\.001 MB are taken"):
        small.take(path, kind, "given")


def test_what_cannot_be_kept_is_said(tmp_path: Path) -> None:
    (tmp_path / "inputs").write_bytes(b"no folder")
    store = InputStore(tmp_path / "inputs")
    content = paint(tmp_path / "a.png").read_bytes()
    with pytest.raises(CannotSave, match=r"Cannot keep pasted\.png"):
        store.keep_bytes(content, K.PICTURE, "pasted.png")


async def test_jobs_and_forms_name_what_they_have(store: InputStore, tmp_path: Path) -> None:
    of_job, of_form, of_nobody = (
        store.take(paint(tmp_path / f"{size}.png", (size, 90)), K.PICTURE, "image") for size in (91, 92, 93)
    )
    scope = TaskScope("test")
    preferences = Preferences(tmp_path / "preferences.json")
    settings = Settings(preferences, Bus(), scope)
    settings.set(form_of("image-to-image"), {"images": [str(of_form.path)]})
    jobs = JobStore(tmp_path / "jobs.sqlite3")
    await jobs.open()
    try:
        given = JobInput("image", str(of_job.path), "oelala_a.png", "a.png")
        await jobs.save(some_job(inputs=(given,), hidden=True))
        now = of_nobody.path.stat().st_mtime + KEPT_FOR + 60
        assert await sweep_inputs(store, jobs, settings, now) == 1
        assert [one.path.exists() for one in (of_job, of_form, of_nobody)] == [True, True, False]
        settings.set(form_of("image-to-image"), {})
        assert await sweep_inputs(store, jobs, settings, now + 3600) == 0  # once a day
        assert await sweep_inputs(store, jobs, settings, now + 90_000) == 1
    finally:
        await jobs.close()
        await scope.close()


def test_what_is_named_from_the_folder_one_is_in_is_found_from_any_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    there = str(tmp_path / "a.mp4")
    looked = {
        "video": (Taken(Path("a.mp4"), Given("a.mp4", "video")),),
        "images": (Taken(tmp_path / "b.png", Given("b.png", "picture")),),
    }
    values = {"video": "a.mp4", "images": ["~/b.png"], "steps": 4}
    assert with_whole_paths(values, looked) == {"video": there, "images": [str(tmp_path / "b.png")], "steps": 4}
    assert with_whole_paths({}, looked) == {}


def aged(path: Path) -> Path:
    os.utime(path, (1000, 1000))
    return path


def test_what_is_used_again_is_in_use_from_now_on(store: InputStore, tmp_path: Path) -> None:
    path = paint(tmp_path / "boat.png")
    kept = store.take(path, K.PICTURE, "image").path
    for again in (path, kept):
        aged(kept)
        store.take(again, K.PICTURE, "image")
        assert kept.stat().st_mtime > 1000, "a week begins anew"
    clip = video(tmp_path / "walk.mp4", frames=24, rate=24)
    taken = store.take(clip, K.VIDEO, "video")
    part = store.part(taken, "video", 0.25, 0.5, exact=True, at_most=None).kept.path
    aged(part)
    assert store.part(taken, "video", 0.25, 0.5, exact=True, at_most=None).kept.path == part
    assert part.stat().st_mtime > 1000


@pytest.mark.parametrize(
    ("start", "length", "told"), [(0.5, 0.5, None), (0.5, 0.6, None), (0.5, 0.4375, 0.4375), (0.5, None, None)]
)
def test_a_part_to_the_end_needs_no_length(
    store: InputStore, tmp_path: Path, start: float, length: float | None, told: float | None
) -> None:
    taken = store.take(video(tmp_path / "walk.mp4", frames=16, rate=16), K.VIDEO, "video")
    part = store.part(taken, "video", start, length, exact=False, at_most=None)
    assert part.length == told
    assert (part.kept.given.name, part.kept.original) == ("walk.mp4", str(tmp_path / "walk.mp4"))


def test_a_video_that_was_changed_meanwhile_is_not_cut(store: InputStore, tmp_path: Path) -> None:
    path = video(tmp_path / "walk.mp4", frames=16, rate=16)
    taken = store.take(path, K.VIDEO, "video")
    aged(path)
    with pytest.raises(
        InvalidMedia, match=r"^video: |^walk\.mp4 was changed just now; give it again when it is complete"
    ):
        store.part(taken, "video", 0.5, None, exact=True, at_most=None)
    assert store.take(path, K.VIDEO, "video").state != taken.state
    path.unlink()
    with pytest.raises((InvalidMedia, CannotSave)):
        store.part(taken, "video", 0.5, None, exact=True, at_most=None)


def test_what_is_no_file_any_more_is_not_swept(store: InputStore, tmp_path: Path) -> None:
    (store.folder / "folder").mkdir(parents=True)
    (store.folder / "a.json").write_bytes(b"{}")
    kept = store.take(paint(tmp_path / "boat.png"), K.PICTURE, "image").path
    now = kept.stat().st_mtime
    assert store.sweep(set(), now + KEPT_FOR - 1) == 0
    assert store.sweep(set(), now + KEPT_FOR) == 1
    assert sorted(path.name for path in store.folder.iterdir()) == ["a.json", "folder"]
    assert InputStore(tmp_path / "gone").sweep(set(), now) == 0


def test_the_name_of_a_kept_file_says_nothing_but_its_content(store: InputStore, tmp_path: Path) -> None:
    first, second = paint(tmp_path / "a.png"), tmp_path / "b.png"
    second.write_bytes(first.read_bytes())
    kept = [store.take(path, K.PICTURE, "image").path for path in (first, second)]
    assert kept[0] == kept[1]
    assert kept[0].name == hashlib.sha256(first.read_bytes()).hexdigest()[:24] + ".png"


def test_what_was_pasted_has_no_original(store: InputStore, tmp_path: Path) -> None:
    content = paint(tmp_path / "a.png").read_bytes()
    taken = store.keep_bytes(content, K.PICTURE, "pasted.png")
    assert taken.kept is not None and taken.preview is not None
    assert (taken.kept.original, taken.given.name, taken.kept.file_bytes) == ("", "pasted.png", len(content))
    assert read_facts(taken.path) == taken.kept
    assert sorted(path.suffix for path in store.folder.iterdir()) == [".json", ".png"], "nothing half made is left"


@pytest.mark.parametrize(("size", "is_same"), [((640, 480), True), ((320, 480), False), ((640, 240), False)])
def test_a_part_of_a_picture_is_another_and_known_as_well(
    store: InputStore, tmp_path: Path, size: tuple[int, int], is_same: bool
) -> None:
    kept = store.take(paint(tmp_path / "a.jpg"), K.PICTURE, "image").kept
    assert kept is not None
    part = store.cropped(kept, Window(0, 0, *size))
    assert (part is kept) is is_same and (part.given.width, part.given.height) == size
    assert (part.original, part.file_bytes, part.prompt) == (kept.original, kept.file_bytes, kept.prompt)
    assert part.given.size == part.path.stat().st_size and read_facts(part.path) == part


@pytest.mark.parametrize("size", [(200, 80), (100, 160)])
def test_a_mask_is_fitted_on_either_side(store: InputStore, tmp_path: Path, size: tuple[int, int]) -> None:
    mask = store.take(paint(tmp_path / "m.png", (100, 80), "L"), K.MASK, "mask").kept
    assert mask is not None
    fitted = store.fitted(mask, *size)
    assert (fitted.given.width, fitted.given.height, fitted.given.kind, fitted.given.name) == (*size, "mask", "m.png")
    assert fitted.original == mask.original


def test_what_has_gone_meanwhile_has_no_size_and_no_age(tmp_path: Path) -> None:
    assert (inputs._size(tmp_path / "gone"), inputs._age(tmp_path / "gone", 10.0**9)) == (0, 0.0)
    assert inputs._state(tmp_path / "gone") == inputs._state(Path("a\0b")) == ()
    assert not inputs._is_whole(tmp_path, tmp_path.stat().st_size), "a folder is no file"


def test_what_was_kept_before_is_not_remembered_as_well(store: InputStore, tmp_path: Path) -> None:
    kept = store.take(paint(tmp_path / "a.png"), K.PICTURE, "image").path
    assert len(store._known) == 1
    store.take(kept, K.PICTURE, "image")
    assert [mark[0] for mark in store._known] == [tmp_path / "a.png"]
