"""Damaged and overlarge media: a sentence, once, in bounded memory, whatever the decoders raise."""

from __future__ import annotations

import gc
import io
import os
import signal
import struct
import sys
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from PIL import Image

from oelala_desktop.domain.errors import InvalidMedia, Unreadable
from oelala_desktop.metadata import probe
from oelala_desktop.metadata.writer import embed
from oelala_desktop.services.files.confined import ROOM, Confined
from oelala_desktop.services.files.decoding import KnownDamage, decoding
from oelala_desktop.services.inputs import pictures
from oelala_desktop.services.thumbnails.making import make_still, make_thumbnail
from tests.fuzz import decoding as trial
from tests.metadata import files


@pytest.mark.parametrize(
    "error",
    [AttributeError("width"), RuntimeError("x"), struct.error("x"), MemoryError(), OSError("no number"), KeyError(1)],
)
def test_whatever_a_decoder_raises_is_a_sentence(error: Exception) -> None:
    with pytest.raises(Unreadable, match=r"^a\.png is damaged.*\.$"), decoding("a.png"):
        raise error


def test_what_the_disk_says_is_not_blamed_on_the_file() -> None:
    with pytest.raises(FileNotFoundError), decoding("a.png"):
        Path("/no such folder/a.png").read_bytes()


def test_a_content_is_refused_once_under_any_name() -> None:
    tries = []
    refused = KnownDamage(most=2)
    for content in (b"a", b"a", b"b", b"c", b"a"):
        with pytest.raises(Unreadable), refused.once(content):
            tries.append(content)
            raise Unreadable("x")
    assert tries == [b"a", b"b", b"c", b"a"]


class _Pixels:
    pass


def test_of_a_refused_content_only_its_sentence_is_kept() -> None:
    """A traceback holds what its frames held, which is the file."""

    def decode() -> weakref.ref[_Pixels]:
        pixels = _Pixels()
        with suppress(Unreadable), damage.once(b"a"), decoding("a.png"):
            raise ValueError(pixels)
        return weakref.ref(pixels)

    damage = KnownDamage()
    held = decode()
    gc.collect()
    assert held() is None
    with pytest.raises(Unreadable, match=r"a\.png is damaged"), damage.once(b"a"):
        pass


def test_a_damaged_start_picture_is_decoded_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = files.saved("PNG", Image.effect_noise((200, 200), 50))
    decoded = []
    decode = pictures._upright
    monkeypatch.setattr(pictures, "_upright", lambda path, *rest: (decoded.append(path.name), decode(path, *rest))[1])
    for name in ("a.png", "b.png"):
        (tmp_path / name).write_bytes(whole[:4000])
        with pytest.raises(InvalidMedia, match=rf"{name} is damaged or cut short"):
            pictures.read_picture(tmp_path / name)
    assert decoded == ["a.png"]


# videos made by hand: indexes that lie


def _mp4_with(change: Callable[[bytearray], None]) -> bytes:
    data = bytearray(files.video("mp4"))
    change(data)
    return bytes(data)


def _a_billion_samples(data: bytearray) -> None:
    """`stts` and `stsz` (ISO/IEC 14496-12 §8.6.1, §8.7.3) that tell of samples nobody has."""
    at = data.index(b"stsz")
    struct.pack_into(">II", data, at + 8, 64, 0x02000000)
    at = data.index(b"stts")
    struct.pack_into(">III", data, at + 8, 1, 0x02000000, 512)


def _no_such_codec(data: bytearray) -> None:
    at = data.index(b"avc1", data.index(b"stsd"))
    data[at : at + 4] = b"zzzz"


@pytest.mark.parametrize("change", [_a_billion_samples, _no_such_codec])
def test_a_video_whose_index_lies(tmp_path: Path, change: Callable[[bytearray], None]) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(_mp4_with(change))
    for decode in (lambda: make_thumbnail(path, 256), lambda: make_still(path)):
        with pytest.raises(Unreadable, match=r"^a\.mp4 .*\.$"):
            decode()


def test_the_first_frame_of_a_video_in_its_own_size(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(files.video("mp4"))
    facts = probe(path)
    with Image.open(io.BytesIO(make_still(path))) as still:
        assert still.format == "PNG" and still.size == (facts.width, facts.height)


def test_an_element_that_reaches_beyond_a_video_is_no_memory(tmp_path: Path) -> None:
    """A gap said to be 16 GiB large, behind the index that may be written into it."""
    data = bytearray(files.video("mkv"))
    at = data.index(b"\xec", data.index(b"\x11\x4d\x9b\x74"))
    data[at + 1 : at + 9] = b"\x01" + (2**34).to_bytes(7, "big")
    path = tmp_path / "a.mkv"
    path.write_bytes(data)
    with pytest.raises(Unreadable, match=r"^a\.mkv "):
        embed(path, {"prompt": "x"})
    assert path.read_bytes() == data


# the helper's own limits


def _take(size: int) -> int:
    return len(bytearray(size))


def _die(code: int) -> None:
    os._exit(code) if code else os.kill(os.getpid(), signal.SIGKILL)


@pytest.fixture
def helpers() -> Iterator[Confined]:
    made = Confined()
    yield made
    made.close()


@pytest.mark.skipif(sys.platform != "linux", reason="no limit of this kind there")
def test_a_helper_may_grow_only_so_far(helpers: Confined) -> None:
    assert helpers.run("a", 0, _take, ROOM // 2) == ROOM // 2
    with pytest.raises(Unreadable, match=r"^a is damaged, or takes more memory"):
        helpers.run("a", 0, _decode_much, ROOM + 1)
    assert helpers.run("a", 50_000_000, _take, ROOM + 1) == ROOM + 1, "pixels that the header tells are granted"
    with pytest.raises(Unreadable):
        helpers.run("a", 0, _decode_much, ROOM + 1)


def _decode_much(size: int) -> int:
    with decoding("a"):
        return _take(size)


def test_a_file_that_ends_its_helper_gets_a_sentence_and_the_next_one_a_helper(helpers: Confined) -> None:
    for code in (0, 7):
        with pytest.raises(Unreadable, match=r"^a\.mp4 is damaged"):
            helpers.run("a.mp4", 0, _die, code)
    assert helpers.run("b.mp4", 0, _take, 5) == 5


def test_a_helper_that_has_rested_is_replaced() -> None:
    helpers = Confined(rest=0.0)
    for size in (1, 2):
        assert helpers.run("a", 0, _take, size) == size
        (rested,) = helpers._idle
        assert rested._process.wait() == 0
    helpers.close()


def _read(pipe: Path) -> bytes:
    return pipe.read_bytes()


@pytest.mark.skipif(os.name != "posix", reason="no pipes by name there")
def test_helpers_at_work_end_with_the_program(helpers: Confined, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(helpers.run, "a", 0, _read, tmp_path / "pipe")
        with (tmp_path / "pipe").open("wb"):  # opens when the helper reads, which goes on until it is closed
            helpers.stop()
            with pytest.raises(OSError, match="the program ends"):
                asked.result()
    assert helpers.run("a", 0, _take, 1) == 1


def test_a_helper_that_does_not_start_is_no_fault_of_the_file(
    helpers: Confined, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(OSError, match="could not be started"):
        helpers.run("a", 0, _take, 1)


def test_mutations(pytestconfig: pytest.Config) -> None:
    """A little of the trial in every run of the suite; `python tests/fuzz/decoding.py` is the whole of it."""
    found = trial.run(150 if pytestconfig.getoption("--all") else 60, 1)
    assert found.kept, found


def test_the_trial_tells_of_what_escapes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_path: Path) -> None:
        raise AttributeError("width")

    monkeypatch.setitem(trial.STEPS, "thumb", broken)
    found = trial.run(3, 1, tmp_path)
    assert found.escaped == {"thumb: AttributeError": 3} and not found.kept
    assert len(list(tmp_path.iterdir())) == 3
