"""Clips spliced into one video: every frame once, without loss where it can be, with their sound."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image, ImageSequence

from oelala_desktop.domain.errors import Unreadable
from oelala_desktop.metadata import check_complete, probe
from oelala_desktop.services.files import splicing
from oelala_desktop.services.files.splicing import Stopped, splice
from oelala_desktop.services.files.stripping import CONTAINERS

RATE, FRAMES, SIZE = 8, 9, (64, 48)
PLAIN = {"preset": "veryfast", "crf": "12", "bf": "0"}  # no frame refers to a later one
TURNED = {"preset": "veryfast", "crf": "12", "bf": "2"}


def shade(number: int) -> int:
    """How bright the frame of this number is in the whole video."""
    return 20 + 8 * number


def clip(
    path: Path, kind: str, number: int, *, codec: str = "libx264", options: dict[str, str], tone: int = 0,
    size: tuple[int, int] = SIZE, sound: tuple[str, int] = ("aac", 48_000), frames: int = FRAMES,
) -> Path:  # fmt: skip
    """The clip of this number (from 0) of a chain: its first frame is the last one of the clip before. `tone` is the
    pitch of its sound in Hz, 0 for none."""
    with av.open(str(path), "w", format=CONTAINERS[kind]) as out:
        stream: Any = out.add_stream(codec, rate=RATE, options=options)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        voice: Any = out.add_stream(sound[0], rate=sound[1], layout="mono") if tone else None
        for index in range(frames):
            picture = np.full((size[1], size[0], 3), shade(number * (FRAMES - 1) + index), np.uint8)
            out.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        out.mux(stream.encode(None))
        if voice is not None:
            count = sound[1] * frames // RATE
            wave = np.sin(np.arange(count) * 2 * np.pi * tone / sound[1]).astype(np.float32)[None] * 0.5
            for at in range(0, count, 960):
                piece = av.AudioFrame.from_ndarray(np.ascontiguousarray(wave[:, at : at + 960]), "fltp", "mono")
                piece.sample_rate, piece.pts, piece.time_base = sound[1], at, Fraction(1, sound[1])
                out.mux(voice.encode(piece))
            out.mux(voice.encode(None))
    return path


def shades(path: Path) -> list[int]:
    with av.open(str(path)) as opened:
        return [round(float(f.to_ndarray(format="rgb24").mean())) for f in opened.decode(video=0)]


def times(path: Path) -> list[float]:
    with av.open(str(path)) as opened:
        return [frame.time or 0.0 for frame in opened.decode(video=0)]


def pitches(path: Path, spans: Sequence[tuple[float, float]]) -> list[int]:
    """The loudest frequency in each span of seconds."""
    with av.open(str(path)) as opened:
        rate = opened.streams.audio[0].codec_context.sample_rate
        track = np.zeros(rate * 10, np.float32)
        for frame in opened.decode(audio=0):
            heard = frame.to_ndarray()[0]
            at = round((frame.time or 0.0) * rate)
            if at >= 0:
                track[at : at + len(heard)] = heard
    found = []
    for begin, end in spans:
        part = track[round(begin * rate) : round(end * rate)]
        found.append(round(float(np.argmax(np.abs(np.fft.rfft(part))) * rate / len(part))))
    return found


def track_of(path: Path) -> tuple[list[float], int]:
    """All samples of the sound, each at its time (what comes before the beginning is left out), and their rate."""
    with av.open(str(path)) as opened:
        rate = opened.streams.audio[0].codec_context.sample_rate
        track = np.zeros(rate * 10, np.float32)
        end = 0
        for frame in opened.decode(audio=0):
            heard = frame.to_ndarray()[0]
            at = round((frame.time or 0.0) * rate)
            if at >= 0:
                end = at + len(heard)
                track[at:end] = heard
    return track[:end].tolist(), rate


def spliced(clips: Sequence[Path], target: Path, kind: str) -> bool:
    whole = splice(clips, target, kind, threading.Event())
    check_complete(target)
    return whole


def is_whole_chain(path: Path, clips: int, by: float = 4) -> bool:
    wanted = [shade(number) for number in range(clips * (FRAMES - 1) + 1)]
    found = shades(path)
    return len(found) == len(wanted) and max(abs(a - b) for a, b in zip(found, wanted, strict=True)) <= by


@pytest.mark.parametrize(
    ("kind", "codec", "options", "whole"),
    [
        ("mp4", "libx264", PLAIN, True),
        ("mov", "libx264", PLAIN, True),
        ("mkv", "libx264", PLAIN, True),
        ("webm", "libvpx-vp9", {"deadline": "realtime", "crf": "10", "b": "0", "lag-in-frames": "0"}, True),
        ("mp4", "libx264", TURNED, False),
        ("mkv", "libx264", TURNED, False),
    ],
)
def test_every_frame_once(tmp_path: Path, kind: str, codec: str, options: dict[str, str], whole: bool) -> None:
    clips = [clip(tmp_path / f"{n}.{kind}", kind, n, codec=codec, options=options) for n in range(3)]
    before = [path.read_bytes() for path in clips]
    target = tmp_path / "joined.part"
    assert spliced(clips, target, kind) is whole
    assert is_whole_chain(target, 3)
    assert [round(b - a, 2) for a, b in itertools.pairwise(times(target))] == [0.12] * 24 or kind != "mp4"
    facts = probe(target)
    assert (facts.format, facts.width, facts.height, facts.frames) == (kind, *SIZE, 25)
    assert [path.read_bytes() for path in clips] == before
    content = target.read_bytes()
    assert kind not in ("mp4", "mov") or content.index(b"moov") < content.index(b"mdat"), "it can be shown as it comes"


def test_without_loss_the_packets_are_the_clips_own(tmp_path: Path) -> None:
    def packets(path: Path) -> list[bytes]:
        with av.open(str(path)) as opened:
            return [bytes(packet) for packet in opened.demux(video=0) if packet.size]

    clips = [clip(tmp_path / f"{n}.mp4", "mp4", n, options=PLAIN) for n in range(3)]
    spliced(clips, tmp_path / "joined", "mp4")
    first, second, third = map(packets, clips)
    assert packets(tmp_path / "joined") == first[:-1] + second[:-1] + third


def test_clips_of_different_encodings_are_encoded_anew(tmp_path: Path) -> None:
    other = {**PLAIN, "preset": "ultrafast", "profile": "baseline"}
    clips = [clip(tmp_path / f"{n}.mp4", "mp4", n, options=PLAIN if n else other) for n in range(2)]
    larger = clip(tmp_path / "2.mp4", "mp4", 2, options=PLAIN, size=(128, 96))
    assert spliced([*clips, larger], tmp_path / "joined", "mp4") is False
    assert is_whole_chain(tmp_path / "joined", 3)
    assert probe(tmp_path / "joined").width == 64


@pytest.mark.parametrize("options", [PLAIN, TURNED])
def test_sound_goes_along(tmp_path: Path, options: dict[str, str]) -> None:
    clips = [clip(tmp_path / f"{n}.mp4", "mp4", n, options=options, tone=400 * (n + 1)) for n in range(3)]
    spliced(clips, tmp_path / "joined", "mp4")
    assert is_whole_chain(tmp_path / "joined", 3)
    found = pitches(tmp_path / "joined", [(0.2, 0.8), (1.2, 1.8), (2.2, 2.8)])
    assert all(abs(a - b) < 12 for a, b in zip(found, (400, 800, 1200), strict=True)), found


def test_sounds_of_different_kinds_and_a_silent_clip(tmp_path: Path) -> None:
    clips = [
        clip(tmp_path / "0.mp4", "mp4", 0, options=PLAIN, tone=400),
        clip(tmp_path / "1.mp4", "mp4", 1, options=PLAIN),
        clip(tmp_path / "2.mp4", "mp4", 2, options=PLAIN, tone=1200, sound=("aac", 44_100)),
    ]
    assert spliced(clips, tmp_path / "joined", "mp4") is True, "the pictures lose nothing by it"
    assert is_whole_chain(tmp_path / "joined", 3)
    found = pitches(tmp_path / "joined", [(0.2, 0.8), (2.2, 2.8)])
    assert all(abs(a - b) < 12 for a, b in zip(found, (400, 1200), strict=True)), found


@pytest.mark.parametrize(
    ("kind", "codec", "options", "sounds"),
    [
        ("mp4", "libx264", PLAIN, (("aac", 48_000),) * 3),
        ("mp4", "libx264", TURNED, (("aac", 48_000),) * 3),
        ("mp4", "libx264", PLAIN, (("aac", 48_000), ("aac", 44_100), ("aac", 48_000))),
        ("mkv", "libx264", PLAIN, (("aac", 48_000),) * 3),
        ("webm", "libvpx-vp9", {"deadline": "realtime", "crf": "10", "b": "0"}, (("libopus", 48_000),) * 3),
    ],
)
def test_the_sound_has_no_gap_at_a_joint_and_ends_with_the_video(
    tmp_path: Path, kind: str, codec: str, options: dict[str, str], sounds: tuple[tuple[str, int], ...]
) -> None:
    clips = [
        clip(tmp_path / f"{n}.{kind}", kind, n, codec=codec, options=options, tone=400, sound=sound)
        for n, sound in enumerate(sounds)
    ]
    spliced(clips, tmp_path / "joined", kind)
    track, rate = track_of(tmp_path / "joined")
    frame = 1 / RATE
    assert abs(len(track) / rate - (max(times(tmp_path / "joined")) + frame)) < frame
    tenth = rate // 100
    loudest = [max(map(abs, track[at : at + tenth])) for at in range(0, len(track) - tenth, tenth)]
    assert min(loudest) > 0.2, "a hundredth of a second in which nothing is heard"
    assert probe(tmp_path / "joined").has_sound


@pytest.mark.parametrize("kind", ["gif", "webp"])
def test_animated_pictures(tmp_path: Path, kind: str) -> None:
    clips = []
    for number in range(2):
        stills = [Image.new("RGB", SIZE, (shade(number * 4 + i),) * 3) for i in range(5)]
        clips.append(tmp_path / f"{number}.{kind}")
        stills[0].save(clips[-1], save_all=True, append_images=stills[1:], duration=80, lossless=True)
    spliced(clips, tmp_path / "joined", kind)
    with Image.open(tmp_path / "joined") as opened:
        found = [np.asarray(frame.convert("RGB")).mean() for frame in ImageSequence.Iterator(opened)]
    assert [round(value) for value in found] == pytest.approx([shade(n) for n in range(9)], abs=3)


@pytest.mark.parametrize("number", [0, 1])
def test_a_damaged_clip_is_a_sentence_with_its_name(tmp_path: Path, number: int) -> None:
    clips = [clip(tmp_path / f"{n}.mp4", "mp4", n, options=PLAIN) for n in range(2)]
    clips[number].write_bytes(clips[number].read_bytes().replace(b"avc1", b"zzzz"))
    with pytest.raises(Unreadable, match=rf"^{number}\.mp4 is damaged"):
        splice(clips, tmp_path / "joined", "mp4", threading.Event())


def test_a_full_disk_is_not_a_damaged_clip(tmp_path: Path) -> None:
    clips = [clip(tmp_path / f"{n}.mp4", "mp4", n, options=PLAIN) for n in range(2)]
    with pytest.raises(OSError, match="No such file"):
        splice(clips, tmp_path / "gone" / "joined", "mp4", threading.Event())
    if Path("/dev/full").exists():
        with pytest.raises(OSError, match="No space left") as caught:
            splice(clips, Path("/dev/full"), "mkv", threading.Event())
        assert caught.value.errno == 28


def test_it_ends_when_the_program_does(tmp_path: Path) -> None:
    clips = [clip(tmp_path / f"{n}.mp4", "mp4", n, options=TURNED) for n in range(2)]
    stop = threading.Event()
    stop.set()
    with pytest.raises(Stopped):
        splice(clips, tmp_path / "joined", "mp4", stop)


# what of a clip goes where


def test_a_clip_is_looked_at_by_its_packets(tmp_path: Path) -> None:
    plain = splicing._look(clip(tmp_path / "a.mp4", "mp4", 0, options=PLAIN, tone=400))
    assert (plain.path, plain.span, plain.ends_shown) == (tmp_path / "a.mp4", Fraction(FRAMES - 1, RATE), True)
    assert plain.look[:4] == ("h264", *SIZE, "yuv420p") and plain.sound is not None
    assert plain.sound[:3] == ("aac", 48_000, "mono")
    turned = splicing._look(clip(tmp_path / "b.mp4", "mp4", 0, options=TURNED))
    assert (turned.span, turned.ends_shown, turned.sound) == (plain.span, False, None)
    single = splicing._look(clip(tmp_path / "c.mp4", "mp4", 0, options=PLAIN, frames=1))
    assert (single.span, single.ends_shown) == (0, True)


@pytest.mark.parametrize(
    ("looks", "ends_shown", "whole"),
    [
        ("aaa", (True, True, True), True),
        ("aaa", (True, True, False), True),  # of the last one all is shown
        ("aaa", (True, False, True), False),
        ("aaa", (False, True, True), False),
        ("aab", (True, True, True), False),
        ("aa", (False, True), False),
        ("a", (False,), True),
    ],
)
def test_packets_follow_one_another_where_all_are_alike_and_end_as_they_are_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, looks: str, ends_shown: tuple[bool, ...], whole: bool
) -> None:
    made: list[Any] = []

    class Splice:
        def __init__(self, *about: Any) -> None:
            made.append(about)

        def make(self, whole: bool) -> None:
            made.append(whole)

    clips = [
        splicing._Clip(tmp_path / str(n), (look,), None, Fraction(1), shown)
        for n, (look, shown) in enumerate(zip(looks, ends_shown, strict=True))
    ]
    monkeypatch.setattr(splicing, "_look", lambda path: clips[int(path.name)])
    monkeypatch.setattr(splicing, "_Splice", Splice)
    stop = threading.Event()
    assert splice([one.path for one in clips], tmp_path / "joined", "mkv", stop) is whole
    assert made == [(clips, tmp_path / "joined", "matroska", stop), whole]


def a_splice(*, resampled: bool = False) -> Any:
    made = splicing._Splice([], Path("joined"), "mp4", threading.Event())
    made._sound = SimpleNamespace(name="sound", encode=lambda frame: [frame])
    if resampled:
        made._resampler = SimpleNamespace(resample=lambda frame: [SimpleNamespace(samples=frame.samples)])  # type: ignore[assignment]
    return made


def packet(pts: int | None, size: int = 1) -> Any:
    return SimpleNamespace(pts=pts, dts=None, size=size, time_base=Fraction(1, 10), stream=None)


@pytest.mark.parametrize(
    ("pts", "at", "until", "moved"),
    [
        (0, 0, 2, 0), (19, 0, 2, 19), (20, 0, 2, None), (21, 0, 2, None), (99, 0, None, 99),
        (0, 3, 2, 30), (19, 3, 2, 49), (-1, 0, 2, -1), (-1, 3, 2, None), (None, 0, 2, None),
    ],
)  # fmt: skip
def test_sound_is_copied_up_to_the_joint_and_moved(
    pts: int | None, at: int, until: int | None, moved: int | None
) -> None:
    one, splice_ = packet(pts), a_splice()
    found = list(splice_._heard(one, Fraction(at), None if until is None else Fraction(until)))
    assert [(p.pts, p.dts, p.stream) for p in found] == ([(moved, moved, splice_._sound)] if moved is not None else [])
    assert list(splice_._heard(packet(pts, size=0), Fraction(at), None)) == []


def frame(pts: int | None, samples: int = 4800) -> Any:
    return SimpleNamespace(pts=pts, time_base=Fraction(1, 48_000), samples=samples)


def resampled(given: list[int | None], at: int = 0, until: int | None = 2) -> list[tuple[int, Any]]:
    splice_ = a_splice(resampled=True)
    out: list[Any] = []
    for pts in given:
        out += splice_._resampled(frame(pts), Fraction(at), None if until is None else Fraction(until))
    return [(made.pts, made.time_base) for made in out]


def test_other_sound_is_made_alike_and_has_no_overlap() -> None:
    base = Fraction(1, 48_000)
    assert resampled([0, 4800, 9600]) == [(0, base), (4800, base), (9600, base)]
    assert resampled([0, 100]) == [(0, base), (4800, base)], "what is early comes when it can"
    assert resampled([0, 96_000 - 1, 96_000]) == [(0, base), (95_999, base)]
    assert resampled([96_000], until=None) == [(96_000, base)]
    assert resampled([-1, None], at=3) == [(3 * 48_000, base)]


def test_only_what_is_wanted_is_read() -> None:
    video, sound = object(), object()

    def source(*sounds: object) -> Any:
        return SimpleNamespace(streams=SimpleNamespace(video=[video], audio=list(sounds)))

    assert a_splice()._wanted(source(sound, object())) == [video, sound]
    assert a_splice()._wanted(source()) == [video]
    silent = splicing._Splice([], Path("joined"), "mp4", threading.Event())
    assert silent._wanted(source(sound)) == [video]


@pytest.mark.parametrize("kind", ["gif", "webp"])
def test_a_still_is_no_clip(tmp_path: Path, kind: str) -> None:
    paths = [tmp_path / f"{n}.{kind}" for n in range(2)]
    for path in paths:
        Image.new("RGB", SIZE).save(path)
    with pytest.raises(Unreadable, match=rf"^0\.{kind} is damaged or cut short"):
        splice(paths, tmp_path / "joined", kind, threading.Event())


def test_how_long_animated_frames_are_shown(tmp_path: Path) -> None:
    paths = [tmp_path / f"{n}.gif" for n in range(2)]
    for number, path in enumerate(paths):
        stills = [Image.new("RGB", SIZE, (shade(2 * number + i),) * 3) for i in range(3)]
        stills[0].save(path, save_all=True, append_images=stills[1:], duration=80)
    assert splice(paths, tmp_path / "joined", "gif", threading.Event()) is False
    with Image.open(tmp_path / "joined") as opened:
        assert (opened.n_frames, opened.info["duration"], opened.info["loop"]) == (5, 80, 0)  # type: ignore[attr-defined]
    stop = threading.Event()
    stop.set()
    with pytest.raises(Stopped):
        splice(paths, tmp_path / "again", "gif", stop)
