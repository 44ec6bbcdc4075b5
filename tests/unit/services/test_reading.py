"""A file as the index wants it, and when one that may still grow is done."""

from __future__ import annotations

import logging
import os
import threading
from pathlib import Path

import pytest

from oelala_desktop.domain.errors import Unreadable
from oelala_desktop.services.library import reading
from oelala_desktop.services.library.folders import look
from oelala_desktop.services.library.reading import Batch, Found, Waiting, read_batch, read_entry, settled
from oelala_desktop.storage.favorites import Marks, content_hash
from oelala_desktop.storage.media_writing import Claim, Stamp
from tests.metadata import corpus, files, graphs

NOBODY = Marks()


def found(path: Path, content: bytes = b"", **more: object) -> Found:
    if content:
        path.write_bytes(content)
    stamp = look(str(path))
    assert isinstance(stamp, Stamp)
    return Found(str(path.parent), path.name, stamp, **more)  # type: ignore[arg-type]


def test_all_that_a_picture_tells(tmp_path: Path) -> None:
    file = found(tmp_path / "a.png", corpus.png_with({"prompt": graphs.one_pass()}))
    assert file.path == str(tmp_path / "a.png")
    entry = read_entry(file, NOBODY)
    assert (entry.folder, entry.file, entry.stamp) == (str(tmp_path), "a.png", file.stamp)
    assert (entry.kind, entry.format, entry.width, entry.height, entry.has_sound) == ("image", "png", 64, 48, False)
    assert (entry.frames, entry.fps, entry.duration) == (1, None, None)
    assert entry.info.seed == 7
    assert (entry.is_sketch, entry.favorite, entry.job_id, entry.claims) == (False, False, None, ())


def test_all_that_a_video_tells(tmp_path: Path) -> None:
    entry = read_entry(found(tmp_path / "a.mp4", files.video("mp4", tone=440)), NOBODY)
    assert (entry.kind, entry.format, entry.frames, entry.fps, entry.has_sound) == ("video", "mp4", 9, 16.0, True)
    assert entry.duration == pytest.approx(9 / 16, abs=0.05)


def test_a_favourite_is_known_by_its_content(tmp_path: Path) -> None:
    file = found(tmp_path / "a.png", corpus.png())
    marked = Marks({file.stamp.size: frozenset({content_hash(tmp_path / "a.png")})})
    assert read_entry(file, marked).favorite
    assert not read_entry(found(tmp_path / "b.png", corpus.png(seed=1)), marked).favorite


@pytest.mark.parametrize(
    ("params", "told", "expected"),
    [({"job_id": "j1"}, None, "j1"), ({"job_id": "j1"}, "j2", "j2"), ({"job_id": 3}, None, None), ({}, None, None)],
)
def test_which_job_made_it(tmp_path: Path, params: dict[str, object], told: str | None, expected: str | None) -> None:
    content = corpus.png_with({"oelala_params": {"prompt": "boats", **params}})
    assert read_entry(found(tmp_path / "a.png", content, job_id=told), NOBODY).job_id == expected


def test_claims_of_a_job_come_after_those_of_the_file_and_each_once(tmp_path: Path) -> None:
    claims = (Claim("digest", "a.png", "0" * 24), Claim("digest", "a.png", "0" * 24), Claim("name", "b.png"))
    entry = read_entry(found(tmp_path / "a.mp4", files.video("mp4"), claims=claims), NOBODY)
    assert entry.claims == (claims[0], claims[2])


@pytest.mark.parametrize(("engine", "expected"), [("Sketch 1.0", True), ("ComfyUI", False)])
def test_what_sketch_made_is_known(tmp_path: Path, engine: str, expected: bool) -> None:
    content = corpus.png_with({"oelala_params": {"prompt": "boats", "engine": engine}})
    assert read_entry(found(tmp_path / "a.png", content), NOBODY).is_sketch is expected


def test_a_batch_tells_what_was_refused_not_what_went_away_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    good, text = found(tmp_path / "a.png", corpus.png()), found(tmp_path / "b.png", b"no picture")
    gone = good._replace(name="gone.png")
    with caplog.at_level(logging.ERROR):
        batch = read_batch([text, gone, good], NOBODY, threading.Event())
    assert ([e.file for e in batch.entries], batch.refused, caplog.text) == (["a.png"], [text], "")

    def stumbles(file: Found, marks: Marks) -> None:
        raise AttributeError("a fault of ours")

    monkeypatch.setattr(reading, "read_entry", stumbles)
    batch = read_batch([good], NOBODY, threading.Event())
    assert (batch.entries, batch.refused) == ([], [good]) and "a.png cannot be read" in caplog.text


def test_a_batch_ends_when_it_is_called_off(tmp_path: Path) -> None:
    stop = threading.Event()
    stop.set()
    assert read_batch([found(tmp_path / "a.png", corpus.png())], NOBODY, stop) == Batch([], [])


@pytest.mark.parametrize(
    ("still", "whole", "is_done"),
    [(0.0, True, False), (0.29, True, False), (0.3, True, True), (0.3, False, False), (19.9, False, False),
     (20.0, False, True), (20.0, True, True)],
)  # fmt: skip
def test_a_file_is_done_when_it_is_still_and_whole_or_was_still_for_long(
    tmp_path: Path, still: float, whole: bool, is_done: bool
) -> None:
    content = files.video("mp4")
    file = found(tmp_path / "a.mp4", content if whole else content[: len(content) // 2])
    one = Waiting(file, 0.0)
    done, going_on = settled([one], still)
    assert (done, going_on) == (([file], []) if is_done else ([], [one]))


def test_a_file_that_grew_is_waited_for_anew(tmp_path: Path) -> None:
    before = found(tmp_path / "a.png", corpus.png())
    with (tmp_path / "a.png").open("ab") as file:
        file.write(b"more")
    done, going_on = settled([Waiting(before, 0.0)], 500.0)
    assert (done, going_on) == ([], [Waiting(found(tmp_path / "a.png"), 500.0)])
    assert going_on[0].file.stamp != before.stamp


def test_a_file_that_went_away_is_not_waited_for(tmp_path: Path) -> None:
    one = Waiting(found(tmp_path / "a.png", corpus.png()), 0.0)
    other = Waiting(found(tmp_path / "b.png", corpus.png()), 0.0)
    (tmp_path / "a.png").unlink()
    assert settled([one, other], 1.0) == ([other.file], [])
    os.mkdir(tmp_path / "a.png")
    assert settled([one], 1.0) == ([], [])


def test_no_media(tmp_path: Path) -> None:
    with pytest.raises(Unreadable):
        read_entry(found(tmp_path / "a.png", b"text"), NOBODY)
