"""Which stream of a container is meant, and what of it is refused."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction as F
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import pytest

from oelala_desktop.domain.errors import Unreadable
from oelala_desktop.services.inputs import streams
from oelala_desktop.services.inputs.looking import look_at
from oelala_desktop.services.inputs.streams import codec_of, is_cover, seen, sound_in, sound_of, video_of

from .making import video

FFMPEG_LIMITS = {"max_pixels": "50000000"}


class Container:
    """Packets as a demuxer gives them."""

    def __init__(self, packets: list[Any]) -> None:
        self._packets = packets

    def demux(self, _stream: Any) -> Iterator[Any]:
        return iter(self._packets)


def packet(pts: int | None, *, dts: int | None = None, size: int = 1, encrypted: bool = False) -> Any:
    has = {"encryption_info"} if encrypted else set()
    return SimpleNamespace(pts=pts, dts=dts, size=size, has_sidedata=lambda kind: kind in has)


def stream(base: F | None = F(1), **metadata: str) -> Any:
    return SimpleNamespace(time_base=base, metadata=metadata)


def times(*packets: Any, of: Any = None) -> list[int]:
    return [p.pts for p in seen(Container([*packets]), of or stream(), "a.mp4")]  # type: ignore[arg-type]


def test_packets_with_something_in_them_and_a_time() -> None:
    assert times(packet(1), packet(None, dts=2), packet(None), packet(3, size=0), packet(4)) == [1, 2, 4]
    assert times(packet(5, dts=3)) == [5]


@pytest.mark.parametrize("base", [F(1), F(1, 10)])
def test_no_more_than_an_hour(base: F) -> None:
    most = int(3660 / base)
    assert times(packet(7), packet(7 + most), packet(7 - most), of=stream(base)) == [7, 7 + most, 7 - most]
    for end in (8 + most, 6 - most):
        with pytest.raises(Unreadable, match=r"^a\.mp4 is longer than an hour; cut it first\.$"):
            times(packet(7), packet(end), of=stream(base))


def test_no_more_packets_than_an_hour_has(monkeypatch: pytest.MonkeyPatch) -> None:
    assert streams._MOST_PACKETS == 1_500_000
    monkeypatch.setattr(streams, "_MOST_PACKETS", 2)
    assert times(packet(0), packet(1), packet(2)) == [0, 1, 2]
    with pytest.raises(Unreadable, match="longer than an hour"):
        times(packet(0), packet(1), packet(2), packet(3))


def test_what_is_encrypted_is_told_by_its_first_packet() -> None:
    words = r"^a\.mp4 is encrypted; only its own player can open it\.$"
    with pytest.raises(Unreadable, match=words):
        times(packet(0, encrypted=True))
    with pytest.raises(Unreadable, match=words):
        times(packet(0), of=stream(enc_key_id="x"))


def test_the_first_stream_that_moves_and_the_first_that_sounds(tmp_path: Path) -> None:
    with av.open(str(video(tmp_path / "a.mp4", 4, sound="aac"))) as source:
        found, heard = video_of(source, "a.mp4"), sound_of(source)
        assert (found.type, codec_of(found), found.codec_context.options) == ("video", "h264", FFMPEG_LIMITS)
        assert (codec_of(heard), sound_in(source, "a.mp4")) == ("aac", heard)
        assert heard.codec_context.options == FFMPEG_LIMITS
    with av.open(str(video(tmp_path / "b.mp4", 4))) as source:
        assert sound_of(source) is None and look_at(source, "b.mp4").sound == ""
        with pytest.raises(Unreadable, match=r"^b\.mp4 has no sound in it\.$"):
            sound_in(source, "b.mp4")


def of(*videos: Any, sounds: tuple[Any, ...] = ()) -> Any:
    return SimpleNamespace(streams=SimpleNamespace(video=videos, audio=sounds))


def moving(*, cover: bool = False, decodable: bool = True, size: tuple[int, int] = (64, 64)) -> Any:
    context = SimpleNamespace(options=None) if decodable else None
    disposition = 0x400 | 1 if cover else 1
    return SimpleNamespace(disposition=disposition, codec_context=context, width=size[0], height=size[1])


def test_a_cover_is_no_video() -> None:
    cover, film = moving(cover=True), moving()
    assert is_cover(cover) and not is_cover(film)
    assert video_of(of(cover, film, moving()), "a.mp4") is film
    for source in (of(cover), of()):
        with pytest.raises(Unreadable, match=r"^a\.mp4 has no video in it\.$"):
            video_of(source, "a.mp4")


def test_a_video_that_nobody_decodes_and_one_that_is_too_large() -> None:
    with pytest.raises(Unreadable, match=r"^a\.mp4 has no video in it that can be decoded\.$"):
        video_of(of(moving(decodable=False), moving()), "a.mp4")
    with pytest.raises(Unreadable, match=r"^a\.mp4 has 51 megapixels; at most 50 are decoded\.$"):
        video_of(of(moving(size=(10_200, 5_000))), "a.mp4")


def test_a_sound_that_nobody_decodes_is_passed_over() -> None:
    mute, odd = SimpleNamespace(codec_context=None), SimpleNamespace(codec_context=SimpleNamespace(sample_rate=0))
    heard = SimpleNamespace(codec_context=SimpleNamespace(sample_rate=8000))
    assert sound_of(of(sounds=(mute, odd, heard))) is heard
