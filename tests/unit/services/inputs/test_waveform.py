"""Peaks along a sound: bounded in memory and time, and where they belong."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import numpy as np
import pytest

from oelala_desktop.domain.errors import Unreadable
from oelala_desktop.services.inputs import waveform
from oelala_desktop.services.inputs.waveform import peaks

from .making import SAMPLES, sound, video

CODECS = [("a.wav", "pcm_s16le"), ("a.flac", "flac"), ("a.mp3", "libmp3lame"), ("a.ogg", "libopus"), ("a.m4a", "aac"),
          ("a.mkv", "pcm_s24le"), ("b.wav", "pcm_u8"), ("c.wav", "pcm_f32le")]  # fmt: skip


def steps(seconds: int) -> np.ndarray:
    """Each second louder by a tenth than the one before."""
    tone = np.sin(2 * np.pi * 500 * np.arange(seconds * SAMPLES) / SAMPLES)
    return (tone * np.repeat(np.arange(seconds) % 10 / 10, SAMPLES)).astype(np.float32)


@pytest.mark.parametrize(("name", "codec"), CODECS)
def test_each_slot_has_its_loudest_sample(tmp_path: Path, name: str, codec: str) -> None:
    path = sound(tmp_path / name, 0, codec, pieces=steps(6))
    found = peaks(path, 60)
    assert len(found) == 60
    inner = [found[10 * second + 5] for second in range(6)]
    assert inner == pytest.approx([0, 0.1, 0.2, 0.3, 0.4, 0.5], abs=0.04)


@pytest.mark.parametrize(("name", "codec"), CODECS)
def test_a_part(tmp_path: Path, name: str, codec: str) -> None:
    path = sound(tmp_path / name, 0, codec, pieces=steps(6))
    assert peaks(path, 2, 3.2, 1.6)[0] == pytest.approx(0.3, abs=0.04)
    assert peaks(path, 3, 5.2, 0.6) == pytest.approx((0.5,) * 3, abs=0.05)
    beyond = peaks(path, 4, 5.0, 4.0)
    assert beyond[0] == pytest.approx(0.5, abs=0.05) and beyond[2:] == (0.0, 0.0)


def test_beyond_the_end_there_is_silence(tmp_path: Path) -> None:
    path = sound(tmp_path / "a.wav", 1.0, "pcm_s16le")
    assert peaks(path, 5, 7.0) == (0.0,) * 5
    assert peaks(path, 5, 7.0, 2.0) == (0.0,) * 5


def test_silence_is_zeros_and_no_sound_is_nothing(tmp_path: Path) -> None:
    still = sound(tmp_path / "a.wav", 0, "pcm_s16le", pieces=np.zeros(SAMPLES, np.float32))
    assert peaks(still, 8) == (0.0,) * 8
    assert peaks(video(tmp_path / "a.mp4"), 8) == ()


def test_a_video_counts_from_its_first_frame(tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    with av.open(str(path), "w", format="matroska") as out:
        stream = out.add_stream("libx264", rate=10)
        stream.width = stream.height = 64
        voice = out.add_stream("pcm_s16le", rate=8000, layout="mono")
        for _ in range(40):
            frame = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
        for at in range(16_000, 24_000, 800):  # sound begins two seconds after the pictures
            piece = av.AudioFrame.from_ndarray(np.full((1, 800), 16_384, np.int16), "s16", "mono")
            piece.sample_rate, piece.pts, piece.time_base = 8000, at, Fraction(1, 8000)
            out.mux(voice.encode(piece))
    assert peaks(path, 4, 0.0, 4.0) == pytest.approx((0, 0, 0.5, 0), abs=0.01)


@pytest.mark.parametrize(("name", "codec"), [("a.m4a", "aac"), ("a.mp3", "libmp3lame"), ("a.flac", "flac")])
def test_of_a_long_sound_each_slot_is_heard_in_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, codec: str
) -> None:
    """Long are 300 seconds, and here fifteen."""
    assert waveform._WHOLE == 300
    monkeypatch.setattr(waveform, "_WHOLE", 15)
    path = sound(tmp_path / name, 0, codec, pieces=np.tile(steps(10), 2))
    found = waveform._peaks(path, 20, 0.0, 20.0)
    wanted = [second % 10 / 10 for second in range(20)]
    far = [n for n in range(20) if abs(found[n] - wanted[n]) > 0.12]  # a leap may ring on from the second before
    assert len(far) <= 2 and all(n % 10 == 0 for n in far), far


def test_a_damaged_sound_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(b"RIFF\xff\xff\0\0WAVEfmt nothing of that kind")
    with pytest.raises(Unreadable, match=r"a\.wav"):
        peaks(path, 10)


def test_where_no_header_tells_the_length_the_file_is_walked_through(tmp_path: Path) -> None:
    path = sound(tmp_path / "a.wav", 1.5, "pcm_s16le")
    untold: Any = SimpleNamespace(duration=None, time_base=Fraction(1, SAMPLES), start_time=0, index=0)
    assert waveform._end(untold, untold, path) == Fraction(3, 2)


@pytest.mark.parametrize(
    ("count", "asked"), [(60, 60), (0, 1), (-1, 1), (waveform.MOST_PEAKS, 10_000), (waveform.MOST_PEAKS + 1, 10_000)]
)
def test_so_many_peaks_can_be_asked_for(monkeypatch: pytest.MonkeyPatch, count: int, asked: int) -> None:
    given: list[Any] = []
    monkeypatch.setattr(waveform.confined, "run", lambda *question: given.append(question))
    path = Path("/gone/a.wav")
    peaks(path, count)
    peaks(path, count, 1.5, 2.0)
    assert given == [("a.wav", 0, waveform._peaks, path, asked, *part) for part in ((0.0, None), (1.5, 2.0))]


def test_where_a_header_tells_the_length_it_is_believed() -> None:
    stream: Any = SimpleNamespace(duration=3000, start_time=500, time_base=Fraction(1, 1000))
    source: Any = SimpleNamespace(streams=SimpleNamespace(video=[]), duration=9_000_000, start_time=1_000_000)
    path = Path("/gone")
    assert waveform._end(source, stream, path) == 3
    stream.start_time = None
    assert waveform._end(source, stream, path) == 3
    stream.duration = None
    assert waveform._end(source, stream, path) == 10
    source.start_time = None
    assert waveform._end(source, stream, path) == 9


class Leaps:
    """A sound of pieces of a tenth of a second, at 1000 samples a second; notes where reading begins."""

    def __init__(self, seconds: int, broken: tuple[int, ...] = ()) -> None:
        self.streams = SimpleNamespace(video=[])
        self.sought: list[int] = []
        self._pieces = range(0, seconds * 1000, 100)
        self._broken = broken

    def seek(self, at: int, *, stream: Any) -> None:
        if at in self._broken:
            raise av.error.FFmpegError(5, "broken")
        self.sought.append(at)

    def demux(self, stream: Any) -> Any:
        begin = self.sought[-1] if self.sought else 0
        return iter(
            [SimpleNamespace(decode=lambda at=at: [self._frame(at)]) for at in self._pieces if at + 100 > begin]
        )

    def _frame(self, at: int) -> Any:
        return SimpleNamespace(pts=at, time_base=Fraction(1, 1000), sample_rate=1000, samples=100)


STREAM: Any = SimpleNamespace(start_time=0, time_base=Fraction(1, 1000))


@pytest.mark.parametrize(
    ("begin", "span", "sought", "heard"),
    [
        (Fraction(0), Fraction(1, 4), [], [0, 100, 200]),
        (Fraction(1), Fraction(1, 10), [], [*range(0, 1100, 100)]),
        (Fraction(3, 2), Fraction(1, 5), [500], [*range(500, 1700, 100)]),
    ],
)
def test_a_part_is_read_from_a_second_before_it_to_its_end(
    monkeypatch: pytest.MonkeyPatch, begin: Fraction, span: Fraction, sought: list[int], heard: list[int]
) -> None:
    source: Any = Leaps(3)
    monkeypatch.setattr(waveform, "seen", lambda source, stream, name: source.demux(stream))
    assert [one.at for one in waveform._all(source, STREAM, "a", begin, span)] == heard
    assert source.sought == sought


def test_of_a_long_sound_the_first_part_of_each_slot_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waveform, "_WHOLE", 1)  # of it a quarter each
    source: Any = Leaps(10, broken=(4875,))
    found = waveform._some(source, STREAM, Fraction(1), Fraction(2), 4)
    assert [one.at for one in found] == [1000, 1100, 1200, 3000, 3100, 3200, 7000, 7100, 7200]
    assert source.sought == [875, 2875, 6875], "an eighth of a second before; what is broken stays silent"
    short: Any = Leaps(3)
    found = waveform._some(short, STREAM, Fraction(1), Fraction(1, 10), 1)
    assert [one.at for one in found] == [1000], "no more than the slot itself"
