"""What videos and sounds are asked of a helper: with which room, and for which part."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction as F
from pathlib import Path
from typing import Any

import pytest

from oelala_desktop.domain.errors import InvalidMedia, Unreadable
from oelala_desktop.services.inputs import pictures, sounds, videos, waveform
from oelala_desktop.services.inputs.cutting import Cut, write_part
from oelala_desktop.services.inputs.sound_cutting import write_sound
from oelala_desktop.services.inputs.sounds import cut_sound, probe_sound
from oelala_desktop.services.inputs.videos import VideoFacts, cut_video, probe_video
from oelala_desktop.services.inputs.waveform import peaks

from .making import sound, video


class Helper:
    """In the place of a helper process: what it is asked."""

    def __init__(self, answer: Any = None) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self._answer = answer

    def run(self, *given: Any) -> Any:
        self.asked.append(given)
        if isinstance(self._answer, Exception):
            raise self._answer
        for part in (one for one in given if isinstance(one, Path) and one.name.endswith(".part")):
            part.write_bytes(b"made")
        return self._answer


PLAIN = VideoFacts(640, 360, 48, 24.0, 2.0, True, False, True, "h264")


@pytest.mark.parametrize(
    ("given", "made"),
    [
        (PLAIN, PLAIN),
        (replace(PLAIN, width=641, height=361, rotated=True, codec="vp9"), replace(PLAIN, codec="vp9")),
        (
            replace(PLAIN, frames=14, rate=7.8, length=1.64, steady=False),
            replace(PLAIN, frames=13, rate=8.0, length=1.64),
        ),
    ],
)  # fmt: skip
def test_facts_of_what_will_be_kept(given: VideoFacts, made: VideoFacts) -> None:
    assert given.made_even() == made


@pytest.mark.parametrize(
    ("start", "length", "begin", "span"), [(-1.0, None, F(0), None), (0.5, 0.25, F(1, 2), F(1, 4))]
)
def test_a_cut_of_a_video_has_room_to_look_ahead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: float, length: float | None, begin: F, span: F | None
) -> None:
    source, helper = video(tmp_path / "a.mp4", 4), Helper(Cut(0.0, 1.0, True))
    monkeypatch.setattr(videos, "patient", helper)
    assert cut_video(source, tmp_path / "b.mp4", start, length, at_most=9, exact=True) == Cut(0.0, 1.0, True)
    ((name, pixels, work, given, part, *rest),) = helper.asked
    assert (name, pixels, work, given, rest) == ("a.mp4", 16 * 128 * 64, write_part, source, [begin, span, 9, True])
    assert part.parent == tmp_path and (tmp_path / "b.mp4").read_bytes() == b"made"


@pytest.mark.parametrize(("start", "length", "begin", "span"), [(-1.0, -1.0, F(0), F(0)), (0.5, None, F(1, 2), None)])
def test_a_cut_of_a_sound(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: float, length: float | None, begin: F, span: F | None
) -> None:
    source, helper = sound(tmp_path / "a.flac", 0.1, "flac"), Helper("flac")
    monkeypatch.setattr(sounds, "patient", helper)
    assert cut_sound(source, tmp_path / "b", start, length, at_most=9) == "flac"
    ((name, pixels, work, given, _, *rest),) = helper.asked
    assert (name, pixels, work, given, rest) == ("a.flac", 0, write_sound, source, [begin, span, 9])


def test_a_look_is_a_helpers_and_its_fault_the_inputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = video(tmp_path / "a.mp4", 4)
    for module, probe, key in ((videos, probe_video, "video"), (sounds, probe_sound, "sound")):
        helper = Helper("facts")
        monkeypatch.setattr(module, "confined", helper)
        assert probe(path) == "facts" and helper.asked == [("a.mp4", 128 * 64, module.facts_of, path)]
        monkeypatch.setattr(module, "confined", Helper(Unreadable("a.mp4 is damaged.")))
        for given in ((), ("another",)):
            with pytest.raises(InvalidMedia) as caught:
                probe(path, *given)
            assert caught.value.field == (given[0] if given else key)


def test_peaks_are_at_least_one_and_at_most_ten_thousand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, helper = sound(tmp_path / "a.flac", 0.1, "flac"), Helper(())
    monkeypatch.setattr(waveform, "confined", helper)
    for count in (0, 10_000, 10_001):
        peaks(path, count, 1.0, 2.0)
    assert [given[4:] for given in helper.asked] == [(1, 1.0, 2.0), (10_000, 1.0, 2.0), (10_000, 1.0, 2.0)]


def test_a_part_of_a_waveform(tmp_path: Path) -> None:
    path = sound(tmp_path / "a.flac", 1.0, "flac")
    found = waveform._peaks(path, 4, 0.0, None)
    assert len(found) == 4 and list(found) == sorted(found) and 0.09 < found[0] < found[3] < 0.2
    later = waveform._peaks(path, 2, 0.5, 0.5)
    assert later == pytest.approx(found[2:], abs=0.01)
    assert waveform._peaks(path, 3, 0.5, 1.0)[2] == 0.0, "it has ended"
    assert waveform._peaks(path, 2, 5.0, None) == (0.0, 0.0) == waveform._peaks(path, 2, -1.0, 0.0)
    assert waveform._peaks(video(tmp_path / "b.mp4", 4), 2, 0.0, None) == ()


def test_a_file_that_our_reader_refuses_tells_neither_prompt_nor_workflow() -> None:
    assert pictures._made_with(b"no picture", "a.png") == ("", False)
