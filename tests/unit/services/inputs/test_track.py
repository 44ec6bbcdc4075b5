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
