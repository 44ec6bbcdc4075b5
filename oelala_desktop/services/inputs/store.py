"""InputStore: what is given to jobs as files, kept once. A picture or a mask is copied by content when it is given; a
video or a sound stays where it is until a job is made of it, and then only its part is kept. Blocking."""

from __future__ import annotations

import contextlib
import hashlib
import os
import struct
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from oelala_desktop.domain.errors import CannotSave, InvalidMedia, Unreadable
from oelala_desktop.domain.field import FieldKind
from oelala_desktop.domain.inputs import Given
from oelala_desktop.storage.whole_file import write_whole

from .kept import DIGITS, Kept, facts_file, read_facts, write_facts
from .pictures import MAX_BYTES, Picture, Pixels, read_picture

#: seconds that something is kept which no job and no setting names
KEPT_FOR = 7 * 86_400.0
_MOST_KNOWN = 512  # files whose facts are remembered
_K = FieldKind


@dataclass(frozen=True, slots=True)
class Taken:
    """A file that was looked at. `path` is the kept one, or the original of a video or sound; `preview` is there when
    it was decoded just now."""

    path: Path
    given: Given
    kept: Kept | None = None
    preview: Pixels | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """What of a kept video or sound is meant: seconds from its first frame, None for to the end."""

    kept: Kept
    start: float = 0.0
    length: float | None = None


class InputStore:
    """`most_bytes` is the largest picture that is taken."""

    def __init__(self, folder: Path, most_bytes: Callable[[], int] = lambda: MAX_BYTES) -> None:
        self.folder = folder
        self.most_bytes = most_bytes
        self._known: OrderedDict[tuple[object, ...], Taken] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, path: Path, kind: FieldKind, key: str, *, preview: bool = False) -> Taken:
        """Looks at a file, once as long as it does not change, and keeps it if it is a picture or a mask. Raises
        InvalidMedia with one sentence, or CannotSave. `preview`: what is decoded now is to be shown."""
        path = _expanded(path, key)
        mark = _mark(path, kind, self.most_bytes())
        with self._lock:
            known = self._known.get(mark) if mark else None
        if known is not None and known.path.exists():
            if known.kept is not None:
                _touch(known.path)
            return known
        own = self._own(path, kind)  # what was kept before needs no second look, nor to be remembered
        taken = own or self._look(path, kind, key, preview)
        if mark is not None and own is None:
            with self._lock:
                self._known[mark] = replace(taken, preview=None)
                while len(self._known) > _MOST_KNOWN:
                    self._known.popitem(last=False)
        return taken

    def _own(self, path: Path, kind: FieldKind) -> Taken | None:
        if path.parent != self.folder:
            return None
        kept = read_facts(path)
        if kept is None or kept.given.kind != _plain(kind):
            return None
        _touch(path)
        return Taken(path, kept.given, kept)

    def _look(self, path: Path, kind: FieldKind, key: str, preview: bool) -> Taken:
        if kind in (_K.PICTURE, _K.PICTURES):
            return self._keep_picture(path, key, preview)
        if kind is _K.MASK:
            return self._keep_mask(path, key)
        if kind is _K.SOUND:
            from .sounds import probe_sound

            sound = probe_sound(path, key)
            given = Given(path.name, "sound", length=sound.length, has_sound=True, size=path.stat().st_size)
            return Taken(path, given)
        from .videos import probe_video

        video = probe_video(path, key)
        given = Given(
            path.name,
            "video",
            video.width,
            video.height,
            video.frames,
            video.rate,
            video.length,
            video.has_sound,
            path.stat().st_size,
        )
        return Taken(path, given)

    def _keep_picture(self, path: Path, key: str, preview: bool) -> Taken:
        picture = read_picture(path, key, max_bytes=self.most_bytes(), preview=preview)
        mask = ""
        if picture.mask is not None:
            mask = str(self._keep(picture.mask, ".png", _mask_facts(picture.mask, path.name), str(path)).path)
        kept = self._keep(picture.content, picture.suffix, _picture_facts(picture), str(path), picture, mask)
        return Taken(kept.path, kept.given, kept, picture.preview)

    def _keep_mask(self, path: Path, key: str) -> Taken:
        from .masks import read_mask

        content = read_mask(path, key)
        kept = self._keep(content, ".png", _mask_facts(content, path.name), str(path))
        return Taken(kept.path, kept.given, kept)

    def keep_bytes(self, content: bytes, kind: FieldKind, name: str) -> Taken:
        """A picture or mask that is in no file: pasted, painted, fetched. Raises what `take` raises."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="given-", dir=self.folder) as place:
            path = Path(place) / name
            path.write_bytes(content)
            taken = self._look(path, kind, kind.value, True)
        if taken.kept is None:
            return taken
        kept = replace(taken.kept, original="")
        _saved(kept)
        return replace(taken, kept=kept)

    def fitted(self, mask: Kept, width: int, height: int) -> Kept:
        """The same mask as large as the picture that it is laid over."""
        if (mask.given.width, mask.given.height) == (width, height):
            return mask
        from .masks import fit_mask

        content = fit_mask(mask.path.read_bytes(), width, height)
        return self._keep(content, mask.path.suffix, replace(mask.given, width=width, height=height), mask.original)

    def part(
        self, taken: Taken, key: str, start: float, length: float | None, *, exact: bool, at_most: int | None
    ) -> Part:
        """Keeps the part of a video or sound that is meant. With `exact` it is cut on the frame; otherwise what is kept
        may begin earlier, and the part says where. `at_most` bytes, where it is to be made smaller. Raises InvalidMedia
        or CannotSave."""
        whole = start <= 0 and (length is None or length >= taken.given.length)
        if taken.kept is not None and whole and (at_most is None or taken.given.size <= at_most):
            return Part(taken.kept)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix="part-", dir=self.folder) as place:
                made = Path(place) / "part"
                if taken.given.kind == "sound":
                    return self._sound_part(taken, made, start, length, at_most)
                return self._video_part(taken, made, start, length, exact, at_most)
        except Unreadable as error:
            raise InvalidMedia(key, error.message, detail=error.detail) from error
        except OSError as error:
            raise CannotSave(f"Cannot keep {taken.given.name} under {self.folder}: {error.strerror}.") from error

    def _sound_part(self, taken: Taken, made: Path, start: float, length: float | None, at_most: int | None) -> Part:
        from .sounds import cut_sound

        kind = cut_sound(taken.path, made, start, length, at_most=at_most)
        return Part(self._keep_file(made, kind, taken.given.part(start, length), taken))

    def _video_part(
        self, taken: Taken, made: Path, start: float, length: float | None, exact: bool, at_most: int | None
    ) -> Part:
        from .videos import cut_video

        cut = cut_video(taken.path, made, start, length, at_most=at_most, exact=exact)
        kept = self._keep_file(made, cut.kind, taken.given.part(start, length), taken)
        to_the_end = length is None or start + length >= taken.given.length
        return Part(kept, cut.start, None if to_the_end else cut.length)

    def _keep_file(self, made: Path, kind: str, given: Given, taken: Taken) -> Kept:
        with made.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()[:DIGITS]
        target = self.folder / f"{digest}.{kind}"
        given = replace(given, size=made.stat().st_size)
        if not target.exists():
            made.replace(target)
        kept = Kept(target, given, taken.kept.original if taken.kept else str(taken.path), taken.given.size)
        _saved(kept)
        return kept

    def _keep(
        self, content: bytes, suffix: str, given: Given, original: str, picture: Picture | None = None, mask: str = ""
    ) -> Kept:
        digest = hashlib.sha256(content).hexdigest()[:DIGITS]
        target = self.folder / f"{digest}{suffix}"
        kept = Kept(target, replace(given, size=len(content)), original, mask=mask)
        if picture is not None:
            kept = replace(kept, file_bytes=picture.file_bytes, prompt=picture.prompt)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            if not target.exists() or target.stat().st_size != len(content):
                write_whole(target, content)
        except OSError as error:
            raise CannotSave(f"Cannot keep {given.name} under {self.folder}: {error.strerror}.") from error
        _saved(kept)
        return kept

    def sweep(self, named: set[str], now: float) -> int:
        """Removes what nobody in `named` (paths) names, itself or as the mask of a picture, and nobody has used for
        KEPT_FOR seconds; how many went."""
        files = [path for path in _listed(self.folder) if path.suffix != ".json" and path.is_file()]
        masks = {facts.mask for path in files if str(path) in named and (facts := read_facts(path))}
        old = [path for path in files if str(path) not in named | masks and _age(path, now) >= KEPT_FOR]
        for path in old:
            for file in (path, facts_file(path)):
                with contextlib.suppress(OSError):
                    file.unlink()
        return len(old)


def _listed(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _age(path: Path, now: float) -> float:
    try:
        return now - path.stat().st_mtime
    except OSError:
        return 0.0


def _expanded(path: Path, key: str) -> Path:
    try:
        return path.expanduser()
    except RuntimeError:
        raise InvalidMedia(key, f"{path} is not there: this machine has no such user.") from None


def _mark(path: Path, kind: FieldKind, most: int) -> tuple[object, ...] | None:
    """By what a file is known again; None where it cannot be."""
    try:
        facts = path.stat()
    except (OSError, ValueError):
        return None
    return (str(path), _plain(kind), most, facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns)


def _plain(kind: FieldKind) -> str:
    return "picture" if kind is _K.PICTURES else str(kind.value)


def _touch(path: Path) -> None:
    with contextlib.suppress(OSError):
        os.utime(path)


def _saved(kept: Kept) -> None:
    try:
        write_facts(kept)
    except OSError as error:
        raise CannotSave(f"Cannot keep {kept.given.name} under {kept.path.parent}: {error.strerror}.") from error


def _picture_facts(picture: Picture) -> Given:
    return Given(picture.path.name, "picture", picture.width, picture.height, is_small=picture.is_small)


def _mask_facts(content: bytes, name: str) -> Given:
    width, height = struct.unpack(">II", content[16:24])  # of the PNG that we have just written
    return Given(name, "mask", width, height)
