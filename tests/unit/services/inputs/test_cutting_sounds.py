"""The part of a sound: exactly its samples, or the file as it is."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oelala_desktop.domain.errors import Unreadable
from oelala_desktop.services.inputs.sounds import cut_sound, probe_sound
from oelala_desktop.services.inputs.videos import cut_video

from .making import SAMPLES, sound, track, video, wave

CODECS = [("a.wav", "pcm_s16le"), ("a.flac", "flac"), ("a.mp3", "libmp3lame"), ("a.ogg", "libopus"), ("a.m4a", "aac"),
          ("a.mkv", "aac"), ("b.wav", "pcm_s24le"), ("c.wav", "pcm_f32le"), ("d.wav", "pcm_u8"),
          ("a.aac", "aac")]  # fmt: skip


@pytest.mark.parametrize(("name", "codec"), [row for row in CODECS if row[1] != "pcm_u8"])
def test_a_whole_sound_is_copied_as_it_is(tmp_path: Path, name: str, codec: str) -> None:
    source, target = sound(tmp_path / name, 2.0, codec), tmp_path / "kept"
    assert cut_sound(source, target) == {"a.ogg": "opus"}.get(name, name[2:])
    assert target.read_bytes() == source.read_bytes()
    assert cut_sound(source, target, 0.0, 60.0) != "" and target.read_bytes() == source.read_bytes()


@pytest.mark.parametrize(("name", "codec"), CODECS)
@pytest.mark.parametrize(("start", "length"), [(0.5, 0.75), (3.1, 0.5), (0.0, 0.2), (3.5, None)])
def test_a_part_is_exact_to_the_sample(
    tmp_path: Path, name: str, codec: str, start: float, length: float | None
) -> None:
    source, target = sound(tmp_path / name, 4.0, codec), tmp_path / "cut.flac"
    assert cut_sound(source, target, start, length) == "flac"
    whole, begin = track(source)
    zero = 0 if name == "a.mkv" else round(begin * SAMPLES)
    heard, _ = track(target)
    first = round(start * SAMPLES) - (round(begin * SAMPLES) - zero)
    wanted = whole[first:] if length is None else whole[first : first + round(length * SAMPLES)]
    assert abs(len(heard) - len(wanted)) <= (0 if length else 1024), "AAC's last packet is longer than what was in it"
    size = min(len(heard), len(wanted))
    # sixteen bits, and decoders that have begun elsewhere may differ in the last of them
    assert np.abs(heard[:size] - np.clip(wanted[:size], -1, 1)).max() <= 1.6 / 32768


def test_deep_samples_stay_deep(tmp_path: Path) -> None:
    source, target = sound(tmp_path / "a.wav", 2.0, "pcm_s24le"), tmp_path / "cut.flac"
    cut_sound(source, target, 0.5, 1.0)
    assert np.array_equal(track(target)[0], track(source)[0][24_000:72_000])


@settings(max_examples=40, deadline=None)
@given(start=st.floats(0, 2.99), length=st.one_of(st.none(), st.floats(0.001, 4)))
def test_any_part(tmp_path_factory: pytest.TempPathFactory, start: float, length: float | None) -> None:
    folder = tmp_path_factory.getbasetemp() / "any_sound"
    source = folder / "a.wav"
    if not source.exists():
        folder.mkdir(exist_ok=True)
        sound(source, 3.0, "pcm_s16le")
    whole, first = track(source)[0], round(start * SAMPLES)
    kind = cut_sound(source, folder / "cut", start, length)
    last = len(whole) if length is None else min(len(whole), first + round(min(length, 3 - start) * SAMPLES))
    assert kind == ("wav" if start == 0 and (length is None or length >= 3) else "flac")
    assert np.array_equal(track(folder / "cut")[0], whole[first:last])


def test_the_sound_of_a_video_is_taken_out(tmp_path: Path) -> None:
    source, target = video(tmp_path / "a.mp4", 48, sound="aac"), tmp_path / "cut"
    assert cut_sound(source, target) == "flac"
    assert probe_sound(target).codec == "flac"
    heard, wanted = track(target)[0], wave(SAMPLES, first=SAMPLES // 2)
    assert np.abs(heard[SAMPLES // 2 : SAMPLES * 3 // 2] - wanted).max() < 0.03


def test_a_gap_is_silent(tmp_path: Path) -> None:
    """What was cut to begin before its sound does."""
    source = tmp_path / "a.mkv"
    with av.open(str(source), "w", format="matroska") as out:
        stream = out.add_stream("libx264", rate=10)
        stream.width = stream.height = 64
        voice = out.add_stream("pcm_s16le", rate=8000, layout="mono")
        for _ in range(30):
            out.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")))
        out.mux(stream.encode(None))
        for at in range(8000, 24_000, 800):
            piece = av.AudioFrame.from_ndarray(np.full((1, 800), 8192, np.int16), "s16", "mono")
            piece.sample_rate, piece.pts, piece.time_base = 8000, at, Fraction(1, 8000)
            out.mux(voice.encode(piece))
    cut_sound(source, tmp_path / "cut", 0.5, 1.0)
    heard, _ = track(tmp_path / "cut")
    assert len(heard) == 8000 and not heard[:4000].any() and (heard[4000:] == 0.25).all()
    cut = cut_video(source, tmp_path / "cut.mp4", 0.5, 1.0)
    heard, begin = track(tmp_path / "cut.mp4")
    zero = round((cut.start - begin) * SAMPLES)
    assert abs(heard[zero : zero + SAMPLES // 3]).max() < 0.01
    assert abs(heard[zero + round(0.6 * SAMPLES) : zero + SAMPLES * 9 // 10]).min() > 0.2


@pytest.mark.parametrize("most", [200_000, 30_000])
def test_smaller_only_where_it_is_asked_for(tmp_path: Path, most: int) -> None:
    source, target = sound(tmp_path / "a.wav", 6.0, "pcm_s16le"), tmp_path / "cut"
    assert source.stat().st_size > most
    assert cut_sound(source, target, at_most=10**8) == "wav"
    assert cut_sound(source, target, at_most=most) in ("flac", "opus")
    assert target.stat().st_size <= most
    assert probe_sound(target).length == pytest.approx(6.0, abs=0.05)


def test_what_cannot_be_cut(tmp_path: Path) -> None:
    source, target = sound(tmp_path / "a.wav", 6.0, "pcm_s16le"), tmp_path / "cut"
    with pytest.raises(Unreadable, match=r"a\.wav is 6\.0 s long; nothing of it comes after 6 s"):
        cut_sound(source, target, 6.0)
    with pytest.raises(Unreadable, match=r"cannot be made as small as 0\.001 MB"):
        cut_sound(source, target, at_most=1000)
    with pytest.raises(Unreadable, match="has no sound in it"):
        cut_sound(video(tmp_path / "b.mp4"), target)
    assert [path.name for path in tmp_path.iterdir() if path.name not in ("a.wav", "b.mp4")] == []
