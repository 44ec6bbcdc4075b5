"""The one way in which a given file is opened, and the sentence for each that is not."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

import av
import pytest

from oelala_desktop.domain.errors import InvalidMedia, Unreadable
from oelala_desktop.services.inputs.opening import (
    SOUNDS,
    check_whole,
    expanded,
    has_plain_tags,
    kind_of,
    name_of,
    open_plain,
    opened,
    pixels_of,
    refusing,
)
from tests.metadata import corpus, files


def refusal(path: Path, noun: str = "video") -> str:
    with pytest.raises(Unreadable) as caught:
        open_plain(path, noun)
    return caught.value.message


def put(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_a_plain_file_also_behind_a_link(tmp_path: Path) -> None:
    put(tmp_path / "a.mp4", b"content")
    (tmp_path / "to.mp4").symlink_to(tmp_path / "a.mp4")
    for name in ("a.mp4", "to.mp4"):
        with open_plain(tmp_path / name, "video") as file:
            assert file.read() == b"content"


def test_each_fault_of_a_path_has_its_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    put(tmp_path / "empty", b"")
    (tmp_path / "sub").mkdir()
    (tmp_path / "round").symlink_to("round")
    assert refusal(Path("gone.mp4")) == f"gone.mp4 is not there (looked in {tmp_path})."
    assert refusal(tmp_path / "sub", "sound") == "sub is a folder; give a sound inside it."
    assert refusal(tmp_path / "pipe") == "pipe is not a file."
    assert refusal(tmp_path / "empty") == "empty is empty (0 bytes)."
    assert refusal(tmp_path / "round") == "round cannot be read: Too many levels of symbolic links."
    assert refusal(tmp_path / "a\0b") == r"'a\x00b' is not a file name."


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, flags: int) -> int:
        raise PermissionError(13, "Permission denied")

    path = put(tmp_path / "a.mp4", b"x")
    monkeypatch.setattr(os, "open", refuse)
    assert refusal(path) == "a.mp4 may not be read; check its permissions."


def test_names() -> None:
    assert (name_of(Path("/a/b.png")), name_of(Path("/"))) == ("b.png", "/")
    assert expanded(Path("/a")) == Path("/a") and expanded(Path("~")) == Path.home()
    with pytest.raises(Unreadable, match=r"^~nobody-of-that-name is not there: this machine has no such user\.$"):
        expanded(Path("~nobody-of-that-name"))


def test_what_is_wrong_becomes_the_inputs_fault() -> None:
    with pytest.raises(InvalidMedia) as caught, refusing("video", Path("/a/b.mp4")):
        raise Unreadable("b.mp4 is damaged.", detail="more")
    error = caught.value
    assert (error.field, error.message, error.detail) == ("video", "b.mp4 is damaged.", "more")
    for given, words in ((OSError(5, "Input/output error"), "Input/output error"), (OSError("odd"), "odd")):
        with pytest.raises(InvalidMedia) as caught, refusing("video", Path("/a/b.mp4")):
            raise given
        assert (caught.value.field, caught.value.message) == ("video", f"b.mp4 cannot be read: {words}.")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (files.video("mp4"), "mp4"), (files.video("mov"), "mov"), (files.video("webm"), "webm"),
        (files.video("mkv"), "mkv"), (files.sound("flac", "flac"), "flac"), (corpus.png(), "png"),
        (b"\xff\xf1\x50\x80", "aac"), (b"\xff\xf9\x50\x80", "aac"), (b"\xff\xf0", "aac"), (b"\xff", ""),
        (b"\xff\xf2", ""), (b"\xfe\xf1", ""), (b"text", ""), (b"", ""),
    ],
)  # fmt: skip
def test_a_kind_is_told_by_the_first_bytes(tmp_path: Path, content: bytes, kind: str) -> None:
    assert kind_of(put(tmp_path / "a", content)) == kind


def test_pixels_of_a_frame_for_what_decoding_may_need(tmp_path: Path) -> None:
    assert pixels_of(put(tmp_path / "a.mp4", files.video("mp4"))) == 64 * 48
    assert pixels_of(put(tmp_path / "a.flac", files.sound())) == pixels_of(tmp_path / "gone") == 0
    assert pixels_of(tmp_path / "a\0b") == 0


@pytest.mark.parametrize(
    ("content", "noun", "words"),
    [
        (corpus.png(), "video", "a is a picture; give a video (MP4, MOV, WebM, MKV)."),
        (corpus.png(), "sound", "a is a picture; give a sound (WAV, MP3, FLAC, Ogg, Opus, M4A) or a video."),
        (files.sound(), "video", "a is a sound; give a video (MP4, MOV, WebM, MKV)."),
        (b"text", "video", "a is not a video (MP4, MOV, WebM, MKV) that Oelala reads."),
        (b"text", "sound", "a is not a sound (WAV, MP3, FLAC, Ogg, Opus, M4A) or a video that Oelala reads."),
    ],
)
def test_what_is_not_on_the_list(tmp_path: Path, content: bytes, noun: str, words: str) -> None:
    with pytest.raises(Unreadable) as caught, opened(put(tmp_path / "a", content), noun):
        raise AssertionError("it was opened")
    assert caught.value.message == words


def test_containers_of_sounds() -> None:
    assert SOUNDS == {
        "wav": "wav", "mp3": "mp3", "flac": "flac", "ogg": "ogg", "opus": "ogg", "aac": "aac",
        "mp4": "mov", "mov": "mov", "webm": "matroska", "mkv": "matroska",
    }  # fmt: skip


def test_what_is_opened_is_what_was_asked_for(tmp_path: Path) -> None:
    for kind, container in (("mp4", "mov"), ("mkv", "matroska")):
        for noun in ("video", "sound"):
            with opened(put(tmp_path / "a", files.video(kind, tone=440)), noun) as source:
                assert container in source.format.name and len(source.streams) == 2


@pytest.mark.parametrize(("count", "is_taken"), [(64, True), (65, False)])
def test_at_most_so_many_streams(tmp_path: Path, count: int, is_taken: bool) -> None:
    path = tmp_path / "a.mkv"
    with av.open(str(path), "w", format="matroska") as out:
        voices = [out.add_stream("pcm_s16le", rate=8000, layout="mono") for _ in range(count)]
        for voice in voices:
            piece = av.AudioFrame("s16", "mono", 80)
            piece.sample_rate = 8000
            out.mux(voice.encode(piece))
    if is_taken:
        with opened(path, "sound") as source:
            assert len(source.streams) == count
    else:
        with pytest.raises(Unreadable, match=r"^a\.mkv has 65 streams; at most 64 are taken\.$"), opened(path, "sound"):
            pass


def test_tags_in_another_encoding() -> None:
    def tagged(*metadata: dict[str, str]) -> object:
        streams = [SimpleNamespace(metadata=one) for one in metadata[1:]]
        return _Source(metadata[0], streams)

    assert has_plain_tags(tagged({"title": "Grüße"}, {"language": "und"}))
    assert not has_plain_tags(tagged({"title": "caf\ufffd"}))
    assert not has_plain_tags(tagged({"caf\ufffd": "x"}))
    assert not has_plain_tags(tagged({}, {"title": "\ufffd"}))


class _Source:
    def __init__(self, metadata: dict[str, str], streams: list[object]) -> None:
        self.metadata, self.streams = metadata, streams


def test_a_file_says_itself_that_bytes_are_missing(tmp_path: Path) -> None:
    for content in (files.video("mp4"), files.sound("pcm_s16le", "wav"), b"text"):
        check_whole(put(tmp_path / "a", content))
    for content in (files.video("mp4"), files.sound("pcm_s16le", "wav")):
        with pytest.raises(Unreadable):
            check_whole(put(tmp_path / "a", content[:-300]))
