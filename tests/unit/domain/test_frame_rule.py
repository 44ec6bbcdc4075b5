"""How many frames: what the models' rules say, and what follows from a duration or from what is given."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oelala_desktop.domain.frame_rule import WAN, FrameRule
from oelala_desktop.domain.inputs import Given
from oelala_desktop.domain.tool import FRAME_RATES, VOCABULARY
from tests.unit.domain.made_presets import CATALOG, made
from tests.unit.domain.samples import SHIPPED, settled, shipped

LTX = FrameRule(8, 1, 9, 257)
H3 = FrameRule(17, 5, 22, 362)
RULES = st.builds(
    lambda step, offset, low, more: FrameRule(step, offset, offset + low * step, offset + (low + more) * step),
    st.integers(1, 40),
    st.integers(0, 40),
    st.integers(1, 9),
    st.integers(0, 60),
)
LIKE_WAN = [name for name in SHIPPED if shipped(name).output == "video" and shipped(name).frames == WAN]


def on_rule(rule: FrameRule) -> range:
    return range(rule.least, rule.most + 1, rule.step)


@given(st.floats(0, 15), st.sampled_from([int(rate) for rate in FRAME_RATES]))
def test_wan_counts_as_it_always_did(seconds: float, rate: int) -> None:
    assert WAN.frames_of(seconds, rate) == 4 * max(1, round(seconds * rate / 4)) + 1


@pytest.mark.parametrize("name", LIKE_WAN)
def test_every_shipped_preset_of_wan_counts_as_it_always_did(name: str) -> None:
    preset, duration = shipped(name), shipped(name).fields["duration"]
    for rate in preset.fields["fps"].choices:
        for tenths in range(int(10 * (duration.minimum or 0)), int(10 * (duration.maximum or 0)) + 1, 7):
            values = {"duration": tenths / 10, "fps": rate, "image": "a.png"}
            wish = {key: value for key, value in values.items() if key in preset.fields}
            count = 4 * max(1, round(tenths / 10 * int(rate) / 4)) + 1
            assert settled(preset, wish, catalog=None).num_frames == count


@pytest.mark.parametrize(
    ("rule", "seconds", "rate", "count"),
    [
        (LTX, 5, 24, 121),
        (LTX, 5, 25, 129),
        (LTX, 4, 24, 97),
        (LTX, 0, 24, 9),
        (LTX, 15, 24, 257),
        (H3, 5, 24, 124),
        (H3, 4, 24, 90),
        (H3, 10, 24, 243),
        (H3, 0.1, 24, 22),
        (H3, 60, 24, 362),
        (WAN, 1e300, 1e300, 361),
        (WAN, 5, -1, 5),
    ],
)
def test_frames_of_a_duration(rule: FrameRule, seconds: float, rate: float, count: int) -> None:
    assert rule.frames_of(seconds, rate) == count


@given(RULES, st.floats(0, 100), st.floats(1, 120))
def test_frames_of_a_duration_are_the_nearest_on_the_rule(rule: FrameRule, seconds: float, rate: float) -> None:
    count = rule.frames_of(seconds, rate)
    assert count in on_rule(rule)
    # the one frame before the first step takes no time
    wanted = seconds * rate + (rule.offset if rule.offset <= 1 else 0)
    assert abs(count - wanted) <= min(abs(other - wanted) for other in on_rule(rule)) + 1e-6


@given(RULES, st.data(), st.floats(1, 120))
def test_a_count_and_its_duration_are_the_same_wish(rule: FrameRule, data: st.DataObject, rate: float) -> None:
    count = data.draw(st.sampled_from(on_rule(rule)))
    assert rule.frames_of(rule.seconds_of(count, rate), rate) == count


@given(RULES, st.integers(0, 4000))
def test_below_and_nearest(rule: FrameRule, count: int) -> None:
    counts = on_rule(rule)
    assert rule.allows(count) is (count >= rule.offset and (count - rule.offset) % rule.step == 0)
    assert rule.below(count) == max((c for c in counts if c <= count), default=rule.least)
    near = rule.nearest(count)
    around = {rule.below(count), min((c for c in counts if c > count), default=rule.most)}
    assert set(near) == around
    assert list(near) == sorted(near)


def test_what_an_off_count_is_near_to() -> None:
    assert LTX.nearest(100) == (97, 105)
    assert H3.nearest(100) == (90, 107)
    assert LTX.nearest(3) == (9,)
    assert LTX.nearest(999) == (257,)
    assert not FrameRule(17, 5).allows(-12)


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (FrameRule(8, 1, 9, 257), ""),
        (FrameRule(8, 1, 9, 9), ""),
        (FrameRule(8, 1, 17, 9), "least is above most"),
        (FrameRule(8, 1, 10, 257), "least = 10 is not on its own rule"),
        (FrameRule(8, 1, 9, 256), "most = 256 is not on its own rule"),
        (FrameRule(8, 0, 0, 64), "least is below 1"),
        (FrameRule(17, 5, 5, 22), ""),
    ],
)
def test_a_rule_that_contradicts_itself(rule: FrameRule, words: str) -> None:
    assert rule.fault() == words


def _as_given(video: Given, preset_id: str = "video-to-video.given", key: str = "video", **more: object) -> int:
    values = {key: "a.bin", **more}
    return settled(made(preset_id), values, catalog=None, inputs={key: (video,)}).num_frames


@pytest.mark.parametrize(("frames", "count"), [(97, 97), (100, 97), (5, 5), (3, 5), (999, 361)])
def test_as_long_as_the_given_video(frames: int, count: int) -> None:
    assert _as_given(Given("a", "video", 64, 64, frames, 29.97, frames / 29.97)) == count


def test_as_long_as_a_video_of_another_rate() -> None:
    """Two seconds are two seconds: 60 frames at 30 a second are 48 at 24."""
    given = Given("a", "video", 64, 64, 60, 30.0, 2.0)
    preset = made("video-to-video.given", rate=24, frames={"as": "video", "step": 1, "offset": 0})
    wish = {"video": "a.mp4"}
    request = settled(preset, wish, catalog=None, inputs={"video": (given,)})
    assert (request.num_frames, request.fps) == (48, 24)
    same = Given("a", "video", 64, 64, 49, 24.0005, 2.0)  # 24 but for how it is written: its own frames are taken
    assert settled(preset, wish, catalog=None, inputs={"video": (same,)}).num_frames == 49
    unlike = Given("a", "video", 64, 64, 49, 24.002, 2.0)
    assert settled(preset, wish, catalog=None, inputs={"video": (unlike,)}).num_frames == 48


def test_as_long_as_a_trimmed_video() -> None:
    given = Given("a", "video", 64, 64, 100, 25.0, 4.0)
    assert _as_given(given, video_start=1.0) == 73  # 75 are left
    assert _as_given(given, video_start=1.0, video_length=2) == 49
    assert _as_given(given, video_length=60) == 97


@pytest.mark.parametrize(
    ("frames", "speed", "count"), [(48, 1, 48), (48, 0.5, 96), (48, 2, 24), (47, 1.75, 26), (1, 4, 1)]
)
def test_played_so_many_times_as_fast(frames: int, speed: float, count: int) -> None:
    given = Given("a", "video", 64, 64, frames, 25.0, frames / 25)
    wish = {"video": "a.mp4", "speed": speed}
    request = settled(shipped("video-to-video.sketch"), wish, catalog=None, inputs={"video": (given,)})
    assert (request.num_frames, request.fps) == (count, 25)


def test_as_long_as_a_sound() -> None:
    assert _as_given(Given("a", "sound", length=2.0), "video-to-video.sung", "sound") == 49  # 50 at 25 a second
    assert _as_given(Given("a", "sound", length=1.32), "video-to-video.sung", "sound") == 33  # 33 but for rounding


def test_as_long_as_what_is_not_there_yet() -> None:
    preset = made("video-to-video.given")
    request = settled(preset, {"video": "a.mp4"}, catalog=None)
    assert (request.num_frames, request.fps, request.width, request.height) == (0, 0, 0, 0)
    assert "num_frames" not in request.values
    graph = preset.graph(request.with_seed(1), files={}, prefix="p", catalog=CATALOG)
    latent = next(row["inputs"] for row in graph.values() if row["_meta"]["title"] == "Latent")
    assert (latent["length"], latent["width"]) == (25, 512)  # its own


def test_the_product_s_bounds_are_wan_s() -> None:
    field = VOCABULARY["num_frames"]
    assert (field.minimum, field.maximum, field.step) == (WAN.least, WAN.most, WAN.step)
