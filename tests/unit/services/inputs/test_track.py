"""The sound beside a part of a video, and how deep a sound is written."""

from __future__ import annotations

from fractions import Fraction as F
from types import SimpleNamespace
from typing import Any

import pytest

from oelala_desktop.services.inputs import track
from oelala_desktop.services.inputs.sound_cutting import _depth


@pytest.mark.parametrize(
    ("codec", "kind", "depth"),
    [
        ("pcm_s24le", "s32", "s32"), ("flac", "s32", "s32"), ("flac", "s16", "s16"), ("alac", "s32p", "s32"),
        ("pcm_u8", "u8", "s16"), ("pcm_f32le", "flt", "s32"), ("wavpack", "s16p", "s16"), ("tta", "s32", "s32"),
        ("pcm_u8", "u8p", "s16"), ("aac", "fltp", "s16"), ("mp3", "s32", "s16"),
    ],
)  # fmt: skip
def test_depth_of_what_is_written_without_loss(codec: str, kind: str, depth: str) -> None:
    assert _depth(codec, kind) == depth


def heard(*packets: tuple[int, int | None], origin: F = F(1), until: F = F(2)) -> list[tuple[int, int, Any]]:
    given = [
        SimpleNamespace(time_base=F(1, 100), pts=pts, dts=None, duration=long, stream=None) for pts, long in packets
    ]
    return [(p.pts, p.dts, p.stream) for p in track._copied("written", iter(given), origin, until)]


def test_sound_is_copied_from_a_twentieth_of_a_second_before_the_part() -> None:
    assert heard((90, 5), (91, 5), (100, 5), (199, 5), (200, 5), (100, 5)) == [
        (-9, -9, "written"), (0, 0, "written"), (99, 99, "written"),
    ]  # fmt: skip
    assert heard((95, None), (96, None)) == [(-4, -4, "written")]


class Out:
    """What is asked of the new file."""

    def __init__(self) -> None:
        self.asked: list[Any] = []

    def add_stream_from_template(self, sound: Any, *, opaque: bool) -> str:
        self.asked.append(("copied", opaque))
        return "written"

    def add_stream(self, codec: str, *, rate: int, layout: str) -> Any:
        self.asked.append((codec, rate, layout))
        self.made = SimpleNamespace(bit_rate=None)
        return self.made


def added(
    monkeypatch: pytest.MonkeyPatch, *, codec: str = "aac", bit_rate: int | None = None, rate: int = 44_100,
    channels: int = 2, origin: F = F(0),
) -> tuple[list[Any], int | None, list[int]]:  # fmt: skip
    """What is asked of the new file, the bits a second of its sound, and where reading begins."""
    sought: list[int] = []
    source: Any = SimpleNamespace(seek=lambda at, stream: sought.append(at))
    context = SimpleNamespace(channels=channels, sample_rate=rate, codec=SimpleNamespace(canonical_name=codec))
    sound, out = SimpleNamespace(codec_context=context, time_base=F(1, 1000)), Out()
    monkeypatch.setattr(track, "seen", lambda source, sound, name: iter(()))
    track.add_track(out, source, sound, "a.mp4", origin, origin + 1, bit_rate)  # type: ignore[arg-type]
    return out.asked, getattr(getattr(out, "made", None), "bit_rate", None), sought


@pytest.mark.parametrize("codec", ["aac", "mp3", "ac3", "eac3", "alac", "opus", "flac"])
def test_what_an_mp4_takes_is_copied_unless_it_must_be_smaller(monkeypatch: pytest.MonkeyPatch, codec: str) -> None:
    assert added(monkeypatch, codec=codec)[:2] == ([("copied", True)], None)
    assert added(monkeypatch, codec=codec, bit_rate=64_000)[:2] == ([("aac", 44_100, "stereo")], 64_000)


@pytest.mark.parametrize(
    ("about", "asked", "bit_rate"),
    [
        ({}, ("aac", 44_100, "stereo"), 256_000),
        ({"bit_rate": 300_000}, ("aac", 44_100, "stereo"), 256_000),
        ({"bit_rate": 32_000}, ("aac", 44_100, "stereo"), 32_000),
        ({"channels": 1}, ("aac", 44_100, "mono"), 256_000),
        ({"channels": 6}, ("aac", 44_100, "stereo"), 256_000),
        ({"rate": 32_000}, ("aac", 32_000, "stereo"), 256_000),
        ({"rate": 48_000}, ("aac", 48_000, "stereo"), 256_000),
        ({"rate": 8_000}, ("aac", 48_000, "stereo"), 256_000),
        ({"rate": 96_000}, ("aac", 48_000, "stereo"), 256_000),
    ],
)
def test_what_it_does_not_take_is_encoded(
    monkeypatch: pytest.MonkeyPatch, about: dict[str, Any], asked: tuple[str, int, str], bit_rate: int
) -> None:
    assert added(monkeypatch, codec="pcm_s16le", **about)[:2] == ([asked], bit_rate)


@pytest.mark.parametrize(("origin", "sought"), [(F(0), []), (F(2), []), (F(5, 2), [500]), (F(10), [8000])])
def test_reading_begins_two_seconds_before_the_part(
    monkeypatch: pytest.MonkeyPatch, origin: F, sought: list[int]
) -> None:
    assert added(monkeypatch, origin=origin)[2] == sought
