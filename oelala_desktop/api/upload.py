"""Forms with files, read as they come in: files go to a folder of this request under the home folder, and everything
has a limit that holds while it streams, not after."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from oelala_desktop.domain.errors import CannotSave, InvalidField, InvalidInput
from oelala_desktop.metadata import sniff

from .errors import NotMedia, TooLarge
from .limits import MAX_TEXT

MAX_FIELDS = 64
_BUFFER = 512 * 1024  # bytes of a file that are kept back before they are written
_HEADER = 4096  # bytes of one part's headers
_STEM = 200  # bytes


@dataclass(slots=True)
class Form:
    """Texts by field name; files by field name, each under its client's own (made harmless) name."""

    texts: dict[str, str] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)


async def read_form(request: Request, folder: Path, names: tuple[str, ...], max_file: int) -> Form:
    """`names` are the fields that take a file. Raises TooLarge, NotMedia, InvalidField or InvalidInput."""
    kind, parameters = parse_options_header(request.headers.get("content-type", ""))
    boundary = parameters.get(b"boundary", b"")
    if kind != b"multipart/form-data":
        raise NotMedia("A form with a file is expected: send multipart/form-data.")
    if not 0 < len(boundary) <= 200:
        raise InvalidInput("The form has no boundary.")
    reader = _FormReader(folder, names, max_file)
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
    finally:
        await asyncio.to_thread(reader.close)
    if not reader.ended:
        raise InvalidInput("The form ends too early.")
    return reader.form


class _FormReader:
    def __init__(self, folder: Path, names: tuple[str, ...], max_file: int) -> None:
        self.form = Form()
        self.ended = False
        self._folder = folder
        self._names = names
        self._max_file = max_file
        self._parts = 0
        self._headers: dict[bytes, bytes] = {}
        self._header: tuple[bytes, bytes] = (b"", b"")
        self._name = ""
        self._text = bytearray()
        self._texts = 0
        self._size = 0
        self._target: IO[bytes] | None = None
        self._opened: list[IO[bytes]] = []
        self._pending: list[tuple[IO[bytes], bytes]] = []
        self._pending_size = 0

    @property
    def has_much(self) -> bool:
        return self._pending_size >= _BUFFER

    def part_begins(self) -> None:
        self._parts += 1
        if self._parts > MAX_FIELDS:
            raise InvalidInput(f"The form has more than {MAX_FIELDS} fields.")
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
        if self._name in self.form.texts or self._name in self.form.files:
            raise InvalidField(self._name, f"{self._name} is given twice.")
        if b"filename" in parameters or b"filename*" in parameters:
            self._open_file(parameters.get(b"filename", b"").decode("utf-8", "replace"))

    def _open_file(self, name: str) -> None:
        if self._name not in self._names:
            raise InvalidField(self._name, f"{self._name} takes no file.")
        path = self._folder / self._name / harmless_name(name)
        try:
            path.parent.mkdir()
            self._target = path.open("xb")
        except OSError as error:
            raise CannotSave(f"The upload cannot be kept: {error.strerror}.") from error
        self._opened.append(self._target)
        self.form.files[self._name] = path

    def data(self, data: bytes, start: int, end: int) -> None:
        if self._target is None:
            self._texts += end - start
            if self._texts > MAX_TEXT:
                raise TooLarge(f"The text fields have more than {MAX_TEXT // 1024} KiB.")
            self._text += data[start:end]
            return
        self._size += end - start
        if self._size > self._max_file:
            raise TooLarge(f"{self._name} is too large: at most {self._max_file / 10**6:g} MB are taken.")
        self._pending.append((self._target, data[start:end]))
        self._pending_size += end - start

    def part_ends(self) -> None:
        if self._target is None:
            try:
                self.form.texts[self._name] = self._text.decode("utf-8")
            except UnicodeDecodeError:
                raise InvalidField(self._name, f"{self._name} is not valid UTF-8.") from None

    def form_ends(self) -> None:
        self.ended = True

    def flush(self) -> None:
        """Blocking."""
        pending, self._pending, self._pending_size = self._pending, [], 0
        try:
            for target, content in pending:
                target.write(content)
            for target in {target for target, _ in pending}:
                target.flush()
        except OSError as error:
            raise CannotSave(f"The upload cannot be kept: {error.strerror}.") from error

    def close(self) -> None:
        for target in self._opened:
            target.close()


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


async def check_is_media(path: Path) -> None:
    """Raises NotMedia when the bytes are neither a picture nor a video that we know."""

    def head() -> bytes:
        with path.open("rb") as file:
            return file.read(4096)

    if sniff(await asyncio.to_thread(head)) is None:
        raise NotMedia("This file is neither a picture nor a video that Oelala reads.")
