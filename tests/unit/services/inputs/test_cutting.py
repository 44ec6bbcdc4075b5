"""The part of a video that was asked for: every frame of it once and no other, with its sound where it belongs."""

from __future__ import annotations

import errno
import math
import os
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oelala_desktop.domain.errors import Unreadable
from oelala_desktop.services.inputs.videos import Cut, cut_video, probe_video

from .making import H264, RATE, SAMPLES, Seen, frames, number_of, track, video, wave

CLOSED = H264
OPEN = {**H264, "x264-params": "open-gop=1:scenecut=0", "bf": "3"}
HEVC = {"x265-params": "log-level=none:keyint=12:min-keyint=12:bframes=3:open-gop=1:scenecut=0", "preset": "ultrafast"}


def wished(path: Path, start: float, length: float) -> list[Seen]:
    """The frames that begin in this span."""
    return [seen for seen in frames(path) if start - 0.001 <= seen.second < start + length - 0.001]


def in_cut(target: Path, cut: Cut) -> list[Seen]:
    """As a server trims the rest: its own sum with the file's units of time."""
    found = frames(target)
    with av.open(str(target)) as opened:
        base = opened.streams.video[0].time_base
    assert base is not None
    begin, end = int(cut.start / base), int((cut.start + cut.length) / base)
    return [seen for seen in found if begin <= round(seen.second / base) < end]


def leftovers(folder: Path) -> list[Path]:
    return list(folder.glob("*.part"))


@pytest.mark.parametrize(
    ("name", "codec", "options"),
    [
        ("a.mp4", "libx264", CLOSED), ("a.mkv", "libx264", CLOSED), ("a.mov", "libx264", CLOSED),
        ("b.mp4", "libx264", {**CLOSED, "bf": "0"}), ("c.mp4", "libx264", {**CLOSED, "bf": "7", "b-pyramid": "strict"}),
        ("a.mp4", "libx264", OPEN), ("a.mkv", "libx264", OPEN),
        ("a.mp4", "libx265", HEVC), ("a.mkv", "libx265", HEVC),
        ("a.mp4", "mpeg4", {"g": "12", "bf": "2", "qscale": "2"}),
        ("a.webm", "libvpx-vp9", {"deadline": "good", "cpu-used": "5", "g": "12", "lag-in-frames": "10", "crf": "20",
                                  "b": "0", "auto-alt-ref": "1"}),
    ],
)  # fmt: skip
@pytest.mark.parametrize(("start", "length"), [(0.5, 0.5), (0.7, 0.4), (0.0, 0.75), (1.0, None), (1.3, 0.04)])
def test_a_copied_part_has_its_frames_untouched(
    tmp_path: Path, name: str, codec: str, options: dict[str, str], start: float, length: float | None
) -> None:
    source, target = video(tmp_path / name, 48, codec=codec, options=options), tmp_path / "cut.mp4"
    cut = cut_video(source, target, start, length)
    wanted = wished(source, start, 9 if length is None else length)
    assert cut.copied and cut.kind == "mp4"
    assert [seen[1:] for seen in in_cut(target, cut)] == [seen[1:] for seen in wanted]
    assert cut.length == pytest.approx(len(wanted) / RATE)
    assert not leftovers(tmp_path)


@pytest.mark.parametrize("options", [CLOSED, {**CLOSED, "bf": "7"}])
def test_only_the_part_is_written(tmp_path: Path, options: dict[str, str]) -> None:
    source, target = video(tmp_path / "a.mp4", 120, options=options, sound="aac"), tmp_path / "cut.mp4"
    cut_video(source, target, 2.6, 0.3)
    found = probe_video(target)
    assert found.frames <= 12 + 8 and found.steady and found.rate == RATE
    assert frames(target)[0].number == 60, "the key frame before 2.6 s"
    assert target.stat().st_size < source.stat().st_size / 3


def test_a_copy_has_the_rate_of_its_source(tmp_path: Path) -> None:
    rate = Fraction(30_000, 1001)
    source, target = video(tmp_path / "a.mkv", 60, rate=rate), tmp_path / "cut.mp4"
    assert cut_video(source, target, 0.5, 0.7).copied
    with av.open(str(target)) as opened:
        assert opened.streams.video[0].average_rate == rate
        assert opened.streams.video[0].start_time == 0


@pytest.mark.parametrize("name", ["a.mp4", "a.mov", "a.mkv", "a.webm"])
def test_a_whole_video_is_copied_as_it_is(tmp_path: Path, name: str) -> None:
    webm = {"codec": "libvpx", "options": {"deadline": "realtime", "cpu-used": "8", "b": "1M"}, "sound": "libopus"}
    given: dict[str, Any] = webm if name == "a.webm" else {"sound": "aac"}
    source, target = video(tmp_path / name, **given), tmp_path / "kept"
    for start, length in ((0.0, None), (0.0, 99.0)):
        cut = cut_video(source, target, start, length)
        assert (cut.start, cut.copied, cut.kind) == (0.0, True, name[2:])
        assert cut.length == pytest.approx(1.5, abs=0.002)
        assert target.read_bytes() == source.read_bytes()
    source.write_bytes(b"changed")
    assert target.read_bytes() != b"changed", "what was kept does not change with its original"


SOURCES: dict[str, dict[str, Any]] = {
    "closed.mp4": {"options": CLOSED},
    "closed.mkv": {"options": CLOSED},
    "open.mp4": {"options": OPEN},
    "open.mkv": {"codec": "libx265", "options": HEVC},
    "mirrored.mp4": {"options": OPEN, "mirrored": True},
}


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=st.floats(0, 1.95), length=st.one_of(st.none(), st.floats(0, 2.5)), name=st.sampled_from(sorted(SOURCES)))
def test_any_part_has_its_frames(
    tmp_path_factory: pytest.TempPathFactory, start: float, length: float | None, name: str
) -> None:
    folder = tmp_path_factory.getbasetemp() / "any"
    source, target = folder / name, folder / "cut.mp4"
    if not source.exists():
        folder.mkdir(exist_ok=True)
        video(source, 48, **SOURCES[name])
    cut = cut_video(source, target, start, length)
    end = start + (9 if length is None else length)
    # the last frame is still shown when the part begins; a part has at least one
    later = [seen for seen in frames(source) if seen.second >= start - 0.001] or frames(source)[-1:]
    wanted = [seen for seen in later if seen.second < end - 0.001] or later[:1]
    numbers = [seen.number for seen in in_cut(target, cut)]
    # its matrix mirrors it, and with it the bits of its number
    mirrored = [int(f"{seen.number:08b}"[::-1], 2) for seen in wanted]
    assert numbers == (mirrored if name == "mirrored.mp4" else [seen.number for seen in wanted])
    assert cut.copied is (name != "mirrored.mp4")


@pytest.mark.parametrize(("rotation", "mirrored"), [(90, False), (180, False), (270, False), (0, True), (90, True)])
def test_what_is_turned_is_written_upright(tmp_path: Path, rotation: int, mirrored: bool) -> None:
    source, target = video(tmp_path / "a.mp4", 24, rotation=rotation, mirrored=mirrored), tmp_path / "cut.mp4"
    cut = cut_video(source, target, 0.25, 0.5)
    assert (cut.start, cut.length, cut.copied) == (0.0, 0.5, False)
    found = probe_video(target)
    assert (found.width, found.height) == ((64, 128) if rotation in (90, 270) else (128, 64))
    assert (found.rotated, found.frames, found.rate, found.codec) == (False, 12, 24.0, "h264")
    # the matrix says how what is stored is turned to be seen: turned back, the numbers can be read
    with av.open(str(target)) as opened:
        seen = [frame.to_ndarray(format="rgb24") for frame in opened.decode(video=0)]
    back = [np.rot90(picture, -(rotation // 90)) for picture in seen]
    back = [picture[:, ::-1] if mirrored else picture for picture in back]
    if (rotation, mirrored) == (90, True):
        back = [np.rot90(picture, 2) for picture in back]
    assert [number_of(picture) for picture in back] == list(range(6, 18))


TIMES = [0, 40, 80, 120, 280, 320, 360, 520, 1000, 1040, 1080, 1120, 1600, 1640]


@pytest.mark.parametrize(("start", "length"), [(0.0, None), (0.3, 0.9), (0.5, 0.3)])
def test_uneven_frames_are_chosen_by_their_times(tmp_path: Path, start: float, length: float | None) -> None:
    source, target = video(tmp_path / "a.mp4", len(TIMES), times=TIMES, rate=25, sound="aac"), tmp_path / "cut.mp4"
    cut = cut_video(source, target, start, length)
    found = probe_video(target)
    rate = round(13 / 1.64)
    assert (cut.start, cut.copied, found.rate, found.steady) == (0.0, False, rate, True)
    assert cut.length == pytest.approx(length or 1.68, abs=1 / rate)
    shown = [seen.number for seen in frames(target)]
    wanted = []
    for slot in range(len(shown)):
        now = (math.ceil(start * rate) + slot + 0.5) / rate
        wanted.append(max(n for n, time in enumerate(TIMES) if time / 1000 <= now + 1e-9))
    assert shown == wanted


def test_square_pixels_come_out(tmp_path: Path) -> None:
    source, target = video(tmp_path / "a.mp4", 12, aspect=Fraction(3, 2)), tmp_path / "cut.mp4"
    assert not cut_video(source, target).copied
    with av.open(str(target)) as opened:
        frame = next(opened.decode(video=0))
        assert (frame.width, frame.height) == (192, 64)
    assert [seen.number for seen in frames(target)] == list(range(12))


@pytest.mark.parametrize(
    ("codec", "pix_fmt"), [("ffv1", "bgr0"), ("ffv1", "yuva444p"), ("prores_ks", "yuv422p10le"), ("mjpeg", "yuvj420p")]
)
def test_codecs_that_old_servers_lack_are_encoded(tmp_path: Path, codec: str, pix_fmt: str) -> None:
    source = video(tmp_path / "a.mkv", 24, codec=codec, pix_fmt=pix_fmt, options={})
    target = tmp_path / "cut.mp4"
    cut = cut_video(source, target, 0.25)
    assert (cut.start, cut.length, cut.copied) == (0.0, 0.75, False)
    assert [seen.number for seen in frames(target)] == list(range(6, 24))
    with av.open(str(target)) as opened, av.open(str(source)) as given_file:
        assert opened.streams.video[0].pix_fmt == "yuv420p"
        made = next(opened.decode(video=0)).to_ndarray(format="rgb24").astype(int)
        wanted = next(given_file.decode(video=0)).to_ndarray(format="rgb24").astype(int)
    assert abs(made[:20].mean() - wanted[:20].mean()) < 4, "neither darker nor brighter"


@pytest.mark.parametrize("codec", ["aac", "libmp3lame", "libopus", "flac", "pcm_s16le"])
@pytest.mark.parametrize("rotation", [0, 90])
def test_sound_stays_where_it_was(tmp_path: Path, codec: str, rotation: int) -> None:
    """Its loudness tells the second that it is from."""
    name = "a.mkv" if codec == "pcm_s16le" and not rotation else "a.mov" if codec == "pcm_s16le" else "a.mp4"
    source = video(tmp_path / name, 144, sound=codec, rotation=rotation)
    target = tmp_path / "cut.mp4"
    cut = cut_video(source, target, 3.25, 1.5)
    heard, begin = track(target)
    at = round((cut.start - begin + 0.2) * SAMPLES)
    loud = float(np.abs(heard[at : at + SAMPLES]).max())
    wanted = float(np.abs(wave(SAMPLES, first=round(3.45 * SAMPLES))).max())
    assert loud == pytest.approx(wanted, rel=0.08)
    part = heard[at : at + SAMPLES // 2]
    shifts = [float(np.dot(part, wave(len(part), first=round(3.45 * SAMPLES) + lag))) for lag in range(-54, 55)]
    assert abs(int(np.argmax(shifts)) - 54) <= 2, "no more than two samples off, within a period of the tone"


@pytest.mark.parametrize("mirrored", [False, True])
def test_sound_that_an_mp4_does_not_take_is_encoded(tmp_path: Path, mirrored: bool) -> None:
    source = video(tmp_path / "a.mkv", 96, sound="libmp3lame", voice_rate=8000, mirrored=mirrored)
    cut = cut_video(source, tmp_path / "cut.mp4", 1.0, 2.0)
    assert cut.copied is not mirrored
    with av.open(str(tmp_path / "cut.mp4")) as opened:
        assert opened.streams.audio[0].codec_context.name == "aac"
    heard, begin = track(tmp_path / "cut.mp4")
    at = round((cut.start - begin) * SAMPLES)
    assert len(heard) - at == pytest.approx(2 * SAMPLES, abs=2048) and np.abs(heard[at:]).max() > 0.2


def test_sound_that_goes_on_after_the_pictures_is_cut(tmp_path: Path) -> None:
    source, target = video(tmp_path / "a.mp4", 48, sound="aac", seconds=9.0), tmp_path / "cut.mp4"
    cut_video(source, target, 1.0)
    assert len(track(target)[0]) / SAMPLES == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv"])
def test_times_below_zero_and_an_edit_list(tmp_path: Path, name: str) -> None:
    """A remux without its first half second leaves both."""
    whole, source, target = video(tmp_path / "whole.mp4", 48), tmp_path / name, tmp_path / "cut.mp4"
    with av.open(str(whole)) as given_file, av.open(str(source), "w") as out:
        stream = out.add_stream_from_template(given_file.streams.video[0])
        for packet in given_file.demux(video=0):
            if packet.pts is not None and packet.dts is not None:
                packet.pts, packet.dts = packet.pts - 6144 * 1, packet.dts - 6144 * 1
                packet.stream = stream
                out.mux(packet)
    shown = [seen.number for seen in frames(source)]
    assert len(shown) in (36, 48)
    cut = cut_video(source, target, 0.25, 0.5)
    assert [seen.number for seen in in_cut(target, cut)] == shown[6:18]


def test_a_part_that_begins_after_the_end(tmp_path: Path) -> None:
    source = video(tmp_path / "a.mp4")
    with pytest.raises(Unreadable, match=r"a\.mp4 is 1\.5 s long; nothing of it comes after 3 s\."):
        cut_video(source, tmp_path / "cut.mp4", 3.0)
    assert not (tmp_path / "cut.mp4").exists() and not leftovers(tmp_path)


def test_more_than_is_left_is_what_is_left(tmp_path: Path) -> None:
    cut = cut_video(video(tmp_path / "a.mp4"), tmp_path / "cut.mp4", 1.0, 60.0)
    assert cut.length == pytest.approx(0.5) and cut.copied


@pytest.mark.parametrize(("most", "sound"), [(60_000, "aac"), (25_000, "aac"), (25_000, "")])
def test_smaller_only_where_it_is_asked_for(tmp_path: Path, most: int, sound: str) -> None:
    source, target = video(tmp_path / "a.mp4", 48, size=(640, 360), sound=sound, noise=40), tmp_path / "cut.mp4"
    assert source.stat().st_size > 10 * most
    assert cut_video(source, target, at_most=10**9).copied
    cut = cut_video(source, target, at_most=most)
    assert not cut.copied and target.stat().st_size <= most
    assert [seen.number for seen in frames(target)] == list(range(48))
    assert probe_video(target).has_sound is bool(sound)


def test_what_cannot_be_made_so_small(tmp_path: Path) -> None:
    source = video(tmp_path / "a.mp4", 48, sound="aac")
    with pytest.raises(Unreadable, match=r"cannot be made as small as 0\.002 MB; take a shorter part"):
        cut_video(source, tmp_path / "cut.mp4", at_most=2000)
    assert not (tmp_path / "cut.mp4").exists() and not leftovers(tmp_path)


def test_a_damaged_video_leaves_nothing_behind(tmp_path: Path) -> None:
    source = video(tmp_path / "a.mp4")
    source.write_bytes(source.read_bytes()[:2000])
    (tmp_path / "cut.mp4").write_bytes(b"as it was")
    with pytest.raises(Unreadable, match=r"a\.mp4 is damaged"):
        cut_video(source, tmp_path / "cut.mp4", 0.5)
    assert (tmp_path / "cut.mp4").read_bytes() == b"as it was" and not leftovers(tmp_path)


@pytest.mark.parametrize("start", [0.0, 0.5])
def test_a_folder_that_takes_nothing(tmp_path: Path, start: float) -> None:
    source = video(tmp_path / "a.mp4")
    with pytest.raises(OSError) as caught:
        cut_video(source, tmp_path / "gone" / "cut.mp4", start)
    assert caught.value.errno == errno.ENOENT


def test_high_dynamic_range_is_brought_down(tmp_path: Path) -> None:
    source, target = tmp_path / "a.mkv", tmp_path / "cut.mp4"
    with av.open(str(source), "w", format="matroska") as out:
        stream: Any = out.add_stream("ffv1", rate=24)
        stream.width, stream.height, stream.pix_fmt = 128, 64, "yuv420p10le"
        context = stream.codec_context
        context.color_primaries, context.color_trc, context.colorspace = 9, 16, 9
        grey = np.full((96, 128), 0, np.uint16)
        grey[:64], grey[64:] = 573, 512  # white of 203 cd/m² in PQ (ITU-R BT.2408)
        for _ in range(4):
            frame = av.VideoFrame.from_ndarray(grey, format="yuv420p10le")
            frame.color_trc, frame.color_primaries, frame.colorspace = 16, 9, 9
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    cut_video(source, target)
    with av.open(str(target)) as opened:
        frame = next(opened.decode(video=0))
        assert (frame.format.name, frame.color_trc, frame.color_primaries, frame.colorspace) == ("yuv420p", 1, 1, 1)
        assert 150 < frame.to_ndarray(format="rgb24").mean() <= 255


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_the_target_is_replaced_whole(tmp_path: Path) -> None:
    target = tmp_path / "cut.mp4"
    target.write_bytes(b"old")
    cut_video(video(tmp_path / "a.mp4"), target, 0.5)
    assert probe_video(target).frames and not leftovers(tmp_path)
