"""Which way a part is written, and with how many bits: told without an encoder being run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction as F
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from oelala_desktop.domain.errors import Unreadable
from oelala_desktop.services.inputs import cutting, sound_cutting
from oelala_desktop.services.inputs.copying import Stretch
from oelala_desktop.services.inputs.cutting import Cut
from oelala_desktop.services.inputs.encoding import Excerpt
from oelala_desktop.services.inputs.looking import Film
from oelala_desktop.services.inputs.timeline import Timeline
from oelala_desktop.services.inputs.track import BIT_RATE
from oelala_desktop.services.inputs.turning import Look, Turn

from .test_timeline import plain

EXCERPT = Excerpt(F(1), F(8), 16)  # of two seconds
UPRIGHT = Look(Turn(), 64, 48, True)


class Writing(cutting._Writing):
    """Of a video of 24 frames at 24 a second, unless it is told otherwise; what is done is noted instead."""

    def __init__(
        self, folder: Path, *, begin: F = F(0), until: F = F(1), first: int = 0, end: int = 24, codec: str = "h264",
        sound: str = "aac", look: Look = UPRIGHT, at_most: int | None = None, exact: bool = False,
        has_plain_tags: bool = True, line: Timeline | None = None,
    ) -> None:  # fmt: skip
        self._source, self._part, self._name = folder / "a.mov", folder / "part", "a.mov"
        self._film = Film(codec, sound, line or plain(*range(24)), look)
        self._begin, self._until, self._first, self._end = begin, until, first, end
        self._at_most, self._exact, self._has_plain_tags, self._kind = at_most, exact, has_plain_tags, "mov"
        self._source.write_bytes(bytes(100_000))
        self.done: list[Any] = []
        self.refused: set[str] = set()
        self.sizes: Iterator[int] = iter(())

    def _copy(self, stretch: Stretch, heard_bits: int | None) -> bool:
        self._noted("copied", stretch, heard_bits)
        return "decoded" not in self.refused

    def _encode_once(self, excerpt: Excerpt, heard_bits: int | None) -> None:
        self._noted("encoded", excerpt, heard_bits)

    def _noted(self, what: str, how: Any, heard_bits: int | None) -> None:
        self.done.append((what, how, heard_bits))
        if what in self.refused and (heard_bits is None or "sound" in self.refused):
            raise Unreadable(f"{what}: no")
        self._part.write_bytes(bytes(next(self.sizes, 50_000 if what == "copied" else 40_000)))


@pytest.mark.parametrize(
    ("changes", "way"),
    [
        ({}, "whole"),
        ({"codec": "vp8"}, "whole"),  # no mp4 takes it, but nobody asks for one
        ({"codec": "ffv1"}, "encoded"),
        ({"has_plain_tags": False}, "copied"),
        ({"has_plain_tags": False, "codec": "vp8"}, "encoded"),
        ({"first": 1}, "copied"),
        ({"end": 23}, "copied"),
        ({"first": 1, "codec": "vp8"}, "encoded"),
        ({"look": Look(Turn(True), 48, 64, True)}, "encoded"),
        ({"look": Look(Turn(), 64, 48, False)}, "encoded"),
        ({"at_most": 100_000}, "whole"),
        ({"at_most": 99_999}, "encoded"),
        ({"at_most": 50_000, "has_plain_tags": False}, "copied"),
        ({"at_most": 49_999, "has_plain_tags": False}, "encoded"),
        ({"first": 1, "exact": True}, "encoded"),
        ({"end": 23, "exact": True}, "copied"),
    ],
)
def test_a_part_is_copied_where_it_can_be(tmp_path: Path, changes: dict[str, Any], way: str) -> None:
    writing = Writing(tmp_path, **{"line": plain(*range(24), keys=(0,)), **changes})
    cut = writing.write()
    first, end = changes.get("first", 0), changes.get("end", 24)
    assert (
        cut
        == {
            "whole": Cut(0.0, 1.0, True, "mov"),
            "copied": Cut(first / 24, (end - first) / 24, True),
            "encoded": Cut(0.0, (end - first) / 24, False),
        }[way]
    )
    assert cut.kind == ("mov" if way == "whole" else "mp4")
    assert [done[0] for done in writing.done[-1:]] == ([] if way == "whole" else [way])
    assert (tmp_path / "part").stat().st_size == {"whole": 100_000, "copied": 50_000, "encoded": 40_000}[way]


def test_what_cannot_be_decoded_once_it_is_copied_is_encoded(tmp_path: Path) -> None:
    for refused in ({"decoded"}, {"copied", "sound"}):
        writing = Writing(tmp_path, first=1, line=plain(*range(24), keys=(0,)))
        writing.refused = refused
        assert not writing.write().copied
        assert writing.done[-1][0] == "encoded"


@pytest.mark.parametrize("what", ["copied", "encoded"])
def test_sound_that_a_file_does_not_take_is_encoded(tmp_path: Path, what: str) -> None:
    writing = Writing(
        tmp_path, first=1, codec="h264" if what == "copied" else "ffv1", line=plain(*range(24), keys=(0,))
    )
    writing.refused = {what}
    writing.write()
    assert [(done[0], done[2]) for done in writing.done] == [(what, None), (what, BIT_RATE)]


def test_without_sound_there_is_no_second_try(tmp_path: Path) -> None:
    writing = Writing(tmp_path, codec="ffv1", sound="")
    writing.refused = {"encoded"}
    with pytest.raises(Unreadable, match="encoded: no"):
        writing.write()
    assert len(writing.done) == 1


@pytest.mark.parametrize(
    ("steady", "expected"),
    [(True, Excerpt(F(2, 24), F(24), 10)), (False, Excerpt(F(2, 15), F(15), 1))],
)
def test_what_is_encoded_of_an_even_and_an_uneven_video(tmp_path: Path, steady: bool, expected: Excerpt) -> None:
    uneven = plain(0, 42, 83, 200, time_base=F(1, 1000), average_rate=F(24))
    line = plain(*range(24)) if steady else uneven
    assert line.is_steady is steady
    writing = Writing(tmp_path, begin=F(1, 8), until=F(1, 2), first=2, end=12, line=line)
    assert writing._excerpt() == expected


@pytest.mark.parametrize(
    ("at_most", "sound", "sizes", "wanted"),
    [
        # bits a second in all: 0.93 of what is allowed; of them 15 in a hundred are heard, from 32 to 128 thousand
        (100_000, "aac", [100_000], [(372_000 - 55_800, 55_800)]),
        (100_000, "", [100_000], [(372_000, 0)]),
        (10_000, "aac", [9_000], [(37_200 - 32_000, 32_000)]),
        (1_000_000, "aac", [9_000], [(3_720_000 - 128_000, 128_000)]),
        (100_000, "", [200_000, 90_000], [(372_000, 0), (372_000 * 0.45, 0)]),
        (100_000, "", [100_001] * 5 + [1], None),  # five tries and no more
        (100_000, "", [100_001] * 4 + [1], [(372_000 * (90_000 / 100_001) ** n, 0) for n in range(5)]),
        (8_871, "aac", [1], [(8_871 * 8 * 0.93 / 2 - 32_000, 32_000)]),
        (8_870, "aac", [1], None),  # less than a thousand bits are left for the pictures
        (269, "", [1], [(269 * 8 * 0.93 / 2, 0)]),
        (268, "", [1], None),
    ],
)
def test_smaller_until_it_fits(
    tmp_path: Path, at_most: int, sound: str, sizes: list[int], wanted: list[tuple[float, int]] | None
) -> None:
    writing = Writing(tmp_path, sound=sound, at_most=at_most)
    writing.sizes = iter(sizes)
    if wanted is None:
        with pytest.raises(Unreadable) as caught:
            writing._encode(EXCERPT)
        words = f"a.mov cannot be made as small as {at_most / 10**6:g} MB; take a shorter part of it."
        assert caught.value.message == words and len(writing.done) in (0, 5)
        return
    writing._encode(EXCERPT)
    assert [(how.bit_rate, heard) for _, how, heard in writing.done] == [
        (pytest.approx(seen, rel=1e-6), heard) for seen, heard in wanted
    ]
    assert all(how[:3] == EXCERPT[:3] for _, how, _ in writing.done)


def test_what_may_be_as_large_as_it_is_has_no_bit_rate(tmp_path: Path) -> None:
    writing = Writing(tmp_path)
    writing._encode(EXCERPT)
    assert writing.done == [("encoded", EXCERPT, None)]


# sounds


class Sounds:
    """What `write_sound` asks, of a WAV of ten seconds unless it is told otherwise; encoded files are as large as
    `sizes` say, one after the other."""

    def __init__(self, folder: Path, patch: Callable[..., None], **about: Any) -> None:
        self.source, self.part = folder / "a.wav", folder / "part"
        self.source.write_bytes(bytes(1000))
        self.encoded: list[tuple[F, F, int | None]] = []
        self.sizes: Iterator[int] = iter(about.get("sizes", ()))
        videos = [SimpleNamespace(cover=cover) for cover in about.get("videos", ())]
        opened = SimpleNamespace(streams=SimpleNamespace(video=videos))

        @contextmanager
        def opening(source: Path, kind: str) -> Iterator[Any]:
            assert (source, kind) == (self.source, "sound")
            yield opened

        for name, value in {
            "opened": opening,
            "sound_in": lambda source, name: "stream",
            "is_cover": lambda video: video.cover,
            "length_of": lambda source, stream, name: F(10),
            "has_plain_tags": lambda source: about.get("has_plain_tags", True),
            "codec_of": lambda stream: about.get("codec", "pcm_s16le"),
            "kind_of": lambda source: about.get("kind", "wav"),
            "_encode": self._encode,
        }.items():
            patch(sound_cutting, name, value)

    def _encode(self, source: Path, part: Path, begin: F, taken: F, bit_rate: int | None) -> None:
        assert (source, part) == (self.source, self.part)
        self.encoded.append((begin, taken, bit_rate))
        part.write_bytes(bytes(next(self.sizes, 500)))

    def write(self, begin: F = F(0), span: F | None = None, at_most: int | None = None) -> str:
        return sound_cutting.write_sound(self.source, self.part, begin, span, at_most)


@pytest.fixture
def sounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Sounds]:
    return lambda **about: Sounds(tmp_path, monkeypatch.setattr, **about)


@pytest.mark.parametrize(
    ("about", "asked", "kind"),
    [
        ({}, {}, "wav"),
        ({"kind": "mp4"}, {}, "m4a"),
        ({"kind": "mov"}, {}, "m4a"),
        ({"kind": "webm"}, {}, "webm"),
        ({}, {"span": F(10)}, "wav"),
        ({}, {"span": F(11)}, "wav"),
        ({}, {"at_most": 1000}, "wav"),
        ({"videos": [True]}, {}, "wav"),  # a cover is no film
        ({"videos": [True, False]}, {}, "flac"),
        ({"has_plain_tags": False}, {}, "flac"),
        ({"codec": "pcm_u8"}, {}, "flac"),
        ({}, {"span": F(99, 10)}, "flac"),
        ({}, {"begin": F(1, 10)}, "flac"),
        ({}, {"at_most": 999}, "flac"),
        ({"sizes": [999]}, {"at_most": 999}, "flac"),
    ],
)
def test_a_whole_sound_is_kept_as_it_is_where_a_server_takes_it(
    sounds: Callable[..., Sounds], about: dict[str, Any], asked: dict[str, Any], kind: str
) -> None:
    made = sounds(**about)
    assert made.write(**asked) == kind
    begin, span = asked.get("begin", F(0)), asked.get("span", F(10))
    assert made.encoded == ([(begin, min(span, 10 - begin), None)] if kind == "flac" else [])
    assert (made.part.stat().st_size == 1000) is (kind != "flac")


@pytest.mark.parametrize(
    ("at_most", "sizes", "rates"),
    [
        (10_000, [10_001, 10_000], [7_440]),
        (1_000_000, [1_000_001, 1], [256_000]),  # more than that nobody hears
        (10_000, [20_000, 10_500, 9_000], [7_440, 6_377]),
        (100_000, [10**6, 100_001, 100_001, 100_001, 100_001, 1], None),  # four tries and no more
        (100_000, [10**6, 100_001, 100_001, 100_001, 100_000], [74_400, 66_959, 60_262, 54_235]),
        (8_065, [9_000, 1], [6_000]),
        (8_064, [9_000, 1], None),  # less than six thousand bits a second
    ],
)
def test_what_must_be_smaller_is_opus(
    sounds: Callable[..., Sounds], at_most: int, sizes: list[int], rates: list[int] | None
) -> None:
    made = sounds(sizes=sizes, codec="pcm_u8")
    if rates is None:
        words = rf"^a\.wav cannot be made as small as {at_most / 10**6:g} MB; take a shorter part of it\.$"
        with pytest.raises(Unreadable, match=words):
            made.write(at_most=at_most)
        assert len(made.encoded) in (1, 5)
        return
    assert made.write(at_most=at_most) == "opus"
    assert [rate for _, _, rate in made.encoded] == [None, *rates]


def test_a_sound_that_is_over_before_the_part_begins(sounds: Callable[..., Sounds]) -> None:
    for begin in (F(10), F(12)):
        with pytest.raises(Unreadable) as caught:
            sounds().write(begin)
        assert caught.value.message == f"a.wav is 10.0 s long; nothing of it comes after {float(begin):g} s."
    assert sounds().write(F(99, 10)) == "flac"
