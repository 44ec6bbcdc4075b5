"""Rows of settings out of files that people write: each line is told by its number."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from oelala_desktop.domain.errors import InvalidInput
from oelala_desktop.services.files.rows import Fault, Line, Sheet, caption_of, pictures_in, read_prompts, read_sheet


def sheet_of(folder: Path, content: str | bytes) -> Sheet:
    path = folder / "rows"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_sheet(path)


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_csv(tmp_path: Path, sign: str) -> None:
    text = '\ufeffimage,prompt, steps\r\na.png,"one\r\ntwo",4\r\n\r\n,,\r\nb.png,,\r\n'.replace(",", sign)
    sheet = sheet_of(tmp_path, text)
    assert sheet.header == ("image", "prompt", "steps")
    assert sheet.lines == [
        Line(2, {"image": "a.png", "prompt": "one\r\ntwo", "steps": "4"}),
        Line(6, {"image": "b.png"}),
    ]
    assert sheet.faults == []


def test_a_prompt_with_commas_needs_quotes(tmp_path: Path) -> None:
    sheet = sheet_of(tmp_path, 'prompt,steps\n"a, b",4\na, b,4\n')
    assert sheet.lines == [Line(2, {"prompt": "a, b", "steps": "4"})]
    assert sheet.faults == [Fault(3, "it has 3 cells; the header has 2.")]


def test_what_stands_under_no_name_is_not_passed_over(tmp_path: Path) -> None:
    sheet = sheet_of(tmp_path, "prompt,,steps,\na,,4,\na, night ,4,\n")
    assert sheet.lines == [Line(2, {"prompt": "a", "steps": "4"})]
    assert sheet.faults == [Fault(3, "the column of “night” has no name in the header.")]


def test_what_is_wrong_with_csv(tmp_path: Path) -> None:
    assert sheet_of(tmp_path, "a,b,a\n1,2,3\n").faults == [Fault(1, "the column a is there twice.")]
    broken = sheet_of(tmp_path, 'a,b\n1,2\n3,"4\n5,6\n')
    assert broken.lines == [Line(2, {"a": "1", "b": "2"})]
    assert [fault.number for fault in broken.faults] == [3] and broken.faults[0].what.startswith("this is no CSV: ")
    long = sheet_of(tmp_path, f"a\n{'x' * 200_000}\n")
    assert [fault.number for fault in long.faults] == [2]
    assert sheet_of(tmp_path, "") == Sheet((), [], [])


def test_json_lines(tmp_path: Path) -> None:
    sheet = sheet_of(tmp_path, '\n{"steps": 4, "tool": "x"}\nno\n[1]\n{"prompt": "a\u2028b"}\n' + "[" * 100_000)
    assert sheet.lines == [Line(2, {"steps": 4}), Line(5, {"prompt": "a\u2028b"})]
    assert [fault.number for fault in sheet.faults] == [3, 4, 6]


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name, words in (("gone", "No such file"), ("pipe", "it is no file")):
        with pytest.raises(InvalidInput, match=words):
            read_sheet(tmp_path / name)
    with pytest.raises(InvalidInput, match="is not UTF-8 text"):
        sheet_of(tmp_path, b"\xff\xfe")
    with pytest.raises(InvalidInput, match="is larger than 16 MiB"):
        sheet_of(tmp_path, b"x" * (16 * 2**20 + 1))


def test_prompts_a_line(tmp_path: Path) -> None:
    (tmp_path / "p.txt").write_text("# mine\none\n\n  two  \n")
    assert read_prompts(tmp_path / "p.txt") == ["one", "two"]
    (tmp_path / "p.txt").write_text("# mine\n")
    with pytest.raises(InvalidInput, match="has no prompt"):
        read_prompts(tmp_path / "p.txt")


def test_pictures_of_a_folder_and_their_captions(tmp_path: Path) -> None:
    for name in ("b.PNG", "A.jpg", "c.txt", ".d.png", "e.mp4"):
        (tmp_path / name).touch()
    (tmp_path / "b.txt").write_text("\ufeff a red boat\n")
    found = pictures_in(tmp_path)
    assert [path.name for path in found] == ["A.jpg", "b.PNG"]
    assert [caption_of(path) for path in found] == [None, "a red boat"]
    (tmp_path / "empty").mkdir()
    with pytest.raises(InvalidInput, match="empty is a folder without a picture"):
        pictures_in(tmp_path / "empty")
