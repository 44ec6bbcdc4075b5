"""What is kept stays what it is: damage to it is mended, change of its original is noticed, and use keeps it young."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import orjson
import pytest
from PIL import Image

from oelala_desktop.domain.errors import CannotSave, InvalidMedia
from oelala_desktop.domain.field import FieldKind
from oelala_desktop.services.inputs.kept import facts_file
from oelala_desktop.services.inputs.once import Once
from oelala_desktop.services.inputs.store import KEPT_FOR, InputStore, Part
from oelala_desktop.services.inputs.videos import probe_video
from oelala_desktop.services.queue.leftovers import sweep
from tests.unit.services.inputs.making import video

K = FieldKind


@pytest.fixture
def store(tmp_path: Path) -> InputStore:
    return InputStore(tmp_path / "inputs")


def part_of(store: InputStore, path: Path, start: float = 0.0) -> Part:
    return store.part(store.take(path, K.VIDEO, "video"), "video", start, None, exact=True, at_most=None)


def see_through(path: Path) -> Path:
    picture = Image.new("RGBA", (96, 96), (200, 20, 20, 255))
    picture.paste((0, 0, 0, 0), (0, 0, 48, 96))
    picture.save(path)
    return path


def make_old(*paths: Path) -> None:
    long_ago = time.time() - KEPT_FOR - 60
    for path in paths:
        os.utime(path, (long_ago, long_ago))


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def a_pipe_instead(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


DAMAGES = [emptied, a_pipe_instead, Path.unlink]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_kept_video_that_was_damaged_is_kept_anew(
    store: InputStore, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    given = video(tmp_path / "given.mp4")
    kept = part_of(store, given).kept
    content = kept.path.read_bytes()
    damage(kept.path)
    again = part_of(store, given).kept
    assert again.path == kept.path and again.path.is_file()
    assert again.path.read_bytes() == content


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_kept_picture_that_was_damaged_is_kept_anew(
    store: InputStore, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    given = see_through(tmp_path / "given.png")
    kept = store.take(given, K.PICTURE, "image").path
    content = kept.read_bytes()
    damage(kept)
    assert store.take(given, K.PICTURE, "image").path == kept
    assert kept.is_file() and kept.read_bytes() == content


def test_a_folder_in_the_place_of_a_kept_file_is_a_sentence(store: InputStore, tmp_path: Path) -> None:
    given = video(tmp_path / "given.mp4")
    kept = part_of(store, given).kept
    kept.path.unlink()
    kept.path.mkdir()
    with pytest.raises(CannotSave, match=r"Cannot keep given\.mp4"):
        part_of(store, given)


def test_a_video_that_changes_before_it_is_kept_is_refused(store: InputStore, tmp_path: Path) -> None:
    given = video(tmp_path / "given.mp4", 36)
    taken = store.take(given, K.VIDEO, "video")
    video(tmp_path / "given.mp4", 24)
    with pytest.raises(InvalidMedia, match=r"given\.mp4 was changed just now"):
        store.part(taken, "video", 0, None, exact=True, at_most=None)
    kept = part_of(store, given).kept
    assert kept.given.frames == probe_video(kept.path).frames == 24


def test_what_is_kept_again_is_young_again(store: InputStore, tmp_path: Path) -> None:
    given, picture = video(tmp_path / "given.mp4"), see_through(tmp_path / "picture.png")
    kept = part_of(store, given).kept.path
    image = store.take(picture, K.PICTURE, "image").kept
    assert image is not None
    make_old(kept, image.path, Path(image.mask))
    another = InputStore(store.folder)  # of another process, which has to look anew
    part_of(another, given)
    another.take(picture, K.PICTURE, "image")
    assert store.sweep(set(), time.time()) == 0


def test_a_mask_stays_as_long_as_its_picture(store: InputStore, tmp_path: Path) -> None:
    image = store.take(see_through(tmp_path / "picture.png"), K.PICTURE, "image").kept
    assert image is not None
    make_old(image.path, Path(image.mask))
    store.take(image.path, K.PICTURE, "image")
    assert store.sweep(set(), time.time()) == 0 and Path(image.mask).exists()


def test_what_a_killed_process_was_making_goes_at_the_next_start(store: InputStore, tmp_path: Path) -> None:
    with store._place() as place:
        (place / "part").write_bytes(b"half a video")
        assert sweep([], set(), store.folder) == 0 and place.exists(), "it is ours, and we live"
        of_a_killed = place.with_name(place.name.replace(str(os.getpid()), "1"))
        place.rename(of_a_killed)
        assert sweep([], set(), store.folder) == 1 and not of_a_killed.exists()
        place.mkdir()


def test_a_mask_that_the_disk_does_not_take_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "inputs").write_text("no folder")
    with pytest.raises(CannotSave, match=r"Cannot keep mask\.png"):
        InputStore(tmp_path / "inputs").keep_bytes(b"", K.MASK, "mask.png")


def test_a_video_of_odd_sides_is_made_even(store: InputStore, tmp_path: Path) -> None:
    """Servers make H.264 of what they get, and that has even sides."""
    given = video(tmp_path / "given.mp4", size=(97, 65), pix_fmt="yuv444p")
    kept = part_of(store, given).kept
    found = probe_video(kept.path)
    assert (found.width, found.height) == (kept.given.width, kept.given.height) == (96, 64)


def test_many_who_want_the_same_part_have_it_cut_once(store: InputStore, tmp_path: Path) -> None:
    given = video(tmp_path / "given.mp4")
    with ThreadPoolExecutor(8) as pool:
        parts = list(pool.map(lambda _: part_of(store, given, 0.5), range(16)))
    assert all(part is parts[0] for part in parts)


def test_once() -> None:
    began, go_on, calls = threading.Event(), threading.Event(), []

    def work() -> int:
        calls.append(1)
        began.set()
        assert go_on.wait(40)
        return len(calls)

    once = Once[int](2)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(once, "a", work, lambda _: True)
        assert began.wait(40)
        second = pool.submit(once, "a", work, lambda _: True)
        go_on.set()
        assert (first.result(), second.result()) == (1, 1)
    assert once("a", work, lambda value: value != 1) == 2, "what no longer holds is done again"
    once("b", work, bool)
    once("c", work, bool)
    assert once("a", work, bool) == 5, "only the last are remembered"


def test_what_fails_is_tried_again() -> None:
    once = Once[int](2)
    with pytest.raises(ZeroDivisionError):
        once("a", lambda: 1 // 0, bool)
    assert once("a", lambda: 7, bool) == 7


def test_facts_that_no_file_can_have_are_not_believed(store: InputStore, tmp_path: Path) -> None:
    kept = store.take(see_through(tmp_path / "picture.png"), K.PICTURE, "image").kept
    assert kept is not None
    row = orjson.loads(facts_file(kept.path).read_bytes())
    row["given"] |= {"width": -96, "height": 1e300, "rate": -24.0, "frames": 10**18}
    facts_file(kept.path).write_bytes(orjson.dumps(row))
    given = store.take(kept.path, K.PICTURE, "image").given
    assert (given.width, given.height, given.rate, given.frames, given.size) == (0, 0, 0, 0, kept.given.size)
