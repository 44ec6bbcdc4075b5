"""A JSON file that a person points at: read, or refused with one sentence."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from oelala_desktop.domain.errors import InvalidInput
from oelala_desktop.services.files.json_file import read_json

MOST = 4 * 2**20


def refusal(path: Path) -> str:
    with pytest.raises(InvalidInput) as caught:
        read_json(path)
    return caught.value.message


def test_what_it_holds_with_or_without_a_mark_of_its_encoding(tmp_path: Path) -> None:
    for head in (b"", b"\xef\xbb\xbf"):
        (tmp_path / "a.json").write_bytes(head + '{"k": ["ü", 1]}'.encode())
        assert read_json(tmp_path / "a.json") == {"k": ["ü", 1]}


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe{}", b"[" * 100_000])
def test_what_is_not_json(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.json").write_bytes(content)
    assert refusal(tmp_path / "a.json") == "a.json is not JSON."


def test_what_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    assert refusal(tmp_path) == f"{tmp_path.name} is not a file."
    assert refusal(tmp_path / "pipe.json") == "pipe.json is not a file."
    assert refusal(tmp_path / "gone.json") == "gone.json cannot be read: No such file or directory."


def test_as_large_as_a_file_may_be_and_no_larger(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b'"' + b"x" * (MOST - 2) + b'"')
    assert read_json(tmp_path / "a.json") == "x" * (MOST - 2)
    (tmp_path / "a.json").write_bytes(b'"' + b"x" * (MOST - 1) + b'"')
    assert refusal(tmp_path / "a.json") == "a.json is larger than 4 MiB."
