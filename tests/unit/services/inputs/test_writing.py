"""A file made by an encoder is there whole or not at all, and what the disk refuses is told as that."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import av
import pytest

from oelala_desktop.domain.errors import Unreadable
from oelala_desktop.services.inputs.writing import copy_file, disk_faults, whole_file


def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "a.mp4"
    with whole_file(target) as part:
        part.write_bytes(b"new")
        assert part.parent == tmp_path and part != target and not target.exists()
    assert target.read_bytes() == b"new"
    with pytest.raises(ZeroDivisionError), whole_file(target) as part:
        part.write_bytes(b"half")
        raise ZeroDivisionError
    with pytest.raises(FileNotFoundError), whole_file(target):
        pass
    assert (target.read_bytes(), os.listdir(tmp_path)) == (b"new", ["a.mp4"])


@pytest.mark.parametrize(
    "number",
    [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG, errno.EACCES, errno.EPERM, errno.ENOENT, errno.ENOTDIR],
)
def test_what_the_disk_refuses_is_no_fault_of_the_file(number: int) -> None:
    with pytest.raises(OSError) as caught, disk_faults():
        raise Unreadable("a.mp4 is damaged.") from av.error.FFmpegError(number, "of the system")
    assert (caught.value.errno, caught.value.strerror) == (number, "of the system")


@pytest.mark.parametrize("cause", [av.error.FFmpegError(errno.EIO, "odd"), OSError(errno.ENOSPC, "of Python"), None])
def test_other_faults_stay_the_files(cause: Exception | None) -> None:
    with pytest.raises(Unreadable), disk_faults():
        raise Unreadable("a.mp4 is damaged.") from cause


@pytest.mark.parametrize("shares", [True, False])
def test_a_copy_has_all_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shares: bool) -> None:
    if not shares:
        monkeypatch.delattr(os, "copy_file_range", raising=False)
    content = bytes(range(256)) * 9000
    (tmp_path / "a").write_bytes(content)
    (tmp_path / "b").write_bytes(b"something longer" * 999_999)
    copy_file(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "b").read_bytes() == content


def test_what_is_written_is_on_the_disk_before_it_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target, synced = tmp_path / "a.mp4", []

    def sync(descriptor: int) -> None:
        assert not target.exists()
        synced.append(os.fstat(descriptor).st_size)

    monkeypatch.setattr(os, "fsync", sync)
    with whole_file(target) as part:
        part.write_bytes(b"new")
    assert synced == [3] and target.read_bytes() == b"new"
