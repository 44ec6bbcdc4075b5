"""What lies in the media folders: walks over folders, told apart by a print of their content. Blocking; call these off
the loop. Links are noted, and followed to folders elsewhere only if that is wished; hidden files and folders are passed
over."""

from __future__ import annotations

import hashlib
import marshal
import os
import stat
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from oelala_desktop.services.loop.clock import CLOCK, Clock
from oelala_desktop.storage.media import KnownFolder
from oelala_desktop.storage.media_query import join
from oelala_desktop.storage.media_writing import Stamp

#: what a picture or video may be called; what it is, its content says
SUFFIXES = frozenset(
    (
        "png", "apng", "jpg", "jpeg", "jpe", "jfif", "webp", "gif", "bmp", "tif", "tiff", "avif",
        "mp4", "m4v", "mov", "webm", "mkv",
    )
)  # fmt: skip
#: a folder that changed so recently may change again within the same tick of its clock
_TICK = 2.0
_KIND = 0o170000
_REGULAR, _FOLDER, _LINK = stat.S_IFREG, stat.S_IFDIR, stat.S_IFLNK

#: what the index can hold; file systems tell of years far beyond (1677 to 2262), and of inodes twice as large
_MOST = 2**63 - 1

Row = tuple[str, int, int, int]


@dataclass(frozen=True, slots=True)
class Listing:
    """One folder: `files` are rows of name, size, mtime_ns and inode. `mtime_ns` is 0 while it is too fresh to rely
    on."""

    path: str
    mtime_ns: int
    print: bytes
    files: list[Row]

    def media(self) -> dict[str, Stamp]:
        return {row[0]: Stamp(*row[1:]) for row in self.files if is_candidate(row[0])}


@dataclass(slots=True)
class Walk:
    """`listings` are the folders that differ from what was known; `seen` all that exist, `closed` those that could
    not be read (what is known of them stays); `links` lead from where they lie to folders."""

    listings: list[Listing] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    closed: set[str] = field(default_factory=set)
    links: dict[str, str] = field(default_factory=dict)


class Stopped(Exception):
    """The walk was called off."""


def is_candidate(name: str) -> bool:
    return not name.startswith(".") and name[name.rfind(".") + 1 :].lower() in SUFFIXES


def list_folder(path: str, clock: Clock = CLOCK) -> tuple[Listing, list[str], list[str]]:
    """A folder, and the names of the folders and of the links in it. Raises OSError."""
    mtime_ns = _time(os.stat(path))  # noqa: PTH116 (quicker)
    files: list[Row] = []
    folders: list[str] = []
    links: list[str] = []
    with os.scandir(path) as entries:
        for entry in entries:
            try:
                status = entry.stat(follow_symlinks=False)
            except OSError:
                continue  # gone meanwhile
            kind = status.st_mode & _KIND
            if kind == _REGULAR:
                files.append((entry.name, status.st_size, _time(status), status.st_ino & _MOST))
            elif kind == _FOLDER and not entry.name.startswith("."):
                folders.append(entry.name)
            elif kind == _LINK and not entry.name.startswith("."):
                links.append(entry.name)
    files.sort()
    # Version 2 of marshal is the last one whose output depends on the values alone.
    content = hashlib.blake2b(marshal.dumps(files, 2), digest_size=16).digest()
    fresh = abs(clock.wall() - mtime_ns / 1e9) < _TICK
    return Listing(path, 0 if fresh else mtime_ns, content, files), folders, links


def walk(
    roots: Iterable[str],
    known: Mapping[str, KnownFolder],
    stop: threading.Event,
    report: Callable[[int], None] | None = None,
    unchanged: frozenset[str] = frozenset(),
    follow: Sequence[str] | None = None,
    clock: Clock = CLOCK,
) -> Walk:
    """All folders below `roots` but the `unchanged` ones, every file looked at. `report` is told how many files so
    far. Links to folders that lie apart from those of `follow` are followed, once each. Raises Stopped."""
    found = Walk()
    waiting = list(roots)
    count = 0
    while waiting:
        path = waiting.pop()
        if path in found.seen or path in unchanged:
            continue
        if stop.is_set():
            raise Stopped
        try:
            listing, folders, links = list_folder(path, clock)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError:
            found.seen.add(path)
            found.closed.add(path)
            continue
        found.seen.add(path)
        known_folder = known.get(path)
        if known_folder is None or known_folder.print != listing.print or known_folder.mtime_ns != listing.mtime_ns:
            found.listings.append(listing)
        waiting += [join(path, name) for name in folders]
        targets = _targets(path, links)
        found.links |= targets
        waiting += [target for target in targets.values() if follow is not None and lies_apart(target, follow)]
        count += len(listing.files)
        if report:
            report(count)
    return found


def _targets(path: str, links: Iterable[str]) -> dict[str, str]:
    targets = {join(path, name): os.path.realpath(join(path, name)) for name in links}
    return {link: target for link, target in targets.items() if Path(target).is_dir()}


def lies_apart(path: str, roots: Iterable[str]) -> bool:
    """Whether none of `roots` holds it, nor lies in it: what leads back is not followed."""
    return not any(is_below(path, root) or is_below(root, path) for root in roots)


def changed_folders(known: Iterable[KnownFolder]) -> list[str]:
    """Those whose own time says that files or folders came, went or were renamed; missing ones among them. Does not
    notice files that were written over in place."""
    changed = []
    for folder in known:
        try:
            if _time(os.stat(folder.path)) == folder.mtime_ns:  # noqa: PTH116
                continue
        except OSError:
            pass
        changed.append(folder.path)
    return changed


def look(path: str) -> Stamp | str:
    """A file's stamp, or "folder", "link" (to a folder), "gone" or "other"."""
    try:
        status = os.lstat(path)
    except (OSError, ValueError):
        return "gone"
    kind = status.st_mode & _KIND
    if kind == _REGULAR:
        return stamp_of(status)
    if kind == _LINK and Path(path).is_dir():
        return "link"
    return "folder" if kind == _FOLDER else "other"


def stamp_of(status: os.stat_result) -> Stamp:
    """Whatever a file system says, this is something that the index can hold."""
    return Stamp(status.st_size, _time(status), status.st_ino & _MOST)


def _time(status: os.stat_result) -> int:
    """Nanoseconds since the epoch, at the nearest time that can be kept."""
    mtime_ns = status.st_mtime_ns
    return mtime_ns if -_MOST <= mtime_ns <= _MOST else max(-_MOST, min(mtime_ns, _MOST))


def is_below(path: str, root: str) -> bool:
    return path == root or path.startswith(root.rstrip(os.sep) + os.sep)


def real_roots(folders: Iterable[str]) -> tuple[str, ...]:
    """Without those that lie inside another."""
    paths = sorted({os.path.realpath(Path(folder).expanduser()) for folder in folders})
    return tuple(path for path in paths if not any(other != path and is_below(path, other) for other in paths))
