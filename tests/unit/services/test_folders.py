"""What a walk over the media folders tells, and how it knows that a folder is as it was."""

from __future__ import annotations

import hashlib
import marshal
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from oelala_desktop.services.library import folders
from oelala_desktop.services.library.folders import (
    SUFFIXES,
    Listing,
    Stopped,
    Walk,
    changed_folders,
    is_below,
    is_candidate,
    lies_apart,
    list_folder,
    look,
    real_roots,
    stamp_of,
    walk,
)
from oelala_desktop.storage.media import KnownFolder
from oelala_desktop.storage.media_writing import Stamp
from tests.clock import SetClock

MOMENT = 1_700_000_000
NEVER = threading.Event()


def put(path: Path, content: bytes = b"x", age: float = 1000) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (MOMENT - age, MOMENT - age))
    return path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "root").mkdir()
    return (tmp_path / "root").resolve()


def walked(*roots: Path, known: dict[str, KnownFolder] | None = None, **options: object) -> Walk:
    return walk([str(root) for root in roots], known or {}, NEVER, clock=SetClock(wall=MOMENT), **options)  # type: ignore[arg-type]


def known_of(listing: Listing, number: int = 1) -> KnownFolder:
    return KnownFolder(number, listing.path, listing.mtime_ns, listing.print)


def aged(folder: Path, age: float) -> Path:
    os.utime(folder, (MOMENT - age, MOMENT - age))
    return folder


def test_names_of_media() -> None:
    assert {
        "png", "apng", "jpg", "jpeg", "jpe", "jfif", "webp", "gif", "bmp", "tif", "tiff", "avif",
        "mp4", "m4v", "mov", "webm", "mkv",
    } == SUFFIXES  # fmt: skip
    assert all(is_candidate(name) for name in ("a.png", "a.b.PNG", "png", "ä.Mp4"))
    assert not any(is_candidate(name) for name in (".a.png", "a.png.part", "a", "", "a.", "a.txt"))


def test_a_folder_is_listed_in_order_without_what_is_hidden(root: Path) -> None:
    put(root / "b.png", b"four"), put(root / "a.txt"), put(root / ".hidden.png")
    for name in ("sub", ".sub"):
        (root / name).mkdir()
    for name in ("to", ".to"):
        (root / name).symlink_to(root)
    os.mkfifo(root / "pipe.png")
    listing, folders, links = list_folder(str(aged(root, 50)), SetClock(wall=MOMENT))
    files = [(name, (root / name).stat()) for name in (".hidden.png", "a.txt", "b.png")]
    assert listing.files == [(name, s.st_size, s.st_mtime_ns, s.st_ino) for name, s in files]
    assert (listing.path, listing.mtime_ns, folders, links) == (str(root), (MOMENT - 50) * 10**9, ["sub"], ["to"])
    assert listing.print == hashlib.blake2b(marshal.dumps(listing.files, 2), digest_size=16).digest()
    status = (root / "b.png").stat()
    assert listing.media() == {"b.png": Stamp(4, status.st_mtime_ns, status.st_ino)}


@pytest.mark.parametrize(("age", "is_relied_on"), [(0, False), (1.5, False), (-1.5, False), (2, True), (-2, True)])
def test_a_folder_that_changed_within_two_seconds_is_not_relied_on(root: Path, age: float, is_relied_on: bool) -> None:
    listing = list_folder(str(aged(root, age)), SetClock(wall=MOMENT))[0]
    assert listing.mtime_ns == (round((MOMENT - age) * 10**9) if is_relied_on else 0)


def test_a_folder_that_is_gone(root: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list_folder(str(root / "gone"))


def test_a_walk_finds_all_below_and_counts(root: Path) -> None:
    put(root / "a.png"), put(root / "sub" / "b.png"), put(root / "sub" / "deep" / "c.txt")
    counts: list[int] = []
    found = walked(root, report=counts.append)
    everything = {str(root), str(root / "sub"), str(root / "sub" / "deep")}
    assert found.seen == everything == {listing.path for listing in found.listings}
    assert counts == [1, 2, 3] and (found.closed, found.links) == (set(), {})


def test_what_is_as_it_was_known_is_seen_and_not_listed(root: Path) -> None:
    put(root / "a.png"), put(root / "sub" / "b.png")
    for folder in (root, root / "sub"):
        aged(folder, 100)
    known = {listing.path: known_of(listing) for listing in walked(root).listings}
    again = walked(root, known=known)
    assert (again.listings, again.seen) == ([], set(known))
    put(root / "a.png", b"other")
    aged(root, 100)
    assert [listing.path for listing in walked(root, known=known).listings] == [str(root)], "told by its content"
    aged(root / "sub", 90)
    assert {listing.path for listing in walked(root, known=known).listings} == set(known), "or by its time"


def test_folders_that_are_unchanged_are_not_walked(root: Path) -> None:
    put(root / "a.png"), put(root / "sub" / "b.png")
    found = walked(root, unchanged=frozenset({str(root / "sub")}))
    assert found.seen == {str(root)}


def test_a_root_is_walked_once_and_a_missing_one_is_passed_over(root: Path) -> None:
    put(root / "sub" / "b.png")
    put(root / "file")
    found = walked(root, root / "gone", root / "sub", root / "file", root)
    assert sorted(listing.path for listing in found.listings) == [str(root), str(root / "sub")]
    assert found.seen == {str(root), str(root / "sub")}


def test_a_walk_that_is_called_off(root: Path) -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(Stopped):
        walk([str(root)], {}, stop)


def test_links_are_told_and_followed_where_that_is_wished(root: Path, tmp_path: Path) -> None:
    put(tmp_path / "other" / "far.png")
    (root / "to").symlink_to(tmp_path / "other")
    (root / "back").symlink_to(root)
    (root / "file.png").symlink_to(tmp_path / "other" / "far.png")
    (root / "nowhere").symlink_to(tmp_path / "nowhere")
    other = str((tmp_path / "other").resolve())
    links = {str(root / "to"): other, str(root / "back"): str(root)}
    plain, followed = walked(root), walked(root, follow=[str(root)])
    assert plain.links == followed.links == links
    assert (plain.seen, followed.seen) == ({str(root)}, {str(root), other})


def test_what_lies_apart() -> None:
    assert lies_apart("/a/b", ["/a/c", "/a/bc"])
    assert lies_apart("/a/b", [])
    assert not any(lies_apart("/a/b", [other]) for other in ("/a/b", "/a", "/", "/a/b/c"))


def test_below() -> None:
    assert is_below("/a/b", "/a") and is_below("/a/b", "/a/b") and is_below("/a", "/") and is_below("/a/b", "/a/")
    assert not is_below("/ab", "/a") and not is_below("/a", "/a/b")


def test_roots_without_those_that_lie_inside_another(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "in").mkdir()
    (root.parent / "link").symlink_to(root)
    monkeypatch.setenv("HOME", str(root.parent))
    given = ["~/z", str(root / "in"), str(root), str(root.parent / "link"), str(root)]
    assert real_roots(given) == (str(root), str(root.parent.resolve() / "z"))
    assert real_roots([]) == ()


def test_folders_whose_own_time_has_changed(root: Path) -> None:
    (root / "sub").mkdir()
    aged(root, 100), aged(root / "sub", 100)
    as_it_was = KnownFolder(1, str(root), (MOMENT - 100) * 10**9, b"p")
    changed = KnownFolder(2, str(root / "sub"), (MOMENT - 101) * 10**9, b"p")
    gone = KnownFolder(3, str(root / "gone"), 0, None)
    assert changed_folders([as_it_was, changed, gone]) == [str(root / "sub"), str(root / "gone")]


def test_what_lies_at_a_path(root: Path) -> None:
    path = put(root / "a.png", b"four")
    status = path.stat()
    assert look(str(path)) == Stamp(4, (MOMENT - 1000) * 10**9, status.st_ino)
    (root / "to").symlink_to(root)
    (root / "dead").symlink_to(root / "gone")
    os.mkfifo(root / "pipe")
    names = ("to", "dead", "pipe", "gone", "a\0b")
    assert [look(str(root / name)) for name in names] == ["link", "other", "other", "gone", "gone"]
    assert look(str(root)) == "folder"


def test_what_an_index_can_hold_is_kept_exactly() -> None:
    most = 2**63 - 1
    for mtime_ns, kept in ((most, most), (most + 1, most), (-most, -most), (-most - 1, -most), (7, 7)):
        status = os.stat_result((0o100644, 2**64 - 2, 1, 1, 0, 0, 5, 0, 0, 0), {"st_mtime_ns": mtime_ns})
        assert stamp_of(status) == Stamp(5, kept, most - 1)


def test_what_goes_away_while_it_is_listed_is_passed_over(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(root / "a.png"), put(root / "b.png")
    scandir = os.scandir

    class Entry:
        def __init__(self, entry: os.DirEntry[str]) -> None:
            self.name, self._entry = entry.name, entry

        def stat(self, *, follow_symlinks: bool) -> os.stat_result:
            assert not follow_symlinks
            if self.name == "a.png":
                raise FileNotFoundError
            return self._entry.stat(follow_symlinks=False)

    @contextmanager
    def listed(path: str) -> Iterator[Iterator[Entry]]:
        with scandir(path) as entries:
            yield map(Entry, entries)

    monkeypatch.setattr(folders.os, "scandir", listed)
    assert [row[0] for row in list_folder(str(root))[0].files] == ["b.png"]


def test_a_folder_that_cannot_be_read_is_there_and_closed(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(root / "a.png"), put(root / "shut" / "b.png"), put(root / "open" / "c.png")
    shut = str(root / "shut")

    def refusing(path: str, clock: object) -> object:
        if path == shut:
            raise PermissionError
        return list_folder(path, SetClock(wall=MOMENT))

    monkeypatch.setattr(folders, "list_folder", refusing)
    found = walked(root)
    assert found.closed == {shut} and found.seen == {str(root), shut, str(root / "open")}
    assert {listing.path for listing in found.listings} == {str(root), str(root / "open")}
