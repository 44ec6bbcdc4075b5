"""Rows of settings in files of the user's: CSV, JSON lines, a prompt a line, captions beside pictures. Blocking."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from oelala_desktop.domain.errors import InvalidInput
from oelala_desktop.domain.wording import lines_in
from oelala_desktop.storage.plain_file import open_plain

_MOST = 16 * 2**20  # bytes
_DELIMITERS = ",;\t"
#: endings of what a folder has of pictures
_PICTURES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif"})


class Line(NamedTuple):
    """A row as it stands in the file, whose `number` counts from 1."""

    number: int
    values: dict[str, Any]


class Fault(NamedTuple):
    number: int
    what: str


class Sheet(NamedTuple):
    """`header` are the columns of a CSV file, none for JSON lines."""

    header: tuple[str, ...]
    lines: list[Line]
    faults: list[Fault]


def read_sheet(path: Path) -> Sheet:
    """CSV with settings for a header, or a JSON object a line, whichever it looks like. Raises InvalidInput for a file
    that cannot be read at all."""
    text = _text(path)
    if text.lstrip()[:1] in ("{", "["):
        return _of_json_lines(text)
    return _of_csv(text)


def read_prompts(path: Path) -> list[str]:
    """A prompt a line, without empty ones and those that begin with #. Raises InvalidInput."""
    prompts = lines_in(_text(path))
    if not prompts:
        raise InvalidInput(f"{path.name} has no prompt.")
    return prompts


def caption_of(picture: Path) -> str | None:
    """What the text file beside a picture says; None without one. Raises InvalidInput."""
    beside = picture.with_suffix(".txt")
    return _text(beside).strip() if beside.is_file() else None


def pictures_in(folder: Path) -> list[Path]:
    """By their names, without what is hidden. Raises InvalidInput for a folder that has none."""
    try:
        found = [path for path in folder.iterdir() if path.suffix.casefold() in _PICTURES and path.name[0] != "."]
    except OSError as error:
        raise InvalidInput(f"{folder} cannot be read: {error.strerror}.") from error
    if not found:
        raise InvalidInput(f"{folder.name} is a folder without a picture (looked in {folder.absolute()}).")
    return sorted(found, key=lambda path: (path.name.casefold(), path.name))


def _text(path: Path) -> str:
    try:
        with open_plain(path) as file:
            content = file.read(_MOST + 1)
        if len(content) > _MOST:
            raise InvalidInput(f"{path.name} is larger than {_MOST // 2**20} MiB.")
        return content.decode("utf-8-sig")
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{path.name} is not UTF-8 text.") from error


def _of_json_lines(text: str) -> Sheet:
    sheet = Sheet((), [], [])
    for number, row in enumerate(text.split("\n"), 1):
        if not row.strip():
            continue
        try:
            values = json.loads(row)
        except (ValueError, RecursionError):
            sheet.faults.append(Fault(number, "this is not JSON; a row is one object on one line."))
            continue
        if isinstance(values, dict):
            sheet.lines.append(Line(number, {key: value for key, value in values.items() if key != "tool"}))
        else:
            sheet.faults.append(Fault(number, "a row is one JSON object."))
    return sheet


def _of_csv(text: str) -> Sheet:
    first = text.lstrip("\r\n").partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    rows = _csv_rows(text, delimiter)
    sheet = Sheet((), [], [])
    for number, cells in rows:
        if isinstance(cells, str):
            sheet.faults.append(Fault(number, cells))
        elif not any(cell.strip() for cell in cells):
            continue
        elif not sheet.header:
            sheet = sheet._replace(header=tuple(cell.strip() for cell in cells))
            sheet.faults.extend(_of_header(number, sheet.header))
        elif len(cells) > len(sheet.header):
            sheet.faults.append(Fault(number, f"it has {len(cells)} cells; the header has {len(sheet.header)}."))
        elif under := [cell for key, cell in zip(sheet.header, cells, strict=False) if not key and cell.strip()]:
            sheet.faults.append(Fault(number, f"the column of “{under[0].strip()[:40]}” has no name in the header."))
        else:
            given = zip(sheet.header, cells, strict=False)
            sheet.lines.append(Line(number, {key: cell for key, cell in given if cell.strip()}))
    return sheet


def _of_header(number: int, header: tuple[str, ...]) -> Iterator[Fault]:
    for key in dict.fromkeys(key for key in header if key and header.count(key) > 1):
        yield Fault(number, f"the column {key} is there twice.")


def _csv_rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str] | str]]:
    """The number of the line that a row begins at, and its cells or what is wrong with them, which ends it."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        number = reader.line_num + 1
        try:
            yield number, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield number, f"this is no CSV: {error}."
            return
