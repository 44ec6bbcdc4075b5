"""The picture that a saver wrote beside a video goes where that goes."""

from __future__ import annotations

from pathlib import Path

import pytest

from oelala_desktop.services.library.companions import companion_of, companions_of, is_shared
from tests.metadata import corpus, files, graphs

BARE = files.video("mp4")
SAVED = corpus.png_with({"prompt": graphs.one_pass() | {"9": graphs.node("VHS_VideoCombine")}})
TOLD = files.video("mp4", {"prompt": corpus.dumps(graphs.two_pass()).decode()})


def put(folder: Path, **contents: bytes) -> dict[str, Path]:
    made = {}
    for name, content in contents.items():
        made[name] = folder / name.replace("__", "-").replace("_", ".")
        made[name].write_bytes(content)
    return made


def test_the_picture_that_a_videos_metadata_came_from(tmp_path: Path) -> None:
    there = put(tmp_path, a_mp4=BARE, a_png=SAVED)
    assert companion_of(there["a_mp4"]) == there["a_png"]


def test_a_video_that_tells_itself_has_only_one_by_that_saver(tmp_path: Path) -> None:
    there = put(tmp_path, a_mp4=TOLD, a_png=SAVED, b_mp4=TOLD, b_png=corpus.png_with({"prompt": graphs.one_pass()}))
    assert companion_of(there["a_mp4"]) == there["a_png"]
    assert companion_of(there["b_mp4"]) is None


def test_what_has_none(tmp_path: Path) -> None:
    there = put(tmp_path, a_mp4=BARE, b_png=SAVED, c_mp4=b"no video", c_png=SAVED, d_txt=BARE, d_png=SAVED)
    assert [companion_of(there[name]) for name in ("a_mp4", "b_png", "c_mp4", "d_txt")] == [None] * 4
    assert companion_of(tmp_path / "gone.mp4") is None
    (tmp_path / "a.png").mkdir()
    assert companion_of(there["a_mp4"]) is None


def test_one_that_another_video_needs_stays(tmp_path: Path) -> None:
    there = put(tmp_path, a_mp4=BARE, a__audio_mp4=BARE, a_png=SAVED)
    silent, heard, picture = there["a_mp4"], there["a__audio_mp4"], there["a_png"]
    assert heard.name == "a-audio.mp4" and companion_of(heard) == picture
    assert companions_of([silent]) == companions_of([heard]) == []
    assert companions_of([silent, heard]) == [picture], "once"
    assert is_shared(picture, [silent]) and not is_shared(picture, [silent, heard])
    heard.unlink()
    assert companions_of([silent]) == [picture] and not is_shared(picture, [silent])
    heard.mkdir()
    assert companions_of([silent]) == [picture]


def test_the_suffix_may_be_in_capitals(tmp_path: Path) -> None:
    there = put(tmp_path, a_MP4=BARE, a_png=SAVED)
    assert companion_of(there["a_MP4"]) == there["a_png"]


@pytest.mark.parametrize("paths", [[], [Path("/gone.mp4")]])
def test_nothing_has_nothing(paths: list[Path]) -> None:
    assert companions_of(paths) == []
