"""InputStore: what is given to jobs as files, kept once. A picture or a mask is copied by content when it is given; a
video or a sound stays where it is until a job is made of it, and then only its part is kept. Blocking."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import stat
import struct
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from oelala_desktop.domain.crop import Window
from oelala_desktop.domain.errors import CannotSave, InvalidMedia, Unreadable
from oelala_desktop.domain.field import FieldKind
from oelala_desktop.domain.inputs import Given
from oelala_desktop.storage.whole_file import write_whole

from .dataset_file import Dataset, Row, manifest, read_rows
from .kept import DATASET_SUFFIX, DIGITS, Kept, facts_file, read_facts, write_facts
from .once import Once
from .opening import expanded, refusing
from .pictures import MAX_BYTES, Picture, Pixels, read_picture

#: seconds that something is kept which no job and no setting names
KEPT_FOR = 7 * 86_400.0
_MOST_KNOWN = 512  # files whose facts are remembered
_MOST_DATASETS = 8
_K = FieldKind
#: of a file: another one once it is changed or replaced; empty where there is none
_State = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """A file that was looked at. `path` is the kept one, or the original of a video or sound, in the `state` in which
    it was then; `preview` is there when it was decoded just now."""

    path: Path
    given: Given
    kept: Kept | None = None
    preview: Pixels | None = None
    state: _State = ()


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
        self._parts: Once[Part] = Once(_MOST_KNOWN)
        self.datasets: Once[Dataset] = Once(_MOST_DATASETS)
        self._lock = threading.Lock()

    def take(self, path: Path, kind: FieldKind, key: str, *, preview: bool = False) -> Taken:
        """Looks at a file, once as long as it does not change, and keeps it if it is a picture or a mask. Raises
        InvalidMedia with one sentence, or CannotSave. `preview`: what is decoded now is to be shown."""
        with refusing(key, path):
            path = expanded(path)
        state = _state(path)
        mark = (path, _plain(kind), self.most_bytes(), state)
        with self._lock:
            known = self._known.get(mark) if state else None
        if known is not None and (known.kept is None or _is_whole(known.path, known.given.size)):
            if known.kept is not None:
                _touch(known.kept)
            return known
        own = self._own(path, kind)  # what was kept before needs no second look, nor to be remembered
        taken = own or replace(self._look(path, kind, key, preview), state=state)
        if state and own is None:
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
        _touch(kept)
        return Taken(path, kept.given, kept)

    def _look(self, path: Path, kind: FieldKind, key: str, preview: bool) -> Taken:
        if kind in (_K.PICTURE, _K.PICTURES):
            return self._keep_picture(path, key, preview)
        if kind is _K.MASK:
            return self._keep_mask(path, key)
        if kind is _K.SOUND:
            from .sounds import probe_sound

            sound = probe_sound(path, key)
            given = Given(path.name, "sound", length=sound.length, has_sound=True, size=_size(path))
            return Taken(path, given)
        from .videos import probe_video

        video = probe_video(path, key).made_even()
        pixels, heard = (video.width, video.height), video.has_sound
        given = Given(path.name, "video", *pixels, video.frames, video.rate, video.length, heard, _size(path))
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

        content = read_mask(path, key, max_bytes=self.most_bytes())
        kept = self._keep(content, ".png", _mask_facts(content, path.name), str(path))
        return Taken(kept.path, kept.given, kept)

    def keep_bytes(self, content: bytes, kind: FieldKind, name: str) -> Taken:
        """A picture or mask that is in no file: pasted, painted, fetched. Raises what `take` raises."""
        with self._keeping(name), self._place() as place:
            (place / name).write_bytes(content)
            taken = self._look(place / name, kind, kind.value, True)
        if taken.kept is None:
            return taken
        kept = replace(taken.kept, original="")
        _saved(kept)
        return replace(taken, kept=kept)

    def last_frame(self, video: Path, key: str) -> Kept:
        """The picture that a video ends on; what is known of it names the video. Raises InvalidMedia or CannotSave."""
        from .last_frame import last_frame

        with refusing(key, video):
            content = last_frame(video)
        taken = self.keep_bytes(content, _K.PICTURE, f"{video.stem}.png")
        assert taken.kept is not None  # pictures are
        kept = replace(taken.kept, original=str(video.absolute()))
        _saved(kept)
        return kept

    def whole(self, taken: Taken, key: str) -> Kept:
        """A copy of a video or sound, byte for byte. Raises InvalidMedia or CannotSave."""
        if taken.kept is not None:
            return taken.kept
        with self._keeping(taken.given.name), self._place() as place:
            shutil.copyfile(taken.path, place / "part")
            return self._keep_file(place / "part", taken.path.suffix.lstrip(".").lower(), taken.given, taken, key)

    def fitted(self, mask: Kept, width: int, height: int) -> Kept:
        """The same mask as large as the picture that it is laid over."""
        if (mask.given.width, mask.given.height) == (width, height):
            return mask
        from .masks import fit_mask

        content = fit_mask(mask.path.read_bytes(), width, height)
        return self._keep(content, mask.path.suffix, replace(mask.given, width=width, height=height), mask.original)

    def cropped(self, picture: Kept, seen: Window) -> Kept:
        """That part of a kept picture or mask, and all else that is known of it."""
        if (picture.given.width, picture.given.height) == (seen.width, seen.height):
            return picture
        from .pictures import crop_picture

        content = crop_picture(picture.path.read_bytes(), seen, picture.given.name)
        given = replace(picture.given, width=seen.width, height=seen.height)
        kept = self._keep(content, picture.path.suffix, given, picture.original)
        kept = replace(kept, file_bytes=picture.file_bytes, prompt=picture.prompt)
        _saved(kept)
        return kept

    def part(
        self, taken: Taken, key: str, start: float, length: float | None, *, exact: bool, at_most: int | None
    ) -> Part:
        """Keeps the part of a video or sound that is meant. With `exact` it is cut on the frame; otherwise what is kept
        may begin earlier, and the part says where. `at_most` bytes, where it is to be made smaller. Raises InvalidMedia
        or CannotSave."""
        whole = start <= 0 and (length is None or length >= taken.given.length)
        if taken.kept is not None and whole and (at_most is None or taken.given.size <= at_most):
            return Part(taken.kept)
        wanted = (taken.path, taken.state, taken.given.kind, start, length, exact, at_most)
        part = self._parts(
            wanted,
            lambda: self._made_part(taken, key, start, length, exact, at_most),
            lambda made: bool(taken.state) and _is_whole(made.kept.path, made.kept.given.size),
        )
        _touch(part.kept)
        return part

    def _made_part(
        self, taken: Taken, key: str, start: float, length: float | None, exact: bool, at_most: int | None
    ) -> Part:
        try:
            with self._keeping(taken.given.name), self._place() as place:
                if taken.given.kind == "sound":
                    return self._sound_part(taken, place / "part", key, start, length, at_most)
                return self._video_part(taken, place / "part", key, start, length, exact, at_most)
        except Unreadable as error:
            raise InvalidMedia(key, error.message, detail=error.detail) from error

    @contextlib.contextmanager
    def _place(self) -> Iterator[Path]:
        """A folder for what is being made."""
        self.folder.mkdir(parents=True, exist_ok=True)
        # by the process the next start knows whether it is anybody's still
        with tempfile.TemporaryDirectory(suffix=f".{os.getpid()}.part", dir=self.folder) as place:
            yield Path(place)

    @contextlib.contextmanager
    def _keeping(self, name: str) -> Iterator[None]:
        """What the disk refuses is CannotSave."""
        try:
            yield
        except OSError as error:
            raise CannotSave(f"Cannot keep {name} under {self.folder}: {error.strerror}.") from error

    def _sound_part(
        self, taken: Taken, made: Path, key: str, start: float, length: float | None, at_most: int | None
    ) -> Part:
        from .sounds import cut_sound

        kind = cut_sound(taken.path, made, start, length, at_most=at_most)
        return Part(self._keep_file(made, kind, taken.given.part(start, length), taken, key))

    def _video_part(
        self, taken: Taken, made: Path, key: str, start: float, length: float | None, exact: bool, at_most: int | None
    ) -> Part:
        from .videos import cut_video, probe_video

        cut = cut_video(taken.path, made, start, length, at_most=at_most, exact=exact)
        given = taken.given.part(start, length)
        if not cut.copied:
            is_made = probe_video(made, key)  # smaller, perhaps, than what was given
            given = replace(given, width=is_made.width, height=is_made.height, frames=is_made.frames, rate=is_made.rate)
        kept = self._keep_file(made, cut.kind, given, taken, key)
        to_the_end = length is None or start + length >= taken.given.length
        return Part(kept, cut.start, None if to_the_end else cut.length)

    def _keep_file(self, made: Path, kind: str, given: Given, taken: Taken, key: str) -> Kept:
        if taken.state and _state(taken.path) != taken.state:
            raise InvalidMedia(key, f"{given.name} was changed just now; give it again when it is complete.")
        with made.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()[:DIGITS]
        target = self.folder / f"{digest}.{kind}"
        given = replace(given, size=made.stat().st_size)
        if not _is_whole(target, given.size):
            made.replace(target)
        kept = Kept(target, given, taken.kept.original if taken.kept else str(taken.path), taken.given.size)
        _saved(kept)
        return kept

    def keep_rows(self, rows: Sequence[Row], given: Given, original: str) -> Kept:
        """Pictures with captions, as a kept file that names the kept pictures. Raises CannotSave."""
        return self._keep(manifest(rows), DATASET_SUFFIX, given, original)

    def _keep(
        self, content: bytes, suffix: str, given: Given, original: str, picture: Picture | None = None, mask: str = ""
    ) -> Kept:
        digest = hashlib.sha256(content).hexdigest()[:DIGITS]
        target = self.folder / f"{digest}{suffix}"
        kept = Kept(target, replace(given, size=len(content)), original, mask=mask)
        if picture is not None:
            has = picture.has_workflow
            kept = replace(kept, file_bytes=picture.file_bytes, prompt=picture.prompt, has_workflow=has)
        with self._keeping(given.name):
            self.folder.mkdir(parents=True, exist_ok=True)
            if not _is_whole(target, len(content)):
                write_whole(target, content)
        _saved(kept)
        return kept

    def sweep(self, named: set[str], now: float) -> int:
        """Removes what nobody in `named` (paths) names, itself, as the mask of a picture or in a dataset, and nobody
        has used for KEPT_FOR seconds; how many went."""
        files = [path for path in _listed(self.folder) if path.suffix != ".json" and path.is_file()]
        stay = {path for path in files if str(path) in named or _age(path, now) < KEPT_FOR}
        masks = {facts.mask for path in stay if (facts := read_facts(path))}
        shown = {
            str(self.folder / row.file) for path in stay if path.suffix == DATASET_SUFFIX for row in read_rows(path)
        }
        old = [path for path in files if path not in stay and str(path) not in masks | shown]
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


def _state(path: Path) -> _State:
    try:
        facts = path.stat()
    except (OSError, ValueError):
        return ()
    return (facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns)


def _size(path: Path) -> int:
    """In bytes; 0 for what has gone meanwhile."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _is_whole(path: Path, size: int) -> bool:
    """Whether what was kept there still is: somebody may have emptied it, or put something else in its place."""
    try:
        facts = path.stat()
    except OSError:
        return False
    return stat.S_ISREG(facts.st_mode) and facts.st_size == size


def _plain(kind: FieldKind) -> str:
    return "picture" if kind is _K.PICTURES else str(kind.value)


def _touch(kept: Kept) -> None:
    """It is in use from now on."""
    with contextlib.suppress(OSError):
        os.utime(kept.path)


def _saved(kept: Kept) -> None:
    _touch(kept)
    try:
        write_facts(kept)
    except OSError as error:
        raise CannotSave(f"Cannot keep {kept.given.name} under {kept.path.parent}: {error.strerror}.") from error


def _picture_facts(picture: Picture) -> Given:
    return Given(picture.path.name, "picture", picture.width, picture.height, is_small=picture.is_small)


def _mask_facts(content: bytes, name: str) -> Given:
    width, height = struct.unpack(">II", content[16:24])  # of the PNG that we have just written
    return Given(name, "mask", width, height)
