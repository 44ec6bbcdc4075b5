"""Work in a helper process: what it is told, what it answers, and when another one takes its place."""

from __future__ import annotations

import errno
import io
import os
import pickle
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pytest

from oelala_desktop.domain.errors import InvalidMedia, Unreadable
from oelala_desktop.services.files import confined
from oelala_desktop.services.files.confined import ROOM, Confined
from oelala_desktop.services.files.decoding import (
    FFMPEG_LIMITS,
    MIN_SIDE,
    MOST_PIXELS,
    PICTURES,
    VIDEOS,
    KnownDamage,
    check_size,
    decoding,
    has_many_scans,
)


def twice(number: int, *, more: int = 0) -> int:
    return 2 * number + more


def refuse(path: Path) -> None:
    raise Unreadable(f"{path.name} is no picture.", detail="more")


def lack(path: Path) -> bytes:
    return path.read_bytes()


def limits() -> tuple[int, int]:
    import resource

    return resource.getrlimit(resource.RLIMIT_AS)


def who() -> tuple[int, dict[str, str | None]]:
    return os.getpid(), {name: os.environ.get(name) for name in ("MALLOC_ARENA_MAX", "PYTHONPATH")}


def chatter() -> str:
    print("a library prints", flush=True)
    os.write(1, b"and another writes")
    return "answered"


@pytest.fixture(scope="module")
def helpers() -> Iterator[Confined]:
    made = Confined()
    yield made
    made.close()


def test_what_work_returns_and_raises_comes_back(helpers: Confined, tmp_path: Path) -> None:
    assert helpers.run("a", 0, twice, 4, more=1) == 9
    with pytest.raises(Unreadable) as caught:
        helpers.run("a", 0, refuse, Path("/a/b.png"))
    assert (caught.value.message, caught.value.detail) == ("b.png is no picture.", "more")
    with pytest.raises(FileNotFoundError):
        helpers.run("a", 0, lack, tmp_path / "gone")
    assert helpers.run("a", 0, chatter) == "answered"


def test_one_helper_serves_one_after_the_other(helpers: Confined) -> None:
    first, environment = helpers.run("a", 0, who)
    assert first != os.getpid() and helpers.run("a", 0, who)[0] == first
    assert environment["MALLOC_ARENA_MAX"] == "1"
    assert environment["PYTHONPATH"] == os.pathsep.join(path for path in sys.path if path)


@pytest.mark.skipif(sys.platform != "linux", reason="no limit of this kind there")
def test_a_helper_has_room_for_four_copies_of_its_pixels(helpers: Confined) -> None:
    plain, large = (helpers.run("a", pixels, limits)[0] for pixels in (0, 1_000_000))
    assert large - plain == 16 * 1_000_000 and ROOM == 300 * 1024**2
    assert ROOM < plain < ROOM + 2 * 1024**3


def test_more_at_the_same_time_have_a_helper_each(helpers: Confined) -> None:
    both = threading.Barrier(2)
    found: list[int] = []

    def ask() -> None:
        both.wait(20)
        helpers.run("a", 0, lack, Path("/proc/self/stat" if os.path.exists("/proc") else __file__))
        found.append(1)

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(40)
    assert found == [1, 1] and 1 <= len(helpers._idle) <= 2 and not helpers._busy


@pytest.mark.skipif(os.name != "posix", reason="no pipes by name there")
def test_a_file_that_takes_too_long_costs_its_helper(tmp_path: Path) -> None:
    helpers = Confined()
    os.mkfifo(tmp_path / "pipe")
    first, _ = helpers.run("a", 0, who)
    helpers._idle[0]._patience = 0.01  # it is there already, so nothing else takes time
    with pytest.raises(Unreadable) as caught:
        helpers.run("b.mp4", 0, lack, tmp_path / "pipe")
    assert caught.value.message == "b.mp4 is damaged: it takes more memory or time than such a file may."
    assert helpers._idle == [] and not helpers._busy
    assert helpers.run("a", 0, who)[0] != first
    helpers.close()
    assert helpers._idle == []


def test_a_helper_that_has_gone_is_replaced_before_it_is_asked() -> None:
    helpers = Confined(rest=0.0)
    first, _ = helpers.run("a", 0, who)
    assert helpers._idle[0]._process.wait(20) == 0, "it had nothing to do"
    assert helpers.run("a", 0, who)[0] != first
    helpers.close()


@pytest.mark.skipif(os.name != "posix", reason="no pipes by name there")
def test_the_end_of_the_program_ends_what_is_at_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    helpers, at_work, caught = Confined(), threading.Event(), []
    os.mkfifo(tmp_path / "pipe")
    helpers.run("a", 0, who)  # it is there already
    send = confined._send

    def sent(pipe: BinaryIO, question: bytes) -> None:
        send(pipe, question)
        at_work.set()

    monkeypatch.setattr(confined, "_send", sent)

    def ask() -> None:
        try:
            helpers.run("a", 0, lack, tmp_path / "pipe")
        except OSError as error:
            caught.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    assert at_work.wait(20)
    helpers.stop()
    thread.join(20)
    assert [(error.errno, error.strerror) for error in caught] == [(errno.ECANCELED, "the program ends")]
    assert helpers._idle == [] and not helpers._busy


def test_a_helper_that_does_not_start_is_no_fault_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confined.sys, "executable", "/bin/false")
    helpers = Confined()
    with pytest.raises(ChildProcessError) as caught:
        helpers.run("a", 0, who)
    assert (caught.value.errno, caught.value.strerror) == (errno.ECHILD, "a process for decoding could not be started")
    assert helpers._idle == [] and not helpers._busy


def test_those_that_everybody_uses() -> None:
    assert (confined.confined._patience, confined.confined._rest) == (30.0, 60.0)
    assert (confined.patient._patience, confined.patient._rest) == (4 * 3600, 60.0)


# in this process, as the helper does it


def test_an_answer_is_what_was_made_or_what_was_raised() -> None:
    def answer(work: object, *args: object) -> tuple[bool, object]:
        answered: tuple[bool, object] = pickle.loads(
            confined._answer(pickle.dumps((2**45, work, args, {})), confined._addresses())
        )
        return answered

    assert answer(twice, 3) == (True, 6)
    made, error = answer(refuse, Path("/a/b.png"))
    assert not made and isinstance(error, Unreadable) and error.__traceback__ is None
    made, error = answer(lack, Path("/no such file"))
    assert not made and isinstance(error, FileNotFoundError)


@pytest.mark.parametrize("content", [b"", b"x", bytes(70_000)])
def test_messages_are_whole_or_none(content: bytes) -> None:
    pipe = io.BytesIO()
    confined._send(pipe, content)
    sent = pipe.getvalue()
    assert sent[:8] == len(content).to_bytes(8, "big")
    assert confined._receive(io.BytesIO(sent + b"next")) == content
    for cut in (0, 7, len(sent) - 1):
        assert confined._receive(io.BytesIO(sent[:cut])) is None


def test_addresses_in_use() -> None:
    used = confined._addresses()
    assert used > 10_000_000 if sys.platform == "linux" else used == 0


@pytest.mark.skipif(os.name != "posix", reason="a pipe cannot be waited for there")
def test_a_question_is_waited_for_as_long_as_it_rests() -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as pipe:
        assert not confined._is_asked(pipe, 0.0)
        os.write(writing, b"x")
        assert confined._is_asked(pipe, 0.0)
        os.close(writing)


# the edge to decoders


def test_limits_of_pictures() -> None:
    assert (MOST_PIXELS, MIN_SIDE, FFMPEG_LIMITS) == (50_000_000, 64, {"max_pixels": "50000000"})
    assert VIDEOS == {"mp4": "mov", "mov": "mov", "webm": "matroska", "mkv": "matroska"}
    assert list(PICTURES.values()) == ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"]
    assert {kind.upper() for kind in PICTURES} == set(PICTURES.values())


@pytest.mark.parametrize("size", [(10_000, 5_000), (None, 10**9), (10**9, None), (0, 10**9), (1, 50_000_000)])
def test_fifty_megapixels_are_decoded(size: tuple[int | None, int | None]) -> None:
    check_size("a.png", *size)


@pytest.mark.parametrize(("size", "told"), [((10_001, 5_000), 50), ((10_000, 6_060), 61)])
def test_more_are_not(size: tuple[int, int], told: int) -> None:
    with pytest.raises(Unreadable) as caught:
        check_size("a.png", *size)
    assert caught.value.message == f"a.png has {told} megapixels; at most 50 are decoded."


@pytest.mark.parametrize(
    ("kind", "scans", "expected"), [("jpeg", 33, True), ("JPEG", 33, True), ("jpeg", 32, False), ("png", 99, False)]
)
def test_a_jpeg_of_many_scans(kind: str, scans: int, expected: bool) -> None:
    assert has_many_scans(kind, b"\xff\xda." * scans) is expected


def test_each_failure_of_a_decoder_has_its_sentence() -> None:
    odd = OSError("odd")  # as Pillow raises them
    for error, words in (
        (ValueError("x"), "a.png is damaged or cut short."),
        (odd, "a.png is damaged or cut short."),
        (MemoryError(), "a.png is damaged, or takes more memory than such a file may."),
        (RecursionError(), "a.png is damaged, or takes more memory than such a file may."),
    ):
        with pytest.raises(Unreadable) as caught, decoding("a.png"):
            raise error
        assert (caught.value.message, caught.value.detail, caught.value.__cause__) == (words, repr(error), error)
    for same in (InvalidMedia("image", "of ours"), PermissionError(errno.EACCES, "no"), OSError(errno.EIO, "disk")):
        with pytest.raises(type(same)) as passed, decoding("a.png"):
            raise same
        assert passed.value is same


def test_known_damage_is_told_again_as_it_was() -> None:
    known = KnownDamage(most=2)
    for _ in range(2):
        with pytest.raises(Unreadable) as caught, known.once(b"a"):
            raise Unreadable("a.png is damaged.", detail="why")
        assert (caught.value.message, caught.value.detail) == ("a.png is damaged.", "why")
    done = []
    with known.once(b"b"):
        done.append("b")
    with known.once(b"b"):
        done.append("b again")
    assert done == ["b", "b again"], "what is well is decoded each time"
    assert KnownDamage()._most == 10_000
