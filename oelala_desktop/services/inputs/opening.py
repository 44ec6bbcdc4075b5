"""The one way in which a given file is opened: a plain file; a video or a sound as a container that its first bytes
tell and that is on our list, nothing beside it, nothing over the network. Each fault is a sentence that names it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from oelala_desktop.domain.errors import InvalidMedia, Unreadable
from oelala_desktop.metadata import check_complete, check_sound, probe, sniff, sniff_sound
from oelala_desktop.services.files.decoding import FFMPEG_LIMITS, PICTURES, VIDEOS, decoding
from oelala_desktop.services.files.unlinked import FILE_FLAGS

if TYPE_CHECKING:
    from av.container import InputContainer

#: containers in FFmpeg's words; a video is taken for the sound in it
SOUNDS = {"wav": "wav", "mp3": "mp3", "flac": "flac", "ogg": "ogg", "opus": "ogg", "aac": "aac", **VIDEOS}
MOST_STREAMS = 64
_HEAD = 4096
_BUFFER = 2**18
#: links are followed: the user gave the path
_FLAGS = FILE_FLAGS & ~getattr(os, "O_NOFOLLOW", 0)
_WANTED = {"video": "a video (MP4, MOV, WebM, MKV)", "sound": "a sound (WAV, MP3, FLAC, Ogg, Opus, M4A) or a video"}


@contextmanager
def refusing(key: str, path: Path) -> Iterator[None]:
    """What is wrong with the file becomes InvalidMedia of the settings key."""
    try:
        yield
    except Unreadable as error:
        raise InvalidMedia(key, error.message, detail=error.detail) from error
    except OSError as error:
        raise InvalidMedia(key, f"{name_of(path)} cannot be read: {error.strerror or error}.") from error


def expanded(path: Path) -> Path:
    """Of a path that may begin with ~. Raises Unreadable."""
    try:
        return path.expanduser()
    except RuntimeError:
        raise Unreadable(f"{path} is not there: this machine has no such user.") from None


def name_of(path: Path) -> str:
    return path.name or str(path)


def pixels_of(path: Path) -> int:
    """Those of a frame as the header tells them, 0 for a sound or what cannot be read: what decoding may need."""
    try:
        facts = probe(path)
    except (Unreadable, OSError, ValueError):
        return 0
    return (facts.width or 0) * (facts.height or 0)


@contextmanager
def opened(path: Path, noun: str) -> Iterator[InputContainer]:
    """The container of a given `noun` (video, sound). Raises Unreadable, also for whatever decoders raise in the block;
    OSError where the disk fails."""
    import av

    name = name_of(path)
    with decoding(name), open_plain(path, noun) as file:
        kind = _kind(file.read(_HEAD))
        file.seek(0)
        container = _container(name, kind, noun)
        with av.open(
            file, "r", format=container, options=FFMPEG_LIMITS, buffer_size=_BUFFER, metadata_errors="replace"
        ) as source:
            if len(source.streams) > MOST_STREAMS:
                raise Unreadable(f"{name} has {len(source.streams)} streams; at most {MOST_STREAMS} are taken.")
            yield source


def has_plain_tags(source: Any) -> bool:
    """Whether a server's loader, which takes tags for UTF-8, can open the file as it is."""
    tagged = (source, *source.streams)
    return not any("\ufffd" in text for one in tagged for row in one.metadata.items() for text in row)


def check_whole(path: Path) -> None:
    """Raises Unreadable if the file's own structure says that bytes are missing."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if sniff(head) in VIDEOS:
        check_complete(path)
    elif sniff_sound(head) is not None:
        check_sound(path)


def open_plain(path: Path, noun: str) -> BinaryIO:
    """For reading, the caller's to close. Raises Unreadable for what is not there, may not be read, is empty, or is no
    plain file."""
    name = name_of(path)
    try:
        facts = path.stat()
        if stat.S_ISDIR(facts.st_mode):
            raise Unreadable(f"{name} is a folder; give a {noun} inside it.")
        if not stat.S_ISREG(facts.st_mode):
            raise Unreadable(f"{name} is not a file.")
        if facts.st_size == 0:
            raise Unreadable(f"{name} is empty (0 bytes).")
        return os.fdopen(os.open(path, _FLAGS), "rb")
    except FileNotFoundError:
        raise Unreadable(f"{name} is not there (looked in {path.absolute().parent}).") from None
    except PermissionError:
        raise Unreadable(f"{name} may not be read; check its permissions.") from None
    except OSError as error:
        raise Unreadable(f"{name} cannot be read: {error.strerror or error}.") from error
    except ValueError:
        raise Unreadable(f"{name!r} is not a file name.") from None


def kind_of(path: Path) -> str:
    """mp4, mov, webm, mkv, wav, …: what its first bytes say, empty where they say nothing that we read."""
    with path.open("rb") as file:
        return _kind(file.read(_HEAD)) or ""


def _kind(head: bytes) -> str | None:
    is_adts = len(head) > 1 and head[0] == 0xFF and head[1] & 0xF6 == 0xF0
    return sniff(head) or sniff_sound(head) or ("aac" if is_adts else None)


def _container(name: str, kind: str | None, noun: str) -> str:
    formats: Mapping[str, str] = VIDEOS if noun == "video" else SOUNDS
    if kind is not None and kind in formats:
        return formats[kind]
    given = "a picture" if kind in PICTURES else "a sound" if kind in SOUNDS else ""
    if given:
        raise Unreadable(f"{name} is {given}; give {_WANTED[noun]}.")
    raise Unreadable(f"{name} is not {_WANTED[noun]} that Oelala reads.")
