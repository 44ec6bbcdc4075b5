"""What cannot be read is refused with a sentence that names the file; what is cut off is noticed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from oelala_desktop.domain.errors import Unreadable
from oelala_desktop.metadata import check_complete, read, read_bytes, report
from tests.metadata import corpus, files, graphs

WHOLE = {
    "png": corpus.png_with({"prompt": graphs.two_pass()}),
    "jpeg": files.jpeg(),
    "webp": files.webp(),
    "gif": files.saved("GIF"),
    "mp4": files.video("mp4"),
    "faststart": files.video("mp4", movflags="faststart"),
    "mov": files.video("mov"),
    "webm": files.video("webm"),
    "mkv": files.video("mkv"),
    "bmp": files.saved("BMP"),
    "avif": files.saved("AVIF"),
}


def refused(path: Path) -> str:
    with pytest.raises(Unreadable) as caught:
        read(path)
    text = str(caught.value)
    assert text.startswith(path.name) and text.endswith(".")
    return text


def test_missing_empty_folder_text(tmp_path: Path) -> None:
    assert "does not exist" in refused(tmp_path / "gone.png")
    assert "is a folder" in refused(tmp_path)
    (tmp_path / "empty.png").write_bytes(b"")
    assert "is empty" in refused(tmp_path / "empty.png")
    (tmp_path / "page.mp4").write_bytes(b"<!DOCTYPE html><html><body>502</body></html>")
    assert "no picture or video" in refused(tmp_path / "page.mp4")
    (tmp_path / "part.png").write_bytes(corpus.PNG_SIGNATURE + b"\0\0")
    assert "damaged" in refused(tmp_path / "part.png")


def test_a_pipe_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    assert "not a regular file" in refused(tmp_path / "pipe.png")


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_of_somebody_else(tmp_path: Path) -> None:
    path = tmp_path / "locked.png"
    path.write_bytes(corpus.png())
    path.chmod(0)
    assert "may not be read" in refused(path)


def test_impossible_names() -> None:
    with pytest.raises(Unreadable):
        read(Path("a\0b.png"))
    with pytest.raises(Unreadable):
        read(Path("x" * 300 + ".png"))
    with pytest.raises(Unreadable, match="upload is empty"):
        read_bytes(b"", "upload")


@pytest.mark.parametrize("kind", sorted(WHOLE))
@pytest.mark.parametrize("share", [0.2, 0.5, 0.8, 0.95])
def test_truncation_is_noticed(kind: str, share: float, tmp_path: Path) -> None:
    path = tmp_path / f"cut.{kind}"
    data = WHOLE[kind]
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(Unreadable, match=r"^cut\."):
        check_complete(path)


@pytest.mark.parametrize("kind", sorted(WHOLE))
def test_whole_files_pass(kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"whole.{kind}"
    path.write_bytes(WHOLE[kind])
    check_complete(path)


@pytest.mark.parametrize("kind", sorted(WHOLE))
def test_every_cut_is_survived(kind: str) -> None:
    data = WHOLE[kind]
    for length in range(1, len(data), max(1, len(data) // 150)):
        try:
            read_bytes(data[:length], "cut")
        except Unreadable as error:
            assert str(error).startswith("cut")


def test_a_png_cut_inside_its_pixels_still_tells(tmp_path: Path) -> None:
    path = tmp_path / "cut.png"
    path.write_bytes(WHOLE["png"][:-40])
    assert read(path).info.prompt == graphs.POSITIVE


def test_mp4_whose_frames_lie_beyond_the_end(tmp_path: Path) -> None:
    # The index says that the frames are far behind the end, although every box is whole.
    data = bytearray(files.video("mp4", movflags="faststart"))
    at = data.index(b"stco") + 12
    data[at : at + 4] = (10**9).to_bytes(4, "big")
    path = tmp_path / "a.mp4"
    path.write_bytes(data)
    with pytest.raises(Unreadable, match="last frames"):
        check_complete(path)


def test_report(tmp_path: Path) -> None:
    good, bad = tmp_path / "a.png", tmp_path / "b.png"
    good.write_bytes(WHOLE["png"])
    bad.write_bytes(b"x")
    line = report(good)
    assert list(line)[:3] == ["file", "source", "prompt"]
    assert "prompt_choices" not in line
    assert line["models"][0] == {"name": graphs.HIGH, "pass": "high"}
    assert report(bad) == {"file": str(bad), "error": "b.png is no picture or video that can be read."}
