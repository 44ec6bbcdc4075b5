"""Which colours the words of a prompt ask for, and what becomes of a picture."""

from pathlib import Path

import numpy as np
import pytest

from oelala_desktop.sketch.grading import Grading, Look, look_of
from tests.sketch.running import loaded, noise, plain, shown
from tests.sketch.test_executor import node

#: all greys and some of every colour
CHART = np.concatenate([np.repeat(np.arange(256, dtype=np.uint8)[:, None, None], 3, 2).repeat(8, 1), noise(256, 24)], 1)


def graded(prompt: str, picture: np.ndarray = CHART, *, seed: int = 5, strength: float = 1.0) -> np.ndarray:
    look, amount = look_of(prompt, seed)
    made = np.empty_like(picture)
    Grading(look, amount * strength, picture.shape[1], picture.shape[0]).give(picture, made)
    return made


def mean(picture: np.ndarray) -> np.ndarray:
    return picture.reshape(-1, 3).mean(0)


@pytest.mark.parametrize(
    "prompt", ["black and white", "Black-and-White, please", "in b&w", "monochrome", "grayscale", "greyscale portrait"]
)
def test_without_colour(prompt: str) -> None:
    made = graded(prompt)
    assert np.array_equal(made[..., 0], made[..., 1]) and np.array_equal(made[..., 1], made[..., 2])
    assert made.min() == 0 and made.max() == 255


def test_sepia_is_brown_from_black_to_white() -> None:
    red, green, blue = mean(graded("an old photo in sepia"))
    assert red > green + 8 and green > blue + 8


@pytest.mark.parametrize(
    ("prompt", "warmer"), [("warm light", 1), ("golden hour", 1), ("cold", -1), ("an icy lake", -1)]
)
def test_warm_and_cold(prompt: str, warmer: int) -> None:
    before, after = mean(CHART), mean(graded(prompt))
    assert warmer * ((after[0] - after[2]) - (before[0] - before[2])) > 20


def test_night_is_dark_and_blue() -> None:
    before, after = mean(CHART), mean(graded("at night"))
    assert after.mean() < 0.6 * before.mean() and after[2] > after[0] + 15


def test_bright_and_dark() -> None:
    dark, usual, bright = (graded(words).mean() for words in ("darker", "not darker, not bright, neutral?", "brighter"))
    assert dark < CHART.mean() - 20 and bright > CHART.mean() + 15 and dark < usual < bright


def test_contrast() -> None:
    low, high = (graded(words).std() for words in ("low contrast", "high contrast"))
    assert low < 0.85 * CHART.std() < CHART.std() * 1.05 < high


def test_vintage_has_no_black_and_is_darker_at_the_corners() -> None:
    made = graded("vintage", plain((128, 128, 128), 90, 90)).astype(int)
    assert graded("vintage").min() > 15
    assert made[0, 0].sum() < made[45, 45].sum() - 60


@pytest.mark.parametrize(
    ("prompt", "strongest"), [("red", 0), ("green", 1), ("deep blue", 2), ("purple haze", 2), ("orange", 0)]
)
def test_a_colour_by_its_name(prompt: str, strongest: int) -> None:
    assert mean(graded(prompt, plain((120, 120, 120)))).argmax() == strongest


def test_words_add_up() -> None:
    both = look_of("warm, high contrast", 1)[0]
    assert both == look_of("warm", 1)[0] + look_of("high contrast", 1)[0]
    assert look_of("inverted negative", 1)[0].inverted, "two words of one look are one look"


@pytest.mark.parametrize(
    "prompt", ["sepia without blue", "sepia, no vintage, not warm", "not black and white but sepia"]
)
def test_what_is_forbidden_is_not_done(prompt: str) -> None:
    assert look_of(prompt, 1) == look_of("sepia", 1)


def test_a_word_inside_another_is_none() -> None:
    assert look_of("a scared, unwarmed knight in a bluebell field", 3) == look_of("", 3)


def test_without_a_word_it_is_mild_and_the_seed_s() -> None:
    looks = {str(look_of("a boat at sea", seed)) for seed in range(20)}
    assert len(looks) == 20
    assert look_of("a boat", 7) == look_of("another boat", 7)
    for seed in range(20):
        change = np.abs(graded("", seed=seed).astype(int) - CHART).mean()
        assert 3 < change < 40


def test_how_much_shows() -> None:
    whole, half = graded("black and white").astype(int), graded("black and white", strength=0.5).astype(int)
    assert np.array_equal(graded("black and white", strength=0.0), CHART)
    assert np.abs(half - (whole + CHART) / 2).max() <= 1
    assert np.array_equal(graded("slightly black and white"), graded("black and white", strength=0.5))


def test_nothing_is_nothing() -> None:
    made = np.empty_like(CHART)
    Grading(Look(), 1.0, CHART.shape[1], CHART.shape[0]).give(CHART, made)
    assert np.array_equal(made, CHART)


def test_in_a_graph_every_frame_is_graded_alike(tmp_path: Path) -> None:
    graph = loaded("one") | {
        "two": node("RepeatImageBatch", image=["one", 0], amount=3),
        "grade": node("SketchGrade", image=["two", 0], prompt="sepia", seed=1, strength=1.0),
    }
    made = shown(tmp_path, graph, "grade", one=CHART)
    assert len(made) == 3 and all(np.array_equal(frame, graded("sepia")) for frame in made)


def test_what_another_node_needs_as_it_was_is_not_painted_over(tmp_path: Path) -> None:
    graph = loaded("one") | {
        "grade": node("SketchGrade", image=["one", 0], prompt="black and white", seed=1, strength=1.0),
        "both": node("ImageBatch", image1=["one", 0], image2=["grade", 0]),
    }
    before, after = shown(tmp_path, graph, "both", one=CHART)
    assert np.array_equal(before, CHART) and not np.array_equal(after, CHART)
