"""Pictures laid over each other, softened inside a mask, and set into margins."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from oelala_desktop.sketch.nodes import surrounding
from tests.sketch.running import loaded, noise, plain, run, shown
from tests.sketch.test_executor import node

RED, GREEN, BLUE = (240, 0, 0), (0, 240, 0), (0, 0, 240)


def mixed(folder: Path, strength: float, **others: str) -> np.ndarray:
    graph = loaded("red", "green", "blue")
    graph["mix"] = node("SketchMix", image=["red", 0], strength=strength, **{k: [v, 0] for k, v in others.items()})
    # another size and shape: it is cropped to the first one's
    (made,) = shown(folder, graph, "mix", red=plain(RED), green=plain(GREEN, 60, 60), blue=plain(BLUE, 30, 99))
    assert made.shape == (24, 40, 3)
    assert (made == made[0, 0]).all()
    return made[0, 0]


@pytest.mark.parametrize(
    ("strength", "others", "colour"),
    [
        (1.0, {}, RED),
        (1.0, {"second": "green"}, (120, 120, 0)),
        (1.0, {"third": "green"}, (120, 120, 0)),
        (1.0, {"second": "green", "third": "blue"}, (80, 80, 80)),
        (0.5, {"second": "green"}, (180, 60, 0)),
        (0.0, {"second": "green"}, RED),
    ],
)
def test_all_pictures_show_alike(tmp_path: Path, strength: float, others: Any, colour: tuple[int, ...]) -> None:
    assert np.abs(mixed(tmp_path, strength, **others).astype(int) - colour).max() <= 1


def softened(folder: Path, mask: np.ndarray | None, strength: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """A picture before and after; the mask lies over it."""
    picture = noise(80, 120)
    graph = loaded("given") | {"mask": node("LoadImageMask", image="mask.png", channel="red")}
    inputs = {"image": ["given", 0], "before": ["given", 0], "strength": strength}
    graph["soften"] = node("SketchSoften", **inputs, **({} if mask is None else {"mask": ["mask", 0]}))
    (made,) = shown(folder, graph, "soften", given=picture, **({} if mask is None else {"mask": mask}))
    return picture, made


def test_it_blurs_inside_the_mask_and_there_only(tmp_path: Path) -> None:
    mask = np.zeros((80, 120, 3), np.uint8)
    mask[20:60, 30:90] = 255
    before, after = softened(tmp_path, mask)
    inside = mask[..., 0] > 0
    assert np.array_equal(before[~inside], after[~inside])
    middle = np.s_[30:50, 40:80]
    assert after[middle].std() < 0.35 * before[middle].std()
    edge = np.abs(after.astype(int) - before)[20, 30:90].mean()
    assert edge < np.abs(after.astype(int) - before)[40, 30:90].mean(), "its edge is soft"


def test_without_a_mask_nothing_is_blurred(tmp_path: Path) -> None:
    before, after = softened(tmp_path, None)
    assert np.array_equal(before, after)


def test_a_mask_over_all_of_it_has_no_edge(tmp_path: Path) -> None:
    before, after = softened(tmp_path, plain((255, 255, 255), 80, 120))
    assert after[0, :, :].std() < 0.6 * before[0, :, :].std()


def test_pictures_of_two_sizes_are_refused(tmp_path: Path) -> None:
    graph = loaded("given", "other") | {"mask": node("LoadImageMask", image="given.png", channel="red")}
    inputs = {"image": ["given", 0], "before": ["other", 0], "mask": ["mask", 0], "strength": 1.0}
    graph |= {"soften": node("SketchSoften", **inputs), "show": node("PreviewImage", images=["soften", 0])}
    outcome, _ = run(tmp_path, graph, "show", {"given": plain(RED), "other": plain(RED, 8, 8)})
    assert "not of one size" in outcome.messages[-1][1]["exception_message"]


def surrounded(folder: Path, manner: str, *margins: int, picture: np.ndarray) -> np.ndarray:
    sides = dict(zip(("left", "top", "right", "bottom"), margins, strict=True))
    graph = loaded("given") | {"around": node("SketchSurround", image=["given", 0], manner=manner, **sides)}
    (made,) = shown(folder, graph, "around", given=picture)
    return made


@pytest.mark.parametrize("manner", ["blurred", "mirrored"])
@pytest.mark.parametrize("margins", [(10, 0, 30, 0), (0, 7, 0, 0), (1, 2, 3, 4), (0, 0, 0, 0), (90, 0, 200, 0)])
def test_what_is_given_stays_pixel_for_pixel(tmp_path: Path, manner: str, margins: tuple[int, ...]) -> None:
    left, top, right, bottom = margins
    picture = noise(30, 40)
    made = surrounded(tmp_path, manner, *margins, picture=picture)
    assert made.shape == (30 + top + bottom, 40 + left + right, 3)
    assert np.array_equal(made[top : top + 30, left : left + 40], picture)


def test_a_mirror_image_goes_on_at_the_edge(tmp_path: Path) -> None:
    picture = noise(30, 40)
    made = surrounded(tmp_path, "mirrored", 10, 0, 0, 5, picture=picture)
    assert np.array_equal(made[:30, :10], picture[:, 9::-1])
    assert np.array_equal(made[30:, 10:], picture[:-6:-1])


@pytest.mark.parametrize("margins", [(60, 0, 60, 0), (3, 40, 200, 1), (0, 9, 0, 0)])
def test_the_shadow_is_that_of_the_picture_blurred(margins: tuple[int, int, int, int]) -> None:
    left, top, right, bottom = margins
    place = np.zeros((top + 70 + bottom, left + 90 + right), np.float32)
    place[top : top + 70, left : left + 90] = 1
    blurred = cv2.GaussianBlur(place, (0, 0), max(1.0, surrounding.SHADOW * min(place.shape)))
    expected = 255 * surrounding.LIGHT * (1 - surrounding.DARK * blurred)
    made = surrounding._light(90, 70, margins)
    assert made.shape == (*place.shape, 3)
    assert np.abs(made - expected[..., None]).max() <= 0.51


def test_the_blur_is_of_the_picture_and_darker(tmp_path: Path) -> None:
    picture = noise(90, 90)
    picture[..., 2] //= 4
    made = surrounded(tmp_path, "blurred", 60, 0, 60, 0, picture=picture)
    margin = made[:, :40]
    assert margin.std(axis=(0, 1)).max() < 0.3 * picture.std()
    assert 0.6 < margin.mean() / picture.mean() < 0.95
    assert margin[..., 2].mean() < 0.5 * margin[..., 0].mean()
