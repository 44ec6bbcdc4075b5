"""Clips at another speed, from the end, and with more frames a second; the sound with them."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from oelala_desktop.sketch.executor import Executor, Job
from oelala_desktop.sketch.folders import open_folders
from oelala_desktop.sketch.frames import allocate
from oelala_desktop.sketch.nodes import CATALOG
from oelala_desktop.sketch.nodes.definition import Values
from oelala_desktop.sketch.nodes.timing import replay, smooth
from oelala_desktop.sketch.pace import fitted, paced, reversed_sound
from oelala_desktop.sketch.sound import Sound
from tests.contract.films import Seen, film, look, tone
from tests.sketch.test_executor import Recorder, node

#: the sound of a film grows by a tenth of full scale each second
SECONDS, RATE = 2.0, 24


class Quiet:
    """What a node asks of the engine, by one that wants nothing."""

    def check(self) -> None: ...

    def progress(self, *_: Any) -> None: ...


def clip(count: int) -> np.ndarray:
    """Frames of one grey each, ten brighter than the one before."""
    made = allocate(count, 4, 4)
    made[:] = (np.arange(count, dtype=np.uint8) * 10)[:, None, None, None]
    return made


def greys(frames: np.ndarray) -> list[int]:
    assert all((frame == frame[0, 0, 0]).all() for frame in frames)
    return [int(frame[0, 0, 0]) for frame in frames]


def sounding(seconds: float = SECONDS) -> Sound:
    return Sound(tone(seconds)[None], 48000)


def loudness(sound: Sound, first: float, last: float) -> float:
    return float(np.abs(sound.waveform[..., round(first * 48000) : round(last * 48000)]).max())


def replayed(count: int, sound: Sound | None = None, **inputs: Any) -> tuple[np.ndarray, Sound | None]:
    values: Values = {"images": clip(count), "fps": float(RATE), "speed": 1.0, "backwards": False, **inputs}
    frames, heard = replay(Quiet(), values | ({} if sound is None else {"audio": sound})).values  # type: ignore[arg-type]
    return frames, heard


@pytest.mark.parametrize(
    ("count", "speed", "backwards", "expected"),
    [
        (4, 1.0, False, [0, 10, 20, 30]),
        (4, 1.0, True, [30, 20, 10, 0]),
        (4, 0.5, False, [0, 5, 10, 15, 20, 25, 30, 30]),
        (4, 0.5, True, [30, 25, 20, 15, 10, 5, 0, 0]),
        (6, 2.0, False, [0, 20, 40]),
        (5, 2.0, False, [0, 20]),
        (6, 1.5, False, [0, 15, 30, 45]),
        (1, 4.0, False, [0]),
        (1, 0.5, True, [0, 0]),
    ],
)
def test_so_many_times_as_fast(count: int, speed: float, backwards: bool, expected: list[int]) -> None:
    frames, sound = replayed(count, speed=speed, backwards=backwards)
    assert (greys(frames), sound) == (expected, None)


@pytest.mark.parametrize("speed", [0.25, 0.5, 0.75, 1.25, 2.0, 4.0])
def test_the_sound_goes_with_it_in_its_own_pitch(speed: float) -> None:
    _, sound = replayed(48, sounding(), speed=speed)
    assert sound is not None
    assert sound.seconds == pytest.approx(SECONDS / speed, abs=1e-3)
    for place in (0.1, 0.5, 0.9):
        at = place * sound.seconds
        assert loudness(sound, at - 0.01, at + 0.01) == pytest.approx(0.1 + 0.1 * place * SECONDS, abs=0.03)
    wave = sound.waveform[0, 0]
    waves = np.count_nonzero((wave[:-1] < 0) & (wave[1:] >= 0)) / sound.seconds
    assert waves == pytest.approx(441, rel=0.03)


def test_backwards_the_sound_is_heard_from_the_end() -> None:
    _, sound = replayed(48, sounding(), backwards=True)
    assert sound is not None
    assert np.array_equal(sound.waveform, sounding().waveform[..., ::-1])


def test_backwards_a_shorter_sound_sets_in_later() -> None:
    _, sound = replayed(48, sounding(0.5), backwards=True)
    assert sound is not None and sound.seconds == SECONDS
    assert loudness(sound, 0, 1.5) == 0 and loudness(sound, 1.5, 2.0) > 0.1


def test_a_longer_sound_is_cut_where_the_pictures_end() -> None:
    _, sound = replayed(24, sounding(3.0), backwards=True)
    assert sound is not None and sound.seconds == 1.0
    assert loudness(sound, 0, 0.1) == pytest.approx(0.2, abs=0.02)


def test_as_given_nothing_is_touched() -> None:
    given, sound = clip(3), sounding(9)
    values: Values = {"images": given, "fps": 24.0, "speed": 1.0, "backwards": False, "audio": sound}
    frames, heard = replay(Quiet(), values).values  # type: ignore[arg-type]
    assert frames is given and heard is sound


@pytest.mark.parametrize("channels", [1, 2, 3, 6])
def test_every_channel_is_kept(channels: int) -> None:
    given = tone(1.0, channels=channels) * (np.arange(channels, dtype=np.float32)[:, None] + 1) / channels
    made = paced(Sound(given[None], 48000), 0.5, lambda: None).waveform[0]
    assert made.shape == (channels, 96000)
    loud = np.abs(made[:, 8000:]).max(1)
    assert loud / loud[-1] == pytest.approx((np.arange(channels) + 1) / channels, abs=0.02)


def test_a_sound_is_cut_or_filled_with_silence() -> None:
    short, long = fitted(sounding(), 1.0), fitted(sounding(), 3.0)
    assert (short.seconds, long.seconds) == (1.0, 3.0)
    assert loudness(long, 2.0, 3.0) == 0
    assert reversed_sound(long).waveform[0, 0, 0] == 0


@pytest.mark.parametrize(
    ("count", "times", "expected"),
    [
        (3, 1, [0, 10, 20]),
        (3, 2, [0, 5, 10, 15, 20]),
        (2, 5, [0, 2, 4, 6, 8, 10]),
        (1, 16, [0]),
    ],
)
def test_frames_between_two_are_blended_of_them(count: int, times: int, expected: list[int]) -> None:
    frames, rate = smooth(Quiet(), {"images": clip(count), "fps": 24.0, "times": times}).values  # type: ignore[arg-type]
    assert (greys(frames), rate) == (expected, 24.0 * times)
    assert len(frames) == (count - 1) * times + 1


def saved(folder: Path, **nodes: dict[str, Any]) -> Seen:
    """What the film with its sound becomes by these nodes, of which the last two give frames, and sound or rate."""
    graph = {
        "load": node("LoadVideo", file="film.mp4"),
        "parts": node("GetVideoComponents", video=["load", 0]),
        **nodes,
        "save": node("SaveVideo", video=["video", 0], filename_prefix="x", format="auto", codec="auto"),
    }
    with open_folders(folder) as folders:
        (folders.input / "film.mp4").write_bytes(film(48))
        outcome = Executor(CATALOG, folders, Recorder()).run(Job(0, "p", graph, {}, ["save"]))
        assert outcome.success, outcome.messages[-1]
        (file,) = outcome.outputs["save"]["images"]
        return look((folders.output / file["subfolder"] / file["filename"]).read_bytes())


def test_a_film_from_the_end(tmp_path: Path) -> None:
    seen = saved(
        tmp_path,
        replay=node(
            "SketchReplay", images=["parts", 0], fps=["parts", 2], speed=1.0, backwards=True, audio=["parts", 1]
        ),
        video=node("CreateVideo", images=["replay", 0], fps=["parts", 2], audio=["replay", 1]),
    )
    assert seen.numbers == list(reversed(range(48)))
    assert seen.loudness(0.1, 0.3) > 1.4 * seen.loudness(1.7, 1.9)


def test_a_smoother_film_lasts_as_long(tmp_path: Path) -> None:
    seen = saved(
        tmp_path,
        smooth=node("SketchSmooth", images=["parts", 0], fps=["parts", 2], times=4),
        video=node("CreateVideo", images=["smooth", 0], fps=["smooth", 1], audio=["parts", 1]),
    )
    assert len(seen.pictures) == 47 * 4 + 1
    assert seen.times[-1] == pytest.approx(47 / 24, abs=1e-3)
    assert seen.numbers[::4] == list(range(48))
    assert seen.sound_seconds == pytest.approx(189 / 96, abs=0.03)
