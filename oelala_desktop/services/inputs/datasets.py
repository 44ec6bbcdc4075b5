"""A folder of pictures with captions, or such files by themselves: what is in it, and one kept file that says so. The
pictures are kept as any picture is; what lies in the user's folder is only read. Blocking."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from oelala_desktop.domain.errors import InvalidMedia, Unreadable
from oelala_desktop.domain.field import FieldKind
from oelala_desktop.domain.training import (
    CAPTION_SUFFIX,
    MOST_BYTES,
    MOST_CAPTION,
    MOST_PICTURES,
    PICTURE_SUFFIXES,
    captioned,
    repeats,
)

from .dataset_file import Dataset, Row, TrainingPicture, read_rows
from .kept import DATASET_SUFFIX, Kept, read_facts
from .opening import expanded, open_plain, refusing
from .store import InputStore, Taken

_MOST_NAMED = 5  # damaged files in a sentence


class _Found(NamedTuple):
    path: Path
    caption_file: Path
    repeat: int


def look(store: InputStore, names: Sequence[str], key: str) -> Dataset:
    """What is in a folder, or what the files are: every picture decoded, checked and kept, once as long as nothing of
    it changes. What cannot be used is told in its row. Raises InvalidMedia where there is nothing to look at or all too
    much, or CannotSave."""
    found = _find(names, key)
    mark = (*(_mark(one) for one in found), store.most_bytes())
    first = expanded(Path(names[0]))
    folder = first if len(names) == 1 and first.is_dir() else None
    return store.datasets(
        (folder, *mark),
        lambda: Dataset(folder, tuple(_looked(store, one, key) for one in found)),
        lambda known: all(one.kept is None or one.kept.path.exists() for one in known.pictures),
    )


def take(store: InputStore, names: Sequence[str], key: str) -> Taken:
    """The same as an input of a job. Raises InvalidMedia also where a picture is damaged; it names them."""
    own = read_own(store, names)
    if own is not None:
        return own
    dataset = look(store, names, key)
    if len(dataset.pictures) == len(dataset.damaged) == 1:
        raise InvalidMedia(key, dataset.pictures[0].fault)
    if dataset.damaged:
        raise InvalidMedia(key, _damaged(dataset))
    rows = [Row(one.kept.path.name, one.repeat, one.path.name, one.caption) for one in dataset.pictures if one.kept]
    kept = store.keep_rows(rows, dataset.given(), str(dataset.folder or dataset.name))
    return Taken(dataset.folder or kept.path, kept.given, kept)


def read_own(store: InputStore, names: Sequence[str]) -> Taken | None:
    """What was kept before, where its own file is given."""
    path = Path(names[0])
    if len(names) != 1 or path.suffix != DATASET_SUFFIX or path.parent != store.folder:
        return None
    kept = read_facts(path)
    if kept is None or any(not (store.folder / row.file).exists() for row in read_rows(path)):
        return None
    return Taken(path, kept.given, kept)


def with_trigger(store: InputStore, kept: Kept, trigger: str) -> Kept:
    """The same with the trigger word before every caption."""
    if not trigger.strip():
        return kept
    rows = [row._replace(caption=captioned(trigger, row.caption)) for row in read_rows(kept.path)]
    return store.keep_rows(rows, kept.given, kept.original)


# Looking


def _find(names: Sequence[str], key: str) -> list[_Found]:
    with refusing(key, Path(names[0])):
        paths = [expanded(Path(name)) for name in names]
        found = list(_in_folder(paths[0])) if len(paths) == 1 and paths[0].is_dir() else list(_among(paths))
    if not found:
        where = paths[0].name or str(paths[0])
        raise InvalidMedia(key, f"{where} has no picture in it (PNG, JPEG, WebP).")
    if len(found) > MOST_PICTURES:
        raise InvalidMedia(key, f"{len(found)} pictures were given; at most {MOST_PICTURES:,} are taken.")
    size = sum(_size(one.path) for one in found)
    if size > MOST_BYTES:
        most = f"at most {MOST_BYTES / 2**30:g} GiB are taken"
        raise InvalidMedia(key, f"The {len(found)} pictures have {size / 2**30:.1f} GiB in all; {most}.")
    return found


def _in_folder(folder: Path) -> Iterator[_Found]:
    """In the order of their names, those of folders that say how often they are shown behind them."""
    entries = sorted(folder.iterdir())
    for path in entries:
        if is_picture(path):
            yield _Found(path, path.with_suffix(CAPTION_SUFFIX), 1)
    for inner in entries:
        if inner.is_dir() and (times := repeats(inner.name)):
            pictures = (path for path in sorted(inner.iterdir()) if is_picture(path))
            yield from (_Found(path, path.with_suffix(CAPTION_SUFFIX), times) for path in pictures)


def _among(paths: Sequence[Path]) -> Iterator[_Found]:
    """Captions may be given along with the pictures; else they lie beside them. Raises Unreadable."""
    captions = {path.stem: path for path in paths if path.suffix.lower() == CAPTION_SUFFIX}
    for path in paths:
        if path.suffix.lower() == CAPTION_SUFFIX:
            continue
        if path.is_dir():
            raise Unreadable(f"{path.name} is a folder; give one folder alone, or files.")
        yield _Found(path, captions.get(path.stem, path.with_suffix(CAPTION_SUFFIX)), 1)


def is_picture(path: Path) -> bool:
    """By its name: whether a trainer would read it. What systems leave in folders (.DS_Store, ._a.png) is none."""
    return path.suffix.lower() in PICTURE_SUFFIXES and not path.name.startswith(".") and path.is_file()


def _looked(store: InputStore, found: _Found, key: str) -> TrainingPicture:
    plain = TrainingPicture(found.path, found.caption_file, repeat=found.repeat)
    try:
        caption = read_caption(found.caption_file)
        taken = store.take(found.path, FieldKind.PICTURE, key)
    except (InvalidMedia, Unreadable) as error:
        return replace(plain, fault=error.message)
    return replace(plain, caption=caption, kept=taken.kept)


def read_caption(path: Path) -> str:
    """Empty where there is none. Raises Unreadable."""
    try:
        with open_plain(path, "text") as file:
            content = file.read(4 * MOST_CAPTION + 4)
        text = content.decode("utf-8-sig").strip()
    except Unreadable:
        if path.is_file() and _size(path):
            raise
        return ""
    except UnicodeDecodeError:
        raise Unreadable(f"{path.name} is no text in UTF-8; save it as such.") from None
    if "\0" in text:
        raise Unreadable(f"{path.name} holds a NUL character; it is no text.")
    if len(text) > MOST_CAPTION:
        raise Unreadable(f"{path.name} has more than {MOST_CAPTION:,} characters.")
    return text


def _damaged(dataset: Dataset) -> str:
    damaged = dataset.damaged
    named = " ".join(picture.fault for picture in damaged[:_MOST_NAMED])
    more = f" … and {len(damaged) - _MOST_NAMED} more." if len(damaged) > _MOST_NAMED else ""
    count = f"{len(damaged)} of {len(dataset.pictures)} pictures cannot be used: "
    return f"{count}{named}{more} Mend them, or take them out."


def _mark(found: _Found) -> tuple[object, ...]:
    """Another one once the picture or its caption is changed."""
    return (*found, _state(found.path), _state(found.caption_file))


def _state(path: Path) -> tuple[int, ...]:
    try:
        facts = path.stat()
    except OSError:
        return ()
    return facts.st_ino, facts.st_size, facts.st_mtime_ns


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
