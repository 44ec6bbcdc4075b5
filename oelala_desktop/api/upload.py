"""Forms with files, read as they come in: files go to a folder of this request under the home folder, and everything
has a limit that holds while it streams, not after."""

from __future__ import annotations

import asyncio
import itertools
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from oelala_desktop.domain.errors import CannotSave, InvalidField, InvalidInput
from oelala_desktop.domain.obstacle import obstructed
from oelala_desktop.services.files.decoding import PICTURES, VIDEOS
from oelala_desktop.services.inputs.opening import kind_of

from .errors import NotMedia, TooLarge
from .limits import MAX_FIELDS, MAX_FILES, MAX_TEXT, SPARE

_BUFFER = 512 * 1024  # bytes of a file that are kept back before they are written
_HEADER = 4096  # bytes of one part's headers
_STEM = 200  # bytes


@dataclass(slots=True)
class Form:
    """What came under each name, in order: texts, and files under their client's own (made harmless) names."""

    parts: dict[str, list[str | Path]] = field(default_factory=dict)

    def text(self, name: str) -> str | None:
        return next((part for part in self.parts.get(name, ()) if isinstance(part, str)), None)

    def file(self, name: str) -> Path | None:
        return next((part for part in self.parts.get(name, ()) if isinstance(part, Path)), None)


@dataclass(frozen=True, slots=True)
class Slot:
    """A name under which files may come: how many bytes each may have, whether it may be given several times, whether
    it may be so `large` that the disk must be watched, and how many files the form may then have."""

    most_bytes: int
    many: bool = False
    large: bool = False
    most: int = MAX_FILES


#: the slot of a name, by what of the form has come before it; None for what takes no file. May raise InvalidField
Slots = Callable[[str, Form], Slot | None]


def free_bytes(folder: Path) -> int:
    """Raises OSError. Blocking."""
    return shutil.disk_usage(folder).free


async def read_form(request: Request, folder: Path, slots: Slots, free: Callable[[Path], int] = free_bytes) -> Form:
    """Raises TooLarge, NotMedia, InvalidField, InvalidInput, or CannotSave when the disk has no room."""
    kind, parameters = parse_options_header(request.headers.get("content-type", ""))
    boundary = parameters.get(b"boundary", b"")
    if kind != b"multipart/form-data":
        raise NotMedia("A form with a file is expected: send multipart/form-data.")
    if not 0 < len(boundary) <= 200:
        raise InvalidInput("The form has no boundary.")
    reader = _FormReader(folder, slots, free)
    parser = MultipartParser(
        boundary,
        {
            "on_part_begin": reader.part_begins,
            "on_header_field": reader.header_name,
            "on_header_value": reader.header_value,
            "on_header_end": reader.header_ends,
            "on_headers_finished": reader.headers_end,
            "on_part_data": reader.data,
            "on_part_end": reader.part_ends,
            "on_end": reader.form_ends,
        },
        max_header_count=8,
        max_header_size=_HEADER,
    )
    try:
        async for chunk in request.stream():
            parser.write(chunk)
            if reader.has_much:
                await asyncio.to_thread(reader.flush)
        await asyncio.to_thread(reader.flush)
    except FormParserError as error:
        raise InvalidInput("The form is not well made.") from error
    if not reader.ended:
        raise InvalidInput("The form ends too early.")
    return reader.form


class _FormReader:
    def __init__(self, folder: Path, slots: Slots, free: Callable[[Path], int]) -> None:
        self.form = Form()
        self.ended = False
        self._folder = folder
        self._slots = slots
        self._free = free
        self._slot = Slot(0)
        self._parts = 0
        self._headers: dict[bytes, bytes] = {}
        self._header: tuple[bytes, bytes] = (b"", b"")
        self._name = ""
        self._text = bytearray()
        self._texts = 0
        self._size = 0
        self._target: Path | None = None
        self._files = 0
        self._pending: list[tuple[Path, bytes]] = []
        self._pending_size = 0

    @property
    def has_much(self) -> bool:
        return self._pending_size >= _BUFFER

    def part_begins(self) -> None:
        self._headers = {}
        self._text = bytearray()
        self._size = 0
        self._target = None

    def header_name(self, data: bytes, start: int, end: int) -> None:
        self._header = (self._header[0] + data[start:end], b"")

    def header_value(self, data: bytes, start: int, end: int) -> None:
        self._header = (self._header[0], self._header[1] + data[start:end])

    def header_ends(self) -> None:
        self._headers[self._header[0].lower()] = self._header[1]
        self._header = (b"", b"")

    def headers_end(self) -> None:
        kind, parameters = parse_options_header(self._headers.get(b"content-disposition", b""))
        self._name = parameters.get(b"name", b"").decode("utf-8", "replace")[:100]
        if kind != b"form-data" or not self._name:
            raise InvalidInput("The form has a part without a name.")
        is_file = b"filename" in parameters or b"filename*" in parameters
        is_again = self._name in self.form.parts
        slot = self._slots(self._name, self.form) if is_file or is_again else None
        self._count(is_file and slot is not None and slot.most > MAX_FILES)
        if is_again and not (slot and slot.many):
            raise InvalidField(self._name, f"{self._name} is given twice.")
        if is_file:
            if slot is None:
                raise obstructed(self._name, "no_file")
            self._slot = slot
            self._open_file(parameters.get(b"filename", b"").decode("utf-8", "replace"))

    def _count(self, is_one_of_many: bool) -> None:
        self._parts += not is_one_of_many
        if self._parts > MAX_FIELDS:
            raise InvalidInput(f"The form has more than {MAX_FIELDS} fields.")

    def _open_file(self, name: str) -> None:
        if self._files >= self._slot.most:
            raise InvalidInput(f"The form has more than {self._slot.most} files.")
        path = self._folder / str(self._files) / harmless_name(name)
        self._files += 1
        try:
            path.parent.mkdir()
        except OSError as error:
            raise CannotSave(f"The upload cannot be kept: {error.strerror}.") from error
        self._target = path
        self._pending.append((path, b""))  # it may be empty
        self._keep(path)

    def _keep(self, part: str | Path) -> None:
        self.form.parts.setdefault(self._name, []).append(part)

    def data(self, data: bytes, start: int, end: int) -> None:
        if self._target is None:
            self._texts += end - start
            if self._texts > MAX_TEXT:
                raise TooLarge(f"The text fields have more than {MAX_TEXT // 1024} KiB.")
            self._text += data[start:end]
            return
        self._size += end - start
        if self._size > self._slot.most_bytes:
            raise TooLarge(f"{self._name} is too large: at most {self._slot.most_bytes / 10**6:.4g} MB are taken.")
        self._pending.append((self._target, data[start:end]))
        self._pending_size += end - start

    def part_ends(self) -> None:
        if self._target is None:
            try:
                self._keep(self._text.decode("utf-8"))
            except UnicodeDecodeError:
                raise InvalidField(self._name, f"{self._name} is not valid UTF-8.") from None

    def form_ends(self) -> None:
        self.ended = True

    def flush(self) -> None:
        """Blocking."""
        pending, self._pending, self._pending_size = self._pending, [], 0
        try:
            if self._slot.large and self._free(self._folder) < SPARE:
                raise CannotSave(f"The disk is nearly full: there is no room for {self._name}. Free some space.")
            for path, pieces in itertools.groupby(pending, lambda piece: piece[0]):
                with path.open("ab") as target:
                    target.writelines(content for _, content in pieces)
        except OSError as error:
            raise CannotSave(f"The upload cannot be kept: {error.strerror}.") from error


def harmless_name(name: str) -> str:
    """The client's name of a file without folders and without anything that a file system may stumble over."""
    base = re.split(r"[\\/]", name)[-1]
    base = re.sub(r'[\x00-\x1f\x7f-\x9f:*?"<>|]', "", base).strip(". ")
    base = base.encode("utf-8", "ignore").decode()
    stem, dot, suffix = base.rpartition(".")
    return (f"{_cut(stem)}.{suffix[:10]}" if dot else _cut(base)) or "upload"


def _cut(text: str) -> str:
    """As much of it as leaves room for a suffix and a mark in the 255 bytes of a name."""
    return text.encode()[:_STEM].decode("utf-8", "ignore")


def check_is_media(path: Path, *, sound: bool = False) -> None:
    """Raises NotMedia when the bytes are neither a picture nor a video that we know, nor a `sound` where one may be.
    Blocking."""
    kind = kind_of(path)
    if kind in PICTURES or kind in VIDEOS or (sound and kind):
        return
    wanted = "neither a sound nor a video" if sound else "neither a picture nor a video"
    raise NotMedia(f"This file is {wanted} that Oelala reads.")
