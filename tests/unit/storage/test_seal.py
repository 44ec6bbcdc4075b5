"""The print of a closed database, by which the next one who opens it knows it for the same."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from oelala_desktop.storage.seal import Seal


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "media.sqlite3"
    made.write_bytes(bytes(range(256)) * 40)
    Seal(made).put(known=True)
    return made


def taken(path: Path) -> Seal:
    seal = Seal(path)
    seal.take()
    assert not path.with_suffix(".seal").exists()
    return seal


def test_a_file_that_is_what_was_closed(path: Path) -> None:
    assert taken(path).holds() is True


def test_one_bit_that_turned_in_it_or_in_the_seal(path: Path) -> None:
    before = path.stat()
    whole = path.read_bytes()
    path.write_bytes(whole[:5000] + bytes([whole[5000] ^ 1]) + whole[5001:])
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    seal = taken(path)
    assert seal.holds() is False
    seal.put(known=False)
    assert taken(path).holds() is False, "what nobody has written into keeps the seal that it had"
    path.write_bytes(whole)
    path.with_suffix(".seal").write_bytes(b"\xff" * 64)
    assert taken(path).holds() is False


def test_a_file_that_has_been_written_into_since(path: Path) -> None:
    seal = taken(path)
    with path.open("ab") as file:
        file.write(b"more")
    assert seal.holds() is None
    seal.put(known=False)
    assert taken(path).holds() is None, "its damage would be sealed with it"
    seal.put(known=True)
    assert taken(path).holds() is True


def test_a_file_that_another_process_has_open(path: Path) -> None:
    log = Path(f"{path}-wal")
    log.touch()
    seal = taken(path)
    assert seal.holds() is None
    seal.put(known=True)
    assert not path.with_suffix(".seal").exists()


def test_a_file_that_is_gone(path: Path) -> None:
    seal = taken(path)
    path.unlink()
    assert seal.holds() is None
    seal.put(known=True)
    assert not path.with_suffix(".seal").exists()
